"""A browser that tells what it shows over a real message bus, on a real X server, recorded by a real host."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney.io.blocking import DBusConnection

from app.preview import look_once
from core.memory import Facet, Memory, Selection
from tests.integration.app.test_session import bus as bus
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.played_tree import ROOT
from tests.programs_told import PATIENCE_S, Programs, Tree
from tests.xserver import desk

pytestmark = pytest.mark.display

TITLE, URL, TEXT = "Garden - Chromium", "https://garden.example/beds", "beans and peas are up"


@pytest.fixture
def at_work(bus: DBusConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    home = tmp_path / "home"
    home.mkdir()
    with desk(home, manager=False) as made:
        monkeypatch.setenv("DISPLAY", made.display)
        with recording_at_work(tmp_path / "profile") as work:
            work.recording.telling.within_s = 3.0  # this machine may be busy
            work.recording.telling.start()
            yield work


@pytest.fixture
def programs(bus: DBusConnection) -> Iterator[Programs]:
    made = Programs()
    yield made
    made.close()


def browser(**window: Any) -> Tree:
    return {
        ROOT: {"children": ["/window"], "role": 75, "at": [0, 0, 0, 0], "window": [TITLE, "chromium"]},
        "/window": {"name": TITLE, "at": [100, 50, 500, 300], "children": ["/page"], **window},
        "/page": {"role": 95, "faces": ["Document"], "url": URL, "at": [100, 90, 500, 260], "children": ["/text"]},
        "/text": {"role": 61, "faces": ["Text"], "text": TEXT, "at": [120, 120, 400, 20]},
    }


def look(at_work: AtWork) -> None:
    """A look, and what is told because of it."""
    at_work.look()
    at_work.recording.telling.settled(PATIENCE_S)


def frames(at_work: AtWork) -> list[Memory]:
    at_work.read()
    return list(at_work.host.assistant.memories(Selection(facets=(Facet.FRAME,), limit=200)))


def until_told(at_work: AtWork) -> None:
    """A busy machine is too late for some looks."""
    for _ in range(20):
        look(at_work)
        if at_work.recording.telling.words:
            return
        time.sleep(0.3)


def test_a_browser_is_kept_with_its_address_once_it_tells_that_it_is_not_private(
    at_work: AtWork, programs: Programs
) -> None:
    programs.start(browser())
    until_told(at_work)
    (frame,) = frames(at_work)
    assert frame.text == TEXT
    assert frame.provenance.url == URL


def test_until_it_has_told_nothing_of_a_browser_is_kept_and_it_is_asked_for_nothing_but_what_it_shows(
    at_work: AtWork, programs: Programs
) -> None:
    program = programs.start(browser())
    look(at_work)
    assert at_work.recording.telling.words == 0
    assert frames(at_work) == []
    assert not [asked for asked in program.asked if asked.startswith("/text")]


@pytest.mark.parametrize("window", [{"name": f"{TITLE} (Incognito)"}, {"name": ""}, {"at": [700, 600, 100, 100]}])
def test_a_browser_that_may_be_private_is_not_kept(at_work: AtWork, programs: Programs, window: dict[str, Any]) -> None:
    program = programs.start(browser(**window))
    for _ in range(4):
        look(at_work)
    assert frames(at_work) == []
    assert not [asked for asked in program.asked if asked.startswith("/text")]


def test_rules_about_addresses_work_by_what_is_told(at_work: AtWork, programs: Programs) -> None:
    at_work.host.add_rule("url", "garden.example")
    program = programs.start(browser())
    for _ in range(4):
        look(at_work)
    assert frames(at_work) == []
    assert not [asked for asked in program.asked if asked.startswith("/text")]
    program.change({"/page": {"url": "https://other.example/"}})
    until_told(at_work)
    assert [frame.provenance.url for frame in frames(at_work)] == ["https://other.example/"]


def test_a_page_that_was_left_right_after_the_look_is_not_kept_under_either_address(
    at_work: AtWork, programs: Programs
) -> None:
    program = programs.start(browser())
    look(at_work)
    program.change({"/page": {"url": "https://secret.example/"}})
    look(at_work)
    assert frames(at_work) == []


def test_where_browsers_are_kept_anyway_nothing_hangs_on_what_one_tells(at_work: AtWork, programs: Programs) -> None:
    at_work.host.assistant.set_setting("capture.unknown_browsers", True)
    program = programs.start(browser(name="another"))
    look(at_work)
    program.change({"/page": {"url": "https://garden.example/paths"}})
    until_kept = [at_work.look() for _ in range(2)]
    assert at_work.recording.recorder.account().frames == 1 + sum(until_kept)
    assert frames(at_work)


def test_the_preview_says_that_a_browser_told_what_it_shows(at_work: AtWork, programs: Programs) -> None:
    programs.start(browser())
    listed, _, sentences = look_once(at_work.host)
    assert ("chromium", TITLE, "") in listed
    assert "What chromium shows it tells itself, over accessibility." in sentences


def test_the_preview_says_that_a_browser_tells_nothing(at_work: AtWork, programs: Programs) -> None:
    programs.start(browser(name="another"))
    _, _, sentences = look_once(at_work.host)
    assert "Nothing tells what chromium shows: it does not, over accessibility." in sentences
