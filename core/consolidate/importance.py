"""How much an observation matters, 0.5..2: it scales how long it is held before it fades."""

import re

from core.consolidate.weighty import CHROME, DECISION, DEED, LASTING, LIFE, PASSING
from core.dates.words import ANY_WEEKDAY, MONTHS
from core.memory import Facet, Memory, Trust

LEAST, MOST = 0.5, 2.0
_USUAL = 0.85
_SHORT = 4
"""Words; what is shorter and says nothing weighty is chatter or a label."""
_READ = 5000


_MONTH = f"(?:{'|'.join(name[:3] for name in MONTHS)})[a-z]*"
_AMOUNT = re.compile(
    r"[€$£¥]\s?\d|\b\d[\d.,]*\s?(?:€|£|\$|euros?|dollars?|pounds?|francs?|crowns?|EUR|USD|GBP|CHF|kr|percent|%|k\b)"
    r"|\b\d{1,3}(?:[.,]\d{3})+\b|\b\d{3,}[.,]\d\d\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b[A-Z]{1,4}[ -]?\d{2,}[A-Z\d-]*\b|\b\d{2,}[-/ ]\d{2,}(?:[-/ ]\d{2,})*\b|(?:^|\s)\+?\d[\d ()/-]{7,}\d"
    r"|\b\d[\d.,]*\s?(?:mm|cm|m|km|kg|g|grams?|ml|l|litres?|bar|volts?|watts?|degrees?|hours?|h)\b"
)
"""References, telephone numbers, measures: what one looks up again."""
_DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}|{_MONTH}\.?\s+\d{{1,2}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\."
    r"|on the \d{1,2}(?:st|nd|rd|th)|deadline|due)\b",
    re.IGNORECASE,
)
_SOON = re.compile(rf"\b(?:{ANY_WEEKDAY}|tomorrow|tonight|next (?:week|month|year)|\d{{1,2}}:\d\d)\b", re.IGNORECASE)
_PERSON = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b|\b(?:Dr|Mr|Mrs|Ms|Prof)\.? [A-Z]")
_SMALL_TALK = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|yes|yeah|yep|no|nope|thanks|thank you|thx|lol|haha\w*|hi|hey|hello|bye|good (?:morning|night)"
    r"|see you|cool|nice|great|sure|wow|right|exactly|same here|me too|awesome|sounds good|take care|you too|hm+|oh|ah"
    r"|no problem|you're welcome|i see|got it|so|much|that's|it|is|a|lot|man|all|there|how are you|how's it going"
    r"|what's up|later|soon|then|well|noted|same|sec|and)\b[\W_]*)+$",
    re.IGNORECASE,
)
_WEIGHTS = ((LIFE, 0.35), (DEED, 0.25), (DECISION, 0.3), (LASTING, 0.2), (_AMOUNT, 0.2), (_NUMBER, 0.15))
_WHEN = ((_DAY, 0.2), (_SOON, 0.1), (_PERSON, 0.15))


def importance(memory: Memory, *, days_repeated: int = 0, dwell_minutes: float = 0.0) -> float:
    """0.5..2 from what it says and whose word it is. Words are known in English; figures, dates and names in any.

    `days_repeated`: on how many other days the same was said; `dwell_minutes`: how long a frame's place was looked
    at, where that is known.
    """
    text = memory.text[:_READ]
    if memory.boilerplate or memory.folded_into is not None:
        return LEAST
    said = sum(weight for pattern, weight in _WEIGHTS if pattern.search(text))
    score = _USUAL + said + sum(weight for pattern, weight in _WHEN if pattern.search(text))
    score += min(0.15 * days_repeated, 0.45) + min(dwell_minutes / 60.0, 0.3)
    score += 0.35 if memory.trust is Trust.WRITTEN else 0.1 if memory.provenance.mine else 0.0
    score -= 0.25 * bool(PASSING.search(text))
    if memory.facet is Facet.FRAME:
        score -= 0.35 * bool(CHROME.search(text))
    if text.rstrip().endswith("?"):
        score -= 0.2
    if len(text.split()) < _SHORT and not said:
        score -= 0.25
    if _SMALL_TALK.match(text):
        score -= 0.4
    return round(min(max(score, LEAST), MOST), 2)
