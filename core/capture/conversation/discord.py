"""Discord channels as DiscordChatExporter writes them: one JSON file a channel, read message by message."""

from collections.abc import Iterator
from datetime import datetime

from core.capture.conversation import fields, walk
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Stream, utf8
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Provenance

NAME = "Discord channel (DiscordChatExporter)"
_SAID = ("Default", "Reply", "ThreadStarterMessage", "ApplicationCommand", "ChatInputCommand", "ContextMenuCommand")
_ORDINARY = ("0", "19", "20", "21", "23")
"""The same as numbers, as some versions write them."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    known = (b'"guild"', b'"channel"', b'"messages"')
    if not begin.startswith(b"{") or any(key not in begin for key in known[:2]):
        return 0.0
    if known[2] in begin:
        return 0.95
    return 0.6 if b'"exportedAt"' in begin or b'"dateRange"' in begin else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; `Skipped.line` is the message's place in the file, counted from 1."""
    return dated(_turns(source, context), context)


def _turns(source: Stream, context: ImportContext) -> Iterator[Read]:
    guild: Node = {}
    channel: Node = {}
    number = 0
    for value in walk.values(utf8(source), lambda place: place in ((), ("messages",))):
        if value.place[:1] == ("messages",) and len(value.place) == 2:
            number += 1
            message = fields.parsed(value.raw) if not value.problem else None
            if message is None:
                yield Skipped(line=number, reason=value.problem or "not a JSON object")
            else:
                yield _turn(message, number, guild, channel, context)
        elif value.problem:
            yield Skipped(line=number + 1, reason=value.problem)
        elif b'"content"' in value.raw:
            yield Skipped(line=number + 1, reason="messages that are in no channel")
        elif value.place == ("guild",):
            guild = fields.parsed(value.raw) or {}
        elif value.place == ("channel",):
            channel = fields.parsed(value.raw) or {}
        elif value.place == ("messages",):
            yield Skipped(line=0, reason="a channel without a list of messages")


def _turn(message: Node, number: int, guild: Node, channel: Node, context: ImportContext) -> Read:
    kind = fields.text(message, "type")
    if kind and kind not in _SAID and kind not in _ORDINARY:
        return Skipped(line=number, reason="a line of Discord's own (joins, calls, pins)")
    forwarded = fields.inner(message, "forwardedMessage")
    said = fields.text(message, "content")
    if forwarded and (passed := fields.text(forwarded, "content")):
        said = f"{said}\n[forwarded]\n{passed}".strip()
    said = "\n".join(filter(None, [said, *map(_embedded, fields.several(message, "embeds"))]))
    files = [
        fields.text(one, "fileName", "url")
        for source in (message, forwarded)
        for one in fields.several(source, "attachments")
    ]
    text = noted(said, files)
    if not text.strip():
        return Skipped(line=number, reason="a message without words (a sticker or a picture)")
    author = fields.inner(message, "author")
    name, called = fields.text(author, "name"), fields.text(author, "nickname")
    speaker = called or name or "Deleted User"
    place = " ".join(filter(None, [fields.text(guild, "name"), f"#{fields.text(channel, 'name') or context.name}"]))
    direct = fields.text(channel, "type") in ("DirectTextChat", "DirectGroupTextChat")
    mine = context.is_person(speaker) or context.is_person(name)
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app="Discord",
        window=fields.text(channel, "name") if direct else place,
        conversation=f"Discord {fields.text(channel, 'id') or place}",
        external_id=fields.text(message, "id") or f"place-{number}",
        speaker=speaker,
        addressee=_addressee(fields.text(channel, "name"), speaker, name, mine=mine) if direct else "",
        mine=context.is_me(speaker) or context.is_me(name),
    )
    return observed(text, _at(message, context), provenance, context, called=(name,))


def _addressee(channel: str, speaker: str, name: str, *, mine: bool) -> str:
    """Who else is in a direct channel, which is called after them."""
    if mine:
        return channel
    return "me" if channel in (speaker, name) else ""


def _embedded(embed: Node) -> str:
    """The words of a card below a message: a link's preview, or what a bot says."""
    shown = [fields.text(embed, key) for key in ("title", "description")]
    shown += [f"{fields.text(one, 'name')}: {fields.text(one, 'value')}" for one in fields.several(embed, "fields")]
    return "\n".join(filter(None, shown))


def _at(message: Node, context: ImportContext) -> datetime | None:
    try:
        return context.aware(datetime.fromisoformat(fields.text(message, "timestamp")))
    except (ValueError, OverflowError):
        return None
