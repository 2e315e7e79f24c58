"""What a forget says afterwards in the window."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.events import Event, Noticed
from core.memory import Forgotten, MemoryId, Proof, Selection
from tests.desk import ScriptedDesk
from ui.bridge import Bridge
from ui.forgetting import ForgetDialog, ForgettingDialog, ask_to_forget, proof_words

ONE, TWO = MemoryId("01J" + "1".zfill(23)), MemoryId("01J" + "2".zfill(23))


@pytest.mark.parametrize(
    ("cut", "unshown", "said"),
    [
        ((), 0, "7 traces were found before, 0 after."),
        ((ONE,), 0, "One screen showed it and stays: the words are out of its text and black in its picture. 7 traces"),
        (
            (ONE, TWO),
            1,
            "2 screens showed it and stay: the words are out of their text and black in their pictures. 1 of",
        ),
    ],
)
@pytest.mark.usefixtures("dressed")
def test_the_receipt_names_the_screens_that_showed_it(cut: tuple[MemoryId, ...], unshown: int, said: str) -> None:
    gone = Forgotten(forgotten=(ONE,), cut=cut, unshown=unshown, proof=Proof(places={"memories": (7, 0)}))
    assert proof_words(gone).startswith(said)


def test_a_long_forget_shows_how_far_it_is_and_can_be_called_off(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    told: list[Event] = []
    bridge.happened.connect(told.append)
    desk.assistant.forgets_slowly = True
    everything = desk.assistant.every()
    chosen = Selection(ids=(everything[0].id,))
    ask_to_forget(bridge, window, chosen, window)
    qtbot.waitUntil(lambda: bool(window.findChildren(ForgetDialog)))
    window.findChildren(ForgetDialog)[0].accept()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(ForgettingDialog)))
    window.findChildren(ForgettingDialog)[0].card.stop.click()
    stopped = Noticed("The forgetting was stopped.", "Nothing was forgotten.")
    qtbot.waitUntil(lambda: stopped in told)
    qtbot.waitUntil(lambda: not window.findChildren(ForgettingDialog))
    assert desk.assistant.every() == everything
