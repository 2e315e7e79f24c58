"""Why something was found, in parts that a person can read."""

from dataclasses import dataclass

import numpy as np

from core.memory import MemoryId, Why
from core.recall.columns import Columns, Ints
from core.recall.likeness import shown
from core.recall.query import Query
from core.recall.rank import Features, Scores

_NOTABLE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grounds:
    """All that `why` looks at: the region's rows, their features and scores, and each word's rows."""

    query: Query
    columns: Columns
    region: Ints
    features: Features
    scores: Scores
    word_rows: dict[str, Ints]


def explained(grounds: Grounds, place: int, folded: int) -> Why:
    """Why the row at this place of the region was found."""
    query, columns, features = grounds.query, grounds.columns, grounds.features
    row = grounds.region[place]
    spoke = columns.speaker[row]
    person = shown(columns.people[spoke]) if features.person[place] and spoke >= 0 else ""
    return Why(
        words=tuple(word for word, rows in grounds.word_rows.items() if _contains(rows, int(row))),
        meaning=round(float(grounds.scores.meaning[place]), 4),
        time=query.span.words if query.span and features.date[place] > _NOTABLE else "",
        person=person or ("me" if features.person[place] else ""),
        neighbour_of=_neighbour(grounds, place),
        folded=folded,
    )


def _contains(rows: Ints, row: int) -> bool:
    place = int(np.searchsorted(rows, row))
    return place < len(rows) and int(rows[place]) == row


def _neighbour(grounds: Grounds, place: int) -> MemoryId | None:
    """The turn beside it, when that one brought more than its own words and meaning did."""
    scores = grounds.scores
    if scores.neighbour[place] <= max(_NOTABLE, float(scores.base[place])):
        return None
    beside = [int(p) for p in (grounds.features.before[place], grounds.features.after[place]) if p >= 0]
    best = max(beside, key=lambda p: float(scores.base[p]))
    return grounds.columns.ids(grounds.region[[best]])[0]
