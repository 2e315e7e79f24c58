"""What speaks for a new topic before a turn, beside what it is about: marks of talk, pauses, who speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.memory import Facet, Memory

READ = 2000
"""Characters of an observation that are looked at here."""
_GREETING = re.compile(
    r"\W*(?:hey|hi|hello|good (?:morning|evening|afternoon)|long time|hallo|moin|guten (?:morgen|tag|abend)|servus|hola"
    r"|buenos días|buenas (?:tardes|noches)|bonjour|bonsoir|salut|ciao|buongiorno|olá|bom dia|hoi|hej)\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\b(?:bye|see (?:you|ya)|take care|talk (?:to you )?(?:soon|later)|catch you later|good night|have a (?:great|good"
    r"|nice|lovely) (?:day|evening|night|weekend|one|time)|tschüss|bis (?:dann|bald|morgen|später)|gute nacht|adiós"
    r"|hasta (?:luego|mañana)|au revoir|à (?:demain|bientôt)|buona notte|até (?:logo|amanhã))\b",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"\b(?:by the way|btw|anyways?|speaking of|on another note|another thing|guess what|(?:changing|different)"
    r" (?:the )?(?:subject|topic)|have you (?:heard|seen)|did you (?:hear|see)|how(?:'s| is) (?:your|the)|what's new"
    r"|übrigens|apropos|por cierto|au fait|a proposito)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\W*(?:yeah|yes|yep|yup|no|nope|thanks|thank you|wow|that|it|sounds|sure|exactly|definitely|absolutely|ha(?:ha)+"
    r"|lol|oh|ok|okay|awesome|great|cool|nice|right|i agree|same|and|but|so|because|also|too|glad|ja|nein|danke|und"
    r"|aber|genau|sí|gracias|pero|oui|merci|mais)\b",
    re.IGNORECASE,
)
_NEARBY = 3
"""Turns on either side among which the people are looked for."""
_MOST = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that speaks for a boundary (a log-odds, rounded by hand), in words for the person."""

    weight: float
    words: str


def marks(stream: Sequence[Memory]) -> list[list[Mark]]:
    """For each place in a stream, what speaks for (or, with a negative weight, against) a boundary before it."""
    found: list[list[Mark]] = [[] for _ in stream]
    for index, weight in enumerate(_pauses(stream)):
        if weight > 0:
            found[index].append(Mark(weight=weight, words="a longer pause"))
    said = [index for index, memory in enumerate(stream) if memory.facet is Facet.TURN]
    for before, after in pairwise(said):
        found[after] += _talk(stream[before].text[-READ:], stream[after].text[:READ])
    for index, mark in _people([stream[index] for index in said]):
        found[said[index]].append(mark)
    return found


def _talk(before: str, after: str) -> list[Mark]:
    made = [Mark(weight=-0.3 if _GOES_ON.match(after) else 0.3, words="")]
    if _GREETING.match(after):
        made.append(Mark(weight=2, words="a greeting"))
    if _FAREWELL.search(before):
        made.append(Mark(weight=2, words="a farewell before it"))
    if _MARKER.search(after):
        made.append(Mark(weight=0.5, words=""))
    if before.rstrip().endswith("?"):
        made.append(Mark(weight=-0.5, words=""))
    return made


def _pauses(stream: Sequence[Memory]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How much longer than usual in this stream it was silent before each: robust z-scores of the logarithm."""
    weights = np.zeros(len(stream))
    if len(stream) > 2:
        at = np.array([memory.at.timestamp() for memory in stream])
        logs = np.log(np.maximum(np.diff(at), 1.0))
        middle = np.median(logs)
        spread = 1.4826 * np.median(np.abs(logs - middle)) + 0.5
        weights[1:] = np.clip(2 * ((logs - middle) / spread - 1), 0, _MOST)
    return weights


def _people(turns: Sequence[Memory]) -> list[tuple[int, Mark]]:
    """Other people than before, or one who speaks twice where people always take turns: weighed by how rare it is."""
    who = [memory.provenance.speaker.casefold() or str(memory.provenance.mine) for memory in turns]
    others, again = [], []
    for index in range(1, len(who)):
        before, after = set(who[max(0, index - _NEARBY) : index]), set(who[index : index + _NEARBY])
        if len(before) > 1 and len(after) > 1 and not before & after:
            others.append(index)
        if who[index] == who[index - 1]:
            again.append(index)
    found = []
    for places, times, share, words in ((others, 2.0, 0.5, "other people"), (again, 1.0, 0.4, "")):
        surprise = times * float(np.log(share * (len(who) + 1) / (len(places) + 1)))
        if surprise > 0:
            found += [(index, Mark(weight=min(surprise, _MOST), words=words)) for index in places]
    return found
