"""What the doctor says of models: how fast this machine reads and computes, and how each model here would run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.machine import this_machine
from app.measuring import beside
from core.errors import Problem
from core.inference import catalog
from core.inference.planned import ModelFile, planned, read_model
from core.inference.recommend import given_mb, memory_for_model
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Plan, Way
from core.inference.stream.speed import measure
from core.inference.stream.speeds import Speeds
from core.inference.stream.verdict import Fit, verdict_of
from core.inference.threads import threads
from core.paths import ProfilePaths

_BAR = 40
_MB = 2**20
_REMEDIES = {
    False: "Give it more memory in Settings > Models, or choose a smaller one.",
    True: "Look again when nothing else keeps the machine busy, or choose a smaller one in Settings > Models.",
}
"""By whether all of it is in memory already."""
_THROUGH = (
    "; models lie on a file system that is read through the system's cache alone: a model that streams is slower "
    "there, and takes memory from other programs while it does; a disk of this machine is better than a network's or "
    "an encrypting folder's"
)
_KEY = "# stays  + read ahead or chosen  = context  : program and buffers  ~ what drafts  . on the disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The model that answers, by its file's name (empty: none), and the memory it is given."""

    file: str
    memory_mb: int
    draft: str = ""
    """The small one that drafts beside it, by its file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of the doctor's about models. `drawn` belongs below it in a terminal; `plan` holds the figures."""

    name: str
    ok: bool
    said: str
    remedy: str = ""
    drawn: str = ""
    plan: dict[str, float | str] | None = None


def looked_at(paths: ProfilePaths, chosen: Chosen | None) -> Iterator[Said]:
    """The machine's speeds, then the chosen model, or each that is here when it is not known which is chosen.

    Takes three seconds. `chosen` None: the vault is shut.
    """
    machine = this_machine(next(one for one in (paths.root, *paths.root.parents) if one.exists()))
    files = [one for one in catalog.listed(paths) if chosen is None or one == chosen.file]
    try:
        with beside(paths, may_write=False) as file:
            speeds = measure(file, threads=threads())
    except Problem as problem:
        yield Said(name="Speed for models", ok=False, said=problem.title, remedy=problem.remedy)
        return
    yield of_speeds(speeds)
    given = memory_for_model(machine) if chosen is None else given_mb(chosen.memory_mb, machine) * _MB
    for name in files:
        drafter = None if chosen is None or not chosen.draft else paths.models / chosen.draft
        yield _model(paths.models / name, given, speeds, chosen=chosen is not None, drafter=drafter)
    if chosen is not None and not files:
        yield Said(name="Model for answers", ok=True, said="none: answers are sentences from your memories")


def of_speeds(speeds: Speeds) -> Said:
    """How fast weights come and are computed with, and whether the disk lets them come past the system's cache."""
    disk, cpu = speeds.disk, speeds.cpu
    well = disk.direct or not can_stream()
    return Said(
        name="Speed for models",
        ok=True,
        said=f"the disk brings {disk.long_bytes_s / 1e9:.1f} GB/s, {disk.piece_bytes_s(2**16) / 1e9:.1f} in pieces of "
        f"64 KB; the processor takes {cpu.one_bytes_s / 1e9:.1f} GB/s of weights for a word"
        + ("" if well else _THROUGH),
        plan={
            "disk_direct": disk.direct,
            "disk_bytes_per_s": disk.long_bytes_s,
            "disk_64k_bytes_per_s": disk.piece_bytes_s(2**16),
            "disk_1m_bytes_per_s": disk.piece_bytes_s(2**20),
            "cpu_one_bytes_per_s": cpu.one_bytes_s,
            "cpu_batch_bytes_per_s": cpu.batch_bytes_s,
            "cpu_repacked_bytes_per_s": cpu.repacked_bytes_s,
        },
    )


def _model(file: Path, given: int, speeds: Speeds, *, chosen: bool, drafter: Path | None) -> Said:
    name = f"Model {file.stem}"
    try:
        model = read_model(file)
    except Problem as problem:
        return Said(name=name, ok=False, said=problem.title, remedy=problem.remedy)
    if model.layout.facts.is_embedder:
        return Said(name=name, ok=True, said="reads for meaning")
    small, why = _small(drafter)
    made = planned(model, budget_bytes=given, speeds=speeds, drafter=small)
    found = verdict_of(made, speeds)
    well = not chosen or found.fit in (Fit.FITS, Fit.STREAMS)
    all_here = made.way in (Way.FITS, Way.NEURONS) and not made.work.read_bytes
    with_it = f"with {given // _MB} MB" if not chosen else f"{given // _MB} MB are given"
    told = " are given" in found.sentence
    return Said(
        name=name,
        ok=well,
        said=(found.sentence if told else f"{found.sentence}; {with_it}") + _drafting(made, drafter, why),
        remedy="" if well else _REMEDIES[all_here],
        drawn="" if made.way in (Way.CANNOT, Way.MAPPED) else f"{bar(made, model.weight_bytes)}\n{_KEY}",
        plan=figures(made, model.weight_bytes) | {"sentence": found.sentence},
    )


def _small(drafter: Path | None) -> tuple[ModelFile | None, str]:
    """The model that drafts, or what is wrong with it."""
    try:
        return None if drafter is None else read_model(drafter), ""
    except Problem as problem:
        return None, problem.title


def _drafting(made: Plan, drafter: Path | None, why: str) -> str:
    if drafter is None:
        return ""
    if why or made.no_draft:
        return f"; nothing drafts: {why or made.no_draft}"
    return f"; {drafter.stem} drafts, in {made.draft_bytes / _MB:.0f} MB of it"


def figures(made: Plan, weight_bytes: int) -> dict[str, float | str]:
    """A plan's figures for a machine to read; MB of 2^20 bytes."""
    return {
        "way": made.way.value,
        "weights_mb": round(weight_bytes / _MB),
        "resident_mb": round(made.resident_bytes / _MB),
        "window_mb": round(made.window_bytes / _MB),
        "kv_mb": round(made.cache_bytes / _MB),
        "kv": made.cache.value,
        "compute_mb": round(made.compute_bytes / _MB),
        "program_mb": round(made.program_bytes / _MB),
        "draft_mb": round(made.draft_bytes / _MB),
        "peak_mb": round(made.peak_bytes / _MB),
        "least_mb": round(made.least_bytes / _MB),
        "read_mb_per_token": round(made.work.read_bytes / _MB),
        "tokens_per_s": round(made.tokens_per_s, 2),
        "load_s": round(made.load_s, 1),
    }


def bar(made: Plan, weight_bytes: int) -> str:
    """Where everything is, as one line: what stays, what comes and goes, the context, the program, the rest on disk."""
    parts = {
        "#": made.resident_bytes,
        "+": made.window_bytes,
        "=": made.cache_bytes,
        ":": made.program_bytes + made.compute_bytes,
        "~": made.draft_bytes,
        ".": max(weight_bytes - made.resident_bytes - made.window_bytes, 0),
    }
    whole = sum(parts.values())
    widths = {sign: max(round(size * _BAR / whole), 1 if size else 0) for sign, size in parts.items()}
    widths[max(parts, key=parts.__getitem__)] += _BAR - sum(widths.values())
    drawn = "".join(sign * width for sign, width in widths.items())
    return f"[{drawn}] {made.peak_bytes / _MB:,.0f} MB in memory, {weight_bytes / _MB:,.0f} MB of weights"
