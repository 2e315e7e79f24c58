"""How what came with a message is noted: its names in a last line, since the files themselves are not read."""

from collections.abc import Iterable

from core.capture.conversation.text import clean

_NAMED = 20
_LONGEST_NAME = 120


def noted(text: str, names: Iterable[str]) -> str:
    """The text with a line `[attached: invoice.pdf, photo.jpg]` below it; without names, the text."""
    shown = [name for one in names if (name := _name(one))]
    if not shown:
        return text
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    line = f"[attached: {', '.join(shown[:_NAMED])}{more}]"
    return f"{text.rstrip()}\n{line}" if text.strip() else line


def _name(name: str) -> str:
    """The last part of what may be a path, on one line."""
    last = " ".join(clean(name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].split())
    if len(last) <= _LONGEST_NAME:
        return last
    return f"{last[: _LONGEST_NAME - 12]}…{last[-11:]}"
