"""What is dropped into the watched folder is taken in once, when it is whole."""

import time
from collections.abc import Callable
from pathlib import Path

from app.host import Host
from app.watched import WatchedFolder
from core.events import Event, Noticed
from core.memory import Selection
from tests.exported import chats, many, talks
from tests.integration.app.hosts import hosting

TEXTS = ["The boat is red.", "It leaks.", "I mend it."]


def notices(host: Host) -> list[str]:
    told: list[str] = []

    def heard(event: Event) -> None:
        if isinstance(event, Noticed):
            told.append(event.title)

    host.events.listen(heard)
    return told


def settled(watched: WatchedFolder, looks: int = 2) -> None:
    """So many looks, each import waited for."""
    for _ in range(looks):
        until = time.monotonic() + 20
        while watched.look():
            assert time.monotonic() < until
            time.sleep(0.01)


def kept(host: Host) -> list[str]:
    return sorted(one.text for one in host.assistant.memories(Selection(limit=100)))


def watching(host: Host, folder: Path) -> WatchedFolder:
    folder.mkdir(exist_ok=True)
    host.assistant.set_setting("conversations.folder", str(folder))
    return WatchedFolder(host)


def test_without_a_folder_nothing_is_looked_at(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        assert host.assistant.settings.conversations.folder == ""
        watched = WatchedFolder(host)
        settled(watched)
        assert kept(host) == []


def test_an_export_that_is_dropped_is_in_and_is_told_of_once(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with hosting(tmp_path / "profile") as host:
        told, watched = notices(host), watching(host, folder)
        (folder / "WhatsApp Chat with Dana.txt").write_bytes(many.whatsapp(TEXTS))
        (folder / talks.ZOOM_NAME).write_text(talks.ZOOM)
        settled(watched, 4)
        assert set(TEXTS) < set(kept(host))
        assert "Thank you all & goodbye." in kept(host)
        assert told == ["2 files were taken in from the watched folder."]


def test_nothing_is_imported_twice_also_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with hosting(tmp_path / "profile") as host:
        watched = watching(host, folder)
        (folder / "chat.txt").write_bytes(many.whatsapp(TEXTS))
        settled(watched)
        before = kept(host)
    with hosting(tmp_path / "profile") as host:
        told, watched = notices(host), WatchedFolder(host)
        settled(watched, 3)
        assert kept(host) == before == sorted(TEXTS)
        assert told == []
        (folder / "chat.txt").write_bytes(many.whatsapp([*TEXTS, "And sail on Sunday."]))
        settled(watched)
        assert kept(host) == sorted([*TEXTS, "And sail on Sunday."])


def test_a_file_that_is_still_written_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with hosting(tmp_path / "profile") as host:
        watched = watching(host, folder)
        whole = many.whatsapp(TEXTS)
        growing: list[Callable[[], object]] = [
            lambda: (folder / "chat.txt").write_bytes(b""),
            lambda: (folder / "chat.txt").write_bytes(whole[:40]),
            lambda: (folder / "chat.txt").write_bytes(whole[:80]),
            lambda: (folder / "chat.txt").write_bytes(whole),
        ]
        for step in growing:
            step()
            settled(watched, 1)
            assert kept(host) == []
        (folder / "talk.vtt.crdownload").write_text(talks.ZOOM)
        (folder / "slack.zip").write_bytes(many.slack(TEXTS))
        (folder / "slack.zip.part").write_bytes(b"half")
        settled(watched, 3)
        assert kept(host) == sorted(TEXTS)
        (folder / "slack.zip.part").unlink()
        settled(watched)
        assert len(kept(host)) == 2 * len(TEXTS)


def test_what_cannot_be_read_is_told_once_and_tried_again_when_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with hosting(tmp_path / "profile") as host:
        told, watched = notices(host), watching(host, folder)
        (folder / "notes.txt").write_text("Buy milk.\n")
        settled(watched, 3)
        assert told == ["notes.txt in the watched folder was left alone: no conversation that Mneme is sure of."]
        whole = chats.slack_zip(tmp_path).read_bytes()
        (folder / "export.zip").write_bytes(whole[: len(whole) // 2])
        settled(watched, 3)
        assert len(told) == 2
        (folder / "export.zip").write_bytes(whole)
        settled(watched, 3)
        assert told[2:] == ["A file was taken in from the watched folder."]
        assert "Lunch at one?" in kept(host)


def test_a_folder_that_is_gone_or_mnemes_own_is_told_once(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        told, watched = notices(host), watching(host, tmp_path / "inbox")
        (tmp_path / "inbox").rmdir()
        settled(watched, 3)
        host.assistant.set_setting("conversations.folder", str(tmp_path / "profile"))
        settled(watched, 3)
        assert told == ["The watched folder inbox is not there.", "The watched folder lies in Mneme's own."]


def test_a_locked_vault_takes_nothing_and_goes_on_after_the_unlock(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with hosting(tmp_path / "profile") as host:
        watched = watching(host, folder)
        host.lock()
        (folder / "chat.txt").write_bytes(many.whatsapp(TEXTS))
        settled(watched, 3)
    with hosting(tmp_path / "profile") as host:
        settled(WatchedFolder(host))
        assert kept(host) == sorted(TEXTS)
