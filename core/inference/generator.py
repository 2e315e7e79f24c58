"""Conversations to words: the generator as the rest of Mneme knows it, and the one that llama.cpp runs in a child."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Generator as Generating
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import ChildDied, ModelProblem
from core.inference.chat_format import ChatFormat, Message, Role, format_as_json
from core.inference.child import Child, Header, Json, Limits, Preempted
from core.inference.header import check_gguf
from core.inference.identity import FileIdentity
from core.inference.spent import Spent, spent_of
from core.inference.stream.costs import CONTEXT_TOKENS
from core.inference.stream.speeds import Speeds
from core.inference.threads import threads
from core.urgency import Urgency

__all__ = ["Generator", "LlamaGenerator", "Message", "Preempted", "Role", "whole_reply"]

_LONGEST_PAUSE_S = 300.0
_LOADING_S = 300.0
_PROGRAM_MB = 512
"""Private memory of Python, its libraries and llama.cpp's buffers beside weights and context."""
_TELLING = 64
"""Tokens of a prompt from which on the time to read it says how fast the model reads."""


class Generator(Protocol):
    """What writes sentences."""

    @property
    def model(self) -> str:
        """Its name, for the person."""

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""

    @property
    def prompt_tokens_per_s(self) -> float | None:
        """How fast it reads on this machine; None while that is not known."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What is left to the plan, and can be set to measure ways against each other.

    `mode`: memory, stream, mmap, naive (opening.Mode). `cache`: f16 or q8_0. `draft`: several tokens a sweep.
    `window`, `bundle`: see stream.loading.Switches.
    """

    mode: str | None = None
    cache: str | None = None
    draft: bool = True
    window: bool = True
    bundle: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one sweep over the model gave: words, and the tokens that they are."""

    text: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the last answer took. `account`: totals for it, of stream.account.Account and of sweeps.Counted."""

    prompt_tokens: int
    reused_tokens: int
    prompt_s: float
    """Seconds to read the tokens that were not reused."""
    first_word_s: float
    """From the request to its first words."""
    tokens_per_s: float | None
    """From the first words to the last; None for a single one."""
    loaded: bool
    """The model was loaded for it, which its first word waited for."""
    account: Mapping[str, float]
    spent: Spent | None = None
    """Of memory and disk; None for an answer too short to tell."""

    @property
    def prompt_tokens_per_s(self) -> float | None:
        """How fast the prompt was read; None for one too short to tell."""
        read = self.prompt_tokens - self.reused_tokens
        return read / self.prompt_s if read >= _TELLING and self.prompt_s > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptInstructions:
    """Where the engine may keep what it has read of our own instructions, and of nothing else (see instructions.py)."""

    folder: Path
    key: bytes
    model: str
    """The model's SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallModel:
    """A small model with the same vocabulary that drafts beside the large one; `identity` as for that."""

    path: Path
    identity: FileIdentity | None = None


_AS_PLANNED = EngineOptions()


class LlamaGenerator:
    """A GGUF model in the engine process, started by the first request, stopped when idle or locked.

    The process holds at most about `memory_mb` (of 2^20 bytes) in all. A model that fits is repacked, which reads
    prompts about twice as fast; of a larger one as much stays as fits and the rest is streamed from disk.
    `identity`: the file must still be the one that was checked. `chat`: what was learned of its template, for a
    file of none of the known formats. `small`: what drafts beside it; where it cannot, `on_no_draft` is told why,
    once, and everything goes on without.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory_mb: int,
        context_tokens: int = CONTEXT_TOKENS,
        identity: FileIdentity | None = None,
        chat: ChatFormat | None = None,
        instructions: KeptInstructions | None = None,
        prompt_tokens_per_s: float | None = None,
        speeds: Speeds | None = None,
        options: EngineOptions = _AS_PLANNED,
        small: SmallModel | None = None,
        on_death: Callable[[str], None] | None = None,
        on_no_draft: Callable[[str], None] | None = None,
    ) -> None:
        facts = check_gguf(path)
        if facts.is_embedder:
            raise ModelProblem("This model does not write text.", "Choose one for answers in Settings.")
        self.model = facts.name
        self.context_tokens = min(context_tokens, facts.context_length or context_tokens)
        self._prompt_tokens_per_s = prompt_tokens_per_s
        self.last_run: Run | None = None
        """Of the last answer to a person that was not cut short. A sleep has other prompts and half the threads."""
        self._threads = threads()
        self._busy = 0
        self._on_no_draft, self._said_no_draft = on_no_draft, ""
        self._idle_since: float | None = None
        hello: dict[str, Json] = {
            "path": str(path),
            "identity": None if identity is None else list(identity.as_list()),
            "instructions": None if instructions is None else _told(instructions),
            "chat": None if chat is None else format_as_json(chat),
            "context": self.context_tokens,
            "budget_mb": memory_mb,
            "speeds": None if speeds is None else speeds.as_numbers(),
            "threads": self._threads,
            "mode": options.mode,
            "cache": options.cache,
            "draft": options.draft,
            "small": None if small is None else _small_told(small),
            "window": options.window,
            "bundle": options.bundle,
        }
        # A streamed model's addresses count as private memory, though only the planned part of them is ever filled.
        addresses = -(-facts.bytes // 2**20) if facts.bytes > memory_mb * 2**19 else 0
        self._child = Child(
            "core.inference.engine_child",
            name="engine",
            limits=Limits(memory_mb=memory_mb + _PROGRAM_MB + addresses, start_s=_LOADING_S),
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

    @property
    def ready(self) -> Header:
        """What the engine said when it had loaded: context, format, way, cache, buffers. Starts it."""
        return self._child.start()

    @property
    def prompt_tokens_per_s(self) -> float | None:
        """As the last prompt was read that was long enough to tell, or one earlier; before that as it was planned."""
        if self._prompt_tokens_per_s is not None:
            return self._prompt_tokens_per_s
        planned = self.ready.get("planned_prompt_tokens_per_s")
        return planned if isinstance(planned, float) else None

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
        written = self.written(messages, max_tokens=max_tokens, grammar=grammar, urgency=urgency, cancelled=cancelled)
        with closing(written):
            for part in written:
                if part.text:
                    yield part.text

    def written(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Generating[Part, None, None]:
        """As `generate`, a part for each sweep, also those without a word."""
        request: dict[str, Json] = {
            "do": "generate",
            "messages": [{"role": message.role.value, "text": message.text} for message in messages],
            "max_tokens": max_tokens,
            "grammar": grammar,
            "threads": self._threads if urgency is Urgency.QUESTION else max(1, self._threads // 2),
        }
        self._busy += 1
        self._idle_since = None
        watch = _Watch(loads=not self._child.alive)
        try:
            parts = self._child.stream(request, timeout_s=_LONGEST_PAUSE_S, urgency=urgency, cancelled=cancelled)
            with closing(parts):
                for part, _ in parts:
                    if "prompt" in part:
                        self._hear_no_draft(part)
                        if urgency is Urgency.QUESTION:
                            self.last_run = watch.run(part)
                            self._prompt_tokens_per_s = self.last_run.prompt_tokens_per_s or self._prompt_tokens_per_s
                        continue
                    text, ids = part.get("text"), part.get("ids")
                    one = Part(
                        text=str(text),
                        ids=tuple(id for id in ids if isinstance(id, int)) if isinstance(ids, list) else (),
                    )
                    watch.saw(one)
                    yield one
        except ModelProblem as problem:
            if not isinstance(problem, ChildDied):
                self._child.renew()
            raise
        finally:
            self._busy -= 1
            self._idle_since = None

    def _hear_no_draft(self, part: Header) -> None:
        """Tell why the small model does not draft, once; what it holds is given to the large one from now on."""
        said = str(part.get("no_draft") or "")
        if said and part.get("has_small") is True:
            self._child.renew(small=None)
        if said and self._on_no_draft is not None and said != self._said_no_draft:
            self._on_no_draft(said)
            self._said_no_draft = said

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


def _told(kept: KeptInstructions) -> dict[str, Json]:
    return {"folder": str(kept.folder), "key": kept.key.hex(), "model": kept.model}


def _small_told(small: SmallModel) -> dict[str, Json]:
    identity = None if small.identity is None else list(small.identity.as_list())
    return {"path": str(small.path), "identity": identity}


class _Watch:
    """Times an answer as it comes."""

    def __init__(self, loads: bool) -> None:
        self._loads = loads
        self._begun = time.perf_counter()
        self._first = self._last = self._begun
        self._tokens = self._of_first = 0

    def saw(self, part: Part) -> None:
        """A part has come."""
        self._last = time.perf_counter()
        if not self._tokens:
            self._first, self._of_first = self._last, len(part.ids)
        self._tokens += len(part.ids)

    def run(self, told: Header) -> Run:
        """The figures, with what the engine told at the end."""
        prompt, reused, account = told.get("prompt"), told.get("reused"), told.get("account")
        prompt_s = told.get("prompt_s")
        later = self._tokens - self._of_first
        return Run(
            prompt_tokens=prompt if isinstance(prompt, int) else 0,
            reused_tokens=reused if isinstance(reused, int) else 0,
            prompt_s=float(prompt_s) if isinstance(prompt_s, (int, float)) else 0.0,
            first_word_s=self._first - self._begun,
            tokens_per_s=later / (self._last - self._first) if later and self._last > self._first else None,
            loaded=self._loads,
            account={name: float(one) for name, one in account.items() if isinstance(one, (int, float))}
            if isinstance(account, dict)
            else {},
            spent=spent_of(told, tokens=later, seconds=self._last - self._first),
        )


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
