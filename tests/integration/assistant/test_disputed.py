"""An answer that rests on one side of an open contradiction says so, until the person has decided."""

import json
from pathlib import Path

from core.assistant import finish
from core.urgency import Urgency
from tests.integration.app.hosts import NOW, hosting

SAID = (
    ("family", "1", "Bob", "I live in Graz."),
    ("work", "2", "Eve", "Bob lives in Vienna."),
    ("work", "3", "Eve", "The printer on the second floor is out of paper again."),
)


def test_an_answer_on_one_side_of_a_contradiction_says_that_the_other_waits(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    lines = [
        {"conversation": c, "id": i, "at": "2026-09-18T10:00:00Z", "speaker": who, "addressee": "me", "text": text}
        for c, i, who, text in SAID
    ]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with hosting(tmp_path / "p") as host:
        finish(host.assistant.importing([file], NOW))
        host.work(lambda a: a.sleeping(NOW), Urgency.UPKEEP)
        (conflict,) = host.assistant.conflicts()
        answer = host.assistant.ask("Where does Bob live?", NOW)
        assert not answer.abstained
        assert any("said otherwise" in notice for notice in answer.notices)
        other = host.assistant.ask("What is wrong with the printer?", NOW)
        assert not any("said otherwise" in notice for notice in other.notices)
        host.assistant.settle(conflict.id, conflict.memory, NOW)
        settled = host.assistant.ask("Where does Bob live?", NOW)
        assert not any("said otherwise" in notice for notice in settled.notices)
