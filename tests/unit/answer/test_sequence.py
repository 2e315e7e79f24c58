"""Which of two things came first: said with both, by the day each tells of; and values in time in an answer."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from core.answer.extract import extract
from core.answer.prompt import build
from core.memory import Memory, Recalled
from tests.unit.answer.found import NOW, found, memory

FLOOD = memory(1, "The cellar is flooded up to the second step.", days_ago=300)
EXAM = memory(2, "I passed the sailing exam, knots and all.", days_ago=100)
EYE = memory(3, "You never knew, but back in February 2024 I had the little operation on my eye.", days_ago=20)


def names(answer: str) -> list[str]:
    return [line.split(". ")[0] for line in answer.split("\n")]


@pytest.mark.parametrize("hits", list(permutations((FLOOD, EXAM, EYE))))
def test_the_order_is_that_of_the_days_whatever_the_order_of_the_hits(hits: tuple[Memory, ...]) -> None:
    answer = extract(found("Which came first, Dana's sailing exam or the flooded cellar?", *hits), NOW)
    assert names(answer.text) == ["First: the flooded cellar", "Then: Dana's sailing exam"]
    assert answer.grounds == ("t1", "t2")
    first = answer.sentences[0]
    assert first.span is not None
    assert first.text[slice(*first.span)] == "the flooded cellar"


def test_what_is_told_later_counts_by_the_day_it_tells_of() -> None:
    answer = extract(found("Which came first, the flooded cellar or Dana's eye operation?", FLOOD, EXAM, EYE), NOW)
    assert answer.grounds == ("t3", "t1")


def test_a_bare_year_that_is_over_is_a_time_too() -> None:
    old = memory(4, "We bought the piano in 2019.", days_ago=5)
    answer = extract(found("Which came first, the flooded cellar or buying the piano?", FLOOD, old, EXAM), NOW)
    assert answer.grounds == ("t4", "t1")


def test_asked_for_the_later_one_that_one_is_said_first() -> None:
    answer = extract(found("What came later, the flooded cellar or Dana's sailing exam?", FLOOD, EXAM), NOW)
    assert names(answer.text) == ["Later: Dana's sailing exam", "Before that: the flooded cellar"]


def test_one_sentence_does_not_stand_for_both() -> None:
    both = memory(5, "After the flooded cellar I passed the sailing exam.", days_ago=50)
    assert len(extract(found("Which came first, the flooded cellar or the sailing exam?", both), NOW).grounds) == 1


OLD = memory(6, "My rent is 800 euros.", days_ago=300)
NEW = memory(7, "My rent is 950 euros now.", days_ago=20)


def marked(recalled: Recalled, is_outdated: Callable[[Memory], bool]) -> Recalled:
    return replace(recalled, hits=tuple(replace(hit, outdated=is_outdated(hit.memory)) for hit in recalled.hits))


@pytest.mark.parametrize(
    ("question", "outdated", "said", "unsaid"),
    [
        ("How much is Dana's rent?", OLD, "950", "800"),
        ("How much was Dana's rent in May 2026?", NEW, "800", "950"),
    ],
)
def test_what_recall_marks_as_outdated_neither_answers_nor_reaches_a_prompt(
    question: str, outdated: Memory, said: str, unsaid: str
) -> None:
    for hits in ((OLD, NEW), (NEW, OLD)):
        recalled = marked(found(question, *hits), lambda one: one.id == outdated.id)
        assert said in extract(recalled, NOW).text.split("\n")[0]
        data = build(recalled, NOW, count=len, budget=10_000).messages[-1].text
        assert said in data
        assert unsaid not in data


def test_a_prompt_after_what_used_to_be_holds_what_no_longer_holds() -> None:
    recalled = marked(found("What was Dana's rent before?", NEW, OLD), lambda one: one.id == NEW.id)
    assert "800" in build(recalled, NOW, count=len, budget=10_000).messages[-1].text
