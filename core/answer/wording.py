"""What of a text is compared: English stems, and in other languages the parts of its words.

German compounds, Spanish endings and Japanese without spaces meet in their parts; no dictionary is needed for them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from core.answer.question import Question, Wanted, stems, understood
from core.answer.when import times
from core.languages.detect import language_of
from core.languages.scripts import SPACELESS
from core.languages.stopwords import stop_words
from core.memory import Hit
from core.store.grams import folded

ENGLISH = "en"
_PART = 4
"""Letters of a part of a word; shorter words count whole."""
_PAIR = 2
"""Where a script has no spaces."""
_READ = 400
_WORD = re.compile(r"[^\W_]+")


def language(question: str, hits: Sequence[Hit]) -> str:
    """The language to compare in (ISO 639-1): English for an English question, else the one most hits are in."""
    kept = Counter(hit.memory.language for hit in hits if hit.memory.language)
    usual = kept.most_common(1)[0][0] if kept else language_of(" ".join(hit.memory.text for hit in hits)[:_READ])
    told = language_of(question, usual)
    return ENGLISH if told == ENGLISH else usual or told or ENGLISH


def gist(text: str, language: str) -> frozenset[str]:
    """What of a text can meet with a question in this language."""
    if language == ENGLISH:
        return stems(text)
    little = {folded(word) for word in stop_words(language)}
    return frozenset(part for word in _WORD.findall(folded(text)) if word not in little for part in _parts(word))


def _parts(word: str) -> Iterator[str]:
    long = _PAIR if SPACELESS.search(word) else _PART
    yield from (word[at : at + long] for at in range(max(1, len(word) - long + 1)))


def asked(text: str, now: datetime, language: str, people: Iterable[str]) -> Question:
    """The question in its language; `people` are the names that are known.

    Outside English it is not told what sort of answer is wanted, nor what is past: any sentence may answer.
    """
    if language == ENGLISH:
        return understood(text, now)
    told = folded(text)
    begins = set(_WORD.findall(told))
    names = frozenset(
        name.casefold()
        for name in people
        if any(word.startswith(folded(name)) or (SPACELESS.search(name) and folded(name) in word) for word in begins)
    )
    called = {part for name in names for part in gist(name, language)}
    return Question(
        text=text,
        wanted=Wanted.ANYTHING,
        terms=gist(text, language) - called,
        names=names,
        about_me=False,
        past=False,
        state=False,
        without_names=text,
        language=language,
        days=times(text, now),
    )
