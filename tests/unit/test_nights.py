"""A night in words: its sentence, and what its lines are about."""

import pytest

from core.memory import Entry, EntryId, MemoryId, Operation, RunId
from core.nights import COUNTS, TITLES, Sort, by_sort, sentence, sort_of


def entry(operation: Operation = Operation.UPDATE, *, step: str = "facts", **after: object) -> Entry:
    return Entry(
        id=EntryId(1),
        run=RunId("run"),
        step=step,
        operation=operation,
        memory=MemoryId("m"),
        before={},
        after={name.replace("plus_", "+"): value for name, value in after.items()},
        sources=(),
        reason="",
    )


def test_the_counts_are_a_sentence_with_what_matters_first() -> None:
    counts = {"folded": 12, "superseded": 3, "conflicts": 2, "promises": 1, "settled": 400, "faded": 0}
    assert sentence(counts) == "2 conflicts, 3 facts superseded, 1 promise found, 12 folded."


def test_a_night_without_anything_says_so() -> None:
    assert sentence({}) == sentence({"settled": 3, "read": 9}) == "Nothing had to change."


@pytest.mark.parametrize(
    ("line", "sort"),
    [
        (entry(Operation.ADD, facet="fact"), Sort.FACT),
        (entry(Operation.ADD, facet="fact", state="superseded"), Sort.FACT),
        (entry(state="superseded", superseded_by="n"), Sort.SUPERSEDED),
        (entry(plus_conflict="n"), Sort.CONFLICT),
        (entry(Operation.ADD, facet="appointment"), Sort.COMING),
        (entry(Operation.ADD, facet="week"), Sort.SUMMARY),
        (entry(Operation.ADD, facet="topic", step="topics"), Sort.TOPIC),
        (entry(step="topics", plus_sources=["a"]), Sort.TOPIC),
        (entry(Operation.ADD, facet="resource"), Sort.RESOURCE),
        (entry(state="faded"), Sort.FADED),
        (entry(state="to_be_forgotten"), Sort.PROPOSED),
        (entry(folded_into="n"), Sort.FOLDED),
        (entry(plus_link=["n", "bears on", "why"]), Sort.LINK),
        (entry(step="settle", state="active"), Sort.OTHER),
    ],
)
def test_a_line_is_sorted_by_what_it_is_about(line: Entry, sort: Sort) -> None:
    assert sort_of(line) is sort


def test_lines_stand_most_telling_first_and_every_sort_has_its_words() -> None:
    found = by_sort(
        [entry(step="settle", state="active"), entry(Operation.ADD, facet="fact"), entry(plus_conflict="n")]
    )
    assert list(found) == [Sort.CONFLICT, Sort.FACT, Sort.OTHER]
    assert set(TITLES) == set(Sort)
    assert all("{n}" in one and "{n}" in many for _, one, many in COUNTS)
