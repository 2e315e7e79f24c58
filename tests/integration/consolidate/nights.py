"""Sleeping over a made conversation in a real vault."""

from datetime import datetime, timedelta
from functools import partial

from core.consolidate.night import Night
from core.decay import curve, sweep
from core.memory import Draft, Memory, Selection, SleepRun
from core.settings import Settings
from core.store import memories
from core.store.vault import Vault
from tests.made import NOON, note, turn

NIGHT = NOON + timedelta(hours=11)
SETTINGS = Settings()


def night(vault: Vault, now: datetime = NIGHT, *, label: str = "2026-09-01", **more: object) -> Night:
    return Night(
        vault=vault,
        **{"settings": SETTINGS, **more},  # type: ignore[arg-type]
        now=now,
        night=label,
        hold=partial(curve.first_stability, settings=SETTINGS.decay),
        fade=partial(sweep.moves, settings=SETTINGS.decay),
    )


def slept(vault: Vault, now: datetime = NIGHT, *, label: str = "2026-09-01", **more: object) -> SleepRun:
    one = night(vault, now, label=label, **more)
    for _ in one.steps():
        pass
    assert one.result is not None
    return one.result


def conversation() -> list[Draft]:
    said: list[tuple[str, bool]] = [
        ("Hi! How have you been since the conference in spring?", False),
        ("I live in Hamburg, and the harbour is right outside my window.", True),
        ("I live in Porto, it is lovely and warm all through the winter.", False),
        ("My dentist is Dr. Wu.", True),
        ("I'll send you the invoice by Friday.", False),
        ("Great, the invoice matters because the accountant closes the books on Monday.", True),
        ("We have a meeting with Rosa tomorrow at 9.", False),
        ("ok", True),
        ("I'm allergic to peanuts, so no satay for lunch please.", True),
        ("Did you say you live in Porto?", True),
        ("If I moved to Rome I would eat pizza every day.", False),
        ("The harbour festival in Hamburg was loud and the invoice was late again.", True),
    ]
    first = [turn(text, number, mine=mine) for number, (text, mine) in enumerate(said)]
    later = [
        turn("Big change: I moved to Lisbon.", 300, speaker="Dana"),
        turn("Lisbon, how exciting! Do you have a view of the river there?", 301, mine=True),
        turn("Yes, the river is right there and the invoice is paid too.", 302),
        turn("I owe you 40 euros for the tickets.", 303),
    ]
    return [*first, *later, note("I moved to Kiel.")]


def all_of(vault: Vault, selection: Selection | None = None) -> list[Memory]:
    with vault.read() as db:
        return memories.find(db, selection or Selection())


def digest(vault: Vault) -> str:
    with vault.read() as db:
        return memories.content_hash(db)
