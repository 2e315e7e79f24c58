"""Programs of the tests' own on a real message bus, in processes of their own, and the registry that lists them."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

from tests.played_tree import Registry

PATIENCE_S = 30.0
Tree = dict[str, dict[str, Any]]


@dataclass
class Program:
    """A program of the tests, and what it was asked."""

    process: subprocess.Popen[str]
    name: str
    _asked: list[str] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    @property
    def pid(self) -> int:
        return self.process.pid

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self._asked.append(line.strip())
                self._more.notify_all()

    def change(self, tree: Tree) -> None:
        """Tell something else from now on."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(tree) + "\n")
        self.process.stdin.flush()
        with self._more:
            assert self._more.wait_for(lambda: "changed" in self._asked, PATIENCE_S)
            self._asked.remove("changed")

    @property
    def asked(self) -> list[str]:
        """Every call until now, as "path member"."""
        connection = open_dbus_connection("SESSION")
        connection.send_and_get_reply(new_method_call(DBusAddress("/mark", self.name), "Mark"))
        connection.close()
        with self._more:
            assert self._more.wait_for(lambda: "/mark Mark" in self._asked, PATIENCE_S)
            self._asked.remove("/mark Mark")
            return list(self._asked)


class Programs:
    """A desktop's programs and their registry."""

    def __init__(self) -> None:
        self.registry = Registry(os.environ["DBUS_SESSION_BUS_ADDRESS"])
        self._threads = [threading.Thread(target=self.registry.serve, daemon=True)]
        self._threads[0].start()
        self.started: list[Program] = []

    def start(self, tree: Tree) -> Program:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.played_tree"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(tree) + "\n")
        process.stdin.flush()
        program = Program(process, process.stdout.readline().strip())
        self._threads.append(threading.Thread(target=program.listen, daemon=True))
        self._threads[-1].start()
        self.started.append(program)
        self.registry.programs.append(program.name)
        return program

    def close(self) -> None:
        for program in self.started:
            with suppress(ProcessLookupError):
                os.kill(program.pid, signal.SIGCONT)
            program.process.kill()
            program.process.wait(PATIENCE_S)
        with suppress(OSError):
            self.registry.connection.sock.shutdown(2)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self.registry.connection.close()
        for program in self.started:
            for pipe in (program.process.stdin, program.process.stdout):
                assert pipe is not None
                pipe.close()
