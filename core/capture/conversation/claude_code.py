"""Claude Code's session files: JSON Lines of what was said, called and thought; only what was said is taken."""

import re
from collections.abc import Iterator
from pathlib import PureWindowsPath

from core.capture.conversation import assistants, fields, json_lines
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import objects
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream
from core.capture.conversation.turns import Read, StableIds, dated, observed

NAME = "Claude Code session"
_SIDE = "Lines of side tasks (sub-agents), left out: {n}."
_KEPT_BY = "Lines of the program's own keeping, left out: {n}."
_UNKNOWN = "Lines of a kind that Mneme does not know: {n}."
_KEPT = ("summary", "system", "attachment", "progress", "queue-operation", "file-history-snapshot", "last-prompt")
_OWN = (*_KEPT, "ai-title", "custom-title", "agent-name", "permission-mode", "mode", "pr-link", "tag")
_NOT_SHOWN = ("isMeta", "isCompactSummary", "isApiErrorMessage", "isVisibleInTranscriptOnly")
_MARKED = re.compile(r"\s*<(?P<tag>[a-z][a-z0-9_-]{2,60})>.*</(?P=tag)>\s*", re.DOTALL)
_COMMAND = re.compile(r"<command-name>\s*(?P<name>/?[^<]{1,200}?)\s*</command-name>")
_ARGUMENTS = re.compile(r"<command-args>\s*(?P<words>.*?)\s*</command-args>", re.DOTALL)
_REMINDER = re.compile(r"\s*<system-reminder>.*?</system-reminder>\s*", re.DOTALL)
_PROGRAM = ("[Request interrupted", "Caveat: The messages below", "This session is being continued from a previous")
_RAW = re.compile(rb'"(?:parentUuid|sessionId|leafUuid)"\s*:')


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    found = objects(head)
    marks = [{"parentUuid", "sessionId"} <= one.keys() or {"leafUuid", "summary"} <= one.keys() for one in found]
    kept = ["sessionId" in one and fields.text(one, "type") in _OWN for one in found]
    snapshot = [fields.text(one, "type") == "file-history-snapshot" and "snapshot" in one for one in found]
    if any(marks) or (any(kept) and fields.text(found[0], "type") in _OWN):
        return 0.97
    if any(snapshot):
        return 0.9
    return 0.7 if not found and head.lstrip().startswith(b"{") and len(set(_RAW.findall(head))) >= 2 else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; `Skipped.line` is the line's number."""
    return dated(_turns(source, context), context)


def _turns(source: Stream, context: ImportContext) -> Iterator[Read]:
    session = ""
    ids = StableIds(context.name)
    for number, entry in json_lines.entries(source):
        if isinstance(entry, Skipped | Notice):
            yield entry
            continue
        session = fields.text(entry, "sessionId") or session
        yield from _entry(entry, number, session or context.name, ids, context)


def _entry(entry: Node, number: int, session: str, ids: StableIds, context: ImportContext) -> Iterator[Read]:
    kind = fields.text(entry, "type")
    queued = fields.inner(entry, "attachment")
    if entry.get("isSidechain") is True:
        yield Notice(_SIDE)
    elif kind == "attachment" and fields.text(queued, "type") == "queued_command":
        yield from _queued(entry, queued, session, ids, context)
    elif kind in _OWN:
        yield Notice(_KEPT_BY)
    elif kind not in assistants.SPEAKERS:
        yield Notice(_UNKNOWN)
    elif any(entry.get(mark) is True for mark in _NOT_SHOWN):
        yield Notice(assistants.UNSEEN)
    else:
        message = fields.inner(entry, "message")
        if not message:
            yield Skipped(line=number, reason="it has no message")
            return
        yield from _said(kind, message.get("content"), entry, number, session, ids, context)


def _queued(entry: Node, queued: Node, session: str, ids: StableIds, context: ImportContext) -> Iterator[Read]:
    """Words that the person typed while the assistant was at work."""
    typed = fields.text(queued, "commandMode") in ("", "prompt")
    by_person = fields.text(fields.inner(queued, "origin"), "kind") in ("", "human")
    if typed and by_person and queued.get("isMeta") is not True:
        yield from _said("user", queued.get("prompt"), entry, 0, session, ids, context)
    else:
        yield Notice(_KEPT_BY)


def _said(
    role: str, content: object, entry: Node, number: int, session: str, ids: StableIds, context: ImportContext
) -> Iterator[Read]:
    alone: list[Node] = [{"type": "text", "text": content}]
    blocks = alone if isinstance(content, str) else fields.several({"content": content}, "content")
    if not blocks:
        yield Skipped(line=number, reason="its message has no content") if content else Notice(assistants.EMPTY)
        return
    kinds = [fields.text(block, "type") for block in blocks]
    pictures = ["a picture" if kind == "image" else "a document" for kind in kinds if kind in ("image", "document")]
    others = sum(kind not in ("text", "thinking", "redacted_thinking", "image", "document") for kind in kinds)
    tools = sum("tool" in kind for kind in kinds)
    counts = (
        (assistants.TOOLS, tools),
        (assistants.THOUGHTS, sum("thinking" in kind for kind in kinds)),
        (assistants.UNKNOWN, others - tools),
        (assistants.ATTACHED, len(pictures)),
    )
    yield from (Notice(sentence, count) for sentence, count in counts if count > 0)
    texts = [assistants.words(block, "text") for block, kind in zip(blocks, kinds, strict=True) if kind == "text"]
    words = [_typed(one) if role == "user" else one for one in texts]
    if hidden := sum(bool(one.strip()) and not word.strip() for one, word in zip(texts, words, strict=True)):
        yield Notice(assistants.UNSEEN, hidden)
    text = noted("\n\n".join(word for word in words if word.strip()), pictures)
    if text.strip():
        title = PureWindowsPath(fields.text(entry, "cwd")).name
        id = fields.text(entry, "uuid") or ids.next(session, role, fields.text(entry, "timestamp"), text)
        source = assistants.from_chat("Claude Code", role, session, id, title=title)
        yield observed(text, assistants.moment(entry.get("timestamp"), context), source, context)
    elif texts and not hidden:
        yield Notice(assistants.EMPTY)


def _typed(text: str) -> str:
    """What of a user's text the person typed: a command with its words, nothing that the program put there."""
    text = _REMINDER.sub("\n", text).strip()
    if command := _COMMAND.search(text):
        words = _ARGUMENTS.search(text)
        return f"{command['name']} {words['words']}" if words and words["words"] else ""
    if _MARKED.fullmatch(text) or text.startswith(_PROGRAM):
        return ""
    return text
