"""The doctor before models: the chosen one drawn where it is held, a broken one said to be, none at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.doctor import Check, Chosen
from app.model_health import Said, looked_at, of_speeds
from core.inference.stream.pages import can_stream
from core.inference.stream.speeds import USUAL
from core.paths import ProfilePaths
from tests.made_models import tiny_bert, tiny_llama


def said(paths: ProfilePaths, chosen: Chosen | None) -> dict[str, Said]:
    return {one.name: one for one in looked_at(paths, chosen)}


def test_the_chosen_model_is_judged_with_the_memory_it_is_given(tmp_path: Path) -> None:
    paths = ProfilePaths(tmp_path)
    paths.models.mkdir()
    tiny_llama(paths.models / "one.gguf")
    tiny_llama(paths.models / "other.gguf")
    found = said(paths, Chosen(file="one.gguf", memory_mb=512))
    assert list(found) == ["Speed for models", "Model one"]
    assert found["Model one"].said.startswith("fits: about ")
    assert found["Model one"].said.endswith("; 512 MB are given")
    assert found["Model one"].drawn.startswith("[")
    assert found["Model one"].plan is not None
    assert found["Model one"].plan["way"] == "fits"
    little = said(paths, Chosen(file="one.gguf", memory_mb=16))["Model one"]
    assert not little.ok
    assert "needs at least" in little.said
    assert little.said.count("are given") == 1
    assert "more memory" in little.remedy


def test_with_the_vault_shut_every_model_here_is_looked_at(tmp_path: Path) -> None:
    paths = ProfilePaths(tmp_path)
    paths.models.mkdir()
    tiny_llama(paths.models / "writes.gguf")
    tiny_bert(paths.models / "reads.gguf")
    (paths.models / "broken.gguf").write_bytes(b"GGUF and then nothing sound")
    found = said(paths, None)
    assert found["Model reads"].said == "reads for meaning"
    assert not found["Model broken"].ok
    assert found["Model broken"].remedy
    assert found["Model writes"].ok
    assert "MB are given" not in found["Model writes"].said  # nobody has said how much


def test_without_a_model_it_says_so_and_measures_all_the_same(tmp_path: Path) -> None:
    found = said(ProfilePaths(tmp_path / "nothing"), Chosen(file="", memory_mb=4096))
    assert "GB/s" in found["Speed for models"].said
    assert found["Model for answers"].ok


def test_figures_reach_the_json_of_the_doctor_and_nothing_else_changes() -> None:
    plain = Check(name="Disk", ok=True, said="well")
    assert plain.as_json() == {"name": "Disk", "ok": True, "said": "well", "remedy": ""}
    assert Check(name="Model", ok=True, said="", figures={"way": "fits"}).as_json()["figures"] == {"way": "fits"}


@pytest.mark.skipif(not can_stream(), reason="nothing is streamed here")
def test_a_disk_that_is_read_through_the_systems_cache_alone_is_told_of() -> None:
    cached = replace(USUAL, disk=replace(USUAL.disk, direct=False))
    assert "through the system's cache alone" in of_speeds(cached).said
    assert "cache" not in of_speeds(USUAL).said
