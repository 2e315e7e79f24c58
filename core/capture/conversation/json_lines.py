"""JSON Lines as session files have them: an object a line, and what is to be said of a line that is none."""

from collections.abc import Iterator

from core.capture.conversation import fields
from core.capture.conversation.fields import Node
from core.capture.conversation.report import Notice, Skipped
from core.capture.conversation.text import OLD_ENCODING, Stream, lines


def entries(source: Stream) -> Iterator[tuple[int, Node | Skipped | Notice]]:
    """Each line's number from 1 with its object, or with why there is none; empty lines are passed over."""
    for line in lines(source):
        if line.text is None:
            yield line.number, Skipped(line=line.number, reason="longer than 10 MB")
            continue
        if not line.text.strip():
            continue
        if line.old_encoding:
            yield line.number, Notice(OLD_ENCODING)
        entry = fields.parsed(line.text.encode("utf-8", "replace"))
        yield line.number, Skipped(line=line.number, reason="not a JSON object") if entry is None else entry
