"""What holds now stands above what held before, when the question is after what holds now."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.events import MemoriesChanged, MemoriesSaved
from core.memory import Channel, Draft, Facet, Fact, Kind, MemoryId, Provenance, State
from core.recall.query import understand
from core.recall.standing import Asked, standing_of
from core.store import memories
from core.store.envelope import content_keys
from core.store.pieces import LONG
from tests.integration.recall.conftest import NOW, Kept
from tests.made import turn


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Where does Nadia live?", Asked.NOW),
        ("What is Marlow's job now?", Asked.NOW),
        ("Who is her boss these days?", Asked.NOW),
        ("For when was the appointment fixed in the end?", Asked.NOW),
        ("Who lives in the little room?", Asked.NOW),
        ("Where did Nadia live?", Asked.ANY),
        ("Where does she live since the old flat was sold?", Asked.ANY),
        ("Where did she live before?", Asked.BEFORE),
        ("Where did she use to live, in the old flat?", Asked.BEFORE),
        ("What was her first car?", Asked.ANY),
        ("Where is the meeting on Friday?", Asked.ANY),
        ("Where did Nadia live in March 2026?", Asked.THEN),
        ("Who was Marlow's boss last year?", Asked.THEN),
        ("When did Nadia move in 2025?", Asked.ANY),
        ("What did Nadia say in March 2026?", Asked.THEN),
    ],
)
def test_the_time_of_the_value_asked_for_is_read_from_the_question(question: str, asked: Asked) -> None:
    assert standing_of(understand(question, NOW, ("nadia", "marlow")), NOW).asked is asked


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("Where does Nadia live?", True),
        ("How much rent does Marlow pay?", True),
        ("Which hobbies does Nadia have?", False),
        ("What is Nadia going to do?", False),
        ("What does Nadia say about the party?", False),
    ],
)
def test_what_has_one_value_at_a_time_is_told_from_what_has_many(question: str, state: bool) -> None:
    assert standing_of(understand(question, NOW, ("nadia", "marlow")), NOW).state is state


def test_the_newer_turn_that_tells_of_a_change_stands_above_the_older(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane, I live there with my cat.", 1), at=NOW - timedelta(days=300))
    new = replace(turn("We moved to a small house, Tanner's Yard.", 2), at=NOW - timedelta(days=30))
    filler = [turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30)]
    kept.keep([old, new, *filler])
    assert kept.texts("Where do I live?", k=2) == [new.text, old.text]
    assert kept.texts("Where did I live before?", k=2)[0] == old.text


def test_a_newer_turn_on_something_else_does_not_move(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane.", 1), at=NOW - timedelta(days=300))
    other = replace(turn("The live concert is a new date now.", 2), at=NOW - timedelta(days=30))
    kept.keep([old, other, *(turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30))])
    assert kept.texts("Where do I live?", k=2)[0] == old.text


def test_a_page_that_merely_has_the_word_new_stays_where_it_was(kept: Kept) -> None:
    old = replace(turn("I live in a flat in Quarry Lane, I live there with my cat.", 1), at=NOW - timedelta(days=300))
    page = (
        "We moved to a small house, Tanner's Yard, a flat in a lane with my cat. " * 5
        + "New stairs, small rooms. " * 40
    )
    new = replace(turn(page, 2), at=NOW - timedelta(days=30))
    kept.keep([old, new, *(turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(30))])
    short = replace(new, text=page[:72], provenance=replace(new.provenance, external_id="short"))
    before = kept.texts("Where do I live?", k=3)
    assert len(page) > LONG
    assert before.index(old.text) < before.index(page)
    kept.keep([short])
    after = kept.texts("Where do I live?", k=3)
    assert after.index(short.text) < after.index(old.text)


def filler(count: int = 30) -> list[Draft]:
    return [turn(f"The weather report number {n} speaks of rain.", 10 + n) for n in range(count)]


def ago(days: int, text: str, number: int) -> Draft:
    return replace(turn(text, number), at=NOW - timedelta(days=days))


def test_what_ends_the_thing_a_hit_names_follows_on_it_though_it_shares_no_word_with_the_question(kept: Kept) -> None:
    old = ago(300, "Our supplier for the sensors is Brightwell.", 1)
    new = ago(30, "Brightwell is bankrupt. I signed with Ozora yesterday", 2)
    kept.keep([old, new, *filler()])
    hits = kept.ask("Who is the supplier for the sensors?", k=2).hits
    assert [hit.memory.text for hit in hits] == [new.text, old.text]
    assert kept.texts("Who was the supplier for the sensors before?", k=1) == [old.text]


def test_what_merely_shares_a_common_word_with_a_hit_does_not_follow_on_it(kept: Kept) -> None:
    old = ago(300, "Our supplier for the sensors is new, we found it last week.", 1)
    other = ago(30, "A new week begins now, and nothing else does.", 2)
    kept.keep([old, other, *filler()])
    assert kept.texts("Who is the supplier for the sensors?", k=1) == [old.text]


def test_one_value_said_instead_of_the_other_marks_it_and_takes_it_out_of_the_context(kept: Kept) -> None:
    values = [ago(300 - n, f"My locker code is {1000 + 7 * n} now.", 100 + n) for n in range(64)]
    kept.keep([*values, *filler(60)])
    recalled = kept.ask("What is my locker code?", k=10)
    assert recalled.hits[0].memory.text == values[-1].text
    assert not recalled.hits[0].outdated
    assert [line for line in recalled.context.text.splitlines() if "locker" in line] == [
        f"[{values[-1].at:%Y-%m-%d %H:%M}] Dana: {values[-1].text}"
    ]
    then = kept.ask(f"What was my locker code on {values[20].at.date().isoformat()}?", k=5)
    assert then.hits[0].memory.text == values[20].text


def test_several_things_told_in_one_breath_do_not_replace_one_another(kept: Kept) -> None:
    rooms = [turn(f"Room number {n} is painted in {colour}.", n) for n, colour in enumerate(("blue", "white", "red"))]
    kept.keep([*rooms, *filler(60)])
    hits = kept.ask("Which room is painted?", k=5).hits
    assert {hit.memory.text for hit in hits} >= {room.text for room in rooms}
    assert not any(hit.outdated for hit in hits)


def test_asked_for_a_named_time_what_was_said_before_it_stands_above_what_replaced_it(kept: Kept) -> None:
    old = ago(300, "I live in a flat in Quarry Lane, with my cat.", 1)
    new = ago(30, "I live in a house in Tanner's Yard now, with my cat.", 2)
    kept.keep([old, new, *filler()])
    hits = kept.ask("Where did I live in May 2026?", k=2).hits
    assert hits[0].memory.text == old.text
    assert [hit.outdated for hit in hits] == [False, True]
    assert [hit.outdated for hit in kept.ask("Where do I live?", k=2).hits] == [False, True]


def test_of_two_things_each_is_looked_for_by_itself_and_the_context_keeps_their_order(kept: Kept) -> None:
    first = ago(300, "The cellar is flooded up to the second step.", 1)
    second = ago(30, "I passed the sailing exam, knots and all.", 2)
    kept.keep([second, first, *filler(60)])
    for question in ("the sailing exam or the flooded cellar", "the flooded cellar or the sailing exam"):
        recalled = kept.ask(f"Which came first, {question}?", k=4)
        assert {hit.memory.text for hit in recalled.hits[:2]} == {first.text, second.text}
        assert [hit.rank for hit in recalled.hits] == [1, 2, 3, 4]
        assert recalled.context.text.index(first.text) < recalled.context.text.index(second.text)


@pytest.fixture
def slept(kept: Kept) -> Kept:
    """A store in which a sleep has read two values of one thing, the newer in words that no rule of recall knows."""
    first, second = kept.keep(
        [
            ago(300, "I live in a flat in Quarry Lane.", 1),
            ago(30, "Signed the papers: number 5, Tanner's Yard.", 2),
            *filler(60),
        ]
    )[:2]
    old = fact("lives in", "Quarry Lane", first, since=NOW - timedelta(days=300), until=NOW - timedelta(days=30))
    new = fact("lives in", "Tanner's Yard", second, since=NOW - timedelta(days=30), until=None)
    with kept.vault.write() as db:
        keys = content_keys(kept.vault)
        current = memories.insert(db, new, NOW, keys=keys, state=State.ACTIVE)
        before = memories.insert(db, old, NOW, keys=keys, state=State.SUPERSEDED)
        memories.change(db, before.id, {"superseded_by": current.id}, NOW)
        memories.change(db, first, {"superseded_by": second}, NOW)
    kept.events.tell(MemoriesSaved((current.id, before.id)))
    kept.events.tell(MemoriesChanged((first,)))
    return kept


def fact(attribute: str, value: str, source: MemoryId, *, since: datetime, until: datetime | None) -> Draft:
    return Draft(
        text=f"I {attribute} {value}.",
        at=since,
        facet=Facet.FACT,
        kind=Kind.SEMANTIC,
        provenance=Provenance(channel=Channel.SLEEP, mine=True),
        sources=(source,),
        fact=Fact(subject="me", attribute=attribute, value=value),
        valid_from=since,
        valid_to=until,
    )


def test_what_a_sleep_has_understood_as_replaced_stands_below_and_outside_the_context(slept: Kept) -> None:
    recalled = slept.ask("Where do I live?", k=5)
    texts = [hit.memory.text for hit in recalled.hits]
    old = "I live in a flat in Quarry Lane."
    assert texts[0] == "Signed the papers: number 5, Tanner's Yard."
    assert [hit.outdated for hit in recalled.hits if hit.memory.text == old] in ([], [True])
    assert "Tanner" in recalled.context.text
    assert "Quarry" not in recalled.context.text


@pytest.mark.parametrize("question", ["Where did I live before?", "Where did I live in May 2026?"])
def test_asked_for_the_past_the_replaced_fact_leads_back_to_its_source(slept: Kept, question: str) -> None:
    recalled = slept.ask(question, k=5)
    assert recalled.hits[0].memory.text == "I live in a flat in Quarry Lane."
    assert not recalled.hits[0].outdated
    assert "Quarry" in recalled.context.text
