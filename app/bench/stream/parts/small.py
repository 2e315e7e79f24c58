"""A small model that drafts, on words that quote nothing: against drafting from the prompt alone, which finds nothing.

The small one foretells six of ten words by its making; one that foretells none shows what a wrong choice costs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.made import Chained, words
from app.bench.stream.run import Run
from app.bench.stream.setting import Setting, at_least, at_most, middle, same_tokens, speed
from core.errors import Problem

_TOKENS, _PROMPT = 64, 512
_FASTER, _SLOWER = 1.0, 0.95
_HELD = 1.03


def rows(setting: Setting) -> Iterator[Row]:
    """Streamed in half of the file, also behind a longer prompt, and all in memory."""
    never = _never(setting)
    plain = setting.asked(setting.chained, Mode.STREAM, tokens=_TOKENS, limited=False, draft=True)
    wanted = {
        "without": plain,
        "with": replace(plain, small=setting.model(setting.small)),
        "never right": replace(plain, small=setting.model(never)),
    }
    found = setting.in_turn(wanted)
    yield from _streamed(setting.chained.name, found, plain)
    yield from _behind_a_prompt(setting, wanted)
    memory = setting.asked(setting.chained, Mode.OWN, tokens=_TOKENS, share=2.0, limited=False, draft=True)
    inside = setting.in_turn({"without": memory, "with": replace(memory, small=setting.model(setting.small))})
    yield from _against(f"{setting.chained.name} in memory", inside, "with", _SLOWER)


def _never(setting: Setting) -> Chained:
    if not isinstance(setting.small, Chained):
        raise Problem("The small model of this bench is of another kind.", "Run it from a checkout as it is.")
    return replace(setting.small, agrees=0.0)


def _streamed(shape: str, found: Mapping[str, list[Run]], plain: Asked) -> Iterator[Row]:
    name, runs = f"{shape}, streamed", found["with"]
    for one in runs:
        if not one.ready["draft_bytes"]:
            raise Problem(f"The small model was not loaded beside the large one. {one.ready['no_draft']}")
    yield from _against(name, found, "with", _FASTER)
    yield from _against(name, found, "never right", _SLOWER)
    count = len(runs)
    yield Row(name=f"{name}: proposals that held", value=middle(runs, _held), unit="share", n=count)
    sweeps = middle(runs, lambda one: one.figures.accepted_per_sweep)
    yield Row(name=f"{name}: tokens a sweep", value=sweeps, unit="tokens", n=count)
    drafted_mb = middle(runs, lambda one: one.ready["draft_bytes"] / 2**20)
    yield Row(name=f"{name}: the small model's part of the memory", value=drafted_mb, unit="MB", n=count)
    most = max(one.held.peak_mb for one in runs) / plain.budget_mb
    yield at_most(f"{name}: held at most with it, of what was given", most, "share", count, _HELD)


def _behind_a_prompt(setting: Setting, wanted: Mapping[str, Asked]) -> Iterator[Row]:
    """One answer each behind a prompt that the small model has to read too: from the question to the last word."""
    long = {name: _long(setting, wanted[name]) for name in ("without", "with")}
    found = {name: setting.run(asked) for name, asked in long.items()}
    name = f"{setting.chained.name}, streamed, behind {_PROMPT} tokens"
    for way, one in found.items():
        yield Row(name=f"{name}: first word {way}", value=one.figures.ttft_ms / 1000, unit="s", n=1)
        yield Row(name=f"{name}: {_TOKENS} tokens {way}", value=_whole_s(one), unit="s", n=1)
    read_s = float((found["with"].said.get("account") or {}).get("small_read_s", 0.0))
    yield Row(name=f"{name}: the small model's reading", value=read_s, unit="s", n=1)
    ratio = _whole_s(found["with"]) / _whole_s(found["without"])
    yield at_most(f"{name}: whole answer with against without", ratio, "share", 1, 1.0, baseline=1.0)


def _long(setting: Setting, asked: Asked) -> Asked:
    return replace(asked, prompt=words(_PROMPT, 7, setting.chained), context=_PROMPT + 256)


def _against(name: str, found: Mapping[str, Sequence[Run]], which: str, target: float) -> Iterator[Row]:
    plain, runs = list(found["without"]), list(found[which])
    count, said = len(runs), "a small model" if which == "with" else f"a small model that is {which}"
    if which == "with":
        yield Row(name=f"{name}: without a small model", value=middle(plain, speed), unit="tokens/s", n=count)
    yield Row(name=f"{name}: with {said}", value=middle(runs, speed), unit="tokens/s", n=count)
    ratio = middle(runs, speed) / middle(plain, speed)
    yield at_least(f"{name}: {said} against none", ratio, "times", count, target, baseline=1.0)
    same = min(same_tokens(one, plain[0]) for one in runs)
    yield at_least(f"{name}: tokens as without, {said}", same, "share", count, 1.0)


def _held(one: Run) -> float:
    account = one.said.get("account") or {}
    return float(account.get("held", 0.0)) / max(float(account.get("proposed", 0.0)), 1.0)


def _whole_s(one: Run) -> float:
    """From the question to the last word."""
    later = max(len(one.figures.tokens) - 1, 0)
    rate = one.figures.tokens_per_s
    return one.figures.ttft_ms / 1000 + (later / rate if rate else 0.0)
