"""What is wrong with a value that a setting does not take, and what it takes, in a reader's words."""

import math
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

_LONGEST = 40
_ENDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def allowed(kind: FieldInfo) -> str:
    """What a field takes, as a sentence: a number's ends, the choices; empty where the field's own reason says it."""
    if kind.annotation is bool:
        return "On or off."
    if get_origin(kind.annotation) is Literal:
        return f"One of: {', '.join(map(str, get_args(kind.annotation)))}."
    if not _is_number(kind):
        return ""
    number = "A whole number" if kind.annotation is int else "A number"
    ends = {name: _digits(getattr(limit, name)) for limit in kind.metadata for name in _ENDS if hasattr(limit, name)}
    if ends.keys() == {"ge", "le"}:
        return f"{number} from {ends['ge']} to {ends['le']}."
    between = " and ".join(f"{_ENDS[name]} {end}" for name, end in ends.items())
    return f"{number} {between}".rstrip() + "."


def why_not(value: Any, kind: FieldInfo, error: ValidationError) -> str:
    """What is wrong with the value, to follow "does not fit <title>"; empty where what is allowed says it."""
    wrong = error.errors()[0]
    if wrong["type"] == "value_error":
        return ": " + wrong["msg"].removeprefix("Value error, ")
    if not _is_number(kind):
        return ""
    number = _read(value)
    if math.isnan(number):
        comma = isinstance(value, str) and not math.isnan(_read(value.replace(",", ".")))
        return ": write it with a point, not a comma" if comma and kind.annotation is float else ": it is no number"
    if wrong["type"].startswith("greater_than") or number == -math.inf:
        return ": it is too small"
    if wrong["type"].startswith("less_than") or number == math.inf:
        return ": it is too large"
    return ": it is no whole number"


def shortened(value: Any) -> str:
    """The value as it was given; the beginning of a long one."""
    said = repr(value)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def _is_number(kind: FieldInfo) -> bool:
    return kind.annotation in (int, float)


def _read(value: Any) -> float:
    """As a number; not a number where it is none or not written in the digits 0 to 9."""
    if isinstance(value, str) and not value.isascii():
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except (TypeError, ValueError):
        return math.nan


def _digits(end: float) -> str:
    """As the person would type it."""
    return str(int(end)) if end == int(end) else str(end)
