"""What of a picture is blackened: what may hide it by its pixels, what moved, what stands on after its window went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.capture.gate import Doubt, Verdict
from core.capture.rect import Rect
from core.capture.region import without
from core.capture.rules import Rule
from core.capture.screen.blackout import Uncovering, blackout, strangers
from core.capture.screen.grab import Frame
from core.capture.screen.lingering import Lingering
from core.capture.screen.windows import Stir, VisibleWindow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MONITOR = Rect(100, 50, 320, 240)
SECRET = Rect(140, 90, 160, 128)
OVER = VisibleWindow(app="gedit", title="letter", geometry=SECRET, handle=5)


@dataclass
class Drawing:
    """Of the platform only what a window has drawn itself."""

    pixels: np.ndarray | None

    def drawn(self, handle: int, place: Rect) -> np.ndarray | None:
        if self.pixels is None:
            return None
        at = place.moved(-MONITOR.left, -MONITOR.top)
        return self.pixels[at.top : at.bottom, at.left : at.right]


def noise(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 255, (MONITOR.height, MONITOR.width, 3), dtype=np.uint8)


def frame(pixels: np.ndarray, seconds: float = 0) -> Frame:
    return Frame(monitor="one", geometry=MONITOR, pixels=pixels, at=NOW + timedelta(seconds=seconds))


def verdict(*, doubt: bool = True, black: Sequence[Rect] = (SECRET,), whole: Sequence[Rect] = (SECRET,)) -> Verdict:
    doubts = (Doubt(handle=5, places=(SECRET,)),) if doubt else ()
    return Verdict(keep=True, blackout=tuple(black), doubts=doubts, whole=tuple(whole))


def black(drawn: np.ndarray | None, *verdicts: Verdict, stirred: Sequence[Stir] = ()) -> int:
    """Pixels that are blackened of a picture that shows `noise()`."""
    return sum(rect.area for rect in blackout(verdicts, Drawing(drawn), [frame(noise())], stirred))  # type: ignore[arg-type]


def test_where_a_window_shows_nothing_but_what_it_has_drawn_nothing_is_blackened() -> None:
    assert black(noise(), verdict(), verdict()) == 0
    assert black(None, verdict(), verdict()) == SECRET.area
    assert black(noise(2), verdict(), verdict()) == SECRET.area


def test_only_the_doubts_of_the_listing_after_the_picture_are_looked_into() -> None:
    assert black(noise(), verdict(doubt=False), verdict()) == 0
    assert black(noise(), verdict(), verdict(doubt=False)) == SECRET.area


@pytest.mark.parametrize(
    ("wide", "high", "blackened"),
    [
        pytest.param(2, 20, 40, id="a caret"),
        pytest.param(48, 2, 96, id="as wide as may be"),
        pytest.param(49, 1, SECRET.area, id="wider"),
        pytest.param(40, 40, SECRET.area, id="more than a sixteenth of it"),
    ],
)
def test_what_was_drawn_anew_meanwhile_is_black_alone_where_it_is_small(wide: int, high: int, blackened: int) -> None:
    drawn = noise()
    drawn[60 : 60 + high, 60 : 60 + wide] ^= 255
    assert black(drawn, verdict(), verdict()) == blackened


def test_what_only_one_of_two_listings_leaves_out_is_black() -> None:
    assert black(None, verdict(black=()), verdict(doubt=False)) == SECRET.area
    assert black(None, verdict(), verdict(doubt=False, black=())) == SECRET.area


def test_where_windows_stirred_nothing_hides_anything_and_all_their_places_are_black() -> None:
    was = Rect(0, 0, 10, 10)
    assert black(noise(), verdict(), verdict(black=()), stirred=((9, (was,)),)) == SECRET.area + was.area


def test_a_stranger_is_a_window_that_stirred_and_was_not_there_both_times() -> None:
    other = VisibleWindow(app="menu", title="", geometry=SECRET, handle=6)
    moved = ((6, (SECRET,)),)
    assert strangers((OVER,), (OVER, other), moved)
    assert strangers((OVER, other), (OVER,), moved)
    assert not strangers((OVER, other), (OVER, other), moved)


def test_a_look_is_put_off_once_where_something_came_over_what_is_left_out_or_went_from_it() -> None:
    uncovering = Uncovering()
    away = VisibleWindow(app="gedit", title="letter", geometry=Rect(0, 0, 5, 5), handle=5)
    assert not uncovering.now((OVER,), verdict())
    assert not uncovering.now((OVER,), verdict(black=())), "the windows lie as they did"
    assert not uncovering.now((OVER,), verdict())
    assert uncovering.now((away,), verdict(black=()))
    assert not uncovering.now((OVER,), verdict(black=()))
    assert not uncovering.now((OVER,), verdict())
    assert uncovering.now((away,), verdict(black=()))
    assert not uncovering.now((OVER,), Verdict(keep=True)), "never twice in a row"


# -- what stands on


def lingering(*looks: tuple[int, float, Sequence[Rect]]) -> list[int]:
    """Pixels that are kept black beside what is left out, at looks of (what is shown, seconds, what is left out)."""
    kept = Lingering()
    found = []
    for seed, seconds, out in looks:
        places = kept.places(frame(noise(seed), seconds), out)
        found.append(sum(rect.area for rect in without(places, out)))
    return found


AROUND = SECRET.grown(8).area


def test_what_stands_on_after_its_window_went_is_black_with_a_tile_around_it() -> None:
    assert lingering((1, 0, (SECRET,)), (1, 5, ()), (1, 10, ())) == [0, AROUND, AROUND]


def test_what_was_drawn_over_is_another_picture_also_where_the_first_comes_back() -> None:
    assert lingering((1, 0, (SECRET,)), (2, 5, ()), (1, 10, ())) == [0, 0, 0]


def test_what_was_left_out_long_ago_only_looks_the_same() -> None:
    assert lingering((1, 0, (SECRET,)), (1, 600, ()), (1, 601, ())) == [0, AROUND, 0]
    assert lingering((1, 0, (SECRET,)), (1, 601, ())) == [0, 0]


def test_a_plain_ground_says_nothing_of_what_was_left_out() -> None:
    kept, plain = Lingering(), np.full((MONITOR.height, MONITOR.width, 3), 200, dtype=np.uint8)
    assert kept.places(frame(plain), (SECRET,)) == ()
    assert kept.places(frame(plain, 5), ()) == ()


def test_a_rule_that_comes_lets_nothing_go_and_one_that_goes_does() -> None:
    kept = Lingering()
    one, two = Rule(field="app", pattern="one"), Rule(field="app", pattern="two")
    kept.under((one,))
    kept.places(frame(noise()), (SECRET,))
    kept.under((one, two))
    assert kept.places(frame(noise(), 5), ())
    kept.under((two,))
    assert kept.places(frame(noise(), 10), ()) == ()
