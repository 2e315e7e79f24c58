"""The sample holds what `mneme try` shows."""

import json
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.paths import RESOURCES

SAMPLE = RESOURCES / "sample"
NOW = datetime(2026, 9, 19, 20, 0, tzinfo=UTC)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines()]


def test_every_turn_of_the_sample_is_taken() -> None:
    reading = open_import(SAMPLE / "conversations.jsonl", ImportContext(now=NOW))
    turns = list(reading.observations())
    assert reading.tally.skipped == []
    assert len(turns) == 178
    assert {turn.provenance.conversation for turn in turns} == {"dana", "assistant"}
    assert all(turn.at_given and turn.at < NOW for turn in turns)
    assert len({(turn.provenance.conversation, turn.provenance.external_id) for turn in turns}) == 178


def test_each_conversation_is_in_the_order_of_time() -> None:
    for conversation in ("dana", "assistant"):
        times = [row["at"] for row in rows("conversations.jsonl") if row["conversation"] == conversation]
        assert times == sorted(times)


def test_every_picture_is_there_with_its_place_and_time() -> None:
    screens = rows("screens.jsonl")
    assert {SAMPLE / row["file"] for row in screens} == set((SAMPLE / "screens").glob("*.png"))
    for row in screens:
        assert datetime.fromisoformat(row["at"]) < NOW
        assert row["app"]
        assert row["window"]
        with Image.open(SAMPLE / row["file"]) as picture:
            assert picture.size == (1280, 800)


def test_what_is_only_on_a_screen_was_never_said() -> None:
    said = " ".join(row["text"] for row in rows("conversations.jsonl"))
    assert "249" not in said
    assert "Lisbon" not in said
    assert "hotel" not in said


def test_the_five_questions_are_of_five_sorts() -> None:
    questions = rows("questions.jsonl")
    assert [row["id"] for row in questions] == ["superseded", "dated", "screen", "plain", "never"]
    assert [row["abstained"] for row in questions] == [False, False, False, False, True]
