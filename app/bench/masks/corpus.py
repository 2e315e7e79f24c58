"""The labelled corpus of secrets and look-alikes: made anew from templates and values, the same at every run."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bench.masks.values import VALUES
from core.errors import Problem

_HOLE = re.compile(r"<<([a-z_0-9]+)(?::(\d+))?>>")
_SEED = 20261121
_SECRETS_EACH, _LOOK_ALIKES_EACH = 2, 2
"""How often a template is filled; one without holes is there once."""
STRUCTURED = ("card", "account", "number", "token", "key", "wallet key", "private key")
"""Classes with a form of their own: a check digit, a prefix, a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text. `secrets` must go, whatever else happens; where there are none, nothing may be masked."""

    name: str
    """The class it is of, or looks like."""
    text: str
    secrets: tuple[str, ...] = ()
    unseen: bool = False
    """Of the half that is only counted, never looked at while the masks are worked on."""


def corpus() -> tuple[Item, ...]:
    """All items. Raises Problem where the files are missing."""
    return (*_items("secrets.json", _SECRETS_EACH, True), *_items("look_alikes.json", _LOOK_ALIKES_EACH, False))


def _items(file: str, times: int, secret: bool) -> Iterator[Item]:
    try:
        templates = json.loads((Path(__file__).parent / file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{file} cannot be read.", "It comes with the source code.") from error
    templates.pop("about")
    for name, texts in templates.items():
        for place, template in enumerate(texts):
            chance = random.Random(f"{_SEED} {file} {name} {place}")
            for _ in range(times if _HOLE.search(template) else 1):
                text, values = _filled(template, chance)
                yield Item(name=name, text=text, secrets=values if secret else (), unseen=place % 2 == 1)


def _filled(template: str, chance: random.Random) -> tuple[str, tuple[str, ...]]:
    values: list[str] = []

    def value(hole: re.Match[str]) -> str:
        values.append(VALUES[hole[1]](chance, int(hole[2] or 0)))
        return values[-1]

    return _HOLE.sub(value, template), tuple(values)
