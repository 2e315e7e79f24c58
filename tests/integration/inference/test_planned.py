"""The plan that is shown is the one that is run: by the picker, the doctor and the engine, for each kind of model."""

import io
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

import pytest

from app.machine import this_machine
from app.model_health import Chosen, looked_at
from app.picker import Picker
from core.answer.prompt import instructions
from core.inference.generator import KeptInstructions, LlamaGenerator, Message, Role
from core.inference.opening import Allowance, open_for_text
from core.inference.planned import ModelFile, planned, read_model
from core.inference.stream.costs import BATCH_TOKENS, CONTEXT_TOKENS
from core.inference.stream.early import FIRST_WORD_S
from core.inference.stream.neurons.prepare import prepare
from core.inference.stream.pages import can_stream, reads_past_the_cache
from core.inference.stream.plan import Plan, Way
from core.inference.stream.speeds import USUAL, DiskSpeed
from core.inference.stream.verdict import verdict_of
from core.inference.threads import cores, threads
from core.paths import ProfilePaths
from core.urgency import Urgency
from tests.made_experts import tiny_moe
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

MB = 2**20
MOST_MB = 400
MARKS = 64
"""Tokens of a chat format's marks around our instructions, at most."""
WAYS = (Way.FITS, Way.DENSE, Way.EXPERTS, Way.NEURONS)
TEXT = "The allotment ate my back. Opened the studio late, nobody noticed. Dana comes on Friday at nine. " * 12


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> ProfilePaths:
    """A profile with a model for each way."""
    paths = ProfilePaths(tmp_path_factory.mktemp("profile"))
    paths.models.mkdir()
    tiny_llama(paths.models / "fits.gguf")
    tiny_llama(paths.models / "dense.gguf", context=4096, width=512, layers=6)
    tiny_moe(paths.models / "experts.gguf", experts=64, hidden=320, layers=6)
    whole = tiny_relu(paths.root / "whole.gguf")
    assert [step.part for step in prepare(whole, paths.models / "neurons.gguf", TEXT, threads=1)][-1] == 1
    return paths


def budget_of(model: ModelFile, way: Way) -> int:
    """MB with which it is run in this way: the middle one, where there are several."""
    found = [mb for mb in range(40, MOST_MB) if planned(model, budget_bytes=mb * MB).way is way]
    return found[len(found) // 2]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_shown_is_what_is_run(paths: ProfilePaths, way: Way) -> None:
    file = paths.models / f"{way.value}.gguf"
    memory_mb = budget_of(read_model(file), way)

    picker = Picker(this_machine(paths.root), memory_mb=memory_mb, speeds=USUAL)
    picked = picker.of_file(file, None)
    told = {one.name: one for one in looked_at(paths, Chosen(file=file.name, memory_mb=memory_mb))}
    looked = told[f"Model {file.stem}"].plan
    with closing(LlamaGenerator(file, memory_mb=memory_mb)) as engine:
        ready = engine.ready
    opened = open_for_text(file, Allowance(budget_bytes=memory_mb * MB, context=CONTEXT_TOKENS, threads=1))
    try:
        run: Plan = opened.plan
    finally:
        opened.loaded.close()

    assert run.way is way
    assert run == planned(read_model(file), budget_bytes=memory_mb * MB)
    assert picked["sentence"] == verdict_of(run, USUAL).sentence
    assert looked is not None
    assert looked["way"] == ready["way"] == way.value
    assert looked["kv"] == ready["cache"] == run.cache.value
    assert looked["resident_mb"] == round(run.resident_bytes / MB)
    assert looked["window_mb"] == round(run.window_bytes / MB)
    assert (ready["resident_bytes"], ready["window_bytes"]) == (run.resident_bytes, run.window_bytes)
    assert ready["context"] == run.context_tokens
    assert looked["weights_mb"] == round(opened.weight_bytes / MB)


@pytest.mark.parametrize("way", WAYS)
def test_a_header_is_read_once_for_each_look_and_each_opening(
    paths: ProfilePaths, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = paths.models / f"{way.value}.gguf"
    memory_mb = budget_of(read_model(file), way)
    opens, begun = io.open, list[str]()

    def counting(file: object, mode: str = "r", *rest: Any, **named: Any) -> IO[Any]:
        begun.extend([str(file)] if mode == "rb" else [])
        return cast(IO[Any], opens(cast(str, file), mode, *rest, **named))

    monkeypatch.setattr(io, "open", counting)
    Picker(this_machine(paths.root), memory_mb=memory_mb).of_file(file, None)
    assert begun == [str(file)]
    opened = open_for_text(file, Allowance(budget_bytes=memory_mb * MB, context=512, threads=1))
    opened.loaded.close()
    predictors = 1 if way is Way.NEURONS else 0
    assert len(begun) == 2 + predictors


def test_a_prepared_model_that_streams_says_so_and_one_whose_neurons_all_stay_fits(paths: ProfilePaths) -> None:
    model = read_model(paths.models / "neurons.gguf")
    assert model.prepared is not None
    large = replace(model, prepared=replace(model.prepared, count=40_000))
    plans = [planned(large, budget_bytes=mb * MB) for mb in range(40, MOST_MB)]
    runs = [made for made in plans if made.way is Way.NEURONS]
    everything = max(made.window_bytes for made in runs)
    assert runs[0].window_bytes < everything
    for made in runs:
        begin = verdict_of(made, USUAL).sentence.split()[0]
        assert begin == ("fits:" if made.window_bytes == everything else "streams")


def test_speeds_change_what_is_foretold_and_nothing_that_is_run(paths: ProfilePaths) -> None:
    model = read_model(paths.models / "dense.gguf")
    slow = replace(USUAL, disk=DiskSpeed(long_bytes_s=1e6))
    budget = budget_of(model, Way.DENSE) * MB
    usual, slower = (planned(model, budget_bytes=budget, speeds=speeds) for speeds in (USUAL, slow))
    assert slower.tokens_per_s < usual.tokens_per_s
    assert replace(slower, tokens_per_s=usual.tokens_per_s, load_s=usual.load_s) == usual


def test_the_first_questions_share_is_reckoned_from_the_speeds_that_were_measured(paths: ProfilePaths) -> None:
    file = paths.models / "dense.gguf"
    memory_mb = budget_of(read_model(file), Way.DENSE)
    work = planned(read_model(file), budget_bytes=memory_mb * MB).work
    slow = replace(USUAL, disk=DiskSpeed(long_bytes_s=2 * work.sweep_bytes))  # half a second a sweep
    with closing(LlamaGenerator(file, memory_mb=memory_mb, speeds=slow)) as engine:
        found = engine.prompt_tokens_per_s
        unread = engine.count(instructions())
    assert found is not None
    # Of eight seconds the first word takes a sweep of its own; our instructions were read by nobody yet.
    assert 0 <= 15 * BATCH_TOKENS - found * FIRST_WORD_S - unread < MARKS
    kept = KeptInstructions(folder=paths.root / "kept", key=bytes(32), model="0" * 64)
    with closing(LlamaGenerator(file, memory_mb=memory_mb, speeds=slow, instructions=kept)) as engine:
        talk = [Message(role=Role.SYSTEM, text=instructions()), Message(role=Role.USER, text="Who?")]
        assert list(engine.generate(talk, max_tokens=2, urgency=Urgency.QUESTION, cancelled=lambda: False))
    with closing(LlamaGenerator(file, memory_mb=memory_mb, speeds=slow, instructions=kept)) as engine:
        assert engine.prompt_tokens_per_s == 15 * BATCH_TOKENS / FIRST_WORD_S


def test_the_engine_says_whether_weights_come_past_the_systems_cache(paths: ProfilePaths) -> None:
    file = paths.models / "dense.gguf"
    with closing(LlamaGenerator(file, memory_mb=budget_of(read_model(file), Way.DENSE))) as engine:
        assert engine.ready["direct"] is reads_past_the_cache(file)


def test_what_cannot_be_read_past_the_cache_is_seen_to_be_so(paths: ProfilePaths) -> None:
    assert not reads_past_the_cache(Path("/proc/self/maps"))
    assert not reads_past_the_cache(paths.root / "missing")


def test_as_many_threads_compute_as_are_measured_with() -> None:
    assert 1 <= threads() <= cores() <= (os.cpu_count() or 1)
    assert this_machine(Path("/")).cores == cores()
