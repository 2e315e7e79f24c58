"""What an X server answered about its windows, remembered until it reports that it holds no more. Nothing is polled."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from Xlib import X
from Xlib import error as xerror
from Xlib.ext import res, shape

_T = TypeVar("_T")
_WANTED = X.PropertyChangeMask | X.StructureNotifyMask | X.SubstructureNotifyMask
_MOST_WINDOWS = 4_000
_MOST_REPORTS = 4_000
"""Where more wait everything is asked anew."""
_ASKED_ANEW = 128
"""Listings after which everything is: nobody should have to trust that every change is reported."""


class Asked(Protocol):
    """Asks the server."""

    def __call__(self, ask: Callable[[], _T]) -> _T | None:
        """The answer, or None when the window is gone meanwhile. Raises CaptureProblem when the server is."""
        ...


class Answers:
    """Belongs to the thread of its display, of which it alone takes the reports.

    A window is watched before it is first asked about, and the server reports a change before it answers whatever is
    asked later: what is remembered after `news` is what would be answered now.
    """

    def __init__(self, display: Any, asked: Asked) -> None:
        self._display, self._asked = display, asked
        self._root = display.screen().root
        self._shapes = bool(display.has_extension("SHAPE"))
        self._known: dict[int, dict[tuple[object, ...], Any]] = {}
        self._changed: dict[int, dict[int, int]] = {}
        self._listings = 0
        self._listened: list[Any] | None = None
        self._watch(self._root)

    # -- what is asked

    def property(self, window: Any, atom: int, offset: int, longs: int) -> Any:
        """A property's value from an offset on; None when it is not set or the window is gone."""
        key = ("property", atom, offset, longs)
        return self._of(window, key, lambda: window.get_property(atom, X.AnyPropertyType, offset, longs))

    def tree(self, window: Any) -> Any:
        """Its parent and its children, lowest first; None when it is gone."""
        return self._of(window, ("tree",), window.query_tree)

    def geometry(self, window: Any) -> Any:
        """Where it lies in its parent; None when it is gone."""
        return self._of(window, ("geometry",), window.get_geometry)

    def attributes(self, window: Any) -> Any:
        """Whether it is mapped, and how it was made; None when it is gone."""
        return self._of(window, ("attributes",), window.get_attributes)

    def extents(self, window: Any) -> Any:
        """Whether it has a shape of its own; None when it is gone."""
        return self._of(window, ("extents",), window.shape_query_extents)

    def shape(self, window: Any) -> Any:
        """The rectangles of its shape; None when it is gone."""
        return self._of(window, ("shape",), lambda: window.shape_get_rectangles(shape.SK.Bounding))

    def process(self, window: Any) -> Any:
        """The process that made it, as the server knows it."""
        asked = [{"client": window.id, "mask": res.LocalClientPIDMask}]
        return self._of(window, ("process",), lambda: self._display.res_query_client_ids(asked))

    def _of(self, window: Any, key: tuple[object, ...], ask: Callable[[], Any]) -> Any:
        id = int(window.id)
        if id not in self._known:
            self._watch(window)
        known = self._known[id]
        if key not in known:
            answer = self._asked(ask)
            if answer is None and key[0] != "property":
                return None
            known[key] = answer
        return known[key]

    def _watch(self, window: Any) -> None:
        """From now on its changes are reported. Nothing is said where it is gone already."""
        quiet = xerror.CatchError()
        window.change_attributes(event_mask=_WANTED, onerror=quiet)
        if self._shapes:
            code = self._display.display.get_extension_major(shape.extname)
            shape.SelectInput(display=window.display, opcode=code, destination_window=window, enable=1, onerror=quiet)
        self._known[int(window.id)] = {}

    # -- what is reported

    def changed(self, window: Any, atom: int) -> int | None:
        """When a property was last reported to change, in the server's milliseconds."""
        return self._changed.get(int(window.id), {}).get(atom)

    def listing(self) -> Any:
        """Before a listing: what has changed until now is known. The root's place, which is asked for each time.

        Now and then nothing is taken for granted.
        """
        self._listings += 1
        geometry = self.up_to_now()
        if self._listings % _ASKED_ANEW == 0 or len(self._known) > _MOST_WINDOWS:
            self._forget_all()
        return geometry

    def up_to_now(self) -> Any:
        """Take the reports of all that has happened; the root's place, None when the server will not say it."""
        geometry = self._asked(self._root.get_geometry)  # what happened until now is reported before the answer
        self.news()
        return geometry

    def news(self) -> None:
        """Take the reports that have come."""
        waiting = self._asked(self._display.pending_events) or 0
        for _ in range(waiting):
            self._taken(self._display.next_event())
        if waiting > _MOST_REPORTS:
            self._forget_all()

    def listen(self) -> None:
        """Keep the reports from now on for `heard`."""
        self.news()
        self._listened = []

    def heard(self) -> list[Any]:
        """All of them since `listen`, which ends here."""
        self.news()
        heard, self._listened = self._listened or [], None
        return heard

    def _taken(self, told: Any) -> None:
        id, at = about(told), parent(told)
        if self._listened is not None:
            self._listened.append(told)
        if told.type == X.PropertyNotify:
            self._changed.setdefault(id, {})[int(told.atom)] = int(told.time)
            self._drop(id, lambda key: key[:2] == ("property", int(told.atom)))
            return
        if told.type == X.DestroyNotify:
            self._known.pop(id, None)
            self._changed.pop(id, None)
        for one in (id, at):
            self._drop(one, lambda key: key[0] not in ("property", "process"))

    def _drop(self, id: int, what: Callable[[tuple[object, ...]], bool]) -> None:
        known = self._known.get(id, {})
        for key in [key for key in known if what(key)]:
            del known[key]

    def _forget_all(self) -> None:
        """Everything is asked anew; what is watched stays watched."""
        if len(self._known) > _MOST_WINDOWS:
            self._known = {int(self._root.id): {}}
            self._changed.clear()
        for known in self._known.values():
            known.clear()


def about(told: Any) -> int:
    """The window that a report is about; 0 where it is about none."""
    return _id(told, "window", "affected_window")


def parent(told: Any) -> int:
    """The window whose child a report is about, or 0; the window itself where that was asked for itself."""
    return _id(told, "event", "parent")


def _id(told: Any, *names: str) -> int:
    """The window in the first of these fields that a report has; 0 where there is none."""
    return next((int(one.id) for name in names if (one := getattr(told, name, None)) and hasattr(one, "id")), 0)
