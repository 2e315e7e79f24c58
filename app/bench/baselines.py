"""What a recall is compared with: BM25 alone, meaning alone, and ENGRAM's typed top-k union; nothing of Mneme's recall.

ENGRAM (arXiv 2511.12960) routes every turn into episodic, semantic and procedural stores (several may take it), asks
each store for its top k by dense similarity, and gives the union as evidence. Here: the same three stores, several
allowed, top k each by cosine, union without repeats, by similarity. Not the same: its router and the extractor that
rewrites a turn into a record are a large language model, ours are word patterns over the verbatim turn; and its
embedder is a hosted one, ours the bundled one, so that what is compared is the way of searching.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.bench.dataset import DataSet, Key, Question, Turn
from core.inference.embedder import Embedder
from core.urgency import Urgency

Ranked = Mapping[str, Sequence[Key]]
"""Question id -> turns, best first."""
Floats = NDArray[np.float32]

_SEMANTIC = re.compile(
    r"\b(?:i am|i'm|i've (?:always|been|got)|i (?:\w+ )?(?:like|love|hate|prefer|enjoy|have|own|work|live|believe|want|"
    r"need|play|collect)|my (?:\w+ ){1,3}(?:is|are|was|were)|(?:he|she|it|they)(?:'s| is|'re| are)|we have|favou?rite|"
    r"always|usually|never|every (?:day|week|year|morning|night))\b",
    re.IGNORECASE,
)
_PROCEDURAL = re.compile(
    r"\b(?:how to|first(?:ly)?,|then (?:you|i|we)|next,|finally,|make sure|you (?:should|need to|have to|can|could)|"
    r"step \w+|recipe|instructions?|routine|whenever|in order to|try (?:to|\w+ing)|"
    r"(?:use|mix|add|press|click|turn) the)\b",
    re.IGNORECASE,
)
_EPISODIC = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|last|next|ago|(?:this|on) (?:\w+day|week\w*|month|year|morning)|just|went|"
    r"was|were|had|did|got|took|made|met|saw|came|\w+ed)\b",
    re.IGNORECASE,
)
STORES = ("episodic", "semantic", "procedural")


def routed(text: str) -> tuple[str, ...]:
    """The stores a turn goes to, at least one: what is neither a fact nor a how-to is what happened."""
    semantic, procedural = bool(_SEMANTIC.search(text)), bool(_PROCEDURAL.search(text))
    episodic = bool(_EPISODIC.search(text)) or not (semantic or procedural)
    return tuple(store for store, here in zip(STORES, (episodic, semantic, procedural), strict=True) if here)


def by_words(data: DataSet, depth: int, *, names: bool = True) -> dict[str, list[Key]]:
    """BM25 of SQLite's FTS5 (porter, unicode61) over turns with captions, any word of the question.

    Without `names` those of who speaks are taken out of it.
    """
    speakers = _names(data.turns)
    found: dict[str, list[Key]] = {}
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(body, c UNINDEXED, id UNINDEXED, tokenize='porter unicode61')")
        db.executemany(
            "INSERT INTO t VALUES (?, ?, ?)", [(turn.body, turn.conversation, turn.id) for turn in data.turns]
        )
        for one in data.questions:
            asked = one.text if names else speakers.sub(" ", one.text)
            words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", asked))
            query = "SELECT c, id FROM t WHERE t MATCH ? AND (? IS NULL OR c = ?) ORDER BY rank LIMIT ?"
            rows = db.execute(query, (words or '""', one.conversation, one.conversation, depth))
            found[one.id] = [(conversation, id) for conversation, id in rows]
    return found


class Meanings:
    """Every turn and question embedded once by the bundled embedder, and the cosines between them."""

    def __init__(self, data: DataSet, embedder: Embedder) -> None:
        self._data = data
        self._turns = embedder.embed([turn.body or " " for turn in data.turns], Urgency.CAPTURE)
        self._whole = embedder.embed([one.text for one in data.questions], Urgency.CAPTURE)
        names = _names(data.turns)
        self._nameless = embedder.embed([names.sub(" ", one.text) for one in data.questions], Urgency.CAPTURE)
        self._rows: dict[str | None, list[int]] = defaultdict(list)
        for row, turn in enumerate(data.turns):
            self._rows[turn.conversation].append(row)
        self._rows[None] = list(range(len(data.turns)))
        self._stores = [routed(turn.text) for turn in data.turns]

    def alone(self, depth: int, *, names: bool) -> dict[str, list[Key]]:
        """The turns nearest to the question by cosine. Without `names` the speakers' are taken out of it."""
        return {one.id: self._keys(self._nearest(place, names)[:depth]) for place, one in self._asked()}

    def typed(self, depth: int) -> dict[str, list[Key]]:
        """ENGRAM's union with `depth` turns in all: as few from each store as give so many."""
        found = {}
        for place, one in self._asked():
            order, size = self._nearest(place, False), 1
            while len(union := self._union(order, size)) < min(depth, len(order)):
                size += 1
            found[one.id] = self._keys(union[:depth])
        return found

    def typed_whole(self, each: int) -> dict[str, list[Key]]:
        """ENGRAM's union as it is: `each` from every store, up to three times as many turns in all."""
        return {one.id: self._keys(self._union(self._nearest(place, False), each)) for place, one in self._asked()}

    def _asked(self) -> list[tuple[int, Question]]:
        return list(enumerate(self._data.questions))

    def _nearest(self, place: int, names: bool) -> list[int]:
        rows = self._rows.get(self._data.questions[place].conversation, [])
        question: Floats = (self._whole if names else self._nameless)[place]
        order = np.argsort(-(self._turns[rows] @ question), kind="stable")
        return [rows[at] for at in order]

    def _union(self, order: Sequence[int], each: int) -> list[int]:
        taken: set[int] = set()
        for store in STORES:
            taken.update([row for row in order if store in self._stores[row]][:each])
        return [row for row in order if row in taken]

    def _keys(self, rows: Sequence[int]) -> list[Key]:
        return [self._data.turns[row].key for row in rows]


def _names(turns: Sequence[Turn]) -> re.Pattern[str]:
    """Any speaker's whole or first name, with its 's."""
    said = {name for turn in turns if len(turn.speaker) > 1 for name in (turn.speaker, turn.speaker.split()[0])}
    longest_first = sorted((re.escape(name) for name in said), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first) or '(?!)'})(?:['’]s)?\b", re.IGNORECASE)
