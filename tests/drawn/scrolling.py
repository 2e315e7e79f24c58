"""A chat looked at again and again while somebody scrolls through it."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.capture.screen.chat.scrolled import Known, joined
from tests.drawn.chats import Window
from tests.drawn.score import plain, read
from tests.drawn.talk import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What came of it, in messages."""

    told: int
    found: int
    right: int
    """Found under the right speaker."""
    twice: int
    """More often than they were said."""
    junk: int
    """Turns of words that nobody said so."""
    ordered: bool
    """Those found stand in the order in which they were said."""


def offsets(window: Window, seed: int) -> Iterator[int]:
    """From the end up to the beginning and back down, in uneven steps that overlap."""
    rng = random.Random(seed)
    back = 0
    yield back
    while back < window.furthest:
        back = min(window.furthest, back + int(window.height * rng.uniform(0.25, 0.7)))
        yield back
    while back > 0:
        back = max(0, back - int(window.height * rng.uniform(0.25, 0.7)))
        yield back


def walked(window: Window, seed: int) -> tuple[Walk, tuple[Known, ...]]:
    """Scroll through a window, every look joined to those before."""
    talk: tuple[Known, ...] = ()
    for back in offsets(window, seed):
        talk = joined(talk, read(window.at(back)), NOW, window.name).talk
    return walk_of(window, talk), talk


def walk_of(window: Window, talk: tuple[Known, ...]) -> Walk:
    """What was kept against what was said."""
    said = Counter(("" if told.speaker == "You" else told.speaker, plain(told.text)) for told in window.log.told)
    kept = Counter(("" if one.mine and one.speaker in ("", "You") else one.speaker, plain(one.text)) for one in talk)
    said_texts = Counter(plain(told.text) for told in window.log.told)
    kept_texts = Counter(plain(one.text) for one in talk)
    wanted = [plain(told.text) for told in window.log.told]
    order = [plain(one.text) for one in talk if plain(one.text) in said_texts]
    return Walk(
        told=said.total(),
        found=(said_texts & kept_texts).total(),
        right=(said & kept).total(),
        twice=sum(max(0, n - said_texts[text]) for text, n in kept_texts.items() if text in said_texts),
        junk=sum(n for text, n in kept_texts.items() if text not in said_texts),
        ordered=_within(order, wanted),
    )


def _within(some: list[str], whole: list[str]) -> bool:
    """Whether `some` is `whole` with some left out."""
    rest = iter(whole)
    return all(text in rest for text in some)
