"""Gemini's activity in Google Takeout as HTML, `MyActivity.html`: a card for each question with its answer."""

import re
from collections.abc import Iterator

from core.capture.conversation.documents import begins
from core.capture.conversation.gemini_activity import OTHERS, PRODUCT, Entry, attached, turns
from core.capture.conversation.markup import words_of
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream, utf8
from core.capture.conversation.turns import dated
from core.capture.conversation.walk import CUT
from core.capture.conversation.worded_time import LONGEST, worded

NAME = "Gemini activity (HTML)"
LARGEST_CARD = 32 * 2**20
"""Bytes; a longer one is counted and left out."""
_CARD = re.compile(rb'<div class="outer-cell[^">]{0,200}">')
_HEADER = re.compile(r'<div class="header-cell[^">]{0,200}">(?P<html>.{0,500}?)</div>', re.DOTALL)
_BODY = re.compile(
    r'<div class="content-cell[^">]{0,200}body-1">(?P<html>.*?)(?=<div class="content-cell|$)', re.DOTALL
)
_BREAK = re.compile(r"<br\s*/?>")
_OURS = re.compile(rb'header-cell[^">]{0,200}">.{0,200}?(?:Gemini|Bard)', re.DOTALL)
_BODIES = re.compile(r'body-1">')
_BEFORE = re.compile(rb'class="(?:content|header)-cell')
_ALIKE = re.compile(r"\d[:.]\d\d")
_COUNT = re.compile(r"^.{0,40}\d+.{0,30}$")
_LINK = re.compile(r"https://(?:gemini|bard)\.google\.com/[^\s\"'<>]{1,200}")
_OVERLAP = 400
"""Bytes that the beginning of a card, or the end of the file, may take."""
_MOST_LINES = 2000
"""A moment is looked for in so many lines of a card."""
_TOO_LARGE = f"a card larger than {LARGEST_CARD // 2**20} MB"
_UNKNOWN_ZONE = "Times in a zone that Mneme does not know, read in the profile's: {n}."


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith(b"<"):
        return 0.0
    if _CARD.search(begin):
        return 0.97 if _OURS.search(begin) else 0.0
    # the style sheet alone can be longer than what is looked at here: the file's name must tell
    styled = b"mdl-" in begin and b"<title>" in begin
    return 0.9 if styled and PRODUCT.search(name) and begin.lower().startswith((b"<html", b"<!doctype html")) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The turns in file order, which is newest first; `Skipped.line` is the card's place in the file."""
    return dated(turns(_entries(source, context), context), context)


def _entries(source: Stream, context: ImportContext) -> Iterator[Entry | Skipped | Notice]:
    for number, card in enumerate(_cards(source), 1):
        if isinstance(card, str):
            yield Skipped(line=number, reason=card)
            continue
        html = card.decode("utf-8", "replace")
        header, body = _HEADER.search(html), _BODY.search(html)
        if header and not PRODUCT.search(words_of(header["html"])):
            yield Notice(OTHERS)
        elif body is None or not _is_one(html, body.end(), context):
            yield Skipped(line=number, reason="a card that is not of the known form")
        else:
            yield from _card(body["html"], html[body.end() :], number, context)


def _cards(source: Stream) -> Iterator[bytes | str]:
    """The HTML of each card in order; a reason in the place of one that is not there whole."""
    held, inside, large = bytearray(), False, False
    for chunk in utf8(source):
        at = max(0, len(held) - _OVERLAP)
        held += chunk
        while found := _CARD.search(held, at):
            if inside:
                yield _TOO_LARGE if large else bytes(held[: found.start()])
            elif _BEFORE.search(held, 0, found.start()):
                yield "the beginning of the file is missing"
            del held[: found.end()]
            inside, large, at = True, False, 0
        large = large or len(held) > LARGEST_CARD
        if large:
            del held[:-_OVERLAP]
    if inside:
        yield _TOO_LARGE if large else bytes(held) if b"</html" in held[-_OVERLAP:].lower() else CUT
    else:
        yield "there are no cards of activities in it"


def _is_one(html: str, end: int, context: ImportContext) -> bool:
    """Whether this is one card: two that have run together have two headers or bodies, or a moment below."""
    below = [_words(line) for line in _BREAK.split(html[end:])[:_MOST_LINES]]
    parted = len(_HEADER.findall(html)) == 1 and len(_BODIES.findall(html)) == 1
    return parted and not any(_ALIKE.search(line) and worded(line, context) for line in below)


def _card(html: str, below: str, number: int, context: ImportContext) -> Iterator[Entry | Skipped | Notice]:
    lines = _BREAK.split(html)
    here = _moment_at(lines, context)
    if here is None:
        yield Skipped(line=number, reason="a card without a date")
        return
    stamp = _words(lines[here])
    found = worded(stamp, context)
    if found and not found[1]:
        yield Notice(_UNKNOWN_ZONE)
    title, names = _question(lines[:here])
    yield Entry(
        title=title,
        answer=words_of("<br>".join(lines[here + 1 :])),
        names=names,
        stamp=stamp,
        at=found[0] if found else None,
        link=" ".join(_LINK.findall(html) + _LINK.findall(below)),
    )


def _words(line: str) -> str:
    return " ".join(words_of(line).split()) if len(line) < 20 * LONGEST else ""


def _moment_at(lines: list[str], context: ImportContext) -> int | None:
    """The line that tells when; where none can be read, the first that looks like one."""
    alike = [at for at, line in enumerate(lines[:_MOST_LINES]) if _ALIKE.search(line) and len(_words(line)) <= LONGEST]
    read = [at for at in alike if worded(_words(lines[at]), context)]
    return next(iter(read + alike), None)


def _question(lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """What was asked, its line breaks kept, and the names of the files below it."""
    end = len(lines)
    while end > 1 and attached([_words(lines[end - 1])]) and "<a " in lines[end - 1]:
        end -= 1
    names = attached(_words(line) for line in lines[end:])
    if names and end > 1 and _COUNT.search(_words(lines[end - 1])):
        end -= 1  # "Attached 2 files."
    return words_of(f"<pre>{'<br>'.join(lines[:end])}</pre>"), tuple(names)
