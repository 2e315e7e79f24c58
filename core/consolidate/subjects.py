"""What something is about, in the few words and names that tell it from everything else."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

from core.consolidate.filter import READ_AT_MOST
from core.consolidate.plain_words import plain
from core.languages.stems import stem
from core.memory import Memory

MOST = 8
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[.!?…\n\"“”(),;:–—]+|\d[\d.,:/]*")
_NEXT_NAME = re.compile(r" (?:(?:of|and|the|&) )*[A-ZÀ-Þ][\w'’-]+")
_SUFFIX = re.compile(r"(?:['’]s|['’](?:re|ve|ll|d|m|t)|['’])$", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…\n:–—]")
_NOT = re.compile(r"n['’]t$", re.IGNORECASE)
_ADVERB = re.compile(r"[a-z]{3,}ly$")
_JOINING = frozenset({"of", "and", "the", "de", "la", "du", "von", "van", "der", "den", "am", "an", "del", "&", "for"})
_BEFORE_A_THING = frozenset(
    {
        "the",
        "a",
        "an",
        "my",
        "your",
        "our",
        "his",
        "her",
        "their",
        "this",
        "these",
        "those",
        "some",
        "any",
        "new",
        "old",
    }
    | {"every", "each", "first", "of", "le", "la", "les", "un", "une", "der", "die", "das", "ein", "eine", "mein"}
    | {"meine", "el", "los", "las", "una", "mi"}
)
_SHORTEST, _LONGEST = 3, 30
_ALONE = 0.4
"""A word that only one part has, where it is what they share that is asked for."""
_NAME, _PAIR, _NO_THING, _THING = 1.4, 1.25, 0.6, 0.8

Spread = Callable[[str], int]
"""In how many of all texts a stem occurs."""


@dataclass(slots=True)
class _Seen:
    members: set[int] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)
    times: int = 0
    things: int = 0
    """How often it followed an article or the like."""
    names: int = 0
    """How often it was written with a capital where a small letter would do."""
    words: int = 1


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    stem: str
    name: bool
    thing: bool


class Stems:
    """Stems found while some texts are read; whoever makes one lets it go with them, so that no word stays."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def of(self, word: str, language: str) -> str:
        """The word's stem."""
        if (word, language) not in self._found:
            self._found[word, language] = stem(word, language)
        return self._found[word, language]


def nobody(spread: str) -> int:
    """For a store of which nothing is known."""
    return 0


def subjects(
    members: Sequence[Memory],
    *,
    spread: Spread = nobody,
    of: int = 0,
    people: Iterable[str] = (),
    most: int = MOST,
    part: Callable[[Memory], object] | None = None,
    shared: float = 0.75,
    stems: Stems | None = None,
) -> tuple[str, ...]:
    """The words and names `members` are about, the most telling first, in the form in which they are mostly written.

    A word tells more the more of `members` have it, and the fewer of all `of` texts of the store do (`spread`);
    names and words that stand beside each other more than once tell more. Everyday words and the names of the
    `people` who speak tell nothing. With `part`, members of the same part count as one.
    The higher `shared`, the more it counts in how many of them a word is, beside how rare it is elsewhere.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    silent = {part.casefold() for name in people for part in _parts(name)}
    parts: dict[object, int] = {}
    known = stems or Stems()
    for number, memory in enumerate(members):
        place = parts.setdefault(part(memory) if part else number, len(parts))
        for words in _runs(memory, silent, known):
            _note(seen, place, words)
    weighed = sorted(
        ((_weight(one, key, spread, of, shared), key) for key, one in seen.items()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return tuple(_chosen([(key, seen[key]) for weight, key in weighed if weight > 0], most))


def people_of(members: Iterable[Memory]) -> set[str]:
    """Who speaks and is spoken to."""
    origins = [memory.provenance for memory in members]
    return {name for origin in origins for name in (origin.speaker, origin.addressee) if name}


def _parts(name: str) -> list[str]:
    return [_SUFFIX.sub("", part) for part in re.findall(r"[^\W\d_][\w'’-]*", name)]


def _runs(memory: Memory, silent: set[str], stems: Stems) -> Iterator[list[_Word]]:
    """Words that tell something, as they stand beside each other."""
    ordinary = plain(memory.language)
    run: list[_Word] = []
    before, begins = "", True
    for match in _TOKEN.finditer(memory.text[:READ_AT_MOST]):
        token = match.group()
        if not token[0].isalpha():
            yield from _told(run)
            run, before, begins = [], "", begins if token[0].isdigit() else bool(_ENDS.search(token)) or begins
            continue
        bare = _SUFFIX.sub("", token)
        small = bare.casefold()
        name = bare[0].isupper() and (not begins or _NEXT_NAME.match(memory.text, match.end()) is not None)
        known = "" if small in ordinary or small in silent else stems.of(small, memory.language or "en")
        if known and _tells(small, known, ordinary) and not _NOT.search(token):
            run.append(_Word(bare, known, name, before in _BEFORE_A_THING))
        elif name and run and run[-1].name:
            stemmed = known or stems.of(small, memory.language or "en")
            run = [] if small in silent else [*run, _Word(bare, stemmed, True, False)]
        elif not (small in _JOINING and run and (run[-1].name or not run[-1].stem)):
            yield from _told(run)
            run = []
        else:
            run.append(_Word(bare, "", False, False))
        if bare != token:
            yield from _told(run)
            run = []
        before, begins = small, False
    yield from _told(run)


def _tells(word: str, known: str, ordinary: frozenset[str]) -> bool:
    if not _SHORTEST <= len(word) <= _LONGEST:
        return False
    return known not in ordinary and not _ADVERB.match(word)


def _told(run: list[_Word]) -> Iterator[list[_Word]]:
    """A run, parted at joining words unless names stand on both sides."""
    part: list[_Word] = []
    for place, word in enumerate(run):
        if word.stem or (part and next((after.name for after in run[place + 1 :] if after.stem), False)):
            part.append(word)
        elif part:
            yield part
            part = []
    if part and part[-1].stem:
        yield part


def _note(seen: dict[str, _Seen], number: int, words: list[_Word]) -> None:
    """Count each word, each pair, and each run of names as one."""
    names: list[_Word] = []
    for place, word in enumerate([*words, None]):
        if word is not None and (word.name or (names and not word.stem)):
            names.append(word)
            continue
        while names and not names[-1].stem:
            names.pop()
        if names:
            _count(seen, number, names, name=True)
        names = []
        if word is not None and place and words[place - 1].stem and not words[place - 1].name:
            _count(seen, number, [words[place - 1], word], name=False)
    for word in words:
        if word.stem and not word.name:
            _count(seen, number, [word], name=False)


def _count(seen: dict[str, _Seen], number: int, words: Sequence[_Word], *, name: bool) -> None:
    one = seen[" ".join(word.stem or word.text for word in words)]
    one.words = len(words)
    one.members.add(number)
    one.times += 1
    one.things += words[0].thing
    one.names += name
    one.forms[" ".join(word.text if word.name or not word.stem else word.text.lower() for word in words)] += 1


def _weight(one: _Seen, key: str, spread: Spread, of: int, shared: float) -> float:
    named = one.names >= 0.5 * one.times
    if one.words > 1 and not named and one.times < 2:
        return 0.0
    everywhere = min(spread(part) for part in key.split()) if of else 0
    rare = log((of + 10) / (max(everywhere, len(one.members)) + 1)) if of else 1.0
    worth = (
        float(len(one.members) ** shared) * (_ALONE if shared > 1 and len(one.members) < 2 else 1.0) * max(rare, 0.0)
    )
    worth *= _NAME if named else _NO_THING + _THING * one.things / one.times
    return worth * (_PAIR if one.words > 1 else 1.0)


def _chosen(ranked: Sequence[tuple[str, _Seen]], most: int) -> Iterator[str]:
    """The best; of a pair and its words only what comes first, unless it says much more."""
    used: list[set[str]] = []
    for key, one in ranked:
        if len(used) == most:
            return
        stems = set(key.split())
        whole_name = one.words > 1 and 2 * one.names >= one.times
        if any(stems <= other if whole_name else stems & other for other in used):
            continue
        used.append(stems)
        yield max(sorted(one.forms), key=lambda form: one.forms[form])
