"""Pictures, each under its own key in the vault, and the spool of frames that wait to be read."""

from core.store.media.facts import PictureFacts, Swept
from core.store.media.pictures import BaseGone, Media
from core.store.media.spool import Leftovers, Spool, Spooled, SpoolFull

__all__ = ["BaseGone", "Leftovers", "Media", "PictureFacts", "Spool", "SpoolFull", "Spooled", "Swept"]
