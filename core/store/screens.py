"""Turns that were read from screens and the frames that show them: forgetting one takes it out of the other."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from core.memory import MemoryId
from core.store import indexing, words
from core.store.boxes import NONE, Box, packed, unpacked
from core.store.envelope import ContentKeys, memory_of
from core.store.pieces import BITS
from core.store.said_there import enough, runs_of, standing, words_of

TAKEN_OUT = "[…]"
"""Stands in the text of a screen where words were taken out."""
_SHORT = 4
"""Fewer words than that may stand anywhere: only screens of the same window are looked at."""
_NEAR_S = 86_400.0
_ASKED = 40
"""Runs of a turn's words that screens are looked up by."""
_MARGIN = 4
"""Pixels around a word that are blackened with it: what a box left out of a letter."""

Rect = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A frame without the words of some turns."""

    row: dict[str, Any]
    """As it is until then."""
    text: str
    boxes: tuple[Box, ...]
    black: tuple[Rect, ...]
    """Where the words stand in its picture."""
    gone: tuple[str, ...]
    """What is taken out of its text, line by line."""


def showing(db: Database, turns: Sequence[dict[str, Any]], without: Collection[str] = ()) -> list[Cut]:
    """The frames, none of `without`, that show any of these `turns` (rows), each as it would be without their words."""
    found: dict[str, dict[str, Any]] = {}
    said: dict[str, list[list[str]]] = {}
    for turn in turns:
        if not _of_a_screen(turn):
            continue
        spoken = words_of(turn["text"])
        for row in _candidates(db, turn, spoken):
            if row["id"] not in without and standing(words_of(row["text"]), spoken):
                found[row["id"]] = row
                said.setdefault(row["id"], []).append(spoken)
    return [_cut(row, said[id]) for id, row in found.items()]


def read_only_in(db: Database, frames: Sequence[dict[str, Any]], without: Collection[str]) -> list[MemoryId]:
    """The turns, none of `without`, that were read in these `frames` (rows) and that no other frame shows."""
    gone = {row["id"] for row in frames}
    seen = [row for row in frames if row["facet"] == "frame" and row["channel"] == "screen"]
    if not seen:
        return []
    turns = _turns_between(db, min(row["created"] for row in seen), max(row["created"] for row in seen))
    near = [_Spoken.of(turn) for turn in turns if turn["id"] not in without]
    times = [one.row["created"] for one in near]
    found: dict[str, dict[str, Any]] = {}
    for frame in seen:
        there = words_of(frame["text"])
        runs = _runs_by_size(there)
        begin, end = bisect_left(times, frame["created"] - _NEAR_S), bisect_right(times, frame["created"] + _NEAR_S)
        for one in near[begin:end]:
            if one.row["id"] not in found and one.begun_in(runs) and standing(there, one.words):
                found[one.row["id"]] = one.row
    return [MemoryId(turn["id"]) for turn in found.values() if not _shown_elsewhere(db, turn, gone)]


def _shown_elsewhere(db: Database, turn: dict[str, Any], gone: Collection[str]) -> bool:
    """Whether a frame that is none of these shows a turn; the first that does is enough."""
    spoken = _Spoken.of(turn)
    for row in _candidates(db, turn, spoken.words):
        if row["id"] not in gone:
            there = words_of(row["text"])
            if spoken.begun_in({spoken.size: runs_of(there, spoken.size)}) and standing(there, spoken.words):
                return True
    return False


def _turns_between(db: Database, first: float, last: float) -> Iterator[dict[str, Any]]:
    return db.query(
        "SELECT id, facet, channel, text, app, window, created FROM memory WHERE facet = 'turn' AND channel = 'screen'"
        " AND created BETWEEN ?1 - ?3 AND ?2 + ?3 ORDER BY created",
        [first, last, _NEAR_S],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A turn, and what of it a screen must show at the least."""

    row: dict[str, Any]
    words: list[str]
    runs: frozenset[tuple[str, ...]]
    size: int

    @classmethod
    def of(cls, row: dict[str, Any]) -> "_Spoken":
        words = words_of(row["text"])
        return cls(row=row, words=words, runs=runs_of(words, size := enough(words)), size=size)

    def begun_in(self, runs: Mapping[int, frozenset[tuple[str, ...]]]) -> bool:
        """Whether a screen with these runs of words can show it."""
        return self.size > 0 and not self.runs.isdisjoint(runs[self.size])


def count_showing(db: Database, turns: Sequence[dict[str, Any]], frames: Sequence[str]) -> int:
    """How many of these frames still show one of these turns."""
    said = [_Spoken.of(turn) for turn in turns if _of_a_screen(turn)]
    rows = db.query("SELECT text FROM memory WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(frames))])
    return sum(_shows(row["text"], said) for row in rows)


def _shows(text: str, said: "Sequence[_Spoken]") -> bool:
    there = words_of(text)
    runs = _runs_by_size(there)
    return any(one.begun_in(runs) and standing(there, one.words) for one in said)


def _runs_by_size(there: Sequence[str]) -> dict[int, frozenset[tuple[str, ...]]]:
    return {size: runs_of(there, size) for size in (1, 2, 3)}


def apply(db: Database, cuts: Sequence[Cut], keys: ContentKeys, step: Callable[[], None]) -> list[bytes]:
    """Keep frames without those words, older texts of them and their vectors gone; what they were known by until now.

    `step` is called three times a frame.
    """
    words.drop(db, [cut.row["seq"] for cut in cuts], step)
    rows = [cut.row | {"text": cut.text, "boxes": packed(cut.boxes)} for cut in cuts]
    for row in rows:
        row["content_key"] = keys.of(memory_of(row))
        db.execute("DELETE FROM memory_version WHERE memory = ?", [row["id"]])
        db.execute("DELETE FROM vector WHERE memory = ?", [row["id"]])
        db.execute(
            "UPDATE memory SET text = :text, boxes = :boxes, content_key = :content_key WHERE id = :id",
            {name: row[name] for name in ("text", "boxes", "content_key", "id")},
        )
        step()
    indexing.put_shortened(db, [(row, cut.row["text"]) for row, cut in zip(rows, cuts, strict=True)], step)
    return [bytes(cut.row["content_key"]) for cut in cuts]


def _of_a_screen(row: dict[str, Any]) -> bool:
    return bool(row["facet"] == "turn" and row["channel"] == "screen")


def _candidates(db: Database, turn: dict[str, Any], spoken: Sequence[str]) -> Iterator[dict[str, Any]]:
    wanted = [word for word in spoken if word]
    if not wanted:
        return
    if len(wanted) < _SHORT:
        yield from db.query(
            "SELECT * FROM memory WHERE facet = 'frame' AND channel = 'screen' AND app = ? AND window = ?"
            " AND created BETWEEN ?3 - ?4 AND ?3 + ?4 ORDER BY abs(created - ?3)",
            [turn["app"], turn["window"], turn["created"], _NEAR_S],
        )
        return
    runs = [" ".join(words.terms(turn["text"])[at : at + 3]) for at in range(min(len(wanted) - 2, _ASKED))]
    asked = " OR ".join(f'"{run}"' for run in dict.fromkeys(runs) if run)
    yield from db.query(
        "SELECT * FROM memory WHERE facet = 'frame' AND channel = 'screen' AND seq IN"
        f" (SELECT rowid >> {BITS} FROM words WHERE words MATCH ?)",
        [asked],
    )


def _cut(row: dict[str, Any], said: Sequence[Sequence[str]]) -> Cut:
    text, runs = row["text"], list[str]()
    for one in said:
        text, taken = _without(text, one)
        runs += taken
    boxes = unpacked(row["boxes"]) if row["boxes"] != NONE else []
    gone = _boxes_of(boxes, said)
    black = tuple(
        (x - _MARGIN, y - _MARGIN, wide + 2 * _MARGIN, high + 2 * _MARGIN)
        for _, x, y, wide, high in (boxes[at] for at in sorted(gone))
    )
    kept = tuple(box for at, box in enumerate(boxes) if at not in gone)
    return Cut(row=row, text=text, boxes=kept, black=black, gone=tuple(runs))


def _boxes_of(boxes: Sequence[Box], said: Sequence[Sequence[str]]) -> set[int]:
    there: list[str] = []
    box_of: list[int] = []
    for at, (text, *_) in enumerate(boxes):
        for word in words_of(text):
            there.append(word)
            box_of.append(at)
    return {box_of[place] for one in said for place in standing(there, one)}


def _without(text: str, said: Sequence[str]) -> tuple[str, list[str]]:
    """A text with one mark in each place where words of `said` stood in a row, its lines kept; and those words."""
    gone = standing(words_of(text), said)
    place, lines, runs = 0, list[str](), list[str]()
    for line in text.split("\n"):
        kept: list[str] = []
        taken: list[str] = []
        for word in line.split():
            if place not in gone:
                kept.append(word)
                taken.append("")
            else:
                if not kept or kept[-1] != TAKEN_OUT:
                    kept.append(TAKEN_OUT)
                taken.append(word)
            place += 1
        lines.append(" ".join(kept))
        runs += [run.strip() for run in " ".join(word or "\n" for word in taken).split("\n") if run.strip()]
    return "\n".join(lines), runs
