"""What all importers share: whose a turn is, ids of turns without them, neighbours' dates, and what is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation.report import LISTED, ImportContext, Skipped, Tally
from core.capture.conversation.text import LONGEST_LINE
from core.capture.conversation.turns import Read, StableIds, Undated, dated, observed
from core.memory import Channel, Claim, MemoryId, Observation, Provenance, Saved
from tests.unit.capture.conversation.test_people import reasons, said, taken, written

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
OF_KIM = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"), names=("Kim Berg",))


def turn(speaker: str, *, mine: bool = False, context: ImportContext = OF_KIM, at: datetime | None = NOW) -> Provenance:
    origin = Provenance(channel=Channel.CONVERSATION, conversation="c", speaker=speaker, mine=mine)
    made = observed("words", at, origin, context)
    return (made.observation if isinstance(made, Undated) else made).provenance


def test_whose_a_turn_is_rests_on_the_file_or_on_a_name_and_on_nothing_where_nobody_vouches() -> None:
    dropped = replace(OF_KIM, vouched=False)
    for speaker, mine, vouched, unvouched in (
        ("me", True, (True, Claim.SOURCE), (False, Claim.UNVOUCHED)),
        ("kim berg ", False, (True, Claim.NAMED), (False, Claim.UNVOUCHED)),
        ("Dana", False, (False, Claim.SOURCE), (False, Claim.LOOSE)),
    ):
        for context, expected in ((OF_KIM, vouched), (dropped, unvouched)):
            found = turn(speaker, mine=mine, context=context)
            assert (found.mine, found.claim) == expected, speaker


def test_equal_turns_of_two_conversations_have_ids_of_their_own_and_the_same_ones_again() -> None:
    def ids(name: str) -> list[str]:
        made = StableIds(name)
        return [made.next("Dana", "10:00", "ok") for _ in range(2)] + [made.next("Kim", "10:00", "ok")]

    assert ids("one") == ids("one")
    assert len({*ids("one"), *ids("two")}) == 6


def test_turns_that_wait_for_a_date_are_handed_out_before_there_are_too_many() -> None:
    read = 0

    def undated() -> Iterator[Read]:
        nonlocal read
        for number in range(5_000):
            read += 1
            origin = Provenance(channel=Channel.CONVERSATION, conversation=f"c{number % 7}", speaker="Dana")
            yield observed(f"turn {number}", None, origin, OF_KIM)

    turns = dated(undated(), OF_KIM)
    first = next(turns)
    assert read < 2_000, "they would all be held in memory"
    assert isinstance(first, Observation)
    assert (first.at, first.at_given) == (NOW, False)
    assert sum(1 for _ in turns) == 4_999


@pytest.mark.parametrize("year", [1, 1899, 2200, 9998])
def test_a_year_in_which_nobody_talked_is_no_date(year: int) -> None:
    with pytest.raises(ValueError, match="range"):
        OF_KIM.aware(datetime(year, 6, 1, 12))
    assert OF_KIM.aware(datetime(2026, 6, 1, 12)).isoformat() == "2026-06-01T12:00:00+02:00"


# -- what is told


def test_all_skipped_places_are_counted_and_the_first_are_named() -> None:
    tally = Tally(format="made")
    for line in range(LISTED + 5):
        tally.skip(Skipped(line=line, reason="no words"))
    report = tally.report()
    assert (report.skipped_count, len(report.skipped), report.skipped[-1].line) == (LISTED + 5, LISTED, LISTED - 1)


def test_what_a_commit_refused_and_left_is_in_the_report() -> None:
    tally = Tally(format="made")
    for _ in range(2):
        tally.keep(Saved(ids=(MemoryId("a"), MemoryId("b")), versions=1, known=3, refused=4, left=5))
    report = tally.report()
    assert (report.new, report.versions, report.known, report.refused) == (2, 2, 6, 8)
    assert [notice for notice in report.notices if notice.startswith("10 have another text")]


def test_who_it_may_be_is_asked_only_where_nobody_is_known_to_be_the_person() -> None:
    for mine, claim, asked in (
        (False, Claim.SOURCE, ("Dana", "Kim")),
        (True, Claim.SOURCE, ()),
        (False, Claim.UNVOUCHED, ()),
    ):
        tally = Tally(format="made")
        for speaker in ("Dana", "Kim"):
            tally.heard(Provenance(channel=Channel.CONVERSATION, conversation="c", speaker=speaker))
        tally.heard(
            Provenance(channel=Channel.CONVERSATION, conversation="c", speaker="Kim", mine=mine, claim=claim)
            if mine or claim is Claim.UNVOUCHED
            else Provenance(channel=Channel.CONVERSATION, conversation="c", speaker="Dana")
        )
        assert tally.report().who_is_it == asked


# -- WhatsApp


STAMP = "15/03/2024, 14:05 - "


def test_a_group_that_is_called_like_one_of_its_people_is_no_talk_of_two(tmp_path: Path) -> None:
    lines = "".join(f"{STAMP}{name}: hello\n" for name in ("Dana", "Kim", "Sam"))
    turns, _ = taken(written(tmp_path, "WhatsApp Chat with Dana.txt", lines))
    assert said(turns) == [("Dana", "", "hello"), ("Kim", "", "hello"), ("Sam", "", "hello")]
    assert not any(one.provenance.mine for one in turns)


def test_what_is_too_long_to_be_read_is_told_with_its_line_and_the_rest_is_there(tmp_path: Path) -> None:
    longest = "x" * 2**20
    lines = f"{STAMP}Dana: {longest}\n{longest}x\nmore of it\n{STAMP}Kim: short\n"
    turns, reading = taken(written(tmp_path, "WhatsApp Chat with Dana.txt", lines))
    assert [len(one.text) for one in turns] == [2**21 + 2, 5]
    assert reasons(reading) == [(2, "the rest of a message longer than WhatsApp allows")]
    lines = f"{STAMP}Dana: one\n{'y' * (LONGEST_LINE + 1)}\n{STAMP}Kim: two\n"
    turns, reading = taken(written(tmp_path, "WhatsApp Chat with Dana.txt", lines))
    assert [one.text for one in turns] == ["one", "two"]
    assert reasons(reading) == [(2, "longer than 10 MB")]


# -- others


def test_somebody_who_goes_on_after_each_short_pause_says_one_thing(tmp_path: Path) -> None:
    cues = "".join(
        f"00:00:{begin:02}.000 --> 00:00:{end:02}.000\n<v Dana>{words}\n\n"
        for begin, end, words in ((0, 2, "one"), (4, 9, "two"), (15, 17, "three"), (26, 28, "four"))
    )
    turns, _ = taken(written(tmp_path, "2026-03-02 meeting.vtt", f"WEBVTT\n\n{cues}"))
    assert [one.text for one in turns] == ["one two three", "four"]


@pytest.mark.parametrize("you", ["You", "Du"])
def test_in_a_copied_chat_what_you_said_is_yours(tmp_path: Path, you: str) -> None:
    lines = f"[14:05, 15/03/2024] Dana: one\n[14:06, 15/03/2024] {you}: two\n[14:07, 15/03/2024] Dana: three\n"
    turns, _ = taken(written(tmp_path, "copied.txt", lines))
    assert [one.provenance.mine for one in turns] == [False, True, False]


def test_messages_of_telegram_that_are_in_no_chat_are_told(tmp_path: Path) -> None:
    stray = '{"id": 2, "type": "message", "from": "Dana", "from_id": "user1", "text": "lost"}'
    said_there = '{"id": 1, "type": "message", "date": "2024-03-15T14:05:00", "from_id": "user1", "text": "kept"}'
    chat = f'{{"name": "Dana", "type": "personal_chat", "id": 1, "messages": [{said_there}]}}'
    account = f'{{"about": "Telegram", "chats": {{"about": "x", "list": [{chat}]}}, "stray": [{stray}]}}'
    turns, reading = taken(written(tmp_path, "result.json", account))
    assert [one.text for one in turns] == ["kept"]
    assert [reason for _, reason in reasons(reading)] == ["messages that are in no chat"]
