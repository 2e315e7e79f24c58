"""The arithmetic of the benches."""

import json
import math
from pathlib import Path

import pytest

from app.bench.outside import option
from app.bench.recall import DataSet, by_words, distinct, share
from app.bench.row import Row, mean, percentile
from core.errors import BadInput


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
    assert math.isnan(percentile([], 0.5))
    assert mean([1.0, 2.0]) == 1.5


def test_a_row_leaves_out_what_it_does_not_have() -> None:
    bare = Row(name="x", value=1.0, unit="s", n=1).as_json()
    assert bare == {"name": "x", "value": 1.0, "unit": "s", "n": 1}
    assert Row(name="x", value=1.0, unit="s", n=1, baseline=2.0, target=3).as_json()["baseline"] == 2.0


def test_recall_counts_distinct_sources_over_the_hits_in_order() -> None:
    answer = {"hits": [{"sources": ["a", "b"]}, {"sources": ["b"]}, {"sources": ["c"]}, {"sources": ["d"]}]}
    assert distinct(answer, 3) == ["a", "b", "c"]
    assert share(["c", "x"], distinct(answer, 3)) == 0.5


def test_words_alone_find_a_turn_of_the_same_conversation_only(tmp_path: Path) -> None:
    turns = [
        {"conversation": "a", "id": "1", "at": "2026-07-01T09:00:00", "speaker": "I", "text": "a green canoe"},
        {"conversation": "b", "id": "2", "at": "2026-07-01T09:00:00", "speaker": "I", "text": "a canoe here too"},
        {
            "conversation": "a",
            "id": "3",
            "at": "2026-07-01T09:01:00",
            "speaker": "I",
            "text": "x",
            "image_caption": "canoes",
        },
    ]
    asked = {"id": "q", "conversation": "a", "question": "Which canoe?", "evidence": ["1"], "category": "c", "now": ""}
    (tmp_path / "conversations.jsonl").write_text("".join(json.dumps(turn) + "\n" for turn in turns))
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked) + "\n")
    assert set(by_words(DataSet.of(tmp_path), 5)["q"]) == {"1", "3"}


def test_a_folder_without_a_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        DataSet.of(tmp_path)


def test_an_option_is_read_in_both_spellings() -> None:
    assert option(["--memories", "5"], "--memories") == "5"
    assert option(["--memories=7"], "--memories") == "7"
    assert option([], "--memories", "9") == "9"
