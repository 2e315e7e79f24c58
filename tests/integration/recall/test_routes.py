"""The way a question is answered, by how much there is and by what is asked."""

from dataclasses import replace
from datetime import timedelta

from core.inference.wordpiece import count
from core.memory import Kind
from tests.integration.recall.conftest import NOW, Kept
from tests.made import note, turn

FEW = [turn(f"We painted room number {n} in {colour}.", n) for n, colour in enumerate(("red", "blue", "white"))]


def test_what_fits_the_context_is_there_whole_in_time_order(kept: Kept) -> None:
    kept.keep(list(reversed(FEW)))
    recalled = kept.ask("Which room is blue?", k=1)
    assert [line.partition("] ")[2] for line in recalled.context.text.splitlines()] == [
        f"{one.provenance.speaker}: {one.text}" for one in sorted(FEW, key=lambda one: one.at)
    ]
    assert len(recalled.hits) == 1
    assert recalled.route == f"everything: 3 memories in {recalled.context.tokens} of 850 tokens"
    assert recalled.context.tokens == sum(count(f"{line}\n") for line in recalled.context.text.splitlines())


def test_what_does_not_fit_is_cut_to_what_bears_on_the_question(kept: Kept) -> None:
    kept.keep([*FEW, *(turn(f"The weather report number {n} speaks of rain and wind.", 20 + n) for n in range(60))])
    recalled = kept.ask("Which room is blue?", k=3)
    assert recalled.route == "exhaustive: 63 memories by words + meaning"
    assert "blue" in recalled.context.text
    assert 0 < recalled.context.tokens <= 850
    tight = kept.ask("Which room is blue?", k=3, context_tokens=40)
    assert "everything" not in tight.route


def test_a_secret_never_comes_along_with_everything(kept: Kept) -> None:
    kept.keep([*FEW, replace(note("The door code is 4711.", 9), kind=Kind.SECRET)])
    assert "4711" not in kept.ask("Which room is blue?").context.text
    asked = kept.ask("kind:secret door code")
    assert [hit.memory.kind for hit in asked.hits] == [Kind.SECRET]
    assert "4711" not in asked.context.text


def test_a_question_for_several_things_gets_more_hits_unless_somebody_said_how_many(kept: Kept) -> None:
    kept.keep([turn(f"Book number {n} was good to read, said the library.", n) for n in range(60)])
    one, several = "Who wrote the book?", "Which books were good to read?"
    assert len(kept.recaller.recall(one, NOW, strength=lambda _: 1.0).hits) == 10
    grown = kept.recaller.recall(several, NOW, usual=7, strength=lambda _: 1.0)
    assert len(grown.hits) == 14
    assert grown.route.endswith("14 hits since several things are asked for")
    assert len(kept.ask(several, k=10).hits) == 10


def test_a_filter_limits_what_everything_is(kept: Kept) -> None:
    early = [replace(one, at=NOW - timedelta(days=400)) for one in FEW[:1]]
    kept.keep([*early, *(turn(f"The weather report number {n} speaks of rain and wind.", 20 + n) for n in range(60))])
    recalled = kept.ask(f"before:{(NOW - timedelta(days=300)):%Y-%m-%d} room")
    assert recalled.route.startswith("everything: 1 memory in ")
    assert recalled.route.endswith(", within the conditions")
