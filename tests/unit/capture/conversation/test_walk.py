"""JSON read value by value: at any depth, however its bytes are cut, and what is said where it is broken."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capture.conversation import walk
from core.capture.conversation.walk import AFTER, CUT, TOO_LARGE, UNFINISHED, Place, Value, elements, values

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=5), inside, max_size=4),
    max_leaves=15,
)


def chunks(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def placed(value: object, depth: int, place: Place = ()) -> list[tuple[Place, object]]:
    """The values of a document that is gone inside of to this depth."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if entries is None or len(place) >= depth:
        return [(place, value)]
    return [one for key, inside in entries for one in placed(inside, depth, (*place, key))]


@settings(deadline=None)
@given(ANY, st.integers(1, 20), st.integers(0, 3), st.booleans())
def test_values_come_out_whole_and_in_their_places_however_the_bytes_are_cut(
    document: object, size: int, depth: int, indented: bool
) -> None:
    raw = json.dumps(document, ensure_ascii=size % 2 == 0, indent=2 if indented else None)
    found = list(values(chunks(raw.encode("utf-8", "surrogatepass"), size), lambda place: len(place) < depth))
    assert all(not one.problem for one in found)
    read = [(one.place, json.loads(one.raw.decode("utf-8", "surrogatepass"))) for one in found]
    assert read == placed(document, depth)


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, 9))
def test_any_bytes_end(raw: bytes, size: int) -> None:
    for one in values(chunks(raw, size), lambda place: len(place) < 2):
        assert isinstance(one, Value)


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        (b'[{"a": 1}, {"b"', ["", CUT]),
        (b'[{"a": 1},', ["", UNFINISHED]),
        (b'[{"a": 1}', [CUT]),
        (b'[{"a": 1}] [{"b": 2}]', ["", AFTER]),
        (b'[{"a": 1}]}', ["", AFTER]),
        (b'[{"a": "x', [CUT]),
        (b"[", [UNFINISHED]),
        (b'[{"a": 1}]  \n ', [""]),
        (b"", []),
    ],
)
def test_a_file_that_breaks_off_or_goes_on_says_so(raw: bytes, problems: list[str]) -> None:
    for size in (1, 3, 100):
        assert [one.problem for one in elements(chunks(raw, size))] == problems


def test_a_value_that_is_too_large_is_told_and_the_next_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "LARGEST_VALUE", 40)
    raw = json.dumps({"list": [{"a": 1}, {"b": "x" * 90}, {"c": "]}{["}], "name": "n"}).encode()
    for size in (1, 7, 1000):
        found = list(values(chunks(raw, size), lambda place: place in ((), ("list",))))
        assert [(one.place, one.problem) for one in found] == [
            (("list", 0), ""),
            (("list", 1), TOO_LARGE),
            (("list", 2), ""),
            (("name",), ""),
        ]
