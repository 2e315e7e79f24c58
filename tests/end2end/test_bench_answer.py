"""`mneme bench answer` over a tiny set of its own: real import, real questions, with and without a model."""

import json
from pathlib import Path

from tests.end2end.command_line import Mneme
from tests.made_models import tiny_llama

TURNS = [
    ("t1", "2023-05-08T09:00:00", "Dana", "The kiln in the studio broke yesterday, right before the fair."),
    ("t2", "2023-05-08T09:01:00", "Ana", "Oh no! I hope someone can repair it soon."),
    ("t3", "2023-05-20T10:00:00", "Dana", "I bought a green canoe from our neighbour."),
    ("t4", "2023-05-20T10:01:00", "Ana", "Lovely, we should paddle on the lake."),
]
ASKED = [
    ("q1", "When did the kiln break?", "7 May 2023", "temporal", ["t1"], True),
    ("q2", "What colour is the canoe that Dana bought?", "green", "single-hop", ["t3"], True),
    ("q3", "Which violin concerto did Ulrike perform in Lisbon?", "", "adversarial", [], False),
]


def made(folder: Path) -> Path:
    turns = [
        {"conversation": "c", "id": id, "session": "s", "at": at, "speaker": who, "text": text}
        for id, at, who, text in TURNS
    ]
    asked = [
        {
            "id": id,
            "conversation": "c",
            "question": question,
            "answer": answer,
            "category": category,
            "evidence": evidence,
            "answerable": answerable,
            "now": "2023-06-01T09:00:00",
        }
        for id, question, answer, category, evidence, answerable in ASKED
    ]
    folder.mkdir()
    (folder / "conversations.jsonl").write_text("".join(json.dumps(one) + "\n" for one in turns))
    (folder / "questions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in asked))
    return folder


def test_answers_of_a_tiny_set_are_measured_from_outside(tmp_path: Path) -> None:
    arguments = ("--dataset", str(made(tmp_path / "set")), "--table", str(tmp_path / "table.md"))
    ended = Mneme(tmp_path / "profile").run("bench", "answer", "--json", *arguments)
    rows = {row["name"]: row for row in ended.one()["rows"]}
    assert "Right span" in ended.err
    assert rows["right span, single-hop and temporal"]["value"] == 1.0
    assert rows["time named rightly, temporal"]["value"] == 1.0
    assert rows["abstention F1"]["value"] == 1.0
    assert rows["answerable questions refused"]["value"] == 0.0
    assert rows["tokens of a prompt"]["value"] > 100
    assert {"answer p50", "answer p95"} <= set(rows)
    assert not (tmp_path / "profile").exists()
    assert "| single-hop and temporal | 2 | 1.000" in (tmp_path / "table.md").read_text()


def test_a_model_that_names_no_memory_is_measured_as_what_it_is(tmp_path: Path) -> None:
    model = tiny_llama(tmp_path / "tiny.gguf", context=4096)
    arguments = ("--dataset", str(made(tmp_path / "set")), "--model", str(model), "--questions", "2")
    ended = Mneme(tmp_path / "profile").run("bench", "answer", "--json", *arguments)
    rows = {row["name"]: row for row in ended.one()["rows"]}
    assert rows["answers that the model wrote"]["n"] == 2
    assert rows["answers that the model wrote"]["value"] == 0.0
    assert rows["answer with a model p50"]["n"] == 1
