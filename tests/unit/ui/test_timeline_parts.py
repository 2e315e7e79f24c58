"""Words are taken out of a picture with the mouse, and the pictures of an episode do not lie over each other."""

import pytest
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from core.memory import WordBox
from tests.desk import sample
from ui.timeline.model import LooseRow
from ui.timeline.picture import Screen
from ui.timeline.rows import episode_view

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
