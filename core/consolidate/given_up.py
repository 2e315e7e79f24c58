"""What somebody has given up, for something else or for nothing: it ends what was known, whatever it was called."""

from dataclasses import replace
from datetime import datetime

from core.consolidate.facts import Found, in_words
from core.consolidate.facts.attributes import bare
from core.consolidate.placing import close, own_word
from core.consolidate.task import Pen
from core.memory import Fact, Memory, State
from core.store import tonight

USES = "uses"
"""The attribute of what is new where nothing known says what the old one was."""
_LOOKED_AT = 400


def attribute_of(pen: Pen, found: Found) -> tuple[Found, Memory | None]:
    """What the new thing is, told by the old thing that it takes the place of; and that old fact, when it is known."""
    old = _about(pen, found, found.instead_of) if found.instead_of else None
    if old is None or old.fact is None:
        attribute = found.fact.attribute or USES
    elif found.fact.attribute in ("", USES) or not found.fact.attribute:
        attribute = old.fact.attribute
    else:
        attribute = found.fact.attribute
    fact = Fact(subject=found.fact.subject, attribute=attribute, value=found.fact.value)
    text = found.text if found.fact.attribute else _worded(fact)
    return replace(found, fact=fact, text=text), old


def end(pen: Pen, memory: Memory, found: Found) -> None:
    """What was known to be so and is so no longer ends here; nothing is learnt that was not known."""
    old = _about(pen, found, found.fact.value)
    if old is None or not _may_end(memory, old, memory.at):
        return
    fields: dict[str, object] = {"state": State.SUPERSEDED, "superseded_by": memory.id, "valid_to": memory.at}
    close(pen, old, fields, "It was said to be so no longer.", memory)
    pen.count("ended")


def _about(pen: Pen, found: Found, value: str) -> Memory | None:
    """The one fact of the subject that holds and has this value; None when none or several have."""
    wanted = bare(value)
    held = [
        memory
        for memory in tonight.facts_of(pen.db, found.fact.subject, _LOOKED_AT)
        if memory.fact is not None
        and (not found.ends or not found.fact.attribute or memory.fact.attribute == found.fact.attribute)
        and (bare(memory.fact.value) == wanted or _within(wanted, bare(memory.fact.value)))
    ]
    return held[0] if len(held) == 1 else None


def _within(part: str, whole: str) -> bool:
    """ "My Fiat" is the red Fiat Panda."""
    return len(part) > 2 and f" {part} " in f" {whole} "


def _may_end(memory: Memory, old: Memory, at: datetime) -> bool:
    since = old.valid_from or old.at
    return since <= at and memory.trust >= old.trust and own_word(memory, old)


def _worded(fact: Fact) -> str:
    return in_words(fact.subject, fact.attribute, fact.value)
