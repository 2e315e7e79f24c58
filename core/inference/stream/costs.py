"""What running a model takes: bytes beside the weights, seconds a token, seconds to the first word. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from core.inference.layout import Layout
from core.inference.stream.speeds import Speeds

PROGRAM_BYTES = 128 * 2**20
"""Python, the libraries and what they hold beside the buffers that llama.cpp reports."""


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
    weight_bytes: int
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


def first_word_s(work: Work, speeds: Speeds, prompt_tokens: int, batch_tokens: int) -> float:
    """Seconds to read a prompt in sweeps of `batch_tokens` and write one token."""
    sweeps = math.ceil(prompt_tokens / batch_tokens)
    computing = speeds.cpu.sweep_s(work.active_bytes, prompt_tokens, repacked=work.repacked)
    reading = sweeps * work.sweep_bytes / speeds.disk.long_bytes_s
    return max(computing, reading) + token_s(work, speeds)
