"""Models of a profile prepared: what leaving neurons out would cost here, and the prepared file to be added."""

from collections.abc import Callable
from pathlib import Path

from app.picker import Picker
from core.inference import adding
from core.inference.layout import read_layout
from core.inference.preparing import Costs, measure_costs, prepare_model
from core.inference.recommend import MIB
from core.inference.stream.neurons.preparable import Neurons, neurons_of
from core.paths import ProfilePaths

Progress = Callable[[int, int], None]
Asked = Callable[[], bool]


def prepared_name(name: str, keep: float | None = None) -> str:
    """How the prepared file of a model is called."""
    return f"{Path(name).stem}-{'prepared' if keep is None else f'kept-{100 * keep:.0f}'}.gguf"


def needs_choice(source: Path) -> bool:
    """Whether preparing a model changes its answers, so that somebody has to choose by how much. BadInput."""
    return neurons_of(read_layout(source)) is Neurons.GATED


def costs_of(source: Path, picker: Picker, told: Progress, cancelled: Asked, text: str | None) -> Costs:
    """What leaving neurons of a model out costs. Takes minutes; `told` in bytes of it. BadInput, ModelProblem."""
    return measure_costs(
        source,
        threads=picker.machine.cores,
        budget_bytes=picker.memory_mb * MIB,
        speeds=picker.speeds,
        progress=_in_bytes(source, told),
        text=text,
        cancelled=cancelled,
    )


def prepared_file(
    paths: ProfilePaths,
    source: Path,
    told: Progress,
    cancelled: Asked,
    *,
    threads: int,
    keep: float | None,
    text: str | None,
) -> Path:
    """A model's prepared file, where files wait to be added. See `prepare_model`."""
    target = adding.incoming(paths) / prepared_name(source.name, keep)
    target.unlink(missing_ok=True)
    prepare_model(
        source,
        target,
        threads=threads,
        progress=_in_bytes(source, told),
        keep=keep,
        text=text,
        cancelled=cancelled,
    )
    return target


def _in_bytes(source: Path, told: Progress) -> Callable[[str, float], None]:
    size = source.stat().st_size
    return lambda _, part: told(int(part * size), size)
