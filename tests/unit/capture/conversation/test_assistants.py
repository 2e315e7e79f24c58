"""What is taken of chats with assistants, and what is said of the rest: Claude, Gemini, Claude Code, Codex, ChatGPT."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.capture.conversation import chatgpt, claude
from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext, ImportReport
from core.memory import Channel, Facet, Kind, Observation

DATA = Path(__file__).parents[3] / "data" / "imports"
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"))
SESSION = "claude_code/3f0c2d10-1111-4222-8333-944455566677.jsonl"
ROLLOUT = "codex/rollout-2026-01-18T02-01-28-019bce9f-0a40-79e2-8351-8818e8487fb6.jsonl"


def taken(path: Path) -> tuple[list[Observation], ImportReport]:
    reading = open_import(path, BERLIN)
    return list(reading.observations()), reading.tally.report()


def said(turns: list[Observation]) -> list[tuple[str, str]]:
    return [(turn.provenance.speaker, turn.text) for turn in turns]


def written(tmp_path: Path, name: str, content: object) -> Path:
    path = tmp_path / name
    path.write_text(json.dumps(content))
    return path


# --- Claude


def test_claudes_current_branch_is_followed_with_what_was_pasted_and_attached() -> None:
    turns, report = taken(DATA / "claude" / "conversations.json")
    assert said(turns[:5]) == [
        ("user", "Which plants feed bees in March?"),
        ("assistant", "Crocus and willow are the first.\n\nHeather follows in April."),
        (
            "user",
            "Here is my list, and a photo.\n\nthyme, sage, borage\nlavender in two pots\n"
            "[attached: balcony plan.pdf, IMG_0231.jpeg]",
        ),
        ("assistant", "Put the borage where the wind is least."),
        ("assistant", "Anything else?"),
    ]
    assert report.skipped == ()
    assert dict(report.noticed) == {
        "Messages of other branches (edited or asked again), left out: {n}.": 1,
        "Tool calls and results, left out: {n}.": 2,
        "The assistant's thoughts to itself, left out: {n}.": 1,
        "Pasted texts, taken as words of the message that they came with: {n}.": 1,
        "Attached files and pictures, noted by name (what is in them was not taken): {n}.": 2,
        "Empty messages: {n}.": 1,
        "Conversations without messages: {n}.": 1,
        "{n} had no date of their own: they took a neighbour's, or the moment of import.": 1,
    }


def test_claudes_turns_keep_their_ids_their_title_and_their_zone() -> None:
    turns, _ = taken(DATA / "claude" / "conversations.json")
    first, undated, older = turns[0].provenance, turns[4], turns[5]
    assert (first.app, first.window, first.external_id) == ("Claude", "Bees on the balcony", "b-1")
    assert (first.conversation, first.addressee, first.mine) == (
        "7c1e0a52-0001-4c6a-9d11-5f2b7a100001",
        "assistant",
        True,
    )
    assert (undated.at, undated.at_given) == (turns[3].at, False)
    assert older.at.isoformat() == "2024-07-01T10:00:00.500000+02:00"


def test_a_claude_export_of_one_conversation_alone_and_one_under_a_key_are_read(tmp_path: Path) -> None:
    every = json.loads((DATA / "claude" / "conversations.json").read_text())
    whole = said(taken(DATA / "claude" / "conversations.json")[0])
    assert said(taken(written(tmp_path, "a.json", {"conversations": every}))[0]) == whole
    assert said(taken(written(tmp_path, "b.json", every[0]))[0]) == whole[:5]


def test_a_claude_conversation_without_ids_gets_ids_that_stay(tmp_path: Path) -> None:
    chat = {"name": "Mixing", "created_at": "2026-01-01T10:00:00Z", "chat_messages": []}
    chat["chat_messages"] = [{"sender": "human", "text": word} for word in ("yes", "yes", "no")]
    first, _ = taken(written(tmp_path, "a.json", [chat]))
    again, _ = taken(written(tmp_path, "b.json", [chat]))
    ids = [turn.provenance.external_id for turn in first]
    assert len(set(ids)) == 3
    assert [turn.provenance.external_id for turn in again] == ids
    assert [turn.at for turn in first] == [datetime(2026, 1, 1, 10, tzinfo=UTC)] * 3


def test_claudes_projects_are_pages_with_their_documents_named() -> None:
    pages, report = taken(DATA / "claude" / "projects.json")
    assert [page.text for page in pages] == [
        "Allotment\n\nThe plot behind the station, number 14.\n\nAnswer with Latin names too.\n"
        "[attached: soil report.md]"
    ]
    assert (pages[0].facet, pages[0].kind, pages[0].provenance.channel) == (Facet.PAGE, Kind.RESOURCE, Channel.NOTE)
    assert "Projects that the service makes for everybody, left out: 1." in report.notices


# --- Gemini


def test_geminis_activity_as_json_gives_questions_and_answers_as_text() -> None:
    turns, report = taken(DATA / "gemini" / "MyActivity.json")
    assert said(turns) == [
        ("user", "How do I keep a sourdough starter over a holiday?"),
        ("assistant", "Feed it stiff and put it in the fridge.\n\n- 100 g flour\n- 50 g water"),
        ("user", 'And for\nthree weeks? It says 5 < 7 & "more".'),
        (
            "assistant",
            "Dry it on paper.\n\nCrumble it & keep it in a jar.\n\ndays = 21\n    print(days)",
        ),
        ("user", "What is on this label?\n[attached: label.png]"),
        ("assistant", "Rye flour, type 1150."),
        ("user", "vilket mjöl passar?"),
        ("assistant", "Råg."),
        ("user", "Without a time."),
        ("assistant", "Then its neighbour's."),
    ]
    assert [turn.provenance.conversation for turn in turns[::2]] == [
        "c0ffee12ab34",
        "c0ffee12ab34",
        "Gemini 2026-03-03",
        "Gemini 2026-03-01",
        "Gemini 2026-03-01",
    ]
    assert (turns[8].at, turns[8].at_given) == (turns[7].at, False)
    assert report.notices[2:4] == (
        "Activities that are no conversation (feedback, drafts chosen, features used), left out: 3.",
        "Activities of other Google products, left out: 1.",
    )


def activity(title: str, answer: str = "", hour: int = 9) -> dict[str, object]:
    entry: dict[str, object] = {"header": "Gemini Apps", "title": title, "time": f"2026-02-03T{hour:02}:10:00Z"}
    return entry | ({"safeHtmlItem": [{"html": f"<p>{answer}</p>"}]} if answer else {})


@pytest.mark.parametrize(
    ("begin", "activity_of_theirs"),
    [
        ("Eingegebener Prompt: ", "Feedback gegeben: Schlechte Antwort"),
        ("Requ\u00eate envoy\u00e9e\xa0: ", "Commentaire : mauvais"),
        ("Kysyi\xa0", "Antoi palautetta"),
        ("Asked Bard: ", "Used an Assistant feature"),
    ],
)
def test_how_questions_begin_in_a_language_is_known_or_learnt_from_the_export(
    tmp_path: Path, begin: str, activity_of_theirs: str
) -> None:
    asked = ["Wie viele Zeilen?\nUnd Strophen?", "note: a poem on fog", "fog"]
    entries = [activity(begin + title, f"answer {number}", number) for number, title in enumerate(asked)]
    turns, report = taken(written(tmp_path, "MyActivity.json", [*entries, activity(activity_of_theirs)]))
    assert [turn.text for turn in turns[::2]] == asked
    assert (
        "Activities that are no conversation (feedback, drafts chosen, features used), left out: 1." in report.notices
    )


def test_questions_that_begin_with_nothing_of_the_programs_keep_every_word(tmp_path: Path) -> None:
    asked = ["fog: a poem", "fog: another", "what is fog", "why", "where"]
    entries = [activity(title, f"answer {number}", number) for number, title in enumerate(asked)]
    turns, _ = taken(written(tmp_path, "MyActivity.json", [*entries, activity("and who")]))
    assert [turn.text for turn in turns if turn.provenance.speaker == "user"] == [*asked, "and who"]


def test_geminis_activity_as_html_is_read_in_the_languages_of_takeout_and_keeps_the_zone() -> None:
    turns, report = taken(DATA / "gemini" / "MyActivity.html")
    assert [(turn.text, turn.at.isoformat()) for turn in turns[::2]] == [
        ("Which nail holds 20 kg in plaster?", "2026-05-19T19:07:02-03:00"),
        ("And in brick?\n[attached: wall.jpg]", "2026-05-18T12:01:52+02:00"),
        ("hur djupt?", "2026-07-04T09:15:00+02:00"),
        ("E em madeira?", "2026-05-10T03:46:09-03:00"),
        ("木头呢？", "2026-06-19T12:23:08+08:00"),
    ]
    assert turns[1].text == "None: use a toggle bolt.\n\n- Drill 10 mm.\n- Fold the wings."
    assert turns[3].text == "A plug of 8 mm.\nDo not hammer."
    assert turns[9].provenance.conversation == "feedbeef0123"
    assert all(turn.at_given for turn in turns)
    assert report.skipped_count == 0


def test_a_zone_that_is_not_known_is_read_as_the_profiles_and_said(tmp_path: Path) -> None:
    page = (DATA / "gemini" / "MyActivity.html").read_text().replace("12:01:52 CEST", "12:01:52 XQT")
    (tmp_path / "MyActivity.html").write_text(page)
    turns, report = taken(tmp_path / "MyActivity.html")
    assert turns[2].at.isoformat() == "2026-05-18T12:01:52+02:00"
    assert "Times in a zone that Mneme does not know, read in the profile's: 1." in report.notices


# --- Claude Code


def test_of_a_claude_code_session_only_what_was_said_is_taken() -> None:
    turns, report = taken(DATA / SESSION)
    assert said(turns) == [
        ("user", "Print the labels of the seed bags in two columns."),
        ("assistant", "I will look at the template first."),
        ("user", "And in green, please."),
        ("assistant", "Done: two columns, 29 mm each, in green."),
        ("user", "It should look like this.\n[attached: a picture]"),
        ("user", "/review only the margins"),
        ("assistant", "The margins are even."),
    ]
    assert {(turn.provenance.conversation, turn.provenance.window) for turn in turns} == {
        ("3f0c2d10-1111-4222-8333-944455566677", "seed-box")
    }
    assert [turn.at_given for turn in turns] == [True] * 6 + [False]
    assert [(one.line, one.reason) for one in report.skipped] == [(22, "not a JSON object")]
    told = dict(report.noticed)
    assert told["Tool calls and results, left out: {n}."] == 2
    assert told["Lines of side tasks (sub-agents), left out: {n}."] == 1
    assert told["Messages that the chat does not show (instructions, notes of the program), left out: {n}."] == 5
    assert told["Lines of a kind that Mneme does not know: {n}."] == 1


def test_every_line_of_a_session_is_accounted_for() -> None:
    lines = (DATA / SESSION).read_text().count("\n")
    turns, report = taken(DATA / SESSION)
    besides = ("no date", "Attached")
    told = sum(count for sentence, count in report.noticed if not any(word in sentence for word in besides))
    assert len(turns) + report.skipped_count + told == lines


# --- Codex


def test_of_a_codex_session_only_what_was_said_is_taken() -> None:
    turns, report = taken(DATA / ROLLOUT)
    assert said(turns) == [
        ("user", "Why does the clock jump at low tide?"),
        ("assistant", "The table is rounded to whole hours; I interpolate now."),
        ("user", "And the dial? See the photo.\n[attached: a picture]"),
        ("assistant", "The dial is drawn once a minute."),
    ]
    assert {turn.provenance.window for turn in turns} == {"tide-clock"}
    assert turns[0].at.isoformat() == "2026-01-18T02:01:05.005000+00:00"
    assert [(one.line, one.reason) for one in report.skipped] == [(22, "not a JSON object")]
    assert dict(report.noticed)["Tool calls and results, left out: {n}."] == 4


def test_a_codex_session_of_2025_takes_the_sessions_time_and_says_so() -> None:
    turns, report = taken(DATA / "codex" / "rollout-2025-06-02T10-00-00-older.jsonl")
    assert said(turns) == [("user", "Name the tides in Dutch."), ("assistant", "Eb, vloed, springtij, doodtij.")]
    assert [(turn.at.isoformat(), turn.at_given) for turn in turns] == [("2025-06-02T10:00:00.123000+00:00", False)] * 2
    assert report.notices[-1].startswith("2 had no date of their own")


def test_a_codex_session_that_only_tells_events_is_read_from_them(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / ROLLOUT).read_text().splitlines()[:-1]]
    told = [row for row in rows if row["type"] in ("session_meta", "event_msg")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, told)))
    turns, _ = taken(tmp_path / "a.jsonl")
    assert said(turns) == [
        ("user", "Why does the clock jump at low tide?"),
        ("assistant", "The table is rounded to whole hours; I interpolate now."),
    ]


def test_what_a_sub_agent_copied_from_its_session_is_left_out(tmp_path: Path) -> None:
    meta = {"id": "child", "subagent_history_start_ordinal": 3}
    rows: list[dict[str, object]] = [
        {"timestamp": "2026-09-30T10:05:00Z", "ordinal": 0, "type": "session_meta", "payload": meta}
    ]
    for ordinal, text in ((1, "copied"), (3, "own")):
        said_so = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        rows.append(
            {"timestamp": "2026-09-30T10:06:00Z", "ordinal": ordinal, "type": "response_item", "payload": said_so}
        )
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    turns, report = taken(tmp_path / "a.jsonl")
    assert [turn.text for turn in turns] == ["own"]
    assert "Lines copied from another session, left out: 1." in report.notices


# --- ChatGPT, as exports came to be since


def test_chatgpts_attachments_are_named_its_voice_read_and_what_nobody_said_counted() -> None:
    turns, report = taken(DATA / "chatgpt" / "newer.json")
    assert said(turns) == [
        ("user", "What knot is this?\n[attached: knot at the pier.jpg]"),
        ("assistant", "A bowline, tied by hand."),
        ("user", "Will it hold wet?"),
        ("assistant", "Yes, and it opens again."),
    ]
    assert turns[0].at.isoformat() == "2026-01-01T10:33:20.250000+01:00"
    assert [one.reason for one in report.skipped] == ["a message of a kind that Mneme does not know"]
    assert dict(report.noticed) == {
        "Messages of other branches (edited or asked again), left out: {n}.": 1,
        "Messages that the chat does not show (instructions, notes of the program), left out: {n}.": 1,
        "Attached files and pictures, noted by name (what is in them was not taken): {n}.": 1,
        "The assistant's thoughts to itself, left out: {n}.": 2,
        "Tool calls and results, left out: {n}.": 3,
    }


def test_a_chatgpt_conversation_that_is_not_said_to_be_anywhere_follows_its_newest_leaf(tmp_path: Path) -> None:
    whole = json.loads((DATA / "chatgpt" / "newer.json").read_text())
    whole["conversations"][0]["current_node"] = "gone"
    del whole["conversations"][0]["mapping"]["me"]
    assert said(taken(written(tmp_path, "conversations.json", whole))[0])[-1] == (
        "assistant",
        "Yes, and it opens again.",
    )


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (1767260000.25, "2026-01-01T10:33:20.250000+01:00"),
        (1767260000250, "2026-01-01T10:33:20.250000+01:00"),
        ("2026-01-01T09:33:20Z", "2026-01-01T09:33:20+00:00"),
        ("2026-01-01T09:33:20.5+05:30", "2026-01-01T09:33:20.500000+05:30"),
        ("2026-01-01 09:33:20", "2026-01-01T09:33:20+01:00"),
        ("2026-01-01", "2026-01-01T00:00:00+01:00"),
        ("20260101T093320Z", "2026-01-01T09:33:20+00:00"),
        ("2026-W01-4", "2026-01-01T00:00:00+01:00"),
        ("January 1st", None),
        ("01/02/2026", None),
        ("", None),
        (-1, None),
        (1e30, None),
        (True, None),
    ],
)
def test_dates_in_many_forms_are_read_or_the_turn_says_that_it_had_none(
    tmp_path: Path, stamp: object, at: str | None
) -> None:
    message = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hello."]}}
    node = {"id": "a", "parent": None, "message": message | {"create_time": stamp}}
    path = written(tmp_path, "a.json", [{"id": "c", "current_node": "a", "mapping": {"a": node}}])
    turns, report = taken(path)
    assert [turn.at_given for turn in turns] == [at is not None]
    assert turns[0].at.isoformat() == (at or NOW.isoformat())
    assert bool(report.notices) is (at is None)


def test_neither_chatgpt_nor_claude_takes_the_other_for_its_own() -> None:
    theirs = (DATA / "claude" / "conversations.json").read_bytes()
    ours = (DATA / "chatgpt" / "conversations.json").read_bytes()
    assert chatgpt.detect(theirs, "conversations.json") == claude.detect(ours, "conversations.json") == 0


MARKDOWN = """# Starter

**Exported:** {first}

## Prompt:
{first}

Three names?

## Response:
{second}

Clint Yeastwood.

## Prompt:
{first}

---
Powered by a chat exporter
"""


@pytest.mark.parametrize(
    ("first", "second", "wanted", "guessed"),
    [
        ("5/13/2026, 14:03:10", "5/13/2026, 14:03:18", "05-13 14:03:10", False),
        ("13.5.2026, 14:03:10", "13.5.2026, 14:03:18", "05-13 14:03:10", False),
        ("2026-05-13 14:03:10", "2026-05-13 14:03:18", "05-13 14:03:10", False),
        ("*May 13, 2026, 2:03:10 PM*", "*May 13, 2026, 2:03:18 PM*", "05-13 14:03:10", False),
        ("5/9/2026, 2:03:10 PM", "5/9/2026, 2:03:18 PM", "05-09 14:03:10", True),
        ("5/9/2026, 14:03:10", "5/9/2026, 14:03:18", "09-05 14:03:10", True),
    ],
)
def test_a_moment_below_a_heading_of_a_saved_chat_is_when_it_was_said(
    tmp_path: Path, first: str, second: str, wanted: str, guessed: bool
) -> None:
    file = tmp_path / "starter.md"
    file.write_text(MARKDOWN.format(first=first, second=second))
    reading = open_import(file, ImportContext(now=datetime(2026, 11, 1, tzinfo=UTC), zone=ZoneInfo("Europe/Berlin")))
    turns = list(reading.observations())
    assert [turn.text for turn in turns] == ["Three names?", "Clint Yeastwood."]
    assert f"{turns[0].at:%m-%d %H:%M:%S}" == wanted
    assert [turn.at_given for turn in turns] == [True, True]
    assert any("tells its days from its months" in notice for notice in reading.tally.report().notices) == guessed
