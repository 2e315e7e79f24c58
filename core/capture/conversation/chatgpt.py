"""ChatGPT's export: `conversations.json`, each a tree of messages followed along its current branch."""

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import replace

from core.capture.conversation import assistants, fields
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream, clean
from core.capture.conversation.turns import Read, dated, observed

NAME = "ChatGPT export"
_SAID = ("text", "multimodal_text")
_THOUGHTS = ("thoughts", "reasoning_recap", "tether_browsing_display")
_TOOLS = ("code", "execution_output", "tether_quote", "sonic_webpage", "system_error", "citable_code_output")
_INSTRUCTIONS = ("user_editable_context", "model_editable_context")
_POINTERS = {"image": "a picture", "audio": "a recording", "video": "a video", "file": "a file"}
_CITED = re.compile(" ?\ue200[^\ue201]{0,400}\ue201|【\\d+(?::\\d+)?†[^】]{0,200}】")
"""Places of citations, which the chat shows as links."""


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith((b"[", b"{")):
        return 0.0
    if b'"mapping"' in begin and (b'"message"' in begin or b'"current_node"' in begin):
        return 0.96
    empty = begin.startswith(b"[") and not begin.strip(b"[] \t\r\n")
    return 0.5 if empty and name.lower().endswith("conversations.json") else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of each conversation in order; `Skipped.line` is the conversation's place in the file."""
    for number, conversation in assistants.conversations(source, "mapping"):
        if isinstance(conversation, Skipped):
            yield conversation
        elif not fields.inner(conversation, "mapping"):
            yield Skipped(line=number, reason="not a conversation: it has no messages")
        else:
            begun = assistants.moment(conversation.get("create_time"), context) or context.now
            yield from dated(_turns(conversation, number, context), replace(context, now=begun))


def _turns(conversation: Node, number: int, context: ImportContext) -> Iterator[Read]:
    identity, title = _identity(conversation), fields.text(conversation, "title")
    mapping = fields.inner(conversation, "mapping")
    nodes = {key: node for key, node in mapping.items() if fields.is_node(node)}
    parents = {key: fields.text(node, "parent") for key, node in nodes.items()}
    at = fields.text(conversation, "current_node")
    if at not in nodes:
        at = max(assistants.leaves(parents), key=lambda key: _written(nodes[key]), default="") or next(iter(nodes), "")
    path = assistants.branch(at, parents)
    shown = set(path)
    if aside := sum(_speaks(node) for key, node in nodes.items() if key not in shown):
        yield Notice(assistants.BRANCHES, aside)
    for key in path:
        message = fields.inner(nodes[key], "message")
        if message:
            yield from _turn(message, fields.text(message, "id") or key, identity, title, number, context)


def _identity(conversation: Node) -> str:
    if name := fields.text(conversation, "conversation_id", "id").strip():
        return name
    told = f"{conversation.get('title')}\x1f{conversation.get('create_time')}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]


def _written(node: Node) -> float:
    at = fields.number(fields.inner(node, "message"), "create_time")
    return -math.inf if at is None else at


def _role(message: Node) -> str:
    return fields.text(fields.inner(message, "author"), "role")


def _speaks(node: Node) -> bool:
    message = fields.inner(node, "message")
    return _role(message) in assistants.SPEAKERS and bool(_words(message, fields.inner(message, "content")).strip())


def _turn(message: Node, id: str, conversation: str, title: str, number: int, context: ImportContext) -> Iterator[Read]:
    """The turn, or what is said of a message that is none."""
    content, metadata = fields.inner(message, "content"), fields.inner(message, "metadata")
    role, kind = _role(message), fields.text(content, "content_type")
    if metadata.get("is_visually_hidden_from_conversation") is True or role == "system" or kind in _INSTRUCTIONS:
        if _words(message, content).strip() or kind in _INSTRUCTIONS:
            yield Notice(assistants.UNSEEN)
    elif role == "tool" or fields.text(message, "recipient") not in ("", "all") or kind in _TOOLS:
        yield Notice(assistants.TOOLS)
    elif kind in _THOUGHTS:
        yield Notice(assistants.THOUGHTS)
    elif role not in assistants.SPEAKERS or kind not in _SAID:
        yield Skipped(line=number, reason="a message of a kind that Mneme does not know")
    else:
        names = _attached(content, metadata)
        text = noted(_words(message, content), names)
        if names:
            yield Notice(assistants.ATTACHED, len(names))
        if not text.strip():
            yield Notice(assistants.EMPTY)
            return
        source = assistants.from_chat("ChatGPT", role, conversation, id, title=title)
        yield observed(text, assistants.moment(message.get("create_time"), context), source, context)


def _words(message: Node, content: Node) -> str:
    parts = content.get("parts")
    words: list[str] = []
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, str):
            words.append(clean(part))
        elif fields.is_node(part) and fields.text(part, "content_type") == "audio_transcription":
            words.append(assistants.words(part, "text"))
    text = "\n".join(word for word in words if word)
    cited = _role(message) == "assistant" and ("\ue200" in text or "【" in text)
    return _CITED.sub("", text) if cited else text


def _attached(content: Node, metadata: Node) -> list[str]:
    """Names of what came with the message; pictures beyond the named ones are told as "a picture"."""
    named = [fields.text(one, "name") or "a file" for one in fields.several(metadata, "attachments")]
    kinds = [fields.text(part, "content_type") for part in fields.several(content, "parts")]
    spoken = "audio_transcription" in kinds
    pointers = [kind.partition("_")[0] for kind in kinds if kind.endswith("_asset_pointer")]
    pointers = [kind for kind in pointers if not (spoken and kind in ("audio", "real"))]
    return named + [_POINTERS.get(kind, "a file") for kind in pointers[len(named) :]]
