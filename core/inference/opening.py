"""A model file opened to write text: planned within the memory that it is given, and loaded the way the plan says."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from core.errors import ModelProblem
from core.inference.drafter import Beside
from core.inference.identity import FileIdentity, open_model
from core.inference.layout import Layout
from core.inference.llama import Loaded, Running
from core.inference.planned import ModelFile, planned, read_model
from core.inference.small import Small, SmallFile, load_small, small_file
from core.inference.stream.account import Account
from core.inference.stream.costs import OUTPUTS, Cache
from core.inference.stream.graph import Streamer
from core.inference.stream.loading import ALL_ON, Switches, streamer
from core.inference.stream.neurons.hollow import hollow
from core.inference.stream.pages import reads_past_the_cache
from core.inference.stream.plan import Plan, Way
from core.inference.stream.speeds import USUAL, Speeds

_SLACK = 0.03
"""Of what is given: what buffers may take beyond the plan."""
_NO_LIMIT = 2**50


class Mode(StrEnum):
    """How the weights are held, where it is not left to the plan: to be measured against each other."""

    MEMORY = "memory"
    STREAM = "stream"
    MMAP = "mmap"
    NAIVE = "naive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a model is given: `budget_bytes` for the whole process, `context` in tokens, threads that compute.

    `mode` None: as the plan says. `cache` None: as memory allows. `small`: a model that is to draft beside it.
    """

    budget_bytes: int
    context: int
    threads: int
    mode: Mode | None = None
    cache: Cache | None = None
    switches: Switches = ALL_ON
    speeds: Speeds = USUAL
    small: Small | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A model ready to write; `account` counts what its streamer does and stays at zero without one."""

    loaded: Loaded
    layout: Layout
    weight_bytes: int
    """All of the model's weights, neurons that are no tensors of llama.cpp's too."""
    plan: Plan
    account: Account
    context: int
    direct: bool
    """Whether weights that come and go are read past the system's cache; true where none do."""
    beside: Beside | None = None
    """The small model that drafts."""
    no_draft: str = ""
    """Why there is none although one was wanted, as a sentence."""

    def close(self) -> None:
        """Give everything back. A process that ends need not."""
        if self.beside is not None:
            self.beside.loaded.close()
        self.loaded.close()


def open_for_text(
    path: Path,
    allowed: Allowance,
    *,
    expected: FileIdentity | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Opened:
    """Open, check, plan, load. The file must still be the one that was checked (`expected`).

    `progress` gets (bytes, bytes in all) of what is read before the first word. ModelProblem, ModelMissing.
    """
    descriptor = open_model(path, expected)
    try:
        # The open file, not the path: nobody can put another in its place between check and load.
        same = Path(f"/proc/self/fd/{descriptor}") if sys.platform == "linux" else path
        with small_file(allowed.small) as small:
            return _opened(same, read_model(same), allowed, small, progress)
    finally:
        os.close(descriptor)


def _opened(
    path: Path,
    model: ModelFile,
    allowed: Allowance,
    small: SmallFile,
    progress: Callable[[int, int], None] | None,
    *,
    corrected: bool = False,
) -> Opened:
    layout, prepared, facts = model.layout, model.prepared, model.layout.facts
    if facts.is_embedder or not facts.vocabulary:
        raise ModelProblem("This model does not write text.", "Choose one for answers in Settings.")
    made = planned(
        model,
        budget_bytes=_NO_LIMIT if prepared is not None and allowed.mode is Mode.MEMORY else allowed.budget_bytes,
        speeds=allowed.speeds,
        context_tokens=allowed.context,
        cache=allowed.cache,
        streams=False if allowed.mode is Mode.MMAP else None,
        drafter=small.model,
    )
    running = Running(
        context=made.context_tokens,
        batch=made.batch_tokens,
        outputs=OUTPUTS,
        threads=allowed.threads,
        repack=made.repack and allowed.mode is None,
        cache=made.cache,
    )
    account = Account()
    if prepared is None:
        stream = _stream(path, layout, made, account, allowed, progress)
    else:
        _refuse_impossible(made)
        stream = hollow(path, layout, prepared, made, account, threads=allowed.threads, switches=allowed.switches)
    loaded = Loaded(
        path,
        facts,
        running,
        stream=stream,
        header_bytes=layout.data_begin,
    )
    more = sum(loaded.buffers.values()) - made.cache_bytes - made.compute_bytes
    if stream is not None and not corrected and more > _SLACK * allowed.budget_bytes:
        # An architecture whose buffers are larger than was foreseen has less left for its weights.
        loaded.close()
        less = replace(allowed, budget_bytes=allowed.budget_bytes - more)
        return _opened(path, model, less, small, progress, corrected=True)
    direct = stream is None or (not allowed.switches.naive and reads_past_the_cache(path))
    beside, no_draft = _beside(small, made, loaded, allowed)
    return Opened(
        loaded=loaded,
        layout=layout,
        weight_bytes=model.weight_bytes,
        plan=made,
        account=account,
        context=made.context_tokens,
        direct=direct,
        beside=beside,
        no_draft=no_draft,
    )


def _beside(small: SmallFile, made: Plan, loaded: Loaded, allowed: Allowance) -> tuple[Beside | None, str]:
    if made.draft_bytes and not loaded.rewinds:
        return None, f"{loaded.facts.name} cannot take back what it has read, so nothing drafts for it."
    try:
        return load_small(small, made, threads=allowed.threads, speeds=allowed.speeds)
    except BaseException:
        loaded.close()
        raise


def _stream(
    path: Path,
    layout: Layout,
    made: Plan,
    account: Account,
    allowed: Allowance,
    progress: Callable[[int, int], None] | None,
) -> Callable[[int], Streamer] | None:
    if allowed.mode in (Mode.MEMORY, Mode.MMAP):
        return None
    _refuse_impossible(made)
    if allowed.mode is None and made.way in (Way.FITS, Way.MAPPED):
        return None
    return streamer(path, layout, made, account, switches=allowed.switches, progress=progress)


def _refuse_impossible(made: Plan) -> None:
    if made.way is Way.CANNOT:
        least = -(-made.least_bytes // 2**20)
        raise ModelProblem(
            f"This model needs at least {least} MB of memory, also when it is streamed.",
            "Give it more in Settings > Models, or choose a smaller one.",
        )
