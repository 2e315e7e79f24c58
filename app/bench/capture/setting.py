"""What every part of the bench of capture is given, and how its rows say what they must hold."""

from dataclasses import dataclass

from app.bench.asking import Bar
from app.bench.row import Row
from app.cli.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A bench under way."""

    session: Session
    bar: Bar
    minutes: float = 60.0
    """Of the made session, by its own clock."""
    live_s: float = 120.0
    """Of busy work in front of a running Mneme, by the wall clock; as long again for finding and for stillness."""
    screens: int = 200
    """Of each kind of what is drawn."""
    preset: str = "balanced"

    def told(self, what: str) -> None:
        """How far it is."""
        self.session.err.print(what, markup=False)


def at_least(name: str, value: float, unit: str, n: int, target: float, baseline: float | None = None) -> Row:
    """A figure that reaches its target from below."""
    return Row(name=f"{name} (at least)", value=value, unit=unit, n=n, target=target, baseline=baseline)


def at_most(name: str, value: float, unit: str, n: int, target: float, baseline: float | None = None) -> Row:
    """A figure that must not grow past its target."""
    return Row(name=f"{name} (at most)", value=value, unit=unit, n=n, target=target, baseline=baseline)
