"""`mneme ask --prompt`: what a model would be given, without a model."""

import json
from pathlib import Path

from tests.end2end.command_line import Mneme


def test_the_prompt_of_a_question_is_shown_and_no_model_is_asked(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    turn = {"conversation": "c", "id": "t1", "at": "2026-05-08T09:00:00", "speaker": "Dana", "text": "The kiln broke."}
    (tmp_path / "turns.jsonl").write_text(json.dumps(turn) + "\n")
    mneme.run("import", str(tmp_path / "turns.jsonl"))
    shown = mneme.run("ask", "--prompt", "--json", "What broke?").one()
    assert [message["role"] for message in shown["prompt"]] == ["system", "user"]
    assert "Dana said: The kiln broke." in shown["prompt"][1]["text"]
    assert shown["prompt_tokens"] > 100
    assert len(shown["memories"]) == 1
    told = mneme.run("ask", "--prompt", "What broke?")
    assert "no model was asked" in told.out
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"id": "q", "question": "What broke?"}) + "\n")
    (line,) = mneme.run("ask", "--prompt", "--json", "--batch", str(asked)).objects()
    assert (line["id"], line["prompt_tokens"]) == ("q", shown["prompt_tokens"])
