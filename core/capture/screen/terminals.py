"""What runs in a terminal: its window has a name of its own and says nothing of the program that is at work in it."""

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.capture.rules import Rule, first_match, is_one_of, seeds
from core.capture.screen.windows import VisibleWindow

AT_WORK = "a program that is left out, or one for passwords, runs in this terminal"
_MULTIPLEXERS = ("tmux", "screen")
"""Their programs run beside the terminal that shows them."""
_PARENT, _TTY = 1, 4
"""Of what `stat` tells after the name."""
_MOST = 512
"""Processes that are looked through below one terminal."""
_INTERPRETERS = re.compile(r"(?:python|perl|ruby|node|java|bash|sh|dash|zsh|bun|deno|electron)[\d.]*")
"""Whose first word that is no option names the program."""


@dataclass(frozen=True, slots=True)
class _Processes:
    """All of this machine at one moment."""

    names: dict[int, str] = field(default_factory=dict)
    children: dict[int, list[int]] = field(default_factory=dict)
    ttys: dict[int, int] = field(default_factory=dict)
    """The number of the terminal's device that each belongs to."""


def at_work_in_secret(
    windows: Sequence[VisibleWindow], rules: Sequence[Rule], proc: Path = Path("/proc")
) -> tuple[VisibleWindow, ...]:
    """The terminals in which a program is at work that is left out, or that shows or asks for passwords.

    `proc`: Linux's files of processes; where there are none nothing is found. Costs some milliseconds where a window
    is a terminal's.
    """
    terminals = [one for one in windows if one.pid and is_one_of(one, seeds().terminals)]
    if not terminals:
        return ()
    running = _all(proc)
    asking = [tty for pid, name in running.names.items() if name in seeds().asking for tty in _asks_in(pid, proc)]
    about = [rule for rule in rules if rule.field in ("app", "any")]
    found: dict[int, bool] = {}
    for pid in dict.fromkeys(one.pid for one in terminals):
        below = tuple(_below(pid, running))
        names = {name for one in below for name in _names(one, running, proc)}
        found[pid] = any(_secret(name, about) for name in names) or any(running.ttys[one] in asking for one in below)
    return tuple(one for one in terminals if found[one.pid])


def _secret(name: str, rules: Iterable[Rule]) -> bool:
    window = VisibleWindow(app=name, title="", geometry=None)
    return name in seeds().at_work or first_match(rules, window) is not None


def _all(proc: Path) -> _Processes:
    found = _Processes()
    with suppress(OSError):
        for one in proc.iterdir():
            if not one.name.isdigit():
                continue
            with suppress(OSError, ValueError, IndexError):
                said = (one / "stat").read_text(encoding="utf-8", errors="replace")
                before, _, after = said.rpartition(")")
                pid, told = int(one.name), after.split()
                found.names[pid], found.ttys[pid] = before.partition("(")[2], int(told[_TTY])
                found.children.setdefault(int(told[_PARENT]), []).append(pid)
    return found


def _asks_in(pid: int, proc: Path) -> Iterator[int]:
    """The devices of the terminals that a process has open."""
    with suppress(OSError):
        for one in (proc / str(pid) / "fd").iterdir():
            with suppress(OSError):
                if one.readlink().is_relative_to("/dev") and stat.S_ISCHR(one.stat().st_mode):
                    yield one.stat().st_rdev


def _below(pid: int, running: _Processes) -> Iterator[int]:
    """The processes that were started in a terminal, those that a multiplexer shows in it too."""
    waiting, seen = [pid], {pid}
    while waiting and len(seen) < _MOST:
        for child in running.children.get(waiting.pop(), ()):
            if child in seen:
                continue
            seen.add(child)
            waiting.append(child)
            yield child
            if running.names[child].casefold().startswith(_MULTIPLEXERS):
                servers = [one for one, name in running.names.items() if name.casefold().startswith(_MULTIPLEXERS)]
                waiting += [one for one in servers if one not in seen]
                seen.update(servers)


def _names(pid: int, running: _Processes, proc: Path) -> Iterator[str]:
    yield running.names[pid]
    with suppress(OSError):
        words = (proc / str(pid) / "cmdline").read_bytes()[:4096].decode("utf-8", "replace").split("\x00")
        first = words[0].rpartition("/")[2]
        yield first
        if _INTERPRETERS.fullmatch(first):
            yield from [word.rpartition("/")[2] for word in words[1:] if word and not word.startswith("-")][:1]
