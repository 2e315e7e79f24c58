"""Guarantee 7 under attack: what belongs to a window that is left out, or shows it, leaves no pixel and no title."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from Xlib import X, Xatom

from app.commands.administration import rules as rules_command
from app.commands.request import Reply
from app.kept_rules import kept_under
from core.capture.rules import Rule
from core.capture.screen.windows import VisibleWindow
from core.capture.screen.x11 import X11Windows
from core.memory import Selection
from tests.integration.capture.at_work import AtWork, recording_at_work
from tests.integration.capture.clients import Client
from tests.integration.capture.conftest import Watch
from tests.integration.capture.leaking import BLUE, PAYROLL, RED, SECRET, kind, leaked, letter, managed, waiting
from tests.integration.capture.test_screen import said, settle
from tests.xserver import Desk

pytestmark = pytest.mark.display


# -- what belongs to a window that is left out


def test_a_dialog_of_a_window_that_is_left_out_by_its_title_goes_with_it(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    parent = client.window(b"Payroll.ods", place=SECRET, shade=RED)
    dialog = other.window(b"Save as", place=(450, 100, 200, 200), shade=RED)
    dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    inner = other.window(b"Replace?", place=(450, 400, 200, 100), shade=RED)
    inner.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [dialog.id])
    letter(client)
    other.display.sync()
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Save as", "Replace", "Payroll") == (0, [])


def test_a_dialog_whose_window_is_minimised_goes_with_it_too(client: Client, watch: Watch, bare: Desk) -> None:
    parent = managed(client, client.window(b"Payroll.ods", place=SECRET, shade=RED), shown=False)
    dialog = client.window(b"Save as", place=(450, 100, 200, 200), shade=RED)
    dialog.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching, "Save as") == (0, [])


def test_dialogs_that_name_each_other_as_their_window_end_no_look(client: Client, watch: Watch, bare: Desk) -> None:
    one, two = client.window(b"one", place=SECRET), client.window(b"two", place=(450, 100, 200, 200))
    for window, parent in ((one, two), (two, one)):
        window.change_property(Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, [parent.id])
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "one", "two") == (0, ["one", "two"])


def test_a_menu_with_a_title_goes_with_its_program_whatever_it_is_called(
    client: Client, watch: Watch, bare: Desk
) -> None:
    client.window(b"Payroll.ods", place=SECRET, shade=RED)
    client.window(b"Context menu", place=(450, 100, 200, 200), shade=RED, override=True)
    with closing(Client(bare.display)) as elsewhere:
        letter(elsewhere)
        watching = watch(bare, rules=(PAYROLL,))
        watching.look()
    assert leaked(watching, "Context")[0] == 0


def test_a_list_that_covers_all_of_its_window_is_left_out_with_it(client: Client, watch: Watch, bare: Desk) -> None:
    client.window(b"Payroll.ods", place=SECRET, shade=RED)
    client.window(b"", place=(90, 90, 400, 300), shade=RED, override=True)
    letter(client)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching)[0] == 0


def test_what_another_program_pops_up_while_one_works_in_what_is_left_out_is_left_out(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """An input method's list of candidates shows what is being typed."""
    secret = client.window(b"Payroll.ods", place=SECRET, shade=RED)
    secret.set_input_focus(X.RevertToParent, X.CurrentTime)
    client.display.sync()
    other.window(b"", place=(120, 320, 300, 40), shade=RED, override=True, cls=b"ibus-ui-gtk3\x00Ibus-ui-gtk3\x00")
    letter(other)
    watching = watch(bare, rules=(PAYROLL,))
    watching.look()
    assert leaked(watching)[0] == 0


def test_a_notice_is_left_out_while_a_rule_of_the_persons_leaves_programs_out(
    client: Client, watch: Watch, bare: Desk
) -> None:
    notice = client.window(b"notice", place=SECRET, shade=RED, override=True, cls=b"dunst\x00Dunst\x00")
    kind(client, notice, "NOTIFICATION")
    letter(client)
    watching = watch(bare, rules=(Rule(field="app", pattern="signal-desktop"),))
    watching.look()
    assert leaked(watching)[0] == 0
    free = watch(bare, rules=(replace(PAYROLL, seeded=True),), root=bare.home / "free")
    free.look()
    assert leaked(free)[0] == 300 * 200


# -- what shows a window that is left out


@pytest.mark.parametrize("hidden", [False, True], ids=["visible", "minimised"])
@pytest.mark.parametrize("shows", ["a panel", "its tooltip", "a switcher", "a screenshot tool", "a magnifier"])
def test_what_may_show_the_titles_or_pictures_of_other_windows_is_left_out_while_one_is(
    client: Client, other: Client, watch: Watch, bare: Desk, shows: str, hidden: bool
) -> None:
    classes = {
        "a switcher": b"rofi\x00Rofi\x00",
        "a screenshot tool": b"flameshot\x00flameshot\x00",
        "a magnifier": b"kmag\x00kmag\x00",
    }
    managed(client, client.window(b"vault - KeePassXC", place=SECRET, shade=RED), shown=not hidden)
    letter(client)
    override = shows != "a panel"
    shown = other.window(
        b"", place=(0, 700, 600, 40), shade=RED, override=override, cls=classes.get(shows, b"x\x00X\x00")
    )
    if shows in ("a panel", "its tooltip"):
        kind(other, shown, "DOCK" if shows == "a panel" else "TOOLTIP")
    if shows == "its tooltip":
        kind(other, other.window(b"panel", place=(0, 760, 600, 40), shade=RED), "DOCK")
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_a_panel_is_kept_where_nothing_is_left_out(client: Client, watch: Watch, bare: Desk) -> None:
    kind(client, client.window(b"panel", place=(0, 760, 600, 40), shade=RED), "DOCK")
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == 600 * 40


def test_what_the_window_manager_itself_shows_is_left_out_while_a_window_is(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """The list that alt-tab shows, and the bars of tabs above windows."""
    check = other.window(b"manager", place=(-50, -50, 1, 1))
    other.root.change_property(other.display.intern_atom("_NET_SUPPORTING_WM_CHECK"), Xatom.WINDOW, 32, [check.id])
    other.window(b"", cls=b"", place=(400, 300, 300, 80), shade=RED, override=True)
    other.display.sync()
    managed(client, client.window(b"vault - KeePassXC", place=SECRET, shade=RED), shown=False)
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching)[0] == 0


# -- windows within windows


def test_a_window_that_was_not_yet_in_its_frame_at_the_first_look_is_found_at_the_next(
    client: Client, watch: Watch, bare: Desk
) -> None:
    frame = client.window(place=SECRET, cls=b"", override=True, shade=0x808080)
    letter(client)
    watching = watch(bare)
    watching.look()
    waiting(watching)
    inside = client.window(b"vault - KeePassXC", place=(0, 0, 292, 172), parent=frame, shade=RED)
    managed(client, inside)
    watching.look()
    client.window(b"more", place=(700, 100, 300, 200), shade=BLUE)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def test_of_several_windows_in_one_frame_each_is_judged(
    client: Client, other: Client, watch: Watch, bare: Desk
) -> None:
    """Tabs of fluxbox and pekwm: all are in the frame, one lies on top."""
    made = client.window(place=SECRET, cls=b"", override=True, shade=0x808080)
    frame = other.display.create_resource_object("window", made.id)
    managed(other, other.window(b"notes", place=(0, 20, 300, 180), parent=frame, shade=BLUE))
    managed(other, other.window(b"vault - KeePassXC", place=(0, 20, 300, 180), parent=frame, shade=RED))
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


@pytest.mark.parametrize("deep", [1, 2, 3])
def test_a_program_that_is_embedded_in_another_ones_window_is_judged(
    client: Client, other: Client, watch: Watch, bare: Desk, deep: int
) -> None:
    socket = managed(client, client.window(b"tabs", place=SECRET, shade=BLUE))
    for _ in range(deep - 1):
        socket = client.window(cls=b"", place=(0, 0, 300, 200), parent=socket, shade=BLUE)
    plug = other.window(b"vault - KeePassXC", place=(0, 0, 10, 10), shade=RED, override=True)
    plug.reparent(socket, 0, 20)
    plug.configure(width=300, height=180)
    other.display.sync()
    letter(client)
    watching = watch(bare)
    watching.look()
    assert leaked(watching, "KeePassXC") == (0, [])


def visible(on: Desk) -> tuple[VisibleWindow, ...]:
    with closing(X11Windows(frozenset(), on.display)) as windows:
        return windows.visible()


def test_a_window_that_says_it_is_a_browser_is_one_whatever_it_is_called(client: Client, bare: Desk) -> None:
    window = client.window(b"page", cls=b"newbrowser\x00Newbrowser\x00")
    role = client.display.intern_atom("WM_WINDOW_ROLE")
    window.change_property(role, Xatom.STRING, 8, b"browser")
    client.display.sync()
    (one,) = visible(bare)
    assert one.browser


# -- what was kept before there was the rule

SILENT = Reply(send=lambda _: None)


@pytest.fixture
def at_work(screen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    monkeypatch.setenv("DISPLAY", screen.display)
    with recording_at_work(tmp_path) as made:
        yield made


def test_a_rule_that_comes_while_a_frame_waits_to_be_read_holds_for_that_frame(screen: Desk, at_work: AtWork) -> None:
    screen.xterm("diary", shell=said("quetzalcoatl heron"))
    settle(screen)
    assert at_work.look() == 1
    at_work.host.add_rule("title", "diary")
    at_work.read()
    kept = at_work.host.assistant.memories(Selection(source="screen"))
    assert not any("heron" in repr(one) or "diary" in repr(one) for one in kept)


def test_what_was_kept_before_there_was_a_rule_is_named_with_it_and_can_be_forgotten(
    screen: Desk, at_work: AtWork
) -> None:
    screen.xterm("diary", shell=said("quetzalcoatl heron"))
    settle(screen)
    at_work.look()
    at_work.read()
    assert at_work.finds("heron")
    told = rules_command(at_work.host, {"action": "add", "by": "title", "pattern": "diary"}, at_work.now, SILENT)
    assert told["kept_before"] == 1
    added = max(one["id"] for one in told["rules"])
    found = rules_command(at_work.host, {"action": "before", "id": added}, at_work.now, SILENT)["found"]
    assert len(found) == 1
    at_work.host.assistant.forget(kept_under(at_work.host.assistant, "title", "diary"))
    assert not at_work.finds("heron")
    assert kept_under(at_work.host.assistant, "title", "diary") == ()
    assert kept_under(at_work.host.assistant, "app", "another") == ()
