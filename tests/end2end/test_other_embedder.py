"""Another model for meaning, chosen on the command line: read in the same command, or by the Mneme that runs."""

from pathlib import Path

import pytest

from tests.end2end.command_line import Mneme, turn, write_turns
from tests.made_models import tiny_bert

_TURNS = [turn(number, f"Jar {number} on the shelf holds plum jam.") for number in range(60)]


@pytest.fixture
def kept(tmp_path: Path) -> Mneme:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("import", str(write_turns(tmp_path / "turns.jsonl", _TURNS)))
    tiny_bert(tmp_path / "tiny.gguf")
    return mneme


def used_for(mneme: Mneme) -> dict[str, list[str]]:
    return {one["name"]: one["used_for"] for one in mneme.run("models", "list", "--json").one()["models"]}


def test_a_single_command_reads_everything_with_the_model_whose_file_is_named(kept: Mneme, tmp_path: Path) -> None:
    kept.run("settings", "set", "model.embedder", str(tmp_path / "tiny.gguf"))
    assert used_for(kept) == {"tiny.gguf": ["embedder"]}
    assert kept.run("models", "list", "--json").one()["meaning"] == {"by": "tiny.gguf", "reading": False}
    refused = kept.run("models", "remove", "tiny.gguf", code=1)
    assert "found by meaning with this model" in " ".join(refused.err.split())
    assert kept.run("status", "--json").one()["without_vector"] == 0
    kept.run("models", "use", "bundled")
    kept.run("models", "remove", "tiny.gguf")
    assert used_for(kept) == {}
    assert "Jar 7 " in kept.run("recall", "what is in jar 7", "--json").one()["hits"][0]["text"]


def test_what_is_no_embedder_is_refused_and_the_setting_stays(kept: Mneme, tmp_path: Path) -> None:
    (tmp_path / "none.gguf").write_bytes(b"GGUF\3\0\0\0" + b"\xff" * 16)
    for wrong in (str(tmp_path / "none.gguf"), "nowhere.gguf"):
        kept.run("settings", "set", "model.embedder", wrong, code=1)
    assert kept.run("settings", "get", "model.embedder", "--json").one()["value"] == ""
    assert used_for(kept) == {}


def test_a_mneme_that_runs_reads_in_the_background_and_says_so(kept: Mneme, tmp_path: Path) -> None:
    with kept.host():
        guest = kept.without_passphrase()
        said = guest.run("settings", "set", "model.embedder", str(tmp_path / "tiny.gguf"))
        assert "The running Mneme reads all memories with this model now." in " ".join(said.err.split())
        guest.run("recall", "jar 7")
        assert any(guest.run("models", "list", "--json").one()["meaning"]["by"] == "tiny.gguf" for _ in range(200))
