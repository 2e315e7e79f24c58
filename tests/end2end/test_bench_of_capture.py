"""`mneme bench capture`: a made session on a real X server, through the real recorder, reader and store."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end2end.command_line import Mneme

MINUTE = ("--part", "replayed", "--minutes", "1")


@pytest.mark.display
@pytest.mark.timeout(300)
def test_a_minute_at_the_screen_is_measured_and_nothing_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    table = tmp_path / "table.md"
    with TemporaryDirectory(prefix="mn") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        said = Mneme(tmp_path / "profile").run("bench", "capture", "--json", *MINUTE, "--table", str(table)).one()
        assert list(Path(folder).iterdir()) == [], "nothing stays behind"
    rows = {row["name"]: row for row in said["rows"]}
    assert rows["replayed: planted changes kept (at least)"]["n"] >= 4
    assert rows["replayed: planted changes kept (at least)"]["value"] == 1.0
    assert rows["replayed: left out, leaked in text or titles (at most)"]["value"] == 0
    assert rows["replayed: left out, leaked in pixels (at most)"]["value"] == 0
    assert rows["replayed: control: the same in a window that is kept, found in text (at least)"]["value"] >= 6
    assert rows["replayed: control: the same, found in pixels (at least)"]["value"] >= 1
    assert rows["replayed: files of the profile with anything readable (at most)"]["value"] == 0
    assert rows["replayed: words right of those that were drawn"]["value"] > 0.8
    assert "| replayed: planted changes kept | 1 | share |" in table.read_text()


def test_without_an_x_server_it_is_refused_in_a_sentence(tmp_path: Path) -> None:
    without = Mneme(tmp_path / "profile", extra={"PATH": str(tmp_path)})
    ended = without.run("bench", "capture", "--json", code=1)
    assert "Xvfb is not installed" in ended.one()["error"]["title"]


def test_what_it_does_not_know_is_refused_in_a_sentence(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    for arguments in (("--part", "dreams"), ("--minutes", "0"), ("--preset", "wild"), ("--often", "1")):
        assert mneme.run("bench", "capture", "--json", *arguments, code=1).one()["error"]["title"]
