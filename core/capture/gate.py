"""The gate: what may be kept at all, decided before anything sees a pixel or a word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from core.capture.reasons import Reasons
from core.capture.rect import Rect
from core.capture.region import Area, area, eroded, within, without
from core.capture.rules import Rule, explain, first_match, is_browser, seeds
from core.capture.screen.windows import VisibleWindow, uncovered
from core.memory import Observation, Provenance
from core.settings import Capture
from core.wall import at_wall, seen_here

__all__ = [
    "BY_PERSON",
    "PAUSED",
    "PRIVATE",
    "Admitted",
    "Doubt",
    "Excluded",
    "GateState",
    "Refusal",
    "Verdict",
    "admit",
    "explain",
    "judge",
    "left_out",
    "left_out_by_now",
    "opens",
    "preview",
    "shows_any",
    "titles_left_out",
]

PRIVATE, PAUSED = "private mode", "paused"
OUTSIDE_HOURS = "outside the recording hours"
BY_PERSON = (PRIVATE, PAUSED)
"""Reasons of a closed gate that the person gave."""
_EDGE = 4
"""Pixels along the edge of a window that are not taken to hide anything: corners may be rounded, here up to 13."""
_MOST_PIECES = 400
"""Of a place that is left out; where more windows than that cut it up, those that are left hide nothing."""
_MAY_BE_PRIVATE = "a browser that may be private (setting capture.unknown_browsers)"
_NO_ADDRESS = "a browser whose addresses cannot be told, while there are rules about addresses"
_SHOWS = "belongs to a window that is kept out, or may show it"
_FOLLOWS = "belongs to a window that is kept out"
_NOTICE = "a notice, and whose it is cannot be told, while rules of yours leave something out"
_UNTOLD = (_MAY_BE_PRIVATE, _NO_ADDRESS)
LONGEST_TEXT = 1_000_000
"""Characters; a longer text is refused with a sentence (an importer splits documents before)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """What the person or the session has said: nothing of it is a setting."""

    paused_until: datetime | None = None
    """Aware; paused while it lies ahead."""
    locked: bool = False
    private: bool = False
    """Private mode: until switched off by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A window that is kept out, and why. Holds no title."""

    app: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Where a window that may be kept lies over one that is kept out, and may let it shine through."""

    handle: int
    places: Area
    """Screen pixels of which it is the highest window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may be done with a look at the screen."""

    keep: bool
    blackout: tuple[Rect, ...] = ()
    """Screen pixels to be filled before anything else sees them."""
    doubts: tuple[Doubt, ...] = ()
    """Parts of the blackout that may stay where the picture shows nothing but what that window has drawn."""
    excluded: tuple[Excluded, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why nothing is kept, in words; empty when something is."""
    allowed: tuple[VisibleWindow, ...] = ()
    """The windows that may be named, lowest first."""
    whole: tuple[Rect, ...] = ()
    """The places of all windows that are kept out, whatever may hide them."""
    lingers: tuple[Rect, ...] = ()
    """Of the blackout, what must stay black when the window is gone and its picture is still there."""
    untold: tuple[VisibleWindow, ...] = ()
    """Browsers that nothing but what they show keeps out, or that it is not known. They may be asked that alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An observation that is not kept, and why. Holds nothing of it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """An observation that may go on, and how many characters had to be cleaned out of it."""

    observation: Observation
    cleaned: int = field(default=0)


def judge(
    windows: Sequence[VisibleWindow],
    rules: Sequence[Rule],
    settings: Capture,
    now: datetime,
    state: GateState,
    known: Reasons | None = None,
) -> Verdict:
    """Whether this look may be kept, and what must be blacked out in it.

    Every visible window is checked, focused or not, and with it what it belongs to, holds or may show. One
    without a place on the screen that is kept out drops the whole frame. What of one lies behind a window that
    may be kept and surely hides it is not blacked out. While somebody works in one, nothing that any program pops
    up is kept. `rules` are all that hold, the seeded ones included; `known` is what was found at earlier looks.
    """
    if reason := _closed(settings, now, state):
        return Verdict(keep=False, reasons=(reason,))
    known = Reasons() if known is None else known
    known.under((tuple(rules), settings))
    browsers = seeds().browsers

    def kept_out(window: VisibleWindow) -> str:
        return _kept_out(window, rules, browsers, settings)

    why = [known.of(window, kept_out) for window in windows]
    told_of = [any(known.of(other, kept_out) for other in one.tells_of) for one in windows]
    out: list[VisibleWindow] = []
    excluded: list[Excluded] = []
    allowed: list[VisibleWindow] = []
    reasons: list[str] = []
    for window, told in zip(windows, _with_what_follows(windows, why, told_of), strict=True):
        if not told:
            allowed.append(window)
            continue
        excluded.append(Excluded(app=window.app, reason=told))
        if window.geometry is None:
            reasons.append("A window that is kept out has no known place, so the whole look was dropped.")
        else:
            out.append(window)
    seen = [(window, _open_to_view(window, allowed)) for window in out]
    black = tuple(piece for _, pieces in seen for piece in pieces)
    untold = tuple(window for window, reason in zip(windows, why, strict=True) if _untold(window, reason, rules))
    if any(window.likely for window in windows):
        shown = set(uncovered(windows, likely=True))
        allowed = [window for window in allowed if window in shown]
    return Verdict(
        keep=not reasons,
        blackout=black,
        doubts=_doubts(area(black), allowed, windows),
        excluded=tuple(excluded),
        reasons=tuple(dict.fromkeys(reasons)),
        allowed=tuple(allowed),
        whole=tuple(window.geometry for window in out if window.geometry is not None),
        lingers=tuple(piece for window, pieces in seen if window not in untold for piece in pieces),
        untold=untold,
    )


def titles_left_out(
    seen: Sequence[VisibleWindow],
    others: Sequence[VisibleWindow],
    rules: Sequence[Rule],
    settings: Capture,
    known: Reasons,
) -> tuple[str, ...]:
    """The titles of windows that are kept out, `seen` or not (`others`), but for those that a kept one has too."""
    known.under((tuple(rules), settings))
    out: dict[str, None] = {}
    kept: set[str] = set()
    for window in (*seen, *others):
        if window.own:
            continue
        titles = (window.title, *window.also)
        if known.of(window, lambda one: _kept_out(one, rules, seeds().browsers, settings)):
            out |= dict.fromkeys(titles)
        else:
            kept.update(titles)
    return tuple(title for title in out if title and title not in kept)


def left_out_by_now(
    seen: Sequence[VisibleWindow], rules: Sequence[Rule], settings: Capture, known: Reasons
) -> frozenset[int]:
    """The handles of windows that are kept out for what they are, not because it is not known what they are."""
    known.under((tuple(rules), settings))
    why = [(one, known.of(one, lambda it: _kept_out(it, rules, seeds().browsers, settings))) for one in seen]
    return frozenset(one.handle for one, reason in why if reason and not _untold(one, reason, rules))


def _with_what_follows(windows: Sequence[VisibleWindow], why: Sequence[str], told_of: Sequence[bool]) -> list[str]:
    """Why each window is kept out, "" where it may be kept: for itself, for what it shows, for whose it is."""
    works_in = any(window.focused and reason for window, reason in zip(windows, why, strict=True))
    pids = {window.pid for window, reason in zip(windows, why, strict=True) if reason and window.pid}
    told = []
    for window, reason, of_others in zip(windows, why, told_of, strict=True):
        follows = (window.popup or not window.title) and window.pid in pids
        follows |= window.popup and ((not window.title and not window.pid and any(why)) or works_in)
        told.append(reason or (_SHOWS if of_others else "") or (_FOLLOWS if follows else ""))
    return told


def shows_any(verdict: Verdict) -> bool:
    """Whether some window in view may be kept, panels and the desktop aside; or there is none at all to keep."""
    return not verdict.excluded or any(one.geometry and not one.furniture for one in verdict.allowed)


def _open_to_view(window: VisibleWindow, allowed: Sequence[VisibleWindow]) -> Area:
    """What of a window that is kept out no higher one that may be kept surely hides."""
    left: Area = () if window.geometry is None else (window.geometry,)
    for other in allowed:
        if other.stacking > window.stacking and len(left) < _MOST_PIECES:
            left = without(left, eroded(other.opaque, _EDGE))
    return left


def _doubts(black: Area, allowed: Sequence[VisibleWindow], windows: Sequence[VisibleWindow]) -> tuple[Doubt, ...]:
    """Of the blackout, what lies behind windows of which it is not known whether they hide it."""
    found = []
    for window in allowed:
        if not window.handle or not window.likely:
            continue
        above = [other.geometry for other in windows if other.geometry and other.stacking > window.stacking]
        places = without(within(black, eroded(window.likely, _EDGE)), above)
        if 0 < len(places) < _MOST_PIECES:
            found.append(Doubt(handle=window.handle, places=places))
    return tuple(found)


def _closed(settings: Capture, now: datetime, state: GateState) -> str:
    if state.locked:
        return "locked"
    if state.private:
        return PRIVATE
    if state.paused_until is not None and now < state.paused_until:
        return PAUSED
    return "" if within_hours(settings.hours, now) else OUTSIDE_HOURS


def opens(settings: Capture, now: datetime, state: GateState) -> datetime | None:
    """When a gate that is closed now opens by itself; None where somebody has to open it, or it is not closed."""
    if state.locked or state.private:
        return None
    paused = state.paused_until is not None and now < state.paused_until
    at = seen_here(state.paused_until, now) if paused and state.paused_until is not None else now
    if not within_hours(settings.hours, at):
        return _hours_begin(settings.hours, at)
    return at if paused else None


def _hours_begin(hours: str, now: datetime) -> datetime:
    """When the recording hours begin next."""
    first = datetime.combine(now.date(), _ends_of(hours)[0])
    begins = at_wall(first, now)
    return begins if begins > now else at_wall(first + timedelta(days=1), now)


def within_hours(hours: str, now: datetime) -> bool:
    """Whether `now` (in the person's zone) lies in "08:30-18:00"; over midnight too.

    Always where it is empty, or ends when it begins: 00:00-24:00 is all day.
    """
    if not hours:
        return True
    begins, ends = _ends_of(hours)
    clock = now.timetz().replace(tzinfo=None)
    if begins == ends:
        return True
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _ends_of(hours: str) -> tuple[time, time]:
    begins, ends = (time(int(part[:2]) % 24, int(part[3:5]) % 60) for part in hours.split("-"))
    return begins, ends


def _kept_out(window: VisibleWindow, rules: Sequence[Rule], browsers: Sequence[str], settings: Capture) -> str:
    """Why this window is not kept, in words; empty when it may be."""
    if window.own:
        return "Mneme's own window"
    if window.protected:
        return "its program asks to be left out of pictures"
    if rule := first_match(rules, window):
        return rule.says()
    if window.notice and not all(rule.seeded for rule in rules):
        return _NOTICE
    if not is_browser(window, browsers):
        return ""
    if window.private:
        return "a private window"
    if window.private is None and not settings.unknown_browsers:
        return _MAY_BE_PRIVATE
    if not window.url and any(rule.field == "url" for rule in rules):
        return _NO_ADDRESS
    return ""


def _untold(window: VisibleWindow, reason: str, rules: Sequence[Rule]) -> bool:
    """Whether nothing but what a browser shows keeps it out: that is not known, or may be another page by now."""
    if reason in _UNTOLD:
        return True
    if not reason or not window.by_word or window.own:
        return False
    return first_match([rule for rule in rules if rule.field != "url"], window) is None


def left_out(title: str, rules: Sequence[Rule], settings: Capture) -> str:
    """Why a window of this title (or of this application) would not be kept, in words; empty when it would be."""
    window = VisibleWindow(app=title, title=title, cls=title, geometry=None)
    return _kept_out(window, rules, seeds().browsers, settings)


def preview(verdict: Verdict) -> tuple[str, ...]:
    """What would be captured now, in sentences; names applications, never titles."""
    if not verdict.keep:
        return tuple(f"Nothing would be kept: {reason}" for reason in verdict.reasons)
    shown = sorted({window.app or window.cls or "a window without a name" for window in verdict.allowed})
    kept = f"Would be kept: {', '.join(shown)}." if shown else "No window would be kept."
    out = (f"Blacked out: {one.app or 'a window without a name'} - {one.reason}." for one in verdict.excluded)
    named = sorted({window.app for window in verdict.allowed if window.by_word})
    told = [f"What {name} shows it tells itself, over accessibility." for name in named]
    silent = sorted({window.app or window.cls for window in verdict.untold if window.private is None or not window.url})
    untold = [f"Nothing tells what {name} shows: it does not, over accessibility." for name in silent]
    return (kept, *told, *dict.fromkeys(out), *untold)


_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def admit(observation: Observation) -> Admitted | Refusal:
    """The observation with NUL and lone surrogates taken out, or why it is not kept."""
    if len(observation.text) > LONGEST_TEXT:
        return Refusal(reason=f"It is longer than {LONGEST_TEXT:,} characters.")
    text, cleaned = _UNWRITABLE.subn("", observation.text)
    caption, more = _UNWRITABLE.subn("", observation.caption)
    if not text.strip() and not caption.strip():
        return Refusal(reason="It has no words.")
    return Admitted(
        observation=replace(observation, text=text, caption=caption, provenance=_writable(observation.provenance)),
        cleaned=cleaned + more,
    )


def _writable(source: Provenance) -> Provenance:
    def clean(value: str) -> str:
        return _UNWRITABLE.sub("", value)

    return replace(
        source,
        app=clean(source.app),
        window=clean(source.window),
        url=clean(source.url),
        conversation=clean(source.conversation),
        external_id=clean(source.external_id),
        session=clean(source.session),
        speaker=clean(source.speaker),
        addressee=clean(source.addressee),
        role=clean(source.role),
    )
