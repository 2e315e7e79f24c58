"""Events in the person's life as times: "after the wedding" is counted from the memory that dates the wedding.

Precision before recall: an event counts only when a memory names it and its day in one breath, and no other memory
says another day. Otherwise its words stay words.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np

from core.dates import calendar
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import Form, Mention, mentions
from core.dates.region import Region
from core.dates.spans import Lean, days_of
from core.memory import LEAVING, Facet, Kind, Memory, State
from core.recall.allowed import in_conversation
from core.recall.columns import Columns, Flags, facet_number, kind_number
from core.recall.span import Event, Happening
from core.sentences import pieces
from core.store import memories, words
from core.store.vault import Vault

_NOUNS = (
    "wedding marriage move trip journey holiday vacation honeymoon birth funeral graduation surgery operation accident"
    " interview exam test audition party celebration anniversary reunion concert festival gig recital race marathon"
    " tournament match competition conference workshop meeting appointment checkup dinner lunch barbecue picnic visit"
    " flight launch release opening premiere exhibition show performance ceremony engagement divorce breakup break-up"
    " separation retirement promotion layoff resignation election earthquake storm flood fire burglary robbery strike"
    " hike camp retreat course class lesson presentation talk lecture hearing trial sale purchase handover inspection"
    " renovation repair delivery baptism christening shower fundraiser parade prom homecoming adoption diagnosis"
    " treatment therapy transplant crash blackout lockdown kickoff kick-off deadline review demo hackathon sabbatical"
    " internship birthday"
)
_NOUN = "|".join(_NOUNS.split())
_LEAD = (
    r"(?P<lead>before|after|since|until|till|during|around|following|prior\s+to|by\s+the\s+time\s+of|from|on|for|at|"
    r"(?:day|night|morning|evening|week|weekend|month)\s+of)"
)
_OWNER = r"(?P<owner>the|my|our|his|her|their|that|[^\W\d_][\w-]*['’]s?)"
_THING = re.compile(
    rf"\b{_LEAD}\s+(?P<what>{_OWNER}\s+(?:[\w'’-]+\s+){{0,3}}?(?:{_NOUN})s?\b(?P<more>(?:\s+(?:to|in|at|with|of|for)\s+"
    r"(?:the\s+|my\s+|our\s+)?[\w'’-]+)?))",
    re.IGNORECASE,
)
_WHO = r"(?P<owner>I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|[A-Z][\w-]+)"
_DID = (
    "start(?:ed)?|began|join(?:ed)?|moved?|left|quit|married|engaged|divorced|fired|promoted|graduated|retired|met|bought"
    r"|sold|arrived|returned|came\s+back|broke\s+up|adopted|born|died|passed\s+away|proposed|launched|opened"
)
_CLAUSE = re.compile(
    rf"\b(?P<lead>before|after|since|until|till|when|by\s+the\s+time|from\s+when)\s+(?P<what>{_WHO}\s+"
    rf"(?:(?:first|finally|had|got|was|were)\s+)?(?:{_DID})\b(?P<more>(?:\s+(?!(?:did|do|what|who|where|how)\b)[\w'’-]+){{0,5}}))"
)
_COUNTS = re.compile(
    r"before|after|since|until|till|during|around|following|prior|by|day|night|week|month|when|from\s+when"
)
"""Words that lead to a time; after the others only a birthday is one."""
_SMALL = (
    "the my our his her their that i we she he they a an to in at with of for got was were had first finally me us"
    " did do new big on from back away up"
)
_SAME: dict[str, tuple[str, ...]] = {
    "wedding": ("wedding", "married"),
    "marriage": ("wedding", "married"),
    "married": ("married", "wedding"),
    "move": ("move", "moved", "live", "lives"),
    "moved": ("move", "moved", "live", "lives"),
    "birth": ("birth", "born"),
    "graduation": ("graduation", "graduated"),
    "started": ("started", "start", "joined", "work", "works"),
    "start": ("started", "start", "joined", "work", "works"),
    "joined": ("joined", "started", "work", "works"),
    "began": ("began", "started", "work", "works"),
    "funeral": ("funeral", "buried"),
    "operation": ("operation", "surgery"),
    "surgery": ("surgery", "operation"),
    "engagement": ("engagement", "engaged"),
    "divorce": ("divorce", "divorced"),
    "retirement": ("retirement", "retired"),
    "left": ("left", "leave"),
    "trip": ("trip", "travelled", "traveled", "flew"),
}
"""Other words for an event; what the index stems alike need not stand here."""
_BEGUN = {"lives in": frozenset({"move", "moved"}), "works at": frozenset({"started", "start", "joined", "began"})}
"""Facts whose beginning is an event, and the words for it."""
_TOLD = frozenset(
    {
        Form.ISO,
        Form.DAY,
        Form.NEAR,
        Form.AGO,
        Form.WEEKDAY,
        Form.TURN,
        Form.HENCE,
        Form.MONTH,
        Form.NUMERIC,
        Form.HOLIDAY,
    }
)
_AHEAD = re.compile(
    r"\b(?:will|'ll|’ll|going to|plan(?:s|ning|ned)?|next|booked|is on|are on|is set|let's|shall|until|tomorrow)\b",
    re.I,
)
_UNSURE = re.compile(
    r"\b(?:if|might|maybe|perhaps|would|could|should|cancel\w*|called off|postpone\w*|not|never|n't|n’t|instead|or)\b",
    re.I,
)
_DATING = (Facet.TURN, Facet.NOTE, Facet.FACT, Facet.APPOINTMENT)
_MOST = 60
"""Memories that are read for one event."""
_MOST_EVENTS = 3
"""Of either sort that are looked up in one question."""
_AGREE_DAYS = 3
_LONGEST_DAYS = 31
_LONGEST_TEXT = 4000
_HINT = re.compile(
    r"\b(?:before|after|since|until|till|during|around|following|prior|when|time|birthday|day of|night of|week of)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """A memory that dates the event."""

    days: Days
    memory: Memory
    sure: bool
    """A fact or an appointment, not only a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The words of an event; whose it is: the person's, or of one of those `others` whom the question names."""

    words: tuple[str, ...]
    mine: bool
    others: frozenset[str] | None


class FindsEvents:
    """Finds what a question's "after the wedding" speaks of; nothing is looked up before such words are there."""

    def __init__(self, vault: Vault, columns: Columns, conversation: str | None, now: datetime, region: Region) -> None:
        self._vault, self._columns, self._now, self._region = vault, columns, now, region
        self._conversation = conversation

    def __call__(self, text: str, taken: Collection[tuple[int, int]]) -> Iterator[Event]:
        """The events that times are counted from in `text`, outside the places that are `taken`."""
        if not _HINT.search(text):
            return
        for pattern in (_THING, _CLAUSE):
            for match in islice(pattern.finditer(text), _MOST_EVENTS):
                start, end = match.span("what")
                if any(start < stop and begin < end for begin, stop in taken):
                    continue
                yield from self._event(text, match)

    def _event(self, text: str, match: re.Match[str]) -> Iterator[Event]:
        lead, start = match["lead"].lower(), match.start("what")
        if not _COUNTS.match(lead) and "birthday" not in match["what"].lower():
            return
        named = frozenset(name.casefold() for name in re.findall(r"\b[A-Z][\w-]+", text))
        for end in _ends(match):
            found = self._happening(text[start:end], match["owner"], named)
            if found is not None:
                yield Event(start=start, end=end, happening=found)
                return

    def _happening(self, what: str, owner: str, named: frozenset[str]) -> Happening | None:
        bare = re.sub(r"['’]s?\b", "", what.casefold())
        told = [word for word in re.findall(r"[\w-]+", bare) if word not in _SMALL.split()]
        if not told or len(told) > 5:
            return None
        wanted = _Wanted(
            words=tuple(told),
            mine=owner.casefold() in ("my", "our", "i", "we"),
            others=named if owner.casefold() in ("his", "her", "their", "she", "he", "they") else None,
        )
        found = [dated for memory in self._speaking_of(told) for dated in self._dated(memory, wanted)]
        chosen = _agreed([one for one in found if one.sure] or found)
        return None if chosen is None else Happening(name=what, days=chosen.days, memory=chosen.memory.id)

    def _speaking_of(self, told: Sequence[str]) -> list[Memory]:
        """Memories with every one of these words or another for it, the best by BM25 first."""
        rows = self._rows()
        order: list[int] = []
        for word in told:
            with self._vault.read() as db:
                matches = words.match(db, words.expression(_SAME.get(word, (word,))))
            order = order or [seq for seq, _ in matches]
            here = self._columns.rows_of_seqs(np.array([seq for seq, _ in matches], dtype=np.int64))
            holding = np.zeros(len(self._columns), dtype=np.bool_)
            holding[here[here >= 0]] = True
            rows &= holding
            if not rows.any():
                return []
        wanted = set(self._columns.seq[rows].tolist())
        with self._vault.read() as db:
            found = memories.by_seq(db, [seq for seq in order if seq in wanted][:_MOST])
        return [memory for memory in found if memory.state not in LEAVING and memory.state is not State.SUPERSEDED]

    def _rows(self) -> Flags:
        """What may date an event: turns, notes, facts and appointments of the conversation, never a secret."""
        columns = self._columns
        told = np.isin(columns.facet, [facet_number(facet) for facet in _DATING])
        rows: Flags = told & ~columns.superseded & (columns.kind != kind_number(Kind.SECRET))
        return rows if self._conversation is None else rows & in_conversation(columns, self._conversation)

    def _dated(self, memory: Memory, wanted: _Wanted) -> Iterator[_Dated]:
        spoken = f"{memory.text} {memory.provenance.speaker}".casefold()
        if wanted.others is not None and not any(name in spoken for name in wanted.others):
            return
        if memory.facet is Facet.FACT:
            days = self._of_fact(memory, wanted)
        elif memory.facet is Facet.APPOINTMENT:
            days = self._of_appointment(memory)
        else:
            days = None if wanted.mine and not memory.provenance.mine else self._of_sentence(memory, wanted.words)
        if days is not None:
            sure = memory.facet in (Facet.FACT, Facet.APPOINTMENT)
            yield _Dated(days=days, memory=memory, sure=sure)

    def _of_fact(self, memory: Memory, wanted: _Wanted) -> Days | None:
        fact = memory.fact
        if fact is None or (wanted.mine and fact.subject.casefold() not in ("me", "i")):
            return None
        if fact.attribute == "birthday" and "birthday" in wanted.words:
            return self._birthday(fact.value)
        if memory.valid_from is None or not _BEGUN.get(fact.attribute, frozenset()).intersection(wanted.words):
            return None
        return calendar.one(memory.valid_from.astimezone(self._now.tzinfo).date())

    def _birthday(self, text: str) -> Days | None:
        """The last one there was."""
        for mention in mentions(text, {Form.DAY}):
            try:
                without_year = Mention(
                    form=Form.DAY, start=0, end=0, words=mention.words, month=mention.month, day=mention.day
                )
                return days_of(without_year, self._now.date(), Lean.PAST)
            except NoSuchDate:
                return None
        return None

    def _of_appointment(self, memory: Memory) -> Days | None:
        if memory.valid_from is None:
            return None
        first = memory.valid_from.astimezone(self._now.tzinfo).date()
        last = memory.valid_to.astimezone(self._now.tzinfo).date() if memory.valid_to else first
        return Days(first=first, last=max(first, last)) if (last - first).days <= _LONGEST_DAYS else calendar.one(first)

    def _of_sentence(self, memory: Memory, told: Sequence[str]) -> Days | None:
        """The one time in the one sentence that names the event."""
        for sentence in pieces(memory.text[:_LONGEST_TEXT]):
            text = sentence.whole
            if sentence.mark.startswith("?") or _UNSURE.search(text) or not _names(text, told, memory):
                continue
            if "birthday" in told:
                return self._birthday(text)
            found = [mention for mention in mentions(text, _TOLD) if not mention.vague]
            if len(found) != 1:
                continue
            lean = Lean.RATHER_COMING if _AHEAD.search(text) else Lean.RATHER_PAST
            try:
                days = days_of(found[0], memory.at.date(), lean, self._region)
            except NoSuchDate:
                continue
            if (days.last - days.first).days < _LONGEST_DAYS:
                return days
        return None


def _names(text: str, told: Sequence[str], memory: Memory) -> bool:
    """Whether the sentence, or who says it, has every word of the event in one of its forms."""
    spoken = f"{text} {memory.provenance.speaker}".casefold()
    return all(any(form[: max(4, len(form) - 3)] in spoken for form in _SAME.get(word, (word,))) for word in told)


def _ends(match: re.Match[str]) -> Iterator[int]:
    """Where the event's words may end: all of them, then without those after it, as far as none is a name."""
    end = match.end("what")
    yield end
    more = match["more"]
    words_after = list(re.finditer(r"\S+", more))
    for word in reversed(words_after):
        if re.search(r"[A-Z0-9]", word[0]):
            return
        yield match.start("more") + len(more[: word.start()].rstrip())


def _agreed(found: Sequence[_Dated]) -> _Dated | None:
    """The narrowest of them, the last told of those, when all mean the same days or nearly so."""
    if not found:
        return None
    firsts = [one.days.first for one in found if (one.days.last - one.days.first).days <= _AGREE_DAYS]
    if firsts and (max(firsts) - min(firsts)).days > _AGREE_DAYS:
        return None
    best = min(found, key=lambda one: ((one.days.last - one.days.first).days, -one.memory.at.timestamp()))
    apart = [
        one
        for one in found
        if calendar.moved(one.days.last, _AGREE_DAYS) < best.days.first
        or calendar.moved(best.days.last, _AGREE_DAYS) < one.days.first
    ]
    return None if apart else best
