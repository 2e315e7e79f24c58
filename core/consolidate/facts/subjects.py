"""Who a clause is about: the speaker, somebody's kin, somebody named, or the last one named, only when that is sure."""

import re
from dataclasses import dataclass

from core.consolidate.facts.told import Told
from core.consolidate.facts.values import person
from core.consolidate.facts.vocabulary import KIN, MONTH_OR_DAY, NOBODY, PETS, words
from core.pattern import Pattern

_SELF = Pattern(r"^(?:(?:[A-Z]\w+ and )?I|we)(?=[\s'])\s*", re.IGNORECASE)
_ELIDED = Pattern(
    r"^(?=(?:just |finally |recently )?(?:moved (?:in)?to|can't stand|cannot stand|started at|started working"
    r"|got a new job|switched|changed (?:my|from)"
    r"|quit|left|gave up|stopped|joined|living in|working (?:at|for)|allergic to|renamed|have moved|am now"
    r"|now at)\b)",
    re.IGNORECASE,
)
_KIN = Pattern(
    rf"^(?:my|our)\s+(?:(?:dear|new|own|youngest|eldest|oldest|middle)\s+)?(?P<kin>{KIN})\b"
    r"(?:,?\s+(?P<called>(?-i:[A-Z])[\w-]+)\b(?:\s*,)?)?(?=\s|'s)",
    re.IGNORECASE,
)
_PARENT = Pattern(r"^(?P<kin>mum|mom|dad|grandma|grandpa|granny)(?=\s|'s\s)", re.IGNORECASE)
_NAMED = Pattern(r"^(?P<name>[A-Z][\w-]+(?:\s(?:de |van |von )?[A-Z][\w-]+)?)(?=\s+[a-z]|'s\s)")
_THEY = Pattern(r"^(?P<who>he|she)(?=[\s'])", re.IGNORECASE)
_WRITTEN_SMALL = Pattern(
    r"^(?P<name>[a-z]{3,12})(?='s\s+(?:shoe size|birthday|surname|last name|height|teacher|school)\b)"
)
"""A name as chats write it, where only a person can have what follows."""
_NO_ONE = NOBODY | words(f"{KIN}|{PETS}|baby|child|world|week|month|year|country|city|town|customer|who|it|let", "|")
_THEIRS = Pattern(r"^(?:his|her)\s+(?:(?:new|current)\s+)?(?=[a-z])", re.IGNORECASE)
_AUXILIARY = Pattern(r"^(?P<form>'m|'re|'s|'ve|'ll|'d|am|are|is|have|has|will|was|were)\b\s*", re.IGNORECASE)
_ADVERB = Pattern(
    r"^(?:(?:just|now|also|recently|finally|actually|currently|still|really|both|already|officially|always|absolutely"
    r"|totally|originally|permanently|definitely|only|even|even|lately|newly|once again|again|in fact|as of today"
    r"|very much|proudly|happily)\s+)+",
    re.IGNORECASE,
)
_FORMS = {"'m": "BE", "am": "BE", "are": "BE", "'re": "BE", "is": "BE", "'ve": "HAVE", "have": "HAVE", "has": "HAVE"}
_FORMS |= {"'ll": "WILL", "will": "WILL", "'d": "WOULD", "was": "WAS", "were": "WAS"}
_PARTICIPLE = re.compile(r"(?:moved|lived|got|been|started|joined|changed|switched|bought|relocated|become|turned)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom a clause is about, and the rest of it: its auxiliary as BE, HAVE, WILL, its adverbs left out."""

    subject: str
    said: str
    owner: bool = False
    """The rest begins with what is theirs: "Ana's birthday is"."""
    also: tuple[Told, ...] = ()
    """What naming them said by the way: that my sister is called Ana."""


def normal(name: str) -> str:
    """A name as a subject."""
    return " ".join(name.casefold().split())


def about(clause: str, speaker: str, last: str) -> About | None:
    """Whom the clause is about; `last` is the one named before it in the same text, empty when that is not sure."""
    if match := _SELF.match(clause) or _ELIDED.match(clause):
        return About(subject=speaker, said=plain(clause[match.end() :]))
    if match := _KIN.match(clause):
        return _kin(clause, match, speaker)
    if (match := _THEIRS.match(clause)) and last:
        return About(subject=last, said=clause[match.end() :], owner=True)
    if match := _PARENT.match(clause):
        return _said_of(f"{match['kin'].lower()} of {speaker}", clause[match.end() :])
    if (match := _THEY.match(clause)) and last:
        return About(subject=last, said=plain(clause[match.end() :].strip()))
    if (match := _WRITTEN_SMALL.match(clause)) and match["name"] not in _NO_ONE:
        return _said_of(match["name"], clause[match.end() :])
    if (match := _NAMED.match(clause)) and named(match["name"]):
        return _said_of(normal(match["name"]), clause[match.end() :])
    return None


def named(name: str) -> bool:
    """Whether capitals stand for somebody's name."""
    return not (set(normal(name).split()) & NOBODY) and not MONTH_OR_DAY.match(name) and person(name)


def _kin(clause: str, match: re.Match[str], speaker: str) -> About | None:
    called = match["called"] or ""
    if called and (not called[0].isupper() or not named(called)):
        return None
    kin = match["kin"].lower()
    also = (Told(kin, speaker, called),) if called else ()
    found = _said_of(normal(called) if called else f"{kin} of {speaker}", clause[match.end() :])
    return About(subject=found.subject, said=found.said, owner=found.owner, also=also)


def _said_of(subject: str, rest: str) -> About:
    if rest.startswith("'s "):
        following = rest[3:].lstrip()
        verbal = re.match(r"(?:a|an|the|in|at|on|now|not|just|also|been|moved|living|working|allergic)\b", following)
        if not verbal:
            return About(subject=subject, said=following, owner=True)
    return About(subject=subject, said=plain(rest.strip()))


def plain(said: str) -> str:
    """The auxiliary in front as BE, HAVE, WILL, WOULD or WAS; adverbs left out; "have been living" is "BE living"."""
    said = _ADVERB.sub("", said.strip())
    found = _AUXILIARY.match(said)
    if found is None:
        return said
    rest = _ADVERB.sub("", said[found.end() :])
    form = found["form"].lower()
    kind = _FORMS.get(form) or ("HAVE" if _PARTICIPLE.match(rest) else "BE")
    if kind == "HAVE" and re.match(r"been\b", rest):
        kind, rest = "BE", _ADVERB.sub("", rest[4:].lstrip())
    return f"{kind} {rest}"
