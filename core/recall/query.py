"""What a question asks for: its words, the text to embed, people, dates and the filters written into it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.dates.calendar import NoSuchDate
from core.memory import Kind, Understood
from core.recall.dates import Span, find_dates, read_date
from core.recall.names import KnownNames, People

LONGEST = 2000
"""Characters of a question that are read; a pasted page asks no more than its beginning does."""
MOST_WORDS = 32
_STOP_WORDS = (
    "a about all am an and any are as at be been being but by can could did do does doing for from had has have"
    " having he her hers him his how i if in into is it its itself just me my no nor not of off on or our out over"
    " own s she should so some such t than that the their them then there these they this those to too up us was we"
    " were what when where which while who whom why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_FILTER = re.compile(
    r'(?<!\S)(?P<key>app|with|from|to|kind|before|after|on|in):(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))', re.IGNORECASE
)
_PHRASE = re.compile(r'(?<!\w)(?P<not>-)?"(?P<phrase>[^"]+)"')
_WITHOUT = re.compile(r"(?<!\S)-(?P<word>[^\W_][\w'-]*)")
_WORD = re.compile(r"\w+", re.UNICODE)
_PAST = re.compile(
    r"\b(?:used to|previously|previous|former(?:ly)?|back then|originally|at first|in the past|no longer|"
    r"the old|my old|'s old|his old|her old|their old|before (?:that|it changed|the change|the move))\b",
    re.IGNORECASE,
)
_ASSISTANT = re.compile(
    r"\b(?:you|assistant|chatbot|chatgpt|claude|gemini|copilot)\s+(?:\w+\s+)?"
    r"(?:recommend|suggest|sa[iy]|tell|told|list|g[ia]ve|mention|provide|explain|propose|answer)",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:the first (?:time|thing)|earliest|first (?:met|saw|heard|mention\w*))\b", re.IGNORECASE)
_LAST = re.compile(r"\b(?:the last time|latest|most recent(?:ly)?|newest|current(?:ly)?|right now)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the person wrote as hard conditions; empty means no condition. Names are case-folded."""

    app: str = ""
    party: str = ""
    """with: speaks or is spoken to."""
    speaker: str = ""
    addressee: str = ""
    conversation: str = ""
    kinds: tuple[Kind, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any condition."""
        return bool(
            self.app or self.party or self.speaker or self.addressee or self.conversation or self.kinds or self.spans
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, understood."""

    question: str
    words: tuple[str, ...] = ()
    """To look up, distinct, case-folded; without names, stop words and filters."""
    name_words: tuple[str, ...] = ()
    """The words of the names: they count where nobody is known to speak, as on a screen."""
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    embedded: str = ""
    """Without names and filters; empty when nothing is left."""
    people: People = field(default_factory=People)
    span: Span | None = None
    """The time asked for, as a soft wish."""
    filters: Filters = field(default_factory=Filters)
    past_asked: bool = False
    asks_assistant: bool = False
    """It is about what an assistant said, not the person."""
    edge: str = ""
    """"first" or "last" when the question asks for it."""
    understood: tuple[Understood, ...] = ()
    impossible: str = ""
    """A sentence: why nothing can fit."""


def understand(question: str, now: datetime, people: KnownNames | Sequence[str]) -> Query:
    """Read a question as of `now` (aware). Never raises: what cannot be is said in `impossible`.

    `people`: everyone who is known by name. Nothing typed can reach FTS as syntax: words and phrases are bare.
    """
    known = people if isinstance(people, KnownNames) else KnownNames(people)
    text = question[:LONGEST].encode("utf-8", "replace").decode().replace("\0", " ")
    told: list[Understood] = []
    filters, text, impossible = _filters(text, now, told)
    phrases, without, text = _literal(text, told)
    dates = find_dates(text, now)
    impossible = impossible or dates.wrong
    if dates.span:
        told.append(Understood(kind="time", text=dates.span.words, meaning=dates.span.meaning()))
    found = known.find(text)
    told += [Understood(kind="person", text=name, meaning=name) for name in found.named]
    if found.speaker and found.addressee:
        told.append(Understood(kind="said", text="", meaning=f"{found.speaker} to {found.addressee}", hard=True))
    past, edge = bool(_PAST.search(text)), "first" if _FIRST.search(text) else "last" if _LAST.search(text) else ""
    if past:
        told.append(Understood(kind="past", text="", meaning="what has been replaced counts too"))
    bare = " ".join(_without_places(text, found.places).split())
    words = _words(bare, text)
    named = dict.fromkeys(word.casefold() for start, end in found.places for word in _WORD.findall(text[start:end]))
    named.pop("s", None)
    return Query(
        question=question,
        words=words,
        name_words=tuple(word for word in named if word not in words),
        phrases=phrases,
        without=without,
        embedded=" ".join([bare, *phrases]).strip(),
        people=found,
        span=dates.span,
        filters=filters,
        past_asked=past,
        asks_assistant=bool(_ASSISTANT.search(text)),
        edge=edge,
        understood=tuple(told),
        impossible=impossible,
    )


def _words(bare: str, whole: str) -> tuple[str, ...]:
    """The words that matter; names, and then stop words, only when nothing else is left."""
    kept: list[str] = []
    for text in (bare, whole):
        kept = list(dict.fromkeys(word.casefold() for word in _WORD.findall(text)))
        telling = [word for word in kept if word not in STOP_WORDS]
        if telling:
            return tuple(telling[:MOST_WORDS])
    return tuple(kept[:MOST_WORDS])


def _without_places(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def _literal(text: str, told: list[Understood]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    phrases = [found["phrase"] for found in _PHRASE.finditer(text) if not found["not"]]
    without = [found["phrase"] for found in _PHRASE.finditer(text) if found["not"]]
    text = _PHRASE.sub(" ", text)
    without += [found["word"] for found in _WITHOUT.finditer(text)]
    text = _WITHOUT.sub(" ", text)
    phrases = [phrase for phrase in phrases if _WORD.search(phrase)]
    told += [Understood(kind="phrase", text=phrase, meaning="word for word", hard=True) for phrase in phrases]
    told += [Understood(kind="without", text=word, meaning="must not occur", hard=True) for word in without]
    return tuple(phrases), tuple(without), text


def _filters(text: str, now: datetime, told: list[Understood]) -> tuple[Filters, str, str]:
    values: dict[str, str] = {}
    kinds: list[Kind] = []
    spans: list[Span] = []
    impossible = ""
    for found in _FILTER.finditer(text):
        key, value = found["key"].lower(), (found["quoted"] or found["plain"] or "").strip()
        if not value:
            continue
        try:
            if key == "kind":
                kinds.append(_kind(value))
            elif key in ("before", "after", "on"):
                spans.append(_span(key, value, now))
                told.append(Understood(kind=key, text=value, meaning=spans[-1].meaning(), hard=True))
                continue
            else:
                values[key] = value.casefold()
        except (NoSuchDate, ValueError) as wrong:
            impossible = impossible or str(wrong)
            continue
        told.append(Understood(kind=key, text=value, meaning=value, hard=True))
    begins = [span.begins for span in spans if span.begins]
    ends = [span.ends for span in spans if span.ends]
    if begins and ends and max(begins) >= min(ends):
        impossible = impossible or "The time asked for ends before it begins, so nothing can lie in it."
    filters = Filters(
        app=values.get("app", ""),
        party=values.get("with", ""),
        speaker=values.get("from", ""),
        addressee=values.get("to", ""),
        conversation=values.get("in", ""),
        kinds=tuple(kinds),
        spans=tuple(spans),
    )
    return filters, _FILTER.sub(" ", text), impossible


def _kind(value: str) -> Kind:
    try:
        return Kind(value.lower())
    except ValueError:
        raise ValueError(f"There is no kind {value!r}; the kinds are {', '.join(Kind)}.") from None


def _span(key: str, value: str, now: datetime) -> Span:
    span = read_date(value.replace("_", " "), now)
    if span is None:
        raise NoSuchDate(f"{value!r} is not a date that can be read; write it like 2026-03-31.")
    if key == "before":
        return Span(begins=None, ends=span.begins, words=value)
    return Span(begins=span.ends, ends=None, words=value) if key == "after" else span
