"""Whether a file is a JSON or HTML document: those are known by their fields, or not taken at all."""

import re

from core.capture.conversation import fields
from core.capture.conversation.fields import Node

HEAD = 2**16
"""Bytes by which a file's format is known."""
_LINES = 20
_ENDINGS = (".json", ".jsonl", ".ndjson", ".html", ".htm", ".xml", ".csv")
_BEGINS = re.compile(rb'\{\s*["}]|\[\s*\{\s*["}]|\[\s*\]\s*\Z|<(?:!doctype|html|\?xml)\b', re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def begins(head: bytes) -> bytes:
    """A file's beginning as UTF-8 without its byte order mark and leading space."""
    if head[:2] in _MARKS[1:]:
        return head.decode("utf-16", "replace").encode("utf-8", "replace").lstrip()
    return head.removeprefix(_MARKS[0]).lstrip()


def objects(head: bytes) -> list[Node]:
    """The JSON objects on the first whole lines of a file, at most twenty."""
    rows = begins(head).split(b"\n")
    whole = rows if len(head) < HEAD else rows[:-1]
    return [found for row in whole[:_LINES] if row.lstrip().startswith(b"{") and (found := fields.parsed(row))]


def is_binary(head: bytes) -> bool:
    """Whether these are no bytes of a text: more than one in a hundred is NUL, and it is not UTF-16."""
    return not head.startswith(_MARKS[1:]) and head.count(0) * 100 > len(head)


def is_document(head: bytes, name: str) -> bool:
    """Whether it begins or is named like JSON, HTML, XML or a table."""
    return name.lower().endswith(_ENDINGS) or _BEGINS.match(begins(head)) is not None
