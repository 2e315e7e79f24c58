"""Secrets masked in text and in the boxes of a picture, before anything is written. Pure."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.capture import secret_shapes, secret_words
from core.capture.api_keys import keys
from core.capture.one_time_codes import one_time_codes
from core.capture.person_numbers import person_numbers
from core.capture.rect import Rect
from core.capture.seed_phrases import seed_phrases
from core.capture.torn_tokens import gaps
from core.memory import WordBox

_CLASSES = (
    ("private key", secret_shapes.private_keys),
    ("token", secret_shapes.web_tokens),
    ("key", keys),
    ("wallet key", secret_shapes.wallet_keys),
    ("card", secret_shapes.cards),
    ("account", secret_shapes.ibans),
    ("number", person_numbers),
    ("seed phrase", seed_phrases),
    ("code", one_time_codes),
    ("password", secret_words.passwords),
)
_WRAPPED = ("private key", "token", "key", "wallet key")
_MASK = re.compile(r"\[masked: [a-z ]+\]")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_BLANKS = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_LINES = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")
_PLAIN = _DASHES | _BLANKS | _LINES
_LONG_TOKEN = re.compile(r"(?<![A-Za-z0-9_\-./+=])[A-Za-z0-9_\-./+=]{16,}[ \t]{0,8}\n[ \t]*(?=[A-Za-z0-9_\-./+=]{4,})")
_MISREAD = re.compile(r"(?<![A-Za-z])[0-9OoIl|SBZ][0-9OoIl|SBZ \-]{11,26}[0-9OoIl|SBZ](?![A-Za-z])")
_AS_DIGITS = str.maketrans("OoIl|SBZ", "00111582")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A masked stretch: characters `begin <= i < end` of the original text, and the class it is of."""

    begin: int
    end: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text without its secrets."""

    text: str
    count: int = 0
    spans: tuple[Span, ...] = ()
    classes: tuple[str, ...] = ()
    """The classes that were found, each once, in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedPage:
    """A page's lines of words without secrets, and the rectangles to fill in its picture."""

    lines: tuple[tuple[WordBox, ...], ...]
    text: str
    fill: tuple[Rect, ...] = ()
    count: int = 0
    classes: tuple[str, ...] = ()


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with digits, dashes, blanks made plain and invisible characters left out, and where each was."""
    if text.isascii() and "\r" not in text:
        return text, list(range(len(text)))
    out: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _PLAIN.get(ord(character))
        if plain is None:
            plain = character
            if ord(character) > 127:
                category = unicodedata.category(character)
                if category in ("Cf", "Mn", "Me") and not character.isalnum():
                    continue
                if (digit := unicodedata.digit(character, None)) is not None:
                    plain = str(digit)
                else:
                    normal = unicodedata.normalize("NFKC", character)
                    plain = normal if len(normal) == 1 else character
        out.append(plain)
        places.append(place)
    return "".join(out), places


def _without(text: str, drop: Iterator[tuple[int, int]]) -> tuple[str, list[int]]:
    kept: list[str] = []
    places: list[int] = []
    last = 0
    for begin, end in drop:
        kept.append(text[last:begin])
        places.extend(range(last, begin))
        last = end
    kept.append(text[last:])
    places.extend(range(last, len(text)))
    return "".join(kept), places


def _unwrapped(text: str) -> tuple[str, list[int]]:
    """Long tokens that a terminal broke over lines put together again."""

    def breaks() -> Iterator[tuple[int, int]]:
        for match in _LONG_TOKEN.finditer(text):
            yield match.start() + len(match.group().rstrip()), match.end()

    return _without(text, breaks())


def _mended(text: str) -> tuple[str, list[int]]:
    """Tokens that a reader of pictures saw a blank in put together again."""
    return _without(text, gaps(text))


def _found(text: str, names: Sequence[str] | None = None) -> Iterator[Span]:
    for name, find in _CLASSES:
        if names is None or name in names:
            for begin, end in find(text):
                yield Span(begin=begin, end=end, name=name)


def _all_found(plain: str) -> Iterator[Span]:
    yield from _found(plain)
    for mend in (_unwrapped, _mended):
        joined, places = mend(plain)
        if len(joined) != len(plain):
            for span in _found(joined, _WRAPPED):
                yield replace(span, begin=places[span.begin], end=places[span.end - 1] + 1)
    for match in _MISREAD.finditer(plain):
        read = match.group()
        if not read.isdigit() and " | " not in f" {read} " and sum(c.isdigit() for c in read) >= 9:
            for begin, end in secret_shapes.cards(read.translate(_AS_DIGITS)):
                yield Span(begin=match.start() + begin, end=match.start() + end, name="card")


def _merged(spans: Iterator[Span], masks: Sequence[tuple[int, int]]) -> list[Span]:
    """Overlapping spans as one, named after the first class in order of `_CLASSES`; none inside a mask."""
    rank = {name: place for place, (name, _) in enumerate(_CLASSES)}
    begins = [begin for begin, _ in masks]
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.begin, -span.end)):
        after = bisect_left(begins, span.end)
        if after and masks[after - 1][1] > span.begin:
            continue
        if merged and span.begin < merged[-1].end:
            last = merged[-1]
            name = min(last.name, span.name, key=lambda name: rank[name])
            merged[-1] = Span(begin=last.begin, end=max(last.end, span.end), name=name)
        else:
            merged.append(span)
    return merged


def _end(plain: str, span: Span) -> int:
    """A door's code goes with the sign that is pressed after it."""
    pressed = span.name in ("code", "password") and plain[span.end - 1].isdigit() and plain[span.end :][:1] == "#"
    return span.end + pressed


def find(text: str) -> tuple[Span, ...]:
    """Where secrets are, in order, never overlapping; what is masked already is left alone."""
    plain, places = _folded(text)
    masks = [match.span() for match in _MASK.finditer(plain)]
    return tuple(
        replace(span, begin=places[span.begin], end=places[_end(plain, span) - 1] + 1)
        for span in _merged(_all_found(plain), masks)
        if span.end > span.begin
    )


def redact(text: str) -> Masked:
    """`text` with each secret replaced by `[masked: class]`; no digit of it survives."""
    spans = find(text)
    if not spans:
        return Masked(text=text)
    pieces: list[str] = []
    last = 0
    for span in spans:
        pieces += [text[last : span.begin], f"[masked: {span.name}]"]
        last = span.end
    pieces.append(text[last:])
    return Masked(
        text="".join(pieces),
        count=len(spans),
        spans=spans,
        classes=tuple(sorted({span.name for span in spans})),
    )


def page_text(lines: Sequence[Sequence[WordBox]]) -> str:
    """Lines of words as text: a blank between words, a line break between lines."""
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def redact_page(lines: Sequence[Sequence[WordBox]]) -> MaskedPage:
    """The same for words with boxes: their text is masked, and `fill` covers every box touched (2 px wider)."""
    spans = find(page_text(lines))
    kept: list[tuple[WordBox, ...]] = []
    fill: list[Rect] = []
    told: set[int] = set()
    at = 0
    for line in lines:
        words: list[WordBox] = []
        for word in line:
            begin, end = at, at + len(word.text)
            at = end + 1
            inside = [n for n, span in enumerate(spans) if span.begin < end and begin < span.end]
            if not inside:
                words.append(word)
                continue
            fill.append(Rect(word.left, word.top, word.width, word.height).grown(2))
            text = _left_of_word(word.text, begin, [spans[n] for n in inside], [n not in told for n in inside])
            told.update(inside)
            if text:
                words.append(replace(word, text=text))
        if not line:
            at += 1
        if words:
            kept.append(tuple(words))
    return MaskedPage(
        lines=tuple(kept),
        text=page_text(kept),
        fill=tuple(fill),
        count=len(spans),
        classes=tuple(sorted({span.name for span in spans})),
    )


def _left_of_word(text: str, begin: int, spans: Sequence[Span], first: Sequence[bool]) -> str:
    pieces: list[str] = []
    last = 0
    for span, tell in zip(spans, first, strict=True):
        pieces += [text[last : max(0, span.begin - begin)], f"[masked: {span.name}]" if tell else ""]
        last = min(len(text), span.end - begin)
    return "".join([*pieces, text[last:]])
