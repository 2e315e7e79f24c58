"""Models are added by a hash or by the person's word, kept for the owner alone, and seen when swapped."""

import dataclasses
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Cancelled, ModelMissing, ModelProblem
from core.inference.adding import AddedModel, add, incoming, leftovers, safe_name, throw_away
from core.inference.catalog import listed, located, offers, remove
from core.inference.chat_format import KNOWN
from core.inference.seals import Seal, is_unbroken, sealed
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
    path = located(paths, added.file, added.seal).path
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


def changed_in_place(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def another_put_there(path: Path, other: Path) -> None:
    other.replace(path)


def changed_with_its_times_set_back(path: Path, other: Path) -> None:
    before = path.stat()
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [changed_in_place, another_put_there, changed_with_its_times_set_back])
def test_a_model_swapped_after_the_check_is_seen(
    paths: ProfilePaths, model: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    added = add(paths, model, trust=True)
    change(paths.models / added.file, tiny_llama(tmp_path / "other.gguf", seed=8))
    with pytest.raises(ModelProblem, match="changed"):
        located(paths, added.file, added.seal)


def test_a_link_in_a_models_place_is_seen(paths: ProfilePaths, model: Path) -> None:
    added = add(paths, model, trust=True)
    (paths.models / added.file).unlink()
    (paths.models / added.file).symlink_to(model)
    with pytest.raises(ModelProblem, match="link"):
        located(paths, added.file, added.seal)


def test_an_unchanged_model_is_known_again_without_reading_all_of_it(paths: ProfilePaths, tmp_path: Path) -> None:
    big = tiny_llama(tmp_path / "big.gguf", width=512, layers=4)
    added = add(paths, big, trust=True)
    assert is_unbroken(paths.models / added.file, added.seal)
    steps: list[int] = []
    found = located(paths, added.file, added.seal, lambda done, _: steps.append(done))
    assert found.seal == added.seal
    assert steps == []


def test_a_restored_model_is_read_once_and_then_known_again(paths: ProfilePaths, model: Path, tmp_path: Path) -> None:
    added = add(paths, model, trust=True)
    path = paths.models / added.file
    shutil.copyfile(path, tmp_path / "backup")
    path.unlink()
    shutil.copyfile(tmp_path / "backup", path)
    again = located(paths, added.file, added.seal)
    assert again.seal.sha256 == added.sha256
    assert again.seal.identity != added.seal.identity
    assert located(paths, added.file, again.seal).seal == again.seal


def test_a_seal_kept_by_an_earlier_mneme_is_completed(paths: ProfilePaths, model: Path) -> None:
    added = add(paths, model, trust=True)
    found = located(paths, added.file, Seal(sha256=added.sha256)).seal
    assert is_unbroken(paths.models / added.file, found)
    assert Seal.from_json(found.as_json()) == found


def test_a_changed_block_is_seen_though_nothing_else_tells(paths: ProfilePaths, model: Path) -> None:
    added = add(paths, model, trust=True)
    path = paths.models / added.file
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    blind = dataclasses.replace(added.seal, identity=sealed(path).identity)
    with pytest.raises(ModelProblem, match="changed"):
        located(paths, added.file, blind)


def test_the_same_bytes_are_not_kept_twice(paths: ProfilePaths, model: Path) -> None:
    first = add(paths, model, trust=True)
    again: AddedModel = add(paths, model, trust=True, here={first.file: first.sha256})
    assert again.was_here
    assert again.file == first.file
    assert listed(paths) == (first.file,)
    assert leftovers(paths) == ()


def test_what_an_interrupted_download_left_is_seen_and_thrown_away(paths: ProfilePaths) -> None:
    (incoming(paths) / "big.gguf.part").write_bytes(bytes(1000))
    assert [(one.name, one.bytes) for one in leftovers(paths)] == [("big.gguf.part", 1000)]
    for name in ("../profile.json", "absent", "big.gguf.part", "big.gguf.part"):
        throw_away(paths, name)
    assert leftovers(paths) == ()


@pytest.mark.parametrize(
    "name",
    [
        "../../x.gguf",
        "a/b.gguf",
        "..",
        ".gguf",
        "\u202egguf.exe",
        "x" * 400,
        "nul\0l",
        "-rf.gguf",
        "con\n.gguf",
        "ÄÖ.gguf",
    ],
)
def test_a_files_name_leads_nowhere(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.gguf", safe_name(name))
    assert len(safe_name(name)) < 120


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
        located(paths, name, Seal(sha256="0" * 64))


def test_a_finished_download_is_moved_not_copied(paths: ProfilePaths, model: Path) -> None:
    fetched = incoming(paths) / "model.gguf.fetched"
    model.rename(fetched)
    wanted = hash_of(fetched)
    assert add(paths, fetched, sha256=wanted).file == "model.gguf"
    assert not fetched.exists()


def test_every_offer_is_pinned_and_says_where_its_figures_were_read() -> None:
    assert len(offers()) > 1
    for offer in offers():
        assert re.fullmatch(r"https://huggingface\.co/[\w.-]+/[\w.-]+/resolve/[0-9a-f]{40}/[\w.-]+", offer.url)
        assert offer.url.endswith(f"/{offer.file}")
        assert re.fullmatch(r"[0-9a-f]{64}|", offer.sha256)
        assert bool(offer.hash_from) == bool(offer.sha256)
        assert offer.facts_from
        assert offer.licence in ("Apache-2.0", "MIT")
        assert 0 < offer.active <= offer.parameters
        assert 0.45 < offer.bytes / offer.parameters < 1.2, "four to nine bits a parameter"
        assert offer.chat in {chat.name for chat in KNOWN}
        assert offer.layers > 0 < offer.cache_bytes_per_token < 2**18 < offer.bytes


def test_there_is_an_offer_for_every_size_of_machine() -> None:
    small, middle = (one.parameters for one in offers()[:2]), [o for o in offers() if 3e9 < o.parameters < 9e9]
    sparse = [offer for offer in offers() if offer.active < offer.parameters / 4]
    assert all(0.5e9 <= parameters <= 2e9 for parameters in small)
    assert len(middle) >= 2
    assert len(sparse) >= 2
    assert all(20e9 <= offer.parameters <= 35e9 and 3e9 <= offer.active <= 4e9 for offer in sparse)
    assert len({offer.file for offer in offers()}) == len({offer.sha256 for offer in offers()}) == len(offers())


def test_a_state_that_a_later_write_might_not_show_is_checked_by_reading_all_again(
    paths: ProfilePaths, model: Path
) -> None:
    added = add(paths, model, trust=True)
    unsettled = dataclasses.replace(added.seal, settled=False)
    assert unsettled.identity is not None
    assert not is_unbroken(paths.models / added.file, unsettled)
    assert located(paths, added.file, unsettled).seal.settled
