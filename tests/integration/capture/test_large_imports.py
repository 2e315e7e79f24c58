"""Exports larger than the memory there is, read by a process that may not have more."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.exported import assistants

ROOT = Path(__file__).parents[3]
LARGE = 24 * 2**20
MORE = 18 * 2**20
"""Bytes of address space beside what Python and the readers themselves take."""
READING = f"""
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.dates.foreign import foreign_day

now = datetime(2026, 9, 1, tzinfo=UTC)
foreign_day("4 juli 2026", now)
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + {MORE}, taken + {MORE}))
reading = open_import(Path(sys.argv[1]), ImportContext(now=now))
print(sum(1 for _ in reading.observations()), reading.tally.skipped_count)
"""
WORDS = "It was said that the boat would be mended before the summer. " * 400
"""25 kB: few and long messages, so that the test is short."""


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="address space is limited as Linux does it")
COUNT = LARGE // len(WORDS) // 2 * 2
TEXTS = [f"{number} {WORDS}" for number in range(COUNT)]


@LINUX
@pytest.mark.parametrize(
    "name", ["conversations.json", "claude/conversations.json", "MyActivity.json", "MyActivity.html"]
)
def test_an_export_larger_than_the_memory_there_is_is_read_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes(assistants.MADE[name](TEXTS))
    assert read(path) == [str(COUNT), "0"]


@LINUX
def test_so_is_one_in_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with ZipFile(path, "w") as archive:  # not packed: words that come again and again pack like a bomb
        archive.writestr("conversations.json", assistants.chatgpt(TEXTS))
    assert read(path) == [str(COUNT), "0"]


def read(path: Path) -> list[str]:
    """How many turns were taken and places skipped, by a process of little memory."""
    found = subprocess.run(
        [sys.executable, "-c", READING, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert found.stderr == ""
    return found.stdout.split()
