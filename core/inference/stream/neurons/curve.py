"""Tries a gated model on a text: what thresholds are set by, then its loss when so many of its neurons are kept."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, ModelProblem
from core.inference.layout import Layout
from core.inference.llama import library
from core.inference.stream.neurons.calibrate import WholeModel
from core.inference.stream.neurons.columns import Columns
from core.inference.stream.neurons.ggml import Ggml
from core.inference.stream.neurons.lost import Curve, Point
from core.inference.stream.neurons.prepared import GATED
from core.inference.stream.neurons.rewritten import KINDS
from core.inference.stream.neurons.thresholds import Floats, Sampled, thresholds

TOKENS = 2048
"""Of text that a model is tried on."""
_HELD_BACK = 4
"""One part in so many, the last, is held back to measure the loss on."""
_LEAST = 64
_AT_ONCE = 512
"""Tokens that are read together: each piece of the text by itself."""
_EVERY = 8
"""Of every so-manieth token the gates are kept."""
_NODES = re.compile(rb"(ffn_gate|ffn_up)-(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A gated model after it was tried: its curve, and of each layer what thresholds are set by."""

    curve: Curve
    layers: list[Sampled]


def tried(
    path: Path,
    layout: Layout,
    text: str,
    keeps: Sequence[float],
    *,
    threads: int,
    tokens: int = TOKENS,
) -> Generator[float, None, Tried]:
    """Yield the part that is done. The first three quarters of the text set thresholds, the rest measures.

    Every token's neurons are left out here, a prompt's too, of which the prepared model leaves none out: what is told
    is the worse case. BadInput (text too short), ModelProblem.
    """
    gates = _Gates(layout)
    at_once = min(layout.facts.context_length or _AT_ONCE, _AT_ONCE)
    model = WholeModel(path, layout, at_once, threads, _NODES, gates.seen)
    try:
        words = model.tokens(text, ends=True, marks=False)[:tokens]
        cut = len(words) - len(words) // _HELD_BACK
        if len(words) - cut < _LEAST:
            raise BadInput("This text is too short to try a model on.", "Give one of a few pages.")
        fitting, held = _pieces(words[:cut], at_once), _pieces(words[cut:], at_once)
        work = cut + (len(words) - cut) * (1 + len(keeps))
        done = 0
        for piece in fitting:
            for batch in model.read(piece):
                yield (done + batch.stop) / work
            done += len(piece)
        layers = gates.sampled(path)
        whole = yield from _Reading(model, held).run(cut, work)
        points = []
        for number, keep in enumerate(keeps):
            gates.leave_out([thresholds(layer, keep) for layer in layers])
            found = yield from _Reading(model, held).run(cut + (number + 1) * (len(words) - cut), work)
            points.append(found.against(whole, keep, gates.kept))
    finally:
        model.close()
    return Tried(curve=Curve(tokens=whole.count, loss=whole.loss, points=tuple(points)), layers=layers)


def _pieces(tokens: list[int], at_once: int) -> list[list[int]]:
    """A text in pieces that the model reads each by itself; what is left over is too short to tell anything."""
    pieces = [tokens[begin : begin + at_once] for begin in range(0, len(tokens), at_once)]
    return [piece for piece in pieces if len(piece) > 1]


class _Gates:
    """Looks at the gates of a model that reads: keeps samples of them, or silences those below thresholds."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._act = layout, _ACTS[GATED[layout.facts.architecture]]
        self._samples: list[list[NDArray[np.float16]]] = [[] for _ in range(layout.layers)]
        self._squares: list[NDArray[np.float64] | float] = [0.0] * layout.layers
        self._tokens = 0
        self._limits: list[Floats] | None = None
        self._sampling = True
        self._kept = self._seen = 0

    def seen(self, node: bytes, layer: int, values: Floats) -> None:
        """See calibrate.Seen."""
        if node == b"ffn_up":
            if self._sampling:
                self._squares[layer] += np.square(values, dtype=np.float64).sum(axis=0)
                self._tokens += len(values) if layer == 0 else 0
            return
        if self._sampling:
            self._samples[layer].append(np.abs(self._act(values[::_EVERY])).astype(np.float16))
        elif self._limits is not None:
            out = np.abs(self._act(values)) <= self._limits[layer]
            values[out] = 0  # act(0) is 0, and so is what such a neuron adds
            self._seen += out.size
            self._kept += out.size - int(out.sum())

    @property
    def kept(self) -> float:
        """Of all neurons since thresholds were set, the share that was not silenced."""
        return self._kept / max(self._seen, 1)

    def leave_out(self, limits: list[Floats]) -> None:
        """From now on."""
        self._limits, self._kept, self._seen = limits, 0, 0

    def sampled(self, path: Path) -> list[Sampled]:
        """What was seen, of each layer; nothing more is kept."""
        self._sampling = False
        found = []
        for layer, gates in enumerate(self._samples):
            if not gates:
                raise ModelProblem("This llama.cpp does not show the model's gates.", "Use the model as it is.")
            usual = np.sqrt(self._squares[layer] / max(self._tokens, 1)).astype(np.float32)
            found.append(Sampled(np.concatenate(gates), usual * lengths(path, self._layout, layer)))
        self._samples.clear()
        return found


def lengths(path: Path, layout: Layout, layer: int) -> Floats:
    """How long each neuron's column is, (neurons,)."""
    tensor = next(one for one in layout.tensors if one.name == f"blk.{layer}.ffn_down.weight")
    count, width = tensor.shape
    with path.open("rb") as file:
        file.seek(tensor.offset)
        data = np.fromfile(file, np.uint8, tensor.bytes)
    if len(data) != tensor.bytes:
        raise ModelProblem("The model's file cannot be read any more.", "Check the disk; add the model again.")
    ggml = Ggml(library())
    try:
        values = Columns(ggml, (KINDS[tensor.type],), True).floats(KINDS[tensor.type], data.reshape(width, -1), count)
    finally:
        ggml.free_backend(ggml.backend)
    found: Floats = np.linalg.norm(values, axis=0)
    return found


class _Reading:
    """A text read once: how likely its words were, and which were the likeliest."""

    def __init__(self, model: WholeModel, pieces: Sequence[list[int]]) -> None:
        self._model, self._pieces = model, pieces
        self._losses: list[float] = []
        self._likeliest: list[int] = []

    def run(self, before: int, work: int) -> Generator[float, None, "_Reading"]:
        """Yield the part of all `work` that is done, of which `before` was done before."""
        for piece in self._pieces:
            for batch in self._model.read(piece):
                for place in range(batch.start, min(batch.stop, len(piece) - 1)):
                    self._next(self._model.logits(place - batch.start), piece[place + 1])
                yield (before + batch.stop) / work
            before += len(piece)
        return self

    def _next(self, logits: Floats, word: int) -> None:
        """Count how likely a word was."""
        raised = logits.astype(np.float64)
        highest = int(raised.argmax())
        raised -= raised[highest]
        self._losses.append(float(np.log(np.exp(raised).sum()) - raised[word]))
        self._likeliest.append(highest)

    def against(self, whole: "_Reading", keep: float, kept: float) -> Point:
        """What so many kept neurons make of the whole model's reading."""
        changed = np.subtract(self._losses, whole._losses)
        return Point(
            keep=keep,
            kept=kept,
            loss=self.loss,
            same=float(np.equal(self._likeliest, whole._likeliest).mean()),
            error=float(changed.std() / len(changed) ** 0.5),
        )

    @property
    def loss(self) -> float:
        """The mean of -ln p, nats a token."""
        return float(np.mean(self._losses))

    @property
    def count(self) -> int:
        """How many words were foretold."""
        return len(self._losses)


def _silu(gates: Floats) -> Floats:
    found: Floats = gates / (1 + np.exp(-np.maximum(gates, -80)))
    return found


def _gelu(gates: Floats) -> Floats:
    found: Floats = 0.5 * gates * (1 + np.tanh(0.79788456 * gates * (1 + 0.044715 * gates * gates)))
    return found


_ACTS = {"silu": _silu, "gelu": _gelu}
