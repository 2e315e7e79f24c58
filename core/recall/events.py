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
from core.recall.dating import LONGEST_DAYS, Wanted, called_off, fits, told
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
    " internship birthday auction scan mri x-ray storm"
)
_NOUN = "|".join(_NOUNS.split())
_LEAD = (
    r"(?P<lead>before|after|since|until|till|during|between|around|following|prior\s+to|by\s+the\s+time\s+of|from|on|for|at|"
    r"(?:day|night|morning|evening|week|weekend|month)\s+of)"
)
_OWNER = r"(?P<owner>the|my|our|his|her|their|that|[^\W\d_][\w-]*['’]s?)"
_NEXT = (
    r"(?![\w-])(?!\s+to\s+\w+ing\b)(?=\s*(?:[?.!,;:)]|$)|\s+(?:about|with|for|on|in|at|to|of|and|or|but|that|which|did|do|does|was|were|is|are|"
    r"had|has|have|when|where|who|whom|what|how|why|i|we|he|she|they|you|my|the|our|a|an|from|by|last|this|it|\w+ed|began)\b)"
)
"""What may stand behind an event: "the wedding march" is none."""
_THING = re.compile(
    rf"\b{_LEAD}\s+(?P<what>{_OWNER}\s+(?:[\w'’-]+\s+){{0,3}}?(?:{_NOUN})s?{_NEXT}(?P<more>(?:\s+(?:to|in|at|with|of|for)\s+"
    r"(?:the\s+|my\s+|our\s+)?[\w'’-]+)?))",
    re.IGNORECASE,
)
_WHO = r"(?P<owner>I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|(?:the|my|our)\s+[a-z]+|[A-Z][\w-]+)"
_DID = (
    "start(?:ed)?|began|join(?:ed)?|moved?|left|quit|married|engaged|divorced|fired|promoted|graduated|retired|met|bought"
    r"|sold|arrived|returned|came\s+back|broke\s+up|broke\s+down|adopted|born|died|passed\s+away|proposed|launched|opened"
    "|closed|finished|got"
)
_CLAUSE = re.compile(
    rf"\b(?P<lead>before|after|since|until|till|when|by\s+the\s+time|from\s+when|(?:day|night|week|weekend|evening)"
    rf"(?:\s+that)?)\s+(?P<what>{_WHO}\s+(?:(?:first|finally|had|got|was|were)\s+)?(?:{_DID})\b"
    r"(?P<more>(?:\s+(?!(?:did|do|what|who|where|how)\b)[\w'’-]+){0,5}))"
)
_COUNTS = re.compile(
    r"before|after|since|until|till|during|around|following|prior|by|day|night|evening|morning|week|month|between|when|from\s+when"
)
"""Words that lead to a time; after the others only a birthday is one."""
_SMALL = (
    "the my our his her their that i we she he they a an to in at with of for got was were had first finally me us"
    " did do new big on from back away up"
)
_SAME: dict[str, tuple[str, ...]] = {
    "wedding": ("wedding", "married", "marry"),
    "marriage": ("wedding", "married"),
    "married": ("married", "wedding", "marry"),
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
    "born": ("born", "birth"),
}
"""Other words for an event; what the index stems alike need not stand here."""
_BEGUN = {"lives in": frozenset({"move", "moved"}), "works at": frozenset({"started", "start", "joined", "began"})}
"""Facts whose beginning is an event, and the words for it."""
_TRAVEL = ("trip", "holiday", "vacation", "journey", "flight", "flights", "fly", "flew", "travel", "off")
"""Any of them names a trip whose place is told beside it."""
_DATING = (Facet.TURN, Facet.NOTE, Facet.FACT, Facet.APPOINTMENT)
_MOST = 60
"""Memories that are read for one event."""
_MOST_EVENTS = 3
"""Of either sort that are looked up in one question."""
_AGREE_DAYS = 3
_HINT = re.compile(
    r"\b(?:before|after|since|until|till|during|between|around|following|prior|when|time|birthday|the day|"
    r"(?:day|night|evening|morning|week|weekend|month) of)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """A memory that dates the event; `doubt` 0 is a fact or an appointment."""

    days: Days
    memory: Memory
    doubt: int
    changed: bool = False


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
        if match["lead"][0].isupper() and text[: match.start()].strip():
            return  # a title: Before the Flood
        named = frozenset(name.casefold() for name in re.findall(r"\b[A-Z][\w-]+", text))
        for end in _ends(match):
            found = self._happening(text[start:end], match["owner"], named)
            if found is not None:
                yield Event(start=start, end=end, happening=found)
                return

    def _happening(self, what: str, owner: str, named: frozenset[str]) -> Happening | None:
        bare = re.sub(r"['’]s?\b", "", what.casefold())
        own = re.sub(r"['’]s?$", "", owner.casefold())
        whole = [word for word in re.findall(r"[\w-]+", bare) if word not in _SMALL.split()]
        is_clause = not re.search(rf"\b(?:{_NOUN})s?$", bare.split(" to ")[0], re.IGNORECASE) or own in ("i", "we")
        owners = _owners(own, named)
        spoken = [word for word in whole if word not in owners]
        if not spoken or len(spoken) > 5 or not owners:
            return None
        travel = len(spoken) > 1
        forms = tuple(_TRAVEL if travel and word in _TRAVEL[:4] else _SAME.get(word, (word,)) for word in spoken)
        head = next(
            (place for place, word in enumerate(spoken) if re.fullmatch(rf"(?:{_NOUN})s?", word)), len(spoken) - 1
        )
        forms = (*forms[:head], *forms[head + 1 :], forms[head])
        wanted = Wanted(words=forms, owners=owners, clause=is_clause)
        about = self._speaking_of(forms)
        found = [dated for memory in about for dated in self._dated(memory, wanted, spoken)]
        chosen = _agreed(found)
        if chosen is None or any(one.at > chosen.memory.at and called_off(one, wanted) for one in about):
            return None
        return Happening(name=what, days=chosen.days, memory=chosen.memory.id)

    def _speaking_of(self, told: Sequence[Sequence[str]]) -> list[Memory]:
        """Memories with one form of every word, the best by BM25 first."""
        rows = self._rows()
        order: list[int] = []
        for forms in told:
            with self._vault.read() as db:
                matches = words.match(db, words.expression(forms))
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

    def _dated(self, memory: Memory, wanted: Wanted, spoken: Sequence[str]) -> Iterator[_Dated]:
        if memory.facet is Facet.FACT:
            days = self._of_fact(memory, wanted, spoken)
        elif memory.facet is Facet.APPOINTMENT:
            days = self._of_appointment(memory)
        elif "birthday" in spoken:
            days = self._of_birthday(memory, wanted)
        else:
            found = told(memory, wanted, self._region)
            if found is not None:
                yield _Dated(days=found.days, memory=memory, doubt=1 + found.doubt, changed=found.changed)
            return
        if days is not None:
            yield _Dated(days=days, memory=memory, doubt=0)

    def _of_fact(self, memory: Memory, wanted: Wanted, spoken: Sequence[str]) -> Days | None:
        fact = memory.fact
        if fact is None:
            return None
        subject = "" if fact.subject.casefold() in ("me", "i") else fact.subject.casefold()
        if subject.split(" ")[0] not in wanted.owners:
            return None
        if fact.attribute == "birthday" and "birthday" in spoken:
            return self._birthday(fact.value)
        if memory.valid_from is None or not _BEGUN.get(fact.attribute, frozenset()).intersection(spoken):
            return None
        return calendar.one(memory.valid_from.astimezone(self._now.tzinfo).date())

    def _of_birthday(self, memory: Memory, wanted: Wanted) -> Days | None:
        for sentence in pieces(memory.text):
            if fits(sentence.whole, wanted, memory) is not None:
                return self._birthday(sentence.whole)
        return None

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
        return Days(first=first, last=max(first, last)) if (last - first).days <= LONGEST_DAYS else calendar.one(first)


def _owners(own: str, named: frozenset[str]) -> frozenset[str]:
    """Whose event is asked for: "" is the person."""
    if own in ("his", "her", "their", "she", "he", "they"):
        return named
    if own in ("my", "our", "i", "we", "the", "that") or own.startswith(("the ", "my ", "our ")):
        return frozenset({""})
    return frozenset({own})


def _ends(match: re.Match[str]) -> Iterator[int]:
    """Where the event's words may end: all of them, then without those after it, as far as none is a name."""
    yield match.end("what")
    more = match["more"]
    for word in reversed(list(re.finditer(r"\S+", more))):
        if re.search(r"[A-Z0-9]", word[0]):
            return
        rest = more[: word.start()].rstrip()
        if not rest.endswith((" to", " in", " at", " with", " of", " for", " the", " my", " our", " from", " on")):
            yield match.start("more") + len(rest)


def _agreed(found: Sequence[_Dated]) -> _Dated | None:
    """Of the surest, the narrowest that was told last, when all mean the same days or nearly so.

    A memory that says the day has changed goes before what was told earlier.
    """
    if not found:
        return None
    sure = min(one.doubt for one in found)
    best = [one for one in found if one.doubt == sure or one.changed]
    changed = [one for one in best if one.changed]
    if changed:
        last = max(changed, key=lambda one: one.memory.at)
        best = [one for one in best if one.memory.at >= last.memory.at]
    chosen = min(best, key=lambda one: ((one.days.last - one.days.first).days, -one.memory.at.timestamp()))
    for one in best:
        if calendar.moved(one.days.last, _AGREE_DAYS) < chosen.days.first:
            return None
        if calendar.moved(chosen.days.last, _AGREE_DAYS) < one.days.first:
            return None
    return chosen
