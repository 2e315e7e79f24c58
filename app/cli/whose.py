"""After an import that does not know the person: which of those who speak in it are they?"""

import shlex
import sys

from rich.text import Text

from app.cli.render import plain
from app.cli.session import Session
from app.commands.request import JSON

_OFFERED = 6


def asked(session: Session, result: JSON) -> None:
    """Ask where somebody is at a terminal, else say how to tell; nothing where it is known."""
    names = [str(name) for name in result.get("who_is_it", ())][:_OFFERED]
    if not names:
        return
    session.err.print("Nobody in it is known to be you, so nothing in it counts as your own words.")
    if session.common.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        session.err.print(
            Text(f"If one of them is you, say so once: mneme settings set person.names {shlex.quote(plain(names[0]))}"),
            soft_wrap=True,
        )
        return
    for number, name in enumerate(names, start=1):
        session.err.print(Text(f"  {number}  {plain(name)}"))
    answer = session.typed("Which of them are you? A number, or Enter if none is: ")
    if not answer.isdecimal() or not 1 <= int(answer) <= len(names):
        session.err.print("Nothing was changed. `mneme settings set person.names` says it at any time.")
        return
    chosen = names[int(answer) - 1]
    known = session.run("settings", {"key": "person.names"})["value"]
    session.run("settings", {"action": "set", "key": "person.names", "value": [*known, chosen]})
    session.err.print(Text(f"{plain(chosen)} is you from now on; what was said under that name is yours."))
