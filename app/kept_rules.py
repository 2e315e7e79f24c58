"""Rules as they are kept in the vault: which come with Mneme, how the gate knows them, what was kept before one."""

import json
from typing import cast

from sqlite_utils import Database

from core.assistant import Assistant
from core.capture.rules import Action, Field, Rule, checked, matches, seeds
from core.capture.screen.windows import VisibleWindow
from core.memory import Channel, MemoryId, Selection
from core.store import preferences
from core.store.preferences import RuleRow

_GIVEN = "seeded"
"""Noted: the fields and patterns that the vault was given; 1 by a Mneme that did not tell them apart."""


def give_seeds(db: Database) -> int:
    """Put the rules that come with Mneme into a vault, each once: one that the person takes away stays away.

    How many a vault that is in use already did not know: those of a newer Mneme. Of what was taken away before they
    were told apart nothing is known; that comes back, once.
    """
    noted = preferences.noted(db, _GIVEN)
    if isinstance(noted, str):
        given = {(str(field), str(pattern)) for field, pattern in json.loads(noted)}
    else:
        given = {(rule.field, rule.pattern) for rule in preferences.rules(db) if rule.seeded}
    new = [rule for rule in seeds().rules if (rule.field, rule.pattern) not in given]
    for rule in new:
        preferences.add_rule(db, rule.field, rule.pattern, rule.action, seeded=True)
    if new or not isinstance(noted, str):
        given |= {(rule.field, rule.pattern) for rule in new}
        preferences.note(db, _GIVEN, json.dumps(sorted(given), ensure_ascii=False))
    return len(new) if noted is not None else 0


def as_rule(row: RuleRow) -> Rule:
    """A kept rule as the gate knows it."""
    if row.seeded:
        known = {(rule.field, rule.pattern): rule for rule in seeds().rules}
        found = known.get((cast(Field, row.field), row.pattern))
        if found is not None:
            return found
    return Rule(field=cast(Field, row.field), pattern=row.pattern, action=cast(Action, row.action), seeded=row.seeded)


def kept_under(assistant: Assistant, by: str, pattern: str) -> tuple[MemoryId, ...]:
    """What was kept of the screen while such a window was in front: its program, title or address meets the rule.

    Of windows that stood beside the one in front no names are kept, and of none a class. Raises BadInput.
    """
    rule = checked(Rule(field=cast(Field, by), pattern=pattern))
    return tuple(
        memory.id
        for memory in assistant.memories(Selection(source=Channel.SCREEN.value))
        if matches(rule, _window(memory.provenance.app, memory.provenance.window, memory.provenance.url))
    )


def _window(app: str, title: str, url: str) -> VisibleWindow:
    return VisibleWindow(app=app, title=title, url=url, geometry=None)
