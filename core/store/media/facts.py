"""What is known of pictures without reading them, and what a sweep of their files found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.memory import MediaId


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What is known of a picture without reading it. Sizes in pixels and encoded bytes."""

    id: MediaId
    width: int
    height: int
    form: str
    bytes: int
    small_bytes: int
    whole: bool
    """False once it was thinned to its thumbnail."""
    base: MediaId | None = None
    """The picture that it is a patch on."""
    laid: str = ""
    """Where on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found."""

    orphans: int
    """Files that no row asked for; removed."""
    missing: tuple[MediaId, ...]
    """Pictures with a row whose file, or whose base, is gone."""


def facts_of(row: Mapping[str, Any]) -> PictureFacts:
    """Of a row of `picture`."""
    return PictureFacts(
        id=MediaId(str(row["id"])),
        width=row["width"],
        height=row["height"],
        form=str(row["form"]),
        bytes=row["bytes"],
        small_bytes=row["small_bytes"],
        whole=row["key"] is not None,
        base=None if row["base"] is None else MediaId(str(row["base"])),
        laid=row["laid"],
    )
