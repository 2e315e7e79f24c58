"""Discord's own data package: what the person wrote, a folder a channel; what others wrote is not in it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from core.capture.conversation import fields, walk
from core.capture.conversation.attachments import noted
from core.capture.conversation.bundle import Bundle, head
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import lines, utf8
from core.capture.conversation.turns import Read, dated, observed
from core.errors import BadInput
from core.memory import Channel, Provenance

NAME = "Discord data package"
_MESSAGES = re.compile(r"(?:.*/)?(?:c\d{1,22}|\d{15,22})/messages\.(?:json|csv)")
_PERSON = re.compile(r"(?:.*/)?account/user\.json", re.IGNORECASE)
_SMALL = 2**20
_ONLY_MINE = "Discord gives out what you wrote, not what others wrote to you."
_WITH = re.compile(r"Direct Message with (?P<name>.+?)(?:#0)?", re.IGNORECASE)


def claim(bundle: Bundle) -> frozenset[str]:
    """The messages of each channel, what is told of the channels, and who the person is."""
    names = {entry.name for entry in bundle.entries}
    messages = {name for name in names if _MESSAGES.fullmatch(name)}
    messages = {name for name in messages if _beside(name) in names}
    if not messages:
        return frozenset()
    indexes = {str(PurePosixPath(name).parent.parent / "index.json") for name in messages}
    return frozenset(
        messages | {_beside(name) for name in messages} | (indexes & names) | set(filter(_PERSON.fullmatch, names))
    )


def read(bundle: Bundle, context: ImportContext) -> Iterator[ReadOut]:
    """The turns channel by channel; `Skipped.line` is the message's place in its channel's file."""
    wanted = claim(bundle)
    me = "me"
    for name in sorted(filter(_PERSON.fullmatch, wanted)):
        me = fields.text(_described(bundle, name), "global_name", "username") or me
    yield Notice(_ONLY_MINE)
    for name in sorted(filter(_MESSAGES.fullmatch, wanted)):
        index = str(PurePosixPath(name).parent.parent / "index.json")
        titles = _described(bundle, index) if index in wanted else {}
        place = _place(_described(bundle, _beside(name)), titles, PurePosixPath(name).parent.name.lstrip("c"))
        for found in dated(_turns(bundle, name, place, me, context), context):
            yield replace(found, file=name) if isinstance(found, Skipped) else found


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    title: str
    other: str
    """Whom a direct message is to; empty elsewhere."""


def _beside(name: str) -> str:
    return str(PurePosixPath(name).parent / "channel.json")


def _described(bundle: Bundle, name: str) -> Node:
    try:
        return fields.parsed(head(bundle, name, _SMALL)) or {}
    except BadInput:
        return {}


def _place(channel: Node, titles: Node, id: str) -> _Place:
    titled = fields.text(titles, id)
    guild = fields.text(fields.inner(channel, "guild"), "name")
    name = fields.text(channel, "name")
    direct = _WITH.fullmatch(titled)
    if direct:
        return _Place(id, direct["name"], direct["name"])
    title = f"{guild} #{name}" if guild and name else titled or name or f"channel {id}"
    return _Place(id, title, "")


def _turns(bundle: Bundle, name: str, place: _Place, me: str, context: ImportContext) -> Iterator[Read]:
    number = 0
    try:
        for found in _rows(bundle, name):
            number += 1
            yield found if isinstance(found, Skipped) else _turn(found, number, place, me, context)
    except BadInput as problem:
        yield Skipped(line=number + 1, reason=problem.title)


def _rows(bundle: Bundle, name: str) -> Iterator[Node | Skipped]:
    with bundle.open(name) as stream:
        if name.endswith(".csv"):
            told = (line.text if line.text is not None else "" for line in lines(stream))
            rows = csv.reader(line + "\n" for line in told)
            number = 0
            heading: list[str] = []
            while True:
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except csv.Error:
                    yield Skipped(line=number + 1, reason="a row that is broken")
                    continue
                number += 1
                if not heading:
                    heading = row
                elif row:
                    yield dict(zip(heading, row, strict=False)) if len(row) >= 3 else _broken(number)
        else:
            for number, value in enumerate(walk.elements(utf8(stream)), 1):
                found = fields.parsed(value.raw) if not value.problem else None
                yield Skipped(line=number, reason=value.problem or "not a JSON object") if found is None else found


def _broken(number: int) -> Skipped:
    return Skipped(line=number, reason="a row with too few columns")


def _turn(message: Node, number: int, place: _Place, me: str, context: ImportContext) -> Read:
    files = [link.split("?", 1)[0] for link in fields.text(message, "Attachments").split()]
    text = noted(fields.text(message, "Contents"), files)
    if not text.strip():
        return Skipped(line=number, reason="a message without words")
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app="Discord",
        window=place.title,
        conversation=f"Discord {place.id}",
        external_id=fields.text(message, "ID") or f"place-{number}",
        speaker=me,
        addressee=place.other,
        mine=True,
    )
    return observed(text, _at(fields.text(message, "Timestamp"), context), provenance, context)


def _at(told: str, context: ImportContext) -> datetime | None:
    """Discord's times are in UTC, with or without saying so."""
    try:
        at = datetime.fromisoformat(told.strip())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return context.aware(at.astimezone(context.zone))
    except (ValueError, OverflowError):
        return None
