"""From what a frame shows of chats to turns of conversations, each kept once however often it is seen."""

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from core.capture.rect import Rect
from core.capture.screen.chat.alike import key, same_name
from core.capture.screen.chat.patches import Pixels
from core.capture.screen.chat.read import read_chats
from core.capture.screen.chat.scrolled import MOST, Known, joined
from core.capture.screen.chat.shapes import ScreenChat
from core.capture.screen.label import Label
from core.capture.screen.own_side import surely_own
from core.capture.screen.page import Line, ReadPage, line_box
from core.memory import Channel, Claim, Facet, Observation, Provenance
from core.pattern import Pattern

ME, YOU, OWN_SIDE = "me", "You", "own side"
"""How the owner is called; and how where the owner's side may not count as the owner's word."""
_BESIDE = "beside it"
_CONVERSATIONS = 32
_MOST_OUTSIDE = 4
"""Times what is seen of a window that it may be large for its pixels to be taken."""
_SERVICES = Pattern(
    r"\b(slack|discord|whatsapp|telegram|signal|element|teams|skype|mattermost|zulip|messenger|threema|viber|wire)\b",
    re.IGNORECASE,
)
_CALLED = {"whatsapp": "WhatsApp"}
_UNREAD = Pattern(r"^\(\d+\+?\)\s*|^[•*●!]\s*|\s*\(\d+\+?\)$")
_MEMBERS = Pattern(r"(?<=\S)\s*[(（]\d+[)）]$")
"""How many are in a group: it changes, the group does not."""
_PARTS = Pattern(r"\s+[-–—|·]\s+|\s+\|\s*")
_BROWSERS = frozenset(("mozilla firefox", "firefox", "google chrome", "chromium", "microsoft edge", "brave", "safari"))
_KINDS = Pattern(r"\s*\((?:channel|kanal|dm|direct message|thread)\)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A window in a frame; `where` in the frame's pixels."""

    app: str
    title: str
    url: str = ""
    where: Rect


Remembered = Callable[[str], Sequence[Observation]]
"""The latest turns of a conversation that are kept already, in the order of time."""


@dataclass(slots=True)
class Hearing:
    """Reads the chats of one frame after the other and hands on only what is new. For one thread.

    `names`: what the owner is called; `month_first`: whether 3/4 is in March where they live; `remembered`: what is
    kept of a conversation, asked for once, so that a chat that was seen before the start adds nothing. What it holds
    in mind goes with `forget`.
    """

    keep: Callable[[Sequence[Observation]], None]
    remembered: Remembered = lambda _: ()
    names: Callable[[], Iterable[str]] = tuple
    month_first: Callable[[], bool | None] = lambda: None
    _talks: OrderedDict[str, tuple[Known, ...]] = field(default_factory=OrderedDict)

    def hear(self, page: ReadPage, label: Label, pixels: Pixels | None = None) -> int:
        """Keep what a frame's windows show of conversations; how many turns were new or changed.

        `page` with secrets masked; each of its lines is read in the highest window that holds it. `pixels`: the frame,
        (height, width, 3) RGB, masked likewise, for the grounds behind the words; nothing of them is kept. Raises
        what `keep` raises; then nothing of that window counts as kept.
        """
        count, at = 0, datetime.fromisoformat(label.at)
        names = frozenset(name.casefold() for name in self.names())
        places = places_of(label)
        for place, lines in zip(places, _by_place(page.lines, places), strict=True):
            chats = read_chats(
                [_moved(line, place.where) for line in lines],
                place.where.width,
                place.where.height,
                now=at,
                app=place.app,
                title=place.title,
                names=names,
                month_first=self.month_first(),
                pixels=_part(pixels, place.where),
            )
            for chat in chats:
                count += self._take(chat, place, at, names, beside=None if chat is chats[0] else chats[0])
        return count

    def forget(self) -> None:
        """Drop what is held in mind, as at a lock."""
        self._talks.clear()

    def _take(
        self, chat: ScreenChat, place: Place, at: datetime, names: Collection[str], *, beside: ScreenChat | None
    ) -> int:
        """Keep what is new in a chat; of one `beside` another in its window, what that does not show too."""
        conversation = self._named(beside or chat, place)
        if beside is not None:
            conversation = f"{conversation} · {_BESIDE}"
            shown = {(turn.speaker, turn.clock, key(turn.text)) for turn in beside.turns}
            rest = (turn for turn in chat.turns if (turn.speaker, turn.clock, key(turn.text)) not in shown)
            chat = replace(chat, turns=tuple(rest))
        talk = self._talks.get(conversation)
        if talk is None:
            talk = tuple(_known(one) for one in self.remembered(conversation))[-MOST:]
        found = joined(talk, chat.turns, at, conversation)
        told = [_observation(one, conversation, chat, place, names) for one in (*found.new, *found.changed)]
        if told:
            self.keep(told)
        self._talks[conversation] = found.talk
        self._talks.move_to_end(conversation)
        while len(self._talks) > _CONVERSATIONS:
            self._talks.popitem(last=False)
        return len(told)

    def _named(self, chat: ScreenChat, place: Place) -> str:
        """The conversation's name, as it was called before where a reader of pictures errs a little."""
        name = conversation_name(chat.name, place.app, place.title)
        alike = (known for known in reversed(self._talks) if known != name and same_name(known, name))
        return name if name in self._talks else next(alike, name)


def places_of(label: Label) -> tuple[Place, ...]:
    """The windows of a frame, the lowest first; the whole of it where they cannot be told."""
    if not label.windows:
        whole = Rect(0, 0, label.width, label.height)
        return (Place(app=label.app, title=label.window, url=label.url, where=whole),)
    return tuple(
        Place(app=app, title=title, url=url, where=Rect(left, top, width, height))
        for app, title, url, left, top, width, height in label.windows
    )


def conversation_name(shown: str, app: str, title: str) -> str:
    """What a conversation is called, as importers call it: the service or program, and the name that it has there."""
    service = _SERVICES.search(f"{app} {title}")
    program = _CALLED.get(service[1].casefold(), service[1].capitalize()) if service else app
    bare = _UNREAD.sub("", title)
    parts = [_KINDS.sub("", part).strip(" #") for part in _PARTS.split(bare) if part and not _program(part, app)]
    inside = bool(shown) and key(shown) in key(title)
    shown = _MEMBERS.sub("", shown)
    name = shown if inside or not parts or not parts[0] else parts[0]
    return f"{program} {name}".strip()


def _program(part: str, app: str) -> bool:
    """Whether a part of a title names the program rather than what it shows."""
    known = _SERVICES.compiled.fullmatch(part.split()[-1]) is not None or part.casefold() in _BROWSERS
    return known or key(part) == key(app)


def _by_place(lines: Sequence[Line], places: Sequence[Place]) -> list[list[Line]]:
    """The lines of each place: those whose middle no higher window covers."""
    found: list[list[Line]] = [[] for _ in places]
    for line in lines:
        if not line:
            continue
        box = line_box(line)
        middle = Rect(box.left + box.width // 2, box.top + box.height // 2, 1, 1)
        for number in range(len(places) - 1, -1, -1):
            if not places[number].where.meet(middle).empty:
                found[number].append(line)
                break
    return found


def _part(pixels: Pixels | None, where: Rect) -> Pixels | None:
    """The pixels of a window; what of it is outside the frame is as its edge is. None of one that is mostly outside."""
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    seen = Rect(0, 0, width, height).meet(where)
    if seen.empty or where.area > _MOST_OUTSIDE * seen.area:
        return None
    part = pixels[seen.top : seen.bottom, seen.left : seen.right]
    if seen == where:
        return part
    rows = (seen.top - where.top, where.bottom - seen.bottom)
    return np.pad(part, (rows, (seen.left - where.left, where.right - seen.right), (0, 0)), mode="edge")


def _moved(line: Line, where: Rect) -> Line:
    if not where.left and not where.top:
        return line
    return tuple(replace(word, left=word.left - where.left, top=word.top - where.top) for word in line)


def _known(kept: Observation) -> Known:
    origin = kept.provenance
    mine = origin.mine or origin.role == OWN_SIDE
    return Known(
        id=origin.external_id,
        speaker="" if mine and origin.speaker in ("", ME, YOU) else origin.speaker,
        mine=mine,
        text=kept.text,
        at=kept.at,
        at_given=kept.at_given,
        clocked=kept.at_given,
    )


def _called(one: Known, *, mine: bool) -> str:
    if not one.mine or one.speaker.casefold() not in ("", ME, YOU.casefold()):
        return one.speaker
    return ME if mine else YOU


def _observation(one: Known, conversation: str, chat: ScreenChat, place: Place, names: Collection[str]) -> Observation:
    mine = one.mine and surely_own(place.app, place.url)
    of_two = {turn.speaker for turn in chat.turns if turn.speaker and not turn.mine} == {chat.name}
    return Observation(
        text=one.text,
        at=one.at,
        at_given=one.at_given,
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.SCREEN,
            app=place.app,
            window=place.title,
            url=place.url,
            conversation=conversation,
            external_id=one.id,
            speaker=_called(one, mine=mine),
            addressee=(chat.name if one.mine else ME) if of_two else "",
            role=OWN_SIDE if one.mine and not mine else "",
            mine=mine,
            claim=Claim.NAMED if mine and one.speaker.casefold() in names else Claim.SOURCE,
        ),
    )
