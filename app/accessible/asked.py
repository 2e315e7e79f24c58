"""What is asked about a window and what is told of it: the shapes that every platform's module has in common. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.capture.rect import Rect
from core.inference.frames import Json

Row = tuple[str, Rect]
"""A piece of text and where it stands, in screen pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A window that may be asked about; for its text only with `words`."""

    pid: int
    title: str
    place: Rect
    words: bool
    browser: str = ""
    """The program's name where it is a browser: then also for its address, and whether it is private."""
    focused: bool = False
    part: Rect | None = None
    """Where words are wanted; None: all of it."""

    def as_json(self) -> Json:
        """As it goes through the pipe."""
        place, part = _four(self.place), _four(self.part or self.place)
        return [self.pid, self.title, place, part, self.words, self.browser, self.focused]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a window tells. All of it was written by its program: it is data, and may be wrong."""

    found: bool = False
    """Whether its program tells anything of this window."""
    late: bool = False
    """Whether it was cut off by the clock."""
    rows: tuple[tuple[Row, ...], ...] = ()
    """Words with their places, those of one line together."""
    names: tuple[Row, ...] = ()
    """What stands on a button or a menu, with the place of all of it."""
    url: str = ""
    private: bool | None = None

    def as_json(self) -> dict[str, Json]:
        """As it goes through the pipe."""
        return {
            "found": self.found,
            "late": self.late,
            "rows": [[_row(word) for word in row] for row in self.rows],
            "names": [_row(name) for name in self.names],
            "url": self.url,
            "private": self.private,
        }


class Desktop(Protocol):
    """A platform's way to ask."""

    def tell(self, asked: Asked, ends: float) -> Answer:
        """What is told of a window until `ends` (monotonic seconds). Raises a Problem when nobody can be asked."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def asked_from(said: Json) -> list[Asked]:
    """The windows of a request; what is none is left out."""
    found = []
    for one in said if isinstance(said, list) else ():
        match one:
            case [int(pid), str(title), list(place), list(part), bool(words), str(browser), bool(focused)]:
                found.append(
                    Asked(
                        pid=pid,
                        title=title,
                        place=_rect(place),
                        words=words,
                        browser=browser,
                        focused=focused,
                        part=_rect(part),
                    )
                )
    return found


def answer_from(said: Json) -> Answer:
    """An answer as the child wrote it."""
    if not isinstance(said, dict):
        return Answer()
    rows, private = said.get("rows"), said.get("private")
    return Answer(
        found=said.get("found") is True,
        late=said.get("late") is True,
        rows=tuple(tuple(_rows(row)) for row in rows) if isinstance(rows, list) else (),
        names=tuple(_rows(said.get("names"))),
        url=str(said.get("url") or ""),
        private=private if isinstance(private, bool) else None,
    )


def _four(rect: Rect) -> list[Json]:
    return [rect.left, rect.top, rect.width, rect.height]


def _rect(said: list[Json]) -> Rect:
    """Four numbers; an empty place where they are none."""
    match said:
        case [int(left), int(top), int(width), int(height)]:
            return Rect(left, top, width, height)
    return Rect(0, 0, 0, 0)


def _row(one: Row) -> list[Json]:
    return [one[0], *_four(one[1])]


def _rows(said: Json) -> Sequence[Row]:
    found = []
    for one in said if isinstance(said, list) else ():
        match one:
            case [str(text), int(left), int(top), int(width), int(height)]:
                found.append((text, Rect(left, top, width, height)))
    return found
