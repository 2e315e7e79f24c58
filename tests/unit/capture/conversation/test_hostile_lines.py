"""Lines that are made to keep a reader busy: each is read in one go, however long it is."""

from pathlib import Path

import pytest

from core.capture.conversation import irc, markdown_chat, plain, signal_markdown
from core.capture.conversation.mail_quotes import parted
from core.capture.conversation.text import Line
from tests.unit.capture.conversation.test_talks_and_mail import taken, written

LONG = 300_000


def test_an_answer_below_a_hundred_thousand_quoted_lines_is_parted_from_them() -> None:
    text = "On Monday Ada wrote:\n" + "> and one more line\n" * 100_000 + "\nThat is too many."
    told = parted(text)
    assert told.own == "That is too many."
    assert told.quoted.count("and one more line") == 100_000


@pytest.mark.parametrize("begin", ["#", "# -", "---"])
def test_no_run_of_blanks_is_taken_for_a_day(begin: str) -> None:
    assert plain._day(f"{begin}{' ' * LONG}x") == ""
    assert plain._day(f"{begin} 2026-11-21 ---") == "2026-11-21"


@pytest.mark.parametrize("row", ["# " + " " * LONG + "You", "# Claude " + "a" * LONG + "!", "**You" + " " * LONG + "x"])
def test_a_heading_too_wide_names_nobody(row: str) -> None:
    assert markdown_chat.detect(f"{row}\n# Assistant\n".encode(), "chat.md") == 0.0


@pytest.mark.parametrize("piece", ["<v ", "<v" + " " * 100, "<c", "</i"])
def test_marks_of_subtitles_that_nothing_closes_are_words(piece: str, tmp_path: Path) -> None:
    said = piece * (LONG // len(piece))
    cues = ("00:00:01.000 --> 00:00:02.000\n<v Ada>Hello", f"00:00:03.000 --> 00:00:04.000\n{said}")
    file = written(tmp_path, "talk.vtt", "\n\n".join(("WEBVTT", *cues, "")))
    turns, _ = taken(file)
    assert [turn.provenance.speaker for turn in turns] == ["Ada"]
    assert turns[0].text.startswith(f"Hello {piece.strip()}")


def test_a_number_without_end_belongs_to_no_cue(tmp_path: Path) -> None:
    cue = "00:00:01.000 --> 00:00:02.000\n<v Ada>Hello\n"
    _, reading = taken(written(tmp_path, "talk.vtt", f"WEBVTT\n\n{'1' * LONG}!\n\n{'1' * LONG}\n{cue}"))
    assert [one.line for one in reading.tally.skipped] == [3]


@pytest.mark.parametrize("piece", ["![", "[a](./media/", "(- a: ", "(( "])
def test_marks_of_a_signal_chat_that_nothing_closes_are_words(piece: str) -> None:
    row = Line(1, "[2026-03-01 10:00:00] Ada: " + piece * (LONG // len(piece)))
    ((message, line),) = signal_markdown.messages([row])
    assert line == 1
    assert message is not None
    assert (message["sender"], message["attachments"]) == ("Ada", [])
    assert str(message["body"]).startswith(piece.strip())


@pytest.mark.parametrize("begin", ["Dec 31 10:00:00", "2026-01-01 10:00:00\ta", "Session Start: "])
def test_a_line_of_irc_that_goes_nowhere_stays_as_it_is(begin: str) -> None:
    row = Line(1, begin + " " * LONG + "x")
    assert [one.text for one in irc.alike([row], [row])] == [row.text]
