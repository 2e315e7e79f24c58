"""Models are added by a hash or by the person's word, kept for the owner alone, and seen when swapped."""

import hashlib
import re
from pathlib import Path

import pytest

from core.errors import Cancelled, ModelMissing, ModelProblem
from core.inference.catalog import add, incoming, listed, located, offers, remove
from core.paths import ProfilePaths
from tests.made_models import tiny_llama


@pytest.fixture
def paths(tmp_path: Path) -> ProfilePaths:
    return ProfilePaths(tmp_path / "profile")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_llama(tmp_path / "my model.gguf")


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_model_with_its_published_hash_is_added_for_the_owner_alone(paths: ProfilePaths, model: Path) -> None:
    steps: list[tuple[int, int]] = []
    added = add(paths, model, sha256=hash_of(model).upper(), progress=lambda *step: steps.append(step))
    assert added.file == "my-model.gguf"
    assert added.sha256 == hash_of(model)
    assert added.facts.architecture == "llama"
    assert listed(paths) == ("my-model.gguf",)
    path = located(paths, added.file, added.sha256)
    assert path.read_bytes() == model.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert paths.models.stat().st_mode & 0o777 == 0o700
    assert steps[-1] == (model.stat().st_size, model.stat().st_size)


def test_nobody_vouching_for_a_model_it_is_not_added(paths: ProfilePaths, model: Path) -> None:
    with pytest.raises(ModelProblem):
        add(paths, model)
    assert listed(paths) == ()
    assert add(paths, model, trust=True).sha256 == hash_of(model)


def test_a_wrong_hash_leaves_nothing_behind(paths: ProfilePaths, model: Path) -> None:
    with pytest.raises(ModelProblem, match="SHA-256"):
        add(paths, model, sha256="0" * 64, trust=True)
    assert listed(paths) == ()
    assert list(incoming(paths).iterdir()) == []


def test_cancelling_leaves_nothing_behind(paths: ProfilePaths, model: Path) -> None:
    with pytest.raises(Cancelled):
        add(paths, model, trust=True, cancelled=lambda: True)
    assert listed(paths) == ()
    assert list(incoming(paths).iterdir()) == []


def test_what_is_not_a_model_is_not_added(paths: ProfilePaths, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelProblem):
        add(paths, wrong, trust=True)
    assert listed(paths) == ()


def test_a_model_swapped_after_the_check_is_seen(paths: ProfilePaths, model: Path, tmp_path: Path) -> None:
    added = add(paths, model, trust=True)
    other = tiny_llama(tmp_path / "other.gguf", seed=8)
    (paths.models / added.file).write_bytes(other.read_bytes())
    with pytest.raises(ModelProblem):
        located(paths, added.file, added.sha256)
    (paths.models / added.file).unlink()
    (paths.models / added.file).symlink_to(model)
    with pytest.raises(ModelProblem, match="link"):
        located(paths, added.file, added.sha256)


def test_two_models_of_one_name_stay_two(paths: ProfilePaths, model: Path) -> None:
    first, second = (add(paths, model, trust=True).file for _ in range(2))
    assert listed(paths) == tuple(sorted((first, second)))
    remove(paths, first)
    assert listed(paths) == (second,)


@pytest.mark.parametrize("name", ["../../escape.gguf", "absent.gguf", "", ".", "/etc/passwd"])
def test_only_models_of_the_profile_are_found_and_removed(paths: ProfilePaths, model: Path, name: str) -> None:
    add(paths, model, trust=True)
    with pytest.raises(ModelMissing):
        remove(paths, name)
    with pytest.raises(ModelMissing):
        located(paths, name, "0" * 64)


def test_a_finished_download_is_moved_not_copied(paths: ProfilePaths, model: Path) -> None:
    fetched = incoming(paths) / "model.gguf.fetched"
    model.rename(fetched)
    wanted = hash_of(fetched)
    assert add(paths, fetched, sha256=wanted).file == "model.gguf"
    assert not fetched.exists()


def test_every_offer_is_pinned_and_says_where_its_hash_was_read() -> None:
    for offer in offers():
        assert re.fullmatch(r"https://huggingface\.co/[\w.-]+/[\w.-]+/resolve/[0-9a-f]{40}/[\w.-]+", offer.url)
        assert offer.url.endswith(offer.file)
        assert re.fullmatch(r"[0-9a-f]{64}", offer.sha256)
        assert offer.hash_from
        assert offer.licence == "Apache-2.0"
        assert offer.memory_mb * 2**20 > offer.bytes
