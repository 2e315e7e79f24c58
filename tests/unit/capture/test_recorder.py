"""The recorder on a played desktop: what its labels tell, what is black, what it forgets, what it says of itself."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.capture.rect import Rect
from core.capture.rules import Rule, seeds
from core.capture.screen.grab import Frame
from core.capture.screen.reading import unpacked
from core.capture.screen.recorder import Label, Recorder
from core.capture.screen.told import Silence
from core.capture.screen.windows import Stir, VisibleWindow
from core.errors import CaptureProblem
from core.events import Event, Events, RecorderChanged
from core.memory import Gap
from core.paths import ProfilePaths
from core.settings import Capture
from core.store.media.spool import Spool

MONITOR = Rect(1000, 200, 320, 240)
CARD = "4111 1111 1111 1111"
LETTER = VisibleWindow(app="gedit", title="letter.txt", geometry=MONITOR, pid=5, handle=5)
SECRET = VisibleWindow(app="keepassxc", title="db", geometry=Rect(1080, 240, 80, 64), pid=7, handle=7, stacking=2)


@dataclass
class Desktop:
    """Both the windows and the pixels; `later` is what the next listings tell, one after the other."""

    windows: tuple[VisibleWindow, ...] = (LETTER,)
    later: list[tuple[VisibleWindow, ...]] = field(default_factory=list)
    hidden: tuple[VisibleWindow, ...] = ()
    stirs: tuple[Stir, ...] = ()
    stirs_once: tuple[Stir, ...] = ()
    panel: str = ""
    """What a panel at the upper edge shows, black on white."""
    seed: int = 1
    broken: bool = False
    idle: float | None = 0.0
    at: tuple[int, int] | None = None
    """Where the pointer is."""
    opened: int = 0
    closed: int = 0
    fronts: int = 0

    def grab(self, at: datetime, active: Rect | None = None) -> Iterator[Frame]:
        if self.broken:
            raise CaptureProblem("The screen cannot be read.", "Try again.")
        pixels = np.random.default_rng(self.seed).integers(1, 255, (MONITOR.height, MONITOR.width, 3), dtype=np.uint8)
        if self.panel:
            pixels[:32] = 250
            cv2.putText(pixels, self.panel, (100, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (10, 10, 10), 2)
        yield Frame(monitor="one", geometry=MONITOR, pixels=pixels, at=at)

    def visible(self) -> tuple[VisibleWindow, ...]:
        return self.later.pop(0) if self.later else self.windows

    def others(self) -> tuple[VisibleWindow, ...]:
        return self.hidden

    def front(self) -> tuple[int, str]:
        self.fronts += 1
        return (0, self.windows[-1].title if self.windows else "")

    def idle_s(self) -> float | None:
        return self.idle

    def pointer(self) -> tuple[int, int] | None:
        return self.at

    def drawn(self, handle: int, place: Rect) -> None:
        return None

    def watch(self) -> None:
        pass

    def stirred(self) -> tuple[Stir, ...]:
        once, self.stirs_once = self.stirs_once, ()
        return (*once, *self.stirs)

    def close(self) -> None:
        self.closed += 1


class Asked(Silence):
    """What windows told, as far as the recorder knows of it."""

    forgotten = 0
    something = False

    def forget(self) -> None:
        self.forgotten += 1

    def learnt(self) -> bool:
        something, self.something = self.something, False
        return something


@dataclass
class Played:
    root: Path
    desktop: Desktop = field(default_factory=Desktop)
    telling: Asked = field(default_factory=Asked)
    settings: Capture = field(default_factory=Capture)
    rules: tuple[Rule, ...] = field(default_factory=lambda: seeds().rules)
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    trouble: str = ""
    most_frames: int = 9
    gaps: dict[tuple[datetime, str], Gap] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        paths, events = ProfilePaths(self.root), Events()
        paths.spool.mkdir(parents=True)
        events.listen(self.events.append)
        self.spool = Spool(paths, most_frames=self.most_frames)
        self.recorder = Recorder(
            open_screen=self.open,
            spool=self.spool,
            events=events,
            clock=lambda: self.now,
            settings=lambda: self.settings,
            rules=lambda: self.rules,
            gap=self.gap,
            trouble=lambda: self.trouble,
            steady=lambda: self.now.timestamp(),
            telling=self.telling,
        )

    def open(self) -> tuple[Desktop, Desktop]:
        self.desktop.opened += 1
        return self.desktop, self.desktop

    def gap(self, gap: Gap) -> None:
        self.gaps[gap.begins, gap.reason] = gap

    def look(self, after_s: float = 31) -> int:
        before = self.recorder.account().frames
        self.now += timedelta(seconds=after_s)
        self.recorder.tick()
        return self.recorder.account().frames - before

    def taken(self) -> tuple[Label, np.ndarray]:
        """The newest frame that waits, read and gone."""
        waiting = self.spool.take()
        assert waiting is not None
        self.spool.done(waiting.ticket)
        label = unpacked(waiting.label)
        pixels = np.frombuffer(zlib.decompress(waiting.frame), np.uint8)
        return label, pixels.reshape(label.height, label.width, 3)

    @property
    def state(self) -> tuple[str, str]:
        account = self.recorder.account()
        return account.state, account.reason

    def told(self) -> list[tuple[str, float]]:
        """Reasons and seconds of the gaps."""
        return [(gap.reason, (gap.ends - gap.begins).total_seconds()) for gap in self.gaps.values()]


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played(tmp_path)


def black_in(pixels: np.ndarray) -> set[Rect]:
    """The one black rectangle of a picture, on the screen; nothing where no pixel is black."""
    rows, columns = np.nonzero(~pixels.any(axis=2))
    if not rows.size:
        return set()
    left, top = int(columns.min()), int(rows.min())
    found = Rect(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
    assert found.area == rows.size, "another shape than a rectangle"
    return {found.moved(MONITOR.left, MONITOR.top)}


# -- what a label tells


def test_no_secret_of_a_title_or_an_address_goes_with_a_frame(played: Played) -> None:
    address = f"https://shop.example/pay?card={CARD.replace(' ', '')}"
    told = replace(LETTER, title=f"Paying with {CARD}", url=address, focused=True, private=False)
    beside = replace(told, focused=False, pid=6, handle=6)
    played.desktop.windows = (beside, told)
    assert played.look() == 1
    label, _ = played.taken()
    assert (label.window, len(label.windows)) == ("Paying with [masked: card]", 2)
    assert "shop.example" in label.url
    assert "[masked: card]" in label.url
    for _, title, url, *_ in label.windows:
        assert (title, url) == (label.window, label.url)
    assert "1111" not in repr(label)


def test_a_window_is_named_where_both_listings_let_it_and_placed_on_its_monitor(played: Played) -> None:
    here = Rect(1010, 220, 100, 50)
    letter, other = replace(LETTER, geometry=here), replace(LETTER, title="other.txt", pid=6, handle=6)
    menu = replace(LETTER, title="Open recent", popup=True, handle=8)
    elsewhere = replace(LETTER, title="mail", geometry=Rect(0, 0, 300, 300), handle=9)
    played.desktop.later = [(letter, menu, elsewhere), (letter, other, menu, elsewhere)]
    assert played.look() == 1
    assert played.taken()[0].windows == (("gedit", "letter.txt", "", 10, 20, 100, 50),)


def test_a_browser_let_through_by_its_own_word_is_told_with_its_place_only_where_that_word_was_needed(
    played: Played,
) -> None:
    told = replace(LETTER, app="firefox", title="News", url="https://news.example", private=False, by_word=True)
    played.desktop.windows = (told,)
    assert played.look() == 1
    assert played.taken()[0].by_word == ((0, 0, 320, 240),)
    played.settings, played.desktop.seed = Capture(unknown_browsers=True), 2
    assert played.look() == 1
    assert played.taken()[0].by_word == ()
    played.rules, played.desktop.seed = (*played.rules, Rule(field="url", pattern="bank.example")), 3
    assert played.look() == 1
    assert played.taken()[0].by_word == ((0, 0, 320, 240),)


# -- what is black


@pytest.mark.parametrize("when", ["before", "after", "both"])
def test_what_is_left_out_at_either_listing_is_black_on_a_monitor_that_begins_anywhere(
    played: Played, when: str
) -> None:
    shown, hidden = (LETTER, SECRET), (LETTER,)
    played.desktop.later = [shown if when != "after" else hidden, shown if when != "before" else hidden]
    assert played.look() == 1
    label, pixels = played.taken()
    assert black_in(pixels) == {SECRET.geometry}
    assert "keepassxc" not in repr(label)


def test_where_windows_have_moved_meanwhile_all_their_places_are_black_and_nothing_hides_anything(
    played: Played,
) -> None:
    assert SECRET.geometry is not None
    cover = replace(LETTER, opaque=(MONITOR,), stacking=9)
    played.desktop.windows = (SECRET, cover)
    assert played.look() == 1
    assert black_in(played.taken()[1]) == set(), "the letter hides it"
    was = SECRET.geometry.moved(0, -40)
    played.desktop.stirs, played.desktop.seed = ((SECRET.handle, (was,)),), 2
    assert played.look() == 1
    assert black_in(played.taken()[1]) == {SECRET.geometry.join(was)}


def test_a_menu_that_came_in_the_middle_of_a_look_is_looked_at_once_more_and_not_blackened(played: Played) -> None:
    menu = replace(LETTER, title="", popup=True, geometry=Rect(1100, 300, 60, 80), handle=8, stacking=4)
    assert menu.geometry is not None
    played.desktop.windows = (LETTER, menu)
    played.desktop.later = [(LETTER,)]
    played.desktop.stirs_once = ((menu.handle, (menu.geometry,)),)
    assert played.look() == 1
    assert black_in(played.taken()[1]) == set()


@pytest.mark.parametrize("forgets", ["a rule taken back", "a lock"])
def test_a_picture_that_stands_on_after_its_window_went_stays_black_until_a_rule_goes_or_a_lock(
    played: Played, forgets: str
) -> None:
    assert SECRET.geometry is not None
    first = played.rules
    played.desktop.windows = (LETTER, SECRET)
    assert played.look() == 1
    played.taken()
    played.rules = (*first, Rule(field="title", pattern="diary"))
    played.desktop.windows = (LETTER,)
    assert played.look() == 0, "what has just gone may not be painted over yet: such a look waits once"
    assert played.look(2) == 1
    assert black_in(played.taken()[1]) == {SECRET.geometry.grown(8)}
    if forgets == "a lock":
        played.recorder.lock()
        played.look()
        played.recorder.unlock()
    else:
        played.rules = first
    assert played.look() == 1
    assert black_in(played.taken()[1]) == set()


def test_a_look_that_may_name_no_place_of_what_is_left_out_is_a_gap_with_its_reason(played: Played) -> None:
    assert played.look() == 1
    assert played.state == ("recording", "")
    played.desktop.windows, played.desktop.seed = (LETTER, replace(SECRET, geometry=None)), 2
    assert played.look() == 0
    state, reason = played.state
    assert (state, "no known place" in reason) == ("paused", True)
    assert played.look() == 0
    assert played.told() == [(reason, 31.0)]


# -- what it forgets at a lock, and what it says


def test_a_lock_closes_the_screen_and_forgets_all_that_was_seen_and_told(played: Played) -> None:
    assert played.look() == 1
    assert played.look() == 0, "the same screen"
    assert played.recorder._reasons._known
    played.recorder.lock()
    assert played.look() == 0
    assert played.state == ("locked", "locked")
    assert (played.desktop.closed, played.telling.forgotten) == (2, 1)
    assert not played.recorder._reasons._known
    assert not played.recorder._seen
    played.recorder.unlock()
    assert played.look() == 1, "nothing is compared with what was seen before the lock"
    assert (played.state, played.desktop.opened) == (("recording", ""), 2)


def test_resume_ends_a_pause_and_private_mode_alike(played: Played) -> None:
    played.recorder.private(True)
    played.recorder.pause(played.now + timedelta(hours=1))
    assert (played.look(), played.state) == (0, ("paused", "private mode"))
    played.recorder.resume()
    assert (played.look(), played.state) == (1, ("recording", ""))


def test_what_the_display_reports_in_a_pause_is_taken_in(played: Played) -> None:
    played.look()
    before = played.desktop.fronts
    played.recorder.private(True)
    played.look()
    assert played.desktop.fronts == before + 1


def test_a_frame_for_which_there_was_no_room_is_kept_when_there_is(tmp_path: Path) -> None:
    played = Played(tmp_path, most_frames=1)
    assert played.look() == 1
    played.desktop.seed = 2
    assert played.look() == 0
    assert played.state[0] == "problem"
    played.taken()
    assert played.look() == 1, "the same screen, and it was never kept"
    ((reason, seconds),) = played.told()
    assert (reason, seconds) == ("Too many pictures wait to be read.", 31.0)


def test_a_screen_that_cannot_be_read_is_a_problem_and_a_gap_until_it_can(played: Played) -> None:
    assert played.look() == 1
    played.desktop.broken = True
    for _ in range(3):
        assert played.look() == 0
    assert played.state == ("problem", "The screen cannot be read. Try again.")
    assert played.desktop.closed == 6, "each time both its windows and its pixels are given back"
    played.desktop.broken, played.desktop.seed = False, 2
    assert played.look() == 1
    assert played.told() == [("The screen cannot be read.", 93.0)]
    assert played.state == ("recording", "")


def test_an_end_in_the_middle_of_a_gap_tells_all_of_it(played: Played) -> None:
    played.recorder.private(True)
    played.look()
    played.look(10)
    assert played.told() == []
    played.now += timedelta(seconds=4)
    played.recorder.close()
    assert (played.told(), played.state) == ([("private mode", 14.0)], ("off", ""))


def test_a_loop_that_ended_is_a_problem_at_once_and_its_gap_begins_with_the_last_look(played: Played) -> None:
    played.look()
    played.now += timedelta(seconds=40)
    played.recorder.watch(0.0, "The recorder ended.")
    assert played.state == ("problem", "The recorder ended. Nothing is being recorded.")
    assert played.told() == [("The recorder ended.", 40.0)]


def test_trouble_with_the_reading_is_said_between_two_looks_and_taken_back(played: Played) -> None:
    played.look()
    for trouble, state in (("Pictures wait.", "problem"), ("", "recording")):
        played.trouble = trouble
        played.look(0.5)
        assert played.state == (state, trouble)
    said = [event.state for event in played.events if isinstance(event, RecorderChanged)]
    assert said == ["recording", "problem", "recording"]


# -- what is a change, and when it looks


@pytest.mark.parametrize("furniture", [True, False])
def test_a_word_that_gives_way_to_another_is_no_change_in_a_panel_and_is_one_elsewhere(
    played: Played, furniture: bool
) -> None:
    bar = replace(LETTER, app="bar", title="", geometry=Rect(1000, 200, 320, 32), handle=8, furniture=furniture)
    played.desktop.windows, played.desktop.panel = (LETTER, bar), "Mon 31"
    assert [played.look() for _ in range(4)] == [1, 0, 0, 0]
    played.desktop.panel = "Tue 42"
    assert sum(played.look() for _ in range(4)) == (0 if furniture else 1)


def looks(played: Played, seconds: Sequence[float]) -> list[int]:
    """After each pause whether it looked."""
    found = []
    for pause in seconds:
        before = played.recorder.account().looks
        played.look(pause)
        found.append(played.recorder.account().looks - before)
    return found


def test_a_clock_that_is_set_back_ends_neither_the_looks_nor_the_tries(played: Played) -> None:
    assert looks(played, [31, -3600, 31]) == [1, 1, 1]
    played.desktop.broken = True
    played.look()
    played.desktop.broken = False
    assert looks(played, [-3600]) == [1]


def test_it_looks_when_something_was_learnt_when_somebody_stops_typing_and_when_another_window_is_in_front(
    played: Played,
) -> None:
    assert looks(played, [31, 2]) == [1, 0]
    played.telling.something = True
    assert looks(played, [0.5, 2]) == [1, 0]
    played.desktop.idle = 1.0
    assert looks(played, [0.5]) == [1]
    played.desktop.idle = 0.0
    assert looks(played, [2]) == [0]
    played.desktop.windows = (replace(LETTER, title="another.txt"),)
    assert looks(played, [0.5]) == [1]
    played.telling.something = True
    assert looks(played, [1.0, 0.5]) == [0, 1], "never sooner than the least gap"


def test_nobody_is_there_where_neither_a_key_nor_the_pointer_moves(played: Played) -> None:
    played.desktop.idle = 61.0
    looks(played, [31, 31])
    assert looks(played, [5.5, 5.5, 5.5]) == [0, 0, 0]
    played.desktop.idle = 0.0
    assert looks(played, [2, 5.5]) == [1, 1]


def test_where_no_idle_time_is_told_the_pointer_tells_who_is_there(played: Played) -> None:
    played.desktop.idle, played.desktop.at = None, (5, 5)
    looks(played, [31, *[5.5] * 13])
    assert looks(played, [5.5, 5.5]) == [0, 0], "it has not moved for a minute"
    played.desktop.at = (6, 5)
    assert looks(played, [5.5, 5.5]) == [1, 1]


def test_what_may_turn_out_to_be_letters_is_looked_at_again_as_soon_as_may_be(played: Played) -> None:
    played.desktop.panel = "Mon 31"
    looks(played, [31, 31, 31])
    assert looks(played, [2]) == [0]
    played.desktop.panel = "Tue 42"
    assert played.look() == 0
    assert looks(played, [2, 2]) == [1, 1]


def test_looks_that_were_missed_are_a_gap_and_count_as_due(played: Played) -> None:
    looks(played, [31, 5])
    due = played.recorder.account().expected
    begins = played.now
    played.look(600)
    assert played.recorder.account().expected - due == 120
    assert [(gap.begins, gap.ends) for gap in played.gaps.values()] == [(begins, played.now)]
    assert "too busy" in next(iter(played.gaps))[1]


def test_a_disk_that_does_not_answer_is_blamed_for_it_and_no_screen(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert played.look() == 1
    put, during = played.spool.put, list[tuple[str, str]]()

    def hangs(frame: bytes, label: bytes = b"") -> int:
        played.now += timedelta(seconds=46)
        played.recorder.watch(46.0)
        during.append(played.state)
        return put(frame, label)

    monkeypatch.setattr(played.spool, "put", hangs)
    played.desktop.seed = 2
    assert played.look() == 1
    ended = played.now
    assert during == [("problem", "The disk does not answer. Nothing is being recorded.")]
    monkeypatch.undo()
    assert played.state == ("recording", "")
    played.look()
    (gap,) = played.gaps.values()
    assert (gap.reason, gap.ends) == ("The disk does not answer.", ended)


def test_a_disk_that_hung_while_nobody_watched_is_a_gap_all_the_same(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = played.spool.put

    def hangs(frame: bytes, label: bytes = b"") -> int:
        played.now += timedelta(seconds=46)
        return put(frame, label)

    monkeypatch.setattr(played.spool, "put", hangs)
    assert played.look() == 1
    monkeypatch.undo()
    played.look(after_s=6)
    assert played.told() == [("The disk does not answer.", 46.0)]


def test_a_pause_that_was_slept_through_is_no_longer_than_it_was_to_be(played: Played) -> None:
    played.look()
    played.recorder.pause(played.now + timedelta(minutes=15))
    played.look(after_s=1)
    begun = played.now
    played.look(after_s=7200)
    (paused, unseen) = played.gaps.values()
    assert (paused.begins, paused.ends, paused.reason) == (begun, begun + timedelta(seconds=899), "paused")
    assert (unseen.begins, unseen.ends) == (paused.ends, played.now)
    assert played.state == ("recording", "")


def test_who_resumes_while_nobody_touches_the_machine_has_it_recorded_at_once(played: Played) -> None:
    played.desktop.idle = 3600.0
    played.look()
    played.recorder.pause(played.now + timedelta(minutes=15))
    played.look(after_s=2)
    played.recorder.resume()
    played.look(after_s=2)
    assert played.state == ("recording", "")


def test_a_screen_of_which_nothing_may_be_kept_is_said_to_be_one(played: Played) -> None:
    panel = replace(LETTER, app="panel", title="", handle=9, pid=9, furniture=True)
    played.look()
    assert played.state == ("recording", "")
    played.desktop.windows = (panel, SECRET)
    played.look()
    assert played.state == ("recording", "every window in view is left out")
    played.desktop.windows = (LETTER, SECRET)
    played.look()
    assert played.state == ("recording", "")
    played.desktop.windows = ()
    played.look()
    assert played.state == ("recording", ""), "an empty desktop leaves nothing out"
