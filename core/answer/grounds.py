"""What a model wrote becomes plain sentences, each with the memories it really had: unknown marks are struck out."""

import re
from collections.abc import Mapping

from core.answer.abstain import NO_MEMORY
from core.answer.extract import distinct, grounds_of, memories_of
from core.memory import Hit, Sentence
from core.visible import visible

LONGEST = 8000
"""Characters of an answer that are read."""
_MARKS = re.compile(r"\s{0,8}\[\s*+M?\s*+\d++(?:\s*+(?:[-–,;&]|and\b)?+\s*+M?\s*+\d++)*+\s*+[,;]?+\s*+\]", re.I)
_UNFINISHED = re.compile(r"\s{0,8}\[[\s\d,;M–-]*+$", re.I)
_ONE = re.compile(r"M?\s*(\d+)(?:\s*[-–]\s*M?\s*(\d+))?", re.I)
_SENTENCE = re.compile(r"(?P<text>.+?(?:[.!?…]+[\"”’)]*|$))(?P<marks>(?:\s*\[[^\[\]]{1,60}\]\.?)*)(?=\s|$)", re.S)
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?P<to>[^()\s]*)(?:\s+\"[^\"]*\")?\)")
_HTML = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_MARKUP = re.compile(r"^\s*(?:[-*•]|\d+[.)]|#{1,6}|>)\s+|[*_]{2,3}|`+", re.M)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S | re.I)
_MOST_MARKS = 20
_HELD = 40


def plain(text: str) -> str:
    """The words alone: no thoughts, links, pictures, tags, emphasis or characters that cannot be seen."""
    text = _THOUGHT.sub("", text[:LONGEST])
    text = visible(text)
    text = _LINK.sub(lambda found: found["label"], text)
    return _MARKUP.sub("", _HTML.sub("", text)).strip()


def sentences(reply: str, marked: Mapping[str, Hit]) -> tuple[Sentence, ...]:
    """The reply's sentences with their grounds; `grounds` stays empty where no known memory was named."""
    found: list[Sentence] = []
    lines = _UNFINISHED.sub("", plain(reply)).splitlines()
    for whole in (match.group().strip() for line in lines for match in _SENTENCE.finditer(line)):
        text = " ".join(re.sub(r"\s+([.,;:!?])", r"\1", _MARKS.sub("", whole)).split())
        hits = [marked[mark] for mark in marks(whole) if mark in marked]
        if not any(sign.isalnum() for sign in text):
            if hits and found:
                found[-1] = _with(found[-1].text, hits, found[-1])
            continue
        found.append(_with(text, hits))
    return tuple(found)


def marks(text: str) -> tuple[str, ...]:
    """The marks in a text, whether such memories exist or not: [M3], [M1, M2], [M1-M3], [3]."""
    named: list[str] = []
    for group in _MARKS.findall(text):
        for first, last in _ONE.findall(group):
            until = min(int(last or first), int(first) + _MOST_MARKS)
            named += [f"M{number}" for number in range(int(first), until + 1)]
    return distinct(named)


def _with(text: str, hits: list[Hit], before: Sentence | None = None) -> Sentence:
    return Sentence(
        text=text,
        grounds=distinct((*(before.grounds if before else ()), *(one for hit in hits for one in grounds_of(hit)))),
        memories=tuple(
            dict.fromkeys((*(before.memories if before else ()), *(one for hit in hits for one in memories_of(hit))))
        ),
    )


def says_nothing(reply: str) -> bool:
    """Whether the reply is that there is no memory of it."""
    told = re.sub(r"\W+", " ", _MARKS.sub("", plain(reply))).strip().casefold()
    return not told or told.startswith(re.sub(r"\W+", " ", NO_MEMORY).strip().casefold())


class Unmarked:
    """Takes marks out of words while they stream, also where one is cut in two."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown by now."""
        text = _MARKS.sub("", self._held + visible(piece))
        opened = text.rfind("[")
        cut = len(text.rstrip()) if opened < 0 or "]" in text[opened:] or len(text) - opened > _HELD else opened
        cut = max(len(text[:cut].rstrip()), len(text) - _HELD)
        self._held = text[cut:]
        return text[:cut]

    def end(self) -> str:
        """What was still held back."""
        held, self._held = self._held, ""
        return _UNFINISHED.sub("", _MARKS.sub("", held)).rstrip()
