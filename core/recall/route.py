"""How much is looked through and how many hits a question wants: by what may be searched, and by what is asked."""

import re
from dataclasses import dataclass

from core.recall.query import LONGEST, Query

MOST_HITS = 100
_NOT_PLURAL = (
    "is was does has this his its us as always perhaps news series business class process status bus gas dress"
    " address less yes across towards afterwards happens means plus focus"
)
_PLURAL = rf"(?!(?:{'|'.join(_NOT_PLURAL.split())})\b)(?:\w{{2,}}[^\Ws]s|people|children|men|women|media)\b(?!['’])"
_SEVERAL = re.compile(
    rf"\b(?:what|which|whose)\s+(?:of\s+\w+\s+)?(?:\w+\s+){{0,2}}?{_PLURAL}"
    r"|\b(?:list|name all|all (?:the|of|my|his|her|their|our)|(?:kinds?|types?|sorts?) of|(?:what|which) ways)\b"
    r"|\bwelche[nr]? \w+(?:e|en|er|s)\b|\balle\b|\b(?:qué|cuáles|quiénes) (?:\w+s|son|han|fueron)\b|\btod[ao]s\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow (?:many|often)\b|\bnumber of\b|\bwie (?:viele|oft)\b|\bcuánt[ao]s\b|\bcada cuánto\b", re.IGNORECASE
)
_COMPARED = re.compile(
    r"\b(?:compared?|differ(?:s|ent|ence)?|in common|similar|both|rather than|more than|versus|"
    r"verglichen|unterschied|gemeinsam|beide|común|ambos|diferencia)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many hits a question wants when nobody says: `times` the usual number, with the reasons in words."""

    times: int = 1
    reasons: tuple[str, ...] = ()

    def hits(self, usual: int) -> int:
        """Never fewer than usual."""
        return max(usual, min(MOST_HITS, self.times * usual))


def demand(query: Query) -> Demand:
    """One thing is asked for once; each sign that the answer lies in several places adds as much again, up to thrice.

    Measured (docs/benchmarks.md): of questions with a sign, 10 hits bring .71 of the evidence and 20 bring .80; of
    those without, .90 and .93.
    """
    text = query.question[:LONGEST]
    reasons = []
    if _COUNTED.search(text):
        reasons.append("something is counted")
    elif _SEVERAL.search(text):
        reasons.append("several things are asked for")
    if _COMPARED.search(text):
        reasons.append("things are compared")
    elif len(query.people.named) > 1:
        reasons.append("it is about several people")
    return Demand(times=1 + min(len(reasons), 2), reasons=tuple(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a question was answered: over how many rows, by what, and how many hits it got.

    everything: all that may be searched fits the context whole, so nothing is cut off (ConvoMem); exhaustive: every
    row is scored by words and by meaning; hybrid: the nearest come from an index, which may miss one.
    """

    rows: int
    words: bool
    meaning: str
    """As `Vectors.path` has it; empty when meaning was not looked for."""
    filtered: bool
    tokens: int | None
    """Of the context that holds everything; None when it does not."""
    budget: int
    hits: int | None
    """None when whoever asked said how many."""
    reasons: tuple[str, ...]

    def words_for_a_person(self) -> str:
        """One line: the route, the size, the channels, and why there are more hits than usual."""
        said = [self._way()]
        if self.filtered:
            said.append("within the conditions")
        if self.hits is not None and self.reasons:
            said.append(f"{self.hits} hits since {' and '.join(self.reasons)}")
        return ", ".join(said)

    def _way(self) -> str:
        count = f"{self.rows:,} {'memory' if self.rows == 1 else 'memories'}"
        if self.tokens is not None:
            return f"everything: {count} in {self.tokens} of {self.budget} tokens"
        near = {"": "", "exact": "meaning", "codes": "meaning (codes first)", "chroma": "meaning (Chroma)"}[
            self.meaning
        ]
        by = " + ".join(part for part in ("words" if self.words else "", near) if part)
        by = f" by {by}" if by else ", the newest first"
        return f"{'exhaustive' if self.meaning in ('', 'exact') else 'hybrid'}: {count}{by}"
