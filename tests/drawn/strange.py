"""Chats and screens drawn by three who never saw the reading: their words with boxes, and how well they are read.

`python -m tests.drawn.strange` prints each half of the sets. The *first* was split by a hash; its development half was
looked at while the reading was mended, the other only counted, until the second came: since then both were read. Of the
*second*, odd numbers were looked at; even ones were held, counted once, and read after that. Of the *third* the grounds
of the pictures are known too, and each picture says its half. `--from FOLDER` counts another folder of such files.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from core.capture.rect import Rect
from core.capture.screen.chat.read import read_chats
from core.capture.screen.chat.shapes import ScreenTurn
from core.capture.screen.label import Label
from core.capture.screen.page import Line, line_box
from core.capture.screen.talk import Hearing, places_of
from core.memory import Observation, WordBox
from tests.drawn.adopt import unpacked
from tests.drawn.score import plain
from tests.drawn.sheet import Sheet, face
from tests.drawn.talk import ZONE

_FOLDER = Path(__file__).with_name("strangers")
_REFERENCE = 200
_ABOVE, _HIGH = 0.16, 0.86
"""Of a font's height: what a reader leaves off above the letters, and what it takes."""
_TOLD_ALONE = 3
HARD = "13"
"""A play on the screen, "MAGDA: …": counted apart."""

Box = tuple[str, int, int, int, int, bool]
"""Text, left, top, width, height of its ink; whether an edge cuts a little of it off."""


class Window(TypedDict):
    """A window of a picture; `geometry`: left, top, width, height; `above`: another stands below it."""

    app: str
    title: str
    geometry: tuple[int, int, int, int]
    above: NotRequired[bool]


class Turn(TypedDict, total=False):
    """A message as it was drawn, `time` in 24 hours; `cut`: only part of it can be seen."""

    id: int
    speaker: str
    text: str
    time: str | None
    own: bool
    time_shown: bool
    name_visible: bool
    cut: bool


class Picture(TypedDict):
    """One line of the files."""

    name: str
    layout: str
    window: Window
    others: list[Window]
    turns: list[Turn]
    boxes: list[Box]
    half: NotRequired[str]
    grounds: NotRequired[str]
    """What `adopt` packed: the picture without its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """What was counted over the pictures of one half."""

    chats: Counter[str]
    taken: int
    """Screens without a conversation that were taken for one, but for the hard one."""


def pictures(kind: str, number: int = 1, folder: Path = _FOLDER) -> list[Picture]:
    """All of `chats` or `screens`, of the first set, the second or the third."""
    file = folder / f"{kind}{number if number > 1 else ''}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def development(name: str) -> bool:
    """Whether a layout or a screen is of the half that may be looked at, by a hash of its number."""
    return int(hashlib.sha256(name.encode()).hexdigest()[0], 16) % 2 == 0


def sheet_of(picture: Picture) -> Sheet:
    """Its words as a perfect reader tells them."""
    frames = [window["geometry"] for window in (picture["window"], *picture["others"])]
    sheet = Sheet(16, 16, "#fff")
    sheet.width = max(*(x + w for x, _, w, _ in frames), *(box[1] + box[3] for box in picture["boxes"]))
    sheet.height = max(*(y + h for _, y, _, h in frames), *(box[2] + box[4] for box in picture["boxes"]))
    sheet.runs = [_words(box) for box in picture["boxes"] if box[0].strip()]
    return sheet


def _words(box: Box) -> Line:
    """The words of a line whose ink is known: as high as its letters would be with all that reaches up and down."""
    text, x, y, wide, high, cut = box
    font = face("sans", _REFERENCE)
    up, down = font.getmetrics()
    left, top, right, bottom = font.getbbox(text)
    across = wide / max(1.0, right - left)
    scale = across if cut else min(high / max(1.0, bottom - top), 1.35 * across)
    scale = max(scale, 0.6 * across) if len(text) > _TOLD_ALONE else scale
    begin, height = y + high - round((bottom - up * _ABOVE) * scale), round((up + down) * _HIGH * scale)
    found: list[WordBox] = []
    at = 0
    for word in text.split():
        at = text.index(word, at)
        first = max(0.0, (font.getlength(text[:at]) - left) * across)
        last = min(float(wide), (font.getlength(text[: at + len(word)]) - left) * across)
        width = max(1, round(last - first))
        found.append(WordBox(text=word, left=x + round(first), top=begin, width=width, height=height))
        at += len(word)
    return tuple(found)


def _names(picture: Picture) -> frozenset[str]:
    return frozenset(t["speaker"].casefold() for t in picture["turns"] if t["own"] and t["speaker"] != "You")


def _seen_at(turns: Sequence[Turn]) -> datetime:
    """Two minutes after the latest time in view."""
    hour, minute = max([shown for turn in turns if (shown := turn["time"])] or ["23:50"]).split(":")
    return datetime(2026, 11, 19, int(hour), int(minute), tzinfo=ZONE) + timedelta(minutes=2)


def _stack(picture: Picture) -> list[Window]:
    """Its windows, the lowest first."""
    others = picture["others"]
    below = [one for one in others if not one.get("above")]
    return [*below, picture["window"], *(one for one in others if one.get("above"))]


def seen(picture: Picture) -> NDArray[np.uint8] | None:
    """Its grounds, (h, w, 3) RGB; None where only its boxes are known."""
    return unpacked(picture["grounds"]) if "grounds" in picture else None


def _label(picture: Picture, sheet: Sheet, at: datetime) -> Label:
    windows = _stack(picture)
    return Label(
        at=at.isoformat(),
        monitor="1",
        app=picture["window"]["app"],
        window=picture["window"]["title"],
        width=sheet.width,
        height=sheet.height,
        windows=tuple((one["app"], one["title"], "", *one["geometry"]) for one in windows),
    )


def turns_of(picture: Picture, *, grounds: bool = False) -> list[ScreenTurn] | None:
    """What is read of all its windows; None when no conversation is. `grounds`: with those of the picture."""
    sheet, at = sheet_of(picture), _seen_at(picture["turns"])
    found: list[ScreenTurn] | None = None
    places = [place.where for place in places_of(_label(picture, sheet, at))]
    pixels = seen(picture) if grounds else None
    for window, place in zip(_stack(picture), places, strict=True):
        above = places[places.index(place) + 1 :]
        lines = [_moved(line, place) for line in sheet.lines if _in(line, place, above)]
        app, title = window["app"], window["title"]
        known = {"pixels": _part(pixels, place)} if pixels is not None else {}
        names = _names(picture)
        for chat in read_chats(lines, place.width, place.height, now=at, app=app, title=title, names=names, **known):
            found = [*(found or ()), *chat.turns]
    return found


def _in(line: Line, place: Rect, above: Sequence[Rect]) -> bool:
    box = line_box(line)
    middle = Rect(box.left + box.width // 2, box.top + box.height // 2, 1, 1)
    return not place.meet(middle).empty and all(other.meet(middle).empty for other in above)


def _part(pixels: NDArray[np.uint8], place: Rect) -> NDArray[np.uint8]:
    return pixels[max(0, place.top) : place.bottom, max(0, place.left) : place.right]


def _moved(line: Line, place: Rect) -> Line:
    return tuple(replace(word, left=word.left - place.left, top=word.top - place.top) for word in line)


def _by(turn: ScreenTurn, told: Turn) -> bool:
    if told["own"]:
        return turn.mine or turn.speaker == told["speaker"]
    return not turn.mine and turn.speaker == told["speaker"]


def counted(picture: Picture, *, grounds: bool = False) -> Counter[str]:
    """Its messages: `told` whole in view, `found` word for word; of those `named`, `right`, `timed`, `clock`, `own`.

    `given`: turns read under a name or of the owner; `extra`: those that are none of its messages, nor part of one;
    `true`: those that are, under the right name.
    """
    turns = turns_of(picture, grounds=grounds) or []
    count, left = Counter[str](), list(turns)
    for told in sorted(picture["turns"], key=lambda turn: bool(turn.get("cut"))):
        whole = not told.get("cut")
        count["told"] += whole
        alike = [turn for turn in left if plain(turn.text) == plain(told["text"])]
        if not alike:
            continue
        best = next((turn for turn in alike if _by(turn, told)), alike[0])
        left.remove(best)
        count["true"] += (bool(best.speaker) or best.mine) and _by(best, told)
        if not whole:
            continue
        count.update(found=1, own=best.mine == told["own"])
        if told["name_visible"]:
            count.update(named=1, right=_by(best, told))
        if told["time_shown"] and told["time"]:
            count.update(timed=1, clock=best.clock is not None and best.clock.strftime("%H:%M") == told["time"])
    count["given"] = sum(bool(turn.speaker) or turn.mine for turn in turns)
    count["extra"] = sum(bool(turn.speaker) or turn.mine for turn in left)
    return count


def heard(looks: Sequence[Picture], *, grounds: bool = False) -> dict[str, Observation]:
    """What is kept of looks one after the other, by conversation and id."""
    kept: dict[str, Observation] = {}

    def keep(turns: Sequence[Observation]) -> None:
        kept.update({turn.provenance.conversation + turn.provenance.external_id: turn for turn in turns})

    hearing = Hearing(keep=keep, names=lambda: frozenset().union(*(_names(look) for look in looks)))
    begin = max(_seen_at(look["turns"]) for look in looks)
    for number, look in enumerate(looks):
        sheet = sheet_of(look)
        pixels = [seen(look)] if grounds else []
        hearing.hear(sheet.page, _label(look, sheet, begin + timedelta(minutes=number)), *pixels)
    return kept


def joined(looks: Sequence[Picture], *, grounds: bool = False) -> Counter[str]:
    """Looks at one chat after the other: `kept` of `seen` messages, kept `twice`, and `nobody`'s."""
    kept = heard(looks, grounds=grounds)
    best: dict[int, Turn] = {}
    for turn in (turn for look in looks for turn in look["turns"]):
        old = best.get(turn["id"])
        if old is None or (old.get("cut") and not turn.get("cut")) or not old["name_visible"]:
            best[turn["id"]] = turn
    whole = Counter(plain(t["text"]) for t in best.values() if not t.get("cut") and t["name_visible"])
    every = Counter(plain(turn["text"]) for turn in best.values())
    texts = Counter(plain(turn.text) for turn in kept.values())
    count = Counter[str](seen=whole.total(), kept=(whole & texts).total())
    count["twice"] = sum(max(0, texts[text] - number) for text, number in every.items())
    count["nobody"] = sum(number for text, number in texts.items() if text not in every)
    return count


@cache
def half(*, look: bool, number: int = 1, grounds: bool = False, folder: Path = _FOLDER) -> Half:
    """Everything of the development half (`look`) or of the other, of one of the sets; `grounds`: with those kept."""
    chats = [one for one in pictures("chats", number, folder) if _of(one, "", number) is look]
    total = sum((counted(picture, grounds=grounds) for picture in chats), Counter[str]())
    layouts = {picture["name"][:2] for picture in chats if "_" in picture["name"]}
    for layout in sorted(layouts):
        total += joined([picture for picture in chats if picture["name"][:2] == layout], grounds=grounds)
    screens = [one for one in pictures("screens", number, folder) if _of(one, "screens/", number) is look]
    hard = HARD if number == 1 else ""
    taken = sum(turns_of(one, grounds=grounds) is not None for one in screens if one["name"] != hard)
    return Half(chats=total, taken=taken)


def _of(picture: Picture, kind: str, number: int) -> bool:
    """Whether a picture is of the half that may be looked at."""
    if "half" in picture:
        return picture["half"] == "dev"
    if number == 2:
        return int(picture["name"][:2]) % 2 == 1
    return development(f"{kind}{picture['name']}" if kind else picture["name"][:2])


def _say(name: str, found: Half) -> None:
    one = found.chats
    sys.stdout.write(f"{name}: {dict(sorted(one.items()))}, ")
    sys.stdout.write(f"found {one['found'] / one['told']:.3f}, speaker {one['right'] / max(1, one['named']):.3f}, ")
    sys.stdout.write(f"of all given {one['true'] / max(1, one['given']):.3f}, ")
    sys.stdout.write(f"none of {one['extra']} in {one['given']}, screens taken for chats {found.taken}\n")


def main() -> None:
    """Print all halves that are there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="folder", type=Path, default=_FOLDER)
    parser.add_argument("--bare", action="store_true", help="boxes alone")
    asked = parser.parse_args()
    for number in (1, 2, 3):
        if not (asked.folder / f"chats{number if number > 1 else ''}.jsonl").exists():
            continue
        for name, look in (("development", True), ("once unseen", False)):
            for grounds in (False, True)[: 2 if number == 3 and not asked.bare else 1]:
                found = half(look=look, number=number, grounds=grounds, folder=asked.folder)
                if found.chats["told"]:
                    _say(f"set {number}, {name}{', with grounds' if grounds else ''}", found)


if __name__ == "__main__":
    main()
