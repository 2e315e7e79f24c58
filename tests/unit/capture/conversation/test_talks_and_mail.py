"""Transcripts of meetings become what each speaker said; mail becomes threads."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation import mbox
from core.capture.conversation.formats import Import, open_import
from core.capture.conversation.mail_quotes import parted
from core.capture.conversation.mail_text import of_html
from core.capture.conversation.report import ImportContext
from core.memory import Observation
from tests.exported import talks

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"), names=("Kim Berg", "kim@example.net"))


def taken(path: Path, context: ImportContext = BERLIN) -> tuple[list[Observation], Import]:
    reading = open_import(path, context)
    return list(reading.observations()), reading


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def said(turns: list[Observation]) -> list[tuple[str, str]]:
    return [(turn.provenance.speaker, turn.text) for turn in turns]


# --- meetings


@pytest.mark.parametrize(
    ("cue", "speaker", "words"),
    [
        ("Dr. Pell: Sorry I'm late.", "Dr. Pell", "Sorry I'm late."),
        ("Sunniva's iPad: I like it.", "Sunniva's iPad", "I like it."),
        ("John Q. Public: Yes.", "John Q. Public", "Yes."),
        ("J. R. Hart: Yes.", "J. R. Hart", "Yes."),
        ("Anna van der Berg: Ja.", "Anna van der Berg", "Ja."),
        ("Kim Berg (guest): Hm.", "Kim Berg (guest)", "Hm."),
        ("In der Regel: ja.", "Ada", "In der Regel: ja."),
        ("It ended. Then: silence.", "Ada", "It ended. Then: silence."),
        ("and then: silence.", "Ada", "and then: silence."),
        ("We talked about this: twice.", "Ada", "We talked about this: twice."),
    ],
)
def test_names_before_words_are_told_from_words_before_a_colon(
    cue: str, speaker: str, words: str, tmp_path: Path
) -> None:
    file = f"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nAda: Hello.\n\n2\n00:01:03.000 --> 00:01:04.000\n{cue}\n"
    turns, _ = taken(written(tmp_path, "talk.vtt", file))
    assert said(turns) == [("Ada", "Hello."), (speaker, words)]


def test_a_zoom_transcript_is_who_said_what_at_which_time(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, talks.ZOOM_NAME, talks.ZOOM))
    assert said(turns) == [
        ("Dana Miller", "Good morning, everybody. The offer from Halden is eleven thousand euros."),
        ("Kim Berg", "Then we sign on Monday: I call them."),
        ("Kim Berg", "One more thing."),
        ("Dana Miller", "Thank you all & goodbye."),
    ]
    assert [turn.at.isoformat() for turn in turns][::3] == ["2024-03-15T14:05:12+01:00", "2024-03-15T15:07:12+01:00"]
    assert [turn.provenance.mine for turn in turns] == [False, True, True, False]
    assert [one.reason for one in reading.tally.report().skipped] == ["a cue without words"]


def test_a_teams_transcript_is_read_by_its_voice_tags(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, talks.TEAMS_NAME, talks.TEAMS))
    assert said(turns) == [
        ("Dana Miller", "Guten Morgen. Der Vertrag läuft bis Ende Mai."),
        ("Kim Berg", "Ich kündige ihn."),
        ("Dana Miller", "Gut."),
    ]
    assert turns[0].at.isoformat() == "2024-03-15T14:05:11+01:00"
    assert reading.tally.report().skipped == ()


def test_subtitles_of_a_talk_without_a_day_say_so(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "Roof.srt", talks.SRT))
    assert said(turns) == [
        ("Ada Vogel", "The roof is done. It cost nine thousand."),
        ("BEN", "And the gutter? - please note: this is said, not a name."),
    ]
    assert not any(turn.at_given for turn in turns)
    report = reading.tally.report()
    assert [(one.line, one.reason) for one in report.skipped] == [(14, "a cue whose time cannot be read")]
    assert report.notices[0] == "Nothing in the name of Roof tells when the meeting was."


def test_a_day_in_the_name_dates_a_meeting_from_midnight_and_says_so(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "Board 2024-03-15.srt", talks.SRT))
    assert turns[0].at.isoformat() == "2024-03-15T00:00:01+01:00"
    assert "not its hour" in reading.tally.report().notices[0]


def test_where_subtitles_stand_in_the_picture_is_no_word(tmp_path: Path) -> None:
    cue = "1\n00:00:01,000 --> 00:00:02,000\nIn the <b>blue</b> tin.\n{\\an8}Upstairs.\n"
    assert said(taken(written(tmp_path, "film.srt", cue))[0]) == [("", "In the blue tin. Upstairs.")]


# --- mail


def test_a_mailbox_is_threads_with_attachments_and_encodings(tmp_path: Path) -> None:
    turns, reading = taken(written(tmp_path, "All mail.mbox", talks.MBOX))
    assert said(turns) == [
        (
            "Dana Müller",
            "Dear Kim,\n\nthe offer is 11,000 € and stands until 20 March.\nFrom Monday on I am in Leipzig.\n\nDana",
        ),
        ("Kim Berg", "We sign. The contract is attached.\n[attached: contract.pdf]"),
        ("Kim Berg", "Is the cellar still wet?"),
        ("Ada", "The cellar is dry again."),
        ("Ada", "[attached: a.bin]"),
    ]
    assert [turn.provenance.addressee for turn in turns] == ["me", "Dana, Ada", "", "me", "me"]
    # the third is quoted in a mail of Ada's, and anybody can quote what was never said
    assert [turn.provenance.mine for turn in turns] == [False, True, False, False, False]
    assert [turn.provenance.window for turn in turns[:3]] == ["The offer", "The offer", "The cellar"]
    assert turns[0].provenance.conversation == turns[1].provenance.conversation
    assert turns[1].at.isoformat() == "2024-03-16T08:00:00-05:00"
    assert (turns[2].at_given, turns[2].at) == (False, turns[3].at)
    assert [(one.line, one.reason) for one in reading.tally.report().skipped] == [
        (4, "marked as spam, deleted or a draft")
    ]


def test_a_single_mail_gives_what_it_answers_too_for_nothing_else_holds_it(tmp_path: Path) -> None:
    turns, _ = taken(written(tmp_path, "ferry.eml", talks.EML))
    assert said(turns) == [
        ("Cleo", "When does it leave?"),
        ("Ben", "The ferry leaves at half past nine from pier four."),
    ]
    assert turns[1].provenance.window == "Fähre at 9:30"
    assert turns[1].provenance.addressee == "me@example.net, a@example.org, b@example.org, c@example.org and 1 more"


def test_what_lies_among_the_sent_mail_is_mine(tmp_path: Path) -> None:
    nobody = ImportContext(now=NOW, zone=BERLIN.zone)
    labelled = talks.EML.replace(b"Subject:", b"X-Gmail-Labels: =?UTF-8?Q?Ge=C3=B6ffnet?=,Gesendet\r\nSubject:")
    assert [turn.provenance.mine for turn in taken(written(tmp_path, "a.eml", talks.EML), nobody)[0]] == [False, False]
    assert [turn.provenance.mine for turn in taken(written(tmp_path, "b.eml", labelled), nobody)[0]] == [False, True]
    assert all(turn.provenance.mine for turn in taken(written(tmp_path, "Sent.mbox", talks.MBOX), nobody)[0][:2])


@pytest.mark.parametrize(
    ("text", "own", "quoted", "whose"),
    [
        ("Yes.\n\nAm 14.03.24 um 10:00 schrieb Kim Berg:\n> Is it?\n", "Yes.", "Is it?", "Kim Berg"),
        ("Oui.\n\nLe jeu. 14 mars 2024 à 10:00, Kim <k@x.fr> a écrit :\n> Est-ce?", "Oui.", "Est-ce?", "Kim"),
        ("Sì\n\nIl giorno gio 14 mar 2024 alle ore 10:00 Kim <k@x.it> ha scritto:\n> e?", "Sì", "e?", "Kim"),
        (
            "Ok\n\nOn Thu, 14 Mar 2024 at 10:00, A Very Long Name\n<k@x.org> wrote:\n> e?",
            "Ok",
            "e?",
            "A Very Long Name",
        ),
        (
            "So be it.\n\nVon: Ada <a@x.de>\nGesendet: Montag\nAn: Kim\nBetreff: x\n\nthe words",
            "So be it.",
            "the words",
            "Ada",
        ),
        ("She wrote:\nthe list\nof things", "She wrote:\nthe list\nof things", "", ""),
        ("> is it?\nyes it is\n> and this?\nno", "> is it?\nyes it is\n> and this?\nno", "", ""),
        ("> only a quote", "> only a quote", "", ""),
        ("Alba wrote:\n> Sow leeks now?\n\nIn March.\n\n-- \nBo", "In March.\n\n-- \nBo", "Sow leeks now?", "Alba"),
        ("So:\n\nAlba wrote:\n> now?\n\nIn March.", "So:\n\nAlba wrote:\n> now?\n\nIn March.", "", ""),
        ("Ja.\n\nAm 3.6.2024 um 18:02 schrieb Kai, Werkstatt:\n> Eiche?", "Ja.", "Eiche?", "Kai"),
        ("Sow!\n" + "_" * 30 + "\nGardeners mailing list", "Sow!\n" + "_" * 30 + "\nGardeners mailing list", "", ""),
        ("Sow!\n" + "_" * 30 + "\nFrom: Ada\nSent: Monday\n\nNow?", "Sow!", "Now?", "Ada"),
    ],
)
def test_what_is_quoted_is_parted_from_what_was_written(text: str, own: str, quoted: str, whose: str) -> None:
    found = parted(text)
    assert (found.own, found.quoted, found.quoted_of) == (own, quoted, whose)


def test_html_becomes_what_its_reader_sees() -> None:
    source = (
        "<style>x{}</style><script>alert(1)</script><h1>Hi</h1><p>one <b>two</b>&nbsp;&lt;3<br>three</p>"
        "<table><tr><td>a</td></tr></table><div style='display: none'>hidden</div><blockquote>old</blockquote>new"
    )
    assert of_html(source) == "Hi\n\none two <3\nthree\n\na\n\n> old\n\nnew"
    assert of_html("<div>" * 5000 + "deep" + "</div>" * 5000) == "deep"


def test_a_mail_beyond_eight_megabytes_costs_its_end_only(tmp_path: Path) -> None:
    big = b"From a@b.c Fri Mar 15 14:05:09 2024\nFrom: A <a@b.c>\nDate: Fri, 15 Mar 2024 14:05:09 +0000\nSubject: x\n"
    big += b"Message-ID: <big@b.c>\nContent-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\n"
    big += b"the words\n--z\nContent-Type: application/zip; name=a.zip\n\n" + b"A" * 76 * 10 + b"\n"
    big += (b"B" * 76 + b"\n") * (mbox.LARGEST_MESSAGE // 77 + 2) + b"--z--\n\n" + talks.MBOX
    turns, reading = taken(written(tmp_path, "a.mbox", big))
    assert turns[0].text == "the words\n[attached: a.zip]"
    assert turns[1].provenance.speaker == "Dana Müller"
    assert any("larger than 8 MB" in notice for notice in reading.tally.report().notices)
