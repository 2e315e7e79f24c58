"""A watched folder: an export or a transcript that is dropped into it is taken in when it is finished being written."""

import json
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.host import Host
from app.importing import importing
from core.assistant import Assistant
from core.assistant.dropped import Dropped
from core.capture.conversation.report import ImportReport
from core.errors import BadInput, Locked, Problem
from core.events import Noticed
from core.store import preferences
from core.urgency import Urgency

EVERY_S = 5.0
"""A file must be the same in two looks: what is copied grows between them."""
_VOUCH = (
    "Anybody could have put the file there, so that counts as somebody else's. If it is yours, import the file "
    "yourself, or say under Settings, Recording, that only you put files there."
)
_KNOWN = "dropped"
_MOST_KEPT = 5000


class WatchedFolder:
    """Looks into the folder of the setting while the vault is open. Nothing is done where there is none."""

    def __init__(self, host: Host, every_s: float = EVERY_S) -> None:
        self._host, self._every_s = host, every_s
        self._folder = ""
        self._dropped = Dropped()
        self._said = ""
        """The problem that was told last, so that it is told once."""
        self._waiting: deque[Path] = deque()
        self._busy = threading.Event()
        self._report: ImportReport | None = None
        self._files = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watched folder", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def close(self) -> None:
        """Look no more; an import that is under way is the store thread's to end."""
        self._ending.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._ending.wait(self._every_s):
            self.look()

    def look(self) -> bool:
        """Look once; whether an import began or goes on. Never raises."""
        if self._busy.is_set():
            return True
        try:
            return self._look()
        except Locked:
            return False
        except Problem as problem:
            if problem.title != self._said:
                self._said = problem.title
                self._tell(problem.title, problem.remedy, problem=True)
            return False

    def _look(self) -> bool:
        folder = self._host.assistant.settings.conversations.folder
        if folder != self._folder:
            self._folder, self._said = folder, ""
            self._dropped = Dropped(self._kept())
        if not folder:
            return False
        found = self._dropped.look(self._checked(Path(folder)))
        self._said = ""
        if found.others:
            self._dropped.settle(found.others)
            self._keep()
            self._tell(_left_alone(found.others), "Name them yourself to import them: `mneme import FILE`.")
        self._waiting.extend(found.conversations)
        return self._begin()

    def _checked(self, folder: Path) -> Path:
        """Raises BadInput where exports cannot be waited for."""
        if not folder.is_dir():
            raise BadInput(
                f"The watched folder {folder.name} is not there.", "Choose another under Settings, Recording."
            )
        ours = self._host.paths.root.resolve()
        if ours in (folder.resolve(), *folder.resolve().parents):
            raise BadInput("The watched folder lies in Mneme's own.", "Choose another under Settings, Recording.")
        return folder

    def _begin(self) -> bool:
        if not self._waiting:
            return False
        self._busy.set()
        path, now = self._waiting.popleft(), self._host.clock()

        def done(report: ImportReport) -> None:
            self._files += 1
            self._report = report if self._report is None else self._report.plus(report)
            self._ended(path)

        def failed(problem: Problem) -> None:
            if self._host.state() == "open":
                self._tell(f"{path.name} in the watched folder was not taken in.", problem.title, problem=True)
                self._ended(path)
            else:  # it is found again after the next unlock
                self._waiting.clear()
                self._busy.clear()

        def work(assistant: Assistant) -> Any:  # in steps; what they return is the report
            return importing(
                assistant,
                [path],
                now,
                told=_nothing,
                on_saved=_nothing,
                cancelled=self._ending.is_set,
                vouched=assistant.settings.conversations.folder_is_mine,
            )

        self._host.submit(work, Urgency.CAPTURE, done, failed)
        return True

    def _ended(self, path: Path) -> None:
        """One file is done: remembered unless it was broken off, and the next one begins."""
        if not self._ending.is_set():
            self._dropped.settle([path])
            with suppress(Problem):
                self._keep()
            if self._begin():
                return
        report, self._report = self._report, None
        files, self._files = self._files, 0
        self._busy.clear()
        if report is not None and files:
            told = f"{report.new} new, {report.known} known, {report.skipped_count} skipped ({report.format})."
            one = "A file was taken in from the watched folder."
            if report.unvouched:
                told = f"{told} {_of_yours(report.unvouched)} {_VOUCH}"
            self._tell(one if files == 1 else f"{files} files were taken in from the watched folder.", told)

    def _kept(self) -> dict[str, None]:
        with self._host.opened.vault.read() as db:
            kept = preferences.noted(db, _KNOWN)
        try:
            found = json.loads(kept) if isinstance(kept, str) else []
        except ValueError:
            found = []
        return {mark: None for mark in found if isinstance(mark, str)} if isinstance(found, list) else {}

    def _keep(self) -> None:
        with self._host.opened.vault.write() as db:
            preferences.note(db, _KNOWN, json.dumps(list(self._dropped.known)[-_MOST_KEPT:]))

    def _tell(self, title: str, remedy: str = "", *, problem: bool = False) -> None:
        self._host.events.tell(Noticed(title, remedy, problem=problem))


def _left_alone(paths: tuple[Path, ...]) -> str:
    if len(paths) == 1:
        return f"{paths[0].name} in the watched folder was left alone: no conversation that Mneme is sure of."
    return f"{len(paths)} files in the watched folder were left alone: no conversations that Mneme is sure of."


def _of_yours(count: int) -> str:
    if count == 1:
        return "One turn says that it is yours."
    return f"{count:,} turns say that they are yours."


def _nothing(*_: object) -> None:
    """Whoever watches a folder is told at its end."""
