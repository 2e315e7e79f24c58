"""Telegram's export: `result.json` of one chat or of a whole account, read message by message."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.capture.conversation import fields, walk
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Stream, utf8
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Provenance

NAME = "Telegram export"
_LISTS = ("chats", "left_chats")
_FILES = ("file", "photo")
_MESSAGE = b'"from_id"'
_TITLES = {"saved_messages": "Saved Messages"}
_ABSENT = "(File "
"""How Telegram begins what it writes in a file's place: not included, too large, not available."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith(b"{"):
        return 0.0
    account = b'"personal_information"' in begin or (b'"chats"' in begin and b'"about"' in begin)
    messages = b'"messages"' in begin and (
        b'"text_entities"' in begin or b'"from_id"' in begin or b'"actor_id"' in begin
    )
    chat = b'"type"' in begin and messages and b'"date' in begin
    if chat or (account and (b"Telegram" in begin or b'"list"' in begin)):
        return 0.95
    empty = b'"type"' in begin and b'"messages"' in begin and b'"_chat"' in begin
    return 0.6 if empty and name.lower().startswith("result") else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; `Skipped.line` is the message's place in the file, counted from 1."""
    return dated(_Export(context).turns(source), context)


def _inside(place: walk.Place) -> bool:
    if place and place[0] in _LISTS:
        return place[1:2] in ((), ("list",)) and (len(place) <= 3 or (len(place) == 4 and place[3] == "messages"))
    return place in ((), ("messages",))


@dataclass(slots=True)
class _Chat:
    """The chat whose messages are being read."""

    place: walk.Place = ()
    name: str = ""
    type: str = ""
    id: str = ""


class _Export:
    """One export while it is read."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._chat = _Chat()
        self._me = ""
        self._number = 0

    def turns(self, source: Stream) -> Iterator[Read]:
        """Every message as a turn, or why it is none."""
        for value in walk.values(utf8(source), _inside):
            in_list = len(value.place) >= 3 and value.place[0] in _LISTS
            rest = value.place[3:] if in_list else value.place
            if in_list and value.place[:3] != self._chat.place:
                self._chat = _Chat(value.place[:3])
            if in_list and len(value.place) == 3:
                self._number += 1
                yield Skipped(line=self._number, reason="not a chat")
            elif rest[:1] == ("messages",) and len(rest) == 2:
                self._number += 1
                yield self._message(value)
            elif value.problem:
                yield Skipped(line=self._number + 1, reason=value.problem)
            elif _MESSAGE in value.raw:
                yield Skipped(line=self._number + 1, reason="messages that are in no chat")
            elif len(rest) == 1 and rest[0] in ("name", "type", "id"):
                setattr(self._chat, str(rest[0]), fields.scalar(value.raw))
            elif value.place == ("personal_information",):
                about = fields.parsed(value.raw) or {}
                self._me = f"user{fields.text(about, 'user_id')}"
            elif rest == ("messages",):
                yield Skipped(line=self._number + 1, reason="a chat without a list of messages")

    def _message(self, value: walk.Value) -> Read:
        if value.problem:
            return Skipped(line=self._number, reason=value.problem)
        message = fields.parsed(value.raw)
        if message is None:
            return Skipped(line=self._number, reason="not a JSON object")
        kind = fields.text(message, "type")
        if kind == "service":
            return Skipped(line=self._number, reason="a line of Telegram's own (joins, calls, pins)")
        if kind != "message":
            return Skipped(line=self._number, reason="not a message")
        said = _with_origin(_said(message), message)
        files = _files(message)
        text = noted(said, files)
        if not text.strip():
            return Skipped(line=self._number, reason="a message without words (a picture, a sticker or a file)")
        return observed(text, self._at(message), self._provenance(message), self._context)

    def _provenance(self, message: Node) -> Provenance:
        chat, id = self._chat, fields.text(message, "from_id")
        speaker = fields.text(message, "from", "author") or id or "Deleted Account"
        direct = chat.type == "personal_chat" and bool(chat.name)
        other = direct and fields.text(message, "from") != "" and id not in ("", f"user{chat.id}")
        mine = (id == self._me if self._me else other) or self._context.is_me(speaker)
        addressee = (chat.name if mine or self._context.is_named(speaker) else "me") if direct else ""
        return Provenance(
            channel=Channel.CONVERSATION,
            app="Telegram",
            window=chat.name or _TITLES.get(chat.type, ""),
            conversation=f"Telegram {chat.id or chat.name or self._context.name}",
            external_id=fields.text(message, "id") or f"place-{self._number}",
            speaker=speaker,
            addressee=addressee,
            mine=mine,
        )

    def _at(self, message: Node) -> datetime | None:
        seconds = fields.number(message, "date_unixtime")
        try:
            if seconds is not None:
                return self._context.from_posix(seconds)
            return self._context.aware(datetime.fromisoformat(fields.text(message, "date")))
        except (ValueError, OverflowError, OSError):
            return None


def _said(message: Node) -> str:
    """The text of a message, whose marked parts stand as objects between the plain ones."""
    return next(filter(None, (_joined(message.get(key)) for key in ("text", "text_entities"))), "")


def _joined(parts: object) -> str:
    if not isinstance(parts, list):
        return fields.text({"text": parts}, "text")
    words: list[str] = []
    for part in parts:
        if isinstance(part, str):
            words.append(part)
        elif fields.is_node(part):
            said, link = fields.text(part, "text"), fields.text(part, "href")
            words.append(f"{said} ({link})" if link and link != said else said)
    return "".join(words)


def _with_origin(text: str, message: Node) -> str:
    """With whom it was forwarded from, and what was put to a vote or shared."""
    poll, contact = fields.inner(message, "poll"), fields.inner(message, "contact_information")
    place = fields.inner(message, "location_information")
    lines = [text] if text.strip() else []
    if question := fields.text(poll, "question"):
        answers = [fields.text(one, "text") for one in fields.several(poll, "answers")]
        lines.append("\n".join([question, *(f"- {one}" for one in answers if one)]))
    if contact:
        names = [fields.text(contact, key) for key in ("first_name", "last_name", "phone_number")]
        lines.append(f"[contact: {' '.join(filter(None, names))}]")
    if place:
        latitude, longitude = fields.number(place, "latitude"), fields.number(place, "longitude")
        name = fields.text(message, "place_name", "address") or f"{latitude}, {longitude}"
        lines.append(f"[place: {name}]")
    said = "\n".join(lines)
    origin = fields.text(message, "forwarded_from")
    return f"[forwarded from {origin}]\n{said}" if origin and said else said


def _files(message: Node) -> list[str]:
    """Names of what was sent with it. A sticker's file says nothing and is left out."""
    if fields.text(message, "media_type") == "sticker":
        return []
    if own := fields.text(message, "file_name"):
        return [own]
    found = [fields.text(message, key) for key in _FILES]
    return [name for name in found if name and not name.startswith(_ABSENT)]
