"""Names as they are compared: without case and accents; and those that are near one that nobody has."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_MOST = 5000
"""Names that are compared; each costs some microseconds."""
_SHOWN = 3
_ACCENTS = re.compile("[\u0300-\u036f]")
"""Of Latin, Greek and Cyrillic; a mark in kana makes it another letter."""


def fold(name: str) -> str:
    """Without case, accents and doubled blanks: "  José  Ñ" is "jose n"."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return unicodedata.normalize("NFC", " ".join(_ACCENTS.sub("", plain).casefold().split()))


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded."""
    return tuple(re.findall(r"\w+", fold(name)))


def called(name: str, value: str) -> bool:
    """Whether `value` (folded) means someone or something of this name: all of it, or words of it in turn."""
    if fold(name) == value:
        return True
    own, asked = words(name), words(value)
    return bool(asked) and any(own[at : at + len(asked)] == asked for at in range(len(own) - len(asked) + 1))


def near(value: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that are nearest to `value` in letters, best first; a first name is as good as the whole one."""
    asked = fold(value)
    known: dict[str, str] = {}
    for name in islice(names, _MOST):
        for form in (fold(name), *words(name)[:1]):
            known.setdefault(form, name)
    found = get_close_matches(asked, known, _SHOWN, 0.6)
    return tuple(dict.fromkeys(known[form] for form in found))


def shown(name: str) -> str:
    """A name that was kept without case, as it is written; "me" stays."""
    return name.title() if name != "me" and name.replace(" ", "").replace("-", "").isalpha() else name


def missing(said: str, value: str, names: Iterable[str]) -> str:
    """`said` as a sentence, with the names that are near to `value` where there are any."""
    found = near(value, names)
    return f"{said}; did you mean {' or '.join(found)}?" if found else f"{said}."
