"""What a recorder has done and whether it does: an honest account, counted."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the recorder has done: for the tray, Health and the bench."""

    state: str
    reason: str
    heartbeat: datetime | None
    """The last look that worked."""
    looks: int
    frames: int
    """Frames that were let wait for their reading."""
    expected: int
    """Looks that were due since the start, the missed ones too."""
    slept: int = 0
    """Those of them that were missed because the machine slept."""
