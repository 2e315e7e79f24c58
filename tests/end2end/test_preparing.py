"""`mneme models prepare`, as a person types it."""

from pathlib import Path

import pytest

from core.inference.planned import read_model
from core.inference.stream.pages import can_stream
from tests.end2end.command_line import Mneme
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu


@pytest.mark.skipif(not can_stream(), reason="models are prepared on Linux only")
def test_a_model_is_prepared_into_a_file_of_its_own(tmp_path: Path) -> None:
    source, target = tiny_relu(tmp_path / "in.gguf"), tmp_path / "out.gguf"
    told = Mneme(tmp_path / "profile").run("models", "prepare", str(source), str(target), "--json").one()
    assert told == {"file": str(target), "bytes": target.stat().st_size}
    assert read_model(target).prepared is not None
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.gguf", "out.gguf"]


def test_a_family_that_cannot_be_prepared_is_named(tmp_path: Path) -> None:
    source = tiny_llama(tmp_path / "in.gguf")
    ended = Mneme(tmp_path / "profile").run(
        "models", "prepare", str(source), str(tmp_path / "out.gguf"), "--json", code=1
    )
    assert "llama" in ended.one()["error"]["title"]
    assert not (tmp_path / "out.gguf").exists()


def test_preparing_wants_two_files(tmp_path: Path) -> None:
    ended = Mneme(tmp_path / "profile").run("models", "prepare", "in.gguf", code=2)
    assert "two files" in ended.err
