"""Titles of what is left out, found in what was read of other windows; and labels that go with a frame."""

from dataclasses import replace

import pytest

from core.capture.rect import Rect
from core.capture.rules import Rule
from core.capture.screen.betrayed import betrayed
from core.capture.screen.label import Label, judged, now_left_out, unpacked
from core.capture.screen.page import Line
from core.capture.screen.windows import VisibleWindow
from core.memory import WordBox

MONITOR = Rect(1000, 0, 800, 600)
LIST, LETTER = Rect(1000, 0, 300, 300), Rect(1200, 100, 500, 400)


def line(text: str, left: int = 10, top: int = 10) -> Line:
    words, at = [], left
    for word in text.split():
        words.append(WordBox(text=word, left=at, top=top, width=8 * len(word), height=12))
        at += 8 * len(word) + 8
    return tuple(words)


def windows() -> tuple[VisibleWindow, ...]:
    return (
        VisibleWindow(app="list", title="windows", geometry=LIST, stacking=1),
        VisibleWindow(app="editor", title="letter", cls="ed", also=("old",), geometry=LETTER, stacking=2),
    )


def label(*left_out: str) -> Label:
    one = Label(at="", monitor="1", width=800, height=600, judged=judged(windows(), MONITOR), left_out=left_out)
    return unpacked(one.packed())


SECRET = "Payroll 2026.ods — LibreOffice Calc"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "0x00a  0 host Payroll 2026.ods — LibreOffice Calc",
        "PAYROLL 2026.ods - LibreOffice Calc",
        "Payroll 2O26.ods LibreOfflce Calc",
        "Payroll 2026.ods — Libr…",
        "Payroll 2026.o...",
    ],
)
def test_the_window_that_shows_a_title_is_found(text: str) -> None:
    assert betrayed([line("an ordinary line"), line(text, top=40)], label(SECRET)) == (Rect(0, 0, 300, 300),)


@pytest.mark.parametrize(
    "text",
    [
        "the payroll of 2026 is done",
        "did you do Payroll 2026...",
        "LibreOffice Calc",
        "Payroll…",
        "Calc 2026",
        "Payroll 2025.odt — Writer",
    ],
)
def test_other_words_of_it_cost_nothing(text: str) -> None:
    assert betrayed([line(text)], label(SECRET)) == ()


@pytest.mark.parametrize("title", ["Signal", "Document Viewer", "Untitled", "Inbox", "", "- — -", "a - b"])
def test_titles_that_anything_may_say_are_not_looked_for(title: str) -> None:
    assert betrayed([line(f"see {title} here")], label(title)) == ()


def test_the_highest_window_there_is_meant_and_all_where_there_is_none() -> None:
    assert betrayed([line(SECRET, left=260, top=150)], label(SECRET)) == (Rect(200, 100, 500, 400),)
    assert betrayed([line(SECRET, left=300, top=550)], label(SECRET)) == (Rect(0, 0, 800, 600),)


def test_a_window_that_is_called_after_one_that_is_left_out_is_left_out() -> None:
    places = (("rec", f"Recording {SECRET}", "", 0, 0, 90, 90), ("editor", "letter", "", 200, 100, 500, 400))
    assert betrayed([], replace(label(SECRET), windows=places)) == (Rect(0, 0, 90, 90),)


def test_what_is_looked_for_shows_in_no_log() -> None:
    assert "Payroll" not in repr(label(SECRET))


@pytest.mark.parametrize("field", ["class", "any", "title"])
def test_a_rule_that_comes_later_holds_for_all_names_of_a_waiting_window(field: str) -> None:
    pattern = {"class": "ed", "any": "ed", "title": "old"}[field]
    assert now_left_out(label(), [Rule(field=field, pattern=pattern)]) == [Rect(200, 100, 500, 400)]  # type: ignore[arg-type]
    assert now_left_out(label(), [Rule(field="title", pattern="another")]) == []
