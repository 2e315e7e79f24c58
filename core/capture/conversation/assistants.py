"""What chats with an assistant have in common: two speakers, times in two forms, branches."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from core.capture.conversation import fields, walk
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Skipped
from core.capture.conversation.text import Stream, clean, utf8
from core.memory import Channel, Provenance

SPEAKERS = {"user": "assistant", "assistant": "user"}
"""Who speaks, and to whom."""
_MILLISECONDS = 10**11
"""A larger count since 1970 is one of milliseconds."""

_LIST = "conversations"
"""Some exports hold their conversations under this key of an object."""

BRANCHES = "Messages of other branches (edited or asked again), left out: {n}."
TOOLS = "Tool calls and results, left out: {n}."
THOUGHTS = "The assistant's thoughts to itself, left out: {n}."
UNSEEN = "Messages that the chat does not show (instructions, notes of the program), left out: {n}."
UNKNOWN = "Parts of messages of a kind that Mneme does not know: {n}."
EMPTY = "Empty messages: {n}."
ATTACHED = "Attached files and pictures, noted by name (what is in them was not taken): {n}."


def conversations(source: Stream, mark: str) -> Iterator[tuple[int, Node | Skipped]]:
    """Each conversation of an export, or why it cannot be read, with its number from 1.

    They are the elements of an array, or of one under "conversations"; or the file is a single one, known by its
    key `mark`.
    """
    number = 0
    alone: Node = {}
    for value in walk.values(utf8(source), lambda place: place in ((), (_LIST,))):
        place = value.place[1:] if value.place[:1] == (_LIST,) else value.place
        if place and isinstance(place[0], str):
            alone[place[0]] = None if value.problem else _anything(value.raw)
            continue
        number += 1
        found = None if value.problem else fields.parsed(value.raw)
        reason = f"a conversation: {value.problem}" if value.problem else "not a JSON object"
        yield number, Skipped(line=number, reason=reason) if found is None else found
    if mark in alone:
        yield number + 1, alone


def _anything(raw: bytes) -> object:
    try:
        found: object = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return found


def moment(value: object, context: ImportContext) -> datetime | None:
    """A time as the exports write it: POSIX seconds (or milliseconds), or ISO 8601; None for anything else."""
    if isinstance(value, str):
        try:
            return context.aware(datetime.fromisoformat(value.strip()))
        except (ValueError, OverflowError):
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return context.from_posix(value / 1000 if value > _MILLISECONDS else float(value))
    except (ValueError, OverflowError, OSError):
        return None


def words(node: Node, key: str) -> str:
    """What was said in this field: text alone, for a number there is a damaged one."""
    value = node.get(key)
    return clean(value) if isinstance(value, str) else ""


def from_chat(app: str, role: str, conversation: str, id: str, *, title: str = "", url: str = "") -> Provenance:
    """Where a turn of the person ("user") or of the assistant comes from."""
    return Provenance(
        channel=Channel.CONVERSATION,
        app=app,
        window=title,
        url=url,
        conversation=conversation,
        external_id=id,
        speaker=role,
        addressee=SPEAKERS[role],
        role=role,
        mine=role == "user",
    )


def branch(leaf: str, parents: Mapping[str, str]) -> list[str]:
    """The ids from the root to this leaf; a ring ends where it closes."""
    path: dict[str, None] = {}
    at = leaf
    while at in parents and at not in path:
        path[at] = None
        at = parents[at]
    return list(path)[::-1]


def leaves(parents: Mapping[str, str]) -> list[str]:
    """The ids that nobody answers to, in their order."""
    inner = set(parents.values())
    return [id for id in parents if id not in inner]
