"""Point 5: a person's question takes the engine from a sleeping job within one token."""

from collections.abc import Iterator

from app.bench.row import Row
from app.bench.stream.asked import Mode
from app.bench.stream.made import words
from app.bench.stream.setting import SHORT, Setting, at_most

_AFTER = 4
_JOB_TOKENS = 64
_ANSWER_TOKENS = 2


def rows(setting: Setting) -> Iterator[Row]:
    """With weights in memory and with streamed ones: words of the job that still came, and how long it took to end."""
    shape = setting.dense
    for mode in (Mode.MEMORY, Mode.STREAM):
        asked = setting.asked(shape, mode, tokens=_JOB_TOKENS + _ANSWER_TOKENS)
        with setting.driver.engine(asked) as engine:
            alone = engine.ask(asked.prompt, 4)
            sweep_ms = (alone.parts[-1].at - alone.parts[0].at) / (len(alone.parts) - 1) * 1000
            job, question = words(SHORT, 5, shape), words(SHORT, 6, shape)
            said = engine.turn(job, _JOB_TOKENS, _AFTER, question, _ANSWER_TOKENS)
        later = sum(at > said["asked"] for at in said["job"])
        name = f"{shape.name}, {mode}"
        yield at_most(f"{name}: words of the sleeping job after the question", later, "tokens", 1, 1.0)
        ended_ms = (said["ended"][0] - said["asked"]) * 1000
        what = f"{name}: until the job has given way, beside a sweep"
        yield Row(name=what, value=ended_ms, unit="ms", n=1, baseline=sweep_ms)
        first_ms = (said["answer"][0] - said["asked"]) * 1000
        yield Row(name=f"{name}: until the answer's first word", value=first_ms, unit="ms", n=1)
