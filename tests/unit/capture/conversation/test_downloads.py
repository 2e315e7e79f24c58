"""Exports as they are downloaded: zips, parts of them, folders; what in them is no conversation, damaged or a bomb."""

import json
import tarfile
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from core.assistant.files import found
from core.capture.conversation import bundle, parts
from core.capture.conversation.formats import open_import, recognise, shares
from core.capture.conversation.report import ImportContext, ImportReport
from core.capture.conversation.walk import AFTER, CUT
from core.errors import BadInput
from core.memory import Observation
from tests.exported import assistants, chats
from tests.exported.damage import TEXTS

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
CHATGPT = assistants.chatgpt(TEXTS)
PHOTO = b"\xff\xd8\xff\xe0" + bytes(60)


def taken(path: Path) -> tuple[list[Observation], ImportReport]:
    reading = open_import(path, ImportContext(now=NOW))
    return list(reading.observations()), reading.tally.report()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpacked(path: Path, members: dict[str, bytes]) -> Path:
    for name, content in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


# --- what is in a download


def test_a_download_of_downloads_says_what_to_do(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"conversations.json": CHATGPT}).read_bytes()
    with pytest.raises(BadInput, match="holds other downloads") as refused:
        open_import(zipped(tmp_path / "outer.zip", {"inner.zip": inner}), ImportContext(now=NOW))
    assert "import the zips" in refused.value.remedy


def test_several_conversations_files_and_formats_in_one_zip_are_all_read_and_named(tmp_path: Path) -> None:
    members = {
        "data/a/conversations.json": CHATGPT,
        "data/b/conversations.json": assistants.claude(TEXTS),
        "data/photo.jpg": PHOTO,
        "data/notes.bin": b"\x00\x01",
        "data/user.json": b'{"id": "u"}',
    }
    turns, report = taken(zipped(tmp_path / "both.zip", members))
    assert len(turns) == 48
    assert report.format == "ChatGPT export, Claude export"
    assert [(one.file, one.format, one.taken, one.skipped) for one in report.files] == [
        ("data/a/conversations.json", "ChatGPT export", 24, 0),
        ("data/b/conversations.json", "Claude export", 24, 0),
    ]
    assert report.notices == ("Left alone, for there are no conversations in them: 1 .bin, 1 .jpg, 1 .json.",)


def test_a_damaged_file_among_several_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a/conversations.json", CHATGPT)
        archive.writestr("b/conversations.json", assistants.claude(TEXTS))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"w023w")] ^= 0xFF
    path.write_bytes(raw)
    turns, report = taken(path)
    assert [(one.file, one.reason) for one in report.skipped] == [("a/conversations.json", "The download is damaged.")]
    assert sum(turn.provenance.app == "Claude" for turn in turns) == 24


def test_of_a_zip_that_breaks_off_what_came_before_stands_and_the_rest_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", {"conversations.json": assistants.chatgpt(TEXTS * 100)})
    raw = bytearray(path.read_bytes())
    raw[len(raw) * 3 // 4 : -1000] = bytes(len(raw[len(raw) * 3 // 4 : -1000]))
    path.write_bytes(raw)
    turns, report = taken(path)
    assert 0 < len(turns) < 24 * 100
    assert report.skipped[-1].reason in (
        "The download is damaged.",
        f"a conversation: {AFTER}",
        f"a conversation: {CUT}",
    )


def test_a_file_that_is_called_like_conversations_and_is_none_is_counted(tmp_path: Path) -> None:
    members = {"conversations-000.json": CHATGPT, "conversations-001.json": b'{"version": 9, "threads": []}'}
    _, report = taken(zipped(tmp_path / "export.zip", members))
    assert [(one.file, one.reason) for one in report.skipped] == [
        ("conversations-001.json", "called like conversations, but of no known form")
    ]


def test_names_that_climb_out_of_a_zip_are_only_names(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    members = {"../../conversations.json": CHATGPT, "/etc/mneme.json": b"{}", "C:\\x\\y.json": b"{}"}
    turns, report = taken(zipped(inside / "export.zip", members))
    assert len(turns) == 24
    assert report.files[0].file == "../../conversations.json"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["export.zip"]


def test_a_zip_with_a_password_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", {"conversations.json": CHATGPT})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="has a password"):
        recognise(path)


def test_a_zip_of_too_many_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 3)
    path = zipped(tmp_path / "export.zip", {f"{number}.json": CHATGPT for number in range(4)})
    with pytest.raises(BadInput, match="too many entries"):
        recognise(path)
    folder = unpacked(tmp_path / "folder", {f"{number}.json": CHATGPT for number in range(4)})
    with pytest.raises(BadInput, match="too many files"):
        recognise(folder)


def test_many_small_members_together_cannot_be_a_bomb_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "ALL_SMALL", 2 * 2**20)
    one = b'[{"mapping": {}, "message": "' + b" " * 900_000 + b'"}]'
    path = zipped(tmp_path / "export.zip", {f"{number}/conversations.json": one for number in range(6)})
    _, report = taken(path)
    refused = [one.reason for one in report.skipped if "far more" in one.reason]
    assert len(refused) >= 3


def test_a_zip_inside_a_zip_is_left_alone(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"conversations.json": CHATGPT}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"a.zip": inner, "conversations.json": assistants.claude(TEXTS)})
    turns, report = taken(outer)
    assert {turn.provenance.app for turn in turns} == {"Claude"}
    assert report.notices == ("Left alone, for there are no conversations in them: 1 .zip.",)


# --- .tgz


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))
        link = tarfile.TarInfo("Takeout/link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def test_a_takeout_packed_as_tgz_reads_like_the_zip(tmp_path: Path) -> None:
    members = {
        "Takeout/Photos/a.jpg": PHOTO,
        "../Takeout/My Activity/Gemini Apps/MyActivity.json": assistants.gemini(TEXTS),
        "Takeout/z.json": b"{}",
    }
    turns, report = taken(tarred(tmp_path / "takeout-20260901T120000Z-001.tgz", members))
    zip_turns, _ = taken(zipped(tmp_path / "a.zip", members))
    assert turns == zip_turns
    assert len(turns) == 24
    assert report.notices[-1] == "Left alone, for there are no conversations in them: 1 .jpg, 1 .json."
    assert {path.name for path in tmp_path.iterdir()} == {"takeout-20260901T120000Z-001.tgz", "a.zip"}


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_half_a_tgz_is_refused_in_a_sentence(tmp_path: Path, cut: float) -> None:
    path = tarred(tmp_path / "takeout.tgz", {"MyActivity.json": assistants.gemini(TEXTS * 9)})
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * cut)])
    with pytest.raises(BadInput, match="The download cannot be read"):
        recognise(path)


def test_a_tgz_that_is_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "ALL_SMALL", 2**20)
    path = tarred(tmp_path / "takeout.tgz", {"a.bin": bytes(4 * 2**20), "MyActivity.json": assistants.gemini(TEXTS)})
    with pytest.raises(BadInput, match="far more"):
        recognise(path)


# --- several parts


def test_one_of_several_parts_may_hold_no_conversations(tmp_path: Path) -> None:
    talk = tmp_path / "takeout-20260901T120000Z-001.zip"
    talk.write_bytes(assistants.takeout_zip(TEXTS))
    photos = zipped(tmp_path / "takeout-20260901T120000Z-002.zip", {"Takeout/Photos/a.jpg": PHOTO})
    sorted_files = found([talk, photos])
    assert sorted_files.conversations == (talk,)
    assert [(one.file, one.reason) for one in sorted_files.left] == [(photos.name, "a part without conversations")]
    assert sorted_files.notices == ()


def test_a_part_that_is_not_there_or_was_not_named_is_told(tmp_path: Path) -> None:
    one, other = (tmp_path / f"takeout-20260901T120000Z-00{number}.zip" for number in (1, 4))
    for path in (one, other):
        path.write_bytes(assistants.takeout_zip(TEXTS))
    assert found([one, other]).notices == ("takeout-20260901T120000Z has other parts that were not named: 002, 003.",)
    assert parts.missing([one]) == ("takeout-20260901T120000Z has other parts that were not named: 002, 003, 004.",)
    assert parts.missing([tmp_path / "data-2026-01-01-10-10-10-batch-0001.zip"]) == (
        "data-2026-01-01-10-10-10-batch has other parts that were not named: 000.",
    )


def test_parts_that_all_hold_conversations_are_read_one_after_the_other(tmp_path: Path) -> None:
    names = [f"data-2026-09-01-12-00-00-batch-000{number}.zip" for number in (0, 1)]
    for name, at in zip(names, (0, 16), strict=True):
        zipped(tmp_path / name, {"conversations.json": assistants.chatgpt(TEXTS[: at + 8], at)})
    sorted_files = found([tmp_path / name for name in names])
    assert [path.name for path in sorted_files.conversations] == names
    assert sum(len(taken(path)[0]) for path in sorted_files.conversations) == 16
    assert sorted_files.notices == ()


# --- folders


def test_an_unpacked_takeout_is_found_however_deep_it_lies_and_whatever_it_is_called(tmp_path: Path) -> None:
    members = {
        "Takeout/Mi actividad/Aplicaciones de Gemini/MiActividad.json": assistants.gemini(TEXTS),
        "Takeout/archive_browser.html": b"<html><body>Takeout</body></html>",
    }
    sorted_files = found([unpacked(tmp_path / "downloads", members)])
    assert [path.name for path in sorted_files.conversations] == ["MiActividad.json"]
    assert [one.file for one in sorted_files.left] == ["Takeout/archive_browser.html"]


def test_zips_that_lie_in_a_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    zipped(folder / "chatgpt.zip", {"conversations.json": CHATGPT})
    zipped(folder / "photos.zip", {"a.jpg": PHOTO})
    sorted_files = found([folder])
    assert [path.name for path in sorted_files.conversations] == ["chatgpt.zip"]
    assert [one.file for one in sorted_files.left] == ["photos.zip"]


def test_files_that_belong_together_are_read_from_the_folder_as_from_the_zip(tmp_path: Path) -> None:
    files = {name: content.encode() for name, content in chats.slack().items()}
    packed = zipped(tmp_path / "Club.zip", files)
    folder = unpacked(tmp_path / "downloads" / "Club", files | {"pictures/boat.jpg": PHOTO}).parent
    sorted_files = found([folder])
    assert sorted_files.conversations == (folder,)
    assert sorted_files.pictures == ()
    assert ("Club/pictures/boat.jpg", "a picture beside an export") in [
        (one.file, one.reason) for one in sorted_files.left
    ]

    def said(path: Path) -> list[tuple[str, str]]:
        return [(turn.provenance.speaker, turn.text) for turn in taken(path)[0]]

    assert said(folder) == said(packed)
    assert said(folder)


# --- how far it is


@pytest.mark.parametrize("name", ["conversations.json", "chatgpt-export.zip", "MyActivity.html"])
def test_progress_never_runs_back_and_reaches_the_end(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(assistants.MADE[name]([f"{text} {'word ' * 3000}" for text in TEXTS * 4]))
    told: list[tuple[int, int]] = []
    reading = open_import(path, ImportContext(now=NOW), lambda done, total: told.append((done, total)))
    assert list(reading.observations())
    done = [at for at, _ in told]
    assert len(set(done)) > 5
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1] > 0


def test_several_files_make_one_progress(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "gone.jsonl", tmp_path / "b.jsonl"]
    for path in (paths[0], paths[2]):
        path.write_bytes(assistants.own(TEXTS))
    told: list[tuple[int, int]] = []
    for path, progress in shares(paths, lambda done, total: told.append((done, total))):
        if path.exists():
            list(open_import(path, ImportContext(now=NOW), progress).observations())
    done = [at for at, _ in told]
    assert done == sorted(done)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1]


def test_json_of_any_depth_that_is_not_an_export_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_text('[{"mapping": ' + '{"message": ' * 100_000 + "1" + "}" * 100_000 + "}]")
    turns, report = taken(path)
    assert turns == []
    assert [one.reason for one in report.skipped] == ["not a JSON object"]


def test_what_stands_after_the_end_of_the_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(CHATGPT + b"\n" + json.dumps([{"mapping": {}}]).encode())
    turns, report = taken(path)
    assert len(turns) == 24
    assert [one.reason for one in report.skipped] == ["a conversation: there is more after the end of the file's JSON"]
