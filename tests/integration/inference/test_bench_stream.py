"""The bench of streaming with real engines: the same tokens in each mode, from outside, and nothing left behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bench.stream.asked import Asked, Mode
from app.bench.stream.engine import Driver
from app.bench.stream.groups import place
from app.bench.stream.made import DENSE, made, words
from app.bench.stream.run import Run, run
from core.errors import Problem
from core.inference.layout import read_layout
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Way, plan
from core.inference.stream.speeds import USUAL

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

SHAPE = replace(DENSE, name="small", layers=12, width=512, inner=2048, heads=8, shared_heads=4, head_width=64,
                words=2000)  # fmt: skip
PROGRAM = Path(__file__).resolve().parents[3]
CONTEXT = 256


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(SHAPE, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def budget_mb(model: Path) -> int:
    """The middle of those budgets in which this model is streamed."""
    layout = read_layout(model)
    streams = [
        mb
        for mb in range(40, 300)
        if plan(
            layout, budget_bytes=mb * 2**20, context_tokens=CONTEXT, batch_tokens=CONTEXT, speeds=USUAL, can_stream=True
        ).way
        is Way.DENSE
    ]
    return streams[len(streams) // 2]


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with Driver(place()) as driving:
        yield driving


@pytest.fixture(scope="module")
def asked(model: Path, budget_mb: int) -> Asked:
    prompt = words(12, 1, SHAPE)
    return Asked(
        model=model, mode=Mode.STREAM, budget_mb=budget_mb, prompt=prompt, tokens=6, context=CONTEXT, cache="q8_0"
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(asked: Asked, driver: Driver) -> dict[Mode, Run]:
    return {mode: run(replace(asked, mode=mode), driver) for mode in Mode if mode is not Mode.OWN}


def test_every_mode_writes_the_same_tokens(runs: dict[Mode, Run]) -> None:
    wanted = runs[Mode.MEMORY].figures.tokens
    assert len(wanted) == 6
    assert {mode: one.figures.tokens for mode, one in runs.items()} == dict.fromkeys(runs, wanted)


def test_a_streamed_model_reads_by_calls_what_does_not_stay(runs: dict[Mode, Run]) -> None:
    streamed = runs[Mode.STREAM]
    assert streamed.ready["way"] == Way.DENSE
    assert streamed.figures.read_mb_per_token > 1
    assert streamed.figures.reads_per_token >= 1
    assert streamed.figures.mean_read_kb > 64
    assert runs[Mode.MEMORY].figures.read_mb_per_token < 1


def test_what_it_holds_is_seen_from_outside(runs: dict[Mode, Run], asked: Asked) -> None:
    for one in runs.values():
        assert one.held.peak_mb > 30
        assert one.held.locked_mb <= 8
        assert one.figures.peak_mb > 10
        assert one.said["prompt"] >= 12


def test_under_a_limit_its_group_counts(asked: Asked, driver: Driver, runs: dict[Mode, Run]) -> None:
    if not driver.grouped:
        pytest.skip("no memory groups may be made here")
    held = run(replace(asked, mode=Mode.MMAP, limit_mb=asked.budget_mb), driver)
    assert held.figures.limit_mb == asked.budget_mb
    assert held.figures.peak_mb <= asked.budget_mb + 1
    assert held.figures.tokens == runs[Mode.MEMORY].figures.tokens


def test_a_question_takes_the_engine_from_a_sleeping_job(asked: Asked, driver: Driver) -> None:
    with driver.engine(asked) as engine:
        said = engine.turn(asked.prompt, 200, 3, "w1 w2", 2)
    assert 3 <= len(said["job"]) < 200
    assert sum(at > said["asked"] for at in said["job"]) <= 1
    assert said["answer"][0] > said["asked"]


def test_an_engine_has_no_rights_and_ends_with_its_run(asked: Asked, driver: Driver) -> None:
    with driver.engine(asked) as engine:
        folder = Path("/proc", str(engine.ready["pid"]))
        status = (folder / "status").read_text()
        limits = (folder / "limits").read_text()
        group = engine.group.folder if engine.group else None
        assert group is None or str(engine.ready["pid"]) in (group / "cgroup.procs").read_text().split()
    assert "CapEff:\t0000000000000000" in status
    locked = next(line for line in limits.splitlines() if line.startswith("Max locked memory"))
    assert locked.split()[3:5] == [str(8 * 2**20)] * 2
    assert not folder.exists()
    assert group is None or not group.exists()


def test_a_model_that_cannot_be_loaded_is_said_and_the_next_one_loads(
    asked: Asked, driver: Driver, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(Problem):
        run(replace(asked, model=wrong), driver)
    with pytest.raises(Problem):
        run(replace(asked, budget_mb=1), driver)
    assert run(asked, driver).figures.tokens


def test_the_command_prints_the_object_and_nothing_else(asked: Asked) -> None:
    words_ = ["--model", str(asked.model), "--budget-mb", str(asked.budget_mb), "--mode", "mmap", "--tokens", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", "stream", *words_, "--json"],
        cwd=PROGRAM, env=os.environ | {"PYTHONPATH": str(PROGRAM)}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert (said["mode"], len(said["tokens"])) == ("mmap", 3)
    assert said["energy_j"] is None or said["energy_j"] >= 0
