"""What the grounds behind words tell of chats: bubbles, cards, the field one writes in, panes."""

from datetime import date, time

import numpy as np
import pytest

from core.capture.rect import Rect
from core.capture.screen.chat.patches import Grounds
from core.capture.screen.chat.read import read_chat
from core.capture.screen.chat.shapes import composer, furniture, system_line
from core.capture.screen.chat.times import Now, Stamp, stamp
from core.capture.screen.chat.tongues import came_or_went
from tests.drawn.chats import LAYOUTS
from tests.drawn.pages import PAGES
from tests.drawn.score import Score, read, score
from tests.drawn.sheet import Sheet, face
from tests.drawn.talk import NOW


def bubbles(sheet: Sheet, *said: tuple[str, bool]) -> None:
    """Messages of one line, the owner's at the right, as close as lines of one message; a half-written one below."""
    font = face("sans", 15)
    y = 120
    for words, mine in said:
        wide = int(font.getlength(words)) + 24
        left = sheet.width - 40 - wide if mine else 40
        sheet.box(left, y, left + wide, y + 30, "#005c4b" if mine else "#202c33", 10)
        sheet.text(left + 12, y + 6, words, font, "#ffffff")
        y += 32
    sheet.box(30, sheet.height - 60, sheet.width - 30, sheet.height - 16, "#2a3942", 12)
    sheet.text(50, sheet.height - 48, "I have not sent this", font, "#ffffff")


def test_a_patch_goes_as_far_as_its_colour_and_a_thin_line_beside_it_is_seen() -> None:
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[40:120, 50:250] = (220, 230, 240)
    pixels[70:90, 60:63] = (0, 120, 200)
    grounds = Grounds.of(pixels)
    patch = grounds.behind(Rect(70, 50, 100, 14))
    assert patch is not None
    assert (patch.left, patch.top, patch.right, patch.bottom) == (50, 40, 250, 120)
    assert patch.bar is None
    assert grounds.framed(patch, Rect(70, 50, 100, 14))
    quoted = grounds.behind(Rect(70, 74, 100, 12))
    assert quoted is not None
    assert quoted.bar == Rect(60, 70, 3, 20)
    assert quoted.left == 63
    whole = grounds.behind(Rect(10, 150, 100, 14))
    assert whole is not None
    assert (whole.left, whole.right, whole.top, whole.bottom) == (0, 300, 0, 200)


def test_an_edge_from_top_to_bottom_is_a_border_of_panes_and_a_bubble_is_none() -> None:
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[:, :80] = 240
    pixels[40:120, 150:250] = 200
    assert Grounds.of(pixels).borders() == [80]


def test_each_box_is_one_message_and_what_stands_in_the_field_is_none() -> None:
    sheet = Sheet(700, 600, "#0b141a")
    said = [("Are you there", False), ("are you", False), ("Yes, what is it", True), ("Nothing much", False)]
    bubbles(sheet, *said, ("fine then", True))
    size = sheet.width, sheet.height
    chat = read_chat(sheet.lines, *size, now=NOW, app="WhatsApp", title="Mia", pixels=sheet.pixels)
    assert chat is not None
    assert [(turn.text, turn.mine) for turn in chat.turns] == [*said, ("fine then", True)]
    bare = read_chat(sheet.lines, *size, now=NOW, app="WhatsApp", title="Mia")
    assert bare is None or len(bare.turns) != 5


def test_drawn_chats_are_read_better_with_their_grounds_and_pages_are_no_chats() -> None:
    total = Score()
    for make in LAYOUTS:
        window = make(101)
        for back in (0, window.furthest // 3):
            shot = window.at(back)
            total += score(shot.told, read(shot, seen=True))
    assert total.told > 400
    assert total.found >= 0.985 * total.told
    assert total.right >= 0.99 * total.found
    assert total.extra <= 0.04 * total.told
    for page in (make(1) for make in PAGES):
        sheet = page.sheet
        size = sheet.width, sheet.height
        told = read_chat(sheet.lines, *size, now=NOW, app=page.app, title=page.title, pixels=sheet.pixels)
        assert told is None


@pytest.mark.parametrize(
    ("words", "day", "clock"),
    [
        ("昨天 下午3:05", date(2026, 11, 19), time(15, 5)),
        ("午前10:12", None, time(10, 12)),
        ("2026年11月20日(金)", date(2026, 11, 20), None),
        ("오후 3:12", None, time(15, 12)),
        ("вчера в 12:30", date(2026, 11, 19), time(12, 30)),
        ("19 ноября", date(2026, 11, 19), None),
        ("18 Kasım 2026", date(2026, 11, 18), None),
        ("včera v 9:15", date(2026, 11, 19), time(9, 15)),
    ],
)
def test_times_are_read_in_further_languages(words: str, day: date | None, clock: time | None) -> None:
    assert stamp(words, Now(at=NOW)) == Stamp(day=day, clock=clock)


def test_a_name_that_begins_as_a_weekday_is_no_day() -> None:
    assert stamp("Per 09:15", Now(at=NOW)) is None


def test_who_came_or_went_is_told_by_the_program_and_not_by_somebody() -> None:
    for words in ("oleksa joined the room", "3 people joined and left", "Max hat die Gruppe verlassen"):
        assert came_or_went(words), words
    for words in ("I left the room", "Marta has left the meeting early because of rain", "the room is full"):
        assert not came_or_went(words), words


def test_what_programs_say_is_known_in_further_languages() -> None:
    for words in ("Написать сообщение...", "Napisz wiadomość", "メッセージを入力", "Bir mesaj yazın", "发送消息"):
        assert composer(words), words
    for words in ("Анна присоединилась к чату", "Ayşe gruba katıldı", "田中が参加しました", "Ola dołączyła do grupy"):
        assert system_line(words), words
    for words in ("既読 2", "Прочитано", "Responder", "Ana está escribiendo…"):
        assert furniture(words), words
    for words in ("I saw what he said", "we saw the message", "Das ist gut"):
        assert not composer(words), words
        assert not system_line(words), words
        assert not furniture(words), words
