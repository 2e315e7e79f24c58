"""Claude's export: `conversations.json`, each a list of messages; where it is a tree, along its current branch."""

from collections.abc import Iterator
from dataclasses import replace

from core.capture.conversation import assistants, fields
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream
from core.capture.conversation.turns import Read, StableIds, dated, observed

NAME = "Claude export"
_ROLES = {"human": "user", "user": "user", "assistant": "assistant"}
_SAID = ("text", "voice_note")
_THOUGHTS = ("thinking", "redacted_thinking")
_TOOLS = ("tool", "server_tool", "web_search", "mcp")
_PASTED = "Pasted texts, taken as words of the message that they came with: {n}."


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith((b"[", b"{")):
        return 0.0
    if b'"chat_messages"' in begin and (b'"uuid"' in begin or b'"sender"' in begin):
        return 0.97
    summary = b'"uuid"' in begin and b'"account"' in begin and b'"summary"' in begin and b'"updated_at"' in begin
    return 0.6 if summary and name.lower().endswith("conversations.json") else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns of each conversation in order; `Skipped.line` is the conversation's place in the file."""
    for number, conversation in assistants.conversations(source, "chat_messages"):
        if isinstance(conversation, Skipped):
            yield conversation
        elif not isinstance(conversation.get("chat_messages"), list):
            yield Skipped(line=number, reason="not a conversation: it has no messages")
        else:
            begun = assistants.moment(conversation.get("created_at"), context) or context.now
            yield from dated(_turns(conversation, number, context), replace(context, now=begun))


def _turns(conversation: Node, number: int, context: ImportContext) -> Iterator[Read]:
    title = fields.text(conversation, "name")
    identity = fields.text(conversation, "uuid") or f"{title} {fields.text(conversation, 'created_at')}".strip()
    ids = StableIds(identity)
    messages = fields.several(conversation, "chat_messages")
    if lost := len(_list(conversation, "chat_messages")) - len(messages):
        yield Notice("Messages that are no JSON objects: {n}.", lost)
    if not messages:
        yield Notice("Conversations without messages: {n}.")
    current = _current(conversation, messages)
    if aside := len(messages) - len(current):
        yield Notice(assistants.BRANCHES, aside)
    for message in current:
        role = _ROLES.get(fields.text(message, "sender").casefold())
        if role is None:
            yield Skipped(line=number, reason="a message of nobody that Mneme knows")
            continue
        yield from _told(message)
        text = _words(message)
        if not text.strip():
            yield Notice(assistants.EMPTY)
            continue
        at = assistants.moment(message.get("created_at"), context)
        id = fields.text(message, "uuid") or ids.next(role, fields.text(message, "created_at"), text)
        source = assistants.from_chat("Claude", role, identity or context.name, id, title=title)
        yield observed(text, at, source, context)


def _list(node: Node, key: str) -> list[object]:
    value = node.get(key)
    return value if isinstance(value, list) else []


def _current(conversation: Node, messages: list[Node]) -> list[Node]:
    """The messages of the branch that the chat shows; all where none says what it answers to."""
    by_id = {id: message for message in messages if (id := fields.text(message, "uuid"))}
    parents = {id: fields.text(message, "parent_message_uuid") for id, message in by_id.items()}
    if len(by_id) < len(messages) or not any(parent in by_id for parent in parents.values()):
        return messages
    leaf = fields.text(conversation, "current_leaf_message_uuid")
    if leaf not in by_id:
        leaf = (assistants.leaves(parents) or list(by_id))[-1]  # they stand in the order they were written in
    return [by_id[id] for id in assistants.branch(leaf, parents)]


def _words(message: Node) -> str:
    """What was said and pasted, with the names of what was attached."""
    blocks = fields.several(message, "content")
    said = [assistants.words(block, "text") for block in blocks if fields.text(block, "type") in _SAID]
    words = "\n\n".join(one for one in said if one.strip())
    words = words or ("" if _is_made(blocks) else assistants.words(message, "text"))
    text = "\n\n".join(part for part in (words, *_pasted(message)) if part.strip())
    return noted(text, _attached(message))


def _is_made(blocks: list[Node]) -> bool:
    """Whether the message has blocks and none of them was said: its `text` then tells of tools only."""
    return bool(blocks) and all(fields.text(block, "type") not in ("", *_SAID) for block in blocks)


def _pasted(message: Node) -> list[str]:
    """Texts too long for the line they were pasted into: attachments without a name."""
    found = [one for one in fields.several(message, "attachments") if not fields.text(one, "file_name")]
    return [content for one in found if (content := fields.text(one, "extracted_content")).strip()]


def _attached(message: Node) -> list[str]:
    names = [fields.text(one, "file_name") for key in ("attachments", "files") for one in fields.several(message, key)]
    return list(dict.fromkeys(name for name in names if name))


def _told(message: Node) -> Iterator[Notice]:
    """What is said of the parts of a message that are not taken."""
    kinds = [fields.text(block, "type") for block in fields.several(message, "content")]
    tools = sum(kind.startswith(_TOOLS) for kind in kinds)
    thoughts = sum(kind in _THOUGHTS for kind in kinds)
    others = sum(kind not in (*_SAID, *_THOUGHTS) and not kind.startswith(_TOOLS) for kind in kinds)
    told = (
        (assistants.TOOLS, tools),
        (assistants.THOUGHTS, thoughts),
        (assistants.UNKNOWN, others),
        (_PASTED, len(_pasted(message))),
        (assistants.ATTACHED, len(_attached(message))),
    )
    yield from (Notice(sentence, count) for sentence, count in told if count)
