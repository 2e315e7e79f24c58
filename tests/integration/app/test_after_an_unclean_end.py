"""What a start owes to the end before it: leftovers emptied, the check made at once, the reserve held."""

from datetime import timedelta
from pathlib import Path

from app.host import Host
from app.recording import left_behind
from app.timetable import Timetable
from core.store.backup import release_reserve
from core.upkeep import Presence
from core.urgency import Urgency
from tests.integration.app.hosts import hosting


def looked(host: Host) -> tuple[str, ...]:
    """What one look starts, waited for."""
    timetable = Timetable(host, lambda: Presence(away=timedelta(0)))
    started = timetable.look()
    host.work(lambda assistant: iter(()), Urgency.UPKEEP)
    timetable.close()
    return started


def test_a_vault_that_was_not_closed_is_checked_at_once_and_one_that_was_is_not(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        assert "check" in looked(host), "it was never checked"
        assert "check" not in looked(host)
    with hosting(tmp_path / "p") as host:
        assert "check" not in looked(host), "closed cleanly"
        host.opened.profile.lock()
        host.opened.vault.close()  # as if the process had ended here
    with hosting(tmp_path / "p"):
        pass  # a command that has no time for a check, and closes cleanly
    with hosting(tmp_path / "p") as host:
        assert "check" in looked(host), "it is still owed"
        assert "check" not in looked(host)


def test_the_reserve_is_held_and_held_again_once_it_was_used(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        assert "reserve" in looked(host)
        assert host.paths.reserve.stat().st_size == 64 * 2**20
        assert "reserve" not in looked(host)
        assert release_reserve(host.paths)
        assert "reserve" in looked(host)
        assert release_reserve(host.paths)


def test_frames_that_a_dead_recorder_left_are_removed_and_become_a_gap(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host:
        assert left_behind(host) is None
        host.paths.spool.mkdir(mode=0o700, exist_ok=True)
        (host.paths.spool / "00000001.bin").write_bytes(b"nobody has the key")
        gap = left_behind(host)
        assert gap is not None
        assert gap.reason == "Mneme ended before 1 picture was read"
        assert list(host.paths.spool.iterdir()) == []
