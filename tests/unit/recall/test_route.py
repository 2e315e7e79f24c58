"""How many hits a question wants, and the words for the way it was answered."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.recall.query import understand
from core.recall.route import MOST_HITS, Demand, Route, demand

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
PEOPLE = ("anna", "ben")
ROUTE = Route(rows=629, words=True, meaning="exact", filtered=False, tokens=None, budget=850, hits=10, reasons=())


@pytest.mark.parametrize(
    ("question", "times", "reasons"),
    [
        ("Where did Anna park the car?", 1, ()),
        ("What is Anna's address?", 1, ()),
        ("What was the class about?", 1, ()),
        ("When does the bus leave?", 1, ()),
        ("What books has Anna read?", 2, ("several things are asked for",)),
        ("Which of the old films did she like?", 2, ("several things are asked for",)),
        ("What kind of art does Anna make?", 2, ("several things are asked for",)),
        ("How many times did Ben go to the lake?", 2, ("something is counted",)),
        ("Welche Bücher hat Anna gelesen?", 2, ("several things are asked for",)),
        ("¿Cuántas veces fue Ben al lago?", 2, ("something is counted",)),
        ("What do Anna and Ben have in common?", 2, ("things are compared",)),
        ("Did Anna see Ben at the lake?", 2, ("it is about several people",)),
        ("What hobbies do Anna and Ben share?", 3, ("several things are asked for", "it is about several people")),
    ],
)
def test_a_question_wants_more_hits_where_its_answer_lies_in_several_places(
    question: str, times: int, reasons: tuple[str, ...]
) -> None:
    assert demand(understand(question, NOW, PEOPLE)) == Demand(times=times, reasons=reasons)


def test_hits_grow_from_what_is_usual_and_stay_bounded() -> None:
    assert Demand().hits(7) == 7
    assert Demand(times=3).hits(10) == 30
    assert Demand(times=3).hits(90) == MOST_HITS
    assert Demand(times=1).hits(500) == 500


def test_the_route_is_told_in_words() -> None:
    assert ROUTE.words_for_a_person() == "exhaustive: 629 memories by words + meaning"
    everything = replace(ROUTE, rows=1, tokens=23)
    assert everything.words_for_a_person() == "everything: 1 memory in 23 of 850 tokens"
    large = replace(ROUTE, rows=1_000_000, meaning="chroma", hits=20, reasons=("something is counted",))
    assert large.words_for_a_person() == (
        "hybrid: 1,000,000 memories by words + meaning (Chroma), 20 hits since something is counted"
    )
    filtered = replace(ROUTE, words=False, meaning="", filtered=True)
    assert filtered.words_for_a_person() == "exhaustive: 629 memories, the newest first, within the conditions"


def test_who_said_how_many_is_not_told_why_there_are_more() -> None:
    assert "hits" not in replace(ROUTE, hits=None, reasons=("something is counted",)).words_for_a_person()
