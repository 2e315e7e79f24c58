"""What each preset of recording costs, beside the choice; only what was measured."""

from __future__ import annotations

from core.preset_costs import preset_costs
from ui.settings.model import choice_title
from ui.words import translate


def cost_words() -> str:
    """A line for each preset and one for the machine; empty where nothing was measured."""
    machine, costs = preset_costs()
    one = translate("Costs", "{name}: {busy} % of one core while you work, {still} % at rest, {mb} MB an hour.")
    lines = [
        one.format(
            name=choice_title(name),
            busy=f"{cost.busy_percent:.2g}",
            still=f"{cost.still_percent:.1g}",
            mb=f"{cost.mb_an_hour:.2g}",
        )
        for name, cost in costs.items()
    ]
    if lines:
        lines.append(translate("Costs", "Measured on {machine}; yours may differ.").format(machine=machine))
    return "\n".join(lines)
