"""What is named for an import, sorted."""

import json
from pathlib import Path

import pytest

from core.assistant.files import found, is_picture
from core.errors import BadInput

TURN = json.dumps({"conversation": "c", "id": "1", "at": "2026-07-01T09:00:00", "speaker": "Ines", "text": "Hello."})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_a_folder_gives_only_what_is_recognised_for_sure(tmp_path: Path) -> None:
    (tmp_path / "talk.jsonl").write_text(TURN + "\n")
    (tmp_path / "questions.jsonl").write_text('{"id": "q", "question": "Where?"}\n')
    (tmp_path / "README.md").write_text("# About\n\nSome words.\n")
    (tmp_path / "screens.jsonl").write_text('{"file": "a.png"}\n')
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / ".hidden.jsonl").write_text(TURN + "\n")
    sorted_files = found([tmp_path])
    assert [path.name for path in sorted_files.conversations] == ["talk.jsonl"]
    assert [path.name for path in sorted_files.pictures] == ["a.png"]
    assert sorted(one.file for one in sorted_files.left) == ["README.md", "questions.jsonl"]


def test_a_file_named_by_itself_is_always_tried(tmp_path: Path) -> None:
    notes = tmp_path / "README.md"
    notes.write_text("Some words.\n")
    assert found([notes]).conversations == (notes,)


def test_a_folder_with_nothing_to_take_is_refused(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3" + bytes(100))
    with pytest.raises(BadInput):
        found([tmp_path])


def test_a_link_inside_a_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_text(TURN + "\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "own.jsonl").write_text(TURN + "\n")
    (folder / "link.jsonl").symlink_to(outside)
    assert [path.name for path in found([folder]).conversations] == ["own.jsonl"]


@pytest.mark.parametrize(
    ("head", "name", "picture"),
    [
        (PNG, "a", True),
        (b"\xff\xd8\xff\xe0", "a.txt", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a", True),
        (b"RIFF\0\0\0\0WAVEfmt ", "a.webp", False),
        (b"BM words", "a.txt", False),
        (b"BM\0\0", "a.bmp", True),
        (b"", "a.png", False),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(head: bytes, name: str, picture: bool) -> None:
    assert is_picture(head, name) is picture
