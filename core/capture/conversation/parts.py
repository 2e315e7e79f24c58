"""Downloads that a service makes in several parts: which belong together, and which of them is not there."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

_PART = re.compile(r"(?P<whole>.+)-(?P<number>\d{3,4})(?: ?\(\d+\))?\.(?:zip|tgz|tar\.gz)", re.IGNORECASE)
"""`takeout-20260101T101010Z-001.zip`, `data-2026-01-01-10-10-10-batch-0000.zip`; browsers add " (1)"."""
_MOST_NAMED = 8


def part_of(path: Path) -> tuple[str, int] | None:
    """The download that a file is a part of by its name, and which part; None when it is none."""
    found = _PART.fullmatch(path.name)
    return (found["whole"], int(found["number"])) if found else None


def missing(paths: Sequence[Path]) -> tuple[str, ...]:
    """A sentence for each download of which parts are not among these files, though their numbers say they exist."""
    groups: defaultdict[tuple[Path, str], set[int]] = defaultdict(set)
    for path in paths:
        if part := part_of(path):
            groups[path.parent, part[0]].add(part[1])
    told: list[str] = []
    for (folder, whole), numbers in groups.items():
        beside = {part[1] for path in _neighbours(folder) if (part := part_of(path)) and part[0] == whole}
        first = 0 if 0 in numbers | beside or whole.endswith("batch") else 1
        gone = sorted(set(range(first, max(numbers | beside) + 1)) - numbers)
        if gone:
            named = ", ".join(f"{one:03}" for one in gone[:_MOST_NAMED]) + (", ..." if gone[_MOST_NAMED:] else "")
            told.append(f"{whole} has other parts that were not named: {named}.")
    return tuple(told)


def _neighbours(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
