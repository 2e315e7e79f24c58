"""The plan with a small model beside the large one: within what was given, and refused where it may not stand."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.inference.layout import Layout
from core.inference.planned import ModelFile, planned
from core.inference.stream.beside import SHARE, SMALLER, beside_bytes
from core.inference.stream.plan import Way
from tests.unit.inference.test_plan import LAYOUTS, MB, a_layout


def a_file(layout: Layout, *, name: str = "Large", words: str = "w", embedder: bool = False) -> ModelFile:
    facts = replace(layout.facts, name=name, words=words, is_embedder=embedder)
    return ModelFile(layout=replace(layout, facts=facts), prepared=None)


LARGE = a_file(a_layout(layers=28, sizes=(4 * MB, 4 * MB, 4 * MB)))
SMALL = a_layout(layers=4, sizes=(256 * 1024,) * 3, words=100_000)


@given(LAYOUTS, LAYOUTS, st.integers(1, 600))
@settings(max_examples=200, deadline=None)
def test_with_what_drafts_no_more_is_planned_than_was_given(large: Layout, small: Layout, megabytes: int) -> None:
    made = planned(a_file(large), budget_bytes=megabytes * MB, streams=True, drafter=a_file(small, name="Small"))
    parts = made.program_bytes + made.cache_bytes + made.compute_bytes + made.resident_bytes + made.window_bytes
    assert made.peak_bytes == parts + made.draft_bytes
    assert made.budget_bytes == megabytes * MB
    assert bool(made.no_draft) == (made.draft_bytes == 0)
    if made.way is not Way.CANNOT:
        assert made.peak_bytes <= megabytes * MB
    if made.draft_bytes:
        assert made.draft_bytes * SHARE <= megabytes * MB
        assert small.weight_bytes * SMALLER <= large.weight_bytes
        assert made.draft_bytes == beside_bytes(small, context_tokens=made.context_tokens) > small.weight_bytes


@given(st.integers(120, 700))
@settings(max_examples=100, deadline=None)
def test_it_never_takes_what_the_model_itself_must_have(megabytes: int) -> None:
    alone = planned(LARGE, budget_bytes=megabytes * MB, streams=True)
    made = planned(LARGE, budget_bytes=megabytes * MB, streams=True, drafter=a_file(SMALL, name="Small"))
    assert (made.way, made.cache, made.context_tokens) == (alone.way, alone.cache, alone.context_tokens)
    assert made.resident <= alone.resident
    assume(made.draft_bytes)
    assert made.resident_bytes + made.window_bytes <= alone.resident_bytes + alone.window_bytes
    assert made.draft_slows == alone.tokens_per_s / made.tokens_per_s >= 1


def test_one_that_fits_alone_and_not_with_it_stays_in_memory_without() -> None:
    fits = next(mb for mb in range(100, 700) if planned(LARGE, budget_bytes=mb * MB, streams=True).way is Way.FITS)
    made = planned(LARGE, budget_bytes=fits * MB, streams=True, drafter=a_file(SMALL, name="Small"))
    assert (made.way, made.draft_bytes) == (Way.FITS, 0)
    assert "too little memory" in made.no_draft


def test_each_reason_against_it_is_a_sentence() -> None:
    def why(drafter: ModelFile, megabytes: int = 300) -> str:
        return planned(LARGE, budget_bytes=megabytes * MB, streams=True, drafter=drafter).no_draft

    assert why(a_file(SMALL, name="Small")) == ""
    assert "another vocabulary than Large" in why(a_file(SMALL, name="Small", words="v"))
    assert "does not write text" in why(a_file(SMALL, name="Small", embedder=True))
    assert "does not write text" in why(a_file(SMALL, name="Small", words=""))
    assert "more than a quarter of Large" in why(a_file(LARGE.layout, name="Small"))
    assert "more than a third" in why(a_file(SMALL, name="Small"), megabytes=40)
