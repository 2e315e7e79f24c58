"""The command line as a person's shell starts it: real processes, their exit codes, what they print where."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse battery staple"
NOW = "2026-09-20T12:00:00+02:00"
_LONGEST_S = 240


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def one(self) -> dict[str, Any]:
        """The only object on stdout."""
        lines = self.objects()
        assert len(lines) == 1, self.out
        return lines[0]

    def last(self) -> dict[str, Any]:
        """The result after what was told on the way."""
        return self.objects()[-1]

    def objects(self) -> list[dict[str, Any]]:
        """stdout, line by line; every line is an object."""
        return [json.loads(line) for line in self.out.splitlines()]

    def saved(self) -> list[str]:
        """The ids that were called saved, commit by commit."""
        return [id for line in self.objects() if set(line) == {"saved"} for id in line["saved"]]


@dataclass(frozen=True)
class Mneme:
    """A profile and the program."""

    profile: Path
    passphrase: str | None = PASSPHRASE
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Without what the tests' own environment would lend."""
        lent = ("MNEME_PASSPHRASE", "MNEME_PROFILE", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
        kept = {name: value for name, value in os.environ.items() if name not in lent}
        kept |= {"PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        if self.passphrase is not None:
            kept["MNEME_PASSPHRASE"] = self.passphrase
        return kept | self.extra

    def words(self, *arguments: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "app", "--profile", str(self.profile), *arguments]

    def run(self, *arguments: str, code: int = 0, now: str = NOW, typed: str = "") -> Ended:
        """Run a command to its end; it exits with `code` and never shows a traceback."""
        words = self.words(*arguments) if "--now" in arguments else self.words("--now", now, *arguments)
        done = subprocess.run(
            words, capture_output=True, text=True, input=typed, env=self.environment(), timeout=_LONGEST_S, check=False
        )
        ended = Ended(done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in ended.out + ended.err, ended.err[-3000:]
        assert ended.code == code, (arguments, ended.code, ended.out[-2000:], ended.err[-2000:])
        return ended

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and go on."""
        return subprocess.Popen(
            self.words(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
        )

    def without_passphrase(self) -> "Mneme":
        """The same profile, and nothing to unlock it with."""
        return Mneme(self.profile, None, self.extra)

    @contextmanager
    def host(self) -> Iterator["subprocess.Popen[str]"]:
        """A host that stays: `mneme mcp` waiting for a client. Ends when its input ends."""
        process = self.start("mcp")
        try:
            guest = self.without_passphrase()
            for _ in range(600):
                done = subprocess.run(
                    guest.words("status", "--json"),
                    capture_output=True,
                    text=True,
                    env=guest.environment(),
                    check=False,
                )
                if done.returncode == 0 and not json.loads(done.stdout)["locked"]:
                    break
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(60)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def write_turns(path: Path, turns: list[dict[str, object]]) -> Path:
    """A conversation file."""
    path.write_text("".join(json.dumps(turn, ensure_ascii=False) + "\n" for turn in turns), encoding="utf-8")
    return path


def turn(
    number: int, text: str, *, conversation: str = "talk", speaker: str = "Ines", **more: object
) -> dict[str, object]:
    """One line of a conversation file, minutes apart on one summer morning, without an offset."""
    at = f"2026-07-{1 + number // 60:02d}T09:{number % 60:02d}:00"
    return {"conversation": conversation, "id": f"t{number}", "at": at, "speaker": speaker, "text": text, **more}
