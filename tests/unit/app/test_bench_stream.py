"""The bench of streaming: its arguments, its models, its groups and disks, its figures and tables."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from app.bench.row import Row
from app.bench.stream.asked import Asked, Mode
from app.bench.stream.cached import drop, share_cached
from app.bench.stream.chained import followed
from app.bench.stream.device import Device, device_of
from app.bench.stream.engine import Part
from app.bench.stream.groups import Place, place
from app.bench.stream.made import CHAINED, DENSE, SPARSE, Shape, made, words
from app.bench.stream.models_folder import models_folder
from app.bench.stream.run import Figures, Run, sweeps
from app.bench.stream.setting import at_least, at_most, met, same_tokens
from app.bench.stream.table import RUNS, SHOWN, markdown
from app.bench.stream.watching import Held, Read, Watch, energy_j
from app.bench.stream.whole import PARTS, clean
from app.bench.stream.wishes import Whole, read
from core.errors import BadInput, ModelMissing, Problem
from core.inference.layout import read_layout

TINY = replace(DENSE, name="tiny", layers=2, width=64, inner=128, heads=4, shared_heads=2, head_width=16, words=500)
TINY_SPARSE = replace(
    SPARSE, name="tiny-experts", layers=2, width=64, inner=32, heads=4, shared_heads=2, head_width=16, words=500,
    experts=8, used=2,
)  # fmt: skip
CONTRACT = [
    "mode", "tokens_per_s", "sweep_ms_median", "read_mb_per_token", "mean_read_kb", "wait_ms", "peak_mb", "limit_mb",
    "failcnt", "locked_mb", "reads_per_token", "hit_rate", "ttft_ms", "prefill_tokens_per_s", "accepted_per_sweep",
    "read_ahead_kb", "energy_j", "tokens",
]  # fmt: skip


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return made(TINY, tmp_path)


# --- arguments


def test_a_model_makes_it_one_run_and_the_limit_is_the_budget(tiny: Path) -> None:
    asked = read(["--model", str(tiny), "--budget-mb", "100", "--tokens", "5", "--mode=stream", "--draft", "lookup"])
    assert isinstance(asked, Asked)
    assert (asked.mode, asked.budget_mb, asked.limit_mb, asked.tokens) == (Mode.STREAM, 100, 100, 5)
    assert asked.draft
    assert asked.small is None
    assert asked.window
    assert asked.bundle


def test_a_small_model_is_named_for_one_run_and_drafts(tiny: Path) -> None:
    asked = read(["--model", str(tiny), "--budget-mb", "100", "--draft-model", str(tiny)])
    assert isinstance(asked, Asked)
    assert (asked.small, asked.draft) == (tiny, True)
    assert asked.loading()["small"] == str(tiny)
    with pytest.raises(ModelMissing):
        read(["--model", str(tiny), "--budget-mb", "100", "--draft-model", "nowhere.gguf"])


def test_all_in_memory_stands_under_no_limit_unless_one_is_named(tiny: Path) -> None:
    free = read(["--model", str(tiny), "--mode", "memory"])
    held = read(["--model", str(tiny), "--mode", "memory", "--limit-mb", "300"])
    assert isinstance(free, Asked)
    assert isinstance(held, Asked)
    assert (free.limit_mb, held.limit_mb) == (0, 300)


def test_a_prompt_comes_from_its_file(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "prompt").write_text("Tell me", encoding="utf-8")
    asked = read(["--model", str(tiny), "--budget-mb", "9", "--prompt-file", str(tmp_path / "prompt")])
    assert isinstance(asked, Asked)
    assert asked.prompt == "Tell me"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--budget-mb", "0"], ["--budget-mb", "x"], ["--budget-mb"], ["--mode", "fast"], ["--draft", "on"],
        ["--window", "1"], ["--bundle", "no"], ["--tokens", "-1"], ["--surprise", "1"],
        ["--budget-mb=5", "--limit-mb=-2"], ["--mode", "stream"], ["--budget-mb", "5", "--prompt-file", "nowhere"],
    ],
)  # fmt: skip
def test_a_wrong_word_is_refused_in_a_sentence(tiny: Path, arguments: list[str]) -> None:
    with pytest.raises(BadInput):
        read(["--model", str(tiny), *arguments])


def test_a_model_that_is_not_there_is_said() -> None:
    with pytest.raises(ModelMissing):
        read(["--model", "/nowhere.gguf", "--budget-mb", "5"])


def test_without_a_model_it_is_the_whole_bench_or_named_parts(tmp_path: Path) -> None:
    wishes = read(["--part", "speed,tokens", "--part", "turn", "--folder", str(tmp_path), "--rounds", "2", "--clean"])
    assert isinstance(wishes, Whole)
    assert wishes.parts == ("speed", "tokens", "turn")
    assert (wishes.folder, wishes.rounds, wishes.clean) == (tmp_path, 2, True)
    assert set(wishes.parts) <= set(PARTS)
    with pytest.raises(BadInput):
        read(["--tokens", "5"])


# --- models


def test_made_models_have_the_sizes_that_are_to_be_shown() -> None:
    assert DENSE.bytes >= 1.5e9
    assert SPARSE.bytes >= 4e9
    assert (SPARSE.experts, SPARSE.used) == (128, 8)


@pytest.mark.parametrize("shape", [TINY, TINY_SPARSE])
def test_a_made_model_is_read_back_as_it_was_described(shape: Shape, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = made(shape, tmp_path, lambda done, total: told.append((done, total)))
    layout = read_layout(path)
    assert {tensor.name for tensor in layout.tensors} == set(shape.tensors)
    assert layout.layers == shape.layers
    assert layout.weight_bytes == shape.bytes == told[-1][0]
    assert {tensor.experts for tensor in layout.tensors if "_exps" in tensor.name} <= {shape.experts}


def test_no_two_words_of_a_chain_follow_each_other_twice_and_another_model_follows_most_of_it() -> None:
    chain, other = followed(5000, first=300, agrees=1.0), followed(5000, first=300, agrees=0.7)
    for one in (chain, other):
        assert sorted(one) == list(range(300, 5000))
    seen, word = set[int](), 300
    while word not in seen:
        seen.add(word)
        word = int(chain[word - 300])
    assert len(seen) == 4700  # one round of all words
    assert 0.67 < float((chain == other).mean()) < 0.73
    assert not (chain == followed(5000, first=300, agrees=0.0)).any()


def test_the_bench_s_small_model_has_the_words_of_the_one_it_drafts_for(tmp_path: Path) -> None:
    large = replace(CHAINED, layers=2, width=64, inner=128, heads=4, shared_heads=2, head_width=16, words=500)
    small = replace(large, name="small", width=32, head_width=8, inner=64, agrees=0.7)
    one, other = (read_layout(made(shape, tmp_path)).facts for shape in (large, small))
    assert one.words == other.words != ""


def test_the_same_shape_gives_the_same_bytes_and_is_not_written_twice(tiny: Path, tmp_path: Path) -> None:
    other = made(TINY, tmp_path / "other")
    assert other.read_bytes() == tiny.read_bytes()
    before = tiny.stat().st_mtime_ns
    assert made(TINY, tmp_path) == tiny
    assert tiny.stat().st_mtime_ns == before
    assert made(replace(TINY, layers=3), tmp_path) != tiny


def test_a_model_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(TINY, tmp_path, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="left"):
        made(replace(DENSE, layers=1, words=10**11), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_models_are_kept_where_nobody_else_can_put_one(tmp_path: Path) -> None:
    folder = models_folder(tmp_path / "caches")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert models_folder(tmp_path / "caches") == folder
    folder.chmod(0o777)
    with pytest.raises(BadInput, match="not a folder of yours alone"):
        models_folder(tmp_path / "caches")
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(BadInput, match="not a folder of yours alone"):
        models_folder(tmp_path / "caches")


def test_only_what_the_bench_made_is_cleaned_away(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.gguf").write_bytes(b"mine")
    clean(tmp_path, [TINY.name])
    assert [left.name for left in tmp_path.iterdir()] == ["mine.gguf"]


def test_prompts_differ_by_seed_and_have_the_words_asked_for() -> None:
    assert words(20, 1, TINY) == words(20, 1, TINY) != words(20, 2, TINY)
    assert len(words(20, 1, TINY).split()) == 20


# --- page cache, disk, groups, energy


def test_a_file_is_dropped_from_the_cache_and_its_neighbour_stays(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    for file in (mine, other):
        file.write_bytes(os.urandom(2**20))
        file.read_bytes()
    if device_of(mine) is None:
        pytest.skip("this folder lies on no disk, so nothing can be dropped")
    assert share_cached(mine) > 0.9
    drop(mine)
    assert share_cached(mine) == 0
    assert share_cached(other) > 0.9


def test_an_empty_file_is_not_cached(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert share_cached(tmp_path / "empty") == 0


@pytest.fixture
def disk(tmp_path: Path) -> Device:
    """A folder like that of a disk in sysfs."""
    (tmp_path / "disk" / "queue").mkdir(parents=True)
    (tmp_path / "disk" / "queue" / "read_ahead_kb").write_text("128\n")
    (tmp_path / "disk" / "stat").write_text("   12 3 4 5\n")
    return Device(folder=tmp_path / "disk")


def test_the_read_ahead_is_set_within_and_put_back_after(disk: Device) -> None:
    assert (disk.served(), disk.settable) == ((12, 4 * 512), True)
    with disk.reading_ahead(8192):
        assert disk.read_ahead_kb == 8192
    assert disk.read_ahead_kb == 128


def test_it_is_put_back_after_an_exception_too(disk: Device) -> None:
    with pytest.raises(ValueError, match="within"), disk.reading_ahead(8192):
        raise ValueError("within")
    assert disk.read_ahead_kb == 128


def test_it_is_put_back_when_the_bench_is_killed(disk: Device) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from app.bench.stream.device import Device\n"
        "with Device(folder=Path(sys.argv[1])).reading_ahead(8192):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(disk.folder)], check=False, timeout=60)
    assert done.returncode == -9
    for _ in range(500):
        if disk.read_ahead_kb == 128:
            break
        time.sleep(0.01)
    assert disk.read_ahead_kb == 128


def _like_version_two(root: Path, controlled: str) -> Path:
    """A folder like /proc/self of a process in a group of version 2, whose parent's children are controlled."""
    process, mount = root / "process", root / "mount"
    own = mount / "user" / "app"
    own.mkdir(parents=True)
    process.mkdir()
    for folder, held in ((mount, "cpu memory"), (mount / "user", controlled), (own, "")):
        (folder / "cgroup.subtree_control").write_text(held)
        (folder / "cgroup.procs").touch()
    (process / "cgroup").write_text("0::/user/app\n")
    (process / "mountinfo").write_text(f"30 20 0:26 / {mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n")
    return process


def test_groups_of_version_two_are_made_beside_our_own(tmp_path: Path) -> None:
    found = place(_like_version_two(tmp_path, "cpu memory"))
    assert found is not None
    assert (found.version, found.folder.name, found.own.name) == (2, "user", "app")


def test_without_the_memory_controller_it_looks_further_up(tmp_path: Path) -> None:
    found = place(_like_version_two(tmp_path, "cpu"))
    assert found is not None
    assert found.folder == tmp_path / "mount"


def test_where_there_are_no_groups_there_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("0::/\n")
    (tmp_path / "mountinfo").write_text("30 20 0:26 / /proc rw - proc proc rw\n")
    assert place(tmp_path) is None
    assert place(tmp_path / "nowhere") is None


def test_a_group_of_version_two_is_limited_and_counted(tmp_path: Path) -> None:
    found = place(_like_version_two(tmp_path, "memory"))
    assert found is not None
    group = found.group(7)
    with group as held:
        assert (held.folder / "memory.max").read_text() == str(7 * 2**20)
        (held.folder / "memory.peak").write_text(f"{3 * 2**20}\n")
        (held.folder / "memory.events").write_text("low 0\nmax 5\noom 0\n")
        (held.folder / "memory.stat").write_text("anon 1\nworkingset_refault_file 9\n")
        (held.folder / "cgroup.procs").touch()
        held.take(4711)
        assert (held.folder / "cgroup.procs").read_text() == "4711"
        counted = held.counted()
        for file in held.folder.iterdir():  # in a real one they go with the folder
            file.unlink()
    assert (counted.peak_mb, counted.hits, counted.refaults) == (3, 5, 9)
    assert not held.folder.exists()


@pytest.fixture
def groups() -> Iterator[Place]:
    found = place()
    if found is None:
        pytest.skip("no memory groups may be made here")
    before = set(found.folder.glob("mneme-bench-*"))
    yield found
    assert set(found.folder.glob("mneme-bench-*")) <= before


def test_a_process_in_a_group_is_held_to_its_limit(groups: Place) -> None:
    eats = "import sys; sys.stdin.readline(); b = bytearray(64 * 2**20); b[::4096] = b'x' * (len(b) // 4096); print(1)"
    with groups.group(32) as group:
        process = subprocess.Popen(
            [sys.executable, "-c", eats], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        group.take(process.pid)
        said, _ = process.communicate(b"\n", timeout=60)
        counted = group.counted()
    assert (process.returncode, said) == (-9, b"")
    assert counted.hits > 0
    assert 16 < counted.peak_mb <= 33


def test_a_process_that_was_given_back_is_not_held(groups: Place) -> None:
    with groups.group(16) as group:
        process = subprocess.Popen(["sleep", "60"], start_new_session=True)
        try:
            group.take(process.pid)
            group.give_back(process.pid)
            assert str(process.pid) not in (group.folder / "cgroup.procs").read_text().split()
        finally:
            process.kill()
            process.wait()


def test_a_process_is_seen_from_outside() -> None:
    eats = "import sys; b = bytearray(50 * 2**20); b[::4096] = b'x' * (len(b) // 4096); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", eats], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with Watch(process.pid) as watch:
            held, read_ = watch.held, watch.read()
            assert 50 < watch.own_mb() < held.peak_mb < 150
        process.communicate(b"\n", timeout=60)
        assert watch.held == held
        assert watch.read() == Read(disk_bytes=0, call_bytes=0, calls=0, faults=0)
    assert read_.calls > 0


def test_reads_are_counted_by_calls_or_by_faults() -> None:
    called = Read(disk_bytes=2**20, call_bytes=2**20, calls=4, faults=2)
    faulted = Read(disk_bytes=2**20, call_bytes=100, calls=4, faults=2)
    assert (called.mean_kb, called.reads) == (256, 4)
    assert (faulted.mean_kb, faulted.reads) == (512, 2)
    assert called.since(called).mean_kb == 0
    ringed = Read(disk_bytes=2**20, call_bytes=100, calls=4, faults=1, served=128, served_bytes=2**21)
    assert (ringed.mean_kb, ringed.reads) == (16, 64)


def test_energy_is_the_sum_of_the_packages_or_unknown(tmp_path: Path) -> None:
    assert energy_j(tmp_path) is None
    for name, used in (("intel-rapl:0", 2_500_000), ("intel-rapl:1", 500_000), ("intel-rapl:0:0", 900_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "energy_uj").write_text(f"{used}\n")
    assert energy_j(tmp_path) == 3.0


# --- figures and tables


def _run(mode: Mode = Mode.STREAM, tokens: tuple[int, ...] = (1, 2, 3), tokens_per_s: float = 2.0) -> Run:
    figures = Figures(
        mode=mode, tokens_per_s=tokens_per_s, sweep_ms_median=500, read_mb_per_token=9, mean_read_kb=64, wait_ms=1,
        peak_mb=90, limit_mb=100, failcnt=0, locked_mb=0, reads_per_token=3, hit_rate=1, ttft_ms=900,
        prefill_tokens_per_s=30, accepted_per_sweep=1, read_ahead_kb=128, energy_j=None, tokens=tokens,
    )  # fmt: skip
    asked = Asked(model=Path("dense-1.gguf"), mode=mode, budget_mb=100, prompt="x", tokens=3, limit_mb=100)
    held = Held(peak_mb=90, own_mb=80, file_mb=10, locked_mb=0)
    return Run(
        asked=asked, figures=figures, held=held, load_s=1, refaults=0, group_version=1, ready={}, said={}, text="abc"
    )  # fmt: skip


def test_a_run_prints_the_contract_and_nothing_else() -> None:
    assert [field.name for field in fields(Figures)] == CONTRACT
    said = json.loads(json.dumps(_run().as_json()))
    assert list(said) == CONTRACT
    assert said["tokens"] == [1, 2, 3]
    assert said["energy_j"] is None


def test_what_arrives_at_once_came_from_one_sweep() -> None:
    nothing = Read(disk_bytes=0, call_bytes=0, calls=0, faults=0)
    parts = [Part(at=at, ids=(1,), text="a", read=nothing) for at in (1.0, 2.0, 2.0001, 2.0002, 4.0)]
    assert [round(one, 6) for one in sweeps(parts)] == [1.0, 2.0]
    assert sweeps(parts[:1]) == []


def test_tokens_are_the_same_up_to_the_first_that_differs() -> None:
    assert same_tokens(_run(tokens=(1, 2, 3)), _run(tokens=(1, 2, 3, 4))) == 1
    assert same_tokens(_run(tokens=(1, 9, 3, 4)), _run(tokens=(1, 2, 3, 4))) == 0.25
    assert same_tokens(_run(tokens=()), _run()) == 0


def test_a_target_is_met_from_the_side_that_its_row_names() -> None:
    assert met(at_least("a", 4, "times", 3, 4)) is True
    assert met(at_least("a", 3.9, "times", 3, 4)) is False
    assert met(at_most("a", 1.02, "times", 3, 1.03)) is True
    assert met(at_most("a", 1.04, "times", 3, 1.03)) is False
    assert met(Row(name="a", value=1, unit="s", n=1)) is None


def test_the_table_has_every_row_and_the_medians_of_each_kind_of_run() -> None:
    rows = [at_least("speed: against mmap", 4.25, "times", 3, 4, baseline=1), at_most("peak: of it", 104, "MB", 1, 103)]
    runs = [_run(tokens_per_s=value) for value in (1.0, 2.0, 9.0)] + [_run(Mode.MMAP, tokens_per_s=0.5)]
    shown, behind = markdown(rows, runs).split("\n\n")
    assert shown.splitlines()[0] == SHOWN
    assert shown.splitlines()[2:] == [
        "| speed: against mmap | 4.25 | times | 3 | 1 | ≥ 4 | holds |",
        "| peak: of it | 104 | MB | 1 |  | ≤ 103 | missed |",
    ]
    lines = behind.splitlines()
    assert lines[0] == RUNS
    assert [line.split(" | ")[:7] for line in lines[2:]] == [
        ["| dense", "stream", "100", "100", "128", "3", "2"],
        ["| dense", "mmap", "100", "100", "128", "1", "0.5"],
    ]
    assert {line.count("|") for line in lines} == {RUNS.count("|")}


# --- how it is built


def test_popular_experts_are_chosen_more_often_and_the_token_decides(tmp_path: Path) -> None:
    """As the router does it: the largest products with a hidden state of length 1 in each direction."""
    path = made(replace(TINY_SPARSE, width=256, experts=128, used=8, popular=0.3), tmp_path)
    tensor = next(one for one in read_layout(path).tensors if one.name == "blk.0.ffn_gate_inp.weight")
    flat = np.frombuffer(path.read_bytes(), np.float32, tensor.bytes // 4, tensor.offset)
    hidden = np.random.default_rng(0).standard_normal((200, 256))
    chosen = np.argsort(-(hidden @ flat.reshape(128, 256).T), axis=1)[:, :8]
    counts = np.sort(np.bincount(chosen.ravel(), minlength=128))[::-1]
    assert 0.55 < counts[: math.floor(128 * 0.44)].sum() / counts.sum() < 0.95
    assert len({tuple(sorted(one)) for one in chosen}) > 150


DOCS = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"


def test_the_tables_in_the_docs_are_what_it_writes() -> None:
    block = DOCS.read_text(encoding="utf-8").partition("<!-- bench stream -->\n")[2].partition("<!-- end -->")[0]
    shown, behind = block.strip().split("\n\n")
    for header, table in ((SHOWN, shown), (RUNS, behind)):
        first, _, *rows = table.splitlines()
        assert first == header
        assert rows
        assert {row.count("|") for row in rows} == {header.count("|")}
    for row in shown.splitlines()[2:]:
        *_, target, verdict, _ = (cell.strip() for cell in row.split("|"))
        assert (verdict in ("holds", "missed")) == bool(target)
