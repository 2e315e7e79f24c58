"""An archive opens without Mneme."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from core.store.archive import export
from tests.unit.store.archive.profiles import NOW, PASSPHRASE, Profile, fill, webp

READER = Path(__file__).resolve().parents[4] / "packaging" / "open_archive.py"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(READER), *words], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_the_reader_of_a_hundred_lines_opens_an_archive_without_mneme(
    profile: Callable[[str], Profile], tmp_path: Path
) -> None:
    first = profile("first")
    fill(first)
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "words").write_text(PASSPHRASE + "\n")
    for name, passphrase in (("a.mneme", PASSPHRASE), ("a.zip", None)):
        path = tmp_path / name
        export(first.vault, first.media, path, now=NOW, passphrase=passphrase, plain=passphrase is None)
        told = run(empty, str(path), "--passphrase-file", str(tmp_path / "words"), "--to", str(tmp_path / f"in {name}"))
        assert told.returncode == 0, told.stderr
        assert "memories.jsonl" in told.stdout
        lines = (tmp_path / f"in {name}" / "memories.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["text"] for line in lines] == [t for t in first.texts() if t != "vault code 8231"]
        pictures = sorted((tmp_path / f"in {name}" / "media").iterdir())
        assert [picture.read_bytes() for picture in pictures] == [webp("red", 8), webp("red")]
    assert list(empty.iterdir()) == []


def test_the_reader_refuses_a_wrong_passphrase_and_a_changed_archive(
    profile: Callable[[str], Profile], tmp_path: Path
) -> None:
    first = profile("first")
    fill(first)
    path = tmp_path / "a.mneme"
    export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
    (tmp_path / "right").write_text(PASSPHRASE)
    (tmp_path / "wrong").write_text("guess")
    refused = [run(tmp_path, str(path), "--passphrase-file", "wrong")]
    path.write_bytes(path.read_bytes()[:-1])
    refused.append(run(tmp_path, str(path), "--passphrase-file", "right"))
    for told in refused:
        assert told.returncode == 1
        assert "wrong, or the archive was changed" in told.stderr
        assert "Traceback" not in told.stderr


def test_the_reader_stays_short() -> None:
    assert len(READER.read_text("utf-8").splitlines()) <= 100
