"""One terminal command: its common flags, its way to the host, and what it prints where."""

import getpass
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.cli.call import call
from app.commands import COMMANDS
from app.commands.request import JSON, Request
from core.errors import BadInput, Problem
from core.paths import ProfilePaths, default_profile

_SWITCHES = {"--json": "json", "--yes": "yes", "-y": "yes", "--no-wait": "no_wait"}
_VALUES = {"--profile": "profile", "--now": "now", "--passphrase-file": "passphrase_file"}


@dataclass(slots=True)
class Common:
    """The flags that stand before or after any command."""

    json: bool = False
    yes: bool = False
    no_wait: bool = False
    profile: str | None = None
    now: str | None = None
    passphrase_file: str | None = None

    @classmethod
    def taken_from(cls, arguments: list[str]) -> "tuple[Common, list[str]]":
        """The common flags out of a command line, and the rest in order. What follows `--` is left alone."""
        common, rest, waiting = cls(), list[str](), ""
        for place, argument in enumerate(arguments):
            if waiting:
                setattr(common, waiting, argument)
                waiting = ""
            elif argument == "--":
                return common, [*rest, *arguments[place:]]
            elif argument in _SWITCHES:
                setattr(common, _SWITCHES[argument], True)
            elif argument in _VALUES:
                waiting = _VALUES[argument]
            elif argument.partition("=")[0] in _VALUES and "=" in argument:
                setattr(common, _VALUES[argument.partition("=")[0]], argument.partition("=")[2])
            else:
                rest.append(argument)
        if waiting:
            raise BadInput(f"--{waiting.replace('_', '-')} needs a value.", "`mneme --help` shows how.")
        return common, rest


def passphrase_from(file: str) -> str:
    """The first line of a file. Raises BadInput."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The passphrase file {Path(file).name} cannot be read.", "Check its path.") from error
    first = text.split("\n", 1)[0].rstrip("\r")
    if not first:
        raise BadInput("The passphrase file is empty.", "Put the passphrase on its first line.")
    return first


@dataclass(slots=True)
class Session:
    """Runs requests for one terminal command. Results go to stdout, everything else to stderr."""

    common: Common
    out: Console = field(default_factory=lambda: Console(file=sys.stdout, highlight=False))
    err: Console = field(default_factory=lambda: Console(file=sys.stderr, highlight=False))
    on_line: Callable[[JSON], None] | None = None
    on_first: Callable[[JSON], None] | None = None
    on_words: Callable[[str], None] | None = None
    _progress: Progress | None = None
    _task: TaskID | None = None

    @property
    def paths(self) -> ProfilePaths:
        """The profile that was named, else the usual one."""
        return ProfilePaths(Path(self.common.profile).absolute() if self.common.profile else default_profile())

    def explicit_passphrase(self) -> str | None:
        """From the file, else from MNEME_PASSPHRASE, else None."""
        if self.common.passphrase_file:
            return passphrase_from(self.common.passphrase_file)
        return os.environ.get("MNEME_PASSPHRASE") or None

    def run(self, command: str, arguments: JSON) -> JSON:
        """Have the host run a command. Raises Problem."""
        if self.common.no_wait:
            arguments = arguments | {"no_wait": True}
        passphrase = self.explicit_passphrase()
        if passphrase is None and COMMANDS[command].guarded(arguments):
            passphrase = self.secret(False)
        request = Request(command=command, arguments=arguments, now=self.common.now, passphrase=passphrase)
        try:
            return call(self.paths, request, self._frame, self.secret)
        finally:
            if self._progress is not None:
                self._progress.stop()
                self._progress = self._task = None

    def _frame(self, frame: JSON) -> None:
        if "line" in frame:
            if self.on_line is not None:
                self.on_line(frame["line"])
            else:
                self.print_json(frame["line"])
        elif "saved" in frame and self.common.json:
            self.print_json(frame)
        elif "first" in frame and self.on_first is not None:
            self.on_first(frame["first"])
        elif "words" in frame and self.on_words is not None:
            self.on_words(frame["words"])
        elif "notice" in frame:
            self.err.print(f"{frame['notice']['title']} {frame['notice']['remedy']}".strip(), markup=False)
        elif "progress" in frame and sys.stderr.isatty():
            self._advance(frame["progress"])

    def _advance(self, told: JSON) -> None:
        if self._progress is None:
            columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=self.err, transient=True)
            self._progress.start()
            self._task = self._progress.add_task(told["what"], total=None)
        assert self._task is not None
        self._progress.update(self._task, description=told["what"], completed=told["done"], total=told["total"] or None)

    def secret(self, new: bool) -> str | None:
        """Ask for a passphrase on the terminal; None where there is nobody to ask."""
        if self.common.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        if not new:
            return getpass.getpass("Passphrase: ", stream=sys.stderr)
        self.err.print("A new profile. Choose a passphrase; without it nobody can read what you keep, you included.")
        first = getpass.getpass("New passphrase: ", stream=sys.stderr)
        if first != getpass.getpass("Once more: ", stream=sys.stderr):
            raise BadInput("The two passphrases differ.", "Try again.")
        return first

    def asked(self, label: str) -> str:
        """Something secret typed without echo. Raises BadInput where there is no terminal."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        return getpass.getpass(f"{label}: ", stream=sys.stderr)

    def agreed(self, question: str) -> bool:
        """Yes or no; `--yes` answers, no terminal without it raises BadInput."""
        if self.common.yes:
            return True
        if not sys.stdin.isatty():
            raise BadInput("This asks before it acts, and nobody is at a terminal.", "Add --yes if you are sure.")
        return self.typed(f"{question} [y/N] ").lower() in ("y", "yes")

    def typed(self, question: str) -> str:
        """What is answered at the terminal; nothing where the input has ended."""
        self.err.print(question, end="", markup=False)
        try:
            return input().strip()
        except EOFError:
            return ""

    def print_json(self, result: JSON) -> None:
        """One object on one line of stdout."""
        try:
            line = json.dumps(result, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:  # half a surrogate pair: JSON has an escape for it, UTF-8 has not
            line = json.dumps(result).encode("ascii")
        sys.stdout.flush()
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()

    def fail(self, problem: Problem) -> int:
        """Say a problem where it belongs; the exit code."""
        if self.common.json:
            self.print_json({"error": {"title": problem.title, "remedy": problem.remedy}})
        self.err.print(problem.title, style="bold", markup=False)
        if problem.remedy:
            self.err.print(problem.remedy, markup=False)
        return problem.exit_code
