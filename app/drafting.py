"""The small model that drafts beside the one for answers: which may be chosen, and how it is handed to the engine."""

from collections.abc import Callable, Sequence
from pathlib import Path

from app.picker import Picker
from core.errors import ModelMissing, ModelProblem, Problem
from core.events import Events, Noticed
from core.inference.catalog import Located
from core.inference.generator import SmallModel
from core.inference.planned import read_model

_GOES_ON = "Answers are written without it, in the same words. Choose another in Settings > Models, or none."


def able(picker: Picker, folder: Path, answering: str, here: Sequence[str]) -> frozenset[str]:
    """Of the models in this folder those that may draft for the one that answers."""
    if answering not in here:
        return frozenset()
    try:
        large = read_model(folder / answering)
    except Problem:
        return frozenset()
    return frozenset(name for name in here if name != answering and not picker.why_no_draft(large, folder / name))


def checked(picker: Picker, folder: Path, answering: str, name: str) -> str:
    """The name again, when this model may draft. Raises ModelMissing, ModelProblem."""
    if not answering:
        raise ModelMissing("No model writes answers yet, so there is nothing to draft for.", "Choose that one first.")
    if name == answering:
        raise ModelProblem("A model does not draft for itself.", "Choose a smaller one with the same vocabulary.")
    if why := picker.why_no_draft(read_model(folder / answering), folder / name):
        raise ModelProblem(why, "Choose a smaller one of the same family, or give the model more memory.")
    return name


def small_model(name: str, located: Callable[[str], Located], events: Events | None) -> SmallModel | None:
    """What the engine is given; None without one, and where it cannot be used, which is told."""
    if not name:
        return None
    try:
        found = located(name)
    except ModelProblem as problem:
        told(events)(problem.title)
        return None
    return SmallModel(path=found.path, identity=found.seal.identity)


def told(events: Events | None) -> Callable[[str], None]:
    """Says that nothing drafts, and why."""

    def tell(why: str) -> None:
        if events is not None:
            events.tell(Noticed(f"The small model does not draft. {why}", _GOES_ON, problem=True))

    return tell
