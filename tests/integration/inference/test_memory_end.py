"""A model that takes more memory than it should ends with a sentence: by its own watch, or by the system's hand."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import ChildDied
from core.inference.child import Child
from core.inference.memory_end import kills_so_far, lack_of_memory
from core.inference.stream.watch import Watch, held_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process what it holds")
MB = 2**20


@pytest.fixture
def deaths() -> list[str]:
    return []


@pytest.fixture
def child(deaths: list[str]) -> Iterator[Child]:
    found = Child("tests.integration.inference.watched_child", name="engine", on_death=deaths.append)
    yield found
    found.close()


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A memory cgroup of our own, of whichever version; skipped where none can be made."""
    for root, limit in (
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
        (Path("/sys/fs/cgroup"), "memory.max"),
    ):
        group = root / f"mneme-test-{os.getpid()}"
        if not root.is_dir():
            continue
        with suppress(OSError):
            group.mkdir()
            if (group / limit).exists():
                (group / limit).write_text(str(120 * MB))
                with suppress(OSError):
                    (group / limit.replace("limit", "memsw.limit").replace("max", "swap.max")).write_text("0")
                yield group
                _removed(group)
                return
            group.rmdir()
    pytest.skip("no memory cgroup can be made here (it needs root)")


def _removed(group: Path) -> None:
    for _ in range(200):
        with suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.02)
    raise AssertionError("the group is still used")


def test_within_its_memory_nothing_is_done(child: Child, deaths: list[str]) -> None:
    child.call({"do": "watch", "room": 60 * MB}, timeout_s=30)
    said, _ = child.call({"do": "hold", "bytes": 40 * MB, "seconds": 0.3}, timeout_s=30)
    assert isinstance(most := said["most"], int)
    assert most > 40 * MB
    assert deaths == []


def test_a_process_far_above_its_memory_ends_itself_and_the_window_is_told_why(child: Child, deaths: list[str]) -> None:
    child.call({"do": "watch", "room": 20 * MB}, timeout_s=30)
    with pytest.raises(ChildDied) as caught:
        child.call({"do": "hold", "bytes": 80 * MB, "seconds": 30}, timeout_s=60)
    assert "more memory than it is given" in caught.value.title
    assert "smaller model" in caught.value.remedy
    _until(deaths)
    assert deaths == ["The engine ended because it needed more memory than it is given."]
    child.call({"do": "hold", "bytes": MB}, timeout_s=30)


def test_a_process_killed_by_the_system_for_lack_of_memory_is_said_to_be(
    child: Child, deaths: list[str], memory_group: Path
) -> None:
    child.start()
    procs = memory_group / "cgroup.procs"
    procs.write_text(str(child.pid))
    with pytest.raises(ChildDied) as caught:
        child.call({"do": "hold", "bytes": 400 * MB, "seconds": 5}, timeout_s=60)
    assert "by the system for lack of memory" in caught.value.title
    _until(deaths)
    assert deaths == ["The engine was ended by the system for lack of memory."]


def test_a_kill_by_anybody_else_is_not_called_lack_of_memory() -> None:
    assert lack_of_memory(-9, 3, 3) is None
    assert lack_of_memory(-9, None, None) is None
    assert lack_of_memory(-6, 3, 4) is None
    assert lack_of_memory(-9, 3, 4) is not None


def test_the_systems_count_of_kills_is_read_where_it_is_told(tmp_path: Path) -> None:
    found = kills_so_far()
    assert found is None or found >= 0
    counters = tmp_path / "vmstat"
    counters.write_text("pgfault 12\noom_kill 4\n", encoding="ascii")
    assert kills_so_far(counters) == 4
    assert kills_so_far(tmp_path / "none") is None


def test_a_little_too_much_is_given_back_and_only_a_lasting_excess_ends() -> None:
    done: list[str] = []
    watch = Watch(1000, relieve=lambda: done.append("relieved"), end=lambda: done.append("ended"), every_s=3600)
    try:
        for held in (1000, 1030):
            watch.look(held)
        assert done == []
        watch.look(1050)
        assert done == ["relieved"]
        for held in (1200, 1200, 1000, 1200, 1200, 1200):
            watch.look(held)
        assert "ended" not in done
        watch.look(1200)
        assert done.count("ended") == 1
    finally:
        watch.close()


def test_pages_of_files_are_counted_only_where_they_are_asked_for() -> None:
    assert held_bytes(files=True) > held_bytes(files=False) > MB


def _until(deaths: list[str]) -> None:
    for _ in range(1000):
        if deaths:
            return
        time.sleep(0.005)
