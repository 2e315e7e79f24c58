"""Recall over a real vault with the real embedder: what is asked for comes up, what is gone does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.events import MemoriesChanged
from core.memory import Channel, Draft, Facet, Fact, Kind, Provenance, State
from core.recall import Recaller
from core.store import memories
from tests.integration.recall.conftest import NOW, Kept
from tests.made import NOON, note, turn

TALK = [
    turn("Hi! How was your weekend?", 0, mine=True),
    turn("Lovely, we painted the old rowing boat in the garden.", 1),
    turn("What colour did you choose?", 2, mine=True),
    turn("Dark green, with a white stripe.", 3),
    turn("By the way, the invoice for the roof is 1,840 euros.", 4),
    turn("Fine, I will pay it on Friday.", 5, mine=True),
    turn("My sister is expecting a baby in spring.", 6),
    turn("Congratulations! That is wonderful news.", 7, mine=True),
]


def other(text: str, number: int, to: str) -> Draft:
    return replace(
        turn(text, number, conversation=f"with {to}", mine=True),
        provenance=replace(turn(text, number, conversation=f"with {to}", mine=True).provenance, addressee=to),
    )


def test_a_thing_is_found_by_its_word_and_by_its_meaning(kept: Kept) -> None:
    kept.keep(TALK)
    assert "invoice" in kept.texts("invoice")[0]
    assert "sister" in kept.texts("Who is pregnant?")[0]


def test_a_short_answer_is_found_through_the_question_before_it(kept: Kept) -> None:
    kept.keep([*TALK, *(turn(f"Something else about number {n} entirely.", 100 + n) for n in range(60))])
    assert "Dark green, with a white stripe." in kept.texts("What colour is the boat?")[:3]


def test_ranks_are_counted_and_scores_do_not_rise(kept: Kept) -> None:
    kept.keep(TALK)
    hits = kept.ask("What did Dana say about the roof?", k=5).hits
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert all(first.score >= second.score for first, second in pairwise(hits))
    assert hits[0].refs[0].id == "t4"
    assert "roof" in hits[0].why.words
    assert hits[0].why.person == "Dana"


def test_the_search_stays_inside_the_conversation(kept: Kept) -> None:
    kept.keep([*TALK, turn("The invoice for the cellar is due.", 0, conversation="other")])
    found = kept.ask("invoice", conversation="other").hits
    assert [hit.refs[0].conversation for hit in found] == ["other"]


def test_what_was_told_to_one_is_not_what_was_told_to_another(kept: Kept) -> None:
    kept.keep([other("The surprise party is on Sunday.", 1, "Ben"), other("The party food is ordered.", 2, "Carla")])
    assert kept.texts("What did I tell Ben about the party?") == ["The surprise party is on Sunday."]
    assert kept.texts("What did I tell Carla about the party?") == ["The party food is ordered."]


def test_a_time_in_the_question_lifts_what_is_from_then(kept: Kept) -> None:
    early = [turn(f"We talked about the budget, round {n}.", n) for n in range(20)]
    then = NOW - timedelta(days=2)
    late = [replace(turn(f"We talked about the budget, round {n}.", n), at=then) for n in (51, 52, 53)]
    kept.keep([*early, *late])
    dated = [hit.memory.at == then for hit in kept.ask("What about the budget two days ago?", k=4).hits]
    assert dated[0]
    assert sum(dated) == 3
    assert kept.ask("What about the budget two days ago?").hits[0].why.time == "two days ago"


def test_hard_filters_let_nothing_else_through(kept: Kept) -> None:
    kept.keep(TALK)
    mine = {one.text for one in TALK if one.provenance.mine}
    assert set(kept.texts("from:me roof invoice")) == mine
    assert kept.texts('"rowing boat"') == ["Lovely, we painted the old rowing boat in the garden."]
    assert all("invoice" not in text for text in kept.texts("roof friday -invoice"))
    assert kept.texts(f"boat before:{NOON:%Y-%m-%d}") == []


@pytest.mark.parametrize("question", ["boat on:2026-02-31", "boat after:2026-05-01 before:2026-04-01", "app:None boat"])
def test_what_cannot_be_gives_an_empty_list_and_a_sentence(kept: Kept, question: str) -> None:
    kept.keep(TALK)
    recalled = kept.ask(question)
    assert recalled.hits == ()
    assert recalled.notices[0].endswith(".")


def test_an_empty_store_says_so(kept: Kept) -> None:
    assert kept.ask("anything").notices == ("Nothing has been kept yet.",)


def test_the_moment_of_asking_hides_nothing(kept: Kept) -> None:
    kept.keep(TALK)
    long_ago = datetime.fromisoformat("2001-01-01T00:00:00+00:00")
    asked = [
        kept.recaller.recall("the roof", now, strength=lambda _: 1.0).hits
        for now in (long_ago, NOW, NOW + timedelta(days=3650))
    ]
    assert len({tuple(hit.memory.id for hit in hits) for hits in asked}) == 1


def test_strength_breaks_ties_and_no_more(kept: Kept) -> None:
    kept.keep(TALK)
    best = kept.texts("the invoice for the roof")[0]
    faded = kept.recaller.recall("the invoice for the roof", NOW, strength=lambda m: 0.0 if m.text == best else 1.0)
    assert faded.hits[0].memory.text == best


def test_a_forgotten_memory_never_comes_up_again(kept: Kept) -> None:
    ids = kept.keep(TALK)
    assert kept.ask("roof invoice").hits[0].memory.id == ids[4]
    kept.drop((ids[4],))
    after = kept.ask("roof invoice")
    assert ids[4] not in {hit.memory.id for hit in after.hits}
    assert "1,840" not in after.context.text


def test_a_memory_forgotten_without_a_word_to_recall_does_not_come_up_either(kept: Kept) -> None:
    ids = kept.keep(TALK)
    kept.ask("roof invoice")
    with kept.vault.write() as db:
        db.execute("DELETE FROM memory WHERE id = ?", [ids[4]])
    after = kept.ask("roof invoice")
    assert ids[4] not in {hit.memory.id for hit in after.hits}
    assert "1,840" not in after.context.text


def test_what_was_saved_after_a_question_is_found_by_the_next(kept: Kept) -> None:
    kept.keep(TALK)
    kept.ask("harmonica")
    memories.save(kept.vault, [turn("I bought a harmonica.", 30)], NOW)
    assert kept.texts("harmonica")[0] == "I bought a harmonica."


def test_an_edited_memory_is_found_by_its_new_words_only(kept: Kept) -> None:
    ids = kept.keep(TALK)
    assert "invoice" in kept.ask("invoice").hits[0].why.words
    with kept.vault.write() as db:
        memories.change(db, ids[4], {"text": "The bill for the gutter came."}, NOW)
    kept.events.tell(MemoriesChanged((ids[4],)))
    assert kept.ask("gutter").hits[0].memory.id == ids[4]
    assert all(hit.why.words == () for hit in kept.ask("invoice").hits)


def test_what_waits_to_be_forgotten_is_not_shown(kept: Kept) -> None:
    ids = kept.keep(TALK)
    kept.ask("invoice")
    with kept.vault.write() as db:
        memories.change(db, ids[4], {"state": State.TO_BE_FORGOTTEN}, NOW)
    assert ids[4] not in {hit.memory.id for hit in kept.ask("invoice").hits}


def test_a_secret_comes_up_only_when_secrets_are_asked_for(kept: Kept) -> None:
    kept.keep([*TALK, note("The door code is 4711.", Kind.SECRET)])
    assert all("4711" not in text for text in kept.texts("What is the door code?"))
    asked = kept.ask("door code kind:secret")
    assert [hit.memory.text for hit in asked.hits] == ["The door code is 4711."]
    assert asked.context.text == ""


def test_near_duplicates_fold_into_one_hit_with_a_count(kept: Kept) -> None:
    kept.keep([*TALK, *(turn("The meeting moved to room twelve upstairs.", 40 + n) for n in range(3))])
    first = kept.ask("Which room is the meeting in?").hits[0]
    assert first.why.folded == 2


def test_a_fact_leads_to_its_source_and_a_replaced_one_away_from_it(kept: Kept) -> None:
    ids = kept.keep(
        [
            turn("We live in Lyon now, near the river.", 1),
            *(turn(f"The weather report for day {n} is dull.", 10 + n) for n in range(20)),
            turn("We live in Turin now, near the park.", 60, conversation="later"),
        ]
    )

    def fact(city: str, source: int) -> Draft:
        return Draft(
            text=f"Dana lives in {city}",
            at=NOON,
            facet=Facet.FACT,
            kind=Kind.SEMANTIC,
            provenance=Provenance(channel=Channel.SLEEP),
            sources=(ids[source],),
            fact=Fact(subject="dana", attribute="home", value=city.casefold()),
        )

    old, _ = kept.keep([fact("Lyon", 0), fact("Turin", 21)])
    with kept.vault.write() as db:
        memories.change(db, old, {"state": State.SUPERSEDED}, NOW)
    assert "Turin" in kept.texts("Where does Dana live?")[0]
    hits = kept.ask("Where does Dana live?").hits
    assert all(hit.memory.observed for hit in hits)
    asked = kept.ask("Where does Dana live? kind:semantic").hits
    assert [hit.memory.text for hit in asked] == ["Dana lives in Turin", "Dana lives in Lyon"]
    assert asked[0].refs[0].memory == ids[21]
    assert "Lyon" in " ".join(kept.texts("Where did Dana use to live, in the past?")[:2])


def test_the_context_holds_hits_and_neighbours_within_its_budget(kept: Kept) -> None:
    kept.keep(TALK)
    context = kept.ask("Which colour is the boat?", k=2, context_tokens=60).context
    assert 0 < context.tokens <= 60
    assert context.text.splitlines() == sorted(context.text.splitlines())
    assert kept.ask("boat", context_tokens=0).context.text == ""


def test_without_an_embedder_words_are_enough_and_it_says_so(
    kept: Kept, without_embedder: Callable[[], Recaller]
) -> None:
    kept.keep(TALK)
    recalled = without_embedder().recall("invoice", NOW, strength=lambda _: 1.0)
    assert "invoice" in recalled.hits[0].memory.text
    assert "only the words" in recalled.notices[0]
    assert "meaning" not in recalled.route


def test_chroma_finds_what_the_exact_scan_finds(kept: Kept) -> None:
    kept.keep([*TALK, *(turn(f"Note number {n} about ships, trains and gardens.", 100 + n) for n in range(80))])
    exact = kept.texts("Who is pregnant?", k=3)
    kept.vectors.build_in_background()
    assert kept.vectors.wait_until_ready(60)
    recalled = kept.ask("Who is pregnant?", k=3)
    assert [hit.memory.text for hit in recalled.hits] == exact
    assert "Chroma" in recalled.route


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(st.characters(codec=None), max_size=200))
@example(question='boat AND NOT (NEAR(a b) OR "')
@example(question="\0\ud800")
@example(question="boat " * 2_000_000)
def test_no_question_upsets_recall(kept: Kept, question: str) -> None:
    kept.keep(TALK)
    recalled = kept.ask(question)
    assert recalled.hits or recalled.notices or recalled.route
    json.dumps([hit.memory.text for hit in recalled.hits])
