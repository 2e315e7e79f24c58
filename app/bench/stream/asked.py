"""What one run is: a model, how it is held, what it is asked."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.commands.request import JSON

_CONTEXT_STEP = 256
_LETTERS_A_TOKEN = 2
"""Fewer than any tokenizer's for text: the context has room for the prompt before anybody has counted it."""
_BESIDE = 96
"""Tokens of the chat format's marks."""

Messages = list[dict[str, str]]
"""A conversation: `role` (system, user, assistant) and `text` of each turn."""


class Mode(StrEnum):
    """How the weights come to the processor."""

    MEMORY = "memory"
    """All of them in memory, with the kernels of a streamed model."""
    STREAM = "stream"
    MMAP = "mmap"
    """llama.cpp's own mapping of the file, brought in by page faults."""
    NAIVE = "naive"
    """The whole file read into fresh buffers for each token: the paper's baseline."""
    OWN = "own"
    """As the product does by itself: repacked where the model fits, else streamed."""


def one_turn(text: str) -> Messages:
    """The conversation that is a person's one message."""
    return [{"role": "user", "text": text}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A run. Memory in MB of 2^20 bytes; `limit_mb` 0: no control group's limit."""

    model: Path
    mode: Mode
    budget_mb: int
    prompt: str
    tokens: int
    limit_mb: int = 0
    draft: bool = False
    small: Path | None = None
    """A small model that drafts beside it, where `draft` is on."""
    window: bool = True
    bundle: bool = True
    cache: str | None = None
    """What keys and values are kept as, f16 or q8_0; None: as memory allows."""
    context: int = 0
    """Tokens of prompt and answer together; 0: as many as they need."""

    @property
    def held(self) -> bool:
        """Whether a limit stands."""
        return self.limit_mb > 0

    def loading(self) -> JSON:
        """The request by which the driver loads it."""
        needed = len(self.prompt.encode()) // _LETTERS_A_TOKEN + self.tokens + _BESIDE
        return {
            "do": "load",
            "model": str(self.model),
            "mode": None if self.mode is Mode.OWN else self.mode.value,
            "cache": self.cache,
            "budget_mb": self.budget_mb,
            "context": self.context or -(-needed // _CONTEXT_STEP) * _CONTEXT_STEP,
            "draft": self.draft,
            "small": None if self.small is None else str(self.small),
            "window": self.window,
            "bundle": self.bundle,
        }
