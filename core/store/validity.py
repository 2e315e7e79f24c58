"""When what was learnt holds: of each fact the observations it rests on and the time for which it is true."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from core.memory import MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A fact and one observation that says it. `since`, `until`: POSIX seconds, None is open."""

    subject: str
    attribute: str
    fact: MemoryId
    source: MemoryId
    since: float | None
    until: float | None
    superseded: bool

    def holds(self, moment: float) -> bool:
        """Whether it is true at a moment; one that was replaced without a known end holds no more."""
        if self.since is not None and self.since > moment:
            return False
        return not self.superseded if self.until is None else self.until > moment


def stated(db: Database, observations: Sequence[MemoryId]) -> list[Stated]:
    """The facts that these observations say, with all others of the same subject and attribute, oldest first."""
    rows = db.execute(
        "WITH told AS (SELECT DISTINCT m.subject, m.attribute FROM json_each(?) AS wanted"
        "  CROSS JOIN source ON source.observation = wanted.value CROSS JOIN memory m ON m.id = source.memory"
        "  WHERE m.facet = 'fact' AND m.attribute IS NOT NULL)"
        " SELECT f.subject, f.attribute, f.id, s.observation, f.valid_from, f.valid_to, f.state = 'superseded'"
        " FROM told CROSS JOIN memory f ON f.subject = told.subject AND f.attribute = told.attribute"
        " CROSS JOIN source s ON s.memory = f.id"
        " WHERE f.facet = 'fact' AND f.state != 'to_be_forgotten'"
        " ORDER BY coalesce(f.valid_from, f.at), f.seq, s.rank",
        [json.dumps(list(observations))],
    )
    return [
        Stated(
            subject=subject,
            attribute=attribute,
            fact=MemoryId(fact),
            source=MemoryId(source),
            since=since,
            until=until,
            superseded=bool(superseded),
        )
        for subject, attribute, fact, source, since, until, superseded in rows
    ]
