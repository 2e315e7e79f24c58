"""What `mneme mcp` reads from its client: bounded, and whole again after what was not."""

from io import BytesIO

from app.mcp import BoundedLines


def read(data: bytes, longest: int = 16) -> list[str]:
    lines = BoundedLines(BytesIO(data), longest)
    found = []
    while line := lines.readline():
        found.append(line)
    return found


def test_lines_within_the_bound_come_as_they_are() -> None:
    assert read(b'{"a": 1}\n\n{"b"\n') == ['{"a": 1}\n', "\n", '{"b"\n']
    assert read(b"x" * 15 + b"\n" + b"y" * 15 + b"\n") == ["x" * 15 + "\n", "y" * 15 + "\n"]


def test_a_line_beyond_it_is_thrown_away_and_the_next_one_is_whole() -> None:
    assert read(b"x" * 16 + b"\n{}\n") == ["{}\n", "{}\n"]
    assert read(b"x" * 1000 + b"\n[1]\n" + b"y" * 17 + b"\n[2]\n") == ["{}\n", "[1]\n", "{}\n", "[2]\n"]


def test_a_line_without_end_ends_with_its_stream() -> None:
    assert read(b"x" * 1000) == ["{}\n"]
    assert read(b"") == []
    assert read(b"half") == ["half"]


def test_broken_bytes_are_replaced() -> None:
    assert read(b"\xff\xed\xa0\x80\n") == ["\ufffd" * 4 + "\n"]
