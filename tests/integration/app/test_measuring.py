"""The disk that models lie on is the one that is measured; what was measured holds for that place on that machine."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.host import Host
from app.machine import this_machine
from app.measuring import beside, kept_speeds, speeds_of
from core.inference import catalog
from core.inference.adding import leftovers
from core.inference.generator import LlamaGenerator
from core.inference.stream.speeds import USUAL
from core.paths import BUNDLED_EMBEDDER, ProfilePaths
from core.store import preferences
from tests.integration.app.hosts import hosting
from tests.made_models import tiny_llama

MB = 2**20
MEMORY = Path("/dev/shm")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with hosting(tmp_path / "profile") as host:
        yield host


@pytest.fixture
def elsewhere() -> Iterator[ProfilePaths]:
    """A profile on another disk than the program."""
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == BUNDLED_EMBEDDER.stat().st_dev:
        pytest.skip("there is one disk only")
    with TemporaryDirectory(dir=MEMORY) as folder:
        yield ProfilePaths(Path(folder))


def test_the_largest_model_is_measured_with(tmp_path: Path) -> None:
    paths = ProfilePaths(tmp_path)
    paths.models.mkdir()
    for name, size in (("small.gguf", 9 * MB), ("large.gguf", 20 * MB)):
        with (paths.models / name).open("wb") as file:
            file.truncate(size)
    with beside(paths, may_write=True) as found:
        assert found == paths.models / "large.gguf"
    assert {one.name for one in paths.models.iterdir()} == {"small.gguf", "large.gguf"}


def test_without_a_model_another_disk_is_measured_with_noise_that_goes_again(elsewhere: ProfilePaths) -> None:
    with beside(elsewhere, may_write=True) as found:
        assert found.stat().st_dev == MEMORY.stat().st_dev
        assert found.stat().st_size >= 16 * MB
        assert not catalog.listed(elsewhere)
    assert not found.exists()
    assert leftovers(elsewhere) == ()


def test_where_nothing_may_be_written_nothing_is(elsewhere: ProfilePaths) -> None:
    with beside(elsewhere, may_write=False) as found:
        assert found == BUNDLED_EMBEDDER
    assert not list(elsewhere.root.iterdir())


def test_speeds_hold_for_one_machine_and_one_place(host: Host) -> None:
    vault, paths, machine = host.opened.vault, host.paths, this_machine(host.paths.root)
    assert kept_speeds(vault, machine, paths) is None
    found = speeds_of(vault, machine, paths)
    assert kept_speeds(vault, machine, paths) == found
    assert kept_speeds(vault, replace(machine, cores=machine.cores + 1), paths) is None
    assert kept_speeds(vault, machine, ProfilePaths(paths.root / "moved")) is None


def test_a_model_that_nobody_measured_for_is_measured_for_before_its_first_question(host: Host, tmp_path: Path) -> None:
    model = tiny_llama(tmp_path / "large.gguf", context=4096)
    with model.open("r+b") as file:
        file.truncate(70 * MB)  # nobody minds what stands behind the last tensor
    shelf = host.models()
    shelf.use(shelf.add(model, trust=True))
    machine = this_machine(host.paths.root)
    assert kept_speeds(host.opened.vault, machine, host.paths) is None
    engine = shelf.generator(host.assistant.settings)
    assert isinstance(engine, LlamaGenerator)
    engine.close()
    assert kept_speeds(host.opened.vault, machine, host.paths) is not None


def test_what_was_measured_reaches_the_engine(host: Host, tmp_path: Path) -> None:
    shelf, vault = host.models(), host.opened.vault
    shelf.use(shelf.add(tiny_llama(tmp_path / "one.gguf", context=4096), trust=True))
    machine = this_machine(host.paths.root)
    quick = _rate(shelf.generator(host.assistant.settings))
    speeds_of(vault, machine, host.paths)
    with vault.read() as db:
        note = json.loads(preferences.noted(db, "machine_speeds") or "")
    note["cpu"] = dict.fromkeys(note["cpu"], USUAL.cpu.one_bytes_s / 1e7)  # a processor that hardly computes
    with vault.write() as db:
        preferences.note(db, "machine_speeds", json.dumps(note))
    assert _rate(shelf.generator(host.assistant.settings)) < quick / 10


def _rate(engine: object) -> float:
    assert isinstance(engine, LlamaGenerator)
    with closing(engine):
        return engine.prompt_tokens_per_s or 0.0
