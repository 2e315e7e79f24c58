"""Makes a prepared model of a dense one: attention as it is, neurons bundled and sorted, what chooses them fitted."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.inference.layout import Layout, read_layout
from core.inference.llama import library
from core.inference.stream.neurons.calibrate import inputs_of
from core.inference.stream.neurons.columns import Columns, ColumnsDiffer
from core.inference.stream.neurons.curve import TOKENS as TRIED_TOKENS
from core.inference.stream.neurons.curve import Tried, tried
from core.inference.stream.neurons.fit import fit
from core.inference.stream.neurons.ggml import Q8_0, Ggml, row_bytes
from core.inference.stream.neurons.hollow_file import HollowFile, Layer, bundled
from core.inference.stream.neurons.lost import Curve
from core.inference.stream.neurons.preparable import Neurons, neurons_of
from core.inference.stream.neurons.prepared import GATED, Gated, Prepared, bundle_bytes
from core.inference.stream.neurons.rewritten import entries_of
from core.inference.stream.neurons.thresholds import thresholds
from core.inference.stream.pages import can_stream

TOKENS = 1536
"""Of text that a model with silent neurons is tried on."""
_HELD_BACK = 4
"""Every so-manieth token sets thresholds and fits nothing."""
_SPARE_BYTES = 2**28
_READING, _TRYING = 0.3, 0.7
LEAST_KEEP = 0.05
T = TypeVar("T")


class Step(NamedTuple):
    """What is being done, and the part of all that is done (0 to 1)."""

    what: str
    part: float


def curve_of(
    source: Path, text: str, keeps: tuple[float, ...], *, threads: int, tokens: int = TRIED_TOKENS
) -> Generator[Step, None, Curve]:
    """What leaving neurons of a gated model out costs; nothing is written. BadInput, ModelProblem."""
    layout = read_layout(source)
    if _checked(layout, entries_of(source)) is not Neurons.GATED:
        raise BadInput(
            "This model's neurons are exactly silent: leaving those out changes nothing.",
            "`mneme models prepare` needs no choice for it.",
        )
    trying = tried(source, layout, text, keeps, threads=threads, tokens=tokens)
    found = yield from _told("The model reads a text", 1.0, trying)
    return found.curve


def prepare(
    source: Path, target: Path, text: str, *, threads: int, keep: float | None = None, tokens: int | None = None
) -> Iterator[Step]:
    """Write a prepared model of `source` to `target`, yielding after each step; nothing is left when it is ended early.

    `keep`: of a gated model, the share of neurons to keep for a token (LEAST_KEEP to 1); None of the others.
    BadInput (cannot be prepared, no choice made, no room), ModelProblem, OSError.
    """
    layout = read_layout(source)
    entries = entries_of(source)
    _check_choice(_checked(layout, entries), keep)
    if shutil.disk_usage(target.parent).free < 1.5 * layout.facts.bytes + _SPARE_BYTES:
        raise BadInput("There is not enough room on that disk for a prepared model.", "Name another folder.")
    made: _Silent | _Kept
    if keep is None:
        begun = inputs_of(source, layout, text, tokens or TOKENS, threads)
        made = _Silent(layout, (yield from _told("The model reads a text", _READING, begun)))
        before = _READING
    else:
        trying = tried(source, layout, text, (keep,), threads=threads, tokens=tokens or TRIED_TOKENS)
        made = _Kept(layout, (yield from _told("The model reads a text", _TRYING, trying)))
        before = _TRYING
    part = target.with_name(target.name + ".part")
    file_of = HollowFile(source, layout, entries)
    ggml = Ggml(library())
    try:
        for exact in (True, False):
            columns = Columns(ggml, file_of.kinds("ffn_down.weight"), exact)
            with suppress(ColumnsDiffer), part.open("wb") as file:
                blank = made.blank(file_of, columns)
                layers = (made.layer(file_of, columns, blank, number) for number in range(layout.layers))
                for done in file_of.write(file, blank, layers):
                    yield Step("Neurons are sorted", before + (1 - before) * done / layout.layers)
                break
        part.replace(target)
    finally:
        ggml.free_backend(ggml.backend)
        with suppress(OSError):
            part.unlink()


def _checked(layout: Layout, entries: dict[str, bytes]) -> Neurons:
    found = neurons_of(layout, entries)
    if not can_stream():
        raise BadInput("Models are prepared on Linux only.", "Prepare it there.")
    return found


def _check_choice(neurons: Neurons, keep: float | None) -> None:
    if neurons is Neurons.SILENT and keep is not None:
        raise BadInput(
            "This model's neurons are exactly silent: there is nothing to choose.", "Leave the share to keep away."
        )
    if neurons is Neurons.GATED and keep is None:
        raise BadInput(
            "This model's neurons are never exactly silent: leaving some out changes its answers.",
            "`mneme models prepare MODEL` shows by how much; choose with --keep how many stay.",
        )
    if keep is not None and not LEAST_KEEP <= keep <= 1:
        raise BadInput("That share cannot be kept.", f"Keep from {LEAST_KEEP:.0%} to 100%.".replace("%", " %"))


def _told(what: str, part: float, work: Generator[float, None, T]) -> Generator[Step, None, T]:
    """Steps for work that yields how far it is; `part` of all is this work's."""
    while True:
        try:
            yield Step(what, part * next(work))
        except StopIteration as end:
            found: T = end.value
            return found


class _Silent:
    """Layers of a model whose neurons are exactly silent: foretold by a predictor."""

    def __init__(self, layout: Layout, inputs: list[NDArray[np.float16]]) -> None:
        self._layout, self._inputs = layout, inputs

    def blank(self, file: HollowFile, columns: Columns) -> Prepared:
        """The side data's shape."""
        return _blank(self._layout, file, columns, None)

    def layer(self, file: HollowFile, columns: Columns, blank: Prepared, layer: int) -> Layer:
        """Fit a layer's predictor and put its neurons in order, hot ones first."""
        up, count = file.raw(layer, "ffn_up.weight"), blank.count
        rows = columns.floats(blank.up_kind, up, blank.width)
        bias = np.zeros(count, np.float32)
        if file.has(layer, "ffn_up.bias"):
            bias = file.raw(layer, "ffn_up.bias").view(np.float32).ravel()
        down, lengths = columns.of(file.kind("ffn_down.weight", layer), file.raw(layer, "ffn_down.weight"), count)
        inputs = self._inputs[layer].astype(np.float32)
        held = np.arange(len(inputs)) % _HELD_BACK == 0
        costs = (float(blank.bundle), row_bytes(Q8_0, 32) / 32)
        fitted = fit(rows, bias, lengths, inputs[~held], inputs[held], costs)
        order = np.argsort(-fitted.use, kind="stable")
        quantised = (columns.quantised(Q8_0, rows) for rows in (fitted.inner, fitted.outer[order]))
        vectors = (fitted.thresholds[order], bias[order])
        head = (*(rows.tobytes() for rows in quantised), *(vector.tobytes() for vector in vectors))
        bundles = bundled(up[order], down[order], blank.bundle)
        return Layer(bundles=bundles, head=head, share=fitted.share, rank=len(fitted.inner))


class _Kept:
    """Layers of a gated model of which a share is kept: their gates stay, with a threshold for each."""

    def __init__(self, layout: Layout, found: Tried) -> None:
        self._layout, self._curve = layout, found.curve
        self._layers = found.layers
        self._keep = found.curve.points[0].keep

    def blank(self, file: HollowFile, columns: Columns) -> Prepared:
        """The side data's shape."""
        point = self._curve.points[0]
        gated = Gated(
            kind=file.kind("ffn_gate.weight"),
            act=GATED[self._layout.facts.architecture],
            keep=point.keep,
            perplexity=self._curve.perplexity(point),
            same=point.same,
        )
        return _blank(self._layout, file, columns, gated)

    def layer(self, file: HollowFile, columns: Columns, blank: Prepared, layer: int) -> Layer:
        """Put a layer's neurons in order, hot ones first."""
        limits = thresholds(self._layers[layer], self._keep)
        use = (self._layers[layer].gates > limits).mean(axis=0)
        order = np.argsort(-use, kind="stable")
        down, _ = columns.of(file.kind("ffn_down.weight", layer), file.raw(layer, "ffn_down.weight"), blank.count)
        head = (file.raw(layer, "ffn_gate.weight")[order].tobytes(), limits[order].tobytes())
        bundles = bundled(file.raw(layer, "ffn_up.weight")[order], down[order], blank.bundle)
        return Layer(bundles=bundles, head=head, share=max(float(use.mean()), 1e-4))


def _blank(layout: Layout, file: HollowFile, columns: Columns, gated: Gated | None) -> Prepared:
    width, up_kind = layout.facts.width, file.kind("ffn_up.weight")
    return Prepared(
        width=width,
        count=next(one for one in layout.tensors if one.name == "blk.0.ffn_up.weight").shape[1],
        up_kind=up_kind,
        down_kind=columns.kind,
        bundle=bundle_bytes(up_kind, columns.kind, width),
        ranks=(32,) * layout.layers if gated is None else (),
        shares=(1.0,) * layout.layers,
        place=0,
        head_hash="0" * 64,
        gated=gated,
    )
