"""`mneme bench recall` as somebody runs it on their own conversations."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end2end.command_line import Mneme

TURNS = [
    ("Ana", "We moved to a small house by the canal in March."),
    ("Bo", "How many rooms does it have?"),
    ("Ana", "Three, and a shed where the canoe lives."),
    ("Bo", "My sister Ines bakes bread on Sundays."),
    ("Ana", "I gave the red bicycle to my cousin."),
    ("Bo", "The dentist said I should come back in autumn."),
]
QUESTIONS = [
    ("q1", "Where is Ana's canoe?", ["2"], "single-hop", True),
    ("q2", "Who bakes bread?", ["3"], "single-hop", True),
    ("q3", "What did Ana give away, and where did she move?", ["0", "4"], "multi-hop", True),
    ("q4", "Which opera did Bo sing in Vienna?", [], "adversarial", False),
]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where the bench puts its profile: short, as the path of an endpoint must be."""
    with TemporaryDirectory(prefix="mn") as folder:
        yield Path(folder)


def data_set(folder: Path) -> Path:
    folder.mkdir()
    turns = [
        {
            "conversation": "c",
            "id": str(n),
            "at": f"2026-07-0{1 + n // 3}T09:0{n}:00+02:00",
            "speaker": who,
            "text": text,
        }
        for n, (who, text) in enumerate(TURNS)
    ]
    asked = [
        {"id": id, "conversation": "c", "question": text, "evidence": evidence, "category": category}
        | {"answerable": answerable, "answer": "", "now": "2026-07-10T09:00:00+02:00"}
        for id, text, evidence, category, answerable in QUESTIONS
    ]
    (folder / "conversations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in turns))
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked))
    return folder


def test_a_folder_of_ones_own_is_measured_and_nothing_stays_behind(tmp_path: Path, temporary: Path) -> None:
    folder, table = data_set(tmp_path / "data"), tmp_path / "table.md"
    mneme = Mneme(tmp_path / "profile", extra={"TMPDIR": str(temporary)})
    arguments = ("--dataset", str(folder), "--later", "365", "--ablate", "--table", str(table))
    ended = mneme.run("bench", "recall", "--json", *arguments)
    rows = {row["name"]: row for row in ended.one()["rows"]}
    assert rows["recall@10, all"]["value"] == 1.0
    assert (rows["recall@10, all"]["n"], rows["recall@10, multi-hop"]["n"]) == (3, 1)
    assert {"low", "high", "clusters"} <= set(rows["recall@10, all"])
    for name in ("BM25 alone", "meaning alone", "ENGRAM's union"):
        assert rows[f"recall@10, all, {name}"]["value"] > 0
        assert f"recall@10 more than {name}" in rows
    assert rows["tokens@5"]["value"] < rows["tokens@10"]["value"]
    assert rows["recall in the context"]["value"] == 1.0
    assert rows["abstention recall"]["n"] == 1
    assert rows["of it lost, 365 days later, all faded, first 10"]["value"] == 0
    assert rows["without words: recall@10"]["n"] == 3
    assert rows["recall p95"]["n"] == 3
    said = table.read_text()
    assert "| all | 3 |" in said
    assert "| without words |" in said
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "profile").exists()


def test_a_data_set_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    ended = mneme.run("bench", "recall", "--dataset", str(tmp_path / "nowhere"), "--json", code=1)
    assert "cannot be read" in ended.one()["error"]["title"]
    folder = data_set(tmp_path / "data")
    with (folder / "questions.jsonl").open("a") as questions:
        questions.write('{"id": "q9", "question": "Who?", "conversation": "c", "evidence": ["77"]}\n')
    ended = mneme.run("bench", "recall", "--dataset", str(folder), "--json", code=1)
    assert "Question 'q9' rests on '77', which is no turn" in ended.one()["error"]["title"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_bench_that_is_stopped_takes_its_profile_away(tmp_path: Path, temporary: Path, how: signal.Signals) -> None:
    folder = data_set(tmp_path / "data")
    mneme = Mneme(tmp_path / "profile", extra={"TMPDIR": str(temporary)})
    process = mneme.start("bench", "recall", "--dataset", str(folder))
    ends = time.monotonic() + 60
    while not any(temporary.iterdir()) and time.monotonic() < ends:
        time.sleep(0.05)
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert list(temporary.iterdir()) == []
