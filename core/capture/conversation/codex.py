"""Codex's session files: JSON Lines of events, each with its payload; only what was said is taken."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PureWindowsPath

from core.capture.conversation import assistants, fields, json_lines
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import objects
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream
from core.capture.conversation.turns import Read, StableIds, Undated, dated, observed

NAME = "Codex session"
_ENVELOPES = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted"})
_SAID = ("input_text", "output_text", "text")
_PICTURES = {"input_image": "a picture", "input_file": "a file", "input_audio": "a recording"}
_EVENTS = {"user_message": "user", "agent_message": "assistant"}
_MOST_TOLD = 10_000
_COPIED = "Lines copied from another session, left out: {n}."
_OWN = "Lines of the program's own keeping, left out: {n}."
_UNKNOWN = "Lines of a kind that Mneme does not know: {n}."
_MARKED = re.compile(r"\s*<(?P<tag>[A-Za-z][A-Za-z0-9_ -]{2,60})>.*</(?P=tag)>\s*", re.DOTALL)
_GIVEN = ("# AGENTS.md instructions", "<environment_context>", "<user_instructions>", "<permissions instructions>")
_RAW = re.compile(rb'\{\s*"timestamp"\s*:\s*"[^"]{10,40}"\s*,\s*"type"\s*:\s*"session_meta"\s*,\s*"payload"\s*:')


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    found = objects(head)
    if any(fields.text(one, "type") in _ENVELOPES and fields.is_node(one.get("payload")) for one in found):
        return 0.97
    if found and {"id", "timestamp"} <= found[0].keys() and {"instructions", "git"} & found[0].keys():
        return 0.9
    return 0.9 if _RAW.match(head.lstrip()) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order; `Skipped.line` is the line's number."""
    return dated(_Session(context).turns(source), context)


class _Session:
    """One session while it is read."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._id = ""
        self._title = ""
        self._ids = StableIds(context.name)
        self._begun: object = None
        self._copied = 0.0
        self._told: list[tuple[Node, Node, int]] | None = []
        """What events tell was said, as long as no message itself was met: they tell the same again."""

    def turns(self, source: Stream) -> Iterator[Read]:
        """What was said, and what is to be told of the rest."""
        for number, entry in json_lines.entries(source):
            if isinstance(entry, Skipped | Notice):
                yield entry
            else:
                yield from self._entry(entry, number)
        for item, entry, number in self._told or ():
            yield from self._said(fields.text(item, "role"), item, entry, number)

    def _entry(self, entry: Node, number: int) -> Iterator[Read]:
        kind, payload = fields.text(entry, "type"), fields.inner(entry, "payload")
        if kind == "session_meta" or (not kind and "id" in entry and "timestamp" in entry):
            self._meta(payload or entry)
        elif (fields.number(entry, "ordinal") or self._copied) < self._copied:
            yield Notice(_COPIED)
        elif kind == "event_msg" and fields.text(payload, "type") in _EVENTS and self._told is not None:
            item: Node = {"role": _EVENTS[fields.text(payload, "type")], "content": payload.get("message")}
            if len(self._told) < _MOST_TOLD:
                self._told.append((item, entry, number))
        elif kind == "response_item":
            yield from self._item(payload, entry, number)
        elif kind in _ENVELOPES or "record_type" in entry:
            yield Notice(_OWN)
        elif kind:
            yield from self._item(entry, entry, number)  # as files were written until September 2025
        else:
            yield Notice(_UNKNOWN)

    def _meta(self, meta: Node) -> None:
        """The first says whose session it is; a later one comes along with what was copied from another."""
        if not self._id:
            self._id = fields.text(meta, "id")
            self._title = PureWindowsPath(fields.text(meta, "cwd")).name
            self._begun = meta.get("timestamp")
            self._ids = StableIds(self._id or self._context.name)
            self._copied = fields.number(meta, "subagent_history_start_ordinal") or 0.0

    def _item(self, item: Node, entry: Node, number: int) -> Iterator[Read]:
        kind, role = fields.text(item, "type"), fields.text(item, "role")
        if kind == "reasoning":
            yield Notice(assistants.THOUGHTS)
        elif kind.endswith(("_call", "_call_output")):
            yield Notice(assistants.TOOLS)
        elif kind != "message":
            yield Notice(_UNKNOWN)
        elif role in ("developer", "system"):
            yield Notice(assistants.UNSEEN)
        elif role not in assistants.SPEAKERS:
            yield Skipped(line=number, reason="a message of nobody that Mneme knows")
        else:
            self._told = None
            yield from self._said(role, item, entry, number)

    def _said(self, role: str, item: Node, entry: Node, number: int) -> Iterator[Read]:
        content = item.get("content")
        alone: list[Node] = [{"type": "text", "text": content}]
        parts = alone if isinstance(content, str) else fields.several(item, "content")
        if not parts:
            yield Notice(assistants.EMPTY) if content in ([], "") else Skipped(line=number, reason="it has no content")
            return
        kinds = [fields.text(part, "type") for part in parts]
        names = [_PICTURES[kind] for kind in kinds if kind in _PICTURES]
        texts = [assistants.words(part, "text") for part, kind in zip(parts, kinds, strict=True) if kind in _SAID]
        words = [one for one in texts if one.strip() and not (role == "user" and _is_given(one))]
        counts = (
            (assistants.UNSEEN, sum(bool(one.strip()) for one in texts) - len(words)),
            (assistants.ATTACHED, len(names)),
            (assistants.UNKNOWN, sum(kind not in _SAID and kind not in _PICTURES for kind in kinds)),
        )
        yield from (Notice(sentence, count) for sentence, count in counts if count)
        text = noted("\n\n".join(words), names)
        if not text.strip():
            if not any(count for _, count in counts):
                yield Notice(assistants.EMPTY)
            return
        at = assistants.moment(entry.get("timestamp"), self._context)
        begun = assistants.moment(self._begun, self._context)
        id = fields.text(item, "id") or self._ids.next(role, fields.text(entry, "timestamp"), text)
        source = assistants.from_chat("Codex", role, self._id or self._context.name, id, title=self._title)
        turn = observed(text, at or begun, source, self._context)
        yield turn if isinstance(turn, Undated) else replace(turn, at_given=at is not None)


def _is_given(text: str) -> bool:
    """Whether the program put a user's text there: instructions, what it knows of the machine."""
    return text.lstrip().startswith(_GIVEN) or _MARKED.fullmatch(text) is not None
