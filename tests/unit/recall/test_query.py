"""Questions are taken apart into words, people, times and filters, and nothing typed is syntax."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.memory import Kind
from core.recall.names import KnownNames
from core.recall.query import LONGEST, MOST_WORDS, understand
from core.store.words import expression

NOW = datetime(2023, 10, 23, 10, 30, tzinfo=UTC)
PEOPLE = ("dana smith", "caroline", "will", "me")


def test_names_leave_the_words_and_the_embedded_text() -> None:
    query = understand("When did Caroline's mother visit Dana Smith?", NOW, PEOPLE)
    assert query.people.named == ("caroline", "dana smith")
    assert query.words == ("mother", "visit")
    assert set(query.name_words) == {"caroline", "dana", "smith"}
    assert "aroline" not in query.embedded
    assert "mother" in query.embedded


def test_a_first_name_is_enough() -> None:
    assert understand("what did dana say?", NOW, PEOPLE).people.named == ("dana smith",)


def test_a_name_that_is_a_word_counts_only_with_a_capital() -> None:
    assert understand("when will it rain", NOW, PEOPLE).people.named == ()
    assert understand("what did Will buy", NOW, PEOPLE).people.named == ("will",)


def test_stop_words_count_only_when_nothing_else_is_left() -> None:
    assert understand("where was the green bicycle", NOW, PEOPLE).words == ("green", "bicycle")
    assert understand("who are you", NOW, PEOPLE).words == ("who", "are", "you")
    assert understand("Caroline?", NOW, PEOPLE).words == ("caroline",)


def test_who_told_whom_is_understood() -> None:
    people = understand("What did I tell Dana about the rent?", NOW, PEOPLE).people
    assert (people.speaker, people.addressee) == ("me", "dana smith")
    people = understand("What did Caroline say to me?", NOW, PEOPLE).people
    assert (people.speaker, people.addressee) == ("caroline", "me")
    people = understand("What did I promise?", NOW, PEOPLE).people
    assert (people.speaker, people.addressee) == ("me", "")


def test_filters_are_hard_and_leave_the_text() -> None:
    query = understand('invoice app:Mail from:"Dana Smith" kind:semantic after:2023-01-01 in:work', NOW, PEOPLE)
    assert query.words == ("invoice",)
    named = {one.key: one.value for one in query.filters.named}
    assert named == {"app": "mail", "from": "dana smith", "in": "work"}
    assert query.filters.kinds == (Kind.SEMANTIC,)
    begins = query.filters.bounds[0].begins
    assert begins is not None
    assert begins.date() == date(2023, 1, 2)
    assert {one.kind for one in query.understood if one.hard} == {"app", "from", "kind", "after", "in"}


def test_phrases_and_unwanted_words_are_literal() -> None:
    query = understand('the "blue door" -garage -"red house"', NOW, PEOPLE)
    assert query.phrases == ("blue door",)
    assert set(query.without) == {"garage", "red house"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("x after:2023-05-01 before:2023-04-01", "ends before it begins"),
        ("x on:2023-02-30", "calendar"),
        ("x before:blorp", "not a date"),
        ("x kind:nonsense", "There is no kind"),
        ("what was on 31 April 2023", "calendar"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(question: str, said: str) -> None:
    assert said in understand(question, NOW, PEOPLE).impossible


def test_the_past_and_the_edges_are_heard() -> None:
    assert understand("Where did Dana use to work, her old office?", NOW, PEOPLE).past_asked
    assert understand("Where Dana used to live", NOW, PEOPLE).past_asked
    assert not understand("Where does Dana live?", NOW, PEOPLE).past_asked
    assert understand("the first time we met", NOW, PEOPLE).edge == "first"
    assert understand("when was the last time", NOW, PEOPLE).edge == "last"


def test_a_huge_question_is_read_from_its_beginning() -> None:
    query = understand("bicycle " + "x1 y2 z3 " * 1_000_000, NOW, PEOPLE)
    assert query.words[0] == "bicycle"
    assert len(query.words) <= MOST_WORDS
    assert len(query.embedded) <= LONGEST


@given(st.text(st.characters(codec=None), max_size=400))
@example('NEAR("a" "b") OR col:x* ^y AND (NOT "z')
@example("a\0b \ud800 c")
@example("שלום מה שלומך \u202e abc")
@example('🙂🙂 👩‍👩‍👧 :: -- "" -""')
@example('app: from:"" kind: before: -')
def test_nothing_typed_becomes_syntax(question: str) -> None:
    query = understand(question, NOW, KnownNames(PEOPLE))
    for term in (*query.words, *query.name_words):
        assert term == "".join(c for c in term if c.isalnum() or c == "_" or c.isalpha() or ord(c) > 127)
    assert expression(query.words, query.phrases, query.without).count('"') % 2 == 0
    query.embedded.encode("utf-8")


def test_many_known_names_are_found_without_looking_at_each() -> None:
    known = KnownNames([f"person{n} family{n}" for n in range(20_000)])
    assert known.find("what did person777 say").named == ("person777 family777",)


def test_that_something_was_said_is_no_word_to_look_for_unless_nothing_else_is_there() -> None:
    assert understand("What did Okoro say about the ash?", NOW, ("okoro",)).words == ("ash",)
    assert understand("What did Okoro say?", NOW, ("okoro",)).words == ("okoro",)
    assert understand("who said so?", NOW, PEOPLE).words == ("who", "said", "so")


@pytest.mark.parametrize(("question", "embedded"), [('"', ""), (" ?! : ", ""), ("🎉", "🎉"), ("C++", "C++")])
def test_signs_alone_mean_nothing(question: str, embedded: str) -> None:
    assert understand(question, NOW, PEOPLE).embedded == embedded
