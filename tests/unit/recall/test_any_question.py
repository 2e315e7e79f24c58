"""Whatever is typed is understood or said to be impossible; all that is understood can be clicked away."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.dates.region import region_of
from core.memory import Facet, Kind
from core.recall.filters import Filters
from core.recall.names import KnownNames
from core.recall.query import LONGEST, MOST_WORDS, Query, understand
from core.store.words import expression

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=timezone(timedelta(hours=1)))
KNOWN = KnownNames(("anna smith", "ben", "josé díaz", "will", "me"), ("Work", "March", "Trip to Lisbon"))
PIECES = (
    'app: with: from: to: kind: before: after: on: in: -from: -app: -in: foo: :: " “ ” „ - -- -" ""'
    " NEAR( AND OR NOT * ^"
    " ) col:x {} [] ; -- ' \\ \0 \ud800 \udfff \u202e שלום مرحبا 🙂 👩‍👩‍👧 ﬀ İ ß"
    " NaN nan inf -1 31 February 30/02/2026"
    " 2026-13-01 2026-03..2026-04 2026-05..2026-03 .."
    " before after since between and from to until the week Easter last"
    " next summer Friday 99999999999 days ago two me anna smith José kind note secret first latest used to did I tell"
    " vor letzten Sommer zwischen März hace dos semanas l'été dernier il y a H1 Q3 '23 the 31st of 0 W53 60 quarter"
)
TYPED = st.lists(st.sampled_from(PIECES.split(" ")), max_size=16).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)
ANYTHING = st.text(st.characters(codec=None), max_size=300)
KEYS = ("app", "with", "from", "to", "kind", "before", "after", "on", "in")


def sound(query: Query) -> None:
    """What holds of every question that was read."""
    assert len(query.words) <= MOST_WORDS
    assert query.impossible == "" or query.impossible.endswith((".", "?", ")"))
    query.embedded.encode("utf-8")
    assert expression(query.words, query.phrases, query.without).count('"') % 2 == 0
    for one in query.understood:
        assert one.key
        assert one.meaning
        assert one.key == " ".join(one.key.split()).casefold()
        json.dumps([one.key, one.meaning, one.text])
    assert len({one.key for one in query.understood}) <= len(query.understood)
    if query.span is not None:
        assert query.span.meaning()
        if query.span.begins and query.span.ends:
            assert query.span.begins < query.span.ends


@settings(deadline=None, max_examples=150)
@given(TYPED | ANYTHING, st.sampled_from(["", "US", "DE", "NZ"]))
@example("on:31 February", "")
@example("before:2026-03-01 after:2026-04-01", "")
@example("between 15 July 2023 and 3 March 2023", "")
@example("from:" * 50, "")
@example('"' * 999, "")
@example("-" * 999, "")
@example("x" * (LONGEST - 1) + "\ud83d", "")
@example("\ud800 from:\udfff on:\ud800", "")
@example("\u202etsrif eht \u2066from:me\u2069", "")
@example("🙂" * 500 + " in:🙂", "")
def test_no_question_is_more_than_a_question(question: str, country: str) -> None:
    sound(understand(question, NOW, KNOWN, region=region_of(country)))


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(KEYS), ANYTHING | TYPED, st.booleans(), st.booleans())
def test_no_value_of_a_filter_upsets_it(key: str, value: str, quoted: bool, without: bool) -> None:
    written = '"' + value.replace('"', "") + '"' if quoted else value
    sound(understand(f"{'-' if without else ''}{key}:{written} boat", NOW, KNOWN))


@settings(deadline=None, max_examples=100)
@given(TYPED)
@example('used to from:anna last Friday the latest -boat "blue door" did I tell Ben on:31 February Anna kind:frog')
@example("what was between 15 July 2023 and 3 March 2023 or on 31 April 2024, last week, in May and at Easter")
def test_all_that_is_understood_can_be_clicked_away(question: str) -> None:
    ignored: set[str] = set()
    for _ in range(40):
        query = understand(question, NOW, KNOWN, ignore=tuple(ignored))
        sound(query)
        keys = {one.key for one in query.understood}
        assert keys.isdisjoint(ignored)
        if not keys:
            break
        ignored |= keys
    assert query.understood == ()
    assert (query.filters, query.phrases, query.without, query.span) == (Filters(), (), (), None)
    assert (query.past_asked, query.edge, query.impossible, query.people.named) == (False, "", "", ())


@settings(deadline=None)
@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28)), st.sampled_from([None, UTC, NOW.tzinfo]), TYPED)
def test_no_moment_of_asking_upsets_it(now: datetime, zone: timezone | None, question: str) -> None:
    sound(understand(f"{question} last week two years ago since Christmas", now.replace(tzinfo=zone), KNOWN))


@pytest.mark.parametrize(
    ("written", "kinds", "facets"),
    [
        ("kind:semantic", (Kind.SEMANTIC,), ()),
        ("kind:Notes", (), (Facet.NOTE,)),
        ("kind:screenshots", (), (Facet.FRAME,)),
        ("kind:conversation kind:fact", (), (Facet.TURN, Facet.FACT)),
        ('kind:"about me"', (Kind.CORE,), ()),
        ("kind:pages", (Kind.RESOURCE,), (Facet.PAGE,)),
        ("kind:summaries", (), (Facet.SUMMARY,)),
    ],
)
def test_a_kind_is_asked_for_in_a_persons_words(written: str, kinds: object, facets: object) -> None:
    filters = understand(f"{written} garden", NOW, KNOWN).filters
    assert (filters.kinds, filters.facets) == (kinds, facets)


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("on:2026-03..2026-04", "2026-03-01 to 2026-04-30"),
        ("on:2026-03..", "from 2026-03-01"),
        ("on:..2026-03", "until 2026-03-31"),
        ("before:2026-03-10", "until 2026-03-09"),
        ("after:March 2026", "from 2026-04-01"),
        ('after:"last summer"', "from 2026-09-01"),
        ("-before:2026", "from 2026-01-01"),
        ("in:april", "2026-04-01 to 2026-04-30"),
        ("on:2026", "2026-01-01 to 2026-12-31"),
        ("on:yesterday", "2026-11-20"),
        ("on:letzten_Sommer", "2026-06-01 to 2026-08-31"),
    ],
)
def test_a_filter_of_time_takes_dates_spans_and_ranges(written: str, meaning: str) -> None:
    assert [one.meaning for one in understand(f"boat {written}", NOW, KNOWN).understood] == [meaning]


def test_a_month_is_a_conversation_where_one_is_called_so() -> None:
    filters = understand("boat in:march", NOW, KNOWN).filters
    assert [one.value for one in filters.named] == ["march"]
    assert filters.days == ()


def test_an_unknown_key_stays_a_word() -> None:
    query = understand("foo:bar http://example.org", NOW, KNOWN)
    assert {"foo", "bar"} <= set(query.words)
    assert query.understood == ()


@pytest.mark.parametrize(
    ("country", "meaning"), [("US", "2026-03-04"), ("GB", "2026-04-03"), ("DE", "2026-04-03"), ("", "2026-03-04")]
)
def test_the_country_says_which_number_is_the_month(country: str, meaning: str) -> None:
    query = understand("on:03/04/2026 boat", NOW, KNOWN, region=region_of(country))
    assert query.understood[0].meaning == meaning


def test_weeks_begin_where_the_person_lives_and_summer_is_when_it_is_there() -> None:
    def meant(words: str, country: str) -> str:
        return understand(words, NOW, KNOWN, region=region_of(country)).understood[0].meaning

    assert meant("what was last week", "DE") == "2026-11-09 to 2026-11-15"
    assert meant("what was last week", "US") == "2026-11-08 to 2026-11-14"
    assert meant("what was last summer", "NZ") == "2025-12-01 to 2026-02-28"
