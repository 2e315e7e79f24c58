"""Short statements with one value of a kind: a time, a day, a sum, a size, an age, a number to call; and about what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.consolidate.aspects import LITTLE, MOMENTS, NOT_ABOUT, ONCE, ONE_SUM, QUALIFIERS, SAME
from core.consolidate.facts import ME
from core.consolidate.filter import READ_AT_MOST
from core.consolidate.plain_words import plain
from core.consolidate.sentences import Refusal, said, secret
from core.dates.clock import clock
from core.dates.words import DAY, MONTH, NUMBERS, month, weekday
from core.languages.stems import stem
from core.memory import Facet, Memory
from core.pattern import Pattern

LONGEST = 140
BESIDE = "Read by rule beside another source, in characters"
"""How the reason of a fact begins that was written down because another source says otherwise."""
_MOST = 60
"""Statements of one observation; a longer list is a table."""
_MONEY = Pattern(
    r"(?P<sign>[€£$]|\b(?:eur|gbp|usd|chf)\b)\s?(?P<a>\d[\d.,]*\d|\d)|(?P<b>\d[\d.,]*\d|\d)\s?(?:(?P<after>[€£$])|(?P<word>euros?|eur|pounds?"
    r"|gbp|dollars?|usd|francs?|chf|kroner|kronor|zloty)\b(?!\s?\d))",
    re.IGNORECASE,
)
_ALIKE = {"guest": "people", "person": "people", "participant": "people", "attendee": "people"} | {
    "square metre": "m²",
    "sqm": "m²",
}
_CURRENCY = {"€": "eur", "£": "gbp", "$": "usd", "eur": "eur", "pou": "gbp", "gbp": "gbp", "dol": "usd", "usd": "usd"}
_PHONE = Pattern(r"(?<![\w.,])\+?\d[\d ()/-]{6,17}\d(?![\w.,]\d)")
_SPAN = Pattern(
    rf"(?<![\d:./-])(?:from\s+)?(?P<a>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|–|to|until|till)\s?"
    rf"(?P<b>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}",
    re.IGNORECASE,
)
_DAY_MONTH = Pattern(rf"(?<![\d:./-])(?:the\s+)?{DAY}\.?\s+(?:of\s+)?{MONTH}(?:\s+(?P<year>20\d\d))?", re.IGNORECASE)
_MONTH_DAY = Pattern(rf"\b{MONTH}\s+(?:the\s+)?{DAY}(?![\d:])(?:,?\s+(?P<year>20\d\d))?", re.IGNORECASE)
_ISO = Pattern(r"\b(?P<year>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b")
_SLASHES = Pattern(r"(?<![\d/])(?P<d>\d{1,2})[/.](?P<m>\d{1,2})(?:[/.](?P<year>(?:20)?\d\d))?\.?(?![\d/:])")
_ONLY_MONTH = Pattern(rf"\b(?:(?:the )?(?:first|last) of )?{MONTH}", re.IGNORECASE)
_WEEKDAY = Pattern(
    r"\b(?:every\s+)?(?P<w>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?", re.IGNORECASE
)
_CLOCK = Pattern(
    r"(?<![\d:.,])(?:at\s+)?(?P<c>(?:[01]?\d|2[0-3]):[0-5]\d(?:\s?[ap]m)?|(?:1[0-2]|[1-9])\s?[ap]m)\b(?!:)",
    re.IGNORECASE,
)
_AGE = Pattern(
    rf"\baged\s+(?P<a>\d{{1,2}}|{'|'.join(NUMBERS)})\b|(?:(?<=\bson )|(?<=\bdaughter )|(?<=\bsister )|(?<=\bbrother )"
    r"|(?<=\bbaby )|(?<=\bniece )|(?<=\bnephew )|(?<=\bchild )|(?<=\bdog )|(?<=\bcat ))(?:is|turns)\s+"
    rf"(?P<b>\d{{1,2}}|{'|'.join(NUMBERS)})(?:\s+years?\s+old)?(?=\s*$)|(?P<c>\d{{1,2}})\s+years?\s+old\b",
    re.IGNORECASE,
)
_SIZE = Pattern(
    r"\b(?:shoe |ring |collar |dress )?(?P<of>size|gate|platform|seat|room|floor|terminal|table)\b"
    r"(?:\s+number|\s+no\.?)?(?:\s+is|:)?\s+(?P<n>\d{1,4}[a-z]?)\b",
    re.IGNORECASE,
)
_COUNT = Pattern(
    r"(?<![\w.,:/-])(?P<n>\d{1,4}(?:[.,]\d+)?)\s?(?P<of>guests?|people|persons?|participants?|attendees|seats|pages"
    r"|rooms|square metres|sqm|m²|mg|kg|%)(?!\w)",
    re.IGNORECASE,
)
_CHANGED = Pattern(
    r"\b(?:moved|now|instead|chang\w+|new|actually|no longer|reschedul\w+|postpon\w+|delay\w*|earlier|later|used to"
    r"|previous\w*|old|until recently|correct\w*|updat\w+|sorry|wrong|mistake|typo|meant|rather than|increas\w+|rais\w+"
    r"|reduc\w+|cancel\w*|brought forward|pushed)\b|→|->",
    re.IGNORECASE,
)
_UNSURE = Pattern(
    r"\b(?:was|were|had|before|after|discount\w*|about|around|roughly|approx\w*|nearly|almost|at least|up to|between"
    r"|or|plus|minus|each|per|extra|more|less|another|second|other|last|next|maybe|probably|think|if|could|would|should"
    r"|might|may be|suggest\w*|propos\w*|offer\w*|estimat\w*|quot\w+|draft"
    r"|local time|utc|gmt|ces?t)\b|~|\?",
    re.IGNORECASE,
)
_OPEN_END = Pattern(r"\b(?:until|till|by|from)\s+\d{1,2}(?::\d\d|\s?[ap]m)", re.IGNORECASE)
_TAIL = Pattern(
    r",\s*(?:put|please|wish|hope|just|so|see|as|by the way|btw|thanks|which|and|but|don't|they|it|that)\b.*$",
    re.IGNORECASE,
)
_LEAD = Pattern(r"^(?:at|from|the|aged|is|turns)\s+", re.IGNORECASE)
_OWN = Pattern(r"\b(?:my|mine|our|ours|i|we|i'm|we're|me|us)\b", re.IGNORECASE)
_TELLING = ONE_SUM | ONCE | MOMENTS | QUALIFIERS | {"size"}
_WORTH = Pattern(rf"\d|\b(?:aged|is|turns) (?:{'|'.join(NUMBERS)})\b", re.IGNORECASE)
"""What any value has; the rest need not be looked at."""
_TOKEN = Pattern(r"[^\W\d_][\w’'-]*|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a sentence or line says of something, with the values it gives, each kind once."""

    source: Memory
    start: int
    end: int
    about: frozenset[str]
    """Stems of what it speaks of."""
    beside: frozenset[str]
    """Of who says it and where it stands: they may be meant, too."""
    owner: frozenset[str]
    """Stems of the names of who says it of what is theirs; empty where nobody does."""
    forms: dict[str, str] = field(hash=False, compare=False)
    """How each stem is written."""
    values: dict[str, tuple[str, str]] = field(hash=False, compare=False)
    """By kind: what is compared, and the words."""
    sure: bool = True
    """It contradicts nothing otherwise: asked, guessed, wished, or one of several."""
    changed: bool = False
    """It speaks of a change: it explains why another says otherwise."""


def statements(memory: Memory, names: Sequence[str] = ()) -> list[Statement]:
    """What one observation states with values, in the order of the text. `names`: the person's own."""
    text = memory.text[:READ_AT_MOST]
    found: list[Statement] = []
    for start, words, sure in _pieces(memory, text):
        if len(words) <= LONGEST and not secret(words):
            one = _read(memory, start, words, sure, names)
            if one is not None:
                found.append(one)
                if len(found) > _MOST:
                    return []
    return found


def _pieces(memory: Memory, text: str) -> Iterator[tuple[int, str, bool]]:
    if _screen(memory):
        begin = 0
        for line in text.splitlines(keepends=True):
            told = line.strip()
            if len(told) <= LONGEST and _WORTH.search(told):
                for one in said(told):
                    yield begin + line.index(told) + one.start, one.text, one.refused is None
            begin += len(line)
        return
    for one in said(text) if _WORTH.search(text) else ():
        if one.refused in (None, Refusal.DENIED, Refusal.PAST):
            yield one.start, one.text, one.refused is None


def _read(memory: Memory, start: int, words: str, sure: bool, names: Sequence[str]) -> Statement | None:
    told = _TAIL.sub("", words)
    values: dict[str, tuple[str, str]] = {}
    rest = told
    for kind, pattern in _KINDS:
        matches = list(pattern.finditer(rest))
        for match in matches:
            value = _value(kind, match)
            if value is None:
                continue
            if kind in values and values[kind][0] != value:
                return None
            values[kind] = (value, _LEAD.sub("", told[match.start() : match.end()].strip(" ,.")))
            rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]
    if "span" in values:
        values.pop("day", None)
    if not values:
        return None
    if "day" in values:
        values["month"] = (values["day"][0].split("-")[0], "")
    about, forms = _about(rest, sized=_sized(told))
    for word in re.findall(r"[^\W_]+", ME if memory.provenance.mine else memory.provenance.speaker):
        forms.setdefault(stem(word.casefold(), "en"), word)
    return Statement(
        source=memory,
        start=start,
        end=start + len(words),
        about=about,
        beside=_beside(memory, names) - about,
        owner=_speaker(memory, names)
        if _OWN.search(rest) and memory.facet not in (Facet.FRAME, Facet.PAGE)
        else frozenset(),
        forms=forms,
        values=_resolved(values, memory.at),
        sure=sure and not (_UNSURE.search(rest) or _OPEN_END.search(told)),
        changed=_CHANGED.search(words) is not None,
    )


def _sized(words: str) -> str:
    """The name of the size that is spoken of, if any."""
    match = _SIZE.search(words)
    return match.group()[: match.start("n") - match.start()] if match else ""


_KINDS: tuple[tuple[str, Pattern], ...] = (
    ("span", _SPAN),
    ("day", _ISO),
    ("day", _DAY_MONTH),
    ("day", _MONTH_DAY),
    ("amount", _MONEY),
    ("time", _CLOCK),
    ("phone", _PHONE),
    ("day", _SLASHES),
    ("size", _SIZE),
    ("age", _AGE),
    ("count", _COUNT),
    ("month", _ONLY_MONTH),
    ("weekday", _WEEKDAY),
)


def _value(kind: str, match: re.Match[str]) -> str | None:
    if kind == "span":
        return f"{month(match['month'])}-{int(match['a'])}-{int(match['b'])}"
    if kind == "day":
        named = match.groupdict()
        if named.get("month"):
            return f"{month(named['month'])}-{int(named['day'])}"
        day, number = int(named["d"]), int(named["m"])
        if match.re is not _ISO.compiled and day <= 12 and number <= 12 and day != number:
            return None
        if number > 12:
            day, number = number, day
        return f"{number}-{day}" if 1 <= number <= 12 and 1 <= day <= 31 else None
    if kind == "month":
        return str(month(match["month"]))
    if kind == "weekday":
        return str(weekday(match["w"]))
    if kind == "time":
        at = clock(match["c"])
        return at.isoformat("minutes") if at else None
    if kind == "amount":
        mark = (match["sign"] or match["after"] or match["word"]).casefold()[:3]
        return f"{_number(match['a'] or match['b'])} {_CURRENCY.get(mark, mark)}"
    if kind == "phone":
        digits = re.sub(r"\D", "", match.group())
        return digits if 7 <= len(digits) <= 15 else None
    if kind == "size":
        return f"{match['of'].casefold()} {match['n'].casefold()}"
    if kind == "count":
        of = match["of"].casefold().rstrip("s")
        return f"{_number(match['n'])} {_ALIKE.get(of, of)}"
    told = (match["a"] or match["b"] or match["c"]).casefold()
    return str(NUMBERS.index(told) + 1) if told in NUMBERS else told


def _number(words: str) -> str:
    plain_ = re.sub(r"[.,](?=\d{3}(?!\d))", "", words).replace(",", ".")
    try:
        return f"{float(plain_):g}"
    except ValueError:
        return words


def _resolved(values: dict[str, tuple[str, str]], at: datetime) -> dict[str, tuple[str, str]]:
    """A weekday beside a day says nothing more; a weekday alone is the next one."""
    if "weekday" in values and not {"day", "span"} & set(values):
        ahead = (int(values["weekday"][0]) - at.weekday()) % 7
        coming: date = at.date() + timedelta(days=ahead)
        values["coming"] = (f"{coming.month}-{coming.day}", "")
    if {"day", "span"} & set(values):
        values.pop("weekday", None)
    return values


def _about(rest: str, sized: str) -> tuple[frozenset[str], dict[str, str]]:
    forms: dict[str, str] = {}
    ordinary = plain("en")
    for match in _TOKEN.finditer(f"{rest} {sized}"):
        small = re.sub(r"['’]s?$", "", match.group().casefold())
        known = stem(small, "en")
        known = SAME.get(known, known)
        if known in NOT_ABOUT or small in NOT_ABOUT:
            continue
        telling = known in _TELLING or match.group()[0].isdigit() or match.group()[0].isupper()
        if (small in ordinary or known in ordinary) and not (telling and small not in LITTLE):
            continue
        forms.setdefault(known, re.sub(r"['’]s?$", "", match.group()))
    return frozenset(forms), forms


def _screen(memory: Memory) -> bool:
    return memory.facet in (Facet.FRAME, Facet.PAGE)


def _speaker(memory: Memory, names: Sequence[str]) -> frozenset[str]:
    origin = memory.provenance
    mine = origin.mine or memory.facet is Facet.NOTE
    return _stems(" ".join((ME, *names)) if mine else origin.speaker)


def _beside(memory: Memory, names: Sequence[str]) -> frozenset[str]:
    """Who says it, and the title it stands under."""
    if _screen(memory):
        return _stems(memory.provenance.window)
    return _speaker(memory, names)


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word.casefold(), "en") for word in re.findall(r"[^\W_]+", words))
