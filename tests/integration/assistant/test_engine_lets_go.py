"""What the engine keeps of memories is in its memory alone, and goes with a forget, a lock and the profile's end."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.wiring import Opened, open_profile
from core.events import Events
from core.inference.generator import KeptInstructions, LlamaGenerator
from core.memory import Selection
from core.paths import ProfilePaths
from core.store.profile import Profile
from tests.made import NOON
from tests.made_models import tiny_llama

_PASSPHRASE = "correct horse battery staple"
_SAID = "The kiln is lent to Dana until May."


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LlamaGenerator]:
    path = tiny_llama(tmp_path / "tiny.gguf", context=4096)
    kept = KeptInstructions(folder=tmp_path / "kept", key=bytes(32), model="0" * 64)
    with closing(LlamaGenerator(path, memory_mb=400, instructions=kept)) as engine:
        yield engine


@contextmanager
def asked(folder: Path, engine: LlamaGenerator) -> Iterator[Opened]:
    """A profile in which the model has just been asked about something that is kept."""
    paths = ProfilePaths(folder / "profile")
    Profile.create(paths, passphrase=_PASSPHRASE, recovery=False)
    profile = Profile(paths)
    profile.unlock(_PASSPHRASE)
    one = open_profile(profile, Events(), lambda: NOON, stays=False, generator=lambda _: engine)
    try:
        one.assistant.remember(_SAID, NOON)
        one.assistant.ask("Who has the kiln?", NOON + timedelta(hours=1))
        assert engine.alive
        assert engine.last_run is not None
        yield one
    finally:
        one.close()


def test_a_forget_ends_the_process_that_had_read_the_memory(tmp_path: Path, engine: LlamaGenerator) -> None:
    with asked(tmp_path, engine) as one:
        before = engine.pid
        (memory,) = one.assistant.memories(Selection())
        one.assistant.forget([memory.id])
        assert not engine.alive
        engine.count("again")
        assert engine.pid != before


def test_the_end_of_an_open_profile_ends_it(tmp_path: Path, engine: LlamaGenerator) -> None:
    with asked(tmp_path, engine):
        pass
    assert not engine.alive


def test_nothing_of_the_memory_is_written_by_it(tmp_path: Path, engine: LlamaGenerator) -> None:
    with asked(tmp_path, engine):
        written = [path for path in (tmp_path / "kept").iterdir() if path.is_file()]
        assert len(written) == 1
        whole = written[0].read_bytes()
    assert b"kiln" not in whole
    (tmp_path / "other").mkdir()
    with asked(tmp_path / "other", engine):
        pass
    assert [path.read_bytes() for path in (tmp_path / "kept").iterdir()] == [whole]
