"""What holds now stands above what held before: a newer turn that tells of a change, over the like of it.

Facts that a sleep has understood are superseded there; this is for what was only said.
"""

import re
from collections.abc import Sequence

from core.recall.query import Query
from core.recall.shown import Shown
from core.store.pieces import LONG
from core.store.vectors import Vectors

_FIRST = 10
_ALIKE = 0.35
"""Cosine of two turns on one subject; the plateau is .2 to .4 (docs/decisions/014)."""
_A_DAY_S = 86_400.0
_NOW = re.compile(
    r"\b(?:now|nowadays|these days|currently|still|at the moment|today|jetzt|derzeit|aktuell|zurzeit|heute|"
    r"ahora|actualmente|hoy|maintenant|actuellement)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"^(?:[\w'’,]+\s+){0,6}?(?:is|are|am|does|do|'s)\b", re.IGNORECASE)
_NOT_PRESENT = re.compile(
    r"\b(?:did|was|were|had|used to|before|old|previous|former|earlier|ago|last|first|originally|once|ever|been)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:now|new|mov(?:ed|ing|e)|chang(?:ed|ing|es?)|switch(?:ed|ing)?|no longer|any ?more|instead|these days|"
    r"start(?:ing|ed|s)?|since|gave up|giv(?:en|ing) up|quit|stopp?(?:ed)?|sold|replac(?:ed|ing)|swapp?(?:ed)?|"
    r"updated?|current(?:ly)?|left|from (?:now|next|\w+ on)|"
    r"jetzt|neue[nrs]?|umgezogen|gewechselt|nicht mehr|kein\w* mehr|stattdessen|seit|ab sofort|aufgehört|"
    r"ahora|nuev[oa]s?|mudé|mudado|cambi\w+|ya no|dejé|desde)\b",
    re.IGNORECASE,
)


def present_asked(query: Query) -> bool:
    """Whether the question is after what holds now: in the present tense, or with "now", and about no other time."""
    if query.past_asked or query.span is not None or query.edge == "first" or _NOT_PRESENT.search(query.question):
        return False
    return bool(_NOW.search(query.question) or _PRESENT.search(query.question))


def newest_first(listed: Sequence[Shown], vectors: Vectors) -> list[Shown]:
    """Among the first hits each that tells of a change moves above the first older one it is like, by the same voice.

    Which hits are among the first does not change, only their order. A long text tells of many things and its words
    of change seldom of what is asked (conversations kept as pages: recall@1 .49 with it, .63 without).
    """
    first = list(listed[:_FIRST])
    unit = vectors.of([one.memory.id for one in first])
    alike = unit @ unit.T
    order = list(range(len(first)))
    for newer in range(1, len(first)):
        text = first[newer].memory.text
        if len(text) > LONG or not _CHANGE.search(text):
            continue
        place = order.index(newer)
        for above, older in enumerate(order[:place]):
            if alike[older, newer] >= _ALIKE and _is_about_before(first[older], first[newer]):
                order.insert(above, order.pop(place))
                break
    return [*(first[place] for place in order), *listed[_FIRST:]]


def _is_about_before(older: Shown, newer: Shown) -> bool:
    ours, theirs = newer.memory, older.memory
    same = ours.provenance.speaker.casefold() == theirs.provenance.speaker.casefold()
    return same and ours.observed and theirs.observed and (ours.at - theirs.at).total_seconds() > _A_DAY_S
