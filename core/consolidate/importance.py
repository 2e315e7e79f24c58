"""How much an observation matters, 0.5..2: it scales how long it is held before it fades."""

import re

from core.dates.words import ANY_WEEKDAY, MONTHS
from core.memory import Facet, Memory, Trust

LEAST, MOST = 0.5, 2.0
_AMOUNT = re.compile(
    r"[€$£¥]\s?\d|\b\d[\d.,]*\s?(?:€|£|\$|euros?|dollars?|pounds?|EUR|USD|GBP|CHF|kr|percent|%|k\b)", re.IGNORECASE
)
_MONTH = f"(?:{'|'.join(name[:3] for name in MONTHS)})[a-z]*"
_DATE = re.compile(
    rf"\b(?:{ANY_WEEKDAY}|tomorrow|tonight|deadline|due|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}"
    rf"|{_MONTH}\.?\s+\d{{1,2}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}:\d\d)\b",
    re.IGNORECASE,
)
_DECISION = re.compile(
    r"\b(?:decided|decision|agreed|agree to|let's go with|we(?:'ll| will) (?:go with|take|use)|signed|approved"
    r"|confirmed|booked|accepted|rejected|cancel(?:led|ed)|moved to|moving to|quit|resigned|hired|promise"
    r"|i.ll send|i will send|must|important|remember|don't forget|diagnos\w+|allergic|pregnant"
    r"|engaged|married|divorced|died|passed away|password|contract|invoice|appointment|birthday|address|offer)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b|\b(?:Dr|Mr|Mrs|Ms|Prof)\.? [A-Z]")
_SMALL_TALK = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|yes|yeah|yep|no|nope|thanks|thank you|thx|lol|haha\w*|hi|hey|hello|bye|good (?:morning|night)"
    r"|see you|cool|nice|great|sure|wow|right|exactly|same here|me too|awesome|sounds good|take care|you too|hm+|oh|ah"
    r"|no problem|you're welcome|i see|got it|so|much|that's|it|is|a|lot|man|all|there|how are you|how's it going"
    r"|what's up|later|soon|then|well)\b[\W_]*)+$",
    re.IGNORECASE,
)


def importance(memory: Memory, *, days_repeated: int = 0, dwell_minutes: float = 0.0) -> float:
    """0.5..2 from what it says and whose word it is.

    `days_repeated`: on how many other days the same was said; `dwell_minutes`: how long a frame's
    place was looked at, where that is known.
    """
    text = memory.text[:5000]
    if memory.boilerplate or memory.folded_into is not None:
        return LEAST
    score = 0.8
    if memory.trust is Trust.WRITTEN:
        score += 0.4
    elif memory.provenance.mine:
        score += 0.1
    score += 0.3 * bool(_DECISION.search(text))
    score += 0.25 * bool(_AMOUNT.search(text))
    score += 0.2 * bool(_DATE.search(text))
    score += 0.15 * bool(_PERSON.search(text))
    score += min(0.15 * days_repeated, 0.45) + min(dwell_minutes / 60.0, 0.3)
    words = len(text.split())
    if memory.facet is not Facet.FRAME:
        score += 0.1 if words > 12 else -0.2 if words < 4 else 0.0
    if _SMALL_TALK.match(text):
        score -= 0.4
    return round(min(max(score, LEAST), MOST), 2)
