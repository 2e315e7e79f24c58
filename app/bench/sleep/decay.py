"""Is fading worth having? A year of days in a running Mneme: what it offers, what it holds, what it still finds."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.bench.outside import Outside, outside
from app.bench.row import Row, mean
from app.bench.sleep.reuse import LONGEST_DAYS, Day, Said, year
from app.bench.sleep.setting import Setting
from app.commands.request import JSON
from core.errors import Problem

_BEGINS = datetime(2025, 1, 6, tzinfo=UTC)
_OFFERED, _WARM_DAYS, _FOUND_IN = 5, 30, 10
_PATIENCE_S = 120.0
_CONVERSATION = "A made year"
_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":mneme-bench"}


@dataclass(slots=True)
class _Year:
    """What has happened until now, as the bench itself knows it."""

    said: list[Said] = field(default_factory=list)
    uses: Counter[int] = field(default_factory=Counter)
    last: dict[int, int] = field(default_factory=dict)
    """The day of the last use."""
    hits: dict[str, list[float]] = field(default_factory=dict)

    def orders(self) -> dict[str, list[int]]:
        """What the orders without fading would offer this morning."""
        numbers = [one.number for one in self.said]
        newest = sorted(numbers, reverse=True)
        return {
            "newest first": newest[:_OFFERED],
            "last used first": sorted(newest, key=lambda one: -self.last.get(one, -1))[:_OFFERED],
            "most used first": sorted(newest, key=lambda one: -self.uses[one])[:_OFFERED],
        }

    def count(self, order: str, offered: Sequence[int], day: Day) -> None:
        """How many of those offered were needed on that day."""
        self.hits.setdefault(order, []).append(len(set(offered) & set(day.needed)) / _OFFERED)


def rows(setting: Setting) -> Iterator[Row]:
    """Lets the year pass, then asks for everything that has faded. Raises Problem."""
    days = min(setting.days, LONGEST_DAYS)
    lived = _Year()
    with outside() as place:
        _prepared(place)
        with place.staying("--now", _BEGINS.isoformat(), **_display()):
            place.until("status", {}, lambda found: not found["locked"], _PATIENCE_S)
            with setting.bar.over("Living a year", days) as step:
                for day in year(days):
                    _live(place, lived, day)
                    step.on()
            yield from _offering(lived)
            yield from _holding(place, lived, days, setting)


def _prepared(place: Outside) -> None:
    """A profile that sleeps only when it is told to."""
    for _ in place.lines("settings", "set", "sleep.enabled", "false", "--json"):
        pass


def _display() -> dict[str, str]:
    return {} if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else _OFF_SCREEN


def _live(place: Outside, lived: _Year, day: Day) -> None:
    morning = _BEGINS + timedelta(days=day.number, hours=8)
    if day.number >= _WARM_DAYS:
        listed = _asked(place, "memories", {"offered": True, "limit": _OFFERED}, morning)["memories"]
        lived.count("offered", [_number(one) for one in listed], day)
        for order, offered in lived.orders().items():
            lived.count(order, offered, day)
    for at, number in enumerate(day.needed):
        moment = morning + timedelta(hours=1, minutes=5 * at)
        _asked(place, "recall", {"question": lived.said[number].question, "k": _FOUND_IN}, moment)
        _asked(place, "memories", {"action": "keep", "id": _name(number)}, moment)
        lived.uses[number] += 1
        lived.last[number] = day.number
    _asked(place, "import", {"files": [_written(place, day, morning)]}, morning + timedelta(hours=10))
    lived.said.extend(day.said)
    _asked(place, "sleep", {}, morning + timedelta(hours=15))


def _written(place: Outside, day: Day, morning: datetime) -> str:
    lines = [
        {
            "conversation": _CONVERSATION,
            "id": _name(one.number),
            "at": (morning + timedelta(hours=4, minutes=20 * at)).isoformat(),
            "speaker": ("Ilse", "Joram", "me")[one.number % 3],
            "text": one.text,
        }
        for at, one in enumerate(day.said)
    ]
    file = place.folder / "day.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(file)


def _name(number: int) -> str:
    return f"said-{number}"


def _number(memory: JSON) -> int:
    """-1 for what was derived: nobody asks for that by name."""
    kind, _, number = str(memory["id"]).partition("-")
    return int(number) if kind == "said" and number.isdigit() else -1


def _asked(place: Outside, command: str, arguments: JSON, now: datetime) -> JSON:
    found = place.ask(command, arguments, now)
    if found is None:
        raise Problem(f"The running Mneme did not answer `{command}`.", "Look into its log.")
    return found


def _offering(lived: _Year) -> Iterator[Row]:
    if "offered" not in lived.hits:
        return
    count = len(lived.hits["offered"]) * _OFFERED
    offered = mean(lived.hits["offered"])
    plain = {order: mean(lived.hits[order]) for order in lived.hits if order != "offered"}
    best = max(plain.values())
    yield Row(name="what is offered is needed that day, P@5", value=offered, unit="share", n=count, baseline=best)
    yield Row(name="more than the best order without fading", value=offered - best, unit="share", n=count, target=0.05)
    for order, share in plain.items():
        yield Row(name=f"without fading, {order}, P@5", value=share, unit="share", n=count)


def _holding(place: Outside, lived: _Year, days: int, setting: Setting) -> Iterator[Row]:
    evening = _BEGINS + timedelta(days=days)
    kept = _asked(place, "memories", {"limit": 100_000}, evening)["memories"]
    active = [one for one in kept if one["state"] in ("captured", "active")]
    share = len(active) / max(1, len(kept))
    yield Row(name=f"still offered after {days} days", value=share, unit="share", n=len(kept), target=0.4)
    faded = [number for one in kept if one["state"] == "faded" and (number := _number(one)) >= 0]
    missed = 0
    with setting.bar.over("Asking for what has faded", len(faded)) as step:
        for number in faded:
            question = {"question": lived.said[number].question, "k": _FOUND_IN}
            hits = _asked(place, "recall", question, evening)["hits"]
            missed += not any(_name(number) in hit["sources"] for hit in hits)
            step.on()
    yield Row(name="faded and not found by its question", value=float(missed), unit="memories", n=len(faded), target=0)
    gone = len(lived.said) - sum(_number(one) >= 0 for one in kept)
    yield Row(name="lost altogether", value=float(gone), unit="memories", n=len(lived.said), target=0)
