"""A made day at the screen: typing, talk, scrolling, switching, a video, reading, being away, and what is private."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.bench.capture.stage import Stage
from app.bench.capture.words import sentences
from core.errors import Problem

Wait = Callable[[float], None]
"""Lets so many seconds of the session pass; raises `Over` at its end."""
_LONGEST = 10_000
OVER_FOR_S = 6.0
OVER = "over a part of what is left out"
"""Counted while it lies there: what the gate blackens must end where another window hides it."""


class Over(Exception):
    """The session's time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A change that must be kept: a sentence that was not on the screen before, and what brought it there."""

    text: str
    how: str
    at: float
    """Seconds since the session's beginning at which it was whole."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Plays on a stage. `seconds` says how long it has gone on; what was planted last may not have had its time."""

    stage: Stage
    wait: Wait
    seconds: Callable[[], float]
    planted: list[Planted] = field(default_factory=list)
    away_s: float = 0.0
    """Of all seconds, those with nobody at the machine."""
    acts: list[tuple[float, str]] = field(default_factory=list)
    """What was played, and from which second on."""

    def play(self) -> None:
        """One act after another, until `wait` says that it is over."""
        new = sentences(_LONGEST, 29, 7)
        acts = (
            self._write,
            self._talk,
            self._secrets,
            self._scroll,
            self._switch,
            self._watch,
            self._read,
            self._leave,
        )
        try:
            while True:
                for act in acts:
                    self.acts.append((self.seconds(), act.__name__.strip("_")))
                    act(new)
        except Over:
            return

    def doing(self, second: float) -> str:
        """The act that was played then."""
        return next((name for begins, name in reversed(self.acts) if begins <= second), "before the first act")

    def _plant(self, text: str, how: str) -> None:
        stage = self.stage
        if not any(text in row.text for place in stage.server.monitors for row in stage.readable(place)):
            raise Problem(f"The bench's own session hides what it shows ({how}).", "Mend app/bench/capture/session.py.")
        self.planted.append(Planted(text=text, how=how, at=self.seconds()))

    def _write(self, new: Iterator[str], lines: int = 2) -> None:
        """Sentences typed word by word, with a pause behind each."""
        editor = self.stage.front("editor")
        for _ in range(lines):
            self.stage.touch()
            text = next(new)
            words = text.split()
            editor.add("")
            for at in range(0, len(words), 2):
                self.stage.touch()
                editor.type(" ".join(words[at : at + 2]))
                if at + 2 < len(words):
                    self.wait(1.0)
            self._plant(text, "typed")
            self.wait(5.5)

    def _talk(self, new: Iterator[str], lines: int = 3) -> None:
        """Lines of others in a chat that does not have the focus and that nobody touches."""
        self.stage.front("chat", focus=False)
        for number in range(lines):
            text = next(new)
            self.stage.programs["chat"].add(f"{('Dana', 'Sam', 'Rosa')[number % 3]}: {text}")
            self._plant(text, "said in a chat")
            self.wait(6.0 + 2 * (number % 3))

    def _secrets(self, new: Iterator[str]) -> None:
        """A password manager in front, behind and beside; a private browser on the last monitor; a title that turns."""
        stage = self.stage
        stage.touch()
        vault = stage.front("vault")
        self.wait(6.0)
        stage.touch()
        editor = stage.front("editor")
        self._typed_at_once(new, OVER)
        left, top = vault.place.left, vault.place.top
        vault.move(editor.place.right, top)
        self.wait(2.0)
        self._typed_at_once(new, "beside what is left out")
        stage.front("private", focus=False)
        self.wait(5.0)
        private = stage.programs["private"]
        title, rows = private.title, private.rows
        private.rows = ["A page about nothing in particular."]
        private.name_it("Weather today - Mozilla Firefox")  # a browser that does not tell is left out as well
        self.wait(3.0)
        private.name_it(title)
        private.rows = rows
        private.draw()
        self.wait(3.0)
        for name in ("vault", "private"):
            stage.away(name)
        vault.move(left, top)
        self.wait(2.0)

    def _typed_at_once(self, new: Iterator[str], how: str) -> None:
        text = next(new)
        self.stage.programs["editor"].add(text)
        self._plant(text, how)
        self.wait(OVER_FOR_S)

    def _scroll(self, new: Iterator[str], steps: int = 3) -> None:
        """A long document, half a window at a time."""
        document = self.stage.front("document")
        for _ in range(steps):
            self.stage.touch()
            if document.first + 2 * document.seen > len(document.rows):
                document.first = 0
            document.scroll(document.seen // 2)
            seen = document.rows[document.first + document.seen // 2 + 2 : document.first + document.seen - 2]
            text = next(row for row in seen if row)
            self._plant(text, "scrolled to")
            self.wait(7.0)

    def _switch(self, new: Iterator[str]) -> None:
        """From one window to another and back, with a line that came meanwhile."""
        terminal = self.stage.front("terminal")
        self.stage.touch()
        text = next(new)
        terminal.add(text)
        self._plant(text, "in a window switched to")
        for name in ("editor", "terminal", "document", "terminal"):
            self.wait(5.5)
            self.stage.touch()
            self.stage.front(name)

    def _watch(self, new: Iterator[str]) -> None:
        """A video, with a chat beside it that goes on."""
        self.stage.touch()
        self.stage.front("video")
        self.stage.playing = True
        self.wait(5.0)
        self._talk(new, lines=2)
        self.stage.playing = False
        self.stage.away("video")

    def _read(self, new: Iterator[str]) -> None:
        """Somebody is there and reads: nothing changes but the clock."""
        for _ in range(4):
            self.stage.touch()
            self.wait(8.0)

    def _leave(self, new: Iterator[str]) -> None:
        """Nobody is there; a line still comes in."""
        begins = self.seconds()
        self.stage.front("chat", focus=False)
        try:
            self.wait(45.0)
            text = next(new)
            self.stage.programs["chat"].add(f"Rosa: {text}")
            self._plant(text, "said while away")
            self.wait(45.0)
        finally:
            self.away_s += self.seconds() - begins
