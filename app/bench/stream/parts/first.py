"""Point 7: time to the first word; a model that fits is repacked, and only a streamed one is not copied."""

from collections.abc import Iterator
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.made import words
from app.bench.stream.setting import Setting

_PROMPT = 512
_TOKENS = 4


def rows(setting: Setting) -> Iterator[Row]:
    """A prompt of 512 tokens, right after loading, in the three ways that a model of this size can be held."""
    shape = setting.dense
    fits = _long(setting, Mode.OWN, 2.0)
    ways = {"repacked": fits, "plain": replace(fits, mode=Mode.MEMORY), "streamed": _long(setting, Mode.STREAM, 0.5)}
    found = {name: setting.run(asked) for name, asked in ways.items()}
    plain = found["plain"].figures.prefill_tokens_per_s
    for name, one in found.items():
        of = f"{shape.name}, {name}"
        prefill = one.figures.prefill_tokens_per_s
        yield Row(name=f"{of}: a prompt is read at", value=prefill, unit="tokens/s", n=1, baseline=plain)
        yield Row(name=f"{of}: loaded in", value=one.load_s, unit="s", n=1)
        yield Row(name=f"{of}: first word after {_PROMPT} tokens", value=one.figures.ttft_ms / 1000, unit="s", n=1)


def _long(setting: Setting, mode: Mode, share: float) -> Asked:
    asked = setting.asked(setting.dense, mode, tokens=_TOKENS, share=share, limited=False)
    return replace(asked, prompt=words(_PROMPT, 7, setting.dense), context=_PROMPT + 256)
