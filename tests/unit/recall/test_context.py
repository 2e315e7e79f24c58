"""The context is what was found with its surroundings, in time order, never past its budget."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.memory import Channel, Facet, Memory, MemoryId, Provenance, State
from core.recall.context import composed, line

AT = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)


def turn(number: int, text: str = "hello there", caption: str = "") -> Memory:
    at = AT + timedelta(minutes=number)
    return Memory(
        id=MemoryId(f"{number:026d}"),
        seq=number,
        state=State.CAPTURED,
        created=at,
        text=text,
        caption=caption,
        at=at,
        facet=Facet.TURN,
        provenance=Provenance(channel=Channel.CONVERSATION, conversation="c", external_id=f"t{number}", speaker="Dana"),
    )


def words(text: str) -> int:
    return len(text.split())


def test_a_line_says_when_who_and_what_and_marks_a_caption() -> None:
    assert line(turn(1, "Look\nat this", "a red door")) == "[2024-03-01 09:01] Dana: Look at this (picture: a red door)"


def test_hits_and_neighbours_stand_in_time_order() -> None:
    context = composed([turn(9), turn(3)], [[turn(8)], [turn(2), turn(4)]], 1000, words, {})
    assert context.sources == ("t2", "t3", "t4", "t8", "t9")
    assert context.text.count("\n") == 4


def test_a_tight_budget_keeps_the_hits_before_their_neighbours() -> None:
    one = words(line(turn(1)))
    context = composed([turn(9), turn(3)], [[turn(8)], [turn(2)]], 2 * one, words, {})
    assert context.sources == ("t3", "t9")
    assert context.tokens == 2 * one


def test_no_hit_gives_an_empty_context() -> None:
    assert composed([], [], 850, words, {}).text == ""


@given(st.integers(0, 200), st.lists(st.integers(1, 60), max_size=20, unique=True))
def test_the_budget_is_never_passed(budget: int, numbers: list[int]) -> None:
    hits = [turn(number, "word " * number) for number in numbers]
    context = composed(hits, [[turn(number + 100)] for number in numbers], budget, words, {})
    assert words(context.text) <= budget
    assert context.tokens <= budget


def test_of_a_long_turn_the_piece_that_answers_stands_there_with_its_cuts_marked() -> None:
    told = "The first part. The second part. The third part."
    memory = turn(1, told)
    assert line(memory, [(16, 32)]).endswith("… The second part. …")
    assert line(memory, [(0, 16)]).endswith(": The first part. …")
    assert line(memory, [(33, 48)]).endswith("… The third part.")
    assert line(memory, [(33, 48), (0, 16)]).endswith(": The first part. … The third part.")
    assert line(memory, [(16, 33), (0, 16)]).endswith(": The first part. The second part. …")
    context = composed([memory], [], 1000, words, {memory.seq: [(16, 32)]})
    assert "first" not in context.text
    assert context.sources == (memory.reference,)


def test_more_pieces_of_a_long_hit_come_after_the_hits_that_follow_it() -> None:
    long = turn(1, "one two three four " * 3)
    pieces = {1: [(0, 19), (38, 57), (19, 38)]}
    others = [turn(number, "short") for number in range(2, 5)]
    full = composed([long, *others], [], 1000, words, pieces)
    assert full.text.splitlines()[0].endswith("one two three four one two three four one two three four")
    first, second = "[2024-03-01 09:01] Dana: one two three four …", "[2024-03-01 09:02] Dana: short"
    tight = composed([long, *others], [], words(f"{first} {second}"), words, pieces)
    assert tight.text.splitlines() == [first, second]
    assert tight.tokens == words(tight.text)
    wider = composed([long, *others], [], tight.tokens + 6, words, pieces)
    assert wider.text.splitlines()[0].endswith("one two three four … one two three four")
    assert wider.tokens == words(wider.text)
