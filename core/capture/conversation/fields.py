"""What a JSON object from outside holds, asked for by the type it should have: a wrong one counts as missing."""

import json
from typing import TypeGuard

from core.capture.conversation.text import clean

Node = dict[str, object]


def is_node(value: object) -> TypeGuard[Node]:
    """Whether it is a JSON object."""
    return isinstance(value, dict)


def parsed(raw: bytes) -> Node | None:
    """The JSON object in these bytes; None when there is none, or one that is two run together."""
    try:
        found = json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if is_node(found) else None


def _once(pairs: list[tuple[str, object]]) -> Node:
    """The fields as a dict. Raises ValueError where one is there twice: the first would be lost in silence."""
    node = dict(pairs)
    if len(node) != len(pairs):
        raise ValueError("a field that is there twice")
    return node


def scalar(raw: bytes) -> str:
    """The text or number in these bytes as text; empty for anything else."""
    try:
        found = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return ""
    return _text(found)


def text(node: Node, *keys: str) -> str:
    """The first of these fields that is text (or a whole number) and not empty; else ""."""
    return next((found for key in keys if (found := _text(node.get(key)))), "")


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean(value) if isinstance(value, str) else ""


def number(node: Node, *keys: str) -> float | None:
    """The first of these fields that is a number, or text that is one; else None."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str) and value.strip():
            try:
                return float(value)
            except ValueError:
                continue
    return None


def inner(node: Node, key: str) -> Node:
    """The object in this field; an empty one when there is none."""
    value = node.get(key)
    return value if is_node(value) else {}


def several(node: Node, key: str) -> list[Node]:
    """The objects in the array in this field."""
    value = node.get(key)
    return [one for one in value if is_node(one)] if isinstance(value, list) else []
