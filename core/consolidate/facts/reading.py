"""Facts by rule: (subject, attribute, value) from what people say of themselves and of those they name.

Precision before recall: a rule reads only the beginning of a clause of a sentence that was not refused
(`sentences`), and its value must look like one. What is not sure is left to a language model or to nobody.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from core.consolidate.facts.attributes import bare, canonical
from core.consolidate.facts.belongings import belongings
from core.consolidate.facts.changes import changes, endings, renamed
from core.consolidate.facts.clauses import Clause, clauses, opened
from core.consolidate.facts.debts import debts
from core.consolidate.facts.predicates import predicates, reached
from core.consolidate.facts.subjects import About, about, normal
from core.consolidate.facts.told import ME, Found, Told
from core.consolidate.facts.values import liked
from core.consolidate.facts.vocabulary import KIN, NOBODY
from core.consolidate.facts.wording import in_words
from core.consolidate.promises import Dated, dated
from core.consolidate.sentences import Said, denies, said, secret
from core.memory import Facet, Fact
from core.pattern import Pattern

_LIKED = r"(?=\s*(?:$|[,;!.(]|\b(?:a lot|so much|very much|at all|anymore)\b))"
_DISLIKES = Pattern(
    r"^(?:really\s+)?(?:(?:don't|do not|doesn't|does not)\s+(?:really\s+)?(?:like|enjoy)|(?:can't|cannot"
    r"|can not)\s+stand"
    rf"|BE\s+not\s+a\s+(?:big\s+)?fan\s+of)\s+(?P<value>[\w' -]+?){_LIKED}"
)
_DOES_NOT = Pattern(
    r"^(?:don't|do not|doesn't|does not|never|can't|cannot)\s+(?P<verb>eat|drink)\s+(?P<value>(?!(?:it|that|this|and"
    r"|or|but"
    r"|much|any|a|the|enough|out|at|in|before|after|there|here|too|so|like|alone|on|with|until|for|when|if|because"
    r"|well|anything|everything|something|properly|during|lunch alone)\b)[a-z]+(?:\s(?!at|in|on|after|before|when|so"
    r"|and"
    r"|or|any|any|until|but|for|because|with|if)[a-z]+)?)(?=\s*(?:$|[,.!;(]|and\b|at all|any ?more|but\b))"
)
_EITHER = Pattern(r"\bor\b", re.IGNORECASE)
_CHANGED = Pattern(
    r"\b(?:mov(?:ed|ing)|new|now|changed?|switched|from now on|from (?:the|next|this|today|tomorrow|monday|\d|jan"
    r"|feb|mar|apr|may|jun"
    r"|jul|aug|sep|oct|nov|dec)\w*|no longer|since|as of|these days|instead|swapped|started|joined|left|quit"
    r"|any ?more|renamed"
    r"|promoted|got|became|become|used to|update|correction|actually|sorry|went (?:up|down)|gone (?:up|down)"
    r"|turned)\b",
    re.IGNORECASE,
)
_PARENTS = frozenset({"mum", "mom", "dad"})
"""Nobody one can name for sure when they are spoken of, but somebody when they speak: contacts are called so."""
LONGEST = 20_000
"""Characters of one text that are read; more is a document, and no message."""
_LONGEST_CLAUSE = 300
"""A clause of more characters is no statement of a fact."""


def find(
    text: str, *, speaker: str, addressee: str, mine: bool, at: datetime, names: Collection[str] = ()
) -> list[Found]:
    """Everything the rules can read surely in one message. `at` must be aware; unknown speakers give nothing.

    `names`: what the person is called beside "me"; nobody else's word makes a fact about them.
    """
    if not (mine or speaker.strip()):
        return []
    subject = ME if mine else normal(speaker)
    if not mine and (subject == ME or subject.split()[0] in NOBODY - _PARENTS):
        return []
    reader = _Reader(subject, normal(addressee), speaker, at)
    person = {ME, *map(normal, names)}
    seen: set[tuple[str, str, str, bool]] = set()
    once = []
    for one in reader.read(text):
        if not mine and (one.fact.subject in person or one.fact.subject.removeprefix("owes ") in person):
            continue
        key = (one.fact.subject, one.fact.attribute, bare(one.fact.value), one.ends)
        if key not in seen:
            seen.add(key)
            once.append(one)
    return once


class _Reader:
    """Reads one message of one speaker; remembers who was named last."""

    def __init__(self, subject: str, other: str, speaker: str, at: datetime) -> None:
        self._subject, self._other, self._speaker, self._at = subject, other, speaker, at
        self._last = ""

    def read(self, text: str) -> Iterator[Found]:
        for sentence in said(text[:LONGEST]):
            if sentence.refused and not sentence.denies_only:
                self._last = ""
                continue
            if not sentence.refused:
                for one in dated(sentence.text, self._at):
                    yield of_dated(one, self._subject, sentence)
            for told, instead in self._renamed(sentence):
                yield _found(told, instead, sentence.start, sentence.start + len(sentence.text), self._at)
            for clause in clauses(sentence.text, parted=sentence.refused is not None):
                if len(clause.text) > _LONGEST_CLAUSE or secret(clause.text) or _EITHER.search(clause.text):
                    continue
                for told, instead in self._clause(clause):
                    found = _found(told, instead, sentence.start + clause.start, sentence.start + clause.end, self._at)
                    yield replace(found, changed=changed(sentence.text))

    def _clause(self, clause: Clause) -> Iterator[tuple[Told, str]]:
        text = re.sub(r"\s+(?:by the way|btw|fyi)$", "", clause.text)
        whom = about(text, self._subject, self._last)
        self._last = _sure(whom, text, self._subject, self._last)
        if denies(text):
            yield from ((told, "") for told in _denied(whom))
            return
        if whom is None:
            yield from ((told, "") for told in belongings(text, self._subject))
            yield from ((told, "") for told in reached(text, self._subject))
            yield from ((told, "") for told in self._called(text))
        else:
            yield from ((told, "") for told in whom.also)
            if whom.owner:
                yield from ((told, "") for told in self._theirs(whom))
            else:
                said_of = list(self._said_of(whom))
                yield from said_of
                if not said_of:
                    bare_noun = whom.subject != self._subject and not whom.also
                    yield from ((told, "") for told in belongings(text, self._subject, alone=bare_noun))
            yield from ((told, "") for told in reached(text, self._subject))
        yield from ((told, "") for told in debts(text, self._subject, self._other))

    def _renamed(self, sentence: Said) -> Iterator[tuple[Told, str]]:
        """A change told in a whole sentence: "I changed my bank, it's the Seekasse now"."""
        text = opened(sentence.text)
        if len(text) <= _LONGEST_CLAUSE and not secret(text) and not denies(text):
            for change in renamed(text):
                yield Told(_singular(canonical(change.attribute)), self._subject, change.new), change.old

    def _said_of(self, whom: About) -> Iterator[tuple[Told, str]]:
        own = whom.subject == self._subject
        changed = False
        for change in changes(whom.said):
            changed = True
            yield Told(canonical(change.attribute), whom.subject, change.new), change.old
        if changed:
            return
        told_any = False
        if not own and (match := _IS_MY.match(whom.said)) and " of " not in whom.subject:
            yield Told(match["kin"], self._subject, whom.subject.title()), ""
        for told in predicates(whom.said, whom.subject, own=own):
            told_any = True
            yield told, ""
        if own and not told_any:
            yield from ((told, "") for told in self._called(f"I {whom.said}"))
        if not told_any:
            for ending in endings(whom.said):
                yield Told(ending.attribute, whom.subject, ending.old, ends=True), ""

    def _theirs(self, whom: About) -> Iterator[Told]:
        """What is said of something of somebody else's; that my sister's name is Clara says it of my sister."""
        for told in belongings(whom.said, whom.subject, owner=True):
            kin, _, of = whom.subject.partition(" of ")
            yield Told(kin, of, told.value) if of and told.attribute == "name" else told

    def _called(self, clause: str) -> Iterator[Told]:
        """ "I'm Ana", said by Ana; "call me Sam"."""
        speaker = re.escape(self._speaker.split()[0]) if self._speaker.strip() else ""
        match = re.match(rf"^I BE\s+(?P<value>{speaker}(?:\s[A-Z][\w-]+)?)(?=\s*(?:$|[,.!]|and\b|now\b))", clause)
        if speaker and match and self._speaker[:1].isupper():
            yield Told("name", self._subject, match["value"])
        if match := _CALL_ME.match(clause):
            yield Told("nickname", self._subject, match["value"])


_IS_MY = Pattern(rf"^BE\s+(?:my|our)\s+(?:(?:new|older|younger|little|big)\s+)?(?P<kin>{KIN})(?=\s*(?:$|[,.;!]))")
_CALL_ME = Pattern(
    r"^(?:(?:please |just )?call me|everyone calls me|people call me|they call me|my friends call me)"
    r"\s+(?P<value>(?-i:[A-Z])[\w-]+)(?=\s*(?:$|[,.!]|\b(?:from now on|please|these days|instead)\b))",
    re.IGNORECASE,
)


def changed(sentence: str) -> bool:
    """Whether a sentence says that something was otherwise before."""
    return _CHANGED.search(sentence) is not None


def _singular(attribute: str) -> str:
    """ "banks" of "I changed banks"."""
    return attribute[:-1] if attribute.endswith("s") and not attribute.endswith("ss") else attribute


def _sure(whom: About | None, text: str, speaker: str, last: str) -> str:
    """Whom "she" would mean next: the one the clause was about, unless it brings in another."""
    if re.search(r"\b(?:and|with|told|met|like)\s+[A-Z]\w+", text):
        return ""
    return whom.subject if whom is not None and whom.subject != speaker else last


def _denied(whom: About | None) -> Iterator[Told]:
    """What can be learnt from what someone does not do."""
    if whom is None or whom.owner:
        return
    if match := _DOES_NOT.match(whom.said):
        yield Told(f"does not {match['verb'].lower()}", whom.subject, match["value"])
    if (match := _DISLIKES.match(whom.said)) and liked(match["value"]):
        yield Told("dislikes", whom.subject, match["value"])
    for ending in endings(whom.said):
        yield Told(ending.attribute, whom.subject, ending.old, ends=True)


def _found(told: Told, instead: str, start: int, end: int, at: datetime) -> Found:
    value = " ".join(told.value.split()).strip(" ,;:")
    attribute = canonical(told.attribute)
    return Found(
        facet=Facet.FACT,
        fact=Fact(subject=told.subject, attribute=attribute, value=value),
        start=start,
        end=end,
        text=in_words(told.subject, attribute, value) if attribute else value,
        valid_from=at,
        ends=told.ends,
        instead_of=instead,
    )


def of_dated(one: Dated, subject: str, sentence: Said, *, reader: str = "") -> Found:
    """A promise or an appointment as it is written down, with the sentence it was read in."""
    who = "I" if subject == ME else subject.title()
    day = f"{one.begins:%A} {one.begins.day} {one.begins:%B %Y}"
    due = f"{one.ends:%A} {one.ends.day} {one.ends:%B %Y}"
    clock = f" at {one.begins:%H:%M}" if one.clock else ""
    if one.facet is Facet.PROMISE:
        words_ = f"{who} promised to {one.what} by {due}."
    else:
        words_ = f"{one.what[:1].upper()}{one.what[1:]} on {day}{clock}."
    return Found(
        facet=one.facet,
        fact=Fact(subject=subject, attribute=one.facet.value, value=one.what),
        start=sentence.start,
        end=sentence.start + len(sentence.text),
        text=words_,
        valid_from=one.begins,
        valid_to=one.ends,
        instead_of=one.instead_of,
        reader=reader,
    )
