"""Preparing a dense model, from the host's side: native code reads the file in a process of its own."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from core.errors import BadInput
from core.inference.child import Child, Json
from core.inference.header import check_gguf
from core.inference.layout import read_layout
from core.inference.planned import planned, read_model
from core.inference.stream.costs import BATCH_TOKENS, CONTEXT_TOKENS
from core.inference.stream.neurons.lost import Curve, Point
from core.inference.stream.neurons.planned import expected, plan_neurons
from core.inference.stream.speeds import Speeds
from core.inference.stream.verdict import Verdict, verdict_of

_STEP_S = 1800.0
"""The longest step: a layer's neurons, or one batch of the text through the whole model."""
_MOST_TEXT = 2**17
"""Letters of a text: more tokens than are read."""
KEEPS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1)
"""Shares of the neurons for which the cost is shown."""
Progress = Callable[[str, float], None]
Asked = Callable[[], bool]
_CURVE = TypeAdapter(Curve)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What keeping a share of a gated model's neurons costs, measured, and what it would do here, foretold."""

    keep: float
    kept: float
    """Of all neurons, those that were kept on the text held back."""
    loss: float
    """In nats a token."""
    perplexity: float
    """Times the whole model's."""
    error: float
    """Its standard error: as far as so few tokens tell."""
    same: float
    """Of the words, the share for which the likeliest one is the whole model's."""
    read_bytes: int
    """From the disk for a token."""
    tokens_per_s: float
    sentence: str
    """What the picker would say of it."""

    def as_json(self) -> dict[str, Json]:
        """All of it by name."""
        return dict(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItIs:
    """What the whole model would do here with the same memory, foretold: what each share has to be better than."""

    read_bytes: int
    tokens_per_s: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The curve: the whole model's loss on so many tokens, and what each share costs."""

    tokens: int
    loss: float
    whole: AsItIs
    shares: tuple[Cost, ...]

    def as_json(self) -> dict[str, Json]:
        """All of it by name."""
        shares: list[Json] = [one.as_json() for one in self.shares]
        return {"tokens": self.tokens, "loss": self.loss, "whole": dict(asdict(self.whole)), "shares": shares}


def measure_costs(
    source: Path,
    *,
    threads: int,
    budget_bytes: int,
    speeds: Speeds,
    progress: Progress,
    keeps: Sequence[float] = KEEPS,
    text: str | None = None,
    cancelled: Asked = lambda: False,
) -> Costs:
    """What leaving neurons of a gated model out costs, on a text of ours or a person's own. Nothing is written.

    BadInput (it cannot be prepared, there is nothing to choose, too short a text), ModelProblem, ChildDied, Cancelled.
    """
    request: dict[str, Json] = {"do": "measure", "source": str(source), "threads": threads, "keeps": list(keeps)}
    curve = _CURVE.validate_python(_run(source, request | _said(text), progress, cancelled)["curve"])
    layout, shares = read_layout(source), []
    for one in curve.points:
        made, hollow = expected(layout, one.kept)
        plan = plan_neurons(
            made,
            hollow,
            budget_bytes=budget_bytes,
            context_tokens=min(CONTEXT_TOKENS, layout.facts.context_length or CONTEXT_TOKENS),
            batch_tokens=BATCH_TOKENS,
            speeds=speeds,
        )
        shares.append(_cost(curve, one, plan.work.read_bytes, verdict_of(plan, speeds)))
    return Costs(
        tokens=curve.tokens, loss=curve.loss, whole=_as_it_is(source, budget_bytes, speeds), shares=tuple(shares)
    )


def _as_it_is(source: Path, budget_bytes: int, speeds: Speeds) -> AsItIs:
    plan = planned(read_model(source), budget_bytes=budget_bytes, speeds=speeds)
    found = verdict_of(plan, speeds)
    return AsItIs(read_bytes=plan.work.read_bytes, tokens_per_s=found.tokens_per_s, sentence=found.sentence)


def prepare_model(
    source: Path,
    target: Path,
    *,
    threads: int,
    progress: Progress,
    keep: float | None = None,
    text: str | None = None,
    cancelled: Asked = lambda: False,
) -> None:
    """Write a prepared model of `source` to `target`. `progress` gets what is done and how much of all (0 to 1).

    `keep`: of a gated model the share of neurons to keep. `text`: what it is tried on, None: a text of ours.
    BadInput (cannot be prepared, no choice made), ModelProblem, ChildDied, Cancelled; nothing is left behind then.
    """
    if target.exists():
        raise BadInput("There is a file of that name already.", "Name another, or remove it first.")
    if not target.parent.is_dir():
        raise BadInput("There is no such folder.", "Name a file in a folder that is there.")
    request: dict[str, Json] = {"do": "prepare", "source": str(source), "target": str(target), "threads": threads}
    if keep is not None:
        request["keep"] = keep
    try:
        _run(source, request | _said(text), progress, cancelled)
    finally:
        target.with_name(target.name + ".part").unlink(missing_ok=True)


def _run(source: Path, request: dict[str, Json], progress: Progress, cancelled: Asked) -> dict[str, Json]:
    """Have a process do it; its last word."""
    check_gguf(source)
    child = Child("core.inference.preparing_child", name="process that prepares models")
    last: dict[str, Json] = {}
    try:
        for last, _ in child.stream(request, timeout_s=_STEP_S, cancelled=cancelled):
            part = last["part"]
            progress(str(last["what"]), float(part) if isinstance(part, float | int) else 0.0)
    finally:
        child.close()
    return last


def _said(text: str | None) -> dict[str, Json]:
    """A person's own text, as a request carries it: as much of it as is read."""
    return {} if text is None else {"text": text[:_MOST_TEXT]}


def _cost(curve: Curve, point: Point, read_bytes: int, found: Verdict) -> Cost:
    return Cost(
        keep=point.keep,
        kept=point.kept,
        loss=point.loss,
        perplexity=curve.perplexity(point),
        error=curve.perplexity(point) * point.error,
        same=point.same,
        read_bytes=read_bytes,
        tokens_per_s=found.tokens_per_s,
        sentence=found.sentence,
    )
