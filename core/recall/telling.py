"""Tells whether words that name a time in a question are meant as one, or are a title or what is spoken of."""

import re

from core.dates.grammar import Form, Mention

_BEFORE_A_YEAR = re.compile(
    r"\b(?:in|during|since|before|after|until|till|by|from|between|and|to|of|throughout|around|year|through|early|mid|"
    r"late|for|last|or|,)[\s-]*$",
    re.IGNORECASE,
)
_BEFORE_A_HOLIDAY = re.compile(
    r"\b(?:at|on|over|during|in|before|after|since|until|till|by|around|between|and|to|from|of|for|following|through|"
    r"throughout|near|to)\s+(?:the\s+|my\s+|our\s+)?$|^\s*$",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"\b(?:of|for|and|to|in|from|at|on)\s+(?:the\s+|my\s+|our\s+)?$", re.IGNORECASE)
_A_NOUN = re.compile(
    r"(?:'s|’s)?\s+(?!(?:and|or|did|do|does|was|were|is|are|with|to|at|in|on|for|when|where|who|whom|we|i|she|he|they|"
    r"you|my|our|the|a|an|this|last|next|of|but|then|that|by|from|one|two|three|four|five|several|some|party|dinner|lunch|breakfast|weekend|week|holidays?|"
    r"break|season|market|morning|evening|night|eve)\b)[^\W\d_]",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\b(?:about|like|love|hate|mean|called|is|are)\s+(?:the\s+)?$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\b(?:numbers?|no|nr|ending(?:\s+in)?|code|pin|room|page|version|model|line|flight|id|ticket|order|invoice)\.?\s*$",
    re.IGNORECASE,
)
_LASTING = re.compile(r"\b(?:does|do|did|will|would|can|could|to)\b(?:\s+[\w'’-]+){0,5}\s+$", re.IGNORECASE)
_CAPITALISED = frozenset(
    {Form.NEAR, Form.TURN, Form.LOOSE_TURN, Form.AGO, Form.PAST, Form.OTHER_DAY, Form.EARLIER, Form.BEFORE_LAST}
)
"""Begin with a word that is written small within a sentence."""


def is_time(text: str, mention: Mention, *, english: bool = True) -> bool:
    """Whether the mention, which stands in `text`, is meant as a time; not `english`: a text that was put into it."""
    after = text[mention.end :]
    if mention.form is Form.YEAR:
        if _BEFORE_A_YEAR.search(text, 0, mention.start):
            return True
        return re.match(r"\s*(?:[?.!,;)]|$)", after) is not None and not _NUMBERED.search(text, 0, mention.start)
    if mention.form is Form.PAST and mention.words[:4].lower() == "last" and _LASTING.search(text, 0, mention.start):
        return False
    if mention.form is Form.NUMERIC and is_numbered(text, mention.start):
        return False
    if mention.form is Form.HOLIDAY and english and not mention.which and mention.year is None:
        if not _BEFORE_A_HOLIDAY.search(text, 0, mention.start):
            return not _A_NOUN.match(after) and not _is_topic(text, mention)
        return not (_LOOSE.search(text, 0, mention.start) and _A_NOUN.match(after))
    if _is_title(text, mention.start) and mention.form in _CAPITALISED:
        return False
    part = re.match(r"\s+(Morning|Afternoon|Evening|Night)\b", after)
    return not (mention.form is Form.LOOSE_WEEKDAY and part and not _headline(text))


def is_numbered(text: str, start: int) -> bool:
    """Whether what stands before calls it a number, a version or the like."""
    return _NUMBERED.search(text, 0, start) is not None


def _is_topic(text: str, mention: Mention) -> bool:
    return _TOPIC.search(text, 0, mention.start) is not None


def _is_title(text: str, start: int) -> bool:
    """A capital within a sentence that is not written in capitals throughout."""
    begins = re.search(r"(?:^|[.!?:]\s)\W*$", text[:start]) is not None
    return text[start : start + 1].isupper() and not begins and not _headline(text)


def _headline(text: str) -> bool:
    words: list[str] = re.findall(r"[^\W\d_]+", text)
    return sum(word[0].isupper() for word in words) > 0.6 * len(words)
