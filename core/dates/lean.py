"""Where a time lies that could be behind or ahead of the one who speaks."""

from enum import Enum, auto


class Lean(Enum):
    """Where a time lies that could be behind or ahead of the one who speaks."""

    PAST = auto()
    """Never ahead."""
    RATHER_PAST = auto()
    """Behind, unless the other way is much nearer."""
    RATHER_COMING = auto()
    COMING = auto()
    """Never behind."""

    @property
    def ahead(self) -> bool:
        """Whether it looks to what is to come."""
        return self in (Lean.RATHER_COMING, Lean.COMING)
