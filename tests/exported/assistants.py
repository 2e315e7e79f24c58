"""Exports of chats with assistants, of any length: each text a message, a minute after the one before."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

BEGINS = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
A_CHAT = 8
"""Messages of one conversation."""


def _messages(texts: Sequence[str]) -> Iterator[tuple[int, str, datetime, str]]:
    for number, text in enumerate(texts):
        yield number, ("user", "assistant")[number % 2], BEGINS + timedelta(minutes=number), text


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chatgpt(texts: Sequence[str], first: int = 0) -> bytes:
    """An array of conversations, each a tree of one branch, from message `first` on."""
    every = list(_messages(texts))
    return json.dumps([_tree(at, every[at : at + A_CHAT]) for at in range(first, len(texts), A_CHAT)]).encode()


def _tree(first: int, messages: list[tuple[int, str, datetime, str]]) -> dict[str, object]:
    root = f"root-{first}"
    mapping: dict[str, object] = {root: {"id": root, "parent": None, "children": [], "message": None}}
    parent = root
    for number, role, at, text in messages:
        id = f"node-{number}"
        mapping[id] = {
            "id": id,
            "parent": parent,
            "children": [],
            "message": {
                "id": id,
                "author": {"role": role, "name": None, "metadata": {}},
                "create_time": at.timestamp(),
                "content": {"content_type": "text", "parts": [text]},
                "metadata": {},
                "recipient": "all",
            },
        }
        parent = id
    begun = messages[0][2].timestamp()
    return {"title": f"Chat {first}", "create_time": begun, "conversation_id": f"c-{first}", "current_node": parent} | {
        "mapping": mapping
    }


def chatgpt_zip(texts: Sequence[str]) -> bytes:
    """The same as downloaded, in two parts with what lies beside them."""
    half = len(texts) // 2 // A_CHAT * A_CHAT
    return _zip(
        {
            "user.json": b'{"id": "user-1", "email": "mara@example.org"}',
            "chat.html": b"<html><head><title>ChatGPT Data Export</title></head><body></body></html>",
            "conversations-000.json": chatgpt(texts[:half]),
            "conversations-001.json": chatgpt(texts, half),
        }
    )


def claude(texts: Sequence[str]) -> bytes:
    """An array of conversations, each a list of messages."""
    chats = []
    for first in range(0, len(texts), A_CHAT):
        messages = [_message(*one) for one in list(_messages(texts))[first : first + A_CHAT]]
        begun = {"created_at": messages[0]["created_at"], "updated_at": messages[-1]["created_at"]}
        chats.append({"uuid": f"chat-{first}", "name": f"Chat {first}", "chat_messages": messages} | begun)
    return json.dumps(chats).encode()


def _message(number: int, role: str, at: datetime, text: str) -> dict[str, object]:
    return {
        "uuid": f"message-{number}",
        "text": "",
        "content": [{"type": "text", "text": text, "citations": []}],
        "sender": "human" if role == "user" else role,
        "created_at": _iso(at),
        "attachments": [],
        "files": [],
    }


def gemini(texts: Sequence[str]) -> bytes:
    """Activities, newest first: two texts are a question and its answer."""
    found = [
        {
            "header": "Gemini Apps",
            "title": f"Prompted {texts[number]}",
            "time": _iso(at),
            "products": ["Gemini Apps"],
            "safeHtmlItem": [{"html": f"<p>{escape(texts[number + 1])}</p>"}],
        }
        for number, _, at, _ in _messages(texts)
        if not number % 2
    ]
    return json.dumps(found[::-1]).encode()


def gemini_html(texts: Sequence[str]) -> bytes:
    """The same as a page of cards."""
    cards = [
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Gemini Apps<br></p></div>'
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">'
        f"Prompted&nbsp;{escape(texts[number])}<br>{at:%b} {at.day}, {at:%Y}, {at:%I:%M:%S}\u202f{at:%p} UTC<br>"
        f"<p>{escape(texts[number + 1])}</p></div>"
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b></div></div></div>'
        for number, _, at, _ in _messages(texts)
        if not number % 2
    ]
    page = "\n".join(cards[::-1])
    return f"<html><head><title>My Activity History</title></head><body>\n{page}\n</body></html>\n".encode()


def takeout_zip(texts: Sequence[str]) -> bytes:
    """As downloaded from Takeout."""
    return _zip(
        {
            "Takeout/archive_browser.html": b"<html><head><title>Archive</title></head><body>Takeout</body></html>",
            "Takeout/Meine Aktivit\u00e4ten/Gemini-Apps/MeineAktivit\u00e4ten.json": gemini(texts),
        }
    )


def claude_code(texts: Sequence[str]) -> bytes:
    """A session, a tool call between every two turns."""
    rows: list[dict[str, object]] = []
    for number, role, at, text in _messages(texts):
        base = {"parentUuid": f"line-{number - 1}" if number else None, "isSidechain": False, "userType": "external"}
        base |= {"cwd": "/home/mara/boat", "sessionId": "session-1", "version": "2.1.0", "gitBranch": "main"}
        said: object = text if role == "user" else [{"type": "text", "text": text}]
        rows.append(base | {"type": role, "message": {"role": role, "content": said}, "uuid": f"line-{number}"})
        rows[-1]["timestamp"] = _iso(at)
        used = [{"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}]
        if role == "assistant":
            rows.append(base | {"type": role, "message": {"role": role, "content": used}, "uuid": f"tool-{number}"})
            rows[-1]["timestamp"] = _iso(at)
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def codex(texts: Sequence[str]) -> bytes:
    """A session with what it tells of itself."""
    rows: list[dict[str, object]] = [
        {"timestamp": _iso(BEGINS), "type": "session_meta", "payload": {"id": "session-2", "cwd": "/home/mara/boat"}}
    ]
    for _, role, at, text in _messages(texts):
        content = [{"type": "input_text" if role == "user" else "output_text", "text": text}]
        payload = {"type": "message", "role": role, "content": content}
        rows.append({"timestamp": _iso(at), "type": "response_item", "payload": payload})
        told = {"type": "user_message" if role == "user" else "agent_message", "message": text}
        rows.append({"timestamp": _iso(at), "type": "event_msg", "payload": told})
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def own(texts: Sequence[str]) -> bytes:
    """Mneme's conversation JSONL."""
    rows = [
        {"conversation": "c", "id": str(number), "at": _iso(at), "speaker": role, "text": text}
        for number, role, at, text in _messages(texts)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


MADE: dict[str, Callable[[Sequence[str]], bytes]] = {
    "conversations.json": chatgpt,
    "chatgpt-export.zip": chatgpt_zip,
    "claude/conversations.json": claude,
    "MyActivity.json": gemini,
    "MyActivity.html": gemini_html,
    "takeout-20260901T120000Z-001.zip": takeout_zip,
    "0b0c2d10-1111-4222-8333-944455566677.jsonl": claude_code,
    "rollout-2026-01-05T09-00-00-0b0c2d10.jsonl": codex,
    "turns.jsonl": own,
}
"""How each is made, by the name of the file it comes in."""
