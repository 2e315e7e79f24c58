"""The language model that a sleep may think with, and where it tells the person why it could not."""

from collections.abc import Callable
from dataclasses import dataclass

from core.inference.generator import Generator


def _nobody(sentence: str) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What a sleep thinks with. Without one, and whenever it fails, a night is whole by rules."""

    generator: Callable[[], Generator | None]
    """The model as it is now, asked for anew before each request: it may have been stopped or changed."""
    told: Callable[[str], None] = _nobody
    """Is given a sentence for the person; never content. Called on the thread that sleeps."""
