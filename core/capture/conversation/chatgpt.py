"""ChatGPT's export: `conversations.json`, each a tree of messages followed along its current branch."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeGuard

from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import Stream, clean, utf8
from core.capture.conversation.turns import Read, dated, observed
from core.capture.conversation.walk import Value, elements
from core.memory import Channel, Provenance

NAME = "ChatGPT export"
_SPEAKERS = {"user": "assistant", "assistant": "user"}
_SAID = ("text", "multimodal_text")

Node = dict[str, object]


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin.startswith((b"[", b"{")):
        return 0.0
    if b'"mapping"' in begin and (b'"message"' in begin or b'"current_node"' in begin):
        return 0.96
    empty = begin.startswith(b"[") and not begin.strip(b"[] \t\r\n")
    return 0.5 if empty and name.lower().endswith("conversations.json") else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of each conversation in order; `Skipped.line` is the conversation's place in the file."""
    for number, element in enumerate(elements(utf8(source)), 1):
        conversation = _parsed(element, number)
        if isinstance(conversation, Skipped):
            yield conversation
        else:
            begun = _time(conversation.get("create_time"), context) or context.now
            turns = _turns(conversation, number, context)
            yield from dated(turns, replace(context, now=begun))


def _parsed(element: Value, number: int) -> Node | Skipped:
    if element.problem:
        return Skipped(line=number, reason=f"a conversation: {element.problem}")
    try:
        found = json.loads(element.raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return Skipped(line=number, reason="not a JSON object")
    if not _is_node(found) or not _is_node(found.get("mapping")):
        return Skipped(line=number, reason="not a conversation: it has no messages")
    return found


def _turns(conversation: Node, number: int, context: ImportContext) -> Iterator[Read]:
    identity = _identity(conversation)
    title = clean(_text(conversation.get("title")))
    for message in _branch(conversation):
        turn = _turn(message, identity, title, context)
        if isinstance(turn, str):
            yield Skipped(line=number, reason=turn)
        elif turn is not None:
            yield turn


def _is_node(value: object) -> TypeGuard[Node]:
    return isinstance(value, dict)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _identity(conversation: Node) -> str:
    for key in ("conversation_id", "id"):
        if name := clean(_text(conversation.get(key))).strip():
            return name
    told = f"{conversation.get('title')}\x1f{conversation.get('create_time')}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]


def _branch(conversation: Node) -> list[Node]:
    """The messages from the root to the current node; without one, to the leaf that was written last."""
    mapping = conversation["mapping"]
    assert isinstance(mapping, dict)
    nodes = {key: node for key, node in mapping.items() if _is_node(node)}
    at: object = conversation.get("current_node")
    if at not in nodes:
        parents = {node.get("parent") for node in nodes.values() if isinstance(node.get("parent"), str)}
        leaves = [key for key in nodes if key not in parents]
        at = max(leaves, key=lambda key: _written(nodes[key]), default=None)
    path: list[Node] = []
    seen: set[str] = set()
    while isinstance(at, str) and at in nodes and at not in seen:
        seen.add(at)
        message = nodes[at].get("message")
        if _is_node(message):
            path.append({**message, "id": _text(message.get("id")) or at})
        at = nodes[at].get("parent")
    path.reverse()
    return path


def _written(node: Node) -> float:
    message = node.get("message")
    at = message.get("create_time") if _is_node(message) else None
    return float(at) if isinstance(at, (int, float)) else -math.inf


def _time(value: object, context: ImportContext) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return context.from_posix(float(value))
    except (ValueError, OverflowError, OSError):
        return None


def _turn(message: Node, conversation: str, title: str, context: ImportContext) -> Read | str | None:
    """The turn; a reason when its words are missing; None for what nobody said (system, tools)."""
    author, content, metadata = message.get("author"), message.get("content"), message.get("metadata")
    role = _text(author.get("role")) if _is_node(author) else ""
    if role not in _SPEAKERS or not _is_node(content) or _text(content.get("content_type")) not in _SAID:
        return None
    if _is_node(metadata) and metadata.get("is_visually_hidden_from_conversation"):
        return None
    if _text(message.get("recipient")) not in ("", "all"):
        return None
    text = _said(content)
    if not text.strip():
        empty = content.get("parts") in (None, [], [""])
        return None if empty else "a message without words (a picture or a file)"
    provenance = Provenance(
        channel=Channel.CONVERSATION,
        app="ChatGPT",
        window=title,
        conversation=conversation,
        external_id=clean(_text(message.get("id"))),
        speaker=role,
        addressee=_SPEAKERS[role],
        role=role,
        mine=role == "user",
    )
    return observed(text, _time(message.get("create_time"), context), provenance, context)


def _said(content: Node) -> str:
    parts = content.get("parts")
    words: list[str] = []
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, str):
            words.append(part)
        elif _is_node(part) and part.get("content_type") == "audio_transcription":
            words.append(_text(part.get("text")))
    return clean("\n".join(word for word in words if word))
