"""The recorder of a real host on a real display, stepped by the test: vault, spool, reader's process and all."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.host import Host
from app.recorder_state import recorder_state
from app.recording import Recording
from app.screens import Screens
from core.errors import Problem
from core.events import Event
from core.memory import Gap
from tests.integration.app.hosts import NOW, hosting
from ui.desk import RecorderStatus


@dataclass
class AtWork:
    host: Host
    recording: Recording
    clock: list[datetime]
    events: list[Event] = field(default_factory=list)
    killed: bool = False
    """At the end nothing is told or written any more."""

    @property
    def now(self) -> datetime:
        return self.clock[0]

    @now.setter
    def now(self, now: datetime) -> None:
        self.clock[0] = now

    def look(self) -> int:
        """A look half a minute later; how many frames it let wait."""
        before = self.recording.recorder.account().frames
        self.now += timedelta(seconds=31)
        self.recording.recorder.tick()
        return self.recording.recorder.account().frames - before

    def read(self) -> None:
        """Everything that waits."""
        while self.recording.reading.step():
            pass

    def reading(self) -> threading.Thread:
        """One reading in a thread of its own, under way when this returns."""

        def step() -> None:
            with suppress(Problem):  # what it is about is told by the account
                self.recording.reading.step()

        thread = threading.Thread(target=step)
        thread.start()
        while thread.is_alive() and not self.recording.reader.busy:
            thread.join(0.01)
        return thread

    def watch_after(self, seconds: float) -> None:
        """What the watch does when the look under way has taken so long by now."""
        self.recording.recorder.watch(late_s=seconds)

    @property
    def status(self) -> RecorderStatus:
        """What the tray shows."""
        return recorder_state(self.host)

    def gaps(self) -> tuple[Gap, ...]:
        """What the timeline of the day shows."""
        self.recording.write_down()
        return self.host.assistant.day(self.now.date(), self.now).gaps

    def finds(self, words: str) -> bool:
        """Whether recall has it first."""
        hits = self.host.assistant.recall(words, self.now).hits
        return bool(hits) and words in hits[0].memory.text


@contextmanager
def recording_at_work(
    root: Path, *, now: datetime = NOW, screens: Callable[[Host], Screens] = Screens
) -> Iterator[AtWork]:
    """A host of the profile with its recorder, no thread of which runs; both are ended afterwards."""
    with hosting(root) as host:
        clock = [now]
        host.clock = lambda: clock[0]
        recording = host.recording = Recording(host, screens(host))
        made = AtWork(host, recording, clock)
        host.events.listen(made.events.append)
        try:
            yield made
        finally:
            host.recording = None
            if made.killed:
                recording.gaps.clear()
                recording.recorder.close()
                recording.reader.close()
            else:
                recording.recorder.close()
                recording.stop()
