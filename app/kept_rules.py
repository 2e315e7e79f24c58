"""A rule as it is kept in the vault becomes one that the gate knows; and what was kept before there was such a rule."""

from typing import cast

from core.assistant import Assistant
from core.capture.rules import Action, Field, Rule, checked, matches, seeds
from core.capture.screen.windows import VisibleWindow
from core.memory import Channel, MemoryId, Selection
from core.store.preferences import RuleRow


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
