"""The figures of Health in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from core.memory import Forecast, Status
from ui import words
from ui.desk import RecorderStatus
from ui.other_assistants import AccessLine
from ui.sidebar import recorder_words
from ui.words import counted, translate

if TYPE_CHECKING:
    from ui.bridge import Assistant


_FAR_DAYS = 3 * 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with what it counts and a sentence."""

    icon: str
    name: str
    value: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the vault says of itself, with the budget from the settings."""

    status: Status
    budget_gb: float
    forecast: Forecast


def load_health(assistant: Assistant, now: datetime) -> Health:
    """Runs on a worker."""
    return Health(
        status=assistant.status(hashed=False),
        budget_gb=assistant.settings.store.budget_gb,
        forecast=assistant.forecast(now),
    )


def used(health: Health) -> float:
    """Which part of the storage budget is used, 0 .. 1 and more."""
    return (health.status.vault_bytes + health.status.picture_bytes) / (health.budget_gb * 1e9)


def figures(health: Health, recorder: RecorderStatus, now: datetime) -> list[Figure]:
    """The cards in their order."""
    status = health.status
    waiting = status.without_vector
    one = translate("Health", "{n} still waits for its meaning.")
    many = translate("Health", "{n} still wait for their meaning.")
    every = translate("Health", "All can be found by words and by meaning.")
    made = [
        Figure(
            icon="memories",
            name=translate("Health", "Memories"),
            value=QLocale().toString(status.memories),
            said=counted(waiting, one, many) if waiting else every,
        )
    ]
    storage = words.size(status.vault_bytes + status.picture_bytes)
    of = translate("Health", "{part} of {budget} GB. {forecast}")
    part = translate("Health", "Under 1 %") if used(health) < 0.01 else f"{used(health):.0%}"
    made.append(
        Figure(
            icon="storage",
            name=translate("Health", "Storage"),
            value=storage,
            said=of.format(part=part, budget=f"{health.budget_gb:g}", forecast=forecast_words(health.forecast)),
        )
    )
    made.append(_recorder(recorder, now))
    made.append(_index(status))
    return made


def forecast_words(forecast: Forecast) -> str:
    """When the budget will be full at the pace of the last weeks, and what goes first then."""
    if forecast.days is None or forecast.days > _FAR_DAYS:
        return translate("Health", "At this pace it is not full for years; then pictures shrink, words never do.")
    if forecast.days == 0.0:
        freed = words.size(sum(freed for _, _, freed in forecast.coming) or forecast.can_free)
        said = translate("Health", "It is full: pictures shrink, weakest first, by about {size}. Words never do.")
        return said.format(size=freed)
    one = translate("Health", "Full in about a day; then pictures shrink, weakest first. Words never do.")
    many = translate("Health", "Full in about {n} days; then pictures shrink, weakest first. Words never do.")
    return counted(max(1, round(forecast.days)), one, many)


def access_words(access: AccessLine) -> str:
    """What another assistant did, without what it asked."""
    if access.refused:
        return translate("Health", "{client} was refused.").format(client=access.client)
    if access.tool == "remember":
        return translate("Health", "{client} wrote a note.").format(client=access.client)
    given = counted(access.given, translate("Health", "{n} memory"), translate("Health", "{n} memories"))
    if access.held_back:
        said = translate("Health", "{client} used {tool} and was given {given}; {held_back} held back.")
    else:
        said = translate("Health", "{client} used {tool} and was given {given}.")
    return said.format(client=access.client, tool=access.tool, given=given, held_back=access.held_back)


def _recorder(recorder: RecorderStatus, now: datetime) -> Figure:
    name = translate("Health", "Recorder")
    if recorder.state == "recording":
        said = translate("Health", "looks in the last minute; {n} were to be expected.").format(n=recorder.expected)
        why = f" {words.reason_words(recorder.reason)}." if recorder.reason else ""
        return Figure(icon="record", name=name, value=str(recorder.frames), said=f"{said}{why}")
    _, _, value, said = recorder_words(recorder, now)
    return Figure(icon="off", name=name, value=value, said=said)


def _index(status: Status) -> Figure:
    names = {
        "chroma": translate("Health", "Chroma"),
        "exact": translate("Health", "Exact scan"),
        "codes": translate("Health", "Codes, then exact"),
        "none": translate("Health", "Words only"),
    }
    by = [f"{names.get(name, name)} {count}" for name, count in status.answered.items() if count]
    said = translate("Health", "Answered so far: {by}.").format(by=", ".join(by))
    none_yet = translate("Health", "No question has needed it since the start.")
    return Figure(
        icon="search",
        name=translate("Health", "Search by meaning"),
        value=names.get(status.index, status.index),
        said=said if by else none_yet,
    )
