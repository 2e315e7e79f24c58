"""An answer while a model writes it: shown in place on the terminal, gone when the whole one is printed."""

from rich.live import Live
from rich.text import Text

from app.cli.render import plain
from app.cli.session import Session
from app.commands.request import JSON

_WAITING = "In your memories' own words; the model is writing …"


class Screen:
    """What stands there: first the answer in the memories' own words, then the model's as far as it has come."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._words = ""

    def first(self, answer: JSON) -> None:
        """What was found, until the model's first word."""
        said = Text(plain(answer["answer"], 2000), style="bold")
        self._live.update(said.append(f"\n{_WAITING}", style="dim not bold"), refresh=True)

    def words(self, words: str) -> None:
        """More of the model's answer."""
        self._words += words
        self._live.update(Text(plain(self._words, 4000)), refresh=True)


def watched(session: Session, command: str, arguments: JSON) -> JSON:
    """Run a command that answers, its answer shown while it comes to be where a terminal is looking. Raises Problem."""
    if session.common.json or not session.err.is_terminal:
        return session.run(command, arguments)
    with Live(console=session.err, transient=True, auto_refresh=False) as live:
        screen = Screen(live)
        session.on_first, session.on_words = screen.first, screen.words
        try:
            return session.run(command, arguments | {"stream": True})
        finally:
            session.on_first = session.on_words = None
