"""The Sleep place: contradictions with both sides, what is coming up, the last night unfolded, one click takes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.memory import EntryId, Facet, Kind, State
from tests.desk import NOW, ScriptedDesk
from ui.bridge import Bridge
from ui.desk import SleepPlan
from ui.long_work import LongWork
from ui.parts.boxes import Scroll
from ui.parts.buttons import Button, IconButton
from ui.parts.quote import Quote, span_of
from ui.parts.text import Clamped
from ui.sleep.conflict import ConflictCard
from ui.sleep.model import due_words, in_how_long, plan_words
from ui.sleep.night import NightCard
from ui.sleep.panel import SleepPanel
from ui.taking_back import BuildsOnDialog


@pytest.fixture
def panel(qtbot: QtBot, bridge: Bridge) -> Iterator[SleepPanel]:
    made = SleepPanel(bridge, LongWork(bridge))
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    made.opened()
    qtbot.waitUntil(lambda: bool(made.findChildren(NightCard)), timeout=20_000)
    yield made
    made.close()


def test_the_last_night_is_unfolded_and_earlier_ones_are_not(qtbot: QtBot, panel: SleepPanel) -> None:
    first, *others = panel.findChildren(NightCard)
    qtbot.waitUntil(lambda: bool(first.findChildren(IconButton)), timeout=20_000)
    assert others
    assert not any(card.findChildren(IconButton) for card in others)


def test_settling_can_be_undone_from_its_notice(qtbot: QtBot, panel: SleepPanel) -> None:
    card = panel.findChildren(ConflictCard)[0]
    right = [one for one in card.findChildren(Button) if one.text() == "This is right"]
    assert len(right) == 2
    with qtbot.waitSignal(panel.undoable, timeout=20_000) as undoable:
        right[0].click()
    qtbot.waitUntil(lambda: not panel.findChildren(ConflictCard), timeout=20_000)
    undoable.args[1]()
    qtbot.waitUntil(lambda: bool(panel.findChildren(ConflictCard)), timeout=20_000)


def taken_back(desk: ScriptedDesk) -> set[int]:
    return {entry.id for entry in desk.assistant.nights()[0].entries if entry.reverted}


def way_back(panel: SleepPanel, qtbot: QtBot, about: str) -> IconButton:
    """The undo button of the line that says this."""
    night = panel.findChildren(NightCard)[0]
    qtbot.waitUntil(lambda: bool(night.findChildren(Clamped)), timeout=20_000)
    (text,) = [one for one in night.findChildren(Clamped) if about in one.accessibleName()]
    (button,) = [b for b in text.parentWidget().findChildren(IconButton) if b.toolTip() == "Take this line back"]
    return button


def test_one_click_takes_a_line_back(qtbot: QtBot, panel: SleepPanel, desk: ScriptedDesk) -> None:
    way_back(panel, qtbot, "invoice on Monday").click()
    qtbot.waitUntil(lambda: taken_back(desk) == {3}, timeout=20_000)
    assert not panel.window().findChildren(BuildsOnDialog)


def test_a_line_others_build_on_says_so_before_it_goes(qtbot: QtBot, panel: SleepPanel, desk: ScriptedDesk) -> None:
    way_back(panel, qtbot, "Dana lives at Gartenstraße 14.").click()
    qtbot.waitUntil(lambda: bool(panel.window().findChildren(BuildsOnDialog)), timeout=20_000)
    (dialog,) = panel.window().findChildren(BuildsOnDialog)
    assert "One later line builds on this one." in [one.text() for one in dialog.findChildren(QLabel)]
    assert taken_back(desk) == set()
    dialog.accept()
    qtbot.waitUntil(lambda: 1 in taken_back(desk), timeout=20_000)


def test_the_words_that_were_read_are_marked_in_what_was_said(desk: ScriptedDesk, qtbot: QtBot) -> None:
    source = next(m for m in desk.assistant.many(list(desk.assistant._all)) if m.kind is not Kind.SECRET)
    shown = Quote(source, NOW, (0, 5))
    qtbot.addWidget(shown)
    assert "background-color" in shown.text()
    assert source.text[:5] in shown.accessibleName()
    tricky = Quote(replace(source, text="a <b>bold</b> & fine"), NOW, (2, 13))
    qtbot.addWidget(tricky)
    assert "&lt;b&gt;bold&lt;/b&gt;" in tricky.text()
    beyond = Quote(source, NOW, (0, 10_000))
    qtbot.addWidget(beyond)
    assert "background-color" not in beyond.text()


def test_a_secret_is_never_quoted(desk: ScriptedDesk, qtbot: QtBot) -> None:
    source = next(iter(desk.assistant._all.values()))
    shown = Quote(replace(source, kind=Kind.SECRET, text="opensesame"), NOW, (0, 4))
    qtbot.addWidget(shown)
    assert "opensesame" not in shown.text() + shown.accessibleName()


def test_reasons_name_the_characters_that_were_read() -> None:
    assert span_of("Read by rule in characters 3-17 of its source.") == (3, 17)
    assert span_of("A newer value was said.") is None


def test_what_is_coming_says_how_far_away_it_is(desk: ScriptedDesk) -> None:
    (some, *_) = desk.assistant.coming_up(NOW)
    promise = replace(some, facet=Facet.PROMISE, valid_from=NOW, valid_to=NOW + timedelta(days=3))
    assert (in_how_long(promise, NOW), due_words(promise)[:3]) == ("in 3 days", "by ")
    visit = replace(some, facet=Facet.APPOINTMENT, valid_from=NOW, valid_to=NOW + timedelta(hours=1))
    assert in_how_long(visit, NOW) == "today"
    assert due_words(visit).endswith(f"{NOW:%H:%M}")
    under_way = replace(visit, valid_from=NOW - timedelta(days=1), valid_to=NOW + timedelta(days=1))
    assert in_how_long(under_way, NOW) == "going on"


def test_what_will_be_forgotten_can_be_kept_from_here(qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk) -> None:
    some = next(one for one in desk.assistant.every() if one.facet is Facet.TURN)
    desk.assistant.put(replace(some, state=State.TO_BE_FORGOTTEN))
    panel = SleepPanel(bridge, LongWork(bridge))
    qtbot.addWidget(panel)
    panel.show()
    panel.opened()

    def keep_all() -> list[Button]:
        return [one for one in panel.findChildren(Button) if one.text() == "Keep all"]

    qtbot.waitUntil(lambda: bool(keep_all()), timeout=20_000)
    assert any("on 1" in one.text() or "on 2" in one.text() for one in panel.findChildren(QLabel))
    keep_all()[0].click()
    qtbot.waitUntil(lambda: desk.assistant.memory(some.id).state is State.ACTIVE, timeout=20_000)
    qtbot.waitUntil(lambda: not keep_all(), timeout=20_000)
    panel.close()


def test_what_fades_soon_leads_to_its_list(qtbot: QtBot, panel: SleepPanel) -> None:
    (look,) = [one for one in panel.findChildren(Button) if one.text() == "Look"]
    with qtbot.waitSignal(panel.command, timeout=20_000) as wanted:
        look.click()
    assert wanted.args == ["fading"]


def test_a_night_of_many_lines_does_not_end_in_a_page_of_nothing(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    night = desk.assistant.nights()[0]
    entries = [replace(e, id=EntryId(len(night.entries) * n + e.id)) for n in range(12) for e in night.entries]
    desk.assistant.put_night(replace(night, entries=tuple(entries)))
    panel = SleepPanel(bridge, LongWork(bridge))
    qtbot.addWidget(panel)
    panel.resize(1050, 820)
    panel.show()
    panel.opened()
    qtbot.waitUntil(lambda: len(panel.findChildren(Quote)) > 10, timeout=20_000)
    qtbot.wait(200)
    page = panel.findChildren(Scroll)[0].widget()
    shown = [one for one in page.findChildren(QLabel) if one.isVisibleTo(page)]
    last = max(one.mapTo(page, one.rect().bottomLeft()).y() for one in shown)
    assert page.height() - last < 150
    panel.close()


def test_the_place_says_when_it_sleeps_next(qtbot: QtBot, panel: SleepPanel) -> None:
    said = "The next sleep: today from 22:30 on, when nobody was here for 10 minutes."
    qtbot.waitUntil(lambda: said in [one.text() for one in panel.findChildren(QLabel)], timeout=20_000)


def test_a_sleep_that_is_due_says_what_is_in_the_way() -> None:
    plan = SleepPlan(by_itself=True, due=True, begins=NOW, away_minutes=10, hindrance="The battery is nearly empty.")
    assert plan_words(plan, NOW) == (
        "The next sleep is due: it begins when nobody was here for 10 minutes. The battery is nearly empty."
    )
    assert "switched off" in plan_words(replace(plan, by_itself=False), NOW)
