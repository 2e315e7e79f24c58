"""Windows asked over a real message bus: by programs of the tests' own, honest ones and others."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jeepney.io.blocking import DBusConnection

from app.accessible import atspi
from app.accessible.asked import Answer, Asked
from app.accessible.listening import Listening
from app.accessible.telling_child import Teller
from app.dbus import NoBus
from core.capture.rect import Rect
from core.capture.screen.grab import Frame, Pixels
from core.capture.screen.windows import VisibleWindow
from core.inference.child import Header, Json
from tests.integration.app.test_session import bus as bus
from tests.played_tree import ROOT
from tests.programs_told import PATIENCE_S, Program, Programs, Tree

PLACE = Rect(100, 50, 400, 300)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def programs(bus: DBusConnection) -> Iterator[Programs]:
    made = Programs()
    yield made
    made.close()


def window(title: str = "Letter", **children: dict[str, Any]) -> Tree:
    """A program with one window at PLACE; the keywords are what is in it."""
    paths = [f"/{name}" for name in children]
    return {
        ROOT: {"children": ["/window"], "role": 75, "at": [0, 0, 0, 0]},
        "/window": {"name": title, "at": [*_at(PLACE)], "children": paths},
        **{f"/{name}": {"at": [110, 60, 300, 20], **one} for name, one in children.items()},
    }


def _at(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.width, rect.height


def text(said: str, top: int = 60, **more: Any) -> dict[str, Any]:
    return {"role": 61, "faces": ["Text"], "text": said, "at": [110, top, 300, 20], **more}


def tell(program: Program, *, title: str = "Letter", within_s: float = PATIENCE_S, browser: str = "") -> Answer:
    desktop = atspi.connect()
    try:
        asked = Asked(pid=program.pid, title=title, place=PLACE, words=True, browser=browser)
        return desktop.tell(asked, time.monotonic() + within_s)
    finally:
        desktop.close()


def answers(said: Header) -> list[dict[str, Json]]:
    windows = said["windows"]
    assert isinstance(windows, list)
    return [one for one in windows if isinstance(one, dict)]


def words(answer: Answer) -> list[str]:
    return [" ".join(word for word, _ in row) for row in answer.rows]


def test_a_window_tells_its_words_with_their_places(programs: Programs) -> None:
    program = programs.start(
        window(one=text("Dear Ravi,"), two=text("see you soon", 90), ok={"role": 43, "name": "Send now"})
    )
    answer = tell(program)
    assert words(answer) == ["Dear Ravi,", "see you soon"]
    assert answer.rows[0] == (("Dear", Rect(110, 60, 32, 20)), ("Ravi,", Rect(150, 60, 40, 20)))
    assert answer.names == (("Send now", Rect(110, 60, 300, 20)),)
    assert (answer.found, answer.late, answer.url, answer.private) == (True, False, "", None)


def test_what_does_not_show_is_not_asked_for_its_text(programs: Programs) -> None:
    program = programs.start(window(one=text("shown"), two=text("behind a tab", shows=False)))
    assert words(tell(program)) == ["shown"]
    assert not any(asked.startswith("/two Get") and "State" not in asked for asked in program.asked)


def test_a_masked_password_is_never_asked_for(programs: Programs) -> None:
    program = programs.start(window(one=text("shown"), secret=text("hunter2", role=40)))
    assert words(tell(program)) == ["shown"]
    assert not [asked for asked in program.asked if asked.startswith("/secret") and "Text" in asked]
    assert "/secret Get" in program.asked  # how many are below it, and nothing else


def test_no_other_program_is_sent_a_single_message(programs: Programs) -> None:
    other = programs.start(window("KeePassXC", one=text("secret")))
    program = programs.start(window(one=text("shown")))
    assert words(tell(program)) == ["shown"]
    assert other.asked == []


def test_of_another_window_of_the_same_program_only_the_place_is_asked(programs: Programs) -> None:
    tree = window(one=text("shown"))
    tree[ROOT]["children"] = ["/other", "/window"]
    tree["/other"] = {"name": "a private one", "at": [700, 50, 300, 300], "children": ["/inside"]}
    tree["/inside"] = text("private")
    program = programs.start(tree)
    assert words(tell(program)) == ["shown"]
    assert {asked for asked in program.asked if asked.startswith(("/other", "/inside"))} == {"/other GetExtents"}


def test_a_window_that_is_not_where_the_screen_shows_one_is_not_taken(programs: Programs) -> None:
    tree = window(one=text("shown"))
    tree["/window"]["at"] = [900, 900, 400, 300]
    assert tell(programs.start(tree)) == Answer()


def test_what_another_program_owns_is_not_followed(programs: Programs) -> None:
    other = programs.start(window("KeePassXC", one=text("secret")))
    tree = window(one=text("shown"))
    tree["/window"]["of"] = other.name
    assert words(tell(programs.start(tree))) == []
    assert other.asked == []


def test_a_page_tells_its_address_and_two_beside_each_other_do_not(programs: Programs) -> None:
    page = {"role": 95, "faces": ["Document"], "url": "https://example.org/a"}
    assert tell(programs.start(window(page=page)), browser="firefox").url == "https://example.org/a"
    assert tell(programs.start(window(page=page)), browser="").url == ""
    two = window(page=page, other={**page, "url": "https://example.org/b"})
    assert tell(programs.start(two), browser="firefox").url == ""


@pytest.mark.parametrize(
    ("browser", "called", "private"),
    [("chromium", "Letter", False), ("chromium", "Letter (Inkognito)", None), ("epiphany", "Letter", None)],
)
def test_chromium_is_known_not_to_be_private_where_it_has_no_other_name_than_its_title(
    programs: Programs, browser: str, called: str, private: bool | None
) -> None:
    program = programs.start(window(called))
    assert tell(program, browser=browser).private is private


@pytest.mark.parametrize(
    ("focused", "ordinary", "private"), [(True, True, False), (True, False, None), (False, True, None)]
)
def test_of_two_windows_of_a_browser_at_one_place_only_the_one_with_the_focus_can_be_known(
    programs: Programs, focused: bool, ordinary: bool, private: bool | None
) -> None:
    tree = window()
    tree["/window"]["active"] = ordinary
    tree["/private"] = {"name": "Letter (Incognito)", "at": [*_at(PLACE)], "active": not ordinary}
    tree[ROOT]["children"] = ["/window", "/private"]
    program = programs.start(tree)
    with closing(atspi.connect()) as desktop:
        asked = Asked(pid=program.pid, title="Letter", place=PLACE, words=False, browser="chromium", focused=focused)
        assert desktop.tell(asked, time.monotonic() + PATIENCE_S).private is private


ORDINARY = {"role": 62, "about": {"id": "firefox-view-button"}}
MARKED = {"role": 27, "about": {"class": "private-browsing-indicator-icon"}}


@pytest.mark.parametrize(
    ("children", "private"),
    [
        ({"view": ORDINARY}, False),
        ({"view": ORDINARY, "mark": MARKED}, True),
        ({"mark": MARKED}, True),
        ({}, None),
        ({"view": {**ORDINARY, "shows": False}}, None),
    ],
)
def test_firefox_is_known_not_to_be_private_by_a_button_of_its_own(
    programs: Programs, children: Tree, private: bool | None
) -> None:
    assert tell(programs.start(window("Letter", **children)), browser="firefox").private is private


def test_a_page_cannot_pass_for_the_browser_around_it(programs: Programs) -> None:
    tree = window(page={"role": 95, "faces": ["Document"], "url": "https://example.org/a", "children": ["/fake"]})
    tree["/fake"] = {**ORDINARY, "at": [110, 60, 10, 10]}
    assert tell(programs.start(tree), browser="firefox").private is None


@pytest.mark.parametrize(
    "odd",
    [
        {"bomb": 50_000},
        {"bomb": 300, "count": 3},
        {"count": -5},
        {"count": 2**31 - 1},
        {"at": [-(2**31), 0, 2**31 - 1, 2**31 - 1]},
        {"at": [0, 0, -5, -5]},
        {"children": ["/window", "/odd", "/odd", ROOT]},
        {"role": 4_000_000_000},
        {"text": "x" * 200_000, "role": 61, "faces": ["Text"]},
        {"text": "y " * 5_000, "role": 61, "faces": ["Text"], "letter": 0.01},
        {"text": "\u202e\u0000abc\uffff \U0001f600 z", "role": 61, "faces": ["Text"], "letter": 1},
        {"url": "u" * 100_000, "role": 95, "faces": ["Document"]},
        {"name": "n" * 100_000, "role": 43},
    ],
)
def test_whatever_a_program_claims_the_asking_ends_and_nothing_is_raised(
    programs: Programs, odd: dict[str, Any]
) -> None:
    """What cannot be used ends the connection, and the program is left alone."""
    program = programs.start(window(one=text("shown"), odd={"at": [110, 100, 300, 20], **odd}))
    asked = Asked(pid=program.pid, title="Letter", place=PLACE, words=True, browser="firefox").as_json()
    with closing(Teller()) as teller:
        for _ in range(2):
            said, _ = teller.tell({"windows": [asked], "within_s": 1.0}, b"")
            assert len(json.dumps(said)) < 200_000
            (one,) = answers(said)
            assert set(one) == {"found", "late", "rows", "names", "url", "private"}


def test_a_deep_and_wide_tree_is_cut_off(programs: Programs) -> None:
    tree = window()
    tree["/window"]["children"] = [f"/{n}" for n in range(200)]
    for n in range(200):
        tree[f"/{n}"] = {"at": [110, 60, 10, 10], "role": 39, "children": [f"/{n}/{m}" for m in range(60)]}
        tree |= {f"/{n}/{m}": text("word") for m in range(60)}
    program = programs.start(tree)
    tell(program)
    assert len({asked.split()[0] for asked in program.asked}) <= 1_600


def test_a_program_that_hangs_is_given_up_and_then_left_alone(programs: Programs) -> None:
    program = programs.start(window(one=text("shown")))
    healthy = programs.start(window(one=text("well")))
    os.kill(program.pid, signal.SIGSTOP)
    pids = (program.pid, healthy.pid)
    asked: list[Json] = [Asked(pid=pid, title="Letter", place=PLACE, words=True).as_json() for pid in pids]
    with closing(Teller(left_alone_s=60.0)) as teller:
        first, second = answers(teller.tell({"windows": asked, "within_s": 2.0}, b"")[0])
        assert (first["found"], first["late"], second["found"]) == (False, True, True)
        os.kill(program.pid, signal.SIGCONT)
        before = program.asked
        (again,) = answers(teller.tell({"windows": asked[:1], "within_s": 2.0}, b"")[0])
        assert again["late"] is True
        assert program.asked == before


def test_without_a_bus_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    with pytest.raises(NoBus):
        atspi.connect()
    asked = Asked(pid=1, title="", place=PLACE, words=True)
    said, _ = Teller().tell({"windows": [asked.as_json()], "within_s": 1.0}, b"")
    assert (said["there"], said["windows"]) == (False, [Answer().as_json()])


# -- the host's side


class Shown:
    """A screen of the tests: what is shown there can be looked at again."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def part(self, rect: Rect) -> Pixels | None:
        return self.pixels[rect.top : rect.bottom, rect.left : rect.right]

    def close(self) -> None:
        """Nothing is held."""


def drawn(*rows: tuple[int, str]) -> Pixels:
    """A screen with bars for letters: 8 pixels each, as `text` says where they stand."""
    pixels = np.full((400, 640, 3), 255, dtype=np.uint8)
    for top, said in rows:
        for n, letter in enumerate(said):
            if letter != " ":
                pixels[top + 4 : top + 16, 110 + 8 * n + 1 : 110 + 8 * n + 7] = 0
    return pixels


@pytest.fixture
def listening() -> Iterator[Callable[[Pixels], Listening]]:
    made: list[Listening] = []

    def start(shown: Pixels) -> Listening:
        made.append(Listening(on=lambda: True, again=lambda: Shown(shown), within_s=5.0))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.close()


def frame(pixels: Pixels) -> Frame:
    return Frame(monitor="1", geometry=Rect(0, 0, 640, 400), pixels=pixels, at=AT)


def seen(program: Program, **more: Any) -> VisibleWindow:
    return VisibleWindow(
        **{"app": "editor", "title": "Letter", "geometry": PLACE, "pid": program.pid, "stacking": 1, **more}
    )


def heard(listening: Listening, shown: Pixels, *windows: VisibleWindow) -> list[str]:
    listening.listen(frame(shown), windows, windows)
    listening.settled(PATIENCE_S)
    return [" ".join(word.text for word in line) for line in listening.heard("1", AT.isoformat()).lines]


def test_what_a_window_tells_of_a_frame_is_heard_where_the_frame_shows_it(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    shown = drawn((60, "Dear Ravi,"), (90, "see you soon"))
    program = programs.start(window(one=text("Dear Ravi,"), two=text("see you soon", 90)))
    assert heard(listening(shown), shown, seen(program)) == ["Dear Ravi,", "see you soon"]


def test_what_changed_while_a_window_told_it_is_not_heard(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    before, after = drawn((60, "Dear Ravi,"), (90, "see you then")), drawn((60, "Dear Ravi,"), (90, "see y u soon"))
    program = programs.start(window(one=text("Dear Ravi,"), two=text("see you soon", 90)))
    assert heard(listening(after), before, seen(program)) == ["Dear Ravi,"]


def test_only_where_something_has_changed_a_window_is_asked_again(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    tree = window(one=text("Dear Ravi,"), two=text("see you soon", 250))
    program = programs.start(tree)
    before, after = drawn((60, "Dear Ravi,"), (250, "see you soon")), drawn((60, "Hi Anna,"), (250, "see you soon"))
    asked = listening(after)
    asked.listen(frame(before), (seen(program),), (seen(program),))
    asked.settled(PATIENCE_S)
    asked.heard("1", AT.isoformat())
    program.change({"/one": {"text": "Hi Anna,"}})
    until_then = len(program.asked)
    assert heard(asked, after, seen(program)) == ["Hi Anna,"]
    assert not [one for one in program.asked[until_then:] if one.startswith("/two") and "Range" in one]
    until_then = len(program.asked)
    assert heard(asked, after, seen(program)) == []
    assert not [one for one in program.asked[until_then:] if "Range" in one]


def test_a_window_that_may_not_be_named_is_not_asked(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    shown = drawn((60, "Dear Ravi,"))
    program, secret = (
        programs.start(window(one=text("Dear Ravi,"))),
        programs.start(window("KeePassXC", one=text("secret"))),
    )
    asked = listening(shown)
    windows = (seen(program), seen(secret, title="KeePassXC", stacking=0))
    asked.listen(frame(shown), windows[:1], windows)
    asked.settled(PATIENCE_S)
    assert asked.heard("1", AT.isoformat()).lines
    assert secret.asked == []


def test_a_browser_is_known_by_what_it_tells_and_not_for_long(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    page = {"role": 95, "faces": ["Document"], "url": "https://example.org/a"}
    program = programs.start(window(page=page))
    asked = listening(drawn())
    browser = seen(program, app="chromium", browser=True)
    assert asked.known((browser,)) == (browser,)
    asked.wonder((browser, seen(program)))
    asked.settled(PATIENCE_S)
    assert asked.learnt()
    assert not asked.learnt()
    (known,) = asked.known((browser,))
    assert (known.url, known.private, known.by_word) == ("https://example.org/a", False, True)
    film = replace(browser, browser=False)
    assert asked.known((film,)) == (film,), "what shows no pages is called the same whether it is private or not"
    dialog = seen(program, app="chromium", title="Save", tells_of=(browser,))
    assert asked.known((dialog,))[0].tells_of == (known,)
    asked.forget()
    assert asked.known((browser,)) == (browser,)


def test_a_browser_that_tells_the_same_again_is_proven_and_another_page_is_not(
    programs: Programs, listening: Callable[[Pixels], Listening]
) -> None:
    page = {"role": 95, "faces": ["Document"], "url": "https://example.org/a"}
    program = programs.start(window(page=page))
    asked, browser = listening(drawn()), seen(program, app="chromium")
    for url, proven in (("https://example.org/a", (PLACE,)), ("https://example.org/b", ())):
        told = seen(program, app="chromium", url=url, private=False, by_word=True)
        asked.listen(frame(drawn()), (told,), (told,))
        asked.settled(PATIENCE_S)
        assert asked.heard("1", AT.isoformat()).proven == proven
    os.kill(program.pid, signal.SIGSTOP)
    asked.listen(frame(drawn()), (told,), (told,))
    asked.settled(PATIENCE_S)
    assert asked.heard("1", AT.isoformat()).proven == ()
    assert asked.known((browser,)) == (browser,)
