"""A question after which of two things came first: the two, as it names them."""

import re
from dataclasses import dataclass

_LONGEST = 2000
_FIRST = r"first|earlier|earliest|sooner|zuerst|früher|eher|primero|antes|en premier|d'abord"
_LATER = r"last|later|latest|second|after(?:wards)?|später|zuletzt|después|en dernier"
_OR = r"\s+(?:or|oder|o|ou)\s+"
_HAPPENED = r"come|happen|take\s+place|occur|begin|start"
_ASKS = r"^\W*(?:which|what|who|was|welche\w*|wer|¿?\s*qué|quién|cuál|qu['’]est-ce qui|lequel|laquelle)\b"
_MARK = rf"(?:(?P<first>{_FIRST})|(?P<later>{_LATER}))"
_TWO = rf"(?P<a>.+?){_OR}(?P<b>.+?)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"{_ASKS}[^,:]*?\b{_MARK}(?:\s+(?:of\s+(?:the|these|those)\s+two|in\s+time))?\s*[,:;–—-]\s*{_TWO}\W*$",
        rf"{_ASKS}[^,:]*?\b(?:came|comes|come|happened|was|occurred|started)\s+{_MARK}\s+{_TWO}\W*$",
        rf"^\W*(?:was|were|is|did|had)\s+(?P<a>.+?)\s+(?:(?:{_HAPPENED}|been)\s+)?(?P<first>before)\s+or\s+after\s+(?P<b>.+?)\W*$",
        rf"^\W*did\s+(?P<a>.+?)\s+(?:{_HAPPENED})\s+(?:(?P<first>before)|(?P<later>after))\s+(?P<b>.+?)\W*$",
        rf"^\W*in\s+(?:what|which)\s+(?P<first>order)\s+(?:did|do|were|was)\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)"
        rf"(?:\s+(?:{_HAPPENED}))?\W*$",
    )
)
_QUOTES = "\"'“”„‚‘’«»"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """Two things one of which came first. `later`: asked is which came last."""

    a: str
    b: str
    later: bool

    @property
    def both(self) -> tuple[str, str]:
        """In the order of the question."""
        return self.a, self.b


def alternatives(question: str) -> Alternatives | None:
    """The two things of which the question asks which came first; None when it asks something else."""
    text = " ".join(question[:_LONGEST].split())
    for pattern in _PATTERNS:
        found = pattern.match(text)
        if found is None:
            continue
        a, b = (_bare(found[name]) for name in ("a", "b"))
        if re.search(r"\w", a) and re.search(r"\w", b) and a.casefold() != b.casefold():
            return Alternatives(a=a, b=b, later=bool(found.groupdict().get("later")))
    return None


def _bare(text: str) -> str:
    return text.strip(f" ,;:.{_QUOTES}")
