"""Mneme's own conversation JSONL: one turn a line, identity (conversation, id)."""

import json
from collections.abc import Iterator
from datetime import datetime

from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import OLD_ENCODING, Stream, clean, lines
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Provenance

NAME = "conversation JSONL"
_REQUIRED = ("conversation", "id", "speaker", "text")
_OPTIONAL = ("addressee", "app", "session", "image_caption", "role")
_LONGEST_NAME = 2000
_LOOKED_AT = 20
_ASSISTANTS = frozenset({"assistant", "ai", "bot", "chatbot", "chatgpt", "claude", "copilot", "gemini"})


class _BadLine(Exception):
    """Why a line cannot be taken, in words."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    named = name.lower().endswith((".jsonl", ".ndjson"))
    if not named and not head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"{"):
        return 0.0
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    found = 0.3 if named else 0.0
    for line in text.split("\n")[:_LOOKED_AT]:
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(fields, dict) and {"conversation", "id", "text"} <= fields.keys():
            return 0.95
        if isinstance(fields, dict) and "text" in fields and "speaker" in fields:
            found = max(found, 0.6)
    return found


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; a bad line comes out as Skipped with its number."""
    return dated(_turns(source, context), context)


def _turns(source: Stream, context: ImportContext) -> Iterator[Read]:
    for line in lines(source):
        if line.text is None:
            yield Skipped(line=line.number, reason="longer than 10 MB")
        elif line.text.strip():
            if line.old_encoding:
                yield Notice(OLD_ENCODING)
            try:
                yield _turn(line.text, context)
            except _BadLine as bad:
                yield Skipped(line=line.number, reason=str(bad))


def _turn(line: str, context: ImportContext) -> Read:
    try:
        found = json.loads(line, object_pairs_hook=_single)
    except (ValueError, RecursionError):
        raise _BadLine("not a JSON object") from None
    if not isinstance(found, dict):
        raise _BadLine("not a JSON object")
    fields = {name: _word(found, name, required=True) for name in _REQUIRED}
    fields |= {name: _word(found, name, required=False) for name in _OPTIONAL}
    if not fields["text"].strip() and not fields["image_caption"].strip():
        raise _BadLine("it has no text")
    said, speaker = fields["role"].casefold(), fields["speaker"].casefold()
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app=fields["app"],
        conversation=fields["conversation"],
        external_id=fields["id"],
        session=fields["session"],
        speaker=fields["speaker"],
        addressee=fields["addressee"],
        role=fields["role"] or _role(speaker, fields["addressee"].casefold()),
        mine=context.is_me(fields["speaker"]) or said == "user" or (not said and speaker == "user"),
    )
    at = _time(found.get("at"), context)
    return observed(fields["text"], at, provenance, context, caption=fields["image_caption"])


def _single(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The fields of an object; one that is there twice is two lines run together."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _BadLine("a field is there twice")
    return fields


def _role(speaker: str, addressee: str) -> str:
    """Where none is said: whoever is called an assistant is one, and who speaks to it asks for what they said."""
    if speaker in _ASSISTANTS:
        return "assistant"
    return "user" if speaker == "user" or addressee in _ASSISTANTS else ""


def _word(found: dict[str, object], name: str, *, required: bool) -> str:
    value = found.get(name)
    if value is None or value == "":
        if required and name != "text":
            raise _BadLine(f"it has no {name!r}")
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name in ("id", "session", "conversation"):
        return str(value)
    if not isinstance(value, str):
        raise _BadLine(f"its {name!r} is not text")
    value = clean(value)
    if name not in ("text", "image_caption"):
        value = value.strip()
        if len(value) > _LONGEST_NAME:
            raise _BadLine(f"its {name!r} is too long")
        if required and not value:
            raise _BadLine(f"it has no {name!r}")
    return value


def _time(value: object, context: ImportContext) -> datetime | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _BadLine("its 'at' is not an ISO 8601 time")
    try:
        return context.aware(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError):
        raise _BadLine("its 'at' is not an ISO 8601 time") from None
