"""AT-SPI, the accessibility of Linux desktops over D-Bus: a window is found, and what of its tree shows is read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accessible.asked import Answer, Asked, Row
from app.accessible.pieces import in_units, lines, pieces
from app.accessible.replies import as_number, as_pairs, as_rect, as_text, as_value
from app.dbus import Address, Bus, Question
from core.capture.rect import Rect

_ATSPI = "org.a11y.atspi."
_ROOT = "/org/a11y/atspi/accessible/root"
_REGISTRY = "org.a11y.atspi.Registry"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SCREEN = 0
"""ATSPI_COORD_TYPE_SCREEN."""
_ACTIVE, _DEFUNCT, _SHOWING = 1, 6, 25
"""Numbers of states, as ATSPI_STATE_..."""
_PASSWORD = 40
"""Numbers of roles, as ATSPI_ROLE_..., here and below."""
_PAGES = (95, 82)
"""A web page; a document's frame, as which some browsers show one."""
_NAMES_PRIVATE = ("chromium", "chrome")
"""Programs whose private windows have another name than title: tried with Chromium, the same code in Chrome."""
_FIREFOX = ("firefox", "firefox-esr", "firefox-bin")
_ORDINARY = "firefox-view-button"
"""The id of a button of Firefox that its private windows do not have, in whatever language."""
_BUTTONS = (27, 29, 43, 62)
"""Images, labels, buttons."""
_NAMED = frozenset({7, 8, 10, 11, 29, 31, 32, 33, 35, 37, 43, 44, 45, 54, 56, 57, 58, 62, 83, 88, 91, 116})
"""Check boxes, items, headers, labels, tabs, buttons, cells, links: what they are called stands on them."""
_MOST_PROGRAMS, _MOST_WINDOWS = 200, 64
_MOST_OBJECTS, _MOST_CHILDREN, _DEEPEST = 1500, 256, 40
_MOST_WORDS, _MOST_CHARACTERS, _MOST_TEXTS = 1500, 8000, 400
_LONG = 400
"""Characters; of a longer text only what stands between the corners of its place is asked for."""
_LONGEST_NAME, _LONGEST_ADDRESS = 200, 2000
_HIGHEST = 200
_ALIKE = 0.75
_WALKS = 0.6
"""Share of the time for finding out what there is; the rest is for reading it."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object of a program: its connection on the bus, and its path."""

    name: str
    path: str

    def ask(self, interface: str, method: str, signature: str = "", body: tuple[Any, ...] = ()) -> Question:
        """A call of one of its AT-SPI interfaces."""
        return Question(
            Address(service=self.name, path=self.path, interface=_ATSPI + interface), method, signature, body
        )

    def property(self, interface: str, name: str) -> Question:
        """A property of one of its AT-SPI interfaces."""
        whom = Address(service=self.name, path=self.path, interface=_PROPERTIES)
        return Question(whom, "Get", "ss", (_ATSPI + interface, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """An object that shows, as it says."""

    object: Object
    role: int
    faces: frozenset[str]
    place: Rect | None
    children: int
    depth: int


@dataclass(slots=True)
class AtSpi:
    """A connection to the accessibility bus; belongs to one thread. Fulfils `asked.Desktop`."""

    bus: Bus
    _pids: dict[str, int] = field(default_factory=dict)

    def close(self) -> None:
        """Leave the bus."""
        self.bus.close()

    def tell(self, asked: Asked, ends: float) -> Answer:
        """What the program of a window tells of it until `ends` (monotonic). Raises NoBus.

        No program is sent a message but the one whose process made the window; of its other windows only the place
        is asked for, and of those at the same place the name.
        """
        window, name = self._window(asked, ends)
        if window is None:
            return Answer(late=time.monotonic() >= ends)
        shown, url, private = list[_Shown](), "", None
        roots = [window]
        if asked.browser:
            shown = self._shown([window], asked.place, ends, into_pages=False)
            url, private = self._url(shown, ends), self._private(asked, name, shown, ends)
            roots = [one.object for one in shown if one.role in _PAGES]
        if asked.words:
            shown += self._below(roots, asked, ends)
        rows, names = self._words(shown if asked.words else (), asked.part or asked.place, ends)
        late = time.monotonic() >= ends
        return Answer(found=True, late=late, rows=rows, names=names, url=url, private=private)

    def _below(self, roots: Sequence[Object], asked: Asked, ends: float) -> list[_Shown]:
        """What shows from these on, found in a part of the time that is left."""
        now = time.monotonic()
        return self._shown(roots, asked.part or asked.place, now + _WALKS * (ends - now), into_pages=True)

    # -- whom to ask

    def _window(self, asked: Asked, ends: float) -> tuple[Object | None, str]:
        """The window among those of its program, and what it calls itself."""
        programs = self._children([Object(_REGISTRY, _ROOT)], ends, _MOST_PROGRAMS)[0]
        mine = [one for one, pid in zip(programs, self._whose(programs, ends), strict=True) if pid == asked.pid]
        windows = [one for some in self._children(mine, ends, _MOST_WINDOWS) for one in some][:_MOST_WINDOWS]
        places = self._places(windows, ends)
        near = [(one, place) for one, place in zip(windows, places, strict=True) if _fits(place, asked.place)]
        if asked.browser and len(near) > 1:
            near = self._active(near, ends) if asked.focused else []
        names = self._texts([one.property("Accessible", "Name") for one, _ in near], ends)
        found = [
            (name == asked.title, _alike(place, asked.place), one, name)
            for (one, place), name in zip(near, names, strict=True)
            if name is not None and place is not None
        ]
        best = max(found, key=lambda one: one[:2], default=None)
        if best is None or not (best[0] or best[1] >= _ALIKE):
            return None, ""
        return best[2], best[3]

    def _active(self, near: Sequence[tuple[Object, Rect | None]], ends: float) -> list[tuple[Object, Rect | None]]:
        """The one that has the focus, of windows at one place: a private one may lie over an ordinary one."""
        states = self.bus.ask_all([one.ask("Accessible", "GetState") for one, _ in near], ends)
        active = [one for one, told in zip(near, states, strict=True) if _has(told, _ACTIVE)]
        return active if len(active) == 1 else []

    def _whose(self, programs: Sequence[Object], ends: float) -> list[int]:
        """The process of each connection, as the bus itself knows it."""
        bus = Address(service="org.freedesktop.DBus", path="/org/freedesktop/DBus", interface="org.freedesktop.DBus")
        new = [one.name for one in programs if one.name not in self._pids]
        asked = [Question(bus, "GetConnectionUnixProcessID", "s", (name,)) for name in new]
        for name, told in zip(new, self.bus.ask_all(asked, ends), strict=True):
            if told is not None:
                self._pids[name] = as_number(told)
        self._pids = {one.name: self._pids[one.name] for one in programs if one.name in self._pids}
        return [self._pids.get(one.name, 0) for one in programs]

    # -- what shows

    def _shown(self, roots: Sequence[Object], within: Rect, ends: float, *, into_pages: bool) -> list[_Shown]:
        """Level by level what shows inside `within`; no object twice, none of another connection."""
        level, seen, found = list(roots), set(roots), list[_Shown]()
        for depth in range(_DEEPEST):
            states = self.bus.ask_all([one.ask("Accessible", "GetState") for one in level], ends)
            here = [one for one, told in zip(level, states, strict=True) if _has(told, _SHOWING)]
            looked = [one for one in self._looked_at(here, depth, ends) if _meets(one.place, within)]
            found += looked
            able = [
                one.object
                for one in looked
                if 0 < one.children <= _MOST_CHILDREN
                and one.role != _PASSWORD
                and (into_pages or one.role not in _PAGES)
            ]
            level = []
            for parent, children in zip(able, self._children(able, ends, _MOST_CHILDREN), strict=True):
                new = [one for one in children if one.name == parent.name and one not in seen]
                seen.update(new)
                level += new
            level = level[: _MOST_OBJECTS - len(found)]
            if not level or time.monotonic() >= ends:
                break
        return found

    def _looked_at(self, objects: Sequence[Object], depth: int, ends: float) -> list[_Shown]:
        asked = [
            question
            for one in objects
            for question in (
                one.ask("Accessible", "GetRole"),
                one.ask("Accessible", "GetInterfaces"),
                one.property("Accessible", "ChildCount"),
                one.ask("Component", "GetExtents", "u", (_SCREEN,)),
            )
        ]
        told = self.bus.ask_all(asked, ends)
        found = []
        for n, one in enumerate(objects):
            role, faces, children, place = told[4 * n : 4 * n + 4]
            if role is not None and faces is not None:  # without its role nothing is read: it may be a password
                named = faces[0] if faces and isinstance(faces[0], list) else []
                found.append(
                    _Shown(
                        object=one,
                        role=as_number(role),
                        faces=frozenset(str(face).removeprefix(_ATSPI) for face in named),
                        place=as_rect(place),
                        children=as_number(as_value(children)),
                        depth=depth,
                    )
                )
        return found

    def _children(self, objects: Sequence[Object], ends: float, most: int) -> list[list[Object]]:
        told = self.bus.ask_all([one.ask("Accessible", "GetChildren") for one in objects], ends)
        return [_objects(one)[:most] for one in told]

    def _places(self, objects: Sequence[Object], ends: float) -> list[Rect | None]:
        asked = [one.ask("Component", "GetExtents", "u", (_SCREEN,)) for one in objects]
        return [as_rect(one) for one in self.bus.ask_all(asked, ends)]

    def _texts(self, asked: Sequence[Question], ends: float) -> list[str | None]:
        return [as_text(told) for told in self.bus.ask_all(asked, ends)]

    # -- what it says

    def _url(self, shown: Sequence[_Shown], ends: float) -> str:
        """The address of the one page that a window shows; empty where there are several beside one another."""
        pages = [one for one in shown if one.role in _PAGES and "Document" in one.faces]
        outermost = [one for one in pages if one.depth == min(page.depth for page in pages)]
        if len(outermost) != 1:
            return ""
        asked = [outermost[0].object.ask("Document", "GetAttributeValue", "s", (key,)) for key in ("DocURL", "URI")]
        return next((text for text in self._texts(asked, ends) if text and len(text) <= _LONGEST_ADDRESS), "")

    def _private(self, asked: Asked, name: str, shown: Sequence[_Shown], ends: float) -> bool | None:
        """Whether a browser's window is private: False only where it is sure not to be, None where it may be.

        Chromium calls a private window, and no ordinary one, by more than its title: the word for it in its language is
        put behind it (BrowserView::GetAccessibleWindowTitle). Firefox has a button in ordinary windows alone.
        """
        if asked.browser in _NAMES_PRIVATE:
            return False if asked.title and name == asked.title else None
        if asked.browser not in _FIREFOX:
            return None
        asked_of = [one.object.ask("Accessible", "GetAttributes") for one in shown if one.role in _BUTTONS]
        about = [as_pairs(told) for told in self.bus.ask_all(asked_of, ends)]
        if any("private-browsing" in one.get("class", "") for one in about):
            return True
        ordinary = any(one.get("id") == _ORDINARY for one in about)
        return False if ordinary and time.monotonic() < ends else None

    def _words(
        self, shown: Sequence[_Shown], within: Rect, ends: float
    ) -> tuple[tuple[tuple[Row, ...], ...], tuple[Row, ...]]:
        """Lines of words, and what stands on what has no text of its own."""
        able = [one for one in shown if one.role != _PASSWORD and one.place is not None and _inside(one.place, within)]
        texts = [one for one in able if "Text" in one.faces][:_MOST_TEXTS]
        named = [one for one in able if "Text" not in one.faces and one.role in _NAMED and not one.children]
        called = self._texts([one.object.property("Accessible", "Name") for one in named], ends)
        names = tuple(
            (text, one.place)
            for one, text in zip(named, called, strict=True)
            if text and one.place is not None and len(text) <= _LONGEST_NAME
        )
        words: list[tuple[Object, str, int, int]] = []
        for one, (begins, text) in zip(texts, self._said(texts, within, ends), strict=True):
            words += [(one.object, word, at, end) for word, at, end in pieces(text, begins)]
        words = words[:_MOST_WORDS]
        asked = [one.ask("Text", "GetRangeExtents", "iiu", (at, end, _SCREEN)) for one, _, at, end in words]
        placed: list[tuple[Object, Row]] = []
        for (whose, word, _, _), told in zip(words, self.bus.ask_all(asked, ends), strict=True):
            place = as_rect(told)
            if place is not None and not place.empty and place.height <= _HIGHEST and place.meet(within) == place:
                placed.append((whose, (word, place)))
        return tuple(lines(placed)), names

    def _said(self, texts: Sequence[_Shown], within: Rect, ends: float) -> list[tuple[int, str]]:
        """Of each text the part that shows: its first offset, and the characters."""
        counts = [
            as_number(as_value(told))
            for told in self.bus.ask_all([one.object.property("Text", "CharacterCount") for one in texts], ends)
        ]
        parts = [(0, count) if count <= _LONG else (0, 0) for count in counts]
        long = [n for n, count in enumerate(counts) if count > _LONG]
        corners = []
        for n in long:
            place = (texts[n].place or within).meet(within)
            for x, y in ((place.left + 2, place.top + 2), (place.right - 3, place.bottom - 3)):
                corners.append(texts[n].object.ask("Text", "GetOffsetAtPoint", "iiu", (x, y, _SCREEN)))
        told = [as_number(one, -1) for one in self.bus.ask_all(corners, ends)]
        for n, (first, last) in zip(long, zip(told[::2], told[1::2], strict=True), strict=True):
            end = last + 1 if last >= 0 else counts[n]
            if 0 <= first < end <= counts[n]:
                parts[n] = (first, min(end, first + _MOST_CHARACTERS))
            elif counts[n] <= _MOST_CHARACTERS:
                parts[n] = (0, counts[n])
        wanted = [n for n, (first, end) in enumerate(parts) if end > first]
        asked = [texts[n].object.ask("Text", "GetText", "ii", parts[n]) for n in wanted]
        said = [(0, "") for _ in texts]
        for n, text in zip(wanted, self._texts(asked, ends), strict=True):
            if text is not None and len(text) <= 2 * _MOST_CHARACTERS:
                said[n] = (parts[n][0], text if len(text) == parts[n][1] - parts[n][0] else in_units(text, *parts[n]))
        return said


def connect() -> AtSpi:
    """The accessibility bus, by the session's. Raises NoBus."""
    session = Bus("SESSION")
    try:
        whom = Address(service="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Bus")
        (address,) = session.ask(whom, "GetAddress")
    finally:
        session.close()
    return AtSpi(Bus("SESSION", address=str(address)))


def looked_at() -> tuple[int, bool]:
    """How many programs tell of themselves, and whether the desktop asks them to; some tell anyway. Raises NoBus."""
    desktop = connect()
    try:
        programs = desktop.bus.ask_all(
            [Object(_REGISTRY, _ROOT).ask("Accessible", "GetChildren")], time.monotonic() + 1
        )
    finally:
        desktop.close()
    session = Bus("SESSION")
    try:
        whom = Address(service="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Status")
        return len(_objects(programs[0])), session.property(whom, "IsEnabled") is True
    finally:
        session.close()


def _fits(place: Rect | None, window: Rect) -> bool:
    """Whether what a program calls its window's place can be that window, with the frame around it or without."""
    return place is not None and place.meet(window).area >= _ALIKE * window.area > 0


def _alike(one: Rect | None, other: Rect) -> float:
    both = one.meet(other).area if one is not None else 0
    return both / max(1, (one.area if one is not None else 0) + other.area - both)


def _meets(place: Rect | None, within: Rect) -> bool:
    """Whether something of it can be seen there, as far as its place is told."""
    return place is None or place.empty or not place.meet(within).empty


def _inside(place: Rect, within: Rect) -> bool:
    return not place.meet(within).empty


def _has(told: tuple[Any, ...] | None, state: int) -> bool:
    parts = told[0] if told and isinstance(told[0], list) and told[0] else [0]
    low = parts[0] if isinstance(parts[0], int) else 0
    return bool(low >> state & 1) and not low >> _DEFUNCT & 1


def _objects(told: tuple[Any, ...] | None) -> list[Object]:
    listed = told[0] if told and isinstance(told[0], list) else []
    pairs = [one for one in listed if isinstance(one, tuple) and len(one) == 2]
    return [Object(str(name), str(path)) for name, path in pairs if str(path).startswith("/")]
