"""Long texts fall into pieces by their structure; nothing is lost, doubled or cut through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory import MemoryId
from core.store.pieces import LONG, MOST_PIECES, TARGET, parted, piece_id, split

FAMILY = "\U0001f469\u200d\U0001f467\u200d\U0001f466"


def shown(text: str, blocks: tuple[int, ...] = ()) -> list[str]:
    """The pieces' texts, after a look that they cover all of it in order."""
    ranges = split(text, blocks)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(text)
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert len(ranges) == 1 or all(begin < end for begin, end in ranges)
    assert len(ranges) <= MOST_PIECES
    return [text[begin:end] for begin, end in ranges]


@given(st.text(max_size=LONG), st.lists(st.integers(-5, 2 * LONG), max_size=5))
def test_a_short_text_is_one_piece(text: str, blocks: list[int]) -> None:
    assert shown(text, tuple(blocks)) == [text]


PARTS = st.lists(
    st.sampled_from(
        (
            "word ",
            "a sentence. ",
            "\n",
            "\n\n",
            "# heading\n",
            "- item\n",
            "Anna: hello\n",
            "```\n",
            "。",
            FAMILY,
            "\r\n",
        )
    )
    | st.text(max_size=60),
    min_size=1,
    max_size=60,
)


@given(PARTS, st.integers(1, 40), st.lists(st.integers(-5, 9000), max_size=8))
def test_any_text_is_covered_in_order_without_a_gap_or_an_overlap(
    parts: list[str], times: int, blocks: list[int]
) -> None:
    text = "".join(parts) * times
    assert "".join(shown(text, tuple(blocks))) == text
    assert shown(text, tuple(blocks)) == shown(text, tuple(blocks))


@given(PARTS, st.integers(5, 40))
def test_no_piece_is_much_longer_than_wanted(parts: list[str], times: int) -> None:
    text = "".join(parts) * times
    ceiling = LONG + TARGET // 5 + 64
    assert max(map(len, shown(text))) <= max(ceiling, LONG) or len(text) > MOST_PIECES * TARGET // 2


def test_paragraphs_stay_whole_and_small_ones_are_joined() -> None:
    paragraphs = [f"Paragraph {n}. " + "It goes on for a while. " * 10 for n in range(8)]
    pieces = shown("\n\n".join(paragraphs))
    assert [piece.count("Paragraph") for piece in pieces] == [2, 2, 2, 2]
    assert all(piece.startswith("Paragraph") for piece in pieces)


def test_a_heading_goes_with_what_stands_under_it() -> None:
    sections = [f"## Part {n}\n\n" + "Some words about it. " * 22 for n in range(5)]
    pieces = shown("\n\n".join(sections))
    assert [piece.split("\n")[0] for piece in pieces] == [f"## Part {n}" for n in range(5)]


def test_a_pasted_dialogue_is_cut_between_turns() -> None:
    turns = [f"{'Anna' if n % 2 else 'Ben Ali'}: " + "I think so too, really. " * 7 for n in range(12)]
    pieces = shown("\n".join(turns))
    assert len(pieces) > 1
    assert all(piece.startswith(("Anna:", "Ben Ali:")) for piece in pieces)


def test_a_list_is_cut_between_its_items() -> None:
    text = "What to bring:\n" + "\n".join(f"{n}. " + "one thing and another, " * 6 for n in range(1, 15))
    pieces = shown(text)
    assert len(pieces) > 1
    assert all(piece[:1].isdigit() or piece.startswith("What") for piece in pieces)


def test_code_between_fences_is_not_cut_at_its_blank_lines_while_it_fits() -> None:
    code = "```python\n" + "\n\n".join("print('hello')" for _ in range(30)) + "\n```"
    text = "\n\n".join(("Before. " * 80, code, "After. " * 80))
    (holding,) = [piece for piece in shown(text) if "```python" in piece]
    assert code in holding


def test_a_long_paragraph_is_cut_behind_sentences() -> None:
    text = "This is a sentence about nothing much at all. " * 100
    chinese = "今天的天气非常好我们去公园散步。" * 150
    assert min(len(shown(text)), len(shown(chinese))) > 1
    assert all(piece.startswith("This") and piece.endswith(". ") for piece in shown(text))
    assert all(piece.endswith("。") for piece in shown(chinese))


def test_blocks_known_from_a_screen_are_where_it_is_cut() -> None:
    block = "\n".join(f"line {n} of the block" for n in range(25)) + "\n"
    text = block * 4
    pieces = shown(text, tuple(len(block) * n for n in range(1, 4)))
    assert pieces == [block] * 4


@pytest.mark.parametrize(
    "character",
    [FAMILY, "e\u0301", "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "\ud83d\ude00", "\u1112\u1161\u11ab"],
)
def test_a_character_as_a_person_sees_it_is_never_cut_through(character: str) -> None:
    for shift in range(len(character)):
        text = "x" * shift + character * 2000
        cut = shown(text)
        assert len(cut) > 1
        assert all(len(piece) % len(character) == 0 for piece in cut[1:])
        assert all(piece.startswith(character) for piece in cut[1:])


UNITS = ("x", "\n", " ", "a b. ", ".", "Anna: x\n", "# a\n", "- a\n\n", "```\n", ".)", "e\u0301", "\u0301", "漢字。")


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_anything_falls_into_pieces(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert "".join(shown(text)) == text


def test_ten_megabytes_fall_into_no_more_pieces_than_there_are_numbers() -> None:
    text = "It goes on and on.\n" * 550_000
    assert LONG < len(shown(text)) <= MOST_PIECES


def test_a_pieces_id_tells_its_memory_and_its_number() -> None:
    memory = MemoryId("01HZY0000000000000000000AB")
    assert piece_id(memory, 0) == memory
    assert [parted(piece_id(memory, number)) for number in (0, 1, 4095)] == [(memory, 0), (memory, 1), (memory, 4095)]
