"""The model files a person has, and those that can be downloaded when they ask for one."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelMissing, ModelProblem
from core.inference.header import GgufFacts, check_gguf
from core.inference.seals import Progress, Seal, is_unbroken, sealed
from core.paths import RESOURCES, ProfilePaths

OFFERS = RESOURCES / "models" / "catalog.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that can be downloaded. Its figures are for the plan before there is a file."""

    name: str
    file: str
    url: str
    """With the revision pinned."""
    bytes: int
    sha256: str
    """Empty where no published hash was read."""
    hash_from: str
    licence: str
    parameters: int
    active: int
    """Parameters that work on each token: fewer than all in a mixture of experts."""
    layers: int
    cache_bytes_per_token: int
    """Keys and values of 16 bits of one token."""
    context: int
    """Tokens it was trained on at once."""
    chat: str
    """The name of its chat format."""
    facts_from: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A model whose bytes are those that were added."""

    path: Path
    seal: Seal
    """To be kept where it differs from the one that was given."""


def offers(path: Path = OFFERS) -> tuple[Offer, ...]:
    """The models of the bundled catalogue, the smallest first."""
    found = (Offer(**entry) for entry in json.loads(path.read_text("utf-8"))["models"])
    return tuple(sorted(found, key=lambda offer: offer.bytes))


def describe(path: Path) -> GgufFacts:
    """What a model file says of itself. ModelMissing, ModelProblem."""
    return check_gguf(path)


def listed(paths: ProfilePaths) -> tuple[str, ...]:
    """The names of the profile's model files, sorted."""
    if not paths.models.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in paths.models.glob("*.gguf") if entry.is_file()))


def remove(paths: ProfilePaths, file: str) -> None:
    """Delete one of the profile's models; where it is a link, the link. ModelMissing, ModelProblem."""
    if file not in listed(paths):
        raise ModelMissing("There is no such model in this profile.", "See the list in Settings.")
    try:
        (paths.models / file).unlink()
    except OSError as error:
        raise ModelProblem(
            "The model's file cannot be deleted.", "Close what has it open, or check the folder's permissions."
        ) from error


def located(paths: ProfilePaths, file: str, seal: Seal, progress: Progress | None = None) -> Located:
    """An added model, once its bytes are seen to be those that were added.

    Known again by its state and a sample (milliseconds); read as a whole, about a second a gigabyte, only where
    those differ from what was sealed: after a restored backup, or when somebody changed it. Call it before each
    start of the engine, which gets the state and looks again on the descriptor it loads from. ModelMissing,
    ModelProblem.
    """
    if file not in listed(paths):
        raise ModelMissing("The chosen model is not in this profile any more.", "Add it again in Settings.")
    path = paths.models / file
    if path.is_symlink():
        raise ModelProblem("The chosen model has been replaced by a link.", "Remove it and add it again.")
    if is_unbroken(path, seal):
        return Located(path=path, seal=seal)
    found = sealed(path, progress=progress)
    if found.sha256 != seal.sha256:
        raise ModelProblem(
            "This model file is not the one that was added: its bytes have changed.",
            "Remove it, and download or add it again.",
        )
    return Located(path=path, seal=found)
