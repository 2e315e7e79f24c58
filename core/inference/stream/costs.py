"""What running a model takes: bytes beside the weights, seconds a token, seconds to the first word. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from core.inference.layout import Layout
from core.inference.stream.speeds import Speeds

PROGRAM_BYTES = 52 * 2**20
"""Python, the libraries, their threads and tables; measured 45 to 63 MB, of which 25 are the libraries' own files."""
_BYTES_PER_WORD, _BYTES_PER_MERGE = 220, 200
"""What llama.cpp keeps of each word of a vocabulary, and of each pair that is joined; measured 180 a word without any
pairs (32,000 and 64,000 words), and 400 for both at 152,000 words."""

CONTEXT_TOKENS = 4096
"""Of prompt and answer together: what the engine is started with, and what each plan counts keys and values for."""
BATCH_TOKENS = 256
"""Tokens of a prompt that are read in one sweep, at most."""
OUTPUTS = 16
"""Positions of a batch whose logits are asked for, at most: a draft's."""
EARLY_FOR_NOTHING = 1.3
"""What is read of experts against what was missing: some of those that are read early are not chosen."""
_STOP_S = 0.003
"""For each layer whose experts come in: the graph stops at its router, readers take processor time, pages move."""
_WAITED = 0.6
"""Of the time that experts are read, what computing waits for: their choice is known late, some are read early."""
_PROMPT_COST = 1.2
"""Of the matrices alone, what a prompt of some hundred tokens costs with its attention."""
_SPARSE_PROMPT = 2.0
"""Experts see a few tokens each, for which their matrices are less well used."""
_START_S, _REPACKING = 0.4, 2.0


class Cache(StrEnum):
    """How keys and values are kept."""

    F16 = "f16"
    Q8_0 = "q8_0"

    def bytes_of(self, as_f16: int) -> int:
        """What takes `as_f16` bytes with 16 bits: blocks of 32 numbers have 34 bytes with 8."""
        return as_f16 if self is Cache.F16 else -(-as_f16 * 34 // 64)


def caches(*, in_blocks: bool = True, wanted: Cache | None = None) -> tuple[Cache, ...]:
    """The kinds of keys and values to try, the finest first; `in_blocks`: heads are whole blocks, as 8 bits need."""
    if not in_blocks:
        return (Cache.F16,)
    return (Cache.F16, Cache.Q8_0) if wanted is None else (wanted,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one token, and one sweep over the model for many, has to do."""

    active_bytes: int
    """Weights that one token is computed with."""
    read_bytes: int
    """Weights that are read from the disk for one token."""
    sweep_bytes: int
    """Weights that are read for one sweep with many tokens."""
    piece_bytes: int
    """Size of a read; 0: long ones, side by side."""
    repacked: bool
    sparse: bool = False
    """A mixture of experts."""
    prompt_bytes: int = 0
    """Weights that each token of a prompt is computed with, where they are more than for one token alone."""
    stops: int = 0
    """Layers at whose routers the computation waits for what was chosen."""


def active_bytes(layout: Layout) -> int:
    """Weights that one token is computed with: no row but one of the words' table, of the experts the chosen."""
    tied = not any(tensor.name == "output.weight" for tensor in layout.tensors)
    found = 0
    for tensor in layout.tensors:
        if tensor.experts:
            found += tensor.bytes * min(layout.facts.experts_used, tensor.experts) // tensor.experts
        elif tied or tensor.name != "token_embd.weight":
            found += tensor.bytes
    return max(found, 1)


def program_bytes(vocabulary: int, merges: int | None = None) -> int:
    """What the process holds beside weights and the buffers that llama.cpp reports.

    `merges`: pairs of words that the tokenizer joins, None: not known, as many as there are words.
    """
    pairs = vocabulary if merges is None else merges
    return PROGRAM_BYTES + _BYTES_PER_WORD * vocabulary + _BYTES_PER_MERGE * pairs


def compute_bytes(layout: Layout, *, context_tokens: int, batch_tokens: int, outputs: int) -> int:
    """An upper estimate of llama.cpp's compute and output buffers, 5 to 15 MB above what it reports for layers.

    Its graph holds at once about four rows as wide as the widest matrix for each token of a batch, or in a mixture two
    of the width and two of an expert for each chosen expert; or the logits, which come when the layers are done.
    """
    facts, layers = layout.facts, [one for one in layout.tensors if one.layer is not None and len(one.shape) > 1]
    used = facts.experts_used
    rows = [4 * one.shape[1] for one in layers if not one.experts]
    rows += [2 * used * (one.shape[0] + one.shape[1]) for one in layers if one.experts]
    of_layers = batch_tokens * 4 * max(rows, default=0)
    of_words = outputs * 4 * facts.vocabulary + batch_tokens * 8 * facts.width
    mask = 4 * context_tokens * batch_tokens
    return round(1.05 * max(of_layers, of_words)) + mask + outputs * 4 * facts.vocabulary + 3 * 2**20


def token_s(work: Work, speeds: Speeds) -> float:
    """Seconds for one token after the prompt: disk and CPU work at the same time where they can."""
    computing = speeds.cpu.sweep_s(work.active_bytes, 1)
    rate = speeds.disk.piece_bytes_s(work.piece_bytes) if work.piece_bytes else speeds.disk.long_bytes_s
    reading = work.read_bytes / rate
    if work.piece_bytes and work.read_bytes:
        return computing + _WAITED * reading + _STOP_S * work.stops
    return max(reading, computing)


def prompt_s(work: Work, speeds: Speeds, prompt_tokens: int, batch_tokens: int) -> float:
    """Seconds to read a prompt in sweeps of `batch_tokens`."""
    sweeps = math.ceil(prompt_tokens / max(batch_tokens, 1))
    computing = _PROMPT_COST * speeds.cpu.sweep_s(
        max(work.active_bytes, work.prompt_bytes), prompt_tokens, repacked=work.repacked
    )
    if work.sparse:
        computing *= _SPARSE_PROMPT
    return max(computing, sweeps * work.sweep_bytes / speeds.disk.long_bytes_s)


def load_s(resident_bytes: int, speeds: Speeds, *, repacked: bool) -> float:
    """Seconds until the model is there: its weights read once, and laid out anew where all of them stay."""
    return _START_S + resident_bytes / speeds.disk.long_bytes_s * (_REPACKING if repacked else 1.0)


def missed_share(kept: float) -> float:
    """Of the experts asked for, those that are not there when a share of all is kept.

    Tokens near each other choose alike: more is found than the share that is kept (55-75 % at 44 %).
    """
    return float(1 - kept**0.6)
