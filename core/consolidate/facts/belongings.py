"""What people say of what is theirs: "my X is Y", "the rent is", "favourite ice cream: pistachio", by the kind of X."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.consolidate.days import day_in_year
from core.consolidate.facts.attributes import canonical
from core.consolidate.facts.told import ME, Told
from core.consolidate.facts.values import anything, contact, job, person, postal, thing
from core.consolidate.facts.vocabulary import (
    KIN,
    LANGUAGES,
    MONTH_OR_DAY,
    NAME,
    NO_NAME,
    NOBODY,
    PERSON,
    PETS,
    TAIL,
    words,
)
from core.dates.words import CALENDAR, NUMBERS, WEEKDAYS
from core.pattern import Pattern

_OWN = Pattern(
    r"^(?:(?:that's|this is)\s+)?(?:my|our)\s+(?:(?:new|current|own|only|dear|present|dutch|german|british)\s+)*",
    re.IGNORECASE,
)
_THE = Pattern(r"^(?:the|this year's|this month's)\s+(?:(?:new|current)\s+)?", re.IGNORECASE)
_NEW = Pattern(r"^(?:new|current)\s+", re.IGNORECASE)
_IT_IS_MY = Pattern(
    r"^(?:that's|this is|here's|here is|it's)\s+(?:my|our)\s+(?:(?:new|current|own)\s+)*", re.IGNORECASE
)
_LATER = r"(?:(?:now|still|officially|currently|actually|just)\s+)?"
_IS = rf"(?:'s|\s+is|\s+are|:|\s+=)\s*{_LATER}"
_CALLED = rf"(?:(?:'s|\s+is|\s+are)\s+{_LATER}(?:called|named)|'s\s+name\s+(?:is|was)|:\s+called)\s+"
_STOP = r"(?=\s*(?:$|[,.;!(?]|\s-\s|\b(?i:and|now|but|so|since|because|by the way|please|if)\b))"
_AMOUNT = (
    r"(?:[€$£]\s?\d[\d.,]*k?|\d[\d.,]*k?\s?(?:€|£|\$|(?i:euros?|dollars?|pounds?|bucks|francs?|quid|EUR|USD|GBP|CHF"
    r"|kr(?:on[aeo]r?|oner)?|zł|yen))(?!\w))(?!\s+worth)"
)
_PER = r"(?:\s+(?:a|per|an|each|every)\s+(?:day|week|month|year|hour|night|lesson|session|person))"
_SUM = rf"(?P<value>{_AMOUNT}{_PER}?|\d[\d.,]*{_PER})(?=\s*(?:$|[,;.!(]|\b(?:now|from|so|and|but|not|plus|all|in)\b))"
_COSTS = (
    rf"(?:{_IS}|\s+costs?(?:\s+me|\s+us)?\s+|\s+comes\s+to\s+|\s+(?:has\s+)?(?:went|gone|rose"
    rf"|risen"
    r"|dropped|fell|goes|is)\s+(?:up|down)?\s*to\s+)(?:now\s+)?"
)
_NUMBERED = (
    r"(?!(?:tele)?phone|mobile|cell)(?:[a-z]+\s){0,2}number|shoe size|size|ring size|licen[cs]e plate|number plate"
    r"|plate|booking reference|reference"
    r"|student id|locker code|zip code|postcode|height|weight|seat|(?:[a-z]+\s)number of the [a-z]+"
)
_DAYS = r"birthday|date of birth|name day|(?:wedding )?anniversary|wedding|due date"
_THINGS = r"car|bike|bicycle|phone|laptop|computer|camera|van|scooter|motorbike|motorcycle|tablet"
_NAMED = (
    "wifi network|wifi|network|company|band|team|school|book|blog|website|podcast|channel|project|boat|shop"
    "|choir|club|startup|start-up|newsletter|house|car|bike|yacht|novel|course|cottage|studio|farm|practice"
)
_PROPER = (
    r"(?:[a-z-]+\s)?(?:bank|gym|school|university|uni|provider|insurer|insurance|club|airline|employer|hometown"
    r"|home town"
    r"|birthplace|street|clinic|hospital|practice|choir|team|college|church|parish|tariff|plan)"
)
_PERSONAL = (
    r"blood (?:group|type)|star sign|zodiac sign|pronouns|surname|last name|family name|maiden name|middle name"
    r"|nickname|stage name|username|nationality|native language|mother tongue|job title"
)
_PRICED = (
    r"rent|deposit|salary|budget|mortgage|hourly rate|day rate|rate|membership|subscription|tuition|insurance|premium"
    r"|allowance|pension|loan|bill|electricity bill|phone bill|heating|gym|phone contract|contract|fee|monthly fee"
    r"|ticket"
    r"|season ticket|car|kitchen|flat"
)
_WEEKDAYS = "|".join(WEEKDAYS)
_CLOCK = (
    r"(?:\s+(?:at|from)\s+(?:\d{1,2}(?:[:.]\d\d)?(?:\s?[ap]m)?|noon|half past \w+"
    rf"|{'|'.join(NUMBERS)}))?"
)
_WEEKLY = (
    rf"(?i:(?:on\s+)?(?:(?:{_WEEKDAYS})s(?:(?:\s+and\s+|,\s+)(?:{_WEEKDAYS})s)*)|every\s+(?:first|second|third|other"
    rf"|last)?\s*"
    rf"(?:{_WEEKDAYS})|(?:on\s+)?the\s+(?:first|second|third|last)\s+(?:{_WEEKDAYS})\s+of\s+(?:the|each"
    rf"|every)\s+month){_CLOCK}"
)
_ENDS = words("expires ends out until to")
_BLOOD = Pattern(r"^(?:A|B|AB|O|0)\s?(?:\+|-|pos\w*|neg\w*|rh\w*)", re.IGNORECASE)
_SIGNS = words("aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces")
_SIZES = words("small medium large xs xl m s l xxl")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of thing: how it and its value are written behind whose it is, and what the value must look like."""

    pattern: Pattern
    fits: Callable[[str], bool] = anything
    bare: bool = False
    """Also with nobody named as its owner, as in notes: "Landlord is Mr Wu"."""


def _is_day(value: str) -> bool:
    return _day(value) is not None


def _day(value: str) -> str | None:
    told = re.split(r"[,;(]|\s+(?:and|so|but|same)\b", value)[0].strip()
    return day_in_year(re.sub(r"^(?:on\s+)?the\s+(?=\d)", "", told, flags=re.IGNORECASE))


def _proper(value: str) -> bool:
    return value.split()[0].lower() not in NOBODY | NO_NAME and not MONTH_OR_DAY.match(value)


def _personal(what: str, value: str) -> bool:
    """Whether a value is one of those that such a thing can have."""
    if what.startswith("blood"):
        return _BLOOD.match(value) is not None
    if what.endswith("sign"):
        return value.lower() in _SIGNS
    if what == "pronouns":
        return "/" in value
    if what in ("native language", "mother tongue"):
        return value.lower() in words(LANGUAGES, "|")
    if what == "job title":
        return job(value)
    return thing(value)


def _numbered(value: str) -> bool:
    return len(set(re.sub(r"\D", "", value))) > 1 or bool(re.fullmatch(r"\d{1,3}\w?", value)) or value.lower() in _SIZES


def _kind(pattern: str, fits: Callable[[str], bool] = anything, *, bare: bool = False) -> _Kind:
    return _Kind(Pattern(pattern), fits, bare)


_ADDRESS = _kind(
    rf"^(?P<what>(?i:(?:home |postal |work |office )?address)(?:\s+in\s+[A-Z]\w+)?){_IS}(?P<value>[^@;!?]+?)"
    rf"(?=\s+now\b|\s*$)",
    postal,
    bare=True,
)
_KINDS = (
    _kind(
        rf"^(?P<what>(?i:{KIN}|{PETS}))(?:,?\s+is\s+\d+\s+years\s+old\s+and\s+called\s+|{_CALLED}"
        rf"|{_IS}(?:called\s+)?)"
        rf"(?P<value>{PERSON}){_STOP}",
        person,
        bare=True,
    ),
    _kind(
        r"^(?P<what>(?i:(?:great-)?(?:grandmother|grandfather|grandma|grandpa|gran|nan|mother|father|mum|mom|dad)))"
        rf"(?:\s+was\s+called|'s\s+name\s+was)\s+(?P<value>{PERSON}){_STOP}",
        person,
    ),
    _kind(rf"^(?P<what>(?i:{KIN}|{PETS})),?\s+(?P<value>[A-Z][\w'-]+),?\s+(?=[a-z]+)", person),
    _kind(rf"^(?P<what>(?i:{_DAYS}))(?:{_IS}|\s+falls\s+|\s+)(?P<value>[^;!?]+)$", _is_day, bare=True),
    _ADDRESS,
    _kind(rf"^(?P<what>(?i:place|flat|house|home|apartment)){_IS}(?:at |on )?(?P<value>[^@;!?]+?)\s*$", postal),
    _kind(
        r"^(?P<what>(?i:passport|contract|lease|visa|residence permit|subscription|membership|id card"
        r"|driving licence|warranty"
        r"|project|course|notice period|insurance)\s+(?:expires|ends|runs out|runs until|runs to|is valid until))\s+"
        r"(?P<value>[^;!?]+)$",
        _is_day,
    ),
    _kind(rf"^(?P<what>(?i:(?:full )?name)){_IS}(?P<value>{PERSON})(?=\s*(?:$|[,.;!(]|\band\b|\bbut\b))", person),
    _kind(
        r"^(?P<what>(?i:favourite)\s+(?!part|thing|bit|time|moment|memory|colleague|way)[a-z]+(?:\s[a-z]+)?)"
        rf"{_IS}(?:an? old one,\s+)?(?P<value>[^,;.!]+)",
        thing,
        bare=True,
    ),
    _kind(
        rf"^(?P<what>(?i:{_NUMBERED})){_IS}(?P<value>(?:[^,;.!?]|\.(?=\d)){{1,30}}?)(?=\s*(?:$|[,;!]|\.(?!\d)|\s-\s"
        rf"|\bby the way\b))",
        _numbered,
        bare=True,
    ),
    _kind(
        rf"^(?P<what>(?i:{_PERSONAL}))(?:{_IS}|\s+was\s+)(?P<value>[^,;.!]{{1,40}}?)"
        r"(?=\s*(?:$|[,;.!(]|\s-\s|\b(?:since|and|but|as)\b))",
        thing,
        bare=True,
    ),
    _kind(
        rf"^(?P<what>(?i:{_THINGS})){_IS}(?:(?:an?|the)\s+)(?P<value>(?:[a-z]+\s)?[A-Z][\w-]+"
        rf"(?:\s[\w-]+){{0,5}}?)(?=\s*(?:$|[,.;!]|now\b))",
        _proper,
    ),
    _kind(rf"^(?P<what>(?i:office|workplace)){_IS}(?:in|at|on)\s+(?:the\s+)?(?P<value>{NAME}){TAIL}", _proper),
    _kind(
        r"^(?P<what>(?i:rent|salary|pension|mortgage|monthly rent|allowance))(?i:\shere|\sthere)?"
        rf"{_COSTS}(?P<value>\d{{1,3}}(?:[,.]\d{{3}})+|\d+(?=\s+(?:a month|now)))(?=\s*(?:$|[,;!(]|\.(?!\d)|\bnow\b"
        rf"|\ba month\b))"
    ),
    _kind(rf"^(?P<what>(?i:{_NAMED})){_CALLED}(?P<value>[A-Z0-9][^,;.!]{{0,40}}?){_STOP}"),
    _kind(
        r"^(?P<what>(?i:(?!favourite\b|(?:[a-z]+\s)?(?:limit|guess|bet|offer|bid|vote|estimate|point"
        r"|answer)\b)(?:[a-z-]+\s){0,3}?[a-z-]+(?:\s(?:for|of|on)\s(?:the\s|my\s|our\s)?[a-z]+(?:\s[a-z]+)?)?))"
        rf"{_COSTS}(?:about |around |roughly )?{_SUM}"
    ),
    _kind(
        r"^(?P<what>(?i:(?:[a-z]+\s){0,2}?[a-z]+))\s+(?:is|are|meets?|takes place"
        r"|happens)\s+(?:now\s+)?(?:always\s+)?"
        rf"(?:now\s+)?(?P<value>{_WEEKLY})"
    ),
    _kind(rf"^(?P<what>(?i:{_PROPER})){_IS}(?:called\s+)?(?:the\s+)?(?P<value>{NAME}){TAIL}", _proper),
)
_PRICES = _kind(
    rf"^(?P<what>(?i:(?:[a-z]+\s){{0,2}}?(?:{_PRICED})(?:\s(?:for|of)\s(?:the\s|my\s"
    rf"|our\s)?[a-z]+|\shere|\sthere)?)){_COSTS}(?:about |around )?{_SUM}"
)
_PAID = _kind(
    r"^(?P<what>(?i:(?:[a-z]+\s)?(?:deposit|down payment|fee|fare|fine)))(?:\s(?:for|of)\s(?:the\s|my\s"
    r"|our\s)?[a-z]+)?"
    rf"\s+was\s+{_SUM}"
)
_COST_ME = _kind(
    rf"^(?P<what>(?i:[a-z]+))\s+costs?\s+(?:me|us)\s+(?P<value>{_AMOUNT}{_PER}?|\d[\d.,]*\d)(?=\s*(?:$|[,;.!(]"
    rf"|\s(?:and|but)\b))"
)
_MEETS = _kind(
    r"^(?P<what>(?i:(?:[a-z]+\s)?(?:meeting|rehearsal|practice|training|class|lesson|course|choir|club|standup|call"
    r"|market|yoga"
    r"|pilates|swimming|football|seminar|retro|band practice)))\s+(?:is|are|meets?|takes place"
    r"|happens)\s+(?:now\s+)?(?:always\s+)?"
    rf"(?:now\s+)?(?P<value>{_WEEKLY})"
)
_MAIL = Pattern(
    r"^(?P<kind>(?:work|private|home|second|personal|office|business)\s+)?(?:e-?mail|mail)(?:\s+address)?"
    rf"(?:{_IS}|[,:]?\s+(?:btw|by the way)?[,:]?\s*)(?P<value>[\w.+-]+@[\w-]+\.[\w.-]*\w)",
    re.IGNORECASE,
)
_PHONE = Pattern(
    r"^(?P<kind>(?:work|private|home|second|personal|office)\s+)?(?:phone|mobile|cell|telephone|landline|number"
    r"|phone number|mobile number|cell number|telephone number)(?:\s+number)?"
    rf"(?:{_IS}|(?:\s+from now on)?[,:]?\s+(?:btw|by the way)?[,:]?\s*|\s+(?:has\s+)?changed(?:\s+to\s+|:\s*"
    rf"|[,:;.]?\s+(?:it's"
    rf"|it is)\s+(?:now\s+)?))"
    r"(?P<value>\+?\(?\d[\d\s()/.-]{5,18}\d)(?!\d)",
    re.IGNORECASE,
)
_HOME = Pattern(rf"^(?i:home)\s+is\s+(?:now\s+)?(?P<value>{NAME})(?=\s*(?:$|[,.;!]|now\b))")
_REVERSED = Pattern(
    r"^(?P<value>[A-Za-z][\w']*(?:\s[\w']+){0,2})\s+(?:is|are)\s+(?:still\s+"
    r"|definitely\s+)?my\s+(?P<what>favourite\s+"
    r"(?!part|thing|bit|time|moment|memory|colleague|way|one|person|human)[a-z]+(?:\sfor\s[a-z]+)?)(?=\s*(?:$"
    r"|[,.;!]))"
)
_SAVE = Pattern(
    r"^(?:please\s+)?(?:save|note|use|take)\s+(?:this|my new"
    r"|my)\s+number(?:\s+for me)?[,:]?\s+(?P<value>\+?\(?\d[\d\s()/.-]{5,18}\d)(?!\d)",
    re.IGNORECASE,
)
_OF_KIN = Pattern(
    rf"^(?P<kin>(?i:{KIN}))(?:\s+(?P<name>[A-Z][\w-]+))?,?\s+(?i:phone|mobile|tel)\.?:?\s+"
    r"(?P<value>\+?\(?\d[\d\s()/.-]{5,18}\d)\s*$"
)


def belongings(clause: str, subject: str, *, owner: bool = False, alone: bool = True) -> Iterator[Told]:
    """What a clause says of something of the subject's.

    `owner`: whose it is was in front and has been taken off; `alone`: without an owner it is the speaker's own.
    """
    own = _OWN.match(clause) or _IT_IS_MY.match(clause)
    if owner or own:
        yield from _of(clause[own.end() if own else 0 :], subject, _KINDS)
    elif alone and (match := _SAVE.match(clause)) and contact(match["value"]):
        yield Told("phone", subject, match["value"])
    elif alone and (match := _HOME.match(clause)):
        yield Told("lives in", subject, match["value"])
    elif alone and (match := _REVERSED.match(clause)) and match["value"].split()[0].lower() not in NOBODY | CALENDAR:
        yield Told(match["what"], subject, match["value"])
    elif alone:
        yield from _of(
            _NEW.sub("", clause),
            subject,
            [kind for kind in _KINDS if kind.bare and (kind is not _ADDRESS or subject == ME)],
            contacts=_NEW.match(clause),
        )
        the = _THE.match(clause)
        yield from _of(
            clause[the.end() if the else 0 :], subject, (_PRICES, _PAID, _COST_ME, _MEETS, *([_ADDRESS] if the else []))
        )
        if match := _OF_KIN.match(clause):
            yield Told("phone", f"{canonical(match['kin'])} of {subject}", match["value"])


def _of(
    rest: str, subject: str, kinds: Iterator[_Kind] | list[_Kind] | tuple[_Kind, ...], contacts: object = True
) -> Iterator[Told]:
    if contacts:
        if match := _MAIL.match(rest):
            yield Told(f"{(match['kind'] or '').lower()}email", subject, match["value"])
            return
        match = _PHONE.match(rest)
        if match and contact(match["value"]):
            yield Told(f"{(match['kind'] or '').lower()}phone", subject, match["value"])
            return
    for kind in kinds:
        match = kind.pattern.match(rest)
        if match and kind.fits(match["value"].strip()):
            if re.fullmatch(_PERSONAL, match["what"].lower()) and not _personal(match["what"].lower(), match["value"]):
                return
            told = _told(match, subject)
            if told is not None:
                yield told
                return


def _told(match: re.Match[str], subject: str) -> Told | None:
    what = " ".join(match["what"].split()).lower()
    value = match["value"].strip()
    if re.fullmatch(_DAYS, what) or (what.split()[-1] in _ENDS and _is_day(value)):
        day = _day(value)
        return Told("birthday" if what == "date of birth" else what, subject, day) if day else None
    if what in ("place", "flat", "house", "home", "apartment"):
        what = "address"
    if what.startswith(("address", "home address")):
        what = what.partition(" in ")[0]
    if what == "full name":
        what = "name"
    if what.startswith("favourite"):
        value = re.sub(r"(?<=\w)\s+(?:on|in|at|near)\s+.*$", "", value)
    if re.match(_WEEKLY, value):
        value = re.sub(r"^on\s+", "", value)
    if what == "weight" or what == "height":
        value = re.sub(r"\s+tall$", "", value)
    return Told(what, subject, value.removesuffix(" now").strip())
