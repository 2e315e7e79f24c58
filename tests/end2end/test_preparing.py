"""`mneme models prepare`, as a person types it."""

from pathlib import Path

import pytest

from core.inference.planned import read_model
from core.inference.stream.pages import can_stream
from tests.end2end.command_line import Mneme
from tests.made_gated import tiny_gated
from tests.made_models import tiny_llama
from tests.made_neurons import tiny_relu

linux = pytest.mark.skipif(not can_stream(), reason="models are prepared on Linux only")


@linux
def test_a_model_is_prepared_into_a_file_of_its_own(tmp_path: Path) -> None:
    source, target = tiny_relu(tmp_path / "in.gguf"), tmp_path / "out.gguf"
    told = Mneme(tmp_path / "profile").run("models", "prepare", str(source), str(target), "--json").one()
    assert told == {"file": str(target), "bytes": target.stat().st_size}
    assert read_model(target).prepared is not None
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.gguf", "out.gguf"]


def test_a_family_that_cannot_be_prepared_is_named(tmp_path: Path) -> None:
    source = tiny_llama(tmp_path / "in.gguf", architecture="falcon")
    ended = Mneme(tmp_path / "profile").run(
        "models", "prepare", str(source), str(tmp_path / "out.gguf"), "--json", code=1
    )
    assert "falcon" in ended.one()["error"]["title"]
    assert not (tmp_path / "out.gguf").exists()


@linux
def test_where_answers_would_change_the_curve_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    source, target = tiny_gated(tmp_path / "in.gguf"), tmp_path / "out.gguf"
    mneme = Mneme(tmp_path / "profile")
    shown = mneme.run("models", "prepare", str(source), str(target)).out
    assert "Nothing was written." in shown
    assert "as it is" in shown
    assert "100 %" in shown
    assert "10 %" in shown
    assert "█" in shown
    told = mneme.run("models", "prepare", str(source), "--json").one()
    assert told["file"] is None
    assert [one["keep"] for one in told["costs"]["shares"]] == [1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.gguf"]


@linux
def test_a_share_that_was_chosen_is_prepared_on_a_text_of_ones_own(tmp_path: Path) -> None:
    source, target, text = tiny_gated(tmp_path / "in.gguf"), tmp_path / "out.gguf", tmp_path / "own.txt"
    text.write_text("Dana comes on Friday at nine, and brings the drawings of the hall. " * 20, encoding="utf-8")
    asked = ("models", "prepare", str(source), str(target), "--keep", "40", "--text", str(text), "--json")
    assert Mneme(tmp_path / "profile").run(*asked).one()["bytes"] == target.stat().st_size
    prepared = read_model(target).prepared
    assert prepared is not None
    assert prepared.gated is not None
    assert prepared.gated.sentence.startswith("Keeps 40 % of its neurons, so its answers differ: perplexity ")


@linux
def test_a_model_of_the_profile_is_prepared_by_its_name(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("models", "add", str(tiny_gated(tmp_path / "gates.gguf")), "--trust", "--json")
    told = mneme.run("models", "prepare", "gates.gguf", "--json").one()
    assert told["file"] is None
    assert len(told["costs"]["shares"]) == 7
    assert mneme.run("models", "prepare", "gates.gguf", "--keep", "30", "--json").one()["prepared"] == (
        "gates-kept-30.gguf"
    )
    listed = {one["name"]: one for one in mneme.run("models", "list", "--json").one()["models"]}
    assert "Keeps 30 % of its neurons" in listed["gates-kept-30.gguf"]["differs"]
    assert "differs" not in listed["gates.gguf"]


def test_preparing_a_file_wants_one_to_write(tmp_path: Path) -> None:
    source = tiny_relu(tmp_path / "in.gguf")
    ended = Mneme(tmp_path / "profile").run("models", "prepare", str(source), code=1)
    assert "names the new file" in ended.err


def test_a_model_that_is_nowhere_is_said_to_be(tmp_path: Path) -> None:
    ended = Mneme(tmp_path / "profile").run("models", "prepare", "none.gguf", "--json", code=1)
    assert ended.one()["error"]["title"]
