"""`mneme bench sleep --part load`: a night over many observations, seen from outside."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end2end.command_line import Mneme


@pytest.mark.timeout(300)
def test_a_night_is_measured_by_its_time_its_memory_and_its_stages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory(prefix="mn") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        said = Mneme(tmp_path / "profile").run("bench", "sleep", "--part", "load", "--memories", "100", "--json").one()
        assert list(Path(folder).iterdir()) == [], "nothing stays behind"
    rows = {row["name"]: row for row in said["rows"]}
    night = rows["load: a night over 100 new observations, a screen in 5"]
    assert 0 < night["value"] < night["target"] == 300
    held = rows["load: a night over 100 new observations, a screen in 5: memory of all processes, most"]
    assert 10 < held["value"] < held["target"] == 600
    stages = [name for name in rows if name.startswith("load: of that, ")]
    assert {"load: of that, facts", "load: of that, settle"} <= set(stages)
    assert sum(rows[name]["value"] for name in stages) <= night["value"]
    assert rows["load: lines in its journal"]["value"] > 100
