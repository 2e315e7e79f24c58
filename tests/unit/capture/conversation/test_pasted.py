"""What is pasted: conversations copied out of chat programs, and notes that only look like one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation.pasted import Told, told_in
from core.capture.conversation.report import ImportContext
from tests.exported import chats, talks

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"), names=("Kim",))

COPIED = {
    "WhatsApp in a browser": "[14:05, 15/03/2024] Dana: Hi\nthere\n[14:06, 15/03/2024] Kim: Hello: you",
    "WhatsApp in a browser, en-US": "[2:05 PM, 3/15/2024] Dana: Hi\nthere\n[2:06 PM, 3/15/2024] Kim: Hello: you",
    "Telegram Desktop": "Dana, [15.03.2024 14:05]\nHi\nthere\n\nKim, [15.03.2024 14:06]\nHello: you",
    "Discord": "Dana — 15.03.2024 14:05\nHi\nthere\nKim — 15.03.2024 14:06\nHello: you",
    "Teams": "[15.03.2024 14:05] Dana\nHi\nthere\n[15.03.2024 14:06] Kim\nHello: you",
}


def told(text: str) -> Told:
    found = told_in(text, BERLIN)
    assert found is not None
    return found


@pytest.mark.parametrize("program", COPIED)
def test_what_is_copied_out_of_a_chat_program_is_its_turns(program: str) -> None:
    found = told(COPIED[program])
    assert [(turn.provenance.speaker, turn.text) for turn in found.turns] == [
        ("Dana", "Hi\nthere"),
        ("Kim", "Hello: you"),
    ]
    assert [turn.at.isoformat() for turn in found.turns] == ["2024-03-15T14:05:00+01:00", "2024-03-15T14:06:00+01:00"]
    assert [turn.provenance.mine for turn in found.turns] == [False, True]
    assert {turn.provenance.conversation for turn in found.turns} == {"Pasted: Dana, Kim"}


def test_days_said_in_words_are_counted_from_the_moment() -> None:
    turns = told("Dana — Yesterday at 2:05 PM\nHi\nKim — Today at 9:00 AM\nHello").turns
    assert [turn.at.isoformat() for turn in turns] == ["2026-08-31T14:05:00+02:00", "2026-09-01T09:00:00+02:00"]


def test_a_clock_without_a_day_gives_no_date() -> None:
    turns = told("Dana Miller\u00a0\u00a02:05 PM\nHi there\nKim  2:06 PM\nok\n:+1:\nDana Miller  2:07 PM\nbye").turns
    assert [turn.text for turn in turns] == ["Hi there", "ok\n:+1:", "bye"]
    assert not any(turn.at_given for turn in turns)


@pytest.mark.parametrize(
    "text",
    [
        "[Dana Miller] 14:05:09\nHi there\n[Kim] 14:05:20\nHello: you",
        "14:05:09\tFrom Dana Miller to Everyone:\n\tHi there\n14:05:20\tFrom  Kim  to  Everyone : Hello: you",
    ],
)
def test_what_zoom_saves_of_a_meeting_beside_its_transcript_is_read_too(text: str) -> None:
    turns = told(text).turns
    assert [(turn.provenance.speaker, turn.text) for turn in turns] == [
        ("Dana Miller", "Hi there"),
        ("Kim", "Hello: you"),
    ]


def test_a_day_and_month_without_a_year_are_the_last_such_day() -> None:
    turns = told("[12/24 2:05 PM] Dana\nMerry Christmas\n[12/25 2:05 PM] Kim\nYou too").turns
    assert [turn.at.date().isoformat() for turn in turns] == ["2025-12-24", "2025-12-25"]


def test_the_same_talk_pasted_longer_keeps_the_ids_it_had() -> None:
    short, long = told(COPIED["Discord"]), told(COPIED["Discord"] + "\nDana — 15.03.2024 14:09\nBye")
    ids = [[turn.provenance.external_id for turn in found.turns] for found in (short, long)]
    assert ids[1][:2] == ids[0]
    assert len(ids[1]) == 3


@pytest.mark.parametrize("text", [chats.whatsapp_android(), talks.ZOOM, talks.MBOX.decode("utf-8", "replace")])
def test_whole_exports_can_be_pasted_too(text: str) -> None:
    assert len(told(text).turns) >= 4


def test_named_lines_of_people_who_answer_each_other_are_a_conversation() -> None:
    found = told("Dana: Is it done?\nKim: Not yet.\nDana: When?\nKim: On Friday.")
    assert (found.format, len(found.turns)) == ("plain text", 4)
    assert {turn.provenance.conversation for turn in found.turns} == {"Pasted: Dana, Kim"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The spare key hangs behind the boiler.",
        "Groceries: milk\nHardware: two hooks",
        "Todo: milk\nTodo: bread\nTodo: salt",
        "Name: Ada\nStreet: Long Lane 4\nTown: Leeds\nPhone: 12345",
        "Meeting at 14:05\nWe met at 15:00\nIt was good",
        "[14:05] INFO: started\n[14:06] INFO: stopped\n[14:07] ERROR: broken",
        '{"messages": []}',
        "Lunch  12:30\nsoup and bread\nDinner  19:00\nfish",
        "<html><body>Dana: hi<br>Kim: ho</body></html>",
        "Recipe: pancakes\n\nFlour: 200 g\nMilk: 300 ml\nEggs: 3\nSalt: a little",
        "x" * 1000 + "\n" + "y" * 1000,
    ],
)
def test_a_note_stays_a_note(text: str) -> None:
    assert told_in(text, BERLIN) is None
