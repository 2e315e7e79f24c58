"""Facts by rule, measured on a labelled set of which more than half is traps."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.consolidate.facts import Found, find, in_words, same_value
from core.memory import Facet

AT = datetime(2026, 3, 10, 10, tzinfo=UTC)  # a Tuesday
SET = Path(__file__).parents[2] / "data" / "facts.jsonl"


@dataclass
class Score:
    right: int = 0
    wrong: int = 0
    missed: int = 0


def read(text: str, *, speaker: str = "Ana", addressee: str = "Ben", mine: bool = False) -> list[Found]:
    return find(text, speaker=speaker, addressee=addressee, mine=mine, at=AT)


def triples(text: str, **more: Any) -> list[tuple[str, str, str]]:
    return [(one.fact.subject, one.fact.attribute, one.fact.value) for one in read(text, **more) if not one.ends]


def fits(found: Found, expected: dict[str, str]) -> bool:
    if found.facet != expected["facet"] or found.fact.subject != expected["subject"].casefold():
        return False
    if found.facet is Facet.FACT:
        same = found.fact.attribute == expected["attribute"].casefold()
        return same and same_value(found.fact.value, expected["value"])
    day = found.valid_to if found.facet is Facet.PROMISE else found.valid_from
    one = set(re.findall(r"\w+", expected["value"].lower()))
    other = set(re.findall(r"\w+", found.fact.value.lower()))
    return day is not None and day.date().isoformat() == expected["on"] and len(one & other) >= len(one | other) / 2


def test_precision_and_recall_on_the_labelled_set() -> None:
    score = Score()
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        left = list(row["expected"])
        for found in read(row["text"], speaker=row["speaker"], addressee=row["addressee"], mine=row["mine"]):
            if found.ends:
                continue
            match = next((one for one in left if fits(found, one)), None)
            if match is None:
                score.wrong += 1
            else:
                left.remove(match)
                score.right += 1
        score.missed += len(left)
    precision = score.right / (score.right + score.wrong)
    recall = score.right / (score.right + score.missed)
    assert len(rows) >= 200
    assert sum(not row["expected"] for row in rows) >= len(rows) / 2
    assert precision >= 0.95
    assert recall >= 0.85


def test_the_evidence_span_holds_the_value() -> None:
    text = "Thanks a lot! By the way, I moved to Ghent. See you soon."
    (found,) = read(text)
    assert "I moved to Ghent" in text[found.start : found.end]
    assert "See you" not in text[found.start : found.end]


def test_the_speaker_is_the_subject_and_a_named_person_keeps_their_own() -> None:
    assert triples("I live in Graz.", speaker="Bob") == [("bob", "lives in", "Graz")]
    assert triples("Carla lives in Vienna.", speaker="Bob") == [("carla", "lives in", "Vienna")]
    assert triples("I live in Graz.", mine=True) == [("me", "lives in", "Graz")]


@pytest.mark.parametrize(
    "text",
    ["You owe me 500 euros.", "Me lives in Oslo.", "User lives in Oslo.", "Your dentist is Dr. Wu."],
)
def test_nobody_elses_word_makes_a_fact_about_the_person(text: str) -> None:
    assert [t for t in triples(text, speaker="Eve", addressee="me") if t[0] == "me"] == []


def test_a_speaker_who_calls_themself_me_is_not_the_person() -> None:
    assert triples("I live in Bonn.", speaker="me") == []
    assert triples("I live in Bonn.", speaker="") == []


def test_an_appointment_keeps_its_hour_and_a_promise_its_end() -> None:
    (meeting,) = read("My dentist appointment is on 24 March at 10:30.")
    assert meeting.valid_from == datetime(2026, 3, 24, 10, 30, tzinfo=UTC)
    (promise,) = read("I'll send you the invoice by Friday.")
    assert promise.valid_to == datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC)
    assert promise.text == "Ana promised to send you the invoice by Friday 13 March 2026."


def test_the_facts_planted_in_the_sample_are_found_and_nothing_else() -> None:
    sample = Path(__file__).parents[3] / "resources" / "sample" / "conversations.jsonl"
    found = []
    for line in sample.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("role") != "assistant":
            mine = row["speaker"] in ("me", "user")
            at = datetime.fromisoformat(row["at"])
            found += find(row["text"], speaker=row["speaker"], addressee=row.get("addressee", ""), mine=mine, at=at)
    assert [(one.fact.subject, one.fact.attribute, one.fact.value) for one in found] == [
        ("dana", "lives in", "Leeds"),
        ("dana", "does not drink", "coffee"),
        ("me", "appointment", "dentist appointment"),
        ("dana", "lives in", "Bristol"),
        ("dana", "address", "18 Cooper's Yard, top bell"),
        ("dana", "appointment", "opening"),
        ("me", "promise", "send you the final poster file"),
        ("me", "monthly budget for art supplies", "£120"),
        ("me", "monthly budget for art supplies", "£150"),
    ]


def test_only_the_clause_that_denies_is_refused() -> None:
    assert triples("I don't live in Lisbon, I live in Porto.") == [("ana", "lives in", "Porto")]
    assert triples("I have lived in Leeds for nine years and it has never been like this.") == [
        ("ana", "lives in", "Leeds")
    ]


def test_facts_stand_alone_in_words() -> None:
    assert in_words("ana", "lives in", "Graz") == "Ana lives in Graz."
    assert in_words("ana", "allergic to", "nuts") == "Ana is allergic to nuts."
    assert in_words("me", "dentist", "Dr. Wu") == "My dentist is Dr. Wu."
    assert in_words("brother of ana", "lives in", "Chicago") == "Brother of Ana lives in Chicago."


@given(st.text(max_size=400))
def test_no_text_breaks_the_rules(text: str) -> None:
    for one in read(text):
        assert 0 <= one.start <= one.end <= len(text)


@pytest.mark.parametrize(
    "bomb",
    ["I " * 8000, "a" * 20000, "my " * 6000, '"' * 20000, "I'll " * 4000, "on 1 " * 4000, "I live in " + "A b " * 4000],
    ids=["I", "a", "my", "quotes", "I'll", "days", "places"],
)
@pytest.mark.timeout(20)
def test_no_text_holds_the_rules_up(bomb: str) -> None:
    read(bomb)
