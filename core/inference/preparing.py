"""Preparing a dense model, from the host's side: native code reads the file in a process of its own."""

from collections.abc import Callable
from pathlib import Path

from core.errors import BadInput
from core.inference.child import Child, Json
from core.inference.header import check_gguf

_STEP_S = 1800.0
"""The longest step: a layer's neurons, or one batch of the text through the whole model."""


def prepare_model(
    source: Path,
    target: Path,
    *,
    threads: int,
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write a prepared model of `source` to `target`. `progress` gets what is done and how much of all (0 to 1).

    BadInput (cannot be prepared), ModelProblem, ChildDied, Cancelled; nothing is left behind then.
    """
    check_gguf(source)
    if target.exists():
        raise BadInput("There is a file of that name already.", "Name another, or remove it first.")
    if not target.parent.is_dir():
        raise BadInput("There is no such folder.", "Name a file in a folder that is there.")
    child = Child("core.inference.preparing_child", name="process that prepares models")
    try:
        request: dict[str, Json] = {"do": "prepare", "source": str(source), "target": str(target), "threads": threads}
        for header, _ in child.stream(request, timeout_s=_STEP_S, cancelled=cancelled):
            part = header["part"]
            progress(str(header["what"]), float(part) if isinstance(part, float | int) else 0.0)
    finally:
        child.close()
        target.with_name(target.name + ".part").unlink(missing_ok=True)
