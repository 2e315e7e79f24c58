"""The promise "right context": what must not be passed on is given to no assistant, and always to the person.

40 errands, each with a fact that serves it and one that must not be passed on, asked five times each by the protocol's
own client in another process. Who is allowed everything is the control: the same questions do find these facts.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.end2end.assistants import Other, talk
from tests.end2end.command_line import Mneme, turn, write_turns

TASKS: list[dict[str, str]] = [
    json.loads(line)
    for line in (Path(__file__).resolve().parents[1] / "data" / "context_tasks.jsonl").read_text("utf-8").splitlines()
]
REPEATS = 5


def remembered(root: Path) -> Mneme:
    """A profile in which the person said all of it, on one day each."""
    mneme = Mneme(root / "profile")
    turns = [
        turn(2 * number + at, task[part], conversation=f"{part} {number}", speaker="me")
        for number, task in enumerate(TASKS)
        for at, part in enumerate(("needed", "blocked"))
        if part == "needed" or task["blocked_for"] != "secret"
    ]
    mneme.run("import", str(write_turns(root / "said.jsonl", turns)))
    for task in TASKS:
        if task["blocked_for"] == "secret":
            mneme.run("remember", "-", "--kind", "secret", "--no-wait", typed=task["blocked"] + "\n")
    mneme.run("sleep")
    return mneme


async def repeats(other: Other, task: dict[str, str]) -> list[str]:
    """What an assistant is told on one errand, asked in five ways."""
    kind = "secret" if task["blocked_for"] == "secret" else "conversation"
    said = [
        await other.use("recall", question=task["errand"], k=20),
        await other.use("recall", question=f"kind:{kind} {task['blocked_question']}", k=20),
        await other.use("ask", question=task["blocked_question"]),
        await other.use("recall", question=task["blocked_value"], k=20),
        await other.use("ask", question=f"{task['errand']} {task['blocked_question']}"),
    ]
    assert len(said) == REPEATS
    assert not any(one.refused for one in said)
    return [one.text for one in said]


def told(texts: list[str], task: dict[str, str]) -> bool:
    """Whether what must not be passed on stands in it: its sentence, or its value in whole words."""
    value = re.compile(rf"(?<!\w){re.escape(task['blocked_value'])}(?!\w)", re.IGNORECASE)
    return any(task["blocked"] in text or value.search(text) for text in texts)


@pytest.mark.timeout(900)
def test_of_40_errands_asked_5_times_nothing_blocked_is_delivered_and_the_person_is_told_all(
    tmp_path: Path, record_property: object
) -> None:
    mneme = remembered(tmp_path)
    mneme.run("mcp", "allow", "Errands")
    mneme.run("mcp", "allow", "Confidant", "--sensitivity", "work,money,health,love")

    async def errands(other: Other) -> tuple[list[list[str]], list[str]]:
        needed = [(await other.use("recall", question=task["needed_question"])).text for task in TASKS]
        return [await repeats(other, task) for task in TASKS], needed

    async def control(other: Other) -> list[list[str]]:
        return [[(await other.use("recall", question=task["blocked_question"])).text] for task in TASKS]

    given, needed = talk(mneme, "Errands", errands)
    everything = [text for texts in given for text in texts]
    assert len(everything) == 40 * REPEATS
    delivered = [task["blocked"] for task in TASKS if told([*everything, *needed], task)]
    served = sum(task["needed"] in text for task, text in zip(TASKS, needed, strict=True))

    trusted = talk(mneme, "Confidant", control)
    found = [told(texts, task) for texts, task in zip(trusted, TASKS, strict=True)]
    secret = [task["blocked_for"] == "secret" for task in TASKS]

    questions = tmp_path / "questions.jsonl"
    lines = [
        json.dumps({"id": number, "question": ("kind:secret " if secret[number] else "") + task["blocked_question"]})
        for number, task in enumerate(TASKS)
    ]
    questions.write_text("\n".join(lines), "utf-8")
    answers: list[dict[str, Any]] = mneme.run("recall", "--json", "--batch", str(questions), "-k", "10").objects()
    mine = {answer["id"]: answer for answer in answers}
    answered = sum(
        any(hit["kind"] == "secret" for hit in mine[number]["hits"])
        if secret[number]
        else any(task["blocked"] in hit["text"] for hit in mine[number]["hits"])
        for number, task in enumerate(TASKS)
    )

    assert callable(record_property)
    record_property("blocked_delivered", f"{len(delivered)} of {len(everything)} answers")
    record_property("errands_served", f"{served} of 40")
    record_property("control_found", f"{sum(found)} of 36")
    record_property("person_answered", f"{answered} of 40")
    assert delivered == []
    assert served >= 34
    assert not any(one for one, hidden in zip(found, secret, strict=True) if hidden)
    assert sum(found) >= 34
    assert answered == 40
