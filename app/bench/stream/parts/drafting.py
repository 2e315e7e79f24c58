"""Drafting from the prompt without streaming: what it costs where nothing is quoted."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.setting import Setting, at_least, middle, same_tokens, speed

_TOKENS = 24
_SLOWER = 0.95


def rows(setting: Setting) -> Iterator[Row]:
    """Random words quote nothing: every draft is in vain."""
    shape = setting.dense
    plain = setting.asked(shape, Mode.OWN, tokens=_TOKENS, share=2.0, limited=False)
    found = setting.in_turn({"plain": plain, "drafting": replace(plain, draft=True)})
    ratio = middle(found["drafting"], speed) / middle(found["plain"], speed)
    name = f"{shape.name} in memory, nothing quoted"
    count = len(found["plain"])
    yield Row(name=f"{name}: without drafting", value=middle(found["plain"], speed), unit="tokens/s", n=count)
    yield at_least(f"{name}: with drafting against without", ratio, "times", count, _SLOWER, baseline=1.0)
    same = min(same_tokens(one, found["plain"][0]) for one in found["drafting"])
    yield at_least(f"{name}: tokens as without", same, "share", count, 1.0)
