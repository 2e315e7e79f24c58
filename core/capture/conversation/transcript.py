"""Transcripts of meetings: `.vtt` (WebVTT) and `.srt`, their cues joined into what each speaker said in one go."""

import html
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from core.capture.conversation.documents import begins
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Line, Stream, lines
from core.capture.conversation.turns import Read, StableIds, dated, observed
from core.memory import Channel, Provenance

NAME = "meeting transcript"
_CLOCK = r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,2}}):(?P<{0}s>\d{{2}})(?:[.,]\d{{1,3}})?"
_CUE = re.compile(rf"\s*{_CLOCK.format('b')}(?:\s*-->\s*|,){_CLOCK.format('e')}(?:\s.*)?$")
"""With an arrow in WebVTT and SRT, with a comma in SubViewer's form (.sbv)."""
_COUNTER = re.compile(r"\s*(?=[\w./:-]*\d)[\w./:-]+\s*$")
"""What cues are called: a number, or an id."""
_VOICE = re.compile(r"<v(?:\.[^ \t<>]*)?[ \t]+(?P<name>(?:[^<>\s][^<>]*)?)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font|\d{2}:)[^<>]*>|\{\\[^{}]{1,40}\}", re.IGNORECASE)
"""WebVTT's and SRT's marks, and the places that subtitle editors write into SRT: "{\\an8}"."""
_TITLE = r"(?:Dr|Prof|Mr|Mrs|Ms|Mx|St|Fr|Hr|Ing|Mag|Dipl|Sr|Sra|Dra|Mme|Mlle|Rev|Lt|Col|Gen|Sgt|Capt|[A-Z])\."
_PARTICLES = re.compile("al|a[fv]|bin|d(?:as?|el?|ella|e[nr]|i|os?|u)|el|ibn|l[ae]|te[nr]|v[ao]n|y|zu")
_BEGIN_NO_NAME = re.compile(
    "a|am|an|auf|aus|beim?|con|dans|en|für|il|im|in|mais|mit|nach|o|of|op|par|per|por|que|si|so|sur|te|the|und|was|wie|zu[mr]",
    re.IGNORECASE,
)
"""Words of several languages before one of those in a sentence: "In der Regel: ja"."""
_PREFIX = re.compile(
    r"(?:>>+ ?|- )?(?:\[(?P<square>[^\]\n]{1,60})\]:?|"
    rf"(?P<plain>(?:{_TITLE} ?){{0,3}}[^\W\d_](?:[^:\n.!?<>\[\]]|(?<= [^\W\d_])\.){{0,59}}):)(?:\s+|$)"
)
_ANYBODY = ("speaker", "unknown")
_PAUSE = timedelta(seconds=8)
_LONGEST = 700
"""Characters after which somebody's speech is cut at the next sentence's end."""
_ENDS = (".", "!", "?", "…", "。", "！", "？")
_HEADERS = ("WEBVTT", "NOTE", "STYLE", "REGION", "X-TIMESTAMP-MAP", "KIND:", "LANGUAGE:")

_BEGAN_UTC = re.compile(r"GMT(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})")
"""Zoom's recordings."""
_BEGAN = re.compile(
    r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[T _-]+(?:at )?([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:]?([0-5]\d))?)?(?!\d)"
)
"""Teams' and others' file names."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if begin.startswith(b"WEBVTT"):
        return 0.97
    rows = [row for row in begin[:4096].decode("utf-8", "replace").splitlines() if row.strip()][:3]
    if any(_CUE.match(row) for row in rows[:2]):
        return 0.95
    return 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """What each speaker said, in order; times are the meeting's beginning and the cue's place in it."""
    return dated(_turns(lines(source), context), context)


@dataclass(slots=True)
class _Speech:
    """What somebody says in one go."""

    speaker: str
    begins: timedelta
    ends: timedelta
    line: int
    text: str

    def goes_on(self, other: "_Speech") -> bool:
        """Whether this is more of the same."""
        full = len(self.text) > _LONGEST and (self.text.endswith(_ENDS) or len(self.text) > 2 * _LONGEST)
        return self.speaker == other.speaker and not full and other.begins - self.ends <= _PAUSE


def _turns(rows: Iterable[Line], context: ImportContext) -> Iterator[Read]:
    began, whole = _beginning(context)
    if began is None:
        yield Notice(f"Nothing in the name of {context.name} tells when the meeting was.")
    elif not whole:
        yield Notice(
            f"The name of {context.name} tells the day of the meeting, not its hour: it is dated from midnight."
        )
    ids = StableIds(context.name)
    present: _Speech | None = None
    for found in _cues(rows):
        if not isinstance(found, _Speech):
            yield found
        elif present is not None and present.goes_on(found):
            present.text = f"{present.text} {found.text}"
            present.ends = max(present.ends, found.ends)
        else:
            if present is not None:
                yield _turn(present, began, ids, context)
            present = found
    if present is not None:
        yield _turn(present, began, ids, context)


def _turn(speech: _Speech, began: datetime | None, ids: StableIds, context: ImportContext) -> Read:
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app="Meeting",
        window=context.name,
        conversation=context.name,
        external_id=ids.next(speech.speaker, str(speech.begins), speech.text),
        speaker=speech.speaker,
        mine=context.is_me(speech.speaker),
    )
    return observed(speech.text, began + speech.begins if began else None, provenance, context)


def _cues(rows: Iterable[Line]) -> Iterator[_Speech | Skipped | Notice]:
    """Each cue's speeches, its own speaker or the one before it."""
    times: tuple[timedelta, timedelta] | None = None
    number, speaker, skipping = 0, "", False
    said: list[str] = []
    loose: Line | None = None
    for row in chain(rows, (Line(0, ""),)):
        if row.old_encoding:
            yield Notice(OLD_ENCODING)
        text = "" if row.text is None else row.text.strip()
        cue = _CUE.match(text)
        if times is not None and (cue or not text):
            speaker = yield from _spoken(said, times, number, speaker)
            times = None
        if row.text is None:
            yield Skipped(line=row.number, reason="longer than 10 MB")
        elif times is not None:
            said.append(text)
        elif text.startswith(_HEADERS):
            skipping = True
        elif "->" in text and not cue:
            yield Skipped(line=row.number, reason="a cue whose time cannot be read")
            skipping = True
        elif not skipping or cue:
            if loose is not None and not _COUNTER.match(loose.text or ""):
                yield Skipped(line=loose.number, reason="it belongs to no cue")
            loose = row if text and not cue else None
        skipping = skipping and bool(text) and not cue
        if cue:
            times, number, said = _times(cue), row.number, []


def _times(cue: re.Match[str]) -> tuple[timedelta, timedelta]:
    begin, end = (
        timedelta(hours=int(cue[f"{one}h"] or 0), minutes=int(cue[f"{one}m"]), seconds=int(cue[f"{one}s"]))
        for one in "be"
    )
    return begin, max(begin, end)


def _spoken(
    said: list[str], times: tuple[timedelta, timedelta], number: int, speaker: str
) -> Generator[_Speech | Skipped, None, str]:
    """The speeches of one cue; returns who spoke last, so that a cue that names nobody goes on with them."""
    if not said or not any(_TAG.sub("", one).strip() for one in said):
        yield Skipped(line=number, reason="a cue without words")
        return speaker
    for part in said:
        marks = list(_VOICE.finditer(part))
        if not marks or marks[0].start() > 0:
            lead = part[: marks[0].start()] if marks else part
            if words := _plain(lead):
                speaker, words = _named(words, speaker)
                if words:
                    yield _Speech(speaker, *times, number, words)
        for at, mark in enumerate(marks):
            speaker = " ".join(html.unescape(mark["name"]).split()) or speaker
            words = _plain(part[mark.end() : marks[at + 1].start() if at + 1 < len(marks) else None])
            if words:
                yield _Speech(speaker, *times, number, words)
    return speaker


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def _named(words: str, speaker: str) -> tuple[str, str]:
    """Who is named at the beginning of the words, and what follows; else the one who spoke before."""
    found = _PREFIX.match(words)
    if found is None:
        return speaker, words.removeprefix(">>").strip()
    name = (found["square"] or found["plain"]).strip()
    first, *others = name.split()
    capital = not first.islower() and all(
        _PARTICLES.fullmatch(one) or not one[:1].islower() or not one.islower() for one in others
    )
    if _BEGIN_NO_NAME.fullmatch(first) and any(map(str.islower, others)):
        return speaker, words
    if len(name.split()) > 5 or not (capital or name.casefold().startswith(_ANYBODY)):
        return speaker, words
    if found["square"] and words[found.end("square") + 1 : found.end("square") + 2] != ":" and not capital:
        return speaker, words
    return name, words[found.end() :]


def _beginning(context: ImportContext) -> tuple[datetime | None, bool]:
    """When the meeting began by the file's name, and whether its hour is told."""
    try:
        if found := _BEGAN_UTC.search(context.name):
            year, month, day, hour, minute, second = map(int, found.groups())
            at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            return context.aware(at.astimezone(context.zone)), True
        for found in _BEGAN.finditer(context.name):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            try:
                return context.aware(datetime(year, month, day, hour, minute, second)), found[4] is not None
            except ValueError:
                continue
    except (ValueError, OverflowError):
        return None, False
    return None, False
