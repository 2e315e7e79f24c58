"""Chats as signal-export writes them: a folder a chat, in it `data.json` with a message a line, or `chat.md`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from core.capture.conversation import fields, signal_markdown
from core.capture.conversation.attachments import noted
from core.capture.conversation.bundle import Bundle, head
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Stream, lines
from core.capture.conversation.turns import Read, StableIds, dated, observed
from core.errors import BadInput
from core.memory import Channel, Provenance

NAME = "signal-export chats"
_FILE = "data.json"
_ME = "Me"
"""How signal-export calls the person."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    first = begins(head).split(b"\n", 1)[0]
    known = (b'"date"', b'"sender"', b'"body"', b'"reactions"', b'"attachments"')
    return 0.95 if first.startswith(b"{") and all(key in first for key in known) else 0.0


def claim(bundle: Bundle) -> frozenset[str]:
    """The messages of each chat, in both forms; other files beside them are not read."""
    detects = {_FILE: detect, signal_markdown.FILE: signal_markdown.detect}
    names = {entry.name: PurePosixPath(entry.name).name for entry in bundle.entries}
    return frozenset(
        name for name, last in names.items() if last in detects and detects[last](head(bundle, name), last) > 0
    )


def read_bundle(bundle: Bundle, context: ImportContext) -> Iterator[ReadOut]:
    """The turns chat by chat; `Skipped.line` is the line in its chat's file."""
    found = claim(bundle)
    for name in sorted(found):
        if PurePosixPath(name).name != _FILE and str(PurePosixPath(name).with_name(_FILE)) in found:
            continue  # the same, written to be read
        chat = PurePosixPath(name).parent.name or bundle.name
        try:
            with bundle.open(name) as stream:
                turns = _read_turns if PurePosixPath(name).name == signal_markdown.FILE else _turns
                for one in dated(turns(stream, chat, context), context):
                    yield replace(one, file=name) if isinstance(one, Skipped) else one
        except BadInput as problem:
            yield Skipped(line=0, reason=problem.title, file=name)


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of one chat, which is called as the file is."""
    return dated(_turns(source, context.name, context), context)


def read_markdown(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of one chat as it is written to be read."""
    return dated(_read_turns(source, context.name, context), context)


def _read_turns(source: Stream, chat: str, context: ImportContext) -> Iterator[Read]:
    ids = StableIds(f"Signal {chat}")
    for message, line in signal_markdown.messages(lines(source)):
        if message is None:
            yield Skipped(line=line, reason="it belongs to no message")
        else:
            yield _turn(message, line, chat, ids, context)


def _turns(source: Stream, chat: str, context: ImportContext) -> Iterator[Read]:
    ids = StableIds(f"Signal {chat}")
    for line in lines(source):
        if line.text is None:
            yield Skipped(line=line.number, reason="longer than 10 MB")
        elif line.text.strip():
            message = fields.parsed(line.text.encode())
            if message is None:
                yield Skipped(line=line.number, reason="not a JSON object")
            else:
                yield _turn(message, line.number, chat, ids, context)


def _turn(message: Node, line: int, chat: str, ids: StableIds, context: ImportContext) -> Read:
    if message.get("deleted") is True:
        return Skipped(line=line, reason="a message that was deleted")
    if message.get("call") is True:
        return Skipped(line=line, reason="a line of Signal's own (calls)")
    files = [fields.text(one, "name", "path") for one in fields.several(message, "attachments")]
    text = noted(fields.text(message, "body"), files)
    if not text.strip():
        return Skipped(line=line, reason="a message without words")
    speaker = fields.text(message, "sender") or "somebody"
    mine = speaker == _ME or context.is_me(speaker)
    told = fields.text(message, "date")
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app="Signal",
        window=chat,
        conversation=f"Signal {chat}",
        external_id=ids.next(speaker, told, text),
        speaker=speaker,
        addressee="me" if speaker == chat else "",
        mine=mine,
    )
    return observed(text.strip(), _at(told, context), provenance, context)


def _at(told: str, context: ImportContext) -> datetime | None:
    try:
        return context.aware(datetime.fromisoformat(told))
    except (ValueError, OverflowError):
        return None
