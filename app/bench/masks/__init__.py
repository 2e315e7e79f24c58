"""`mneme bench masks [--pixels] [--table FILE] [--misses]`: how many secrets are masked, how many look-alikes too."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from app.bench.asking import Bar
from app.bench.masks.by_another_hand import SETS, in_halves, labelled
from app.bench.masks.corpus import STRUCTURED, Item, corpus
from app.bench.masks.drawn import drawable, read_back, screens
from app.bench.masks.judged import legible_of, missed, share, survives, too_much
from app.bench.row import Row
from app.bench.table import markdown
from app.cli.session import Session
from core.capture.redact import redact
from core.capture.screen.reader import Reader

_RECALL, _FALSE = 0.98, 0.01


def run(arguments: list[str], session: Session) -> list[Row]:
    """All rows; `--table` also writes them as Markdown. Raises Problem."""
    parser = argparse.ArgumentParser(prog="mneme bench masks")
    parser.add_argument("--pixels", action="store_true", help="also through drawn screens, read by the reader")
    parser.add_argument("--misses", action="store_true", help="print what failed and may be looked at")
    parser.add_argument("--table", type=Path)
    wanted = parser.parse_args(arguments)
    items = corpus()
    others = {hand: labelled(file) for hand, file in SETS.items()}
    rows = list(in_text(items))
    for hand, some in others.items():
        rows += in_halves(hand, some, _RECALL, _FALSE)
    if wanted.pixels:
        rows += list(in_pixels(items, Bar(session)))
    if wanted.misses:
        for item in failed(items):
            session.err.print(f"{item.name}: {item.text!r} -> {redact(item.text).text!r}", markup=False)
        for other in chain.from_iterable(others.values()):
            if other.wrong(masked := redact(other.text)):
                session.err.print(f"{other.id} {other.name}: {other.text!r} -> {masked.text!r}", markup=False)
    if wanted.table is not None:
        wanted.table.write_text(markdown(rows), encoding="utf-8")
    return rows


def wrong(item: Item) -> bool:
    """Whether a secret survived, or something was masked that is none."""
    masked = redact(item.text)
    return missed(item, masked.text) if item.secrets else bool(masked.count)


def failed(items: Sequence[Item]) -> list[Item]:
    """What went wrong in the half that may be looked at."""
    return [item for item in items if not item.unseen and wrong(item)]


def in_text(items: Sequence[Item]) -> Iterator[Row]:
    """Hit rates and false alarms: all, each half, each class; and how much beside the secrets was masked."""
    secrets, others = [i for i in items if i.secrets], [i for i in items if not i.secrets]
    structured = [item for item in secrets if item.name in STRUCTURED]
    for name, some, target in (
        ("masked, all classes", secrets, None),
        ("masked, structured classes", structured, _RECALL),
        ("masked, structured classes, unseen half", [i for i in structured if i.unseen], None),
        ("masked, all classes, unseen half", [i for i in secrets if i.unseen], None),
    ):
        yield _share(name, [not wrong(item) for item in some], target)
    yield _share("look-alikes masked wrongly, all", [wrong(item) for item in others], _FALSE)
    yield _share("look-alikes masked wrongly, unseen half", [wrong(item) for item in others if item.unseen])
    for name in dict.fromkeys(item.name for item in items):
        yield _share(f"masked: {name}", [not wrong(item) for item in secrets if item.name == name])
        yield _share(f"masked wrongly: {name}", [wrong(item) for item in others if item.name == name])
    beside = sum(too_much(item, redact(item.text)) for item in secrets)
    around = sum(len(item.text) - sum(map(len, item.secrets)) for item in secrets)
    yield Row(name="words around secrets masked with them", value=beside / around, unit="share", n=around)


def in_pixels(items: Sequence[Item], bar: Bar) -> Iterator[Row]:
    """The same through the reader: in what is kept as words, and in what can be read in the filled picture.

    Counted of what was read at all: a secret that nobody can read is masked by no rule. How many are legible before
    anything is masked stands in a row of its own.
    """
    shown = [item for item in items if drawable(item)]
    legible, words, pictures, false = list[bool](), list[bool](), list[bool](), list[bool]()
    reader = Reader()
    try:
        pages = list(screens(shown))
        with bar.over("Reading drawn screens", len(pages)) as step:
            for some, pixels in pages:
                read, kept, again, _ = read_back(reader, pixels)
                for item in some:
                    if item.secrets:
                        seen = legible_of(item, read)
                        legible.append(bool(seen))
                        if seen:
                            words.append(not any(survives(secret, kept) for secret in seen))
                            pictures.append(not any(survives(secret, again) for secret in seen))
                    elif lines := legible_of(item, read):
                        false.append(any(line not in kept for line in lines))
                step.on()
    finally:
        reader.close()
    yield _share("drawn and read: secrets legible before they are masked", legible)
    yield _share("drawn and read: masked in the words", words, _RECALL)
    yield _share("drawn and read: not legible in the picture", pictures, _RECALL)
    yield _share("drawn and read: look-alikes masked wrongly", false, _FALSE)


def _share(name: str, hits: Sequence[bool], target: float | None = None) -> Row:
    return Row(name=name, value=share(hits), unit="share", n=len(hits), target=target)
