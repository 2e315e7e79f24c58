"""Whether two readings are of one message: as a reader of pictures errs, and as the edge of a window cuts. Pure."""

import re
import unicodedata
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")
_MISREAD = str.maketrans({"i": "l", "1": "l", "j": "l", "0": "o", "q": "o", "c": "e", "5": "s", "8": "b", "2": "z"})
_DIGITS = re.compile(r"\d")
_LONG, _ALIKE, _NAME_ALIKE = 12, 0.88, 0.8
_LEAST_CUT = 4


def key(text: str) -> str:
    """A text without case, marks and blanks, with the letters that are often confused as one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    squashed = "".join(_WORD.findall(folded)).replace("rn", "m").replace("vv", "w")
    return squashed.translate(_MISREAD) or folded.strip()


def same_text(one: str, other: str, *, keys: tuple[str, str] | None = None) -> bool:
    """Whether both are readings of the same words. Longer ones may differ in a few letters, never in digits."""
    first, second = keys or (key(one), key(other))
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) < _LONG or len(shorter) < _ALIKE * len(longer):
        return False
    if sorted(_DIGITS.findall(one)) != sorted(_DIGITS.findall(other)):
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def same_name(one: str, other: str) -> bool:
    """Whether both are readings of one name."""
    first, second = key(one), key(other)
    if first == second:
        return True
    return min(len(first), len(second)) > _LEAST_CUT and SequenceMatcher(None, first, second).ratio() >= _NAME_ALIKE


def cut_of(part: str, whole: str, *, above: bool) -> bool:
    """Whether `part` (a key) is what is left of `whole` where the window cuts it off, `above` it or below it."""
    if not _LEAST_CUT <= len(part) < len(whole):
        return False
    return whole.endswith(part) if above else whole.startswith(part)
