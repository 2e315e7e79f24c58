"""What a memory says of the day of an event: whose event it is, and the one time told in the same breath."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.dates import calendar, words
from core.dates.calendar import Days, NoSuchDate
from core.dates.grammar import Form, Mention, mentions
from core.dates.region import Region
from core.dates.spans import Lean, days_of
from core.memory import Memory
from core.sentences import pieces

_TOLD = frozenset(
    {
        Form.ISO, Form.DAY, Form.DAYS, Form.NEAR, Form.AGO, Form.WEEKDAY, Form.TURN, Form.HENCE, Form.MONTH,
        Form.NUMERIC, Form.HOLIDAY, Form.NTH,
    }
)  # fmt: skip
_AHEAD = re.compile(
    r"\b(?:will|'ll|’ll|going to|plan(?:s|ning|ned)?|next|booked|is on|are on|is set|let's|shall|until|tomorrow|opens|"
    r"starts|leaves|off to|moved to|postponed to)\b",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:\w+ed|was|were|went|had|did|got|met|saw|took|made|came|bought|ran|ate|hit|began|broke|left|gave|told|said|felt"
    r"|fell|flew|held|put|sang|won|lost|brought|quit|just|ago|yesterday|last)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:if|might|maybe|perhaps|would|could|should|not|never|or|dream\w*|imagine\w*|suppose\w*|wish\w*|hope\w*|"
    r"thinking|novel|story|film|movie|series|screenplay)\b|n['’]t\b",
    re.IGNORECASE,
)
OFF = re.compile(
    r"\b(?:cancel\w*|called\s+off|is\s+off|was\s+off|won['’]t\s+happen|fell\s+through|no\s+longer)\b", re.IGNORECASE
)
"""What is no more going to be."""
CHANGED = re.compile(
    r"\b(?:moved\s+to|postponed|pushed\s+back|brought\s+forward|resched\w*|changed|instead|new\s+date|now\s+on|delayed)\b",
    re.IGNORECASE,
)
"""A day that takes the place of an earlier one."""
_TO = re.compile(r"\s*(?:to|until|till|through|-|–|and)\s*", re.IGNORECASE)
_LASTING = re.compile(rf"\bfor\s+{words.COUNT}\s+(?P<unit>day|night|week)s?\b", re.IGNORECASE)
_POSSESSOR = re.compile(r"['’]s?$")
LONGEST_DAYS = 31
"""That an event lasts."""
_LONGEST_TEXT = 4000
_BEFORE_IT = (
    r"(?P<owner>(?:my|our|the|your|his|her|their|this|that|a|an)\s+)?"
    r"(?P<between>(?:[\w-]+(?:['’]s?)?\s+){{0,3}}?){word}"
)
_SOMEBODY = re.compile(r"\b(?:my|our|his|her|their|the)\s+[a-z]+\s+(?:(?:has|had|got|is|was|just)\s+)?$", re.IGNORECASE)
"""Who did it, where it is not the one who speaks: "my sister got"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An event asked for: each of its words with others that say the same, and whose it is.

    `owners`: "" is the person, else a folded name; one of them must fit.
    """

    words: tuple[tuple[str, ...], ...]
    owners: frozenset[str]
    clause: bool
    """It was told with a verb: "when we moved"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The days of an event as a memory tells them, and how surely it is that event: 0 is best."""

    days: Days
    doubt: int
    changed: bool


def told(memory: Memory, wanted: Wanted, region: Region) -> Told | None:
    """The one time in the sentence that names the event, or in the one beside it, when it is the right one's event."""
    sentences = [piece for piece in pieces(memory.text[:_LONGEST_TEXT]) if not piece.mark.startswith("?")]
    for place, sentence in enumerate(sentences):
        doubt = fits(sentence.whole, wanted, memory)
        if doubt is None or _UNSURE.search(sentence.whole) or OFF.search(sentence.whole):
            continue
        for text in (sentence.whole, *(one.whole for one in sentences[max(0, place - 1) : place + 2])):
            days = _one_time(text, memory.at.date(), region)
            if days is not None:
                return Told(days=days, doubt=doubt, changed=CHANGED.search(memory.text) is not None)
            if mentions(text, _TOLD):
                break
    return None


def called_off(memory: Memory, wanted: Wanted) -> bool:
    """Whether it says that the event is not to be."""
    return any(
        OFF.search(piece.whole) and fits(piece.whole, wanted, memory) is not None
        for piece in pieces(memory.text[:_LONGEST_TEXT])
    )


def fits(text: str, wanted: Wanted, memory: Memory) -> int | None:
    """How doubtful it is that a sentence speaks of the event, 0 least; None when it is not this event or not theirs."""
    folded = text.casefold()
    for forms in wanted.words:
        if not any(re.search(rf"\b{re.escape(form[: max(4, len(form) - 2)])}", folded) for form in forms):
            return None
    head = "|".join(re.escape(form) for form in wanted.words[-1])
    found = re.search(_BEFORE_IT.format(word=rf"(?:{head})s?\b"), text, re.IGNORECASE)
    owner = (found["owner"] or "").strip().casefold() if found else ""
    between = found["between"].split() if found else []
    speaker = "" if memory.provenance.mine else memory.provenance.speaker.strip().casefold()
    whose = frozenset({speaker}) if wanted.clause else _whose(owner, between, speaker)
    if whose is None or not (wanted.owners & whose):
        return None
    if wanted.clause:
        somebody = found is not None and _SOMEBODY.search(text, 0, found.start())
        return None if somebody and "" in wanted.owners else 0
    known = {form for forms in wanted.words for form in forms}
    own = between[max((place + 1 for place, word in enumerate(between) if _POSSESSOR.search(word)), default=0) :]
    extra = [word for word in own if not any(word.casefold().startswith(form[:4]) for form in known)]
    if any(word[:1].isupper() and text.find(word) > 0 for word in extra):
        return None
    return 1 if extra else 0


def _whose(owner: str, between: Sequence[str], speaker: str) -> frozenset[str] | None:
    """Whose event it can be: "" is the person; None for somebody who is not named."""
    possessor = next((word for word in between if _POSSESSOR.search(word)), "")
    if possessor:
        name = _POSSESSOR.sub("", possessor)
        return frozenset({name.casefold()}) if name[:1].isupper() else None
    if owner in ("his", "her", "their"):
        return None
    if owner == "your":
        return None if not speaker else frozenset({""})
    if owner in ("my", "our") or not speaker:
        return frozenset({speaker})
    return frozenset({speaker, ""})


def _one_time(text: str, said: date, region: Region) -> Days | None:
    """The one time a sentence tells, or the stretch between its two; None for several or none."""
    found = [mention for mention in mentions(text, _TOLD) if not mention.vague]
    lean = Lean.RATHER_COMING if _AHEAD.search(text) or not _OVER.search(text) else Lean.RATHER_PAST
    try:
        if len(found) == 2 and _TO.fullmatch(text[found[0].end : found[1].start]):
            last = days_of(found[1], said, lean, region).last
            first = days_of(found[0], said, lean, region).first
            days = Days(first=first, last=last)
        elif len(found) == 1:
            days = _lasting(days_of(found[0], said, lean, region), found[0], text)
        else:
            return None
    except NoSuchDate:
        return None
    return days if 0 <= (days.last - days.first).days < LONGEST_DAYS else None


def _lasting(days: Days, mention: Mention, text: str) -> Days:
    """ "On the 20th for ten days" goes on for these."""
    match = _LASTING.search(text, mention.end)
    if match is None or days.first != days.last:
        return days
    count = words.count(match["count"])[0] * (7 if match["unit"].lower() == "week" else 1)
    return Days(first=days.first, last=calendar.moved(days.first, count - 1))
