"""Which of the sentences found is the answer: by what it adds, by its time, by what it means, in any language."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.answer.extract import extract
from core.answer.prompt import build
from core.answer.scoring import LOOKED_AT, OF_OTHERS
from core.answer.wording import gist
from core.memory import Memory
from tests.unit.answer.found import NOW, found, memory


def first(question: str, *memories: Memory) -> str:
    return extract(found(question, *memories), NOW).sentences[0].text.split(": ", 1)[1]


def test_a_sentence_that_only_says_the_question_again_answers_less_than_one_that_adds_to_it() -> None:
    again = memory(1, "What I paint, I paint.", days_ago=3)
    adds = memory(2, "I paint harbours, mostly with heavy oil and a knife.", days_ago=4)
    assert first("What does Dana paint?", again, adds).startswith("I paint harbours")


def test_a_time_that_is_ahead_does_not_answer_when_something_was() -> None:
    was = memory(1, "The fair was great, we went there last Friday.", days_ago=5)
    coming = memory(2, "We go to the next fair tomorrow.", days_ago=3)
    assert first("When did Dana go to the fair?", coming, was).startswith("The fair was great")
    assert first("When is Dana planning to go to the fair?", was, coming).startswith("We go to the next fair")


def test_the_month_that_a_question_names_bounds_the_answer() -> None:
    spring = memory(1, "We went camping last week.", days_ago=120)
    summer = memory(2, "We went camping last week.", days_ago=35)
    answer = extract(found("When did Dana go camping in August?", spring, summer), NOW)
    assert answer.grounds[0] == "t2"


def test_the_second_one_is_not_the_first_one() -> None:
    one = memory(1, "I won my first tournament yesterday.", days_ago=90)
    two = memory(2, "I won my second tournament yesterday.", days_ago=9)
    assert first("When did Dana win her second tournament?", one, two).startswith("I won my second")
    assert first("When did Dana win her first tournament?", two, one).startswith("I won my first")


def test_a_time_named_beside_the_sentence_is_said_with_it_as_it_stands_there() -> None:
    told = memory(1, "Something exciting happened last Friday. I went to a convention. It was loud.", days_ago=10)
    answer = extract(found("When did Dana go to a convention?", told), NOW)
    said = answer.sentences[0]
    assert "happened last Friday (4 September 2026). I went to a convention." in said.text
    assert said.span is not None
    assert said.text[slice(*said.span)] == "4 September 2026"


def test_several_things_asked_for_are_told_in_more_sentences() -> None:
    told = (
        memory(1, "My hobby is pottery with old clay.", days_ago=3),
        memory(2, "Another hobby of mine is rowing at dawn.", days_ago=4),
        memory(3, "Chess with my uncle became a hobby too.", days_ago=5),
    )
    assert len(extract(found("Which hobbies does Dana have?", *told), NOW).sentences) == 3
    assert len(extract(found("Which hobby does Dana have?", *told), NOW).sentences) == 2


class Likeness:
    """Gives 0.9 to what holds a word and 0.1 to the rest, and keeps what it was asked."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, list[str]]] = []

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return [0.9 if self.word in text else 0.1 for text in texts]


def test_what_means_the_same_in_other_words_is_said_first() -> None:
    words = memory(1, "Dana feels the same about the spring meeting as about any meeting.", days_ago=3)
    meaning = memory(2, "I was proud and a little tearful when they sang, at the spring meeting.", days_ago=4)
    recalled = found("How did Dana feel at the spring meeting?", words, meaning)
    assert extract(recalled, NOW, Likeness("tearful")).grounds[0] == "t2"
    assert extract(recalled, NOW, Likeness("any meeting")).grounds[0] == "t1"


def test_the_meaning_of_only_a_few_sentences_is_looked_at_and_without_names() -> None:
    likeness = Likeness("x")
    told = [memory(number, f"I went to lake {number}. It was cold. I swam.", days_ago=number) for number in range(1, 9)]
    extract(found("Which lake did Dana like?", *told), NOW, likeness)
    ((question, texts),) = likeness.asked
    assert question == "Which lake did like?"
    assert len(texts) <= LOOKED_AT + OF_OTHERS


def test_when_meaning_is_not_at_hand_the_words_decide() -> None:
    told = memory(1, "The kiln broke yesterday.")
    recalled = found("When did the kiln break?", told)
    assert extract(recalled, NOW, lambda question, texts: None).text == extract(recalled, NOW).text


def test_what_nobody_was_asked_about_is_refused_when_neither_its_words_nor_its_meaning_are_met() -> None:
    told = memory(1, "The red ladder is in the shed beside the old bicycles.")
    recalled = found("Which bicycles won the race in Ghent last summer?", told)
    assert extract(recalled, NOW, Likeness("nothing")).abstained
    assert not extract(recalled, NOW, Likeness("ladder")).abstained


def test_what_another_says_without_a_word_of_themself_does_not_speak_against_an_answer() -> None:
    hers = memory(1, "I bought a green canoe.", speaker="Dana")
    praise = memory(2, "A green canoe, bought, lovely green canoe!", speaker="Ana")
    assert extract(found("What colour is the canoe that Dana bought?", praise, hers), NOW).grounds[0] == "t1"


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        ("de", "Wann war der Zahnarzttermin?", "Der Termin beim Zahnarzt ist am 22. Januar um halb neun."),
        ("es", "¿Dónde alquiló Ana el apartamento?", "Alquilamos un apartamento con azotea en la Macarena."),
        ("ja", "温泉旅館の料金は？", "温泉旅館の料金は一泊二万円だった。"),
    ],
)
def test_in_another_language_the_sentence_that_shares_parts_of_words_is_said_whole(
    language: str, asked: str, told: str
) -> None:
    other = {"de": "Heute regnet es schon wieder.", "es": "Hoy llueve otra vez.", "ja": "今日も雨が降っている。"}
    memories = (memory(1, other[language]), memory(2, told))
    answer = extract(found(asked, *(replace(one, language=language) for one in memories)), NOW)
    assert answer.grounds[0] == "t2"
    assert told.rstrip("。.") in answer.sentences[0].text
    assert answer.sentences[0].span is None


def test_in_another_language_nothing_in_common_is_no_memory() -> None:
    told = replace(memory(1, "Heute regnet es schon wieder."), language="de")
    assert extract(found("Welche Blutgruppe hat Onkel Kurt?", told), NOW).abstained


def test_an_english_question_is_read_in_english_whatever_the_memories_are_in() -> None:
    told = replace(memory(1, "The kiln broke yesterday."), language="de")
    assert extract(found("When did the kiln break?", told), NOW).sentences[0].span is not None


def test_parts_of_words_are_letters_without_case_accents_or_function_words() -> None:
    assert gist("Der Zähler", "de") == gist("der zahler", "de")
    assert gist("der die das", "de") == frozenset()
    assert gist("温泉", "ja") == {"温泉"}


def test_a_turn_that_is_a_question_mark_alone_asks_nothing() -> None:
    told = (memory(1, "?"), memory(2, "The kiln broke yesterday."))
    assert first("When did the kiln break?", *told).startswith("The kiln broke")


def test_of_a_long_memory_the_piece_that_was_found_is_read_and_given_to_a_model() -> None:
    begin = "The roof was mended in spring. " * 40
    told = memory(1, f"{begin}The glaze is called tenmoku and fires at 1280 degrees.", days_ago=4)
    recalled = found("Which glaze does Dana use?", told)
    here = replace(recalled, hits=(replace(recalled.hits[0], piece=(len(begin), len(told.text))),))
    assert "tenmoku" in extract(here, NOW).sentences[0].text
    data = build(here, NOW, count=len, budget=5000).messages[1].text
    assert "tenmoku" in data
    assert "roof" not in data
