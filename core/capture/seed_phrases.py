"""Seed phrases of wallets: twelve or more words in a row of one of BIP 39's lists, a misread one or two among them."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_WORD = Pattern(r"[^\W\d_]+")
_BETWEEN = Pattern(
    r"^[\"'`]?(?:[ \t]*\n?[ \t]*|[ \t]*[,;|·/][ \t]*\n?[ \t]*|-)(?:[(\[#]?\d{1,2}[.):\]=]{0,2}[ \t]*\n?[ \t]*)?[\"'`]?$"
)
_NUMBER = Pattern(r"\d")
_WALLET = Pattern(
    r"(?i)seed|mnemonic|recovery|wallet|backup|back-up|phrase|bip-?39|secret|ledger|trezor|metamask|wieder"
    r"herstellung|geldbörse"
    r"|secrète|récupération|portefeuille|semilla|recuperaci|cartera|billetera|monedero|frase|palabras|wört"
    r"er|les mots|parole"
)
_NEAR = 120
"""Characters in front of a list of words in which a wallet may be spoken of."""
_BY_CHANCE = 15
"""So few words of the English list also come together in a vocabulary; more are a seed phrase whatever their check."""
_FEWEST = 12
_MISREAD_IN = 6
"""One word in so many may be misread, or run together with its neighbour."""
_SHORTEST_JOINED = 3
_GLUE = frozenset(
    [
        "and",
        "und",
        "och",
        "the",
        "der",
        "die",
        "das",
        "les",
        "los",
        "las",
        "det",
        "for",
        "mit",
        "avec",
        "con",
        "com",
        "met",
    ]
)
"""What joins words in a sentence, and is no misreading of one of a list."""


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, frozenset[str]]:
    """Language -> its words, without accents."""
    files = sorted((RESOURCES / "seed_words").glob("*.txt"))
    return {file.stem: frozenset(map(_plain, file.read_text("utf-8").split())) for file in files if file.stem.islower()}


@lru_cache(maxsize=1)
def _any() -> frozenset[str]:
    return frozenset().union(*_lists().values())


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def seed_phrases(text: str) -> Iterator[Found]:
    """Where they are. Blanks, commas, line breaks and numbers may stand between the words, in any case of letters.

    Words of other lists (Monero, SLIP 39) are not known.
    """
    for run in _runs(text):
        words = [_plain(text[begin:end]) for begin, end in run]
        if sum(word in _any() for word in words) * _MISREAD_IN < (_MISREAD_IN - 1) * _FEWEST:
            continue
        for known in _lists().values():
            inside = [word in known for word in words]
            if sum(inside) * _MISREAD_IN >= (_MISREAD_IN - 1) * _FEWEST:
                for first, last in _stretches(words, inside, known):
                    begin, end = run[first][0], run[last][1]
                    if all(inside[first : last + 1]):
                        if not _is_seed(text, begin, end, words[first : last + 1], known):
                            continue
                    elif "," in text[begin:end] and not _spoken_of(text, begin, end, words[first : last + 1], known):
                        continue
                    yield begin, end


def _is_seed(text: str, begin: int, end: int, words: Sequence[str], known: frozenset[str]) -> bool:
    """Whether so few everyday English words are one: by what is said of them, by numbers, or by their check bits."""
    if _spoken_of(text, begin, end, words, known):
        return True
    return any(_checked(words[at : at + _FEWEST]) for at in range(len(words) - _FEWEST + 1)) or _checked(words)


def _spoken_of(text: str, begin: int, end: int, words: Sequence[str], known: frozenset[str]) -> bool:
    """Whether they are many, of a list that is not English, or a wallet is spoken of before them or just after."""
    if len(words) > _BY_CHANCE or "abandon" not in known or "zoo" not in known:
        return True
    before, after = (max(0, begin - _NEAR), begin), (end, end + _NEAR // 2)
    return any(_WALLET.search(text, *part) is not None for part in (before, after))


def _checked(words: Sequence[str]) -> bool:
    """BIP 39's check bits over English words, or Electrum's version at the front of an HMAC."""
    number = 0
    for word in words:
        number = number << 11 | _places()[word]
    bits = len(words) // 3
    raw = (number >> bits).to_bytes((len(words) * 11 - bits + 7) // 8, "big")
    if len(words) % 3 == 0 and hashlib.sha256(raw).digest()[0] >> (8 - bits) == number & ((1 << bits) - 1):
        return True
    version = hmac.new(b"Seed version", " ".join(words).encode(), hashlib.sha512).hexdigest()
    return version.startswith(("01", "100", "101", "102"))


@lru_cache(maxsize=1)
def _places() -> Mapping[str, int]:
    words = (RESOURCES / "seed_words" / "english.txt").read_text("utf-8").split()
    return {word: place for place, word in enumerate(words)}


def _runs(text: str) -> Iterator[list[Found]]:
    """Words with nothing between them that a list of words does not have; only those that are long enough."""
    run: list[Found] = []
    for match in _WORD.finditer(text):
        between = text[run[-1][1] : match.start()] if run else ""
        if run and between != " " and not _BETWEEN.match(between):
            if len(run) >= _FEWEST - 2:
                yield run
            run = []
        run.append(match.span())
    if len(run) >= _FEWEST - 2:
        yield run


def _stretches(words: Sequence[str], inside: Sequence[bool], known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch that is long enough; what is not of the list must be nearly of it."""
    first = counted = odd = 0
    last = -1
    for place in range(len(words) + 1):
        worth = 0
        if place < len(words):
            worth = 1 if inside[place] else _nearly(words[place], known)
        if worth and (inside[place] or (odd + 1) * _MISREAD_IN <= max(_FEWEST, counted + worth)):
            if not counted:
                first = place
            counted += worth
            odd += not inside[place]
            last = place
            continue
        if counted >= _FEWEST:
            yield first, last
        counted = odd = 0


def _nearly(word: str, known: frozenset[str]) -> int:
    """How many words of the list this may be the misreading of: two run together, one with a wrong sign, none."""
    if word in _GLUE:
        return 0
    for cut in range(_SHORTEST_JOINED, len(word) - _SHORTEST_JOINED + 1):
        if word[:cut] in known and word[cut:] in known:
            return 2
    return int(len(word) >= _SHORTEST_JOINED and any(_one_off(word, one) for one in known))


def _one_off(word: str, other: str) -> bool:
    """Whether one sign replaced, dropped or put in makes the one of the other."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        return word[same + 1 :] == other[same + 1 :]
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer[same + 1 :] == shorter[same:]
