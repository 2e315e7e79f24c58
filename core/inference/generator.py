"""Conversations to words: the generator as the rest of Mneme knows it, and the one that llama.cpp runs in a child."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from core.errors import ModelProblem
from core.inference.chat_format import Message, Role
from core.inference.child import Child, Json, Limits, Preempted
from core.inference.header import check_gguf
from core.urgency import Urgency

__all__ = ["Generator", "LlamaGenerator", "Message", "Preempted", "Role", "whole_reply"]

_LONGEST_PAUSE_S = 300.0
_LOADING_S = 300.0
_PROGRAM_MB = 512
"""Private memory of Python, its libraries and llama.cpp's buffers beside weights and context."""
_MOST_THREADS = 8


class Generator(Protocol):
    """What writes sentences."""

    @property
    def model(self) -> str:
        """Its name, for the person."""

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""

    def count(self, text: str) -> int:
        """How many tokens a text has for this model."""

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        """Yield the answer's words as they come.

        `grammar` is GBNF with a rule `root`. Cancelled when `cancelled()` turns true; Preempted (a Cancelled)
        when a more urgent request took the model: ask again, or use `whole_reply`. ModelProblem, ChildDied.
        """

    def idle_check(self, now_s: float, idle_s: float) -> bool:
        """Give its memory back when it has not been used for `idle_s` (monotonic seconds); True if it did."""

    def stop(self) -> None:
        """Give its memory back; the next request starts it again."""


class LlamaGenerator:
    """A GGUF model in the engine process, started by the first request, stopped when idle or locked.

    It holds at most about `memory_mb` (of 2^20 bytes) of private memory. A model that fits is repacked, which
    reads prompts about twice as fast; a larger one is only mapped, and read from disk as it is needed.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory_mb: int,
        context_tokens: int = 4096,
        on_death: Callable[[str], None] | None = None,
    ) -> None:
        facts = check_gguf(path)
        if facts.is_embedder:
            raise ModelProblem("This model does not write text.", "Choose one for answers in Settings.")
        self.model = facts.name
        self.context_tokens = min(context_tokens, facts.context_length or context_tokens)
        self._threads = max(1, min(os.cpu_count() or 1, _MOST_THREADS))
        self._busy = 0
        self._idle_since: float | None = None
        cache = facts.cache_bytes_per_token * self.context_tokens
        hello: dict[str, Json] = {
            "path": str(path),
            "context": self.context_tokens,
            "repack": facts.bytes + cache < memory_mb * 2**20,
            "threads": self._threads,
        }
        self._child = Child(
            "core.inference.engine_child",
            name="engine",
            limits=Limits(memory_mb=memory_mb + _PROGRAM_MB, start_s=_LOADING_S),
            hello=hello,
            on_death=on_death,
        )

    @property
    def alive(self) -> bool:
        """Whether the engine runs."""
        return self._child.alive

    @property
    def pid(self) -> int | None:
        """The engine's process, when it runs."""
        return self._child.pid

    def count(self, text: str) -> int:
        """See Generator."""
        self._idle_since = None
        said, _ = self._child.call({"do": "count", "text": text}, timeout_s=_LONGEST_PAUSE_S, urgency=Urgency.QUESTION)
        tokens = said.get("tokens")
        return tokens if isinstance(tokens, int) else 0

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        """See Generator. Greedy: the same prompt gives the same words."""
        request: dict[str, Json] = {
            "do": "generate",
            "messages": [{"role": message.role.value, "text": message.text} for message in messages],
            "max_tokens": max_tokens,
            "grammar": grammar,
            "threads": self._threads if urgency is Urgency.QUESTION else max(1, self._threads // 2),
        }
        self._busy += 1
        self._idle_since = None
        try:
            parts = self._child.stream(request, timeout_s=_LONGEST_PAUSE_S, urgency=urgency, cancelled=cancelled)
            with closing(parts):
                for part, _ in parts:
                    text = part.get("text")
                    if isinstance(text, str) and text:
                        yield text
        finally:
            self._busy -= 1
            self._idle_since = None

    def forget(self) -> None:
        """Drop what the engine keeps of earlier prompts, at once; it starts again at the next request."""
        self._child.stop()

    def stop(self) -> None:
        """See Generator. A request in progress is Cancelled."""
        self._child.stop()

    def close(self) -> None:
        """End it for good."""
        self._child.close()

    def idle_check(self, now_s: float, idle_s: float) -> bool:
        """Stop the engine when it has not been used for `idle_s`; `now_s` is a monotonic clock. True if stopped.

        Called from time to time; idleness counts from the first call after the last use.
        """
        if self._busy or not self._child.alive:
            self._idle_since = None
            return False
        if self._idle_since is None:
            self._idle_since = now_s
        if now_s - self._idle_since < idle_s:
            return False
        self._child.stop()
        self._idle_since = None
        return True


def whole_reply(
    generator: Generator,
    messages: Sequence[Message],
    *,
    max_tokens: int,
    grammar: str | None = None,
    urgency: Urgency = Urgency.UPKEEP,
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """The whole answer as one text, begun again as often as a more urgent request interrupts it."""
    while True:
        try:
            words = generator.generate(
                messages, max_tokens=max_tokens, grammar=grammar, urgency=urgency, cancelled=cancelled
            )
            return "".join(words)
        except Preempted:
            continue
