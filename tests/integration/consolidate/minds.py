"""Minds for nights of tests: what a careful small model would write, by a table, and what others would."""

import json
import re
from collections.abc import Sequence

from core.consolidate.mind import Mind
from core.inference.generator import Generator, Message
from core.memory import Draft
from tests.made import turn

LINE = re.compile(r"^\[(S\d+)\] (.+?): (.*)$", re.M)
TABLE: tuple[tuple[str, str, str, str], ...] = (
    (r"\b(took up (\w+))\b", "fact", "hobby", ""),
    (r"\b(keep two (\w+))\b", "fact", "pet", ""),
    (r"\b(training for the ([\w ]+? marathon))\b", "fact", "goal", ""),
)
"""Evidence and, within it, the value; kind, attribute, day."""
TOLD = (
    ("Since the spring I took up pottery in the old mill.", True),
    ("My grandparents and I keep two donkeys behind the house.", True),
    ("I have been training for the Berlin marathon all summer.", True),
    ("We took up fencing after Rosa showed us her club.", False),
    ("ok, thanks a lot!", False),
    ("What a day, did it rain where you are?", True),
)
"""What the rules leave to a model, who said it, and small talk."""


def evening() -> list[Draft]:
    return [turn(text, number, mine=mine) for number, (text, mine) in enumerate(TOLD)]


def reply(items: Sequence[dict[str, str]]) -> str:
    return json.dumps({"items": list(items)})


def item(source: str = "S1", kind: str = "fact", **fields: str) -> dict[str, str]:
    empty = {"subject": "me", "attribute": "hobby", "value": "", "evidence": "", "when": ""}
    return {"source": source, "kind": kind, **empty, **fields}


def careful(messages: Sequence[Message]) -> str:
    """Every item of the table that a line holds."""
    found = []
    for mark, speaker, text in LINE.findall(messages[-1].text):
        for pattern, kind, attribute, day in TABLE:
            for evidence, value in re.findall(pattern, text):
                found.append(
                    item(mark, kind, subject=speaker, attribute=attribute, value=value, evidence=evidence, when=day)
                )
    return reply(found)


def mind(generator: Generator | None, told: list[str] | None = None) -> Mind:
    return Mind(generator=lambda: generator, told=(told if told is not None else []).append)
