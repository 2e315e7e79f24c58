"""A rule as it is kept in the vault becomes one that the gate knows, with its reason where it came with Mneme."""

from typing import cast

from core.capture.rules import Action, Field, Rule, seeds
from core.store.preferences import RuleRow


def as_rule(row: RuleRow) -> Rule:
    """A kept rule as the gate knows it."""
    if row.seeded:
        known = {(rule.field, rule.pattern): rule for rule in seeds().rules}
        found = known.get((cast(Field, row.field), row.pattern))
        if found is not None:
            return found
    return Rule(field=cast(Field, row.field), pattern=row.pattern, action=cast(Action, row.action), seeded=row.seeded)
