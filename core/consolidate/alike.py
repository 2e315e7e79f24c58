"""Texts made comparable: without case and spacing, without the chrome of chats, and as a reader of pictures errs."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_NO_WORDS = re.compile(r"[\[(<:]\s*(?:emoji|sticker|gif)\s*[\])>:]", re.IGNORECASE)
_FORWARDED = re.compile(r"^\s*(?:>+\s*|(?:fwd?|forwarded(?: message)?|wg|weitergeleitet|rv|tr)\s*:\s*)+", re.IGNORECASE)
_CLOCK = r"\d{1,2}[:.]\d{2}(?:\s*[ap]m)?"
_HEADER = re.compile(
    rf"^[^\n\d]{{1,40}}?[\s,]+(?:(?:today|yesterday|heute|gestern)[\s,]+(?:at |um )?)?{_CLOCK}\s*\n", re.IGNORECASE
)
_FOOTER = re.compile(
    rf"(?:[\s✓✔·|,-]+(?:(?:read|seen|delivered|sent|edited|gelesen|bearbeitet)\b\s*)?(?:{_CLOCK})?)+\s*$", re.IGNORECASE
)
_MISREAD = str.maketrans({"i": "l", "1": "l", "j": "l", "0": "o", "q": "o", "c": "e", "5": "s", "8": "b", "2": "z"})


def normal(text: str) -> str:
    """A text without case, punctuation, pictures, width and spacing."""
    folded = unicodedata.normalize("NFKC", _NO_WORDS.sub(" ", text)).casefold().replace("'", "").replace("’", "")
    return " ".join(_WORD.findall(folded))


def forwarded(text: str) -> bool:
    """Whether it says of itself that someone else's words follow."""
    return bool(_FORWARDED.match(text))


def core_of(text: str) -> str:
    """What a message says, without the mark of a forward and the name, clock and ticks a screen puts around it."""
    bare = _FORWARDED.sub("", _HEADER.sub("", text, count=1))
    return _FOOTER.sub("", bare)


def misread(text: str) -> str:
    """The same for a text and what a reader of pictures makes of it: letters it confuses are one, without spaces."""
    squashed = normal(text).replace(" ", "").replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return squashed.translate(_MISREAD)


def digits(text: str) -> str:
    """The digits in their order: what may differ in no repeat."""
    return "".join(char for char in text if char.isdigit())
