"""A page read again where it has changed: known lines in place, new regions looked for, all merged. Pure."""

from collections.abc import Sequence
from typing import Protocol

from core.capture.rect import Rect
from core.capture.screen.page import Line, ReadPage, anew, merged, plan, stitched


class Eyes(Protocol):
    """What reads parts of one frame."""

    def recognise(self, places: Sequence[Rect]) -> list[Line]:
        """The words of single lines, one answer for each place; empty where nothing can be read."""
        ...

    def detect(self, places: Sequence[Rect]) -> list[Line]:
        """The lines that are found in these places."""
        ...

    def blank(self, place: Rect) -> bool:
        """Whether nothing is drawn there."""
        ...


def read_page(
    eyes: Eyes, width: int, height: int, before: ReadPage | None = None, changed: Sequence[Rect] = ()
) -> ReadPage:
    """The words of a frame of that size; with `before` only `changed` is read and merged into it."""
    todo = plan(before, changed, width, height)
    places = [part.rect for part in todo.recognise]
    parts = eyes.recognise(places) if places else []
    lines = [stitched(part, line) for part, line in zip(todo.recognise, parts, strict=True)]
    found = eyes.detect(todo.detect) if todo.detect else []
    page = merged((*todo.kept, *lines), found, width, height)
    unread = [place for place, line in zip(places, parts, strict=True) if not line and not eyes.blank(place)]
    if unread:  # what fitted into a line is none
        todo = anew(page, unread)
        page = merged(todo.kept, eyes.detect(todo.detect), width, height)
    return page
