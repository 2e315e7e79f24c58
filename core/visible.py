"""What can be seen of a text: no controls, no reversed writing, no characters that hide."""

import re

_CONTROLS = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f"
_DIRECTIONS = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"
_HIDDEN = (
    "\\u00ad\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u2028\\u2029\\u2060-\\u2065\\u206a-\\u206f"
    "\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\U000e0000-\\U000e0fff"
)
_JOINERS = "\\u200c\\u200d\\ufe00-\\ufe0f"
"""Needed to write some languages and pictures; nothing in a prompt needs them."""

_NOT_SHOWN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_HIDDEN}]")
_NOT_READ = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_HIDDEN}{_JOINERS}]")
_ESCAPES = re.compile("\\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\x07\\x1b]{0,200}(?:\\x07|\\x1b\\\\))?", re.S)


def visible(text: str) -> str:
    """The text as it may be shown to a person, also in a terminal: escape sequences go whole."""
    return _NOT_SHOWN.sub("", _ESCAPES.sub("", text))


def readable(text: str) -> str:
    """The text as it may be given to a model: only what a person would have seen."""
    return _NOT_READ.sub("", _ESCAPES.sub("", text))
