"""What the presets of recording cost, as it was measured; told where one chooses between them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.paths import RESOURCES


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetCost:
    """Percent of one core and megabytes."""

    busy_percent: float
    """While somebody works, reading included."""
    still_percent: float
    """On a screen that stays as it is."""
    mb_an_hour: float
    """Kept of active work."""


def preset_costs() -> tuple[str, Mapping[str, PresetCost]]:
    """The machine it was measured on, and each preset that was."""
    data = json.loads((RESOURCES / "preset_costs.json").read_text(encoding="utf-8"))
    return data["machine"], {name: PresetCost(**figures) for name, figures in data["presets"].items()}
