"""Times that are counted from events in the person's life, which a memory dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.memory import Channel, Draft, Facet, Fact, Kind, Provenance, Understood
from tests.integration.recall.conftest import NOW, Kept
from tests.made import note, turn


def said(text: str, at: datetime, *, mine: bool = False, conversation: str = "talk") -> Draft:
    made = turn(text, mine=mine, conversation=conversation)
    return replace(made, at=at, provenance=replace(made.provenance, external_id=text))


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 15, 0, tzinfo=UTC)


DIARY = [
    said("The wedding is on 9 May, in the old barn.", day(4, 1), mine=True),
    said("We flew to Lisbon yesterday, the trip starts well.", day(6, 11), mine=True),
    said("I started at Acme on Monday!", day(7, 8), mine=True),
    said("My sister Anna's birthday is 12 March.", day(2, 1), mine=True),
    said("The flowers from the market are still fresh.", day(5, 11)),
    said("We moved to the new flat on 20 August.", day(8, 25), mine=True),
]


def times(found: tuple[Understood, ...]) -> list[str]:
    return [one.meaning for one in found if one.kind == "time"]


@pytest.mark.parametrize(
    ("question", "meaning"),
    [
        ("What did Dana say two days after the wedding?", "2026-05-11"),
        ("What was bought before the wedding?", "until 2026-05-08"),
        ("the week after the wedding, what about the flowers?", "2026-05-10 to 2026-05-16"),
        ("What happened since I started at Acme?", "from 2026-07-06"),
        ("What did we do during the Lisbon trip?", "2026-06-10"),
        ("What did I get on Anna's birthday?", "2026-03-12"),
        ("What did we sell before the move?", "until 2026-08-19"),
        ("Who helped when we moved to the new flat?", "2026-08-20"),
    ],
)
def test_a_time_is_counted_from_an_event_that_a_memory_dates(kept: Kept, question: str, meaning: str) -> None:
    kept.keep(DIARY)
    assert times(kept.ask(question).understood) == [meaning]


def test_the_memory_of_the_event_is_told_and_can_be_clicked_away(kept: Kept) -> None:
    ids = kept.keep(DIARY)
    found = kept.ask("What did Dana say two days after the wedding?").understood
    event = next(one for one in found if one.kind == "event")
    assert (event.key, event.memory) == ("event:the wedding", ids[0])
    assert event.meaning == "the wedding (9 May 2026, from a memory)"
    again = kept.ask("What did Dana say two days after the wedding?", ignore=(event.key,)).understood
    assert {one.kind for one in again}.isdisjoint({"event", "time"})


@pytest.mark.parametrize(
    "question",
    [
        "What did Dana say before the concert?",
        "What is on the wedding list?",
        "Who spoke after the market?",
        "What did Ben cook after his wedding?",
        "What came after the trip to Mars?",
        "since the funeral",
    ],
)
def test_what_no_memory_dates_is_no_time(kept: Kept, question: str) -> None:
    kept.keep([*DIARY, said("Would the concert be on 3 June if they agree?", day(5, 1))])
    assert times(kept.ask(question).understood) == []


def test_two_memories_that_say_different_days_date_nothing(kept: Kept) -> None:
    kept.keep([*DIARY, said("The wedding is on 4 July.", day(3, 1))])
    assert times(kept.ask("What did Dana say after the wedding?").understood) == []


def test_somebody_elses_event_is_not_mine(kept: Kept) -> None:
    kept.keep([*DIARY, said("Tom's wedding is on 4 July.", day(6, 1)), said("My graduation is on 2 June.", day(5, 20))])
    assert times(kept.ask("What did Dana say after the wedding?").understood) == ["from 2026-05-10"]
    assert times(kept.ask("What did Dana say after Tom's wedding?").understood) == ["from 2026-07-05"]
    assert times(kept.ask("What came after my graduation?").understood) == []
    assert times(kept.ask("What came after Dana's graduation?").understood) == ["from 2026-06-03"]


def test_an_event_that_was_called_off_is_none_and_one_that_was_moved_is_where_it_was_moved_to(kept: Kept) -> None:
    kept.keep(
        [
            said("The concert is on 5 June.", day(5, 1), mine=True),
            said("They cancelled the concert, what a pity.", day(5, 20), mine=True),
            said("The exam is on 7 June.", day(5, 2), mine=True),
            said("The exam was postponed to 14 June.", day(5, 21), mine=True),
        ]
    )
    assert times(kept.ask("What did I do after the concert?").understood) == []
    assert times(kept.ask("What did I do the day before the exam?").understood) == ["2026-06-13"]


def test_an_appointment_dates_more_surely_than_a_sentence(kept: Kept) -> None:
    def appointment(source: str) -> Draft:
        return Draft(
            text="Dinner with Carla.",
            at=day(9, 1),
            facet=Facet.APPOINTMENT,
            kind=Kind.EPISODIC,
            provenance=Provenance(channel=Channel.SLEEP),
            sources=(source,),  # type: ignore[arg-type]
            fact=Fact(subject="me", attribute="appointment", value="dinner with Carla"),
            valid_from=datetime(2026, 9, 12, 19, 0, tzinfo=UTC),
            valid_to=datetime(2026, 9, 12, 21, 0, tzinfo=UTC),
        )

    ids = kept.keep([said("A dinner with Carla is fine by me, yesterday was too late.", day(8, 30), mine=True)])
    kept.keep([appointment(ids[0])])
    assert times(kept.ask("What did I note the day after the dinner with Carla?").understood) == ["2026-09-13"]


def test_a_secret_dates_nothing(kept: Kept) -> None:
    kept.keep([note("The surgery is on 3 May 2026.", Kind.SECRET), *DIARY])
    assert times(kept.ask("What did I eat after the surgery?").understood) == []


def test_an_event_of_another_conversation_dates_nothing_here(kept: Kept) -> None:
    kept.keep([*DIARY, said("The gala concert was on 2 June.", day(6, 9), conversation="other")])
    assert times(kept.ask("What came after the gala concert?", conversation="talk").understood) == []
    assert times(kept.ask("What came after the gala concert?").understood) == ["from 2026-06-03"]


def test_what_was_on_the_day_counted_from_the_event_is_lifted_and_says_why(kept: Kept) -> None:
    filler = [said(f"The flowers of week {n} are ordered.", NOW - timedelta(days=7 * n)) for n in range(1, 40)]
    kept.keep([*DIARY, *filler])
    found = kept.ask("What about the flowers two days after the wedding?").hits
    fresh = next(hit for hit in found if "still fresh" in hit.memory.text)
    assert fresh.rank <= 3
    assert fresh.why.time == "two days after the wedding"
