"""What presets cost is written as it was measured, beside what the others cost."""

import json
from pathlib import Path

import pytest

from app.bench.capture import costs
from app.bench.row import Row
from core.errors import BadInput


def row(name: str, value: float) -> Row:
    return Row(name=name, value=value, unit="%", n=1)


MEASURED = [
    row("replayed: on the disk an hour, without the time away (at most)", 7.2345),
    row("live: busy: all (at most)", 12.3456),
    row("live: still, somebody reads (at most)", 0.27),
    row("live: still, nobody there (at most)", 0.11),
]


def test_a_measured_preset_stands_beside_those_that_were_measured_before(tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    before = {"busy_percent": 21.7, "still_percent": 0.8, "mb_an_hour": 12.3}
    file.write_text(json.dumps({"about": "x", "machine": "two cores", "presets": {"balanced": before}}))
    costs.write(file, "light", MEASURED)
    said = json.loads(file.read_text())
    assert list(said["presets"]) == ["light", "balanced"]
    assert said["presets"]["light"] == {"busy_percent": 12.3, "still_percent": 0.27, "mb_an_hour": 7.23}
    assert said["presets"]["balanced"] == before
    assert (said["about"], said["machine"]) == ("x", "two cores")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"presets": 3}'])
def test_another_file_is_refused_before_anything_is_measured(tmp_path: Path, text: str) -> None:
    file = tmp_path / "notes.json"
    file.write_text(text)
    with pytest.raises(BadInput):
        costs.readable(file)
