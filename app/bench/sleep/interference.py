"""`mneme bench sleep --part interference`: a value told anew 1, 2 ... 256 times; does a context hold the last alone?

Proactive interference (PI-LLM): the more often a key was updated, the likelier an old value comes back. The keys and
their phrasings are a labelled set; the values are made, each but once in the whole store, so that finding one in a
context is no accident.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.bench.asking import Asked, asked
from app.bench.dataset import Question
from app.bench.outside import Outside
from app.bench.row import Row, mean
from app.bench.sleep.setting import Setting, filled, labelled, slept
from app.commands.request import JSON
from core.memory import Channel, Facet, Observation, Provenance

LEVELS = tuple(2**power for power in range(9))
_BEGINS = datetime(2024, 1, 1, 8, 0, tzinfo=UTC)
_DAYS = 700
_ASKED = _BEGINS + timedelta(days=_DAYS + 20)
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
_FILLER = "order_conversations.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: its question, and all its values in the order in which they were told."""

    id: str
    question: str
    values: tuple[str, ...]
    known: str
    """"rules" where rules can see it, else "other"."""


def rows(setting: Setting) -> Iterator[Row]:
    """For each number of updates the share of contexts with the last value and no old one, before and after a sleep."""
    keys, observations = told()
    with filled(observations, _ASKED) as place:
        awake = _contexts(place, keys, setting)
        slept(place, _ASKED)
        rested = _contexts(place, keys, setting)
    for when, found in (("before a sleep", awake), ("after a sleep", rested)):
        for level in LEVELS:
            of_level = [key for key in keys if len(key.values) == level]
            held = [_alone(key, found.answers[key.id]) for key in of_level]
            yield Row(
                name=f"the last of {level} alone in the context, {when}", value=mean(held), unit="share", n=len(held)
            )
        for known in ("rules", "other"):
            held = [_alone(key, found.answers[key.id]) for key in keys if key.known == known]
            yield Row(
                name=f"the last alone in the context, {known}, {when}", value=mean(held), unit="share", n=len(held)
            )
        first = [_says(key.values[-1], found.answers[key.id]["hits"][0]["text"]) for key in keys]
        yield Row(name=f"the last value is the first hit, {when}", value=mean(first), unit="share", n=len(first))


def told(seed: int = 7) -> tuple[list[Key], list[Observation]]:
    """The keys and the stream that tells them, with what others say between; the same for the same seed."""
    chance = random.Random(seed)
    used: set[str] = set()
    keys: list[Key] = []
    observations = [_filler(line, chance) for line in labelled(_FILLER)]
    for place, line in enumerate(labelled("interference.jsonl")):
        level = LEVELS[place % len(LEVELS)]
        values = tuple(_fresh(line["value"], chance, used) for _ in range(level))
        days = sorted(chance.uniform(0, _DAYS) for _ in values)
        phrasings = [chance.choice(line["phrasings"]) for _ in values]
        texts = [phrasing.format(value) for phrasing, value in zip(phrasings, values, strict=True)]
        observations += [_said(text, _BEGINS + timedelta(days=day)) for text, day in zip(texts, days, strict=True)]
        keys.append(Key(id=line["id"], question=line["question"], values=values, known=line["class"]))
    observations.sort(key=lambda one: one.at)
    return keys, [_numbered(one, number) for number, one in enumerate(observations)]


def _numbered(one: Observation, number: int) -> Observation:
    return replace(one, provenance=replace(one.provenance, external_id=f"pi:{number}"))


def _said(text: str, at: datetime) -> Observation:
    origin = Provenance(
        channel=Channel.CONVERSATION, conversation="pi", speaker="me", addressee="Robin", role="", mine=True
    )
    return Observation(text=text, at=at, facet=Facet.TURN, provenance=origin)


def _filler(line: JSON, chance: random.Random) -> Observation:
    origin = Provenance(channel=Channel.CONVERSATION, conversation="pi", speaker=line["speaker"], addressee="me")
    at = _BEGINS + timedelta(days=chance.uniform(0, _DAYS))
    return Observation(
        text=line["text"], at=at, facet=Facet.TURN, provenance=replace(origin, mine=line["speaker"] == "me")
    )


def _fresh(kind: str, chance: random.Random, used: set[str]) -> str:
    """A value of its kind that was not made before."""
    while True:
        value = _made(kind, chance)
        if value not in used:
            used.add(value)
            return value


def _made(kind: str, chance: random.Random) -> str:
    if kind == "phone":
        return f"0{chance.randint(150, 179)} {chance.randint(100, 999)} {chance.randint(1000, 9999)}"
    if kind == "date":
        return f"{chance.randint(1, 28)} {chance.choice(_MONTHS)} at {chance.randint(8, 17)}:{chance.randint(10, 59)}"
    if kind in ("number", "amount"):
        return str(chance.randint(1000, 99_999))
    word = "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(3))
    return word if kind == "word" else word.capitalize()


def _contexts(place: Outside, keys: list[Key], setting: Setting) -> Asked:
    questions = [
        Question(
            id=key.id, text=key.question, conversation="pi", category=key.known, evidence=(), missing=(),
            now=_ASKED.isoformat(), answerable=True, answer=key.values[-1], line={},
        )
        for key in keys
    ]  # fmt: skip
    return asked(place, "recall", questions, setting.bar)


def _alone(key: Key, answer: JSON) -> float:
    text = answer["context"]["text"]
    return float(_says(key.values[-1], text) and not any(_says(old, text) for old in key.values[:-1]))


def _says(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
