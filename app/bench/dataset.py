"""Conversations and the questions about them, as a folder holds them: read, and refused line by line when wrong."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from app.commands.request import JSON
from core.errors import BadInput

_FORM = 'A folder needs conversations.jsonl (a turn a line) and questions.jsonl ({"id", "question", "evidence", …}).'
Key = tuple[str, str]
"""A turn: (conversation, id)."""
_MOST_MISSING = 0.02
"""Share of the evidence that may be no turn: published sets have such slips; more is the wrong folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One line of conversations.jsonl, as far as baselines look at it."""

    conversation: str
    id: str
    text: str
    caption: str = ""
    speaker: str = ""
    role: str = ""

    @property
    def key(self) -> Key:
        """What evidence names it by."""
        return self.conversation, self.id

    @property
    def body(self) -> str:
        """What can be searched: the text, and what is said of its picture."""
        return "\n".join(part for part in (self.text, self.caption) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of questions.jsonl. Without a `conversation` it is asked over everything."""

    id: str
    text: str
    conversation: str | None
    category: str
    evidence: tuple[Key, ...]
    missing: tuple[str, ...]
    """Ids given as evidence that are no turn; left out."""
    now: str
    answerable: bool
    answer: str
    line: JSON
    """As it stands in the file, with whatever else a set says of it."""

    def asked(self, **more: str) -> JSON:
        """The line of a batch."""
        form: JSON = {"id": self.id, "question": self.text}
        if self.conversation is not None:
            form["conversation"] = self.conversation
        return form | ({"now": self.now} if self.now else {}) | more


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Turns and questions of a folder."""

    name: str
    file: Path
    """conversations.jsonl, for `mneme import`."""
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]

    @classmethod
    def of(cls, folder: Path) -> "DataSet":
        """Read a folder. Raises BadInput: what is missing, the number of a bad line, much evidence that is no turn."""
        file = folder / "conversations.jsonl"
        turns = tuple(_turn(line, place) for place, line in _lines(file))
        known = {turn.key for turn in turns}
        by_id: dict[str, list[Key]] = defaultdict(list)
        for turn in turns:
            by_id[turn.id].append(turn.key)
        lines = _lines(folder / "questions.jsonl")
        questions = tuple(_question(line, place, known, by_id) for place, line in lines)
        if len({question.id for question in questions}) < len(questions):
            raise BadInput("Two questions of the data set have the same id.", "Each needs its own.")
        missing = [(question.id, id) for question in questions for id in question.missing]
        if len(missing) > _MOST_MISSING * sum(len(q.evidence) + len(q.missing) for q in questions):
            question, id = missing[0]
            more = f", nor are {len(missing) - 1} others" if len(missing) > 1 else ""
            raise BadInput(
                f"Question {question!r} rests on {id!r}, which is no turn{more}.", "Check the ids of the evidence."
            )
        return cls(name=folder.resolve().name, file=file, turns=turns, questions=questions)

    @cached_property
    def missing(self) -> int:
        """How many ids given as evidence are no turn."""
        return sum(len(question.missing) for question in self.questions)

    @cached_property
    def with_evidence(self) -> tuple[Question, ...]:
        """The questions of which it is known what they rest on."""
        return tuple(question for question in self.questions if question.evidence)

    @cached_property
    def clusters(self) -> dict[str, str]:
        """Question id -> the conversation it is about: what is not independent of each other."""
        return {q.id: q.conversation or (q.evidence[0][0] if q.evidence else "") for q in self.questions}


def _lines(file: Path) -> Iterator[tuple[str, JSON]]:
    """(where it stands, object) for every line that is not empty. Raises BadInput."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} of the data set {file.parent.name!r} cannot be read.", _FORM) from error
    empty = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"Line {number} of {file.name}"
        try:
            read = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{place} is not JSON.", _FORM) from error
        if not isinstance(read, dict):
            raise BadInput(f"{place} is not an object.", _FORM)
        empty = False
        yield place, read
    if empty:
        raise BadInput(f"{file.name} of the data set {file.parent.name!r} is empty.", _FORM)


def _said(line: JSON, key: str, place: str) -> str:
    value = _id(line.get(key))
    if not isinstance(value, str) or not value:
        raise BadInput(f"{place} has no {key!r}.", _FORM)
    return value


def _id(value: object) -> object:
    """Some sets number their turns."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _turn(line: JSON, place: str) -> Turn:
    return Turn(
        conversation=_said(line, "conversation", place),
        id=_said(line, "id", place),
        text=str(line.get("text") or ""),
        caption=str(line.get("image_caption") or ""),
        speaker=str(line.get("speaker") or ""),
        role=str(line.get("role") or ""),
    )


def _question(line: JSON, place: str, known: set[Key], by_id: dict[str, list[Key]]) -> Question:
    conversation = _id(line.get("conversation")) or None
    if conversation is not None and not isinstance(conversation, str):
        raise BadInput(f"{place} has a conversation that is not a name.", _FORM)
    given = line.get("evidence") or []
    named = [_id(id) for id in given] if isinstance(given, list) else [None]
    ids = [id for id in named if isinstance(id, str)]
    if len(ids) < len(named):
        raise BadInput(f"{place} has evidence that is not a list of turn ids.", _FORM)
    evidence: list[Key] = []
    missing: list[str] = []
    for id in dict.fromkeys(ids):
        found = by_id.get(id, []) if conversation is None else [(conversation, id)]
        if len(found) > 1:
            raise BadInput(f"{place}: {id!r} is a turn of several conversations.", "Name the question's conversation.")
        if not found or found[0] not in known:
            missing.append(id)
            continue
        evidence.append(found[0])
    now = str(line.get("now") or "")
    try:
        datetime.fromisoformat(now or "2026-01-01")
    except ValueError as error:
        raise BadInput(f"{place} has a 'now' that is not a time.", "Write it like 2026-09-20T12:00:00.") from error
    answer = line.get("answer")
    return Question(
        id=_said(line, "id", place),
        text=_said(line, "question", place),
        conversation=conversation,
        category=str(line.get("category") or "uncategorised"),
        evidence=tuple(evidence),
        missing=tuple(missing),
        now=now,
        answerable=line.get("answerable") is not False,
        answer="" if answer is None else str(answer),
        line=line,
    )
