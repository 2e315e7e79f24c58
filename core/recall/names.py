"""Finds the people that a question speaks of among those who are known."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.recall.likeness import fold

_ALSO_WORDS = (
    "will may mark rose grace hope joy bill art sue pat jack april june august dawn faith frank gene grant jade"
    " miles olive pearl ray rich rob rusty sage sandy skip summer victor wade drew chase chip dean duke earl"
    " ginger guy harry ivy jasmine jean jewel lily max penny pierce robin ruby sky stone violet storm"
    " user assistant me you i system"
)
ALSO_WORDS = frozenset(_ALSO_WORDS.split())
"""Names that are also words: these count only when written with a capital."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*", re.UNICODE)
_TELLING = (
    r"(?:tell|told|say|said|write|written|wrote|promise[d]?|send|sent|show(?:ed|n)?|give|gave|given|ask(?:ed)?|"
    r"mention(?:ed)?|recommend(?:ed)?|suggest(?:ed)?|explain(?:ed)?|offer(?:ed)?|reply|replied|answer(?:ed)?)"
)
_TOLD = re.compile(
    rf"\b(?:did|have|has|had|do|does)\s+(?P<who>[\w'’-]+(?:\s[\w'’-]+)?)\s+{_TELLING}\s+(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TO = re.compile(r"\bto\s+(?P<whom>[\w'’-]+)", re.IGNORECASE)
_I_SAID = re.compile(rf"\b(?:did|have|had)\s+i\s+{_TELLING}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whom a question names, and who is said to have told whom; all case-folded.

    `speaker`, `addressee`: "" when not said; "me" is the person. `places`: where names stand, as (start, end).
    """

    named: tuple[str, ...] = ()
    speaker: str = ""
    addressee: str = ""
    places: tuple[tuple[int, int], ...] = ()


class KnownNames:
    """The names of everyone who ever spoke or was spoken to, and of conversations, ready to be found in questions."""

    def __init__(self, people: Sequence[str], conversations: Sequence[str] = ()) -> None:
        self._conversations = frozenset(fold(name) for name in conversations)
        self._whole: dict[tuple[str, ...], str] = {}
        first: dict[str, list[str]] = {}
        for person in people:
            words = tuple(word.casefold() for word in _WORD.findall(person))
            if words and len("".join(words)) > 1:
                self._whole[words] = person
                first.setdefault(words[0], []).append(person)
        self._first = {word: tuple(found) for word, found in first.items()}
        self._longest = max((len(words) for words in self._whole), default=0)

    def is_conversation(self, name: str) -> bool:
        """Whether a conversation has this name (folded)."""
        return name in self._conversations

    def find(self, question: str, ignored: Callable[[str], bool] = lambda name: False) -> People:
        """Whole names first, then first names; a first name that several share names them all.

        Nobody is named by a name that is `ignored`.
        """
        words = list(_WORD.finditer(question))
        plain = [re.sub(r"['’]s?$", "", word[0]).casefold() for word in words]
        named: dict[str, None] = {}
        places: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            size, everyone = self._at(words, plain, at)
            found = [name for name in everyone if not ignored(name)]
            if found:
                named |= dict.fromkeys(found)
                places.append((words[at].start(), words[at + size - 1].end()))
            at += size
        speaker, addressee = self._told(question)
        return People(named=tuple(named), speaker=speaker, addressee=addressee, places=tuple(places))

    def _at(self, words: list[re.Match[str]], plain: list[str], at: int) -> tuple[int, tuple[str, ...]]:
        for size in range(min(self._longest, len(words) - at), 0, -1):
            person = self._whole.get(tuple(plain[at : at + size]))
            if person and (size > 1 or self._is_name(words[at][0], plain[at], at)):
                return size, (person,)
        known = self._first.get(plain[at], ())
        return 1, known if known and self._is_name(words[at][0], plain[at], at) else ()

    def _is_name(self, written: str, plain: str, at: int) -> bool:
        return plain not in ALSO_WORDS or (written[:1].isupper() and at > 0 and len(plain) > 1)

    def _told(self, question: str) -> tuple[str, str]:
        found = _TOLD.search(question)
        if found:
            next_word, to = found["rest"].split(maxsplit=1)[:1], _TO.search(found["rest"])
            who = self._one(found["who"])
            whom = self._one(next_word[0]) if next_word else ""
            if not whom and to:
                whom = self._one(to["whom"])
            if who and whom and who != whom:
                return who, whom
        return ("me", "") if _I_SAID.search(question) else ("", "")

    def _one(self, written: str) -> str:
        plain = re.sub(r"(?:['’]s?)?[.,;:!?]*$", "", written).casefold()
        if plain in ("i", "me"):
            return "me"
        words = tuple(plain.split())
        known = self._first.get(words[0], ()) if words else ()
        whole = self._whole.get(words)
        return whole or (known[0] if len(known) == 1 else "")
