"""Logs of IRC's programs: who said what and when, whatever form; joins and acts are nobody's words."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation.formats import Import, open_import
from core.capture.conversation.report import ImportContext
from core.memory import Observation

CONTEXT = ImportContext(now=datetime(2026, 9, 1, 12, 0, tzinfo=UTC), zone=ZoneInfo("Europe/Berlin"))
MIRC = """Session Start: Wed Dec 31 23:10:00 2025
Session Ident: #boats
[23:10] *** Now talking in #boats
[23:11] <wren> is the slip free?
[23:12] * wren waits
[23:59] <@Osk> till noon: then it's mine
[00:03] <wren> happy new year
[00:04] *** Osk has quit (Ping timeout)
Session Close: Thu Jan 01 00:05:00 2026
"""
MIRC_TOLD = MIRC.replace("[00:03]", "Session Time: Thu Jan 01 00:00:00 2026\n[00:03]")
HEXCHAT = """**** BEGIN LOGGING AT Wed Dec 31 23:10:00 2025

Dec 31 23:10:00 *\tNow talking on #boats
Dec 31 23:11:00 <wren>\tis the slip free?
Dec 31 23:12:00 *\twren waits
Dec 31 23:59:00 <Osk>\ttill noon: then it's mine
Jan 01 00:03:00 <wren>\thappy new year
Jan 01 00:04:00 *\tOsk has quit (Ping timeout)
**** ENDING LOGGING AT Thu Jan 01 00:05:00 2026
"""
XCHAT = HEXCHAT.replace("Dec 31", "dec 31").replace("*\tNow", "--> Now").replace("*\tOsk", "<-- Osk")
WEECHAT = """2025-12-31 23:10:00\t--\tChannel #boats: 2 nicks
2025-12-31 23:11:00\twren\tis the slip free?
2025-12-31 23:12:00\t *\twren waits
2025-12-31 23:59:00\t@Osk\ttill noon: then it's mine
2026-01-01 00:03:00\twren\thappy new year
2026-01-01 00:04:00\t<--\tOsk (~o@host.example.test) has quit (Ping timeout)
"""
IRSSI = """--- Log opened Wed Dec 31 23:10:00 2025
23:10 -!- wren [~w@host.example.test] has joined #boats
23:11 <@wren> is the slip free?
23:12  * wren waits
23:59 < Osk> till noon: then it's mine
--- Day changed Thu Jan 01 2026
00:03 <@wren> happy new year
00:04 -!- Osk [~o@host.example.test] has quit [Ping timeout]
--- Log closed Thu Jan 01 00:05:00 2026
"""
TABLE = "".join(
    f"2026-01-0{day} 10:00:00\t{level}\tdisk {day} ok\n" for day, level in ((1, "INFO"), (2, "WARN"), (3, "INFO"))
)


def taken(tmp_path: Path, content: str) -> tuple[list[Observation], Import]:
    path = tmp_path / "#boats.log"
    path.write_text(content, encoding="utf-8")
    reading = open_import(path, CONTEXT)
    return list(reading.observations()), reading


@pytest.mark.parametrize("log", [MIRC, MIRC_TOLD, HEXCHAT, XCHAT, WEECHAT, IRSSI])
def test_what_was_said_in_a_log_of_irc_has_its_speaker_and_time_over_midnight(tmp_path: Path, log: str) -> None:
    turns, _ = taken(tmp_path, log)
    assert [(turn.provenance.speaker.lstrip("@"), turn.text, f"{turn.at:%Y-%m-%d %H:%M}") for turn in turns] == [
        ("wren", "is the slip free?", "2025-12-31 23:11"),
        ("Osk", "till noon: then it's mine", "2025-12-31 23:59"),
        ("wren", "happy new year", "2026-01-01 00:03"),
    ]
    assert all(turn.at_given for turn in turns)


def test_a_table_of_a_program_is_no_log_of_a_talk(tmp_path: Path) -> None:
    turns, _ = taken(tmp_path, TABLE)
    assert {turn.provenance.speaker for turn in turns} == {""}


def test_times_before_midnight_after_earlier_dated_ones_stay_on_their_day(tmp_path: Path) -> None:
    turns, _ = taken(
        tmp_path, "2026-05-02 09:00 Ann: newest\n2026-05-01 08:00 Ben: older\n2026-04-30 07:00 Ann: oldest\n"
    )
    assert [f"{turn.at:%m-%d %H:%M}" for turn in turns] == ["05-02 09:00", "05-01 08:00", "04-30 07:00"]
