"""Secrets and look-alikes that others wrote who had not seen the masks: 556, 559 and 560 texts, each set in halves.

The texts lie in the file with letters turned by thirteen places and digits by five: a made key that looks real is
otherwise reported by what scans code for keys, and nobody reads a held half by chance.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from app.bench.masks.judged import share
from app.bench.row import Row
from core.capture.redact import Masked, redact
from core.errors import Problem

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TURNED = "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM5678901234"
_BACK = str.maketrans(_TURNED, _PLAIN)
SETS = {
    "another hand": "by_another_hand.jsonl",
    "a third hand": "by_a_third_hand.jsonl",
    "a fourth hand": "by_a_fourth_hand.jsonl",
}
"""Who wrote it -> its file beside this one. Every held half has been read by now; docs/benchmarks.md says when."""
STRUCTURED = ("card", "iban", "national_id", "jwt", "api_key", "private_key")
"""Classes with a form of their own: a check digit, a prefix, a frame."""


class _Line(TypedDict, total=False):
    id: str
    name: str
    turned: str
    spans: list[list[int]]
    free: list[list[int]]
    half: str
    arguable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One text with the places of its secrets, as characters `begin <= i < end`."""

    id: str
    name: str
    """The class it is of, or looks like."""
    text: str
    secrets: tuple[tuple[int, int], ...]
    """Empty for a look-alike."""
    free: tuple[tuple[int, int], ...]
    """May be masked or not: counted neither way."""
    arguable: bool
    held: bool
    """Of the half that was counted before it was read."""

    def wrong(self, masked: Masked) -> bool:
        """Whether a sign of a secret is left (blanks do not count), or anything of a look-alike is gone."""
        gone = {place for span in masked.spans for place in range(span.begin, span.end)}
        if not self.secrets:
            return bool(gone - _places(self.free))
        return any(not self.text[place].isspace() for place in _places(self.secrets) - gone)


def _places(stretches: Sequence[tuple[int, int]]) -> set[int]:
    return {place for begin, end in stretches for place in range(begin, end)}


def labelled(file: str) -> tuple[Labelled, ...]:
    """All of one of `SETS`. Raises Problem where the file is missing or no longer readable.

    The halves are those its author made; where none were made, a hash of the id tells them.
    """
    path = Path(__file__).with_name(file)
    try:
        return tuple(_read(line) for line in path.read_text("utf-8").split("\n") if line)
    except (OSError, ValueError, LookupError) as error:
        raise Problem(f"{path.name} cannot be read.", "It comes with the source code.") from error


def _read(line: str) -> Labelled:
    kept = cast(_Line, json.loads(line))
    half = kept.get("half")
    hashed = bool(hashlib.sha256(kept["id"].encode()).digest()[0] & 1)
    return Labelled(
        id=kept["id"],
        name=kept["name"],
        text=kept["turned"].translate(_BACK),
        secrets=tuple((begin, end) for begin, end in kept["spans"]),
        free=tuple((begin, end) for begin, end in kept.get("free", [])),
        arguable=kept.get("arguable", False),
        held=hashed if half is None else half == "held",
    )


def in_halves(hand: str, items: Sequence[Labelled], recall: float, false: float) -> Iterator[Row]:
    """Hit rates and false alarms of the half that rules were made after and of the one held back, and of each class."""
    found = [(item, item.wrong(redact(item.text))) for item in items]
    for half, held in ((f"{hand}, development", False), (f"{hand}, held, read since", True)):
        mine = [(item, wrong) for item, wrong in found if item.held is held]
        secrets = [(item, wrong) for item, wrong in mine if item.secrets]
        others = [(item, wrong) for item, wrong in mine if not item.secrets]
        structured = [not wrong for item, wrong in secrets if item.name in STRUCTURED]
        yield _row(half, "masked, structured classes", structured, recall if held else None)
        yield _row(half, "masked, all classes", [not wrong for _, wrong in secrets])
        yield _row(
            half, "masked, without what can be argued", [not wrong for item, wrong in secrets if not item.arguable]
        )
        yield _row(half, "look-alikes masked wrongly", [wrong for _, wrong in others], false if held else None)
        for name in dict.fromkeys(item.name for item, _ in mine):
            yield _row(half, f"masked: {name}", [not wrong for item, wrong in secrets if item.name == name])
            yield _row(half, f"masked wrongly: {name}", [wrong for item, wrong in others if item.name == name])


def _row(half: str, name: str, hits: Sequence[bool], target: float | None = None) -> Row:
    return Row(name=f"{half}: {name}", value=share(hits), unit="share", n=len(hits), target=target)
