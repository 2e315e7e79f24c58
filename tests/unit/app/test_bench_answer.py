"""What `mneme bench answer` calls right: words, days, spans, refusals, reckoned by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.answer import SPANS, Case, Wishes, quality, spread
from app.bench.answer_table import HEAD, OTHERS, markdown
from app.bench.dataset import DataSet, Question
from app.bench.days import Days, days, only_days
from app.bench.judging import best, contained, f1, held, tokens
from app.bench.refusals import refusals
from app.bench.row import Row
from app.bench.verdict import judged
from core.errors import BadInput


def asks(answer: str, *, id: str = "q", category: str = "temporal", answerable: bool = True) -> Question:
    return Question(
        id=id,
        text="When did the kiln break?",
        conversation="a",
        category=category,
        missing=(),
        evidence=(("a", "1"),),
        now="2023-05-09T09:00:00",
        answerable=answerable,
        answer=answer,
        line={},
    )


def says(*sentences: str, marked: str = "", ground: str = "1") -> dict[str, Any]:
    told = []
    for text in sentences:
        begin = text.rfind(marked) if marked else -1
        span = [begin, begin + len(marked)] if begin >= 0 else None
        told.append({"text": text, "grounds": [ground], "span": span})
    return {"answer": "\n".join(sentences), "abstained": not sentences, "sentences": told}


def test_words_are_compared_without_case_articles_punctuation_and_ways_to_write_numbers_and_dates() -> None:
    assert tokens("The Kiln's two shelves!") == ["kilns", "2", "shelves"]
    assert tokens("May 7th, 2023") == tokens("7 May 2023") == tokens("2023-05-07") == ["7", "may", "2023"]
    assert tokens("three marathons in June") == ["3", "marathons", "in", "june"]
    assert tokens("温泉 2万円。") == ["温", "泉", "2", "万", "円"]


def test_token_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    assert f1("a green canoe", "the green boat by the lake") == pytest.approx(2 * 1 / (2 + 4))
    assert f1("canoe", "bread") == 0.0
    assert f1("canoe canoe", "canoe") == pytest.approx(2 / 3)


def test_a_gold_is_contained_in_one_piece_or_held_word_by_word() -> None:
    assert contained("green canoe", "She bought a green canoe.")
    assert not contained("green canoe", "She bought a canoe, green as grass.")
    assert held("green canoe", "She bought a canoe, green as grass.") == 1.0
    assert held("the joy of paddling", "joy at last") == 0.5
    assert held("he", "he and she") == 1.0


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("7 May 2023", "2023-05-07", "2023-05-07"),
        ("May 7th, 2023.", "2023-05-07", "2023-05-07"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("In June 2023", "2023-06-01", "2023-06-30"),
        ("summer 2022", "2022-06-01", "2022-08-31"),
        ("the week before 8 May 2023", "2023-05-01", "2023-05-07"),
        ("the week of 10 May 2023", "2023-05-08", "2023-05-14"),
        ("the weekend before 8 May 2023", "2023-05-06", "2023-05-07"),
        ("two weekends before 8 May 2023", "2023-04-29", "2023-04-30"),
        ("The Friday before 8 May 2023", "2023-05-05", "2023-05-05"),
        ("the weekend after 8 May 2023", "2023-05-13", "2023-05-14"),
        ("two weeks before 15 May 2023", "2023-04-28", "2023-05-04"),
        ("a few days before 8 May 2023", "2023-05-02", "2023-05-08"),
        ("the first weekend of May 2023", "2023-05-06", "2023-05-07"),
        ("the last week of May 2023", "2023-05-25", "2023-05-31"),
        ("early June 2023", "2023-06-01", "2023-06-11"),
        ("about 1 May 2023", "2023-04-28", "2023-05-04"),
        ("two months before 15 May 2023", "2023-03-01", "2023-03-31"),
        ("22 September (2023)", "2023-09-22", "2023-09-22"),
        ("the week before 21Janury, 2022", "2022-01-14", "2022-01-20"),
    ],
)
def test_a_time_is_read_as_its_days(told: str, first: str, last: str) -> None:
    assert days(told) == Days(date.fromisoformat(first), date.fromisoformat(last))
    assert only_days(told) is not None


@pytest.mark.parametrize("told", ["a convention in March 2023", "three years", "Max", "31 February 2023", ""])
def test_a_gold_that_is_more_or_other_than_a_time_is_no_time(told: str) -> None:
    assert only_days(told) is None


@given(st.text(max_size=60))
def test_any_text_is_read_as_days_without_harm(told: str) -> None:
    found = days(told)
    assert found is None or found.first <= found.last
    assert f1(told, told) in (0.0, 1.0)


def test_a_time_is_right_that_lies_within_the_one_asked_for_and_says_no_less() -> None:
    week = Days(date(2023, 5, 1), date(2023, 5, 7))
    year = Days(date(2023, 1, 1), date(2023, 12, 31))
    day = Days(date(2023, 5, 3), date(2023, 5, 3))
    assert week.right(day)
    assert year.right(week)
    assert not week.right(year)
    assert not day.right(week)
    birthday = days("3 May")
    assert birthday is not None
    assert birthday.right(day)


def test_an_answer_is_right_by_its_marked_day_and_not_by_the_day_it_was_said() -> None:
    told = "Dana, 8 May 2023: The kiln broke yesterday (7 May 2023)."
    right = judged(asks("7 May 2023"), says(told, marked="7 May 2023"), "")
    assert right.right
    assert right.day
    assert right.span_f1 == 1.0
    wrong = judged(asks("8 May 2023"), says(told, marked="7 May 2023"), "")
    assert not wrong.right
    assert wrong.day is False


def test_another_answer_is_right_when_two_sentences_hold_every_word_of_the_gold() -> None:
    said = says("Dana, 8 May 2023: We paddled a canoe.", "Dana, 8 May 2023: It is green.", "It leaks.")
    assert judged(asks("a green canoe", category="single-hop"), said, "").right
    late = judged(asks("a canoe that leaks", category="single-hop"), said, "")
    assert not late.right
    assert late.mostly
    assert not judged(asks("Dana", category="single-hop"), said, "").right
    assert judged(asks("leaks", category="single-hop"), said, "").contained
    assert judged(asks("x"), says("It leaks.", ground="2"), "").on_evidence is False


def test_the_baseline_is_the_sentence_of_the_first_hit_with_most_of_the_questions_words() -> None:
    assert best("When did the kiln break?", "Hello there. The kiln did break! Bye.") == "The kiln did break!"
    verdict = judged(asks("yesterday"), says(), "Hello. The kiln did break yesterday.")
    assert verdict.abstained
    assert verdict.f1 == 0.0
    assert verdict.baseline_f1 == pytest.approx(2 / 5)
    assert verdict.baseline_right


def test_measures_are_averaged_by_category_and_never_over_what_was_never_said() -> None:
    told = says("Dana, 8 May 2023: The kiln broke yesterday (7 May 2023).", marked="7 May 2023")
    questions = [
        asks("7 May 2023", id="1"),
        asks("6 May 2023", id="2"),
        asks("kiln", id="3", category="single-hop"),
        asks("", id="4", category="adversarial", answerable=False),
    ]
    cases = [Case(question=one, cluster="a", verdict=judged(one, told, "")) for one in questions]
    rows = {row.name: row for row in quality(cases)}
    both = rows[f"right span, {' and '.join(SPANS)}"]
    assert (both.value, both.n, both.target) == (pytest.approx(2 / 3), 3, 0.45)
    assert rows["time named rightly, temporal"].value == 0.5
    assert "time named rightly, single-hop" not in rows
    assert not any(name.endswith("adversarial") for name in rows)


def test_the_table_has_a_line_for_each_category_and_one_for_each_other_figure() -> None:
    told = says("Dana, 8 May 2023: The kiln broke yesterday (7 May 2023).", marked="7 May 2023")
    questions = [asks("7 May 2023", id="1"), asks("kiln", id="2", category="single-hop")]
    cases = [Case(question=one, cluster="a", verdict=judged(one, told, "")) for one in questions]
    lines = markdown([*quality(cases), Row(name="answer p95", value=12.0, unit="ms", n=3, target=60)]).splitlines()
    assert lines[0] == HEAD
    assert [line.split("|")[1].strip() for line in lines[2:6]] == [
        "answerable",
        " and ".join(SPANS),
        "single-hop",
        "temporal",
    ]
    assert lines[7] == OTHERS
    assert lines[-1] == "| answer p95 | 12 | ms | 3 |  | 60 |"
    assert all(line.count("|") == HEAD.count("|") for line in lines[:6])


def test_refusals_are_counted_against_what_was_never_said(tmp_path: Path) -> None:
    questions = [asks("x", id=str(place), answerable=place > 2) for place in range(1, 7)]
    data = DataSet(name="made", file=tmp_path, turns=(), questions=tuple(questions))
    rows = {row.name: row.value for row in refusals(data, questions, {"1", "3"})}
    assert rows == {
        "abstention F1": 0.5,
        "abstention precision": 0.5,
        "abstention recall": 0.5,
        "answerable questions refused": 0.25,
    }


def test_fewer_questions_are_spread_over_all() -> None:
    questions = [asks("x", id=str(place)) for place in range(10)]
    assert [one.id for one in spread(questions, 3)] == ["0", "3", "6"]
    assert len(spread(questions, 0)) == len(spread(questions, 99)) == 10


@pytest.mark.parametrize(
    "arguments", [[], ["--dataset"], ["--dataset", "x", "--often"], ["--dataset=x", "--questions=a"]]
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(arguments: list[str]) -> None:
    with pytest.raises(BadInput):
        Wishes.of(arguments)


def test_a_model_is_asked_fewer_questions_unless_more_are_wanted() -> None:
    assert Wishes.of(["--dataset", "x"]).most == 0
    assert Wishes.of(["--dataset", "x", "--model=m.gguf"]).most == 40
    assert Wishes.of(["--dataset", "x", "--model=m.gguf", "--questions", "7"]).most == 7
