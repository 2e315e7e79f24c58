"""What running a model takes: bytes beside the weights, seconds a token, seconds to the first word. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from core.inference.layout import Layout
from core.inference.stream.speeds import Speeds

PROGRAM_BYTES = 128 * 2**20
"""Python, the libraries and what they hold beside the buffers that llama.cpp reports."""

USUAL_PROMPT = 1500
"""Tokens of a question with its memories."""
SHORT_PROMPT = 400
"""Tokens of a question with the few best memories: the shortest prompt that is worth asking with."""
EARLY_WORD_S = 8.0
"""Prompts longer than the short one are made as long as the first word still comes within this time."""


class Cache(StrEnum):
    """How keys and values are kept."""

    F16 = "f16"
    Q8_0 = "q8_0"

    def bytes_of(self, as_f16: int) -> int:
        """What takes `as_f16` bytes with 16 bits: blocks of 32 numbers have 34 bytes with 8."""
        return as_f16 if self is Cache.F16 else -(-as_f16 * 34 // 64)


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


def active_bytes(layout: Layout) -> int:
    """Weights that one token is computed with: no row but one of the words' table, of the experts the chosen."""
    tied = not any(tensor.name == "output.weight" for tensor in layout.tensors)
    found = 0
    for tensor in layout.tensors:
        if tensor.experts:
            found += tensor.bytes * min(layout.facts.experts_used, tensor.experts) // tensor.experts
        elif tied or tensor.name != "token_embd.weight":
            found += tensor.bytes
    return found


def expert_bytes(layout: Layout) -> int:
    """All experts of all layers; 0 for a dense model."""
    return sum(tensor.bytes for tensor in layout.tensors if tensor.experts)


def compute_bytes(layout: Layout, *, context_tokens: int, batch_tokens: int, outputs: int) -> int:
    """An upper estimate of llama.cpp's compute and output buffers."""
    facts = layout.facts
    widest = max((one.shape[1] for one in layout.tensors if len(one.shape) > 1 and one.layer is not None), default=0)
    numbers = batch_tokens * (8 * facts.width + 3 * widest + context_tokens) + 2 * outputs * facts.vocabulary
    return 4 * numbers + 8 * 2**20


def token_s(work: Work, speeds: Speeds) -> float:
    """Seconds for one token after the prompt: disk and CPU work at the same time where they can."""
    computing = speeds.cpu.sweep_s(work.active_bytes, 1)
    rate = speeds.disk.piece_bytes_s(work.piece_bytes) if work.piece_bytes else speeds.disk.long_bytes_s
    reading = work.read_bytes / rate
    return reading + computing if work.piece_bytes else max(reading, computing)


def prompt_s(work: Work, speeds: Speeds, prompt_tokens: int, batch_tokens: int) -> float:
    """Seconds to read a prompt in sweeps of `batch_tokens`."""
    sweeps = math.ceil(prompt_tokens / batch_tokens)
    computing = speeds.cpu.sweep_s(work.active_bytes, prompt_tokens, repacked=work.repacked)
    return max(computing, sweeps * work.sweep_bytes / speeds.disk.long_bytes_s)


def prompt_within(work: Work, speeds: Speeds, batch_tokens: int, seconds: float = EARLY_WORD_S) -> int:
    """The longest prompt, in tokens, that is read within `seconds`: how much of memory is worth showing the model."""
    fits = [n for n in range(SHORT_PROMPT, 8193, 64) if prompt_s(work, speeds, n, batch_tokens) <= seconds]
    return max(fits, default=SHORT_PROMPT)


def missed_share(kept: float) -> float:
    """Of the experts asked for, those that are not there when a share of all is kept.

    Tokens near each other choose alike: more is found than the share that is kept (55-75 % at 44 %).
    """
    return float(1 - kept**0.6)
