"""Makes or completes the virtual environment beside the checkout: pinned, hash-checked, told on stderr.

Standard library only; run by `./mneme`, `mneme.cmd` and `./run-tests`. A second run does nothing.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ENV = ROOT / ".venv"
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BUILT = "llama-cpp-python"
"""The one package that may have to be compiled."""
_START = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==")


def say(line: str) -> None:
    """One line for the person, on stderr: stdout holds results only."""
    print(line, file=sys.stderr, flush=True)


def requirements(lock: Path) -> dict[str, str]:
    """name -> its lines in the lock file (version, marker, hashes)."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        start = _START.match(line)
        if start:
            name = f"{start[1]} {line.partition(';')[2]}"
            found[name] = []
        if name and line.strip() and not line.lstrip().startswith("#"):
            found[name].append(line)
    return {name.split()[0] if name.endswith(" ") else name: "\n".join(lines) for name, lines in found.items()}


@contextmanager
def ticking(what: str) -> Iterator[None]:
    """Shows on a terminal that something long is under way."""
    ended = threading.Event()

    def tick() -> None:
        began = time.monotonic()
        while not ended.wait(1.0):
            sys.stderr.write(f"\r  {what}: {time.monotonic() - began:4.0f} s ")
            sys.stderr.flush()
        sys.stderr.write("\r" + " " * 70 + "\r")

    thread = threading.Thread(target=tick, daemon=True)
    if sys.stderr.isatty():
        thread.start()
    else:
        say(f"  {what} ...")
    try:
        yield
    finally:
        ended.set()
        if thread.is_alive():
            thread.join()


def pip(lines: list[str], what: str) -> tuple[bool, str]:
    """Install these pinned requirements. Returns whether it worked, and the end of what pip said."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
        command += ["--disable-pip-version-check", "--progress-bar", "off", "-q", "-r", str(wanted)]
        with ticking(what):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr)[-1500:]


def make_env() -> None:
    """The environment itself; a sentence where Debian keeps `venv` in another package."""
    try:
        venv.create(ENV, with_pip=True, clear=ENV.exists() and not PYTHON.exists())
    except (subprocess.CalledProcessError, OSError, SystemExit):
        shutil.rmtree(ENV, ignore_errors=True)
        say("Python's venv module does not work here.")
        say("Debian, Ubuntu: sudo apt install python3-venv   Fedora: sudo dnf install python3")
        raise SystemExit(1) from None


def compiler() -> bool:
    """Whether something that compiles C++ is at hand."""
    names = ("cl", "g++", "clang++") if os.name == "nt" else ("c++", "g++", "clang++")
    return any(shutil.which(name) for name in names)


def install(lock: Path) -> None:
    """Everything in the lock; the language model's library apart, so that Mneme runs without a compiler."""
    parts = requirements(lock)
    built = parts.pop(BUILT)
    say(f"Setting up Mneme in {ENV.name}: {len(parts) + 1} pinned packages, once. Nothing is installed elsewhere.")
    worked, said = pip(list(parts.values()), f"fetching {len(parts)} packages")
    if not worked:
        say(said.strip())
        say("The packages could not be fetched. Check the network connection, then start Mneme again.")
        raise SystemExit(1)
    worked, said = pip([built], "building the model library (about 5 minutes, only this once)")
    if not worked:
        if compiler():
            say(said.strip())
        say("The model library could not be built: " + ("see above." if compiler() else "there is no C++ compiler."))
        say("Mneme runs all the same, but finds by words only and answers without a model.")
        say("To have both: install a compiler (Debian, Ubuntu: sudo apt install g++   macOS: xcode-select --install")
        say("  Windows: Visual Studio Build Tools), remove the folder .venv, and start Mneme again.")


def main() -> None:
    """`--dev` also installs what the tests need."""
    dev = "--dev" in sys.argv[1:]
    lock = HERE / ("requirements-dev.lock" if dev else "requirements.lock")
    stamp = ENV / f"mneme-{lock.name}"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    if not PYTHON.exists():
        make_env()
    began = time.monotonic()
    install(lock)
    for done in {lock, HERE / "requirements.lock"}:
        shutil.copyfile(done, ENV / f"mneme-{done.name}")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    say(f"Ready after {time.monotonic() - began:.0f} s (lock {digest}).")


if __name__ == "__main__":
    main()
