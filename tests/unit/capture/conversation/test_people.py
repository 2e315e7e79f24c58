"""What people say to each other in WhatsApp, Telegram, Signal, Slack and Discord, read from their exports."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation.formats import Import, open_import
from core.capture.conversation.report import ImportContext
from core.memory import Channel, Observation
from core.settings import Person
from tests.exported import chats

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"))
OF_KIM = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"), names=("Kim Berg",))


def taken(path: Path, context: ImportContext = BERLIN) -> tuple[list[Observation], Import]:
    reading = open_import(path, context)
    return list(reading.observations()), reading


def written(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode())
    return path


def said(turns: list[Observation]) -> list[tuple[str, str, str]]:
    return [(turn.provenance.speaker, turn.provenance.addressee, turn.text) for turn in turns]


def reasons(reading: Import) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in reading.tally.report().skipped]


# --- WhatsApp


@pytest.mark.parametrize("language", chats.WHATSAPP_STAMPS)
def test_a_moment_is_the_same_in_every_language_whatsapp_writes_it_in(tmp_path: Path, language: str) -> None:
    stamp = chats.WHATSAPP_STAMPS[language]
    path = written(tmp_path, "WhatsApp Chat with Dana.txt", f"{stamp}Dana: one: two\n{stamp}Kim: three\n")
    turns, reading = taken(path)
    assert reading.tally.format == "WhatsApp chat"
    assert said(turns) == [("Dana", "me", "one: two"), ("Kim", "Dana", "three")]
    assert all(turn.at.replace(second=0).isoformat() == "2024-03-15T14:05:00+01:00" for turn in turns)
    assert all(turn.at_given for turn in turns)
    assert reading.tally.report().notices == ()


@pytest.mark.parametrize("language", chats.WHATSAPP_WORDS)
def test_what_whatsapp_says_itself_is_no_turn_in_any_language(tmp_path: Path, language: str) -> None:
    omitted, deleted, edited = chats.WHATSAPP_WORDS[language]
    rows = [f"15.03.24, 14:05 - Dana: {text}" for text in (omitted, deleted, f"x < 3 {edited}")]
    turns, reading = taken(written(tmp_path, "Chat.txt", "\n".join(rows)))
    assert [turn.text for turn in turns] == ["x < 3"]
    assert reasons(reading) == [
        (1, "a picture or file that was left out of the export"),
        (2, "a message that was deleted"),
    ]


def test_a_whatsapp_chat_with_one_person_is_between_them_and_me(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "WhatsApp Chat with Dana Miller (1).txt", chats.whatsapp_android()))
    assert said(turns) == [
        ("Dana Miller", "me", "Is the boiler still leaking?"),
        (
            "Kim Berg",
            "Dana Miller",
            "Less than yesterday.\nThe plumber said: Tuesday at nine.\n\nHe needs the key.",
        ),
        ("Dana Miller", "me", "that is the valve\n[attached: IMG-20240328-WA0003.jpg]"),
        ("Kim Berg", "Dana Miller", "I pay the 84 euros."),
    ]
    assert [turn.provenance.mine for turn in turns] == [False, True, False, True]
    assert {(turn.provenance.window, turn.provenance.app) for turn in turns} == {("Dana Miller", "WhatsApp")}
    assert len(reasons(reading)) == 5


def test_the_zip_of_an_iphone_gives_the_chat_its_name(tmp_path: Path) -> None:
    turns, reading = taken(chats.whatsapp_zip(tmp_path), ImportContext(now=NOW, names=("Ben",), zone=BERLIN.zone))
    assert [(turn.provenance.speaker, turn.provenance.mine) for turn in turns] == [
        ("Ada", False),
        ("Ben", True),
        ("Cleo", False),
        ("Ben", True),
        ("Cleo", False),
    ]
    assert {turn.provenance.window for turn in turns} == {"Choir"}
    assert turns[1].text == "[attached: 00000004-PHOTO-2024-02-03-09-14-02.jpg]"
    assert turns[2].text == "Score.pdf • 12 pages\n[attached: 00000005-Score.pdf]"
    assert turns[3].at.isoformat() == "2024-02-13T23:59:59+01:00"
    assert turns[4].at.isoformat() == "2024-02-14T00:00:05+01:00"
    assert len(reasons(reading)) == 5


def whatsapp(days: list[str], clock: str = "14:05") -> str:
    return "".join(f"{day}, {clock} - Dana: message {number}\n" for number, day in enumerate(days))


def test_one_day_past_the_twelfth_tells_the_order_of_all_dates(tmp_path: Path) -> None:
    british, _ = taken(written(tmp_path, "a.txt", whatsapp(["03/04/24", "05/04/24", "13/04/24"])))
    american, _ = taken(written(tmp_path, "b.txt", whatsapp(["03/04/24", "03/05/24", "03/13/24"])))
    assert [turn.at.date().isoformat() for turn in british] == ["2024-04-03", "2024-04-05", "2024-04-13"]
    assert [turn.at.date().isoformat() for turn in american] == ["2024-03-04", "2024-03-05", "2024-03-13"]


def test_a_chat_that_runs_forward_only_one_way_is_read_that_way(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "a.txt", whatsapp(["09/03/24", "10/03/24", "01/04/24", "02/04/24"])))
    assert [turn.at.month for turn in turns] == [3, 3, 4, 4]
    assert reading.tally.report().notices == ()


def test_dates_that_nothing_decides_are_read_as_their_clock_suggests_and_it_is_said(tmp_path: Path) -> None:
    days, reading = taken(written(tmp_path, "a.txt", whatsapp(["3/4/24"])))
    months, others = taken(written(tmp_path, "b.txt", whatsapp(["3/4/24"], "2:05 PM")))
    assert (days[0].at.date().isoformat(), months[0].at.date().isoformat()) == ("2024-04-03", "2024-03-04")
    assert "read as day/month" in reading.tally.report().notices[0]
    assert "read as month/day" in others.tally.report().notices[0]


def test_dates_with_dots_have_the_day_first_everywhere(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "a.txt", whatsapp(["3.4.24"], "2:05 PM")))
    assert (turns[0].at.day, turns[0].at.month) == (3, 4)
    assert reading.tally.report().notices == ()


def test_the_persons_country_decides_where_nothing_in_the_file_does(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", whatsapp(["3/4/24"]))
    american, british = (
        taken(path, ImportContext.of(Person(country=country, zone="Europe/Berlin"), NOW)) for country in ("US", "GB")
    )
    assert (american[0][0].at.month, british[0][0].at.month) == (3, 4)
    assert "read as month/day" in american[1].tally.report().notices[0]


def test_a_date_that_does_not_exist_costs_only_itself_and_its_turn_takes_its_neighbours(tmp_path: Path) -> None:
    turns, _ = taken(written(tmp_path, "a.txt", whatsapp(["14/04/24", "15/04/24", "31/02/24", "16/04/24", "99/99/99"])))
    assert [turn.at.day for turn in turns] == [14, 15, 15, 16, 16]
    assert [turn.at_given for turn in turns] == [True, True, False, True, False]


def test_a_programs_log_is_no_chat(tmp_path: Path) -> None:
    log = "\n".join(f"2024-03-15 14:05:{second:02} - INFO: started {second}" for second in range(20))
    _, reading = taken(written(tmp_path, "server.txt", log))
    assert reading.tally.format == "plain text"


# --- Telegram


def test_a_telegram_chat_comes_with_its_links_files_and_forwards(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "result.json", chats.telegram_chat()))
    assert said(turns) == [
        ("Ivana Petrova", "me", "The draft is at the wiki (https://wiki.example/d), read it by Friday."),
        ("Kim", "Ivana Petrova", "I will."),
        ("Ivana Petrova", "me", "[forwarded from Olaf]\nThese are the numbers.\n[attached: budget.xlsx]"),
        ("user99", "me", "still here"),
    ]
    assert [turn.provenance.mine for turn in turns] == [False, True, False, False]
    assert turns[0].at.isoformat() == "2025-01-15T11:30:00+01:00"
    assert [turn.provenance.external_id for turn in turns] == ["2", "3", "4", "6"]
    assert [line for line, _ in reasons(reading)] == [1, 5]


def test_a_telegram_account_comes_with_every_chat_also_those_left(tmp_path: Path) -> None:
    turns, _ = taken(written(tmp_path, "result.json", chats.telegram_account()))
    places = [(turn.provenance.conversation, turn.provenance.window) for turn in turns[4:]]
    assert places == [
        ("Telegram 99", "Hiking"),
        ("Telegram 777", "Saved Messages"),
        ("Telegram 100", "Hiking"),
    ]
    assert [turn.provenance.mine for turn in turns] == [False, True, False, False, False, True, False]


# --- Signal


def test_signals_own_export_names_who_spoke_and_who_is_meant(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "main.jsonl", chats.signal_export()))
    assert said(turns) == [
        ("Ada Vogel", "me", "The seeds are in the blue box."),
        ("Kim Berg", "Ada Vogel", "Found them.\n[attached: plan.pdf]"),
        ("Kim Berg", "", "@Ada Vogel waters on Sunday."),
        ("Ada Vogel", "", "Peas or beans?\n- Peas\n- Beans"),
    ]
    assert [turn.provenance.mine for turn in turns] == [False, True, True, False]
    assert turns[0].at.isoformat() == "2025-09-04T17:33:20+02:00"
    assert [line for line, _ in reasons(reading)] == [12, 13, 14]


def test_a_line_end_inside_a_signal_message_does_not_break_it(tmp_path: Path) -> None:
    broken = chats.signal_export().replace("The seeds are", "The seeds\nare")
    turns, reading = taken(written(tmp_path, "main.jsonl", broken))
    assert turns[0].text == "The seeds\nare in the blue box."
    assert len(reasons(reading)) == 3


def test_what_signal_cli_received_is_taken_without_its_receipts(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "received.jsonl", chats.signal_cli()))
    assert said(turns) == [
        ("Ada", "me", "The seeds came."),
        ("me", "Ada", "Good.\n[attached: box.png]"),
        ("Ada", "", "Sunday?"),
    ]
    assert turns[0].provenance.conversation == turns[1].provenance.conversation != turns[2].provenance.conversation
    assert [line for line, _ in reasons(reading)] == [2, 5]


# --- Slack


def test_a_slack_export_has_people_by_name_threads_and_channels(tmp_path: Path) -> None:
    turns, reading = taken(chats.slack_zip(tmp_path), OF_KIM)
    assert said(turns) == [
        ("ada", "me", "Lunch at one?"),
        ("Dana", "", "@Kim Berg the offer & the plan are in #general, see the plan (https://example.org/plan)"),
        ("Kim Berg", "", "I sign on Monday.\n[attached: offer.pdf]"),
        ("builds", "", "Build 481\nfailed on main"),
        ("Dana", "", "The server moves tonight."),
    ]
    assert [turn.provenance.window for turn in turns] == ["ada", *4 * ["#general"]]
    assert turns[1].provenance.session == turns[2].provenance.session != ""
    assert [turn.provenance.mine for turn in turns] == [False, False, True, False, False]
    skipped = reading.tally.report().skipped
    assert {one.file for one in skipped} == {"general/2024-03-15.json"}
    assert [one.line for one in skipped] == [1, 5]


def test_whoever_is_in_all_direct_conversations_of_a_slack_export_is_the_person(tmp_path: Path) -> None:
    files = chats.slack()
    other = [{"id": f"D0{n}", "members": ["U02KIM", who]} for n, who in ((2, "U01DANA"), (3, "U03ADA"))]
    files["dms.json"] = json.dumps([*json.loads(files["dms.json"]), *other])
    turns, _ = taken(chats.packed(tmp_path / "export.zip", files))
    assert [turn.provenance.mine for turn in turns] == [False, False, True, False, False]
    assert (turns[0].provenance.window, turns[0].provenance.addressee) == ("ada", "me")
    unknown, _ = taken(chats.slack_zip(tmp_path))
    assert not any(turn.provenance.mine for turn in unknown)


def test_an_unpacked_slack_export_reads_like_its_zip(tmp_path: Path) -> None:
    for name, content in chats.slack().items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    turns, _ = taken(tmp_path / "unpacked", OF_KIM)
    assert turns == taken(chats.slack_zip(tmp_path), OF_KIM)[0]


# --- Discord


def test_a_discord_channel_keeps_its_zones_files_and_cards(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "Rowing club - boats [200].json", chats.discord()))
    assert said(turns) == [
        ("Dana", "", "The red boat has a leak.\n[attached: leak.jpg]"),
        ("Kim", "", "I will fix it on Saturday."),
        ("Kim", "", "Boat repair\nResin and cloth."),
    ]
    assert {turn.provenance.window for turn in turns} == {"Rowing club #boats"}
    assert turns[1].at.isoformat() == "2024-03-15T15:00:00+01:00"
    assert all(turn.provenance.channel is Channel.CONVERSATION for turn in turns)
    assert [line for line, _ in reasons(reading)] == [1, 5]


def test_discords_own_package_is_what_i_wrote_to_whom(tmp_path: Path) -> None:
    turns, reading = taken(chats.packed(tmp_path / "package.zip", chats.discord_package()))
    assert said(turns) == [
        ("Kim", "", "The red boat leaks.\n[attached: leak.jpg]"),
        ("Kim", "dana", 'Bring the "old" oars,\nplease.'),
    ]
    assert [turn.provenance.window for turn in turns] == ["Rowing club #boats", "dana"]
    assert [turn.at.isoformat() for turn in turns] == ["2024-03-15T14:06:09+01:00", "2021-01-02T04:04:05.123000+01:00"]
    assert all(turn.provenance.mine for turn in turns)
    report = reading.tally.report()
    assert [(one.file, one.line) for one in report.skipped] == [("Messages/c100000000000000001/messages.json", 2)]
    assert "not what others wrote" in report.notices[0]


def test_chats_by_signal_export_are_called_as_their_folders(tmp_path: Path) -> None:
    turns, reading = taken(chats.packed(tmp_path / "chats.zip", chats.signal_chats()))
    assert said(turns) == [
        ("Ada Vogel", "me", "The seeds came."),
        ("Me", "", "Good.\n[attached: box.png]"),
        ("Ada Vogel", "", "Sunday?"),
    ]
    assert [turn.provenance.window for turn in turns] == ["Ada Vogel", "Ada Vogel", "Garden"]
    assert [turn.provenance.mine for turn in turns] == [False, True, False]
    assert [(one.file, one.line) for one in reading.tally.report().skipped] == [("Ada Vogel/data.json", 3)]


def test_a_signal_chat_that_is_only_written_to_be_read_is_taken_and_nothing_twice(tmp_path: Path) -> None:
    told = (
        "[2026-03-01 10:00:00] Ada Vogel: The seeds came.  \n\n"
        "[2026-03-01 10:01:00] Me: Good:\n- beans  \n(- Ada Vogel: 👍 -)\n\n"
        "[2026-03-01 10:02:00] Ada Vogel: \n\n> Good:\n> - beans\n\nSunday?  \n\n"
        "[2026-03-01 10:03:00] Me:   ![box.png](./media/box.png)  \n\n"
        "[2026-03-01 10:04:00] Me:   \n(( 😂 ))\n\n"
        "[2026-03-01 10:05:00] Ada Vogel: (This message was deleted)\n"
    )
    lines = [
        {"date": "2026-03-01T10:00:00", "sender": "Ada Vogel", "body": "The seeds came.  "},
        {"date": "2026-03-01T10:02:00", "sender": "Ada Vogel", "body": "Sunday?  "},
    ]
    rest = {"quote": "", "reactions": [], "attachments": []}
    machine = "".join(json.dumps(line | rest) + "\n" for line in lines)
    folder = tmp_path / "Ada Vogel"
    folder.mkdir()
    alone = written(folder, "chat.md", told)
    turns, reading = taken(alone)
    assert said(turns) == [
        ("Ada Vogel", "me", "The seeds came."),
        ("Me", "", "Good:\n- beans"),
        ("Ada Vogel", "me", "Sunday?"),
        ("Me", "", "[attached: box.png]"),
    ]
    assert [one.reason for one in reading.tally.report().skipped] == [
        "a message without words",
        "a message that was deleted",
    ]
    assert {turn.provenance.conversation for turn in turns} == {"Signal Ada Vogel"}
    written(folder, "data.json", machine)
    both, _ = taken(tmp_path)
    assert [turn.provenance.external_id for turn in both] == [turns[at].provenance.external_id for at in (0, 2)]
