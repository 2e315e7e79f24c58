"""Which file a check was made of: noticed again when the same path leads to other bytes."""

import os
import stat
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

from core.errors import ModelMissing, ModelProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """One file in one state: a write, a truncation or another file in its place changes at least one number."""

    device: int
    inode: int
    bytes: int
    modified_ns: int
    changed_ns: int
    """When its inode last changed; unlike `modified_ns` no program can set it back."""

    @classmethod
    def of(cls, descriptor: int) -> Self:
        """The identity of an open file. ModelProblem when it is not a regular one."""
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ModelProblem("This model is not a file.", "Choose a file that ends in .gguf.")
        return cls(
            device=found.st_dev,
            inode=found.st_ino,
            bytes=found.st_size,
            modified_ns=found.st_mtime_ns,
            changed_ns=found.st_ctime_ns,
        )

    def as_list(self) -> list[int]:
        """Its numbers, for a message to a child process or a note in the vault."""
        return list(astuple(self))

    @classmethod
    def from_list(cls, numbers: Sequence[int]) -> Self:
        """The identity that `as_list` wrote. ModelProblem for anything else."""
        if len(numbers) != 5 or not all(type(number) is int for number in numbers):
            raise ModelProblem("It is not known which model file was checked.", "Choose the model again.")
        device, inode, size, modified, changed = numbers
        return cls(device=device, inode=inode, bytes=size, modified_ns=modified, changed_ns=changed)


def open_model(path: Path, expected: FileIdentity | None = None) -> int:
    """Open a model file for reading, once and for good: check, header and load all use this descriptor.

    A link is not followed. With `expected` the file must still be the one that was checked. The caller closes it.
    ModelMissing, ModelProblem.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise ModelMissing("The model's file is not there any more.", "Add it again in Settings.") from error
    except (OSError, ValueError) as error:
        raise ModelProblem(
            "The model's file cannot be opened, or has been replaced by a link.", "Remove it and add it again."
        ) from error
    try:
        found = FileIdentity.of(descriptor)
        if expected is not None and found != expected:
            raise ModelProblem(
                "The model's file was changed after it was checked.", "Ask again; if it stays so, add the model anew."
            )
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
