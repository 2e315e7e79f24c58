"""A question about somebody of whom nothing is known is not answered with what is said of another."""

import pytest

from core.answer.extract import extract
from tests.unit.answer.found import NOW, found, memory

TOM = memory(1, "Tom lives in Swansea.", speaker="Dad")


def test_what_is_said_of_tom_answers_nothing_about_noor() -> None:
    assert extract(found("Where does Noor live?", TOM), NOW).abstained


@pytest.mark.parametrize("question", ["Where does Tom live?", "Where does Tommy live?"])
def test_the_one_it_is_said_of_is_found(question: str) -> None:
    said = memory(2, "I live in Swansea now.", speaker="Tom")
    assert not extract(found(question, said), NOW).abstained
