"""Damages to an export: cut, flipped, shuffled, of other types; and the marked words that must not be lost in them."""

import json
import random
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, is_zipfile

TEXTS = tuple(f"Message marked w{number:03}w, about the boat." for number in range(24))
"""What is said in an export that is to be damaged."""
MARK = re.compile(r"w\d{3}w")
ODD: tuple[object, ...] = (
    None,
    True,
    [],
    {},
    [[[]]],
    -1,
    1e308,
    2**80,
    "\ud800",
    "\x00",
    "x" * 70_000,
    ["a", {"b": None}],
)

Damage = Callable[[bytes, random.Random], bytes]


def cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(1, len(data))]


def headless(data: bytes, dice: random.Random) -> bytes:
    return data[dice.randrange(1, len(data) // 2) :]


def flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 5, 50))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def holed(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.randrange(1, 400) :]


def stuffed(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    junk = dice.choice(
        (b"\x00" * 9, b"\xff\xfe\xfa", b"{", b'"', b"]", b"\n\n", b"-->", b"From ", bytes(range(256)), b"\\")
    )
    return data[:at] + junk + data[at:]


def shuffled(data: bytes, dice: random.Random) -> bytes:
    rows = data.split(b"\n")
    one, other = dice.randrange(len(rows)), dice.randrange(len(rows))
    rows[one], rows[other] = rows[other], rows[one]
    return b"\n".join(rows)


def doubled(data: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(data)), dice.randrange(1, 600)
    return data[:at] + data[at : at + size] + data[at:]


def recoded(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return dice.choice(
        (text.encode("utf-16"), text.replace("\n", "\r\n").encode(), text.encode("utf-8-sig"), b"\xef\xbb\xbf\n" + data)
    )


def redated(data: bytes, dice: random.Random) -> bytes:
    """Every number of dates replaced in one place: days that do not exist, years far off."""
    places = [found for found in re.finditer(rb"\d{1,4}(?=[-./:])|\d{10,13}", data) if found.end() - found.start() < 14]
    if not places:
        return cut(data, dice)
    place = dice.choice(places)
    return data[: place.start()] + dice.choice((b"99", b"0000", b"9" * 20, b"-1", b"")) + data[place.end() :]


def retyped(data: bytes, dice: random.Random) -> bytes:
    """One value of a JSON document, or of one of its lines, replaced by one of another type."""
    rows = data.split(b"\n")
    lined = len(rows) > 2 and all(row.startswith(b"{") for row in rows if row)
    at = dice.randrange(len(rows) - 1) if lined else 0
    try:
        document = json.loads(rows[at] if lined else data)
    except ValueError:
        return stuffed(data, dice)
    places = list(_places(document))
    holder, key = dice.choice(places)
    holder[key] = dice.choice(ODD)  # type: ignore[index, call-overload]
    changed = json.dumps(document).encode()
    return b"\n".join([*rows[:at], changed, *rows[at + 1 :]]) if lined else changed


def _places(value: object) -> Iterator[tuple[dict[str, object] | list[object], object]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in entries:
        yield value, key  # type: ignore[misc]
        yield from _places(inside)


DAMAGES: tuple[Damage, ...] = (
    cut, headless, flipped, holed, stuffed, shuffled, doubled, recoded, redated, retyped,
)  # fmt: skip
EACH = 7


def damaged(data: bytes, damage: Damage, dice: random.Random) -> bytes:
    """A zip is damaged in one of its members, every other time in its own bytes."""
    if not is_zipfile(BytesIO(data)) or dice.random() < 0.5:
        return damage(data, dice)
    with ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice(sorted(members))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for one, content in members.items():
            archive.writestr(one, damage(content, dice) if one == name else content)
    return packed.getvalue()


def marks_in(data: bytes) -> set[str]:
    """The marked words that are still whole in these bytes."""
    if is_zipfile(BytesIO(data)):
        try:
            with ZipFile(BytesIO(data)) as archive:
                return set().union(*(marks_in(archive.read(name)) for name in archive.namelist()))
        except Exception:  # a damaged zip raises what it likes; then nothing is held to be there
            return set()
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return set(MARK.findall(data.decode("utf-16" if wide else "utf-8", "replace")))
