"""What signal-cli receives with `--output=json`: one envelope a line, of which messages said by people are taken."""

from collections.abc import Iterator
from datetime import datetime

from core.capture.conversation import fields
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Stream, lines
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Provenance

NAME = "signal-cli messages"


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    messages = b'"dataMessage"' in begin or b'"syncMessage"' in begin or b'"receiptMessage"' in begin
    return 0.96 if begin.startswith(b"{") and b'"envelope"' in begin and (messages or b'"sourceUuid"' in begin) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; a bad line comes out as Skipped with its number."""
    return dated(_Received(context).turns(source), context)


class _Received:
    """One file while it is read: which number is called what."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._names: dict[str, str] = {}

    def turns(self, source: Stream) -> Iterator[Read]:
        """Every message as a turn, or why it is none."""
        for line in lines(source):
            if line.text is None:
                yield Skipped(line=line.number, reason="longer than 10 MB")
            elif line.text.strip():
                found = fields.parsed(line.text.encode())
                told = fields.inner(found, "params") or found if found else {}
                if found is None or not fields.inner(told, "envelope"):
                    yield Skipped(line=line.number, reason="not a JSON object" if found is None else "no envelope")
                else:
                    yield self._turn(fields.inner(told, "envelope"), fields.text(told, "account"), line.number)

    def _turn(self, envelope: Node, account: str, line: int) -> Read:
        number = fields.text(envelope, "sourceNumber", "source", "sourceUuid")
        if name := fields.text(envelope, "sourceName"):
            self._names[number] = name
        sent = fields.inner(fields.inner(envelope, "syncMessage"), "sentMessage")
        edit = fields.inner(envelope, "editMessage")
        message = sent or fields.inner(edit, "dataMessage") or fields.inner(envelope, "dataMessage")
        if not message:
            return Skipped(line=line, reason="a line of Signal's own (receipts, typing, calls)")
        files = [fields.text(one, "filename") for one in fields.several(message, "attachments")]
        text = noted(fields.text(message, "message"), files)
        if not text.strip():
            return Skipped(line=line, reason="a message without words")
        to = fields.text(message, "destinationNumber", "destination", "destinationUuid")
        group = fields.inner(message, "groupInfo") or fields.inner(message, "groupV2")
        other = fields.text(group, "groupId") or (to if sent else number) or "somebody"
        title = fields.text(group, "groupName") or self._names.get(other) or other
        mine = bool(sent) or (bool(account) and account == number)
        speaker = "me" if mine else self._names.get(number) or number or "somebody"
        stamp = fields.number(message, "timestamp") or fields.number(envelope, "timestamp")
        first = fields.text(edit, "targetSentTimestamp") or (f"{stamp:.0f}" if stamp else f"line {line}")
        provenance = Provenance(
            channel=Channel.CONVERSATION,
            app="Signal",
            window=title,
            conversation=f"Signal {other}",
            external_id=f"{first}-{number}",
            speaker=speaker,
            addressee="" if group else title if mine else "me",
            mine=mine or self._context.is_me(speaker),
        )
        return observed(text, _at(stamp, self._context), provenance, self._context)


def _at(milliseconds: float | None, context: ImportContext) -> datetime | None:
    if not milliseconds:
        return None
    try:
        return context.from_posix(milliseconds / 1000)
    except (ValueError, OverflowError, OSError):
        return None
