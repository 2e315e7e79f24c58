"""The small model that drafts: its file checked as any model's, loaded whole beside the large one, or why it is not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelProblem
from core.inference.drafter import Beside
from core.inference.identity import FileIdentity, open_model
from core.inference.llama import Loaded, Running
from core.inference.planned import ModelFile, read_model
from core.inference.stream.beside import CACHE, READ_AT_ONCE, beside_bytes, draft_context
from core.inference.stream.costs import active_bytes
from core.inference.stream.plan import Plan
from core.inference.stream.speeds import Speeds

_SLACK = 0.03
"""Of what is given: what its buffers may take beyond the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """The file that is to draft; `identity`: it must still be the one that was checked."""

    path: Path
    identity: FileIdentity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallFile:
    """That file, open; without `model` there is none, and `why` says so where one was wanted."""

    path: Path = Path()
    model: ModelFile | None = None
    why: str = ""


@contextmanager
def small_file(wanted: Small | None) -> Iterator[SmallFile]:
    """Open and check it. Whatever is wrong with it is no reason to go without the large model, and is told."""
    if wanted is None:
        yield SmallFile()
        return
    try:
        descriptor = open_model(wanted.path, wanted.identity)
    except ModelProblem as problem:
        yield SmallFile(why=_said(problem))
        return
    try:
        yield _read(Path(f"/proc/self/fd/{descriptor}") if sys.platform == "linux" else wanted.path)
    finally:
        os.close(descriptor)


def load_small(found: SmallFile, made: Plan, *, threads: int, speeds: Speeds) -> tuple[Beside | None, str]:
    """Load it as planned beside the large model; without it, why."""
    why = made.no_draft or found.why
    if found.model is None or not made.draft_bytes or why:
        return None, why
    layout = found.model.layout
    context = draft_context(layout, made.context_tokens)
    running = Running(
        context=context,
        batch=min(context, READ_AT_ONCE),
        outputs=1,
        threads=threads,
        copied=True,
        wordless=True,
        cache=CACHE,
    )
    try:
        loaded = Loaded(found.path, layout.facts, running)
    except ModelProblem as problem:
        return None, _said(problem)
    foreseen = beside_bytes(layout, context_tokens=made.context_tokens) - layout.weight_bytes
    if not loaded.rewinds:
        why = f"{layout.facts.name} cannot take back what it has read, so it cannot draft."
    elif sum(loaded.buffers.values()) - foreseen > _SLACK * made.budget_bytes:
        why = f"{layout.facts.name} takes more memory than was foreseen, so it does not draft."
    if why:
        loaded.close()
        return None, why
    active = active_bytes(layout)
    return Beside(
        loaded=loaded,
        context=context,
        token_s=speeds.cpu.sweep_s(active, 1),
        read_s=speeds.cpu.sweep_s(active, READ_AT_ONCE) / READ_AT_ONCE,
    ), ""


def _read(path: Path) -> SmallFile:
    try:
        return SmallFile(path=path, model=read_model(path))
    except ModelProblem as problem:
        return SmallFile(why=_said(problem))


def _said(problem: ModelProblem) -> str:
    return f"The model that was to draft cannot be used. {problem.title}"
