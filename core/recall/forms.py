"""The forms under which a question is looked up: stems, parts of compounds, letters, the likeliest spelling."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.languages.scripts import SPACELESS
from core.languages.stems import stem
from core.languages.stopwords import stop_words
from core.recall.columns import Columns
from core.recall.word_scores import Posting, WordScores, posting_of
from core.store import grams, words
from core.store.vault import Vault

_WHOLE_UP_TO, _BEGINS_UP_TO = 3, 5
"""Characters of a stem that must be a whole word, or at least begin one; a longer one is found anywhere in a word."""
_SHORTEST_STEM = 4
_SHORTEST_PART = 4
_SHORTEST_COMPOUND = 8
_PART = 0.7
"""What a part of a word counts: "rechnung" for "Dachdeckerrechnung"."""
_LETTER = 0.5
"""What a single ideograph counts beside a pair of them."""
_GRAMMAR = 0.3
"""What a pair of hiragana counts: endings and particles, seldom a word."""
_SPELLED = 0.7
"""What the likeliest spelling of a word counts that nothing holds as it was typed."""
_SHORTEST_SPELLED = 5
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_HIRAGANA = re.compile(r"[\u3041-\u309f]+")
_RUN = re.compile(f"(?:{SPACELESS.pattern})+")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One thing to look for: `word` by its stem, `part` (an expression of `grams`) inside words."""

    shown: str
    word: str = ""
    part: str = ""
    weight: float = 1.0


def telling(asked: Sequence[str], language: str) -> tuple[str, ...]:
    """The words without the stop words of the question's language; all of them when nothing else is left.

    English ones are the query's own to leave out.
    """
    if language == "en":
        return tuple(asked)
    stop = stop_words(language)
    return tuple(word for word in asked if word not in stop) or tuple(asked)


def lookups(asked: Sequence[str], language: str) -> list[Lookup]:
    """What is looked for before anything is known of what is there. Words are case-folded."""
    found: dict[str, Lookup] = {}
    for word in asked:
        spaceless = SPACELESS.search(word) is not None
        for one in _letters(word) if spaceless else (_whole(word, language),):
            found.setdefault(one.shown, one)
    return list(found.values())


def _whole(word: str, language: str) -> Lookup:
    root = _root(word, language)
    begins, ends = len(root) <= _BEGINS_UP_TO, len(root) <= _WHOLE_UP_TO
    return Lookup(shown=word, word=word, part=grams.phrase(root, begins=begins, ends=ends))


def _root(word: str, language: str) -> str:
    if language in ("", "en"):
        return grams.folded(word)
    short = grams.folded(stem(word, language))
    return short if len(short) >= _SHORTEST_STEM else grams.folded(word)


def _letters(text: str) -> Iterator[Lookup]:
    """Pairs of letters and single ideographs of a script without spaces, as in Lucene, and what is between."""
    at = 0
    for run in _RUN.finditer(text):
        yield from _between(text[at : run.start()])
        at = run.end()
        for piece in _without_grammar(run[0]):
            for place, letter in enumerate(piece):
                if _IDEOGRAPH.match(letter):
                    yield Lookup(shown=letter, part=grams.phrase(letter), weight=_LETTER)
                pair = piece[place : place + 2]
                if len(pair) == 2:
                    weight = _GRAMMAR if _HIRAGANA.fullmatch(pair) else 1.0
                    yield Lookup(shown=pair, part=grams.phrase(pair), weight=weight)
    yield from _between(text[at:])


def _between(text: str) -> Iterator[Lookup]:
    if text.strip():
        yield _whole(text, "")


def _without_grammar(run: str) -> list[str]:
    """The pieces of a Japanese run around its particles and endings of two letters or more."""
    return [piece for piece in _japanese_grammar().split(run) if piece]


def _japanese_grammar() -> re.Pattern[str]:
    longest_first = sorted((word for word in stop_words("ja") if len(word) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def parts(word: str, language: str, known: Callable[[str], int]) -> list[Lookup]:
    """What is looked for of a word that nothing holds: its longest beginning and its longest end that occur.

    `known`: how many pieces match an expression of `grams`.
    """
    for root in _spellings(_root(word, language), language):
        if root != _root(word, language):
            whole = Lookup(shown=word, part=grams.phrase(root))
            if known(whole.part):
                return [whole]
        if len(root) < _SHORTEST_COMPOUND:
            continue
        beginnings = (root[:end] for end in range(len(root) - 1, _SHORTEST_PART - 1, -1))
        ends = (root[begin:] for begin in range(1, len(root) - _SHORTEST_PART + 1))
        found = [*_first(beginnings, known, begins=True), *_first(ends, known, begins=False)]
        if found:
            return found
    return []


def _first(candidates: Iterable[str], known: Callable[[str], int], *, begins: bool) -> Iterator[Lookup]:
    for candidate in candidates:
        part = grams.phrase(candidate, begins=begins)
        if known(part):
            yield Lookup(shown=candidate, part=part, weight=_PART)
            return


def _spellings(root: str, language: str) -> Iterator[str]:
    yield root
    if language == "de":
        other = root
        for written, meant in _UMLAUTS:
            other = other.replace(written, meant)
        if other != root:
            yield other


class Forms:
    """Each word's posting under all its forms."""

    def __init__(self, vault: Vault, scores: WordScores) -> None:
        self._vault, self._scores = vault, scores

    def postings(
        self, asked: Sequence[str], language: str, columns: Columns, edition: int, newest: int
    ) -> dict[str, Posting]:
        """Posting by what is shown of it: the pieces that hold a word's stem, and those that hold it inside words."""
        with self._vault.read() as db:
            has_parts = grams.any_kept(db)
        if has_parts:
            wanted = lookups(telling(asked, language), language)
        else:
            wanted = [Lookup(shown=word, word=word) for word in telling(asked, language)]
        found = self._found(wanted, columns, edition, newest)
        absent = [word for word in (one.word for one in wanted) if word and word in found and not len(found[word].keys)]
        if absent:
            with self._vault.read() as db:
                others = [
                    other
                    for word in absent
                    for other in (parts(word, language, lambda part: grams.count(db, part)) if has_parts else [])
                    or _respelled(word, words.similar(db, stem(word, "en")))
                ]
            found |= {
                shown: posting
                for shown, posting in self._found(others, columns, edition, newest).items()
                if shown not in found or not len(found[shown].keys)
            }
        return found

    def _found(self, wanted: Sequence[Lookup], columns: Columns, edition: int, newest: int) -> dict[str, Posting]:
        terms = tuple(dict.fromkeys(term for one in wanted for term in (one.word, one.part) if term))
        scored = self._scores.of(terms, columns, edition, newest)
        return {
            one.shown: merged([scored[term] for term in (one.word, one.part) if term in scored], one.weight, columns)
            for one in wanted
            if one.word in scored or one.part in scored
        }


def _respelled(word: str, similar: str) -> list[Lookup]:
    if len(word) < _SHORTEST_SPELLED or not similar:
        return []
    return [Lookup(shown=similar, word=similar, weight=_SPELLED)]


def merged(postings: Sequence[Posting], weight: float, columns: Columns) -> Posting:
    """One posting times `weight`; a piece that several hold has the score that the first of them gives it.

    The stem comes before the part: where Porter finds the word its score stands, which knows the length in words.
    """
    if len(postings) == 1 and weight == 1.0:
        return postings[0]
    keys, first = np.unique(np.concatenate([one.keys for one in postings]), return_index=True)
    return posting_of(columns, keys, weight * np.concatenate([one.by_key for one in postings])[first])
