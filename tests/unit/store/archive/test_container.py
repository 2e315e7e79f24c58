"""No changed, cut, swapped, dropped, doubled or foreign chunk is taken for the real one."""

import hashlib
import io
import os
import random
import struct
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ArchiveProblem
from core.store.archive.container import CHUNK, HEADER_SIZE, MAGIC, TAG, ChunkReader, ChunkWriter, Header

WIDTH = CHUNK + TAG
SALT = bytes(range(16))


def key_of(header: Header) -> bytes:
    """A key that hangs on the header as the real one does, without its cost."""
    return hashlib.sha256(b"passphrase" + header.to_bytes()).digest()


def sealed(plain: bytes, salt: bytes = SALT) -> bytes:
    out = io.BytesIO()
    header = Header(salt=salt)
    writer = ChunkWriter(out, header, key_of(header))
    writer.write(plain)
    writer.finish()
    return out.getvalue()


def unsealed(raw: bytes) -> bytes:
    reader = ChunkReader(io.BytesIO(raw), key_of)
    reader.check(lambda: None)
    return reader.read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_out_again(size: int) -> None:
    plain = random.Random(size).randbytes(size)
    raw = sealed(plain)
    assert unsealed(raw) == plain
    assert len(raw) == HEADER_SIZE + size + TAG * max(1, -(-size // CHUNK))
    assert size < 100 or plain[:50] not in raw


@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(-1, 70_000)), max_size=6))
def test_any_part_can_be_read_in_any_order(parts: list[tuple[int, int]]) -> None:
    plain = random.Random(7).randbytes(150_000)
    reader = ChunkReader(io.BytesIO(sealed(plain)), key_of)
    for at, count in parts:
        reader.seek(at)
        assert reader.read(count) == (plain[at:] if count < 0 else plain[at : at + count])
        assert reader.tell() <= max(at, len(plain))


def mutations(raw: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """At least `count` wrong archives made from a right one."""
    rng = random.Random(2026)
    chunks = [raw[at : at + WIDTH] for at in range(HEADER_SIZE, len(raw), WIDTH)]
    header = raw[:HEADER_SIZE]
    other = sealed(random.Random(1).randbytes(6 * CHUNK + 99), os.urandom(16))
    foreign = [other[at : at + WIDTH] for at in range(HEADER_SIZE, len(other), WIDTH)]
    n = len(chunks)
    for i in range(n):
        yield f"dropped {i}", header + b"".join(chunks[:i] + chunks[i + 1 :])
        yield f"doubled {i}", header + b"".join(chunks[: i + 1] + chunks[i:])
        yield f"foreign {i}", header + b"".join([*chunks[:i], foreign[i], *chunks[i + 1 :]])
        yield f"zeroed {i}", header + b"".join([*chunks[:i], bytes(len(chunks[i])), *chunks[i + 1 :]])
        yield f"ended after {i}", header + b"".join(chunks[:i])
        yield f"{i} moved to the end", header + b"".join([*chunks[:i], *chunks[i + 1 :], chunks[i], b"x" * (i % 2)])
        for j in range(i + 1, n):
            swapped = list(chunks)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            if swapped != chunks:
                yield f"swapped {i} {j}", header + b"".join(swapped)
    yield "foreign header", other[:HEADER_SIZE] + b"".join(chunks)
    yield "foreign body", header + b"".join(foreign)
    yield "empty final chunk behind", raw + bytes(TAG)
    for at in range(HEADER_SIZE):
        yield f"header byte {at}", raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
    for edge in range(HEADER_SIZE, len(raw), WIDTH):
        for near in (-TAG - 1, -TAG, -1, 0, 1, TAG, TAG + 1):
            yield f"cut at {edge}{near:+}", raw[: max(0, edge + near)]
    for size in (1, TAG, TAG + 1, WIDTH):
        yield f"{size} more", raw + rng.randbytes(size)
    for number in range(count):
        at = rng.randrange(len(raw))
        match number % 3:
            case 0:
                yield f"bit of {at}", raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
            case 1:
                yield f"cut to {at}", raw[:at]
            case _:
                yield f"byte out of {at}", raw[:at] + raw[at + 1 :]


def taken(raw: bytes, count: int) -> tuple[int, list[str]]:
    tried, accepted = 0, []
    for name, wrong in mutations(raw, count):
        if wrong == raw:
            continue
        tried += 1
        try:
            unsealed(wrong)
        except ArchiveProblem:
            continue
        accepted.append(name)
    return tried, accepted


@pytest.mark.parametrize("size", [5 * CHUNK + 99, 6 * CHUNK])
def test_no_wrong_archive_is_accepted(size: int) -> None:
    tried, accepted = taken(sealed(random.Random(3).randbytes(size)), 20)
    assert tried >= 100
    assert accepted == []


@pytest.mark.campaign
def test_none_of_more_than_1320_wrong_archives_is_accepted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried, accepted = taken(sealed(random.Random(3).randbytes(6 * CHUNK + 99)), 1320)
    with capsys.disabled():
        sys.stdout.write(f"\nwrong archives tried: {tried}, accepted: {len(accepted)}\n")
    assert tried >= 1320
    assert accepted == []


def test_a_cost_that_is_absurd_is_refused_before_it_is_paid() -> None:
    asked = []
    for memory, passes, lanes in (
        *((2**32 - 1, 1, 1), (65_536, 2**32 - 1, 4), (65_536, 10, 2**32 - 1), (2**20 + 1, 1, 1)),
        *((0, 1, 1), (64, 0, 1), (64, 1, 0), (8, 1, 4), (2**20, 64, 4)),
    ):
        raw = struct.pack(">8sHBBIIII16s", MAGIC, 1, 1, 1, memory, passes, lanes, CHUNK, SALT) + bytes(100)
        with pytest.raises(ArchiveProblem, match="absurd"):
            ChunkReader(io.BytesIO(raw), lambda header: asked.append(header) or b"")  # type: ignore[func-returns-value]
    assert asked == []


def test_a_later_format_is_named_with_both_numbers() -> None:
    raw = struct.pack(">8sHBBIIII16s", MAGIC, 7, 1, 1, 64, 1, 1, CHUNK, SALT) + bytes(100)
    with pytest.raises(ArchiveProblem, match="format 7; this Mneme reads up to 1"):
        ChunkReader(io.BytesIO(raw), key_of)


@pytest.mark.parametrize("raw", [b"", MAGIC, b"PK\x03\x04" + bytes(200), os.urandom(400), bytes(HEADER_SIZE + TAG)])
def test_other_files_are_no_archives(raw: bytes) -> None:
    with pytest.raises(ArchiveProblem):
        ChunkReader(io.BytesIO(raw), key_of)


def test_the_real_header_costs_what_was_promised() -> None:
    header = Header(salt=SALT)
    assert (header.memory_kib, header.passes, header.lanes) == (65_536, 10, 4)
    cheap = Header(memory_kib=64, passes=1, lanes=1, salt=SALT)
    other = Header(memory_kib=64, passes=2, lanes=1, salt=SALT)
    keys = {cheap.key("a"), cheap.key("b"), other.key("a"), cheap.key("")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
