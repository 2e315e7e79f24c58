"""What a preset was measured to cost, written where Settings reads it: resources/preset_costs.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from app.bench.row import Row
from core.capture.screen.presets import PRESETS
from core.errors import BadInput, Problem

NEEDED = ("replayed", "live")
"""The parts of the bench that tell a cost."""
_ROWS = {
    "busy_percent": "live: busy: all (at most)",
    "still_percent": "live: still, somebody reads (at most)",
    "mb_an_hour": "replayed: on the disk an hour, without the time away (at most)",
}


def readable(file: Path) -> dict[str, object]:
    """The costs that a file holds already. Raises BadInput where it is no file of costs."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{file.name} is no file of costs.", "Name resources/preset_costs.json.") from error
    if not isinstance(said, dict) or not isinstance(said.get("presets"), dict):
        raise BadInput(f"{file.name} is no file of costs.", "Name resources/preset_costs.json.")
    return said


def write(file: Path, preset: str, rows: Sequence[Row]) -> None:
    """Put one preset's costs into the file; those of the others stay. Raises Problem."""
    said = readable(file)
    values = {row.name: row.value for row in rows}
    known = said["presets"]
    costs = dict(known) if isinstance(known, dict) else {}
    costs[preset] = {name: float(f"{values[row]:.3g}") for name, row in _ROWS.items()}
    said["presets"] = {name: costs[name] for name in PRESETS if name in costs}
    try:
        file.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Problem(f"The costs cannot be written to {file.name}.", "Name another file.") from error
