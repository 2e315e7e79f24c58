"""What `mneme import` says of downloads: what it recognised, what it took, what it left out and why."""

from pathlib import Path
from zipfile import ZipFile

from tests.end2end.command_line import Mneme
from tests.exported import assistants
from tests.exported.damage import TEXTS

TAKEOUT = "takeout-20260901T120000Z"


def downloads(tmp_path: Path) -> list[Path]:
    claude = tmp_path / "data-2026-09-01-12-00-00-batch-0000.zip"
    with ZipFile(claude, "w") as archive:
        archive.writestr("conversations.json", assistants.claude(TEXTS))
        archive.writestr("users.json", '[{"uuid": "acc-1", "full_name": "Mara Lind"}]')
    takeout = tmp_path / f"{TAKEOUT}-001.zip"
    takeout.write_bytes(assistants.takeout_zip(TEXTS))
    photos = tmp_path / f"{TAKEOUT}-003.zip"
    with ZipFile(photos, "w") as archive:
        archive.writestr("Takeout/Google Photos/a.jpg", b"\xff\xd8\xff\xe0")
    lines = tmp_path / "session.jsonl"
    lines.write_bytes(assistants.codex(TEXTS) + b"not json\n")
    return [claude, takeout, photos, lines]


def test_an_import_of_several_downloads_tells_each_with_what_was_left_out(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    paths = [str(path) for path in downloads(tmp_path)]
    report = mneme.run("import", *paths, "--json", "--no-wait").last()
    assert report["format"] == "Claude export, Gemini activity (JSON), Codex session"
    assert (report["taken"], report["new"], report["known"], report["skipped"]) == (72, 72, 0, 2)
    assert [(one["file"], one["taken"], one["skipped"]) for one in report["files"]] == [
        ("data-2026-09-01-12-00-00-batch-0000.zip/conversations.json", 24, 0),
        (f"{TAKEOUT}-001.zip/Takeout/Meine Aktivitäten/Gemini-Apps/MeineAktivitäten.json", 24, 0),
        ("session.jsonl", 24, 1),
    ]
    assert report["skipped_lines"] == [
        {"line": 50, "reason": "not a JSON object", "file": "session.jsonl"},
        {"line": 0, "reason": "a part without conversations", "file": f"{TAKEOUT}-003.zip"},
    ]
    assert f"{TAKEOUT} has other parts that were not named: 002." in report["notices"]
    again = mneme.run("import", *paths, "--no-wait")
    assert again.code == 0
    assert "72 read, 0 new, 72 known" in again.out.replace("\n", " ")
    assert "session.jsonl: Codex session, 24 read, 1 skipped" in again.out
    assert "Left alone, for there are no conversations in them: 1 .json." in again.out


def test_what_is_no_export_is_refused_in_a_sentence_and_named_among_others(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    unknown = tmp_path / "export.json"
    unknown.write_text('{"version": 9, "threads": []}')
    alone = mneme.run("import", str(unknown), "--json", code=1)
    assert alone.last()["error"]["title"] == "export.json is not a conversation that Mneme can read."
    turns = tmp_path / "turns.jsonl"
    turns.write_bytes(assistants.own(TEXTS))
    both = mneme.run("import", str(unknown), str(turns), "--json", "--no-wait").last()
    assert both["skipped_lines"] == [
        {
            "line": 0,
            "reason": "export.json is not a conversation that Mneme can read.",
            "file": "export.json",
        }
    ]
    assert (both["format"], both["new"]) == ("conversation JSONL", 24)
