"""Whether what a sleep learnt is what a label says: strict about the words of a value, fair about how they are set.

Written apart from the program's own comparison, so that a mistake there cannot excuse itself here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.bench.row import Row
from app.commands.request import JSON

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SMALL = frozenset({"the", "a", "an", "my", "our", "on"})
_ALIKE = {"mother": "mum", "mom": "mum", "father": "dad"}
_NEVER = re.compile(r"^(?:does not (?:eat|drink)|dislikes)$")


@dataclass(slots=True)
class Tally:
    """Right, wrong and missed, and of how many lines that expect nothing none was learnt from."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    traps: int = 0
    refused: int = 0
    classes: dict[str, list[int]] = field(default_factory=dict)

    def add(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
            missed=self.missed + other.missed,
            traps=self.traps + other.traps,
            refused=self.refused + other.refused,
        )

    def rows(
        self, what: str, half: str, *, precision: float | None = None, recall: float | None = None
    ) -> Iterator[Row]:
        """Precision, recall and the traps refused, of one half or of all."""
        said, asked = self.right + self.wrong, self.right + self.missed
        yield Row(
            name=f"{what}, precision, {half}", value=self.right / max(1, said), unit="share", n=said, target=precision
        )
        yield Row(
            name=f"{what}, recall, {half}", value=self.right / max(1, asked), unit="share", n=asked, target=recall
        )
        yield Row(
            name=f"{what}, traps refused, {half}",
            value=self.refused / max(1, self.traps),
            unit="share",
            n=self.traps,
        )


def judged(found: Sequence[JSON], line: JSON) -> Tally:
    """One labelled line and the facts that rest on it."""
    left = [dict(one) for one in line["expect"]]
    allowed = list(line.get("allow", ()))
    tally = Tally()
    for fact in found:
        hit = next((one for one in left if _is(fact, one, line)), None)
        if hit is not None:
            left.remove(hit)
            tally.right += 1
        elif not any(_is(fact, one, line) or _part_of(fact, one) for one in [*line["expect"], *allowed]):
            tally.wrong += 1
    for one in list(left):
        if _listed(found, one):
            left.remove(one)
            tally.right += 1
    tally.missed = len(left)
    if not line["expect"]:
        tally.traps, tally.refused = 1, int(not tally.wrong)
    return tally


def same(one: str, other: str) -> bool:
    """Whether two values are the same but for case, articles, punctuation, and the ways to write a day of the year."""
    return _bare(one) == _bare(other) or (_day(one) is not None and _day(one) == _day(other))


def _is(fact: JSON, label: JSON, line: JSON) -> bool:
    value = f"no {fact['value']}" if _NEVER.match(fact["attribute"]) else fact["value"]
    values = {fact["value"], value} if fact["attribute"] == "dislikes" else {value}
    whose = _subject(label["subject"], line)
    return _owner(fact["subject"], line) == whose and any(same(each, label["value"]) for each in values)


def _listed(found: Sequence[JSON], label: JSON) -> bool:
    """Whether a label that is a list was learnt as its parts."""
    parts = [_bare(part) for part in re.split(r",\s*|\s+and\s+", label["value"])]
    told = {_bare(fact["value"]) for fact in found}
    return len(parts) > 1 and all(any(part == one or part.endswith(f" {one}") for one in told) for part in parts)


def _part_of(fact: JSON, label: JSON) -> bool:
    parts = [_bare(part) for part in re.split(r",\s*|\s+and\s+", label["value"])]
    return len(parts) > 1 and any(
        part == _bare(fact["value"]) or part.endswith(f" {_bare(fact['value'])}") for part in parts
    )


def _subject(told: str, line: JSON) -> str:
    plain = told.casefold().strip()
    speaker = "me" if line["mine"] else str(line["speaker"]).casefold()
    whose, owns, kin = plain.partition("'s ")
    if owns:
        return f"{'me' if whose == 'me' else whose}'s {_ALIKE.get(kin, kin)}"
    return speaker if plain == speaker else plain


def _owner(told: str, line: JSON) -> str:
    kin, of, whose = told.casefold().partition(" of ")
    return f"{whose}'s {_ALIKE.get(kin, kin)}" if of else told.casefold()


def _bare(value: str) -> str:
    words = [word.strip(".:-'’") for word in re.findall(r"[\w.@/+:'’-]+", value.casefold())]
    words = [word for word in words if word]
    while len(words) > 1 and words[0] in _SMALL:
        words = words[1:]
    return " ".join(words)


def _day(value: str) -> tuple[int, int, int | None] | None:
    """Day, month and year of a date in words."""
    found = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]{3,9})\b(?:,?\s+(\d{4}))?", value.casefold())
    if found is None or found[2][:3] not in _MONTHS:
        turned = re.search(r"\b([a-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4}))?", value.casefold())
        if turned is None or turned[1][:3] not in _MONTHS:
            return None
        return int(turned[2]), _MONTHS.index(turned[1][:3]), int(turned[3]) if turned[3] else None
    return int(found[1]), _MONTHS.index(found[2][:3]), int(found[3]) if found[3] else None


def foreseen(found: Sequence[JSON], line: JSON) -> Tally:
    """One labelled line and the promises and appointments that rest on it."""
    left = [dict(one) for one in line["expect"]]
    tally = Tally()
    for one in found:
        hit = next((label for label in left if _when(one, label) and _what(one["fact"]["value"], label["what"])), None)
        if hit is not None:
            left.remove(hit)
            tally.right += 1
        else:
            tally.wrong += 1
    tally.missed = len(left)
    if not line["expect"]:
        tally.traps, tally.refused = 1, int(not tally.wrong)
    return tally


def _when(found: JSON, label: JSON) -> bool:
    if found["facet"] != label["facet"]:
        return False
    promise = found["facet"] == "promise"
    told = datetime.fromisoformat(found["valid_to"] if promise else found["valid_from"])
    days = {str(label["begins"])[:10], *([str(label["ends"])[:10]] if promise and "ends" in label else [])}
    if "T" in label["begins"] and not promise:
        return told == datetime.fromisoformat(label["begins"])
    return told.date().isoformat() in days


def _what(one: str, other: str) -> bool:
    """Half of the telling words of the shorter name are in both."""
    telling = [
        set(_bare(text).split()) - _SMALL - {"of", "to", "you", "your", "for", "and", "with"} for text in (one, other)
    ]
    common = telling[0] & telling[1]
    return bool(common) and len(common) >= min(len(telling[0]), len(telling[1])) / 2
