"""`mneme bench recall`: how much of the evidence a recall brings, beside words alone and meaning alone."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.bench.outside import Outside, busy, option, outside
from app.bench.row import Row, mean, percentile
from app.cli.session import Session
from app.commands.request import JSON
from core.errors import BadInput
from core.inference import wordpiece
from core.inference.embedder import LlamaEmbedder
from core.urgency import Urgency

DEPTHS = (5, 10, 20)
_TARGET_AT_10 = 0.74
Ranked = Mapping[str, Sequence[str]]
"""Question id -> turn ids, best first."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Turns and questions of a folder."""

    turns: Path
    questions: tuple[JSON, ...]

    @classmethod
    def of(cls, folder: Path) -> "DataSet":
        """Read `conversations.jsonl` and `questions.jsonl`. Raises BadInput."""
        turns, asked = folder / "conversations.jsonl", folder / "questions.jsonl"
        try:
            lines = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, ValueError) as error:
            raise BadInput(
                "There is no data set in that folder.", "It needs conversations.jsonl and questions.jsonl."
            ) from error
        if not turns.is_file() or not lines:
            raise BadInput("The data set is not complete.", "It needs conversations.jsonl and questions.jsonl.")
        return cls(turns, tuple(lines))

    def texts(self) -> list[JSON]:
        """The turns as objects."""
        return [json.loads(line) for line in self.turns.read_text(encoding="utf-8").splitlines() if line.strip()]


def run(arguments: list[str], session: Session) -> list[Row]:
    """`--dataset DIR [-k 20] [--no-baselines]`: rows of recall, tokens and latency. Raises Problem."""
    folder = option(arguments, "--dataset")
    if not folder:
        raise BadInput("Which data set?", "mneme bench recall --dataset DIR")
    data, others = DataSet.of(Path(folder)), busy()
    depth = max(DEPTHS)
    with outside() as place:
        session.err.print("Importing the conversations …")
        seconds = place.seconds("import", str(data.turns), "--json")
        session.err.print(f"Asking {len(data.questions)} questions …")
        answers, waits = _asked(place, data, depth)
    alone = {} if "--no-baselines" in arguments else {"BM25": by_words(data, depth), "meaning": by_meaning(data, depth)}
    found = {id: distinct(answer, depth) for id, answer in answers.items()}
    rows = [others, *_quality(data, found, alone)]
    rows += _contexts(data, answers)
    turns = len(data.texts())
    rows.append(Row(name="import, vectors included", value=turns / seconds, unit="turns/s", n=turns, target=60))
    rows.append(Row(name="recall p50", value=percentile(waits, 0.5) * 1000, unit="ms", n=len(waits)))
    rows.append(Row(name="recall p95", value=percentile(waits, 0.95) * 1000, unit="ms", n=len(waits), target=60))
    return rows


def _asked(place: Outside, data: DataSet, k: int) -> tuple[dict[str, JSON], list[float]]:
    """Answers by question, and the wall seconds between one line and the next."""
    batch = place.folder / "questions.jsonl"
    wanted = [{name: one[name] for name in ("id", "question", "conversation", "now")} for one in data.questions]
    batch.write_text("".join(json.dumps(one) + "\n" for one in wanted), encoding="utf-8")
    answers: dict[str, JSON] = {}
    waits: list[float] = []
    before: float | None = None
    for at, line in place.lines("recall", "--json", "--batch", str(batch), "-k", str(k)):
        if before is not None:
            waits.append(at - before)
        before = at
        answers[line["id"]] = line
    return answers, waits


def distinct(answer: JSON, k: int) -> list[str]:
    """The first `k` distinct sources over the hits in order."""
    return list(dict.fromkeys(source for hit in answer["hits"] for source in hit["sources"]))[:k]


def share(evidence: Sequence[str], found: Sequence[str]) -> float:
    """Which share of the evidence was found."""
    return len(set(evidence) & set(found)) / len(set(evidence))


def _quality(data: DataSet, found: Ranked, alone: Mapping[str, Ranked]) -> list[Row]:
    by_category: dict[str, list[JSON]] = defaultdict(list)
    for one in data.questions:
        if one["evidence"]:
            by_category["all"].append(one)
            by_category[one["category"]].append(one)
    rows = []
    for category, asked in sorted(by_category.items(), key=lambda pair: (pair[0] != "all", pair[0])):
        for depth in DEPTHS:
            value = _at(asked, found, depth)
            target = _TARGET_AT_10 if (category, depth) == ("all", 10) else None
            baseline = _at(asked, alone["BM25"], depth) if alone else None
            name = f"recall@{depth}, {category}"
            rows.append(Row(name=name, value=value, unit="share", n=len(asked), baseline=baseline, target=target))
    for name, ranked in alone.items():
        asked = by_category["all"]
        rows += [
            Row(name=f"recall@{depth}, {name} alone", value=_at(asked, ranked, depth), unit="share", n=len(asked))
            for depth in DEPTHS
        ]
    return rows


def _at(asked: Sequence[JSON], found: Ranked, depth: int) -> float:
    return mean([share(one["evidence"], found.get(one["id"], ())[:depth]) for one in asked])


def _contexts(data: DataSet, answers: Mapping[str, JSON]) -> list[Row]:
    asked = [one for one in data.questions if one["evidence"] and one["id"] in answers]
    inside = [share(one["evidence"], answers[one["id"]]["context"]["sources"]) for one in asked]
    tokens = [float(wordpiece.count(answers[one["id"]]["context"]["text"])) for one in asked]
    first_ten = [float(sum(wordpiece.count(h["text"]) for h in answers[one["id"]]["hits"][:10])) for one in asked]
    return [
        Row(name="recall in the context", value=mean(inside), unit="share", n=len(asked)),
        Row(name="tokens of a context", value=mean(tokens), unit="tokens", n=len(asked)),
        Row(name="tokens of 10 hits", value=mean(first_ten), unit="tokens", n=len(asked)),
    ]


# -- the baselines, with nothing of Mneme's recall


def by_words(data: DataSet, depth: int) -> dict[str, list[str]]:
    """BM25 of SQLite's FTS5 (porter, unicode61) over turns with captions, any word of the question, by conversation."""
    found: dict[str, list[str]] = {}
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(body, c UNINDEXED, id UNINDEXED, tokenize='porter unicode61')")
        rows = [(_body(turn), turn["conversation"], turn["id"]) for turn in data.texts()]
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        for one in data.questions:
            words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", one["question"]))
            query = "SELECT id FROM t WHERE t MATCH ? AND c = ? ORDER BY rank LIMIT ?"
            found[one["id"]] = [row[0] for row in db.execute(query, (words, one["conversation"], depth))]
    return found


def by_meaning(data: DataSet, depth: int) -> dict[str, list[str]]:
    """Cosine of question and turn with captions, by conversation."""
    embedder = LlamaEmbedder()
    try:
        turns = data.texts()
        matrix = embedder.embed([_body(turn) for turn in turns], Urgency.CAPTURE)
        asked = embedder.embed([one["question"] for one in data.questions], Urgency.CAPTURE)
    finally:
        embedder.close()
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, turn in enumerate(turns):
        rows_of[turn["conversation"]].append(row)
    found: dict[str, list[str]] = {}
    for one, vector in zip(data.questions, asked, strict=True):
        rows = rows_of[one["conversation"]]
        best = np.argsort(-(matrix[rows] @ vector), kind="stable")[:depth]
        found[one["id"]] = [turns[rows[place]]["id"] for place in best]
    return found


def _body(turn: JSON) -> str:
    return "\n".join(part for part in (turn["text"], turn.get("image_caption") or "") if part)
