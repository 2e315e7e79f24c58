"""How closely the screen is looked at: the presets and what they cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Times in seconds."""

    greatest_gap: float
    """Between looks while someone works."""
    least_gap: float
    """Between looks, whatever happens."""
    away_gap: float
    """Between looks while nobody touches the machine."""
    poll: float
    """Between asking whether the focus or a title has changed."""


PRESETS = {
    "light": Preset(greatest_gap=10.0, least_gap=3.0, away_gap=60.0, poll=1.0),
    "balanced": Preset(greatest_gap=5.0, least_gap=1.5, away_gap=30.0, poll=0.5),
    "thorough": Preset(greatest_gap=2.0, least_gap=0.7, away_gap=15.0, poll=0.35),
}
AWAY_AFTER_S = 60.0
"""Seconds without a key or pointer movement after which nobody is taken to be working."""
PAUSED_INPUT_S = 0.8
"""Seconds without input after which a sentence is taken to be typed to its end."""


def preset(name: str, on_battery: bool = False) -> Preset:
    """The preset of that name; on battery all gaps are twice as long."""
    chosen = PRESETS[name]
    if not on_battery:
        return chosen
    return Preset(
        greatest_gap=2 * chosen.greatest_gap,
        least_gap=2 * chosen.least_gap,
        away_gap=2 * chosen.away_gap,
        poll=2 * chosen.poll,
    )
