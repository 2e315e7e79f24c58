"""A whole session leaves nothing readable and opens no connection, as seen by other programs."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.end2end.command_line import NOW, Mneme, turn, write_turns

CANARY = "xylophonic marmalade submarine 80417"
SHOWN = "QUIXOTIC LANTERN 55102"


def spellings(text: str) -> list[bytes]:
    plain = text.encode()
    return [plain, text.encode("utf-16-le"), *(base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3))]


def traces(folder: Path) -> list[tuple[str, bytes]]:
    needles = [needle for text in (CANARY, SHOWN, CANARY.split()[1]) for needle in spellings(text)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "nothing was searched"
    return [(str(path), needle) for path in files for needle in needles if needle in path.read_bytes()]


def picture_of(text: str, path: Path) -> Path:
    image = Image.new("RGB", (900, 160), "white")
    ImageDraw.Draw(image).text((40, 50), text, fill="black", font=ImageFont.load_default(40))
    image.save(path)
    return path


def a_whole_session(mneme: Mneme, sources: Path) -> None:
    """Take in, look at, sleep on, answer, carry away, forget."""
    turns = [turn(n, f"{CANARY}, said for the {n}. time by the pond.") for n in range(5)]
    mneme.run("import", str(write_turns(sources / "turns.jsonl", turns)), str(picture_of(SHOWN, sources / "s.png")))
    mneme.run("remember", f"Note: {CANARY}.")
    mneme.run("remember", "-", "--kind", "secret", typed=f"{CANARY}\n")
    assert CANARY in mneme.run("recall", "marmalade", "--json").out
    assert "LANTERN" in mneme.run("recall", "quixotic lantern", "--json").out.upper()
    mneme.run("ask", f"Who said {CANARY}?")
    mneme.run("sleep", "--json")
    mneme.run("backup", "make")
    mneme.run("recall", f'{CANARY} ("unbalanced', "--json")
    mneme.run("settings", "set", "no.such", CANARY, code=1)
    mneme.run("export", str(mneme.profile.parent / "out.mneme"), "--json")


def test_no_canary_is_found_in_any_file_after_a_whole_session(tmp_path: Path) -> None:
    sources, temporary, home = (tmp_path / name for name in ("sources", "temporary", "home"))
    for folder in (sources, temporary, home):
        folder.mkdir(mode=0o700)
    extra = {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    used = tmp_path / "used"
    used.mkdir(mode=0o700)
    mneme = Mneme(used / "profile", extra=extra)
    a_whole_session(mneme, sources)
    assert traces(sources), "the search itself must be able to find it"
    assert traces(used) == []
    left = [path for path in (*temporary.rglob("*"), *home.rglob("*")) if path.is_file()]
    assert [path for path in left if any(n in path.read_bytes() for n in spellings(CANARY))] == []
    closed = [path for path in (used / "profile").rglob("*") if path.stat().st_mode & 0o077]
    assert closed == []
    gone = mneme.run("forget", "--query", "marmalade", "--yes", "--json").one()
    assert gone["forgotten"]
    assert "marmalade" not in mneme.run("recall", "marmalade", "--json").out


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace shows the system calls")
def test_no_internet_socket_is_opened_in_a_session(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    calls = tmp_path / "calls"
    trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(calls)]
    seen = ""
    for arguments in (("remember", "The heron poster is done."), ("recall", "heron", "--json"), ("sleep",)):
        words = [*trace, *mneme.words(*arguments, "--now", NOW)]
        done = subprocess.run(words, capture_output=True, text=True, env=mneme.environment(), timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        seen += calls.read_text(errors="replace")
    assert "AF_UNIX" in seen, "strace saw nothing at all"
    assert "AF_INET" not in seen
