"""Which windows of an X11 screen belong together: in one frame, embedded, a dialog of another, or a list of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from core.capture.rules import is_browser, is_one_of, seeds
from core.capture.screen.windows import VisibleWindow
from core.capture.screen.x11_answers import Answers
from core.capture.screen.x11_said import Said

_DEEPEST, _DEEPEST_INSIDE = 4, 10
_MOST, _MOST_INSIDE = 64, 256
"""Windows that are looked through in one window, on one level."""
_MOST_CHILDREN = 4_000
_MOST_OWNERS = 8
_MOST_HIDDEN, _MOST_REMEMBERED = 1_000, 200
_OF_ALL = ("UTILITY", "DIALOG", "TOOLBAR", "SPLASH")
"""Of _NET_WM_WINDOW_TYPE: what belongs to another window, and to any of its program where it does not say to which."""
_ROLES = ("browser", "pop-up")
"""WM_WINDOW_ROLE of windows with pages in them, of Firefox and Chromium and of what was made of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A window on the screen, and what its frame holds."""

    window: VisibleWindow
    client: Any
    inside: tuple[Any, ...]
    """Other programs' windows in the same frame: tabs, or what is embedded."""
    frame: Any = None
    """What a manager put around it."""


class Kin:
    """Belongs to the thread of its display."""

    def __init__(self, display: Any, said: Said, answers: Answers, own: frozenset[int]) -> None:
        self._display, self._said, self._answers, self._own = display, said, answers, own
        self._root = display.screen().root
        self._owned: dict[int, VisibleWindow] = {}
        self._connection = ~int(display.display.info.resource_id_mask)

    # -- what a frame holds

    def held(self, top: Any) -> tuple[Any, tuple[Any, ...]]:
        """The program's own window inside a manager's frame, else the frame itself; and others' that it holds."""
        client = self._client(top)
        beside = self._beside(client) if client.id != top.id else ()
        return client, (*beside, *(one for held in (client, *beside) for one in self._embedded(held)))

    def _client(self, top: Any) -> Any:
        """The first with WM_STATE."""
        level: list[Any] = [top]
        for _ in range(_DEEPEST):
            for window in level:
                if self._said.property(window, "WM_STATE") is not None:
                    return window
            level = [child for window in level for child in self._children(window)][:_MOST]
        return top

    def _beside(self, client: Any) -> tuple[Any, ...]:
        """Other programs' windows that a manager put beside the client: tabs."""
        tree = self._answers.tree(client)
        if tree is None or tree.parent == self._root:
            return ()
        others = [one for one in self._children(tree.parent) if one.id != client.id and self.foreign(one, tree.parent)]
        return tuple(one for one in others if self._said.property(one, "WM_STATE") is not None)

    def _embedded(self, client: Any) -> Iterator[Any]:
        """What other programs draw inside it (XEmbed, terminals and players that are given a window to draw in)."""
        level: list[Any] = [client]
        for _ in range(_DEEPEST_INSIDE):
            below = [child for window in level for child in self._children(window, _MOST_CHILDREN)]
            yield from [one for one in below if self.foreign(one, client)][:_MOST]
            level = [one for one in below if not self.foreign(one, client)][-_MOST_INSIDE:]
            if not level:
                break

    def _children(self, window: Any, most: int = _MOST) -> list[Any]:
        tree = self._answers.tree(window)
        return list(islice(tree.children, most)) if tree is not None else []

    def foreign(self, one: Any, other: Any) -> bool:
        """Whether two windows were made over different connections."""
        return bool((int(one.id) ^ int(other.id)) & self._connection)

    # -- what a window belongs to or may show

    def related(self, found: Sequence[Found]) -> tuple[VisibleWindow, ...]:
        """The windows, each with those it tells of."""
        mirrors = self._mirrors(found)
        if any(mirrors):
            named = [one.window for one in found if not one.window.popup]
            everything = (*named, *self.hidden(frozenset(int(one.client.id) for one in found)))
        told = []
        for one, mirror in zip(found, mirrors, strict=True):
            window = one.window
            others = [self._named(inner) for inner in one.inside]
            others += self._owners(one, found)
            if mirror:
                others += [other for other in everything if other.handle != window.handle]
            told.append(replace(window, tells_of=tuple(other for other in others if other.title or other.cls)))
        return tuple(told)

    def _mirrors(self, found: Sequence[Found]) -> list[bool]:
        """Which may show titles or pictures of others: panels, what they pop up, the manager's own windows."""
        names = seeds().mirrors
        managers = self._managers(found)
        docks = [self._dock(one) for one in found]
        shells = managers | {one.window.pid for one, dock in zip(found, docks, strict=True) if dock} - {0}
        of_browsers = self._beside_pages(found)
        return [
            dock
            or is_one_of(one.window, names)
            or (one.window.popup and one.window.pid in shells)
            or (one.frame is None and one.window.pid in managers)
            or int(one.client.id) in of_browsers
            for one, dock in zip(found, docks, strict=True)
        ]

    def _beside_pages(self, found: Sequence[Found]) -> frozenset[int]:
        """Windows of browsers that show no page: what asks which window to share, lists of tabs and tasks, previews."""
        asked = [one for one in found if not one.window.browser and is_browser(one.window, seeds().browsers)]
        if not asked:
            return frozenset()
        shown = frozenset(int(one.client.id) for one in found)
        pages = {one.window.pid for one in found if one.window.browser}
        pages |= {other.pid for other in self.hidden(shown) if other.browser}
        return frozenset(int(one.client.id) for one in asked if one.window.pid and one.window.pid in pages)

    def _managers(self, found: Sequence[Found]) -> set[int]:
        """The processes that put frames around others' windows, or say that they manage them."""
        checked = self._said.numbers(self._root, "_NET_SUPPORTING_WM_CHECK")[:1]
        said = [self._display.create_resource_object("window", check) for check in checked if check]
        frames = [one.frame for one in found if one.frame is not None]
        return {self._said.pid(window) for window in (*said, *frames)} - {0}

    def _dock(self, one: Found) -> bool:
        kinds = self._said.numbers(one.client, "_NET_WM_WINDOW_TYPE") if one.window.furniture else []
        return self._said.any_of(kinds, ("DOCK",))

    def hidden(self, shown: frozenset[int]) -> Iterator[VisibleWindow]:
        """Programs' windows that are minimised, on another desktop or wholly covered."""
        listed = self._said.numbers(self._root, "_NET_CLIENT_LIST")[:_MOST_HIDDEN]
        for id in listed:
            if id not in shown:
                yield self._named(self._display.create_resource_object("window", id))

    def _owners(self, one: Found, found: Sequence[Found]) -> list[VisibleWindow]:
        """The window whose dialog it is, and so on up; of a menu that names none all of its program's."""
        owners: list[VisibleWindow] = []
        seen, window = {int(one.client.id), int(self._root.id), 0}, one.client
        for _ in range(_MOST_OWNERS):
            (owner,) = self._said.numbers(window, "WM_TRANSIENT_FOR")[:1] or (0,)
            if owner in seen:
                break
            seen.add(owner)
            window = self._display.create_resource_object("window", owner)
            owners.append(self._owner(window))
        if owners or not one.window.pid:
            return owners
        kinds = self._said.numbers(one.client, "_NET_WM_WINDOW_TYPE")
        of_root = self._said.numbers(one.client, "WM_TRANSIENT_FOR")[:1] == [int(self._root.id)]
        of_all = not one.window.popup and (of_root or self._said.any_of(kinds, _OF_ALL))
        if of_all or one.window.popup:
            owners = [other.window for other in found if other is not one and other.window.pid == one.window.pid]
        if of_all:
            shown = frozenset(int(other.client.id) for other in found)
            owners += [other for other in self.hidden(shown) if other.pid == one.window.pid]
        return owners

    def _owner(self, window: Any) -> VisibleWindow:
        """A window that a dialog belongs to, as it was called last where it is gone before its dialog."""
        id, named = int(window.id), self._named(window)
        if named.title or named.cls:
            self._owned[id] = named
            if len(self._owned) > _MOST_REMEMBERED:
                del self._owned[next(iter(self._owned))]
        return self._owned.get(id, named)

    def _named(self, window: Any) -> VisibleWindow:
        """A window by its names alone."""
        about = self._said.about(window, window)
        return VisibleWindow(
            app=about.app,
            title=about.title,
            also=about.also,
            cls=about.cls,
            geometry=None,
            pid=about.pid,
            own=about.pid in self._own,
            browser=self.browser(window),
        )

    def browser(self, window: Any) -> bool:
        """Whether it says that it is a browser's window with pages."""
        return self._said.text(window, "WM_WINDOW_ROLE") in _ROLES
