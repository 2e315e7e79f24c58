"""Secrets and look-alikes that somebody wrote who had not seen the masks: 556 texts, one half of them never looked at.

The texts lie in the file with letters turned by thirteen places and digits by five: a made key that looks real is
otherwise reported by what scans code for keys, and nobody reads the unseen half by chance.
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

_FILE = Path(__file__).with_suffix(".jsonl")
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TURNED = "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM5678901234"
_BACK = str.maketrans(_TURNED, _PLAIN)
STRUCTURED = ("card", "iban", "national_id", "jwt", "api_key", "private_key")
"""Classes with a form of their own: a check digit, a prefix, a frame."""


class _Line(TypedDict, total=False):
    id: str
    name: str
    turned: str
    spans: list[list[int]]
    free: list[list[int]]
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
    unseen: bool
    """Of the half that is only counted."""

    def wrong(self, masked: Masked) -> bool:
        """Whether a sign of a secret is left (blanks do not count), or anything of a look-alike is gone."""
        gone = {place for span in masked.spans for place in range(span.begin, span.end)}
        if not self.secrets:
            return bool(gone - _places(self.free))
        return any(not self.text[place].isspace() for place in _places(self.secrets) - gone)


def _places(stretches: Sequence[tuple[int, int]]) -> set[int]:
    return {place for begin, end in stretches for place in range(begin, end)}


def labelled() -> tuple[Labelled, ...]:
    """All of them; the halves by a hash of the id. Raises Problem where the file is missing or no longer readable."""
    try:
        return tuple(_read(line) for line in _FILE.read_text("utf-8").splitlines())
    except (OSError, ValueError, LookupError) as error:
        raise Problem(f"{_FILE.name} cannot be read.", "It comes with the source code.") from error


def _read(line: str) -> Labelled:
    kept = cast(_Line, json.loads(line))
    return Labelled(
        id=kept["id"],
        name=kept["name"],
        text=kept["turned"].translate(_BACK),
        secrets=tuple((begin, end) for begin, end in kept["spans"]),
        free=tuple((begin, end) for begin, end in kept.get("free", [])),
        arguable=kept.get("arguable", False),
        unseen=bool(hashlib.sha256(kept["id"].encode()).digest()[0] & 1),
    )


def in_halves(items: Sequence[Labelled], recall: float, false: float) -> Iterator[Row]:
    """Hit rates and false alarms of the half that was looked at and of the one that was not, and of each class."""
    found = [(item, item.wrong(redact(item.text))) for item in items]
    for half, unseen in (("development", False), ("unseen", True)):
        mine = [(item, wrong) for item, wrong in found if item.unseen is unseen]
        secrets = [(item, wrong) for item, wrong in mine if item.secrets]
        others = [(item, wrong) for item, wrong in mine if not item.secrets]
        structured = [not wrong for item, wrong in secrets if item.name in STRUCTURED]
        yield _row(half, "masked, structured classes", structured, recall if unseen else None)
        yield _row(half, "masked, all classes", [not wrong for _, wrong in secrets])
        yield _row(
            half, "masked, without what can be argued", [not wrong for item, wrong in secrets if not item.arguable]
        )
        yield _row(half, "look-alikes masked wrongly", [wrong for _, wrong in others], false if unseen else None)
        for name in dict.fromkeys(item.name for item, _ in mine):
            yield _row(half, f"masked: {name}", [not wrong for item, wrong in secrets if item.name == name])
            yield _row(half, f"masked wrongly: {name}", [wrong for item, wrong in others if item.name == name])


def _row(half: str, name: str, hits: Sequence[bool], target: float | None = None) -> Row:
    return Row(name=f"another hand, {half}: {name}", value=share(hits), unit="share", n=len(hits), target=target)
