"""Who goes first on the store's thread and in the engine: a person before a capture before upkeep."""

from enum import IntEnum


class Urgency(IntEnum):
    """Lower goes first."""

    QUESTION = 0
    CAPTURE = 1
    UPKEEP = 2
