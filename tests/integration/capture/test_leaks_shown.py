"""Guarantee 7 where other programs show it: titles of what is left out in lists and menus, passwords in terminals."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.preview import look_once
from core.capture.rules import Rule
from core.capture.screen.terminals import AT_WORK
from tests.integration.capture.at_work import recording_at_work
from tests.integration.capture.conftest import Watch
from tests.integration.capture.test_screen import said, settle
from tests.integration.capture.watching import Kept, Watching
from tests.xserver import Desk

pytestmark = pytest.mark.display
LIST = said("0x0080000c  0 host vault - KeePassXC\\n0x00a0000c  0 host an ordinary letter")
LETTER = said("quetzalcoatl heron")


def words(kept: list[Kept]) -> str:
    return " ".join(one.observation.text for one in kept)


def look(watching: Watching) -> list[Kept]:
    watching.look()
    return watching.read()


@pytest.mark.parametrize("shown", [True, False], ids=["shown", "minimised"])
def test_a_window_that_shows_the_title_of_what_is_left_out_is_left_out_and_no_other(
    screen: Desk, watch: Watch, shown: bool
) -> None:
    """A list of windows to choose from, in a program that nobody knows for it: there may be its picture too."""
    secret = screen.xterm("vault - KeePassXC", geometry="30x4+700+500")
    if not shown:
        screen.run("xdotool", "windowminimize", str(secret))
    screen.xterm("windows", geometry="70x6+10+10", shell=LIST)
    screen.xterm("letter", geometry="40x6+10+400", shell=LETTER)
    settle(screen)
    watching = watch()
    kept = look(watching)
    assert "heron" in words(kept)
    assert not any(
        word in repr(one.observation) for one in kept for word in ("KeePass", "vault", "ordinary", "windows")
    )
    assert not kept[0].pixels[60:110, 30:600].any()


def test_a_title_in_a_list_costs_nothing_where_no_such_window_is_left_out(screen: Desk, watch: Watch) -> None:
    screen.xterm("windows", geometry="70x6+10+10", shell=LIST)
    settle(screen)
    watching = watch()
    assert "ordinary" in words(look(watching))


def test_a_page_that_was_read_before_is_left_out_when_the_window_that_it_lists_is(screen: Desk, watch: Watch) -> None:
    """Words that are known from an earlier look are looked through like those that are read."""
    screen.xterm("windows", geometry="70x6+10+10", shell=LIST)
    settle(screen)
    watching = watch()
    assert "KeePassXC" in words(look(watching)), "no such window was there yet"
    screen.xterm("vault - KeePassXC", geometry="30x4+700+500")
    screen.xterm("letter", geometry="40x6+10+400", shell=LETTER)
    settle(screen)
    kept = look(watching)
    assert "heron" in words(kept)
    assert "KeePass" not in repr([one.observation for one in kept])


# -- in a terminal


def test_a_terminal_is_left_out_while_a_program_for_passwords_runs_in_it(screen: Desk, watch: Watch) -> None:
    command = screen.home / "pass"
    command.write_text("#!/bin/sh\nprintf 'quetzalcoatl\\n'\nsleep 600\n")
    command.chmod(0o700)
    screen.xterm("shell", shell=f"{command}; exec cat", geometry="40x6+10+10")
    screen.xterm("letter", geometry="40x6+10+400", shell=said("heron"))
    settle(screen)
    watching = watch()
    kept = look(watching)
    assert "heron" in words(kept)
    assert "quetzalcoatl" not in repr([one.observation for one in kept])
    assert "shell" not in repr([one.observation.provenance for one in kept])


def test_the_preview_shows_no_terminal_with_such_a_program(
    screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    command = screen.home / "pass"
    command.write_text("#!/bin/sh\nsleep 600\n")
    command.chmod(0o700)
    screen.xterm("shell", shell=f"{command}; exec cat", geometry="40x6+10+10")
    screen.xterm("letter", geometry="40x6+10+400", shell=said("heron"))
    settle(screen)
    with recording_at_work(tmp_path) as at_work:
        listed, _, sentences = look_once(at_work.host)
    assert sorted(listed) == [("xterm", "", AT_WORK), ("xterm", "letter", "")]
    assert f"Blacked out: xterm - {AT_WORK}." in sentences


def test_a_rule_about_a_program_holds_in_a_terminal(screen: Desk, watch: Watch) -> None:
    command = screen.home / "diary"
    shutil.copy("/bin/sleep", command)
    screen.xterm("shell", shell=f"printf 'quetzalcoatl\\n'; {command} 600", geometry="40x6+10+10")
    screen.xterm("letter", geometry="40x6+10+400", shell=said("heron"))
    settle(screen)
    for rules, told in (((Rule(field="app", pattern="diary"),), False), ((Rule(field="app", pattern="dairy"),), True)):
        watching = watch(rules=rules, root=screen.home / f"profile-{told}")
        kept = look(watching)
        assert ("quetzalcoatl" in words(kept), "heron" in words(kept)) == (told, True)


@pytest.mark.skipif(shutil.which("pinentry-curses") is None, reason="needs pinentry-curses")
def test_a_terminal_is_left_out_while_a_passphrase_is_asked_for_in_it(screen: Desk, watch: Watch) -> None:
    """Started by a service, it is nobody's child and asks in a terminal all the same."""
    note = screen.home / "tty"
    screen.xterm("shell", shell=f"tty > {note}; exec sleep 600", geometry="70x14+10+10")
    screen.xterm("letter", geometry="40x6+10+500", shell=said("heron"))
    screen.wait(lambda: note.exists() and note.read_text().startswith("/dev/"), "no terminal")
    command = ["pinentry-curses", "--ttyname", note.read_text().strip(), "--ttytype", "xterm"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=screen.environment) as asks:
        assert asks.stdin is not None
        asks.stdin.write(b"SETDESC Passphrase for quetzalcoatl\nGETPIN\n")
        asks.stdin.flush()
        settle(screen)
        kept = look(watch())
        asks.kill()
    assert "heron" in words(kept)
    assert "Passphrase" not in words(kept)
    assert "shell" not in repr([one.observation.provenance for one in kept])
