"""Gemini's activity in Google Takeout as JSON, `MyActivity.json`: each entry a question with its answer."""

import re
from collections.abc import Iterator

from core.capture.conversation import assistants, fields, walk
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.gemini_activity import OTHERS, PRODUCT, Entry, attached, turns
from core.capture.conversation.markup import words_of
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream, utf8
from core.capture.conversation.turns import dated

NAME = "Gemini activity (JSON)"
_HEADER = re.compile(rb'"header"\s*:\s*"[^"]{0,60}(?:Gemini|Bard)')


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith((b"[", b"{")) or b'"time"' not in begin or b'"title"' not in begin:
        return 0.0
    return 0.97 if _HEADER.search(begin) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order, which is newest first; `Skipped.line` is the activity's place in the file."""
    return dated(turns(_entries(source, context), context), context)


def _entries(source: Stream, context: ImportContext) -> Iterator[Entry | Skipped | Notice]:
    for number, value in enumerate(walk.elements(utf8(source)), 1):
        activity = None if value.problem else fields.parsed(value.raw)
        if activity is None:
            yield Skipped(line=number, reason=f"an activity: {value.problem}" if value.problem else "not a JSON object")
        elif not fields.text(activity, "title", "text").strip() and not activity.get("safeHtmlItem"):
            yield Skipped(line=number, reason="an activity without words")
        elif not PRODUCT.search(fields.text(activity, "header")):
            yield Notice(OTHERS)
        else:
            yield _entry(activity, context)


def _entry(activity: Node, context: ImportContext) -> Entry:
    answers = [words_of(fields.text(one, "html")) for one in fields.several(activity, "safeHtmlItem")]
    names = attached(fields.text(one, "name") for one in fields.several(activity, "subtitles"))
    names = names or _files(activity.get("attachedFiles")) + _files(activity.get("imageFile"))
    return Entry(
        title=fields.text(activity, "title", "text"),
        answer="\n\n".join(one for one in answers if one),
        names=tuple(names),
        stamp=fields.text(activity, "time"),
        at=assistants.moment(activity.get("time"), context),
        link=" ".join([fields.text(activity, "titleUrl"), *_links(activity)]),
    )


def _links(activity: Node) -> list[str]:
    """Where the chat was, in exports that tell it."""
    return [fields.text(one, "url", "name") for one in fields.several(activity, "details")]


def _files(value: object) -> list[str]:
    """Names of files: one, or a list of them."""
    found = value if isinstance(value, list) else [value]
    return [name for one in found if (name := fields.text({"name": one}, "name"))]
