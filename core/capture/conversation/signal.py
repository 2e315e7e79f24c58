"""Signal's own readable export: `main.jsonl`, the frames of its backup (Backups.proto) as JSON, one a line."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from core.capture.conversation import fields
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Line, Stream, lines
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Provenance

NAME = "Signal export"
_ITSELF = ("updateMessage", "paymentNotification", "giftBadge")
_NO_WORDS = ("stickerMessage", "viewOnceMessage")
_PLACE = "\ufffc"
"""Stands in a text where somebody is mentioned."""
_MOST_JOINED = 200
"""Lines that one frame may take: some versions leave line ends in its strings."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith(b"{"):
        return 0.0
    signs = (b'"backupTimeMs"', b'{"account":', b'{"recipient":', b'{"chat":', b'{"chatItem":')
    bare = begin.replace(b" ", b"")
    return 0.97 if sum(sign in bare for sign in signs) >= 2 else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; a bad line comes out as Skipped with its number."""
    return dated(_Export(context).turns(_frames(lines(source))), context)


def _frames(rows: Iterable[Line]) -> Iterator[tuple[int, Node | str]]:
    """(line, frame) or (line, why there is none); a frame broken over several lines is put together."""
    held: list[str] = []
    began = 0
    for row in rows:
        if row.text is None:
            yield row.number, "longer than 10 MB"
            continue
        if held and row.text.startswith('{"'):
            yield began, "not a JSON object"
            held = []
        if not held and not row.text.strip():
            continue
        began = began if held else row.number
        held.append(row.text)
        frame = _frame("\n".join(held)) if row.text.rstrip().endswith("}") or len(held) == 1 else None
        if frame is not None:
            yield began, frame
            held = []
        elif not held[0].lstrip().startswith("{") or len(held) > _MOST_JOINED:
            yield began, "not a JSON object"
            held = []
    if held:
        yield began, "not a JSON object"


def _frame(text: str) -> Node | None:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return found if fields.is_node(found) else None


class _Export:
    """One export while it is read: who and which chats have been told of so far."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._names: dict[str, str] = {}
        self._by_aci: dict[str, str] = {}
        self._self = ""
        self._my_name = "me"
        self._chats: dict[str, tuple[str, bool]] = {}

    def turns(self, frames: Iterable[tuple[int, Node | str]]) -> Iterator[Read]:
        """Every message as a turn, or why it is none."""
        for line, frame in frames:
            if isinstance(frame, str):
                yield Skipped(line=line, reason=frame)
            elif item := fields.inner(frame, "chatItem"):
                yield self._turn(item, line)
            elif recipient := fields.inner(frame, "recipient"):
                self._meet(recipient)
            elif chat := fields.inner(frame, "chat"):
                self._open(chat)
            elif account := fields.inner(frame, "account"):
                self._my_name = _joined(account, "givenName", "familyName") or "me"
                self._names.update({self._self: self._my_name} if self._self else {})
            elif "chatItem" in frame:
                yield Skipped(line=line, reason="a message without anything in it")
            elif not frame.keys() & {"version", "stickerPack", "adHocCall", "notificationProfile", "chatFolder"}:
                yield Skipped(line=line, reason="no part of a Signal export that is known here")

    def _meet(self, recipient: Node) -> None:
        id, contact = fields.text(recipient, "id"), fields.inner(recipient, "contact")
        snapshot = fields.inner(fields.inner(recipient, "group"), "snapshot")
        if "self" in recipient:
            self._self, self._names[id] = id, self._my_name
        elif snapshot:
            self._names[id] = fields.text(fields.inner(snapshot, "title"), "title") or "a group"
        elif contact:
            number = fields.text(contact, "e164").lstrip("+")
            self._names[id] = (
                _joined(fields.inner(contact, "nickname"), "given", "family")
                or _joined(contact, "systemGivenName", "systemFamilyName")
                or _joined(contact, "profileGivenName", "profileFamilyName")
                or fields.text(contact, "username")
                or (f"+{number}" if number else "")
            )
            if aci := fields.text(contact, "aci"):
                self._by_aci[aci] = self._names[id]
        elif "releaseNotes" in recipient:
            self._names[id] = "Signal"
        if contact:
            self._chats.setdefault(f"recipient {id}", (self._names[id], True))

    def _open(self, chat: Node) -> None:
        id, whose = fields.text(chat, "id"), fields.text(chat, "recipientId")
        direct = f"recipient {whose}" in self._chats
        self._chats[id] = (self._names.get(whose) or f"chat {id}", direct)

    def _turn(self, item: Node, line: int) -> Read:
        for key in _ITSELF:
            if key in item:
                return Skipped(line=line, reason="a line of Signal's own (calls, joins, settings)")
        if "remoteDeletedMessage" in item:
            return Skipped(line=line, reason="a message that was deleted")
        for key in _NO_WORDS:
            if key in item:
                return Skipped(line=line, reason="a message without words (a sticker or what could be seen once)")
        text = self._said(item)
        if not text.strip():
            return Skipped(line=line, reason="a message without words")
        chat, author = fields.text(item, "chatId"), fields.text(item, "authorId")
        title, direct = self._chats.get(chat, (f"chat {chat}", False))
        mine = (bool(self._self) and author == self._self) or "outgoing" in item
        speaker = self._my_name if mine else self._names.get(author) or "somebody"
        sent = fields.number(item, "dateSent")
        provenance = Provenance(
            channel=Channel.CONVERSATION,
            app="Signal",
            window=title,
            conversation=f"Signal {title}",
            external_id=f"{fields.text(item, 'dateSent') or line}-{author}",
            speaker=speaker,
            addressee=(title if mine else "me") if direct else "",
            mine=mine or self._context.is_me(speaker),
        )
        return observed(text, self._at(sent), provenance, self._context)

    def _at(self, milliseconds: float | None) -> datetime | None:
        if not milliseconds:
            return None
        try:
            return self._context.from_posix(milliseconds / 1000)
        except (ValueError, OverflowError, OSError):
            return None

    def _said(self, item: Node) -> str:
        message = fields.inner(item, "standardMessage")
        told = fields.inner(message, "text")
        if story := fields.inner(fields.inner(item, "directStoryReplyMessage"), "textReply"):
            told = fields.inner(story, "text")
        text = self._mentioning(fields.text(told, "body"), told)
        if poll := fields.inner(item, "poll"):
            options = [fields.text(one, "option") for one in fields.several(poll, "options")]
            text = "\n".join([fields.text(poll, "question"), *(f"- {one}" for one in options if one)])
        if contact := fields.inner(fields.inner(item, "contactMessage"), "contact"):
            numbers = [fields.text(one, "value") for one in fields.several(contact, "number")]
            names = _joined(fields.inner(contact, "name"), "givenName", "familyName")
            text = f"[contact: {' '.join(filter(None, [names, *numbers]))}]"
        files = [
            fields.text(fields.inner(one, "pointer"), "fileName") for one in fields.several(message, "attachments")
        ]
        return noted(text, files)

    def _mentioning(self, text: str, told: Node) -> str:
        ranges = [one for one in fields.several(told, "bodyRanges") if fields.text(one, "mentionAci")]
        for one in sorted(ranges, key=lambda part: fields.number(part, "start") or 0):
            text = text.replace(_PLACE, "@" + (self._by_aci.get(fields.text(one, "mentionAci")) or "somebody"), 1)
        return text


def _joined(node: Node, *keys: str) -> str:
    return " ".join(filter(None, (fields.text(node, key).strip() for key in keys)))
