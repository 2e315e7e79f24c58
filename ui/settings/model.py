"""The settings tree as fields to draw: title, reason, range, choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from core.settings import ONLY_ON, Settings
from ui.words import translate

Control = Literal["switch", "choice", "whole", "number", "names", "text", "folder"]


PICKED = frozenset(("model.answering", "model.draft", "model.embedder"))
"""Set by picking a model from the list above; a file's name typed into a field would be a trap."""

_FOLDERS = frozenset(("conversations.folder",))
"""Chosen in a dialog, or typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting as it is drawn."""

    key: str
    title: str
    description: str
    control: Control
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """A tab of the settings with the groups of the tree it shows."""

    name: str
    title: str
    groups: tuple[str, ...]


def pages() -> list[Page]:
    """Every tab. Each group of the tree stands on exactly one."""
    return [
        Page("general", translate("Settings", "General"), ("person", "look", "lock")),
        Page("recording", translate("Settings", "Recording"), ("capture", "conversations")),
        Page("remembering", translate("Settings", "Remembering"), ("recall", "sleep", "decay")),
        Page("models", translate("Settings", "Models"), ("model",)),
        Page("storage", translate("Settings", "Storage"), ("store",)),
        Page("sharing", translate("Settings", "Other assistants"), ("mcp",)),
        Page("keys", translate("Settings", "Keys and archives"), ()),
    ]


def group_title(group: str) -> str:
    """The heading over a group's fields."""
    return {
        "person": translate("Settings", "You"),
        "look": translate("Settings", "Window"),
        "lock": translate("Settings", "Locking"),
        "capture": translate("Settings", "The screen"),
        "conversations": translate("Settings", "Conversations from elsewhere"),
        "recall": translate("Settings", "Recall"),
        "sleep": translate("Settings", "Sleep"),
        "decay": translate("Settings", "Fading"),
        "model": translate("Settings", "The engine"),
        "store": translate("Settings", "Store"),
        "mcp": translate("Settings", "Other assistants"),
    }.get(group, group)


def fields(group: str, desktop: str = "") -> list[Field]:
    """The fields of one group in the order of the tree, but for those that a list is picked from.

    On a `desktop` that is known, only those that do something there.
    """
    kind = Settings.model_fields[group].annotation
    assert kind is not None
    keys = {f"{group}.{name}": info for name, info in kind.model_fields.items()}
    return [_field(key, info) for key, info in keys.items() if key not in PICKED and _counts(info, desktop)]


def _counts(info: FieldInfo, desktop: str) -> bool:
    """Whether a field does something on this desktop: the tree says for which it is."""
    extra = info.json_schema_extra
    only = extra.get(ONLY_ON) if isinstance(extra, dict) else None
    return not desktop or not isinstance(only, list) or desktop in only


def _field(key: str, info: FieldInfo) -> Field:
    low, high = _range(info)
    control, choices = _control(info.annotation)
    return Field(
        key=key,
        title=translate("SettingsTree", info.title or key),
        description=translate("SettingsTree", info.description or ""),
        control="folder" if key in _FOLDERS else control,
        choices=choices,
        low=low,
        high=high,
    )


def _control(annotation: Any) -> tuple[Control, tuple[str, ...]]:
    if annotation is bool:
        return "switch", ()
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(choice) for choice in get_args(annotation))
    if annotation is int:
        return "whole", ()
    if annotation is float:
        return "number", ()
    if get_origin(annotation) is tuple:
        return "names", ()
    return "text", ()


def _range(info: FieldInfo) -> tuple[float, float]:
    low, high = 0.0, 1_000_000.0
    for limit in info.metadata:
        if isinstance(limit, Ge):
            low = float(str(limit.ge))
        elif isinstance(limit, Gt):
            low = float(str(limit.gt)) + 0.01
        elif isinstance(limit, Le):
            high = float(str(limit.le))
        elif isinstance(limit, Lt):
            high = float(str(limit.lt)) - 0.01
    return low, high


def choice_title(choice: str) -> str:
    """A choice as the person reads it."""
    return {
        "system": translate("Settings", "As the system"),
        "light": translate("Settings", "Light"),
        "dark": translate("Settings", "Dark"),
        "balanced": translate("Settings", "Balanced"),
        "thorough": translate("Settings", "Thorough"),
        "auto": translate("Settings", "Auto"),
        "rapidocr": "RapidOCR",
        "tesseract": "Tesseract",
        "memory": translate("Settings", "In memory"),
        "disk": translate("Settings", "On disk"),
        "server": translate("Settings", "On a server"),
    }.get(choice, choice)
