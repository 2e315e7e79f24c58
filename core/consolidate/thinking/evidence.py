"""Words found again where they are said to stand: in their source, in a row, in one sentence."""

import re

from core.consolidate.sentences import said
from core.memory import Memory
from core.pattern import Pattern

_NEGATIVE = Pattern(r"^(?:does not|do not|dislikes|no longer|never|cannot|avoids|allergic|quit|stopped|without)\b")
_MOST_WORDS = 80
_WITHOUT_SPACES = "\u2e80"
"""From here on scripts that put no space between words."""
READ_BY_MODEL = "Read by the model"
"""How the reason of what a model has read begins."""


def located(words: str, text: str, within: tuple[int, int]) -> tuple[int, int] | None:
    """Where `words` stand in the characters `within` of a text: letter by letter, or at least word by word in a row.

    Case, blanks and punctuation between the words do not count: a prompt shows some of those differently.
    """
    begin, end = within
    plain = words.strip()
    if not plain:
        return None
    exact = text.find(plain, begin, end)
    if exact >= 0 and _alone(text, exact, exact + len(plain)):
        return exact, exact + len(plain)
    parts = re.findall(r"\w+", plain)
    if not 0 < len(parts) <= _MOST_WORDS:
        return None
    first = "" if parts[0][0] >= _WITHOUT_SPACES else r"(?<!\w)"
    last = "" if parts[-1][-1] >= _WITHOUT_SPACES else r"(?!\w)"
    joined = r"[\W_]+".join(re.escape(part) for part in parts)
    found = re.compile(f"{first}{joined}{last}", re.IGNORECASE).search(text, begin, end)
    return found.span() if found else None


def _alone(text: str, begin: int, end: int) -> bool:
    """Whether no word is cut at either end."""
    before, after = text[begin - 1 : begin], text[end : end + 1]
    cut_before = before.isalnum() and text[begin].isalnum() and before < _WITHOUT_SPACES
    cut_after = after.isalnum() and text[end - 1].isalnum() and after < _WITHOUT_SPACES
    return not (cut_before or cut_after)


def still_said(old: Memory, text: str) -> bool:
    """Whether what a model once read may still be read in the words of its source, `text`, as they are now.

    Its value must stand in a sentence that may be believed, and denied there only if it was itself a denial.
    """
    if old.fact is None or not old.reason.startswith(READ_BY_MODEL):
        return False
    denial = negative(old.fact.attribute)
    return any(
        located(old.fact.value, text, (sentence.start, sentence.start + len(sentence.text))) is not None
        for sentence in said(text)
        if sentence.refused is None or (sentence.denies_only and denial)
    )


def negative(attribute: str) -> bool:
    """Whether an attribute says that something is not so."""
    return _NEGATIVE.match(attribute) is not None
