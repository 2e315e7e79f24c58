"""An answer that quotes its prompt, as the product asks for it: drafting with and without streaming."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from app.bench.outside import outside
from app.bench.row import Row
from app.bench.stream.asked import Asked, Messages, Mode
from app.bench.stream.run import Run, measured
from app.bench.stream.setting import READ_AHEAD_KB, Setting, at_least, middle, same_tokens, speed
from app.host import local_now
from core.errors import Problem

_TOLD = (
    "My bike is orange.", "My dog is called Bruno.",
    "The cake note says milk eggs honey wheat garlic celery accordion mustard kiwi nuts fish soy greenhouse coat sofa.",
    "I live in Malaga.", "My locker number is 4718.",
)  # fmt: skip
_QUESTION = "What does the cake note say?"
"""Its answer is a long quote, as the copier was trained to give: one that the masks leave alone."""
_SHORTEST = 24
"""Tokens of an answer that quotes."""
_CONTEXT = 2048
_TOKENS, _SLOW_TOKENS = 48, 6
_AGAINST_NAIVE, _FASTER = 8.0, 1.0


def rows(setting: Setting) -> Iterator[Row]:
    """Streamed in half of the file's memory against naive loading, and all in memory; with drafting and without."""
    model = setting.quoting()
    budget_mb = model.stat().st_size // 2**21 + setting.beside_mb
    streamed = Asked(
        model=model, mode=Mode.STREAM, budget_mb=budget_mb, limit_mb=budget_mb, prompt="", tokens=_TOKENS,
        context=_CONTEXT, cache="q8_0",
    )  # fmt: skip
    memory = replace(streamed, mode=Mode.OWN, budget_mb=4 * budget_mb, limit_mb=0)
    wanted = {
        "streamed": streamed,
        "streamed, drafting": replace(streamed, draft=True),
        "naive": replace(streamed, mode=Mode.NAIVE, tokens=_SLOW_TOKENS),
        "in memory": memory,
        "in memory, drafting": replace(memory, draft=True),
    }
    messages = _messages()
    with setting.reading_ahead(model, READ_AHEAD_KB[0]):
        yield from _compared({name: _asked(setting, asked, messages) for name, asked in wanted.items()})


def _messages() -> Messages:
    """The prompt for what somebody said of themselves, from a profile that holds it. Raises Problem."""
    with outside() as place:
        begins = local_now() - timedelta(days=2)
        lines = [
            {"conversation": "talk", "id": f"t{number}", "at": (begins + timedelta(minutes=number)).isoformat(),
             "speaker": "Tara", "text": text}
            for number, text in enumerate(_TOLD)
        ]  # fmt: skip
        file = place.folder / "talk.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        place.seconds("import", str(file), "--json")
        said = [line for _, line in place.lines("ask", _QUESTION, "--prompt", "--json")]
    if not said or not said[-1].get("prompt"):
        raise Problem("There was nothing to ask a model about.", "Run it again.")
    return list(said[-1]["prompt"])


def _asked(setting: Setting, asked: Asked, messages: Messages) -> list[Run]:
    """The same question several times: its prompt is read once, its answer is written each time."""
    with setting.driver.engine(asked) as engine:
        found = [measured(engine, engine.ask(messages, asked.tokens), None) for _ in range(setting.rounds)]
    setting.runs.extend(found)
    return found


def _compared(found: Mapping[str, list[Run]]) -> Iterator[Row]:
    count = len(found["streamed"])
    if any(len(one.figures.tokens) < _SHORTEST for one in found["streamed"]):
        raise Problem("The model did not quote what it was asked about.", "Its prompt or its training has changed.")
    for name, runs in found.items():
        yield Row(name=f"quoting, {name}", value=middle(runs, speed), unit="tokens/s", n=count)
    sweeps = middle(found["streamed, drafting"], lambda one: one.figures.accepted_per_sweep)
    yield Row(name="quoting, streamed, drafting: tokens a sweep", value=sweeps, unit="tokens", n=count)
    drafted = middle(found["streamed, drafting"], speed)
    against = drafted / middle(found["naive"], speed)
    yield at_least("quoting, streamed, drafting: against naive", against, "times", count, _AGAINST_NAIVE, baseline=1.0)
    plain = drafted / middle(found["streamed"], speed)
    yield at_least("quoting, streamed: drafting against none", plain, "times", count, _FASTER, baseline=1.0)
    memory = middle(found["in memory, drafting"], speed) / middle(found["in memory"], speed)
    yield at_least("quoting, in memory: drafting against none", memory, "times", count, _FASTER, baseline=1.0)
    for way in ("streamed", "in memory"):
        same = min(same_tokens(one, found[way][0]) for one in found[f"{way}, drafting"])
        tokens = len(found[way][0].figures.tokens)
        yield at_least(f"quoting, {way}: tokens with drafting as without", same, "share", tokens, 1.0)
