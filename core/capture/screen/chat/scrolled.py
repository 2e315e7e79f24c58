"""Successive looks at one chat joined into one talk: only what is new is added, where it belongs. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.capture.screen.chat.alike import cut_of, key, same_name, same_text
from core.capture.screen.chat.shapes import ScreenTurn

_LATER = timedelta(minutes=2)
_LIVE = timedelta(minutes=15)
_HALF_A_MINUTE = timedelta(seconds=30)
_A_MOMENT = timedelta(milliseconds=1)
_CHANGED = 0.5
MOST = 600
"""Turns of one conversation that are held in mind."""
_SAME_WORDS = 2
"""Messages that must be known word for word and minute for minute before a name is taken to be another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A turn of the talk. `at` is aware; `at_given` where the day and the minute are what the screen said."""

    id: str
    speaker: str
    mine: bool
    text: str
    at: datetime
    at_given: bool
    clocked: bool
    """A time of day was shown."""
    turn: ScreenTurn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The whole talk as it is known now, and which of it is new or reads otherwise than before."""

    talk: tuple[Known, ...]
    new: tuple[Known, ...] = ()
    changed: tuple[Known, ...] = ()


def joined(talk: Sequence[Known], turns: Sequence[ScreenTurn], now: datetime, conversation: str) -> Joined:
    """`talk` with what `turns`, seen together at `now` from the top, add to it.

    The longest common course of both says where the window stands; what is not in it goes before, between or
    after. Whose name is out of view is only found again, never added. A message cut by the edge of the window
    grows when it is seen whole, one that was edited is another version of the same.
    """
    turns = _by_known_names(talk, turns, conversation)
    pairs = _course(talk, turns)
    matched = {there: here for here, there in pairs}
    times = _times(turns, {there: talk[here] for there, here in matched.items()}, now)
    known = list(talk)
    new: list[Known] = []
    changed: list[Known] = []
    shift = 0
    last = -1
    for number, turn in enumerate(turns):
        if number in matched:
            last = matched[number] + shift
            grown = _grown(known[last], turn)
            if grown is not None:
                known[last] = grown
                changed.append(grown)
            continue
        if not turn.speaker and not turn.mine:
            continue
        following = next((matched[n] + shift for n in range(number + 1, len(turns)) if n in matched), None)
        edited = _edited(known, turn, last, following, new)
        if edited is not None:
            known[edited] = replace(known[edited], text=turn.text, turn=turn)
            changed.append(known[edited])
            last = edited
            continue
        at, given = times[number]
        index = _index(known, at, last, following)
        one = _made(turn, _between(known, at, index), given, conversation, known)
        known.insert(index, one)
        new.append(one)
        shift += 1
        last = index
    return Joined(talk=tuple(known[-MOST:]), new=tuple(new), changed=tuple(changed))


def _by_known_names(talk: Sequence[Known], turns: Sequence[ScreenTurn], conversation: str) -> Sequence[ScreenTurn]:
    """The turns, those under a name never seen put under the one that the same words of the same minutes are known by.

    A line that the edge cuts off may look like a name. Not where the conversation is called by the new one.
    """
    names = {one.speaker for one in talk if not one.mine}
    said = {(key(one.text), one.at.hour, one.at.minute): one.speaker for one in talk if one.clocked and not one.mine}
    other: dict[str, list[str]] = {}
    for turn in turns:
        if turn.mine or turn.clock is None or turn.speaker in names or key(turn.speaker) in key(conversation):
            continue
        known = said.get((key(turn.text), turn.clock.hour, turn.clock.minute), "")
        if known:
            other.setdefault(turn.speaker, []).append(known)
    right = {name: ones[0] for name, ones in other.items() if len(ones) >= _SAME_WORDS and len(set(ones)) == 1}
    return [replace(turn, speaker=right[turn.speaker]) if turn.speaker in right else turn for turn in turns]


def _course(talk: Sequence[Known], turns: Sequence[ScreenTurn]) -> list[tuple[int, int]]:
    """Pairs (place in the talk, place in the turns) of the heaviest common course of both."""
    if not talk or not turns:
        return []
    there = [key(turn.text) for turn in turns]
    here = [key(known.text) for known in talk]
    rows, columns = len(talk), len(turns)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    same = [[False] * columns for _ in range(rows)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if _same(talk[i], turns[j], here[i], there[j], first=j == 0, last=j == columns - 1):
                same[i][j] = True
                weight = 1.0 + min(len(there[j]), 40) / 40 + 0.5 * (talk[i].speaker == turns[j].speaker)
                best[i][j] = max(best[i][j], weight + best[i + 1][j + 1])
    pairs = []
    i = j = 0
    while i < rows and j < columns:
        # the later of equal ways: a window stands at the end of a talk more often than not
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif same[i][j] and best[i][j] > best[i][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        else:
            j += 1
    return pairs


def _same(known: Known, turn: ScreenTurn, here: str, there: str, *, first: bool, last: bool) -> bool:
    if known.mine != turn.mine and (turn.mine or turn.speaker):
        return False
    if turn.speaker and known.speaker and not known.mine and not same_name(known.speaker, turn.speaker):
        return False
    if turn.clock is not None and known.clocked:
        shown = known.at.replace(hour=turn.clock.hour, minute=turn.clock.minute, second=turn.clock.second)
        if abs((shown - known.at).total_seconds()) > 90:
            return False
        if turn.day is not None and known.at_given and turn.day != known.at.date():
            return False
    if same_text(known.text, turn.text, keys=(here, there)):
        return True
    if cut_of(there, here, above=True):
        return first
    if cut_of(there, here, above=False):
        return last
    return cut_of(here, there, above=True) or cut_of(here, there, above=False)


def _grown(known: Known, turn: ScreenTurn) -> Known | None:
    """The same turn with more of its text in view."""
    here, there = key(known.text), key(turn.text)
    if cut_of(here, there, above=True) or cut_of(here, there, above=False):
        return replace(known, text=turn.text, turn=turn)
    return None


def _edited(
    known: Sequence[Known], turn: ScreenTurn, last: int, following: int | None, new: Sequence[Known]
) -> int | None:
    """The one turn between two that are in view which this one must be: by the same person, at the same time."""
    if last < 0 or following is None or following - last != 2:
        return None
    old = known[last + 1]
    if (
        any(old is one for one in new)
        or old.mine != turn.mine
        or (not turn.mine and not same_name(old.speaker, turn.speaker))
    ):
        return None
    words, others = set(old.text.casefold().split()), set(turn.text.casefold().split())
    return last + 1 if len(words & others) >= _CHANGED * max(len(words), len(others)) else None


def _index(known: Sequence[Known], at: datetime, last: int, following: int | None) -> int:
    """Where a new turn goes."""
    if last >= 0:
        return last + 1
    if following is not None:
        return following
    return next((n for n, one in enumerate(known) if one.at > at), len(known))


def _between(known: Sequence[Known], at: datetime, index: int) -> datetime:
    """The time, moved by moments where the order would else be lost."""
    if index < len(known) and at >= known[index].at:
        at = known[index].at - _A_MOMENT
    if index and at <= known[index - 1].at and known[index - 1].at - at < _HALF_A_MINUTE * 2:
        at = known[index - 1].at + _A_MOMENT
    return at


def _made(turn: ScreenTurn, at: datetime, given: bool, conversation: str, known: Sequence[Known]) -> Known:
    """A new turn with an id that it gets again when the same is seen for the first time once more."""
    who = "\x1e" if turn.mine else key(turn.speaker)
    when = at.strftime("%Y-%m-%d %H:%M") if turn.clock is not None else ""
    told = "\x1f".join((conversation, who, key(turn.text), when)).encode("utf-8", "replace")
    base = hashlib.sha256(told).hexdigest()[:24]
    times = sum(one.id.startswith(base) for one in known)
    return Known(
        id=f"{base}-{times}",
        speaker=turn.speaker,
        mine=turn.mine,
        text=turn.text,
        at=at,
        at_given=given,
        clocked=turn.clock is not None,
        turn=turn,
    )


def _times(turns: Sequence[ScreenTurn], matched: dict[int, Known], now: datetime) -> list[tuple[datetime, bool]]:
    """When each was said, and whether the screen says so: from the bottom up, since the last is the nearest to now.

    A clock without a day is of the day of what stands below it, or of the day before where it is later than that.
    """
    found: list[tuple[datetime, bool] | None] = [None] * len(turns)
    day: date | None = None
    sure = False
    below = now + _LATER
    for number in range(len(turns) - 1, -1, -1):
        turn = turns[number]
        if (known := matched.get(number)) is not None and known.clocked:
            day, sure, below = known.at.date(), known.at_given, known.at
        if turn.day is not None:
            day, sure = turn.day, True
        if turn.clock is None:
            continue
        at = datetime.combine(day or now.date(), turn.clock, tzinfo=now.tzinfo)
        if turn.day is None and at > below + _LATER:
            at -= timedelta(days=1)
        if day is None and now - at < _LIVE:
            sure = True
        day = at.date()
        if not turn.clock.second:
            at = min(at + _HALF_A_MINUTE, max(at, now))
        below = at
        found[number] = (at, sure)
    return _filled(found, matched, now)


def _filled(
    found: Sequence[tuple[datetime, bool] | None], matched: dict[int, Known], now: datetime
) -> list[tuple[datetime, bool]]:
    """Those without a time have that of the one above, else of the one below, else now."""
    times: list[tuple[datetime, bool]] = []
    above: datetime | None = None
    for number, one in enumerate(found):
        if one is None and number in matched:
            one = (matched[number].at, False)
        if one is None:
            later = next((there[0] for there in found[number:] if there is not None), None)
            one = (above or later or now - (len(found) - number) * _A_MOMENT, False)
        above = one[0]
        times.append(one)
    return times
