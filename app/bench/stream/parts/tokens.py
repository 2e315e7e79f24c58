"""Point 1: the tokens of a greedy answer are the same however the weights come, with drafting and at each budget."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.made import Shape
from app.bench.stream.setting import Setting, at_least, same_tokens

SHARES = (0.35, 0.5, 0.75)
_TOKENS = 12


def rows(setting: Setting) -> Iterator[Row]:
    """Each budget held to the same budget's answer from memory: a smaller one may keep a smaller cache."""
    for shape in (setting.dense, setting.sparse):
        for share in SHARES:
            yield from _at(setting, shape, share)


def _at(setting: Setting, shape: Shape, share: float) -> Iterator[Row]:
    asked = setting.asked(shape, Mode.STREAM, tokens=_TOKENS, share=share, limited=False)
    reference = setting.once(replace(asked, mode=Mode.MEMORY))
    name = f"{shape.name} in {asked.budget_mb} MB, {share:.0%} of its file: tokens as in memory"
    for ending, wanted in (("", asked), (", drafting", replace(asked, draft=True))):
        found = setting.once(wanted)
        count = len(found.figures.tokens)
        yield at_least(f"{name}{ending}", same_tokens(found, reference), "share", count, 1.0)
