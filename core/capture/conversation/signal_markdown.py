"""Chats as signal-export writes them to be read: `chat.md`, where `data.json` does not lie beside it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.text import Line

FILE = "chat.md"
_HEAD = re.compile(
    r"\[(?P<day>\d{4}-\d{2}-\d{2}) (?P<clock>\d{2}:\d{2}:\d{2})\] (?P<sender>[^:\n]{1,200}):(?: (?P<rest>.*))?$"
)
_REACTIONS = re.compile(r"\(- [^\n:]{1,200}: .{1,2000} -\)\s*$")
_STICKER = re.compile(r"\(\( .{1,200} \)\)\s*$")
_FILE = re.compile(r"!?\[(?P<name>[^\[\]\n]{0,300})\]\(\./media/[^()\n]{0,600}\)")
_DELETED = "(This message was deleted)"
_LOOKED_AT = 60


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    rows = [row for row in begins(head).decode("utf-8", "replace").splitlines() if row.strip()][:_LOOKED_AT]
    if not rows or _HEAD.match(rows[0]) is None:
        return 0.0
    marked = any(_REACTIONS.match(row) or _FILE.search(row) for row in rows)
    return 0.96 if marked or name.replace("\\", "/").rsplit("/", 1)[-1] == FILE else 0.0


@dataclass(slots=True)
class _Message:
    line: int
    told: str
    sender: str
    said: list[str] = field(default_factory=list)


def messages(rows: Iterable[Line]) -> Iterator[tuple[Node | None, int]]:
    """Each message with the fields that `data.json` would give it, and its line; None for a line that is none."""
    present: _Message | None = None
    for row in rows:
        found = None if row.text is None else _HEAD.match(row.text)
        if found:
            if present is not None:
                yield _node(present), present.line
            present = _Message(row.number, f"{found['day']}T{found['clock']}", found["sender"], [found["rest"] or ""])
        elif present is not None and row.text is not None:
            present.said.append(row.text)
        elif row.text is None or row.text.strip():
            yield None, row.number
    if present is not None:
        yield _node(present), present.line


def _node(message: _Message) -> Node:
    said = message.said if message.said[0].strip() else _without_quote(message.said[1:])
    said = [row for row in said if not _REACTIONS.match(row) and not _STICKER.match(row)]
    text = "\n".join(said).strip("\n")
    names = [found["name"] for found in _FILE.finditer(text)]
    body = _FILE.sub("", text)
    return {
        "date": message.told,
        "sender": message.sender,
        "body": body if not names else body.rstrip(),
        "attachments": [{"name": name} for name in names],
        "deleted": body.strip() == _DELETED,
    }


def _without_quote(rows: list[str]) -> list[str]:
    """What is answered to stands above, behind a mark; it was said before."""
    at = 0
    while at < len(rows) and (not rows[at].strip() or rows[at].startswith(">")):
        at += 1
    return rows[at:]
