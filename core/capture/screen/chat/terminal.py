"""Chats in lines: `12:03 <name> text`, `[12:03] name: text`, and columns of time, name and text. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.capture.screen.chat.columns import lines_of
from core.capture.screen.chat.runs import Run, letters
from core.capture.screen.chat.shapes import NOTHING, Reading, ScreenTurn, boxes_of
from core.capture.screen.chat.times import Now, Stamp, leading, stamp
from core.memory import WordBox
from core.pattern import Pattern

_LEAST = 3
_SHARE = 0.5
_SPOKEN = 0.12
_NICK = r"[@+%&~!]?[^\W\d_][\w.\-\[\]|`^{}\\]{0,29}"
_ANGLED = Pattern(rf"[<‹«]\s?({_NICK})\s?[>›»]")
_COLON = Pattern(rf"({_NICK}(?:\s[^\W\d_][\w.\-]*)?)\s?:")
_BRACKETS = Pattern(r"(?=.{0,24}\])(?:\[[^\]]{1,20}\]\s?){0,2}\[?([^\W\d_][\w.\- ]{0,24})\]?\s?:")
"""`[Guild] [Dana]: text`, with times or without."""
_MARKED = ("angled", "bracket", "bare")
"""Forms in which names are surely names."""
_PLAIN = "plain"
"""`Dana: text` and no time: only above a field to write in."""
_BARS = frozenset("|│┃¦")
_NOTICE = Pattern(r"(?:-!-|-->|<--|--|\*\*\*|\*|=!=|-\w+-|⚡|→|←).*")
NO_NAME = frozenset(
    [
        "info",
        "warn",
        "warning",
        "error",
        "debug",
        "trace",
        "fatal",
        "critical",
        "notice",
        "verbose",
        "ok",
        "fail",
        "failed",
        "pass",
        "passed",
        "note",
        "todo",
        "fixme",
        "http",
        "https",
        "usage",
        "default",
        "return",
        "step",
        "task",
        "stdout",
        "stderr",
        "kernel",
        "systemd",
        "sudo",
    ]
)
_SPEECH = Pattern(
    r"\b(?:i|i'm|i'll|i've|you|we|me|my|our|us|your|he|she|ich|du|wir|mir|dir|je|tu|nous|vous|yo|tú|nosotros)\b|\?\s*$"
    r"|^(?:thanks|thx|ok|okay|yes|yeah|no|nope|haha|lol|hi|hey|hello|please|sorry|good morning|danke|ja|nein|bitte"
    r"|merci|oui|non|gracias|sí)\b(?![\s]+[a-z]+ed\b)[^:]{0,20}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    nick: str
    form: str
    stamp: Stamp | None
    words: tuple[WordBox, ...]
    """After the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    turn: ScreenTurn
    left: int
    begin: int
    """Of what was said, and of its row."""
    """Where its text begins, so where what is wrapped goes on."""
    row: int


def terminal_turns(found: Sequence[Run], now: Now, names: frozenset[str], *, field: bool = False) -> Reading:
    """The turns of a pane that is a chat in lines; nothing when it is none.

    At least three lines by at least two names must make half of it, and sound like people. `names`: the owner's;
    `field`: one writes below it, so lines without times are read too.
    """
    tall = letters(found)
    written = lines_of(found, now, tall)
    said = [_row(row, now) for row in written]
    if not field:
        said = [None if one is not None and one.form == _PLAIN else one for one in said]
    forms = Counter(one.form for one in said if one is not None)
    if not forms or forms.most_common(1)[0][1] < _LEAST:
        return NOTHING
    form = forms.most_common(1)[0][0]
    edge = min(row[0].left for row, one in zip(written, said, strict=True) if one is not None)
    limit = max(row[-1].right for row, one in zip(written, said, strict=True) if one is not None)
    begun: list[_Begun] = []
    open_ = False
    noticed = gone_on = 0
    for number, (row, one) in enumerate(zip(written, said, strict=True)):
        if one is not None and one.form == form:
            begun.append(_begin(one, row[0].left, number, names))
            open_ = True
        elif begun and open_ and one is None and _goes_on(row, begun[-1], written, number, (edge, limit), tall, now):
            begun[-1] = _longer(begun[-1], row, number)
            gone_on += 1
        else:
            open_ = False
            noticed += _is_notice(row, now)
    turns = [one.turn for one in begun if one.turn.text]
    if len(begun) + gone_on + noticed < _SHARE * len(written) or not people(turns, form):
        return NOTHING
    stray = len(written) - len(begun) - gone_on - noticed
    return Reading(turns=tuple(turns), sure=2, proof=1.5 * len(turns), stray=0.5 * stray)


def _row(row: Sequence[Run], now: Now) -> _Row | None:
    words = [word for run in row for word in run.words]
    texts = [word.text for word in words]
    count, found = leading(texts, now)
    rest = words[count:]
    if not rest:
        return None
    if (
        found is not None
        and len(row) > 2
        and len(row[0].words) == count
        and len(row[1].words) == 1
        and _nick(row[1].text)
    ):
        said = tuple(word for run in row[2:] for word in run.words)
        if row[1].text not in _BARS and said[0].text not in _BARS:  # the bar between is thin, and often not read
            return _Row(nick=row[1].text, form="bar", stamp=found, words=said)
    line = " ".join(word.text for word in rest)
    if match := _ANGLED.match(line):
        return _Row(nick=match[1], form="angled", stamp=found, words=_after(rest, match.end()))
    if (match := _BRACKETS.match(line)) and _nick(match[1]):
        return _Row(nick=match[1], form="bracket", stamp=found, words=_after(rest, match.end()))
    if found is None:
        match = _COLON.match(line)
        after = _after(rest, match.end()) if match is not None and _nick(match[1]) else ()
        return _Row(nick=match[1], form=_PLAIN, stamp=None, words=after) if match is not None and after else None
    if rest[0].text in _BARS and len(rest) > 1:
        rest = rest[1:]
    for place, word in enumerate(rest[:3]):
        if word.text in _BARS and place:
            nick = " ".join(one.text for one in rest[:place])
            return _Row(nick=nick, form="bar", stamp=found, words=tuple(rest[place + 1 :])) if _nick(nick) else None
    if match := _COLON.match(line):
        if not _nick(match[1]):
            return None
        return _Row(nick=match[1], form="colon", stamp=found, words=_after(rest, match.end()))
    return None


def _nick(words: str) -> bool:
    return words.casefold().strip("[]") not in NO_NAME and len(words) <= 32 and any(c.isalpha() for c in words)


def _after(words: Sequence[WordBox], begin: int) -> tuple[WordBox, ...]:
    """The words from a character of their line on."""
    at = 0
    for number, word in enumerate(words):
        if at >= begin:
            return tuple(words[number:])
        if at + len(word.text) > begin:
            return (replace(word, text=word.text[begin - at :]), *words[number + 1 :])
        at += len(word.text) + 1
    return ()


def _begin(one: _Row, begin: int, row: int, names: frozenset[str]) -> _Begun:
    nick = one.nick.lstrip("@+%&~!")
    turn = ScreenTurn(
        speaker=nick,
        mine=nick.casefold() in names,
        text=" ".join(word.text for word in one.words),
        day=one.stamp.day if one.stamp else None,
        clock=one.stamp.clock if one.stamp else None,
        boxes=one.words,
    )
    return _Begun(turn=turn, left=one.words[0].left if one.words else 0, begin=begin, row=row)


def _goes_on(
    row: Sequence[Run],
    begun: _Begun,
    written: Sequence[Sequence[Run]],
    number: int,
    ends: tuple[int, int],
    tall: float,
    now: Now,
) -> bool:
    """Whether a row is what did not fit on the row before: it is right below, and its first word had no room there."""
    above = written[number - 1]
    edge, limit = ends
    if row[0].top - above[0].top > 2.0 * tall or begun.row != number - 1 or _is_notice(row, now):
        return False
    if row[0].left < min(begun.begin, edge) - tall:
        return False
    first = row[0].words[0]
    if leading([word.text for word in row[0].words], now)[0]:
        return False
    if abs(row[0].left - begun.left) < 0.7 * tall:
        return True
    return above[-1].right + first.width + 0.4 * tall > limit - 0.5 * tall


def _longer(begun: _Begun, row: Sequence[Run], number: int) -> _Begun:
    turn = begun.turn
    text = f"{turn.text} {' '.join(run.text for run in row)}".strip()
    return replace(begun, turn=replace(turn, text=text, boxes=(*turn.boxes, *boxes_of(row))), row=number)


def _is_notice(row: Sequence[Run], now: Now) -> bool:
    texts = [word.text for run in row for word in run.words]
    count, _ = leading(texts, now)
    line = " ".join(texts[count:])
    return _NOTICE.compiled.fullmatch(line) is not None or stamp(" ".join(texts), now) is not None


def people(turns: Sequence[ScreenTurn], form: str) -> bool:
    """Whether two or more talk, and as people do."""
    names = {turn.speaker.casefold() for turn in turns}
    if len(turns) < _LEAST or len(names) < 2:
        return False
    if form == _PLAIN and not _come_back(turns):
        return False
    if form == "bracket" and max(Counter(turn.speaker for turn in turns).values()) < 2:
        return False
    spoken = sum(_SPEECH.search(turn.text) is not None for turn in turns)
    return spoken >= (0.5 if form in _MARKED else 1.0) * _SPOKEN * len(turns) and spoken > 0


def _come_back(turns: Sequence[ScreenTurn]) -> bool:
    """Whether two or more speak again after others."""
    names = [turn.speaker for turn in turns]
    changes = Counter(name for name, after in pairwise([*names, ""]) if name != after)
    return sum(number > 1 for number in changes.values()) > 1
