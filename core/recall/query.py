"""What a question asks for: its words, the text to embed, people, dates and the filters written into it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.dates.region import Region
from core.memory import Understood
from core.recall.dates import find_dates
from core.recall.filters import Filters, read_filters, understood
from core.recall.likeness import shown
from core.recall.names import KnownNames, People
from core.recall.span import Dates, FindEvents, Span

LONGEST = 2000
"""Characters of a question that are read; a pasted page asks no more than its beginning does."""
MOST_WORDS = 32
_STOP_WORDS = (
    "a about all am an and any are as at be been being but by can could did do does doing for from had has have"
    " having he her hers him his how i if in into is it its itself just me my no nor not of off on or our out over"
    " own s said say says she should so some such t tell tells than that the their them then there these they this"
    " those to told too up us was we were what when where which while who whom why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_LITERAL = re.compile(r'(?<!\w)(?P<not>-)?"(?P<phrase>[^"]+)"|(?<!\S)(?P<minus>-)(?P<word>[^\W_][\w\'-]*)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_WORD = re.compile(r"\w+", re.UNICODE)
_SIGNS = re.compile(r"[\s!-/:-@\[-`{-~]*")
"""Punctuation alone means nothing; an emoji may."""
_PAST = re.compile(
    r"\b(?:used to|previously|previous|former(?:ly)?|back then|originally|at first|in the past|no longer|"
    r"the old|my old|'s old|his old|her old|their old|in the beginning|before (?:that|it changed|the change|the move|"
    r"(?:the|my|his|her|their|our) (?:present|current|new|latest)))\b|\bbefore\s*[?.!]*\s*$",
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

    def softened(self) -> "Query":
        """Its phrases looked for word by word."""
        words = [word.casefold() for phrase in self.phrases for word in _WORD.findall(phrase)]
        telling = [word for word in words if word not in STOP_WORDS]
        return replace(self, phrases=(), words=tuple(dict.fromkeys((*self.words, *telling)))[:MOST_WORDS])


_REGION = Region()


def understand(
    question: str,
    now: datetime,
    people: KnownNames | Sequence[str],
    *,
    region: Region = _REGION,
    ignore: Collection[str] = (),
    events: FindEvents | None = None,
) -> Query:
    """Read a question as of `now` (aware). Never raises: what cannot be is said in `impossible`.

    `people`: everyone who is known by name. `ignore`: keys of what is not to be understood; its words are plain words
    then. `events`: finds events in the person's life that times are counted from. Nothing typed can reach FTS as
    syntax: words and phrases are bare.
    """
    known = people if isinstance(people, KnownNames) else KnownNames(people)
    left_out = frozenset(" ".join(key.casefold().split()) for key in ignore)
    text = question[:LONGEST].encode("utf-8", "replace").decode().replace("\0", " ").translate(_QUOTES)
    filters = read_filters(text, now, region, known.is_conversation, left_out)
    told = list(filters.told)
    phrases, without, text = _literal(filters.text, told, left_out)
    dates = _dates(text, now, region, events, told, left_out)
    found = _people(known, text, told, left_out)
    past = bool(_PAST.search(text)) and "past" not in left_out
    if past:
        told.append(Understood(kind="past", text="", meaning="what has been replaced counts too", key="past"))
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
        embedded=" ".join(part for part in (bare, *phrases) if not _SIGNS.fullmatch(part)),
        people=found,
        span=dates.span,
        filters=filters.filters,
        past_asked=past,
        asks_assistant=bool(_ASSISTANT.search(text)),
        edge=_edge(text, told, left_out),
        understood=tuple(told),
        impossible=filters.impossible or dates.wrong,
    )


def _dates(
    text: str,
    now: datetime,
    region: Region,
    events: FindEvents | None,
    told: list[Understood],
    left_out: frozenset[str],
) -> Dates:
    def ignored(words: str) -> bool:
        return not left_out.isdisjoint(understood(kind, words, words).key for kind in ("time", "event"))

    dates = find_dates(text, now, region, events=events, ignore=ignored)
    if dates.wrong:
        told.append(understood("time", dates.wrong_words, dates.wrong))
    if dates.span is not None:
        told += [
            replace(understood("event", one.name, f"{one.name} ({one.shown()}, from a memory)"), memory=one.memory)
            for one in dates.happenings
        ]
        told.append(understood("time", dates.span.words, dates.span.meaning()))
    return dates


def _people(known: KnownNames, text: str, told: list[Understood], left_out: frozenset[str]) -> People:
    found = known.find(text, lambda name: understood("person", name, name).key in left_out)
    told += [understood("person", shown(name), shown(name)) for name in found.named]
    if found.speaker and found.addressee:
        said = understood("said", "", f"{shown(found.speaker)} to {shown(found.addressee)}", hard=True)
        if said.key in left_out:
            return replace(found, speaker="", addressee="")
        told.append(said)
    return found


def _edge(text: str, told: list[Understood], left_out: frozenset[str]) -> str:
    edge = "first" if _FIRST.search(text) else "last" if _LAST.search(text) else ""
    if edge and f"order:{edge}" not in left_out:
        told.append(understood("order", edge, "the earliest" if edge == "first" else "the latest"))
        return edge
    return ""


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


def _literal(
    text: str, told: list[Understood], left_out: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The phrases, the words that must not occur, and the text without them."""
    phrases: list[str] = []
    without: list[str] = []

    def taken(found: re.Match[str]) -> str:
        words = found["phrase"] or found["word"]
        unwanted = bool(found["not"] or found["minus"])
        if not _WORD.search(words):
            return " "
        one = understood(
            *(("without", words, "must not occur") if unwanted else ("phrase", words, "word for word")), hard=True
        )
        if one.key in left_out:
            return f" {words} "
        told.append(one)
        (without if unwanted else phrases).append(words)
        return " "

    text = _LITERAL.sub(taken, text)
    return tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(without)), text
