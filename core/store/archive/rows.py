"""What may stand in an archive's lines: every table that travels, and a check for each of its columns."""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import NoReturn

from core.errors import ArchiveProblem
from core.memory import Channel, Claim, Facet, Kind, Sensitivity, State, Trust

Plain = str | int | float | None
"""What a column can hold on its way."""
Row = dict[str, Plain]
Check = Callable[[object], Plain]

LONGEST_TEXT = 16 * 2**20
"""Characters of one memory's text."""
LONGEST_LINE = 64 * 2**20
"""Bytes of one line as UTF-8 JSON."""
LARGEST_PICTURE = 128 * 2**20
"""Encoded bytes of one picture."""
_EARLIEST, _LATEST = -62_000_000_000.0, 253_402_200_000.0
"""The years 5 to 9999 in POSIX seconds: what every zone can show."""
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class _Unfit(ValueError):
    """A value that does not belong there."""


def _text(longest: int = 65_536) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise _Unfit
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise _Unfit from None
        return value

    return check


def _number(low: float, high: float) -> Check:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _Unfit
        if not (low <= value <= high) or not math.isfinite(value):
            raise _Unfit
        return float(value)

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _Unfit
        return value

    return check


def _one_of(members: frozenset[str] | frozenset[int]) -> Check:
    def check(value: object) -> Plain:
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value not in members:
            raise _Unfit
        return value

    return check


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _Unfit
    return value


def _hex(size: int) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", value):
            raise _Unfit
        return value

    return check


def _hash_or_empty(value: object) -> str:
    return "" if value == "" else str(_hex(32)(value))


def _or_none(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def _json(shape: Callable[[object], bool], longest: int = 4 * 2**20) -> Check:
    text = _text(longest)

    def check(value: object) -> str:
        if value == "[]" and shape([]):
            return "[]"
        plain = text(value)
        assert isinstance(plain, str)
        try:
            if not shape(json.loads(plain)):
                raise _Unfit
        except RecursionError:
            raise _Unfit from None
        return plain

    return check


def _is_boxes(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(box, list)
        and len(box) == 5
        and isinstance(box[0], str)
        and all(type(side) is int and -(2**31) < side < 2**31 for side in box[1:])
        for box in value
    )


def _is_tags(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(tag, str) for tag in value)


def _is_content(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"text", "caption"}
        and all(isinstance(part, str) for part in value.values())
    )


_TIME = _number(_EARLIEST, _LATEST)
_OFFSET = _whole(-18 * 60, 18 * 60)
_FLAG = _whole(0, 1)
_SHORT = _text()
_LONG = _text(LONGEST_TEXT)
_MANY = _whole(0, 2**31)

MEMORY: Mapping[str, Check] = {
    "id": _id,
    "kind": _one_of(frozenset(kind.value for kind in Kind)),
    "facet": _one_of(frozenset(facet.value for facet in Facet)),
    "state": _one_of(frozenset(state.value for state in State if state is not State.FORGOTTEN)),
    "text": _LONG,
    "caption": _LONG,
    "at": _TIME,
    "at_offset": _OFFSET,
    "at_given": _FLAG,
    "created": _TIME,
    "channel": _one_of(frozenset(channel.value for channel in Channel)),
    **dict.fromkeys(("app", "window", "url", "conversation", "external_id", "session"), _SHORT),
    **dict.fromkeys(("speaker", "addressee", "role", "language"), _SHORT),
    "mine": _whole(0, max(Claim)),
    "importance": _number(0, 100),
    "stability_days": _number(0, 1e6),
    "trust": _one_of(frozenset(int(trust) for trust in Trust)),
    "sensitivity": _one_of(frozenset(sensitivity.value for sensitivity in Sensitivity)),
    "masked": _MANY,
    "picture": _or_none(_id),
    "boxes": _json(_is_boxes),
    **dict.fromkeys(("subject", "attribute", "value"), _or_none(_SHORT)),
    **dict.fromkeys(("valid_from", "valid_to", "last_used"), _or_none(_TIME)),
    "reason": _LONG,
    "version": _whole(1, 2**31),
    **dict.fromkeys(("episode", "superseded_by", "folded_into"), _or_none(_id)),
    "boilerplate": _FLAG,
    "uses": _MANY,
    "pinned": _FLAG,
    "tags": _json(_is_tags),
}
"""Columns of `memory` that travel: all but `seq` and `content_key`, which belong to one vault."""

TABLES: Mapping[str, Mapping[str, Check]] = {
    "memories": MEMORY,
    "versions": {
        "memory": _id,
        "version": _whole(1, 2**31),
        "fields": _json(_is_content, 2 * LONGEST_TEXT),
        "replaced": _TIME,
    },
    "sources": {"memory": _id, "observation": _id, "rank": _MANY},
    "links": {"a": _id, "b": _id, "relation": _SHORT, "reason": _LONG},
    "episodes": {
        "id": _id,
        "title": _SHORT,
        "begins": _TIME,
        "ends": _TIME,
        "at_offset": _OFFSET,
        "app": _SHORT,
        "conversation": _SHORT,
    },
    "pictures": {
        "id": _id,
        "width": _whole(1, 65_536),
        "height": _whole(1, 65_536),
        "form": _text(64),
        "bytes": _whole(0, LARGEST_PICTURE),
        "sha256": _hash_or_empty,
        "small_bytes": _whole(0, LARGEST_PICTURE),
        "small_sha256": _hash_or_empty,
        "base": _or_none(_id),
        "laid": _text(4096),
    },
    "tombstones": {"what": _one_of(frozenset({"key", "mac"})), "hex": _text(64)},
}
"""Each `NAME.jsonl` of an archive, and what its lines hold."""
_SINCE_2: Mapping[str, Mapping[str, Plain]] = {"pictures": {"base": None, "laid": ""}}
"""What a line of format 1 lacks."""


def line(row: Mapping[str, object]) -> bytes:
    """A row as its line: UTF-8 JSON and a line feed."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"


def parse(table: str, number: int, raw: bytes) -> Row:
    """One line as a checked row; ArchiveProblem names the table and the line, never what stands there."""
    checks = TABLES[table]
    try:
        found = json.loads(raw, parse_constant=_refuse)
        if not isinstance(found, dict):
            raise _Unfit
        found = {**_SINCE_2.get(table, {}), **found}
        if set(found) != set(checks):
            raise _Unfit
        row = {name: check(found[name]) for name, check in checks.items()}
        if table == "memories":
            _fact_whole(row)
        if table == "pictures":
            _picture_whole(row)
        if table == "tombstones":
            _hex(32 if row["what"] == "key" else 16)(row["hex"])
    except (ValueError, RecursionError) as error:
        raise ArchiveProblem(
            f"Line {number} of {table} in this archive is not what Mneme writes.", "Nothing was imported."
        ) from error
    return row


def _fact_whole(row: Row) -> None:
    if len({row[name] is None for name in ("subject", "attribute", "value")}) != 1:
        raise _Unfit


def _picture_whole(row: Row) -> None:
    """A patch has bytes and a place; anything else has a thumbnail."""
    if not ((row["bytes"] and row["laid"]) if row["base"] is not None else (row["small_bytes"] and not row["laid"])):
        raise _Unfit


def _refuse(name: str) -> NoReturn:
    raise _Unfit(name)
