"""What of a model's reply may be believed: only what stands word for word in a source that may be learnt from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.consolidate.days import whens
from core.consolidate.facts import Found, canonical, changed, in_words, of_dated
from core.consolidate.facts.vocabulary import words
from core.consolidate.promises import Dated
from core.consolidate.sentences import Said, denies
from core.consolidate.thinking.evidence import located, negative
from core.consolidate.thinking.lines import Line
from core.consolidate.thinking.reply import RELATIONS, Item
from core.consolidate.thinking.subject import subject_of
from core.consolidate.thinking.worth import order, secret
from core.memory import Facet, Fact, Memory, MemoryId
from core.pattern import Pattern

UNKNOWN = "there is no such line"
_FEWEST_WORDS = 2
_MOST_VALUE_WORDS = 12
_FAVOURITE = "favourite "
_ATTRIBUTE = Pattern(r"[a-z][a-z' -]{0,38}[a-z]")
KNOWN = words(
    "lives in|works at|works as|works in|studies|studies at|birthday|phone|email|address|speaks|plays|likes|dislikes"
    "|prefers|allergic to|diet|drives|owns|uses|hobby|health|married to|engaged to|partner|husband|wife|child|son"
    "|daughter|brother|sister|mother|father|friend|best friend|colleague|boss|pet|dog|cat|name|nickname|comes from"
    "|grew up in|born in|project|goal|plan|interest|learning|occupation|job|employer|school|does not eat"
    "|does not drink|age|nationality|religion",
    "|",
)
"""Attributes that need no ground of their own: the value and the rest of the words are the evidence.

Any other may hold several values at a time: it closes nothing and contradicts nothing.
"""
_DISLIKED = Pattern(r"\b(?:hate|hates|detest|despise|dislike|dislikes|loathe|can't stand|cannot stand|fed up with)\b")
_GROUND = 4
"""Letters by which a word of an attribute is known again in the evidence, whatever its ending."""
_SMALL = frozenset(
    ["in", "at", "as", "of", "to", "for", "on", "by", "with", "the", "a", "an", "and", "from", "is", "are"]
)
_SHARED = 5
"""Letters from which a word that two linked lines share says anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A fact, promise or appointment with the observation that says it."""

    memory: Memory
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A later observation that extends, transforms or is implied by an earlier one."""

    memory: Memory
    other: Memory
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was not believed, and why; never what it said."""

    mark: str
    memory: MemoryId | None
    reason: str


def judged(item: Item, lines: Sequence[Line], names: Collection[str], reader: str) -> Believed | Linked | Refused:
    """What becomes of one item. `names`: what the person is called; `reader`: the model's name."""
    line = _line(item.source, lines)
    if line is None:
        return Refused(mark=item.source, memory=None, reason=UNKNOWN)
    outcome = _link(item, line, lines) if item.kind in RELATIONS else _statement(item, line, names, reader)
    if isinstance(outcome, str):
        return Refused(mark=item.source, memory=line.memory.id, reason=outcome)
    return outcome


def _line(mark: str, lines: Sequence[Line]) -> Line | None:
    number = int(mark[1:]) if mark[1:].isdigit() else 0
    return lines[number - 1] if mark[:1] == "S" and 0 < number <= len(lines) else None


def _evidence(words: str, line: Line) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the evidence stands, and the sentence around it; only in a sentence that was given to read."""
    if len(words.split()) < _FEWEST_WORDS:
        return None
    for sentence in line.worth.sentences:
        found = located(words, line.memory.text, sentence)
        if found is not None:
            return found, sentence
    return None


def _statement(item: Item, line: Line, names: Collection[str], reader: str) -> Believed | str:
    memory = line.memory
    where = _evidence(item.evidence, line)
    if where is None:
        return "its evidence does not stand there word for word"
    span, sentence = where
    value = located(item.value, memory.text, span)
    if value is None:
        return "its value is not in its evidence"
    worded = " ".join(memory.text[slice(*value)].split()).strip(" ,;:.!")
    if not 0 < len(worded.split()) <= _MOST_VALUE_WORDS:
        return "its value is too long"
    told = memory.text[slice(*sentence)]
    if secret(told) or secret(item.attribute) or order(f"{item.attribute} {worded}"):
        return "nothing is learnt from that"
    who = subject_of(item.subject, memory, told, names)
    if not who.subject:
        return who.refused
    if item.kind in ("promise", "appointment"):
        return _dated(item, line, sentence, worded, who.subject, reader)
    attribute = canonical(item.attribute)
    if (wrong := _attribute(attribute, told, memory)) is not None:
        return wrong
    found = Found(
        facet=Facet.FACT,
        fact=Fact(subject=who.subject, attribute=attribute, value=worded),
        start=span[0],
        end=span[1],
        text=in_words(who.subject, attribute, worded),
        valid_from=memory.at,
        changed=changed(told),
        several=attribute not in KNOWN and not attribute.startswith(_FAVOURITE),
        reader=reader,
    )
    return Believed(memory=memory, found=found)


def _attribute(attribute: str, told: str, memory: Memory) -> str | None:
    """Why an attribute is not believed; None when it is known, or made of the evidence's own words."""
    if _ATTRIBUTE.compiled.fullmatch(attribute) is None:
        return "its attribute is none"
    folded = told.casefold()
    owned = [word for word in attribute.split() if word not in _SMALL]
    favourite = attribute.startswith(_FAVOURITE)
    if attribute not in KNOWN and not all(word[:_GROUND] in folded for word in owned[1 if favourite else 0 :]):
        return "its attribute is not in its evidence"
    if memory.language not in ("", "en"):
        return None
    if denies(told) and not negative(attribute):
        return "the line denies it"
    if negative(attribute) and attribute != "allergic to" and not (denies(told) or _DISLIKED.search(folded)):
        return "the line does not deny it"
    if attribute in ("likes", "prefers") and _DISLIKED.search(folded):
        return "the line says the opposite"
    return None


def _dated(item: Item, line: Line, sentence: tuple[int, int], what: str, subject: str, reader: str) -> Believed | str:
    """A promise or appointment on a day that the sentence names and that had not passed when it was said."""
    memory = line.memory
    told = memory.text[slice(*sentence)]
    if denies(told):
        return "the line denies it"
    coming = [when for when in whens(told, memory.at) if when.ends >= memory.at]
    if item.when:
        coming = [when for when in coming if when.begins.date() <= _day(item.when) <= when.ends.date()]
    if not coming:
        return "its day does not stand there"
    when = coming[0]
    promise = item.kind == "promise"
    dated = Dated(
        facet=Facet.PROMISE if promise else Facet.APPOINTMENT,
        what=what,
        begins=memory.at if promise else when.begins,
        ends=when.ends,
        clock=when.clock,
    )
    found = of_dated(dated, subject, Said(text=told, start=sentence[0], refused=None), reader=reader)
    return Believed(memory=memory, found=found)


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return date.min


def _link(item: Item, line: Line, lines: Sequence[Line]) -> Linked | str:
    """Only between sessions, from the later to the earlier, and only where both speak of the same thing."""
    other = _line(item.value.strip().strip("[]"), lines)
    if other is None:
        return UNKNOWN
    later, earlier = line.memory, other.memory
    if (earlier.at, earlier.seq) >= (later.at, later.seq) or line.first == other.first:
        return "it is no earlier line of another day"
    if _evidence(item.evidence, line) is None:
        return "its evidence does not stand there word for word"
    if not _words(line.worth.text) & _words(other.worth.text):
        return "both lines share nothing"
    return Linked(memory=later, other=earlier, relation=item.kind)


def _words(text: str) -> set[str]:
    return {word for word in text.casefold().split() if len(word.strip(".,;:!?'\"")) >= _SHARED}
