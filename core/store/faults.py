"""Named points between which a crash must lose nothing; tests replace `at` to kill the process there."""

from collections.abc import Callable


def _pass(point: str) -> None:
    """Nothing happens at a point outside a test."""


at: Callable[[str], None] = _pass
"""Called as `faults.at("before commit")`; look it up through the module so that a test can replace it."""
