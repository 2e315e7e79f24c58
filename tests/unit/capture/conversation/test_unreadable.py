"""Files that are no conversation: said for what they are, with what to do instead."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from core.capture.conversation import formats
from core.capture.conversation.report import ImportContext
from core.errors import BadInput
from tests.made import NOON


def packed() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:t>Hello</w:t>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said", "remedy"),
    [
        ("report.pdf", b"%PDF-1.7\n1 0 obj", "report.pdf is a PDF", "plain text"),
        ("letter.rtf", b"{\\rtf1\\ansi Hello}", "letter.rtf is a text with its own formatting", "plain text"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "old.doc is a document of an older office program", "plain text"),
        ("letter.docx", packed(), "letter.docx is a Word document", "plain text"),
        ("chats.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "chats.7z is packed", "Unpack it"),
        ("chats.rar", b"Rar!\x1a\x07\x01\x00", "chats.rar is packed", "Unpack it"),
        ("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic\x00", "IMG_1.HEIC is a picture", "JPEG or PNG"),
        ("call.mp4", b"\x00\x00\x00\x18ftypisom\x00", "call.mp4 is a film or a recording", "transcript"),
        ("voice.ogg", b"OggS\x00\x02", "voice.ogg is a recording", "transcript"),
        ("msgstore.db", b"SQLite format 3\x00\x10", "msgstore.db is a database", "Export the conversation"),
        ("setup.exe", b"MZ\x90\x00", "setup.exe is a program", "Name the export"),
    ],
)
def test_a_file_of_a_known_other_kind_is_said_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str, remedy: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadInput) as problem:
        formats.open_import(file, ImportContext(now=NOON))
    assert problem.value.title.startswith(said)
    assert remedy in problem.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("conversations.json", b'[{"title": "A", "mapping": {"1": {"message": {"content', "downloaded whole"),
        ("conversations.json", b'[{"title": "A", "mapping": {}, "current_node": "1"}]', ""),
    ],
)
def test_half_a_download_is_said_with_what_to_do(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    reading = formats.open_import(file, ImportContext(now=NOON))
    assert list(reading.observations()) == []
    notices = " ".join(reading.tally.report().notices)
    assert ("downloaded whole" in notices) is bool(said)


def test_an_export_with_nothing_in_it_is_said_to_be_empty(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("conversations.json", "[]")
    reading = formats.open_import(file, ImportContext(now=NOON))
    assert list(reading.observations()) == []
    assert reading.tally.report().notices == ("There was nothing in it to take.",)
