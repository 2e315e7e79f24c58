"""What streaming cost: counted where it happens, told with the end of each answer."""

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Account:
    """Running totals since the model was loaded. Times in seconds of waiting by the computing thread."""

    read_bytes: int = 0
    reads: int = 0
    wait_s: float = 0.0
    hits: int = 0
    """What was wanted and was there: experts, or neurons."""
    misses: int = 0
    early: int = 0
    """Of the misses, those that had been begun to be read before they were asked for."""
    sweeps: int = 0
    """Times that the model was gone through."""
    locked_bytes: int = 0

    def snapshot(self) -> dict[str, float]:
        """All totals by their names."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}
