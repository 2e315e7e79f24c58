"""The archive: what a person takes along, encrypted by default, merged elsewhere without duplicates."""

from core.store.archive.merge import merge
from core.store.archive.opening import Wrapping, wrapping_of
from core.store.archive.pack import What, export

__all__ = ["What", "Wrapping", "export", "merge", "wrapping_of"]
