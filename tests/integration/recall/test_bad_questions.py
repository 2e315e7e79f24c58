"""Bad questions and bad vectors over a real vault: hits, or an empty list with the reason, never a traceback."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.commands.forms import recalled_form
from core.inference.wordpiece import count
from core.memory import EmbedderId, Kind
from core.recall import Recaller
from core.settings import Recall
from core.urgency import Urgency
from tests.integration.recall.conftest import NOW, Kept
from tests.made import note, turn

TALK = [
    turn("Hi! How was your weekend?", 0, mine=True),
    turn("Lovely, we painted the old rowing boat in the garden.", 1),
    turn("The invoice for the roof is 1,840 euros.", 2),
    turn("I will pay it on Friday.", 3, mine=True),
    note("The spare key hangs behind the blue door."),
    note("The door code is 4711.", Kind.SECRET),
]
TRICKY = (
    "boat -boat from:me from:dana -from:dana with:dana to:me app:mail in:talk in:march kind:note kind:fact -kind:note"
    ' on:2026-09 on:31 February before:2026-09-05 after:2026-09-05 "rowing boat" "" " “boat” NEAR( AND OR NOT * ^ col:x'
    " \0 \ud800 \u202e שלום 🙂 last Friday since between and March 2026 two days after the invoice latest used to"
)
TYPED = st.lists(st.sampled_from(TRICKY.split(" ")), max_size=12).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=TYPED | st.text(st.characters(codec=None), max_size=200))
@example(question="")
@example(question=" \t\n ")
@example(question="from:me " * 1_500_000)
@example(question="\0" * 5000)
@example(question="\ud800\udfff from:\ud800")
@example(question="مرحبا \u202e etacilpud \u2066boat\u2069")
@example(question='boat AND NOT (NEAR(a b) OR "')
@example(question="what was on 31 February?")
@example(question="boat after:2026-05-01 before:2026-04-01")
@example(question="between 15 July 2023 and 3 March 2023")
def test_every_question_has_hits_or_a_reason(kept: Kept, question: str) -> None:
    kept.keep(TALK)
    recalled = kept.ask(question)
    assert recalled.hits or recalled.notices
    assert all(notice.strip().endswith((".", "?")) for notice in recalled.notices)
    json.dumps(recalled_form("1", recalled)).encode("utf-8")
    again = kept.ask(question, ignore=tuple(one.key for one in recalled.understood))
    assert again.hits or again.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("boat from:danna", "There is nobody called “danna”; did you mean Dana?"),
        ("boat in:talc", "There is no conversation and no place called “talc”; did you mean"),
        ("boat app:mail", "Nothing comes from an application called “mail”."),
        ("boat kind:notr", "There is no kind “notr”; did you mean note?"),
        ("boat on:31 February", "There is no 31 February in the calendar."),
        ("boat on:2026-05..2026-03", "That time ends before it begins (2026-05..2026-03)."),
        ("boat after:2026-05-01 before:2026-04-01", "The time asked for ends before it begins"),
        ("boat before:blorp", "“blorp” is not a date that can be read"),
        ('"zzz qqq"', "Nothing holds exactly those words."),
        ("boat before:1999", "Nothing that was kept fits these conditions."),
    ],
)
def test_what_finds_nothing_says_why(kept: Kept, question: str, said: str) -> None:
    kept.keep(TALK)
    recalled = kept.ask(question)
    assert recalled.hits == ()
    assert recalled.notices[0].startswith(said)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("-from:me weekend", {1, 2}),
        ("from:me from:dana boat", {0, 1, 2, 3, 4}),
        ("from:me -from:dana boat", {0, 3, 4}),
        ("kind:note key", {4}),
        ("-kind:note boat", {0, 1, 2, 3}),
        ("kind:secret code", {5}),
        ("to:dana pay", {0, 3}),
        ("with:Dana key", {0, 1, 2, 3}),
        ('in:"TALK" boat', {0, 1, 2, 3}),
        ("-in:talk boat", {4}),
        ("on:2026-09-01 boat", {0, 1, 2, 3, 4}),
        ("-on:2026-09 boat", set()),
    ],
)
def test_filters_let_through_what_they_say(kept: Kept, question: str, found: set[int]) -> None:
    kept.keep(TALK)
    texts = {one.text: number for number, one in enumerate(TALK)}
    assert {texts[text] for text in kept.texts(question)} == found


def test_one_known_name_of_two_is_enough_and_the_other_is_told(kept: Kept) -> None:
    kept.keep(TALK)
    recalled = kept.ask("boat from:dana from:zorro")
    assert {hit.memory.provenance.speaker for hit in recalled.hits} == {"Dana"}
    assert "There is nobody called “zorro”." in recalled.notices


def test_a_phrase_that_nothing_holds_is_looked_for_by_its_words_beside_others(kept: Kept) -> None:
    kept.keep(TALK)
    recalled = kept.ask('what about the "boat rowing" in the garden?')
    assert "rowing boat" in recalled.hits[0].memory.text
    assert recalled.notices[0].startswith("Nothing holds “boat rowing” word for word.")


def test_accents_and_case_do_not_part_a_name_from_itself(kept: Kept) -> None:
    kept.keep([turn("Das Boot ist fertig.", 31, speaker="José Díaz"), *TALK])
    assert kept.texts("from:jose boot") == kept.texts('from:"JOSÉ DÍAZ" boot') == ["Das Boot ist fertig."]
    assert kept.texts("from:diaz boot") == ["Das Boot ist fertig."]


class SpoiltEmbedder:
    """What a broken model file gives."""

    id = EmbedderId("spoilt:1")
    dimensions = 384

    def __init__(self, value: float) -> None:
        self._value = value

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        """(n, 384) of one value."""
        return np.full((len(texts), self.dimensions), self._value, np.float32)

    def close(self) -> None:
        """Nothing to end."""


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0])
def test_a_question_whose_vector_is_no_vector_is_answered_by_words(kept: Kept, value: float) -> None:
    kept.keep(TALK)
    recaller = Recaller(
        kept.vault, kept.events, vectors=kept.vectors, embedder=SpoiltEmbedder(value), count=count, settings=Recall()
    )
    recalled = recaller.recall("the invoice for the roof", NOW, strength=lambda _: 1.0)
    recaller.close()
    assert "invoice" in recalled.hits[0].memory.text
    assert all(np.isfinite(hit.score) for hit in recalled.hits)
    if value:
        assert "only the words" in " ".join(recalled.notices)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_kept_vector_that_is_no_vector_hides_nothing(kept: Kept, value: float) -> None:
    ids = kept.keep(TALK)
    kept.vectors.put([Kind.EPISODIC], [ids[2]], np.full((1, kept.embedder.dimensions), value, np.float32))
    recalled = kept.ask("the invoice for the roof")
    assert "invoice" in recalled.hits[0].memory.text
    assert all(np.isfinite(hit.score) for hit in recalled.hits)
