"""What every command shares: the typer application and the way a command ends."""

import os
import sys
from collections.abc import Callable

import typer

from app.cli.session import Common, Session
from app.commands.request import JSON
from core.errors import Cancelled, Problem

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Mneme: a desktop memory for one person. Nothing leaves the machine. "
    "Common flags, before or after any command: --profile DIR  --json  --now TIME  "
    "--passphrase-file FILE  --yes  --no-wait",
)
_session = Session(Common())


def begin(common: Common) -> None:
    """Set the session that the commands of this process use."""
    global _session
    _session = Session(common)


def session() -> Session:
    """This process's session."""
    return _session


def ending(work: Callable[[Session], int | None]) -> None:
    """Run a command's work; every Problem becomes a sentence and an exit code, Ctrl+C 130."""
    current = session()
    try:
        code = work(current)
    except Problem as problem:
        code = current.fail(problem)
    except KeyboardInterrupt:
        code = current.fail(Cancelled())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    raise typer.Exit(code or 0)


def simple(command: str, arguments: JSON, render: Callable[[Session, JSON], None]) -> None:
    """Run one command and show its result, as JSON when that was asked for."""

    def work(current: Session) -> int:
        result = current.run(command, {key: value for key, value in arguments.items() if value not in (None, (), [])})
        if current.common.json:
            current.print_json(result)
        else:
            render(current, result)
        return 0

    ending(work)
