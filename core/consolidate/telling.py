"""How much a sentence tells by itself: what can be understood a year later by someone who was not there."""

import re
from dataclasses import replace

from core.consolidate.importance import importance
from core.consolidate.plain_words import mood
from core.memory import Facet, Memory
from core.pattern import Pattern

FEWEST_WORDS = 4
_QUESTION, _DANGLING, _ABOUT_YOU, _SHORT, _CHEER, _GENERAL = 0.35, 0.65, 0.55, 0.75, 0.5, 0.65
_OWN, _DONE = 1.15, 1.15
_SCREEN = 0.6
_DANGLES = Pattern(
    r"^\W*(?:(?:and|but|so|or|because|then|also|plus|though|yeah|yes|no|oh|well)\b[\s,]*)*"
    r"(?:it|it's|its|that|that's|this|they|they're|them|these|those|he|he's|she|she's|his|her|which|same|here|there"
    r"|there's|whatever|either|neither|not|both|maybe|perhaps|probably)\b",
    re.IGNORECASE,
)
"""Begins with a word that means something said before."""
_YOU = Pattern(r"\b(?:you|your|you're|you've|you'd|you'll|yours|yourself)\b", re.IGNORECASE)
_I = Pattern(r"\b(?:I|I'm|I've|I'd|I'll|my|mine|me|we|we're|we've|we'll|our|us)\b")
_CHEERS = Pattern(
    r"^\W*(?:wow|thanks|thank you|thx|congrat\w*|good luck|glad|happy (?:for|to hear)|sounds|looks|nice|great|awesome"
    r"|amazing|cool|lovely|wonderful|fantastic|beautiful|perfect|aww+|haha\w*|lol|omg|yay|woo\w*|way to go|well done"
    r"|keep (?:it|up|at|going)|love (?:it|that|this)|same here|me too|take care|bye|see you|talk (?:soon|to you)"
    r"|you (?:got|can|should|must|look|always|never|know|too)|you're|your|must (?:be|have|feel)|can't wait|hope"
    r"|wish(?:ing)?|enjoy|have (?:fun|a (?:great|good|nice))|don't (?:worry|forget|give)|let me know|of course"
    r"|no (?:problem|worries|way)|how|what(?:'s)? a|so (?:proud|happy|glad|cool|nice|sweet|cute|true)|proud of|hey|hi"
    r"|hello|good (?:to|morning|night|evening|for you|point|idea|one)|i (?:agree|know|see|guess|hope|bet|wish)|agreed"
    r"|totally|absolutely|definitely|exactly|for sure|appreciate|i'm (?:so |really )?(?:glad|happy|proud|sorry|sure"
    r"|here for)|it's (?:so|really|always|important|great|nice|amazing|awesome)|sorry|please|welcome)\b",
    re.IGNORECASE,
)
"""Warm words between people: they say that something was said, not what."""
_MAXIM = Pattern(r"^\W*(?:\w{2,}ing|everyone|everybody|people|life|friends|family|love)\b(?!.*\b(?:I|we|my)\b)")
"""Of nobody and of no day: "taking care of yourself is important"."""
_DID = Pattern(
    r"\b(?:I|we|he|she|they|[A-Z][a-z]+|(?:[Tt]he|[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir) [a-z]+)\s+"
    r"(?:just |also |finally |already |only |have |had |has )*"
    r"(?:\w{3,}ed|went|got|made|bought|sold|took|gave|told|met|saw|found|lost|won|wrote|read|ran|began|broke|built|came"
    r"|chose|drove|fell|flew|held|kept|led|left|paid|put|said|sent|spent|spoke|taught|thought|moved)\b"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LINK = re.compile(r"https?://|www\.|[{}<>|\\]|\w+\.\w+/")
_UNSPACED = re.compile(r"[\u3005-\u30ff\u3400-\u9fff]+")
"""Scripts without spaces between words."""
_ANY_NAME = re.compile(r"(?<=[\w,;:] )[A-Z][a-z]{2,}")


def telling(memory: Memory, sentence: str) -> float:
    """0 .. about 3: how much `sentence`, one of `memory`'s, tells without what stands around it.

    An amount, a date, a name or a decision tells more; a question, a compliment, what begins with "it" or "that",
    and what is about "you", tells less. 0: nothing that could stand in a summary. The rules are English; in
    another language only length, figures and names count.
    """
    plain = sentence.replace("’", "'")
    found = _WORD.findall(plain)
    length = max(len(found), sum(map(len, _UNSPACED.findall(plain))) // 2)
    if length < FEWEST_WORDS or _LINK.search(plain) or not _enough_letters(plain):
        return 0.0
    weight = importance(replace(memory, text=sentence, boilerplate=False, folded_into=None))
    if memory.facet is Facet.FRAME:
        weight *= _SCREEN
    if length < FEWEST_WORDS + 3:
        weight *= _SHORT
    if sentence.rstrip('"”’) ').endswith(("?", "？")):
        return weight * _QUESTION
    if memory.language not in ("", "en"):
        return weight
    return weight * _english(plain, found)


def _english(plain: str, found: list[str]) -> float:
    weight = 1.0
    mine = bool(_I.search(plain))
    if _CHEERS.match(plain):
        weight *= _CHEER
    elif _DANGLES.match(plain):
        weight *= _DANGLING
    if _YOU.search(plain):
        weight *= _ABOUT_YOU if not mine else 0.9
    elif mine:
        weight *= _OWN
    if _MAXIM.match(plain[:1].lower() + plain[1:]):
        weight *= _GENERAL
    if _DID.search(plain):
        weight *= _DONE
    kind_talk = mood()
    share = sum(word.casefold() in kind_talk for word in found) / len(found)
    weight *= 1.0 - min(1.5 * share, 0.6)
    if plain.endswith("!") and not _ANY_NAME.search(plain):
        weight *= 0.85
    return weight


def _enough_letters(sentence: str) -> bool:
    letters = sum(char.isalpha() or char.isspace() for char in sentence)
    return letters >= 0.7 * len(sentence)
