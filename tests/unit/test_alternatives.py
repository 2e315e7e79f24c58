"""Questions after which of two things came first are told from all others, with the two as they name them."""

import pytest

from core.alternatives import Alternatives, alternatives


@pytest.mark.parametrize(
    ("question", "a", "b", "later"),
    [
        ("Which came first, Oona's eye operation or Oona buying the sewing machine?", "Oona's eye operation",
         "Oona buying the sewing machine", False),
        ("What happened first: the flood or Leif breaking his wrist?", "the flood", "Leif breaking his wrist", False),
        ("Which came first the flood or the move?", "the flood", "the move", False),
        ("Which of these two was earlier, the move or the job?", "the move", "the job", False),
        ('Which came first: "We bought a car." or "I moved."?', "We bought a car", "I moved", False),
        ("What came later, the move or the job?", "the move", "the job", True),
        ("Did the flood happen before the wedding?", "the flood", "the wedding", False),
        ("Was the dentist before or after the car repair?", "the dentist", "the car repair", False),
        ("In which order did the flood and the burglary happen?", "the flood", "the burglary", False),
        ("Was kam zuerst, der Umzug oder die Hochzeit?", "der Umzug", "die Hochzeit", False),
        ("¿Qué fue primero, la boda o la mudanza?", "la boda", "la mudanza", False),
    ],
)  # fmt: skip
def test_which_of_two_came_first_is_understood(question: str, a: str, b: str, later: bool) -> None:
    assert alternatives(question) == Alternatives(a=a, b=b, later=later)


@pytest.mark.parametrize(
    "question",
    [
        "What was her first car?",
        "Which is better, tea or coffee?",
        "Who came to the party last week, Anna or Ben?",
        "What did she say after the party about Anna or Ben?",
        "Did I meet Anna before the wedding?",
        "Where does she live now or later?",
        "Which came first, the flood or the flood?",
        "Which came first, ? or !",
        "",
    ],
)
def test_other_questions_have_no_two_things_to_put_in_order(question: str) -> None:
    assert alternatives(question) is None


def test_a_pasted_page_takes_no_time() -> None:
    assert alternatives("which came first, " + "a or " * 20_000) is not None
    assert alternatives("which first " * 20_000) is None
