"""Every file that is known is known as what it is, by its own format alone."""

from pathlib import Path

import pytest

from core.capture.conversation.bundle import HEAD
from core.capture.conversation.formats import FORMATS, SURE, known, recognise
from core.errors import BadInput
from tests.exported import assistants, chats, many, talks
from tests.exported.damage import TEXTS

DATA = Path(__file__).parents[3] / "data" / "imports"
LOOSE = {
    "turns.jsonl": "conversation JSONL",
    "chatgpt/conversations.json": "ChatGPT export",
    "chatgpt/newer.json": "ChatGPT export",
    "claude/conversations.json": "Claude export",
    "claude/projects.json": "Claude projects",
    "gemini/MyActivity.json": "Gemini activity (JSON)",
    "gemini/MyActivity.html": "Gemini activity (HTML)",
    "claude_code/3f0c2d10-1111-4222-8333-944455566677.jsonl": "Claude Code session",
    "codex/rollout-2026-01-18T02-01-28-019bce9f-0a40-79e2-8351-8818e8487fb6.jsonl": "Codex session",
    "codex/rollout-2025-06-02T10-00-00-older.jsonl": "Codex session",
    "talk.txt": "plain text",
    "page.md": "plain text",
}
WRITTEN = {
    "WhatsApp Chat with Dana.txt": (chats.whatsapp_android().encode(), "WhatsApp chat"),
    "_chat.txt": (chats.whatsapp_iphone().encode(), "WhatsApp chat"),
    "result.json": (chats.telegram_chat().encode(), "Telegram export"),
    "account/result.json": (chats.telegram_account().encode(), "Telegram export"),
    "main.jsonl": (chats.signal_export().encode(), "Signal export"),
    "received.jsonl": (chats.signal_cli().encode(), "signal-cli messages"),
    "Club - boats.json": (chats.discord().encode(), "Discord channel (DiscordChatExporter)"),
    talks.ZOOM_NAME: (talks.ZOOM.encode(), "meeting transcript"),
    talks.TEAMS_NAME: (talks.TEAMS.encode(), "meeting transcript"),
    "Talk.srt": (talks.SRT.encode(), "meeting transcript"),
    "All mail.mbox": (talks.MBOX, "mail"),
    "boats.eml": (talks.EML, "mail"),
}
EVERY = {name: ((DATA / name).read_bytes(), format) for name, format in LOOSE.items()} | WRITTEN


@pytest.mark.parametrize("name", EVERY)
def test_a_known_file_is_known_as_what_it_is(name: str) -> None:
    content, format = EVERY[name]
    found = known(content[:HEAD], Path(name).name)
    assert found is not None
    assert found[0].name == format
    assert found[1] >= 0.9 or format == "plain text"


@pytest.mark.parametrize("reader", FORMATS, ids=lambda reader: reader.name)
def test_no_format_is_sure_of_a_file_of_another(reader: object) -> None:
    asked = next(one for one in FORMATS if one is reader)
    taken = {
        name
        for name, (content, format) in EVERY.items()
        if format != asked.name and asked.detect(content[:HEAD], Path(name).name) >= SURE
    }
    assert taken == set()


@pytest.mark.parametrize("name", EVERY)
def test_it_is_known_by_what_is_in_it_and_not_by_its_name(name: str) -> None:
    content, format = EVERY[name]
    found = known(content[:HEAD], "download")
    assert found is not None
    assert found[0].name == format


@pytest.mark.parametrize("name", [name for name in EVERY if EVERY[name][1] not in ("mail", "plain text")])
def test_other_encodings_and_line_ends_change_nothing(name: str) -> None:
    content, format = EVERY[name]
    words = content.decode("utf-8-sig")
    for changed in (words.encode("utf-8-sig"), words.encode("utf-16"), words.replace("\n", "\r\n").encode()):
        found = known(changed[:HEAD], Path(name).name)
        assert found is not None, changed[:20]
        assert found[0].name == format


@pytest.mark.parametrize("name", [*assistants.MADE, *many.MADE])
def test_a_long_export_is_known_by_its_beginning(tmp_path: Path, name: str) -> None:
    texts = [f"{text} {'and so on, ' * 40}" for text in TEXTS * 20]
    short, long = tmp_path / "short" / Path(name).name, tmp_path / "long" / Path(name).name
    for path, content in ((short, TEXTS), (long, texts)):
        path.parent.mkdir()
        path.write_bytes((assistants.MADE | many.MADE)[name](content))
    assert recognise(long) == recognise(short)


@pytest.mark.parametrize(
    "content",
    [
        b'{"version": 9, "threads": [{"posts": []}]}',
        b'[{"kind": "note", "body": "hello"}]',
        b"<!doctype html><html><body><p>Hello</p></body></html>",
        b'{"mapping": 3}',
        b"[]",
        b"{}",
        b'<?xml version="1.0"?><smses count="0"></smses>',
    ],
)
def test_a_document_that_no_format_knows_is_refused_and_not_taken_for_text(tmp_path: Path, content: bytes) -> None:
    for name in ("export.json", "export.html", "download"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BadInput, match="is not a conversation that Mneme can read"):
            recognise(path)
