"""Our own instructions are read once: their keys and values are on disk, theirs alone, and believed only when sound."""

import os
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.answer.prompt import instructions
from core.inference.generator import EngineOptions, KeptInstructions, LlamaGenerator, Message, Role, Run
from core.urgency import Urgency
from tests.made_models import tiny_llama

KEY = bytes(range(32))
OURS = Message(role=Role.SYSTEM, text=instructions())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf", context=4096, width=128)


def ask(
    model: Path, folder: Path, text: str = "Who?", *, system: Message = OURS, key: bytes = KEY, cache: str = "f16"
) -> tuple[str, Run]:
    """The answer of an engine that has just started."""
    kept = KeptInstructions(folder=folder, key=key, model="0" * 64)
    options = EngineOptions(cache=cache)
    with closing(
        LlamaGenerator(model, memory_mb=400, context_tokens=4096, instructions=kept, options=options)
    ) as engine:
        talk = [system, Message(role=Role.USER, text=text)]
        words = "".join(engine.generate(talk, max_tokens=12, urgency=Urgency.QUESTION, cancelled=lambda: False))
        assert engine.last_run is not None
        return words, engine.last_run


def test_an_engine_that_starts_anew_finds_them_read(model: Path, tmp_path: Path) -> None:
    first, read = ask(model, tmp_path / "kept")
    again, found = ask(model, tmp_path / "kept")
    assert again == first
    assert read.reused_tokens == 0
    assert found.reused_tokens > len(OURS.text) * 0.9
    assert found.prompt_tokens == read.prompt_tokens
    (file,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_that_a_person_said_or_keeps_is_in_the_file(model: Path, tmp_path: Path) -> None:
    for folder, text in (("one", "Where is the kiln?"), ("two", "MEMORIES [M1] The safe's number is 8831, said Dana.")):
        ask(model, tmp_path / folder, text)
    (one,), (two,) = ((tmp_path / folder).iterdir() for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert one.name == two.name


def test_what_is_not_our_own_is_never_written(model: Path, tmp_path: Path) -> None:
    ask(model, tmp_path / "kept", system=Message(role=Role.SYSTEM, text=OURS.text + " Dana's safe: 8831."))
    assert not (tmp_path / "kept").exists()


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def linked(file: Path) -> None:
    elsewhere = file.with_suffix(".elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0" * 64)


@pytest.mark.parametrize("spoil", [flipped, cut, emptied, longer, linked, os.unlink])
def test_a_file_that_was_touched_is_made_anew(model: Path, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    first, _ = ask(model, tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    sound = file.read_bytes()
    spoil(file)
    again, run = ask(model, tmp_path / "kept")
    assert again == first
    assert run.reused_tokens == 0
    assert file.read_bytes() == sound
    assert not file.is_symlink()


def test_another_profile_or_cache_has_a_file_of_its_own(model: Path, tmp_path: Path) -> None:
    ask(model, tmp_path / "kept")
    assert ask(model, tmp_path / "kept", key=bytes(32))[1].reused_tokens == 0
    assert ask(model, tmp_path / "kept", cache="q8_0")[1].reused_tokens == 0
    assert len(list((tmp_path / "kept").iterdir())) >= 2


def test_only_the_newest_few_are_kept_and_no_halves(model: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o700)
    (tmp_path / "kept" / "abandoned.part").write_bytes(b"half")
    for number in range(6):
        ask(model, tmp_path / "kept", key=bytes([number]) * 32)
    names = [path.suffix for path in (tmp_path / "kept").iterdir()]
    assert names == [".kv"] * 4


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(model: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder would be")
    first, run = ask(model, tmp_path / "kept")
    assert ask(model, tmp_path / "kept")[0] == first
    assert run.reused_tokens == 0
