"""A file that was changed or put in another's place after a check is not taken for the one that was checked."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ModelMissing, ModelProblem
from core.inference.identity import FileIdentity, open_model


def identity_of(path: Path) -> FileIdentity:
    descriptor = open_model(path)
    try:
        return FileIdentity.of(descriptor)
    finally:
        os.close(descriptor)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def written_in_place(path: Path) -> None:
    before = path.stat()
    probe = path.with_name("probe")
    probe.touch()
    while probe.stat().st_ctime_ns <= before.st_ctime_ns:
        probe.touch()
    with path.open("r+b") as file:
        file.write(b"X")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def cut_and_filled_again(path: Path) -> None:
    data = path.read_bytes()
    os.truncate(path, 1)
    path.write_bytes(data)


def longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(bytes(5000))
    os.utime(path, ns=(10**18, 10**18))
    return path


def test_an_unchanged_file_is_opened_again(model: Path) -> None:
    known = identity_of(model)
    descriptor = open_model(model, FileIdentity.from_list(known.as_list()))
    assert os.read(descriptor, 10) == bytes(10)
    os.close(descriptor)


@pytest.mark.parametrize("changed", [written_in_place, replaced, cut_and_filled_again, longer])
def test_a_file_changed_after_the_check_is_not_opened(model: Path, changed: Callable[[Path], None]) -> None:
    known = identity_of(model)
    changed(model)
    with pytest.raises(ModelProblem, match="changed after"):
        open_model(model, known)


def test_a_link_in_its_place_is_not_followed(model: Path) -> None:
    known = identity_of(model)
    moved = model.rename(model.with_name("moved.gguf"))
    model.symlink_to(moved)
    with pytest.raises(ModelProblem, match="link"):
        open_model(model, known)


def test_what_is_not_a_file_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for name in ("pipe.gguf", "."):
        with pytest.raises(ModelProblem):
            open_model(tmp_path / name)
    with pytest.raises(ModelMissing):
        open_model(tmp_path / "absent.gguf")
    with pytest.raises(ModelProblem):
        open_model(tmp_path / "nul\0.gguf")


@pytest.mark.parametrize("numbers", [[], [1, 2, 3], [1, 2, 3, 4, "5"], [1, 2, 3, 4, True]])
def test_numbers_that_are_no_identity_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ModelProblem):
        FileIdentity.from_list(numbers)


def test_a_refused_file_leaves_no_descriptor_open(model: Path) -> None:
    known = identity_of(model)
    longer(model)
    before = open_descriptors()
    for _ in range(5):
        with pytest.raises(ModelProblem):
            open_model(model, known)
    assert open_descriptors() == before
