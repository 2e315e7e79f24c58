"""Words are taken out of a picture with the mouse, and the pictures of an episode do not lie over each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.memory import Channel, Day, Gap, Memory, WordBox
from tests.desk import sample
from ui.timeline.day import in_short
from ui.timeline.model import GapRow, LooseRow, lay_out, unrecorded
from ui.timeline.picture import Screen
from ui.timeline.rows import GapView, episode_view

BOXES = (
    WordBox(text="pier", left=100, top=100, width=60, height=20),
    WordBox(text="four", left=200, top=100, width=60, height=20),
    WordBox(text="below", left=100, top=160, width=60, height=20),
)


def png() -> bytes:
    """A white picture of 800 x 600."""
    picture = QPixmap(800, 600)
    picture.fill(Qt.GlobalColor.white)
    held = QBuffer()
    picture.save(held, "PNG")
    return bytes(held.data().data())


def test_a_line_drawn_straight_along_a_row_of_words_takes_them(qtbot: QtBot) -> None:
    screen = Screen()
    qtbot.addWidget(screen)
    screen.resize(800, 600)
    screen.show()
    screen.show_picture(png(), BOXES)
    with qtbot.waitSignal(screen.selected) as taken:
        qtbot.mousePress(screen, Qt.MouseButton.LeftButton, pos=QPoint(90, 110))
        qtbot.mouseMove(screen, QPoint(280, 110))
        qtbot.mouseRelease(screen, Qt.MouseButton.LeftButton, pos=QPoint(280, 110))
    assert taken.args == ["pier four"]


@pytest.mark.parametrize("width", [560, 727, 900])
def test_the_pictures_of_an_episode_never_lie_over_each_other(qtbot: QtBot, width: int) -> None:
    one = next(memory for memory in sample() if memory.picture)
    card, thumbnails = episode_view(LooseRow(members=(one,) * 7), lambda: None, lambda _: None)
    qtbot.addWidget(card)
    card.resize(width, card.heightForWidth(width))
    card.show()
    places = [thumbnail.geometry() for _, thumbnail in thumbnails]
    assert len(places) == 4
    for at, place in enumerate(places):
        assert card.rect().contains(place)
        assert not any(place.adjusted(-4, 0, 4, 0).intersects(other) for other in places[at + 1 :])


MIDNIGHT = datetime(2026, 9, 20, tzinfo=UTC)


def gap(begins_h: float, ends_h: float, reason: str = "paused") -> Gap:
    begins, ends = (MIDNIGHT + timedelta(hours=hour) for hour in (begins_h, ends_h))
    return Gap(begins=begins, ends=ends, reason=reason)


@pytest.mark.parametrize(
    ("gaps", "minutes"),
    [
        ([], 0),
        ([gap(10, 10.5)], 30),
        ([gap(10, 10.5), gap(10.25, 10.75)], 45),
        ([gap(10, 11), gap(10.25, 10.5)], 60),
        ([gap(8, 9.5), gap(11.5, 14)], 60),
        ([gap(8, 14)], 180),
        ([gap(8, 9), gap(12, 13)], 0),
    ],
)
def test_what_was_not_recorded_counts_once_and_only_inside(gaps: list[Gap], minutes: int) -> None:
    begins, ends = MIDNIGHT + timedelta(hours=9), MIDNIGHT + timedelta(hours=12)
    assert unrecorded(gaps, begins, ends) == timedelta(minutes=minutes)


def of_a_day(channel: Channel) -> list[Memory]:
    """Three of one place, a quarter of an hour apart."""
    one = next(memory for memory in sample() if memory.picture)
    one = replace(one, provenance=replace(one.provenance, channel=channel))
    return [replace(one, at=MIDNIGHT + timedelta(hours=9, minutes=15 * n)) for n in range(3)]


@pytest.mark.parametrize(("channel", "lasted"), [(Channel.SCREEN, "20 min"), (Channel.CONVERSATION, "30 min")])
def test_the_length_of_what_was_on_the_screen_leaves_out_its_pauses(
    qtbot: QtBot, channel: Channel, lasted: str
) -> None:
    pauses = (gap(9.0 + 1 / 12, 9.25), gap(12, 13))
    (row,) = [
        row
        for row in lay_out(Day(episodes=(), members={}, loose=tuple(of_a_day(channel)), gaps=pauses))
        if isinstance(row, LooseRow)
    ]
    card, _ = episode_view(row, lambda: None, lambda _: None)
    qtbot.addWidget(card)
    assert any(lasted in one.text().split(" · ") for one in card.findChildren(QLabel))


def test_a_day_counts_only_its_own_hours_as_not_recorded() -> None:
    night = Day(episodes=(), members={}, loose=(), gaps=(gap(-2, 6), gap(5, 7, "locked"), gap(23, 30)))
    assert in_short(night, MIDNIGHT, MIDNIGHT + timedelta(days=1)) == "8 h not recorded"


def test_a_gap_over_midnight_says_its_days(qtbot: QtBot) -> None:
    view = GapView(GapRow(gap(-2, 6)))
    qtbot.addWidget(view)
    assert view.accessibleName() == "Gap, 22:00–06:00: Paused by you, from Sat 22:00 until Sun 06:00"
