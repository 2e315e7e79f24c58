"""Summaries, the profile, importance and what is coming up, as pure functions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.consolidate.coming_up import coming_up
from core.consolidate.importance import LEAST, MOST, importance
from core.consolidate.profile import CHARACTERS, LINES, revise
from core.consolidate.summaries import summarise
from core.memory import QUARANTINED, Facet, State, Trust
from tests.unit.consolidate.made import BEGIN, fact, said

TALK = [
    said("Hi there!", 0),
    said("The tender for the harbour bridge must be sent on Friday, 20 pages at most.", 1),
    said("ok", 2, speaker="Ben"),
    said("I will write the chapter about the harbour bridge foundations myself.", 3, speaker="Ben"),
    said("Nice weather today by the way, is it not?", 4),
    said("We agreed on 40,000 euros for the bridge foundations in the tender.", 5),
]


def test_a_summary_is_made_of_what_was_said_in_its_order_with_its_sources() -> None:
    made = summarise(TALK, sentences=2)
    assert made is not None
    assert made.text.splitlines()[-1] == "Ana: We agreed on 40,000 euros for the bridge foundations in the tender."
    assert len(made.sources) == 2
    assert summarise(TALK) == summarise(list(TALK))


def test_too_little_is_its_own_summary() -> None:
    assert summarise(TALK[:3]) is None
    assert summarise([]) is None
    assert summarise([said("ok", n) for n in range(50)]) is None


def test_nothing_set_apart_or_folded_is_summed_up() -> None:
    poisoned = [replace(m, tags=(QUARANTINED,)) if "tender" in m.text else m for m in TALK]
    made = summarise([*poisoned, said("And then we walked along the river together.", 9)])
    assert made is not None
    assert "tender" not in made.text


def test_the_profile_is_bounded_and_holds_only_the_persons_own_present_facts() -> None:
    own = [fact("me", f"thing {n}", "x" * 60, n, trust=Trust.SAID) for n in range(40)]
    others = [fact("ana", "lives in", "Graz"), fact("me", "dentist", "Eve", trust=Trust.CAPTURED)]
    old = [fact("me", "lives in", "Porto", state=State.SUPERSEDED, trust=Trust.SAID)]
    revision = revise([*own, *others, *old], [], BEGIN)
    assert 0 < len(revision.add) <= LINES
    assert sum(len(f.text) for f in revision.add) <= CHARACTERS
    assert {f.fact.subject for f in revision.add if f.fact} == {"me"}
    assert all(f.trust >= Trust.SAID and f.state is State.ACTIVE for f in revision.add)


def test_a_taste_said_once_is_no_profile_and_twice_is() -> None:
    once = fact("me", "likes", "jazz", trust=Trust.SAID)
    assert revise([once], [], BEGIN).add == ()
    assert len(revise([replace(once, sources=(*once.sources, TALK[0].id))], [], BEGIN).add) == 1


def test_a_line_that_no_longer_holds_goes_unless_the_person_wrote_it() -> None:
    line = replace(fact("me", "lives in", "Porto", trust=Trust.SAID), facet=Facet.PROFILE)
    assert revise([], [line], BEGIN).out == (line,)
    assert revise([], [replace(line, version=2)], BEGIN).out == ()
    assert revise([], [replace(line, pinned=True)], BEGIN).out == ()


def test_importance_is_bounded_and_ranks_a_decision_over_small_talk() -> None:
    small = ["ok", "haha yes", "Thanks a lot!", "Good morning", "How are you?", "See you soon", "nice", "hm"]
    big = [
        "We decided to sign the contract with Nordwind on 3 May.",
        "The invoice is 1,200 euros and due on Friday.",
        "I'm allergic to penicillin.",
        "My appointment with Dr. Mehta is tomorrow at 9:30.",
        "I'll send Rosa the signed offer by Monday.",
        "We agreed to rent the flat for 950 euros.",
    ]
    low = [importance(said(text)) for text in small]
    high = [importance(said(text)) for text in big]
    assert all(LEAST <= value <= MOST for value in [*low, *high])
    auroc = sum((h > l) + 0.5 * (h == l) for h in high for l in low) / (len(high) * len(low))  # noqa: E741
    assert auroc >= 0.95
    assert importance(said("The lamp is green.", trust=Trust.WRITTEN)) > importance(said("The lamp is green."))
    assert importance(said(big[0], boilerplate=True)) == LEAST


def test_what_is_coming_up_is_soonest_first_and_gone_when_it_has_passed() -> None:
    later = replace(
        fact("ana", "promise", "send", 0),
        facet=Facet.PROMISE,
        valid_from=BEGIN,
        valid_to=BEGIN + timedelta(days=3),
    )
    sooner = replace(
        fact("ana", "appointment", "meet", 1),
        facet=Facet.APPOINTMENT,
        valid_from=BEGIN + timedelta(days=1),
        valid_to=BEGIN + timedelta(days=1, hours=1),
    )
    assert coming_up([later, sooner], BEGIN) == [sooner, later]
    assert coming_up([later, sooner], BEGIN + timedelta(days=2)) == [later]
    assert coming_up([later, sooner], BEGIN + timedelta(days=9)) == []
    assert coming_up([replace(sooner, state=State.SUPERSEDED)], BEGIN) == []


@pytest.mark.parametrize("facet", [Facet.FACT, Facet.TURN])
def test_only_promises_and_appointments_come_up(facet: Facet) -> None:
    one = replace(fact("ana", "x", "y"), facet=facet, valid_to=BEGIN + timedelta(days=3))
    assert coming_up([one], BEGIN) == []
