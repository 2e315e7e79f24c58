"""Conversations on standard input and from files of other programs, by real commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end2end.command_line import Mneme
from tests.exported import chats

CHAT = "[14:05, 15/03/2024] Dana: The boiler leaks.\n[14:06, 15/03/2024] Kim: I call the plumber.\n"


@pytest.fixture(scope="module")
def mneme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mneme]:
    alone = Mneme(tmp_path_factory.mktemp("typed") / "profile")
    alone.run("settings", "set", "person.zone", "Europe/Berlin")
    with alone.host():
        yield alone.without_passphrase()


def test_a_conversation_on_standard_input_is_kept_as_its_turns(mneme: Mneme) -> None:
    ended = mneme.run("remember", "-", "--no-wait", typed=CHAT)
    assert ended.out == "2 turns: 2 new, 0 known, 0 skipped.\n"
    assert "copied chat" in ended.err
    assert "Dana, Kim" in ended.err
    told = mneme.run("remember", "-", "--no-wait", "--json", typed=CHAT).last()
    assert (told["saved"], told["known"], told["turns"], told["speakers"]) == ([], 2, 2, ["Dana", "Kim"])


def test_a_note_on_standard_input_stays_one_and_a_conversation_where_it_is_wanted(mneme: Mneme) -> None:
    assert mneme.run("remember", "-", "--no-wait", typed="Milk: two\nBread: one\n").out == "Saved.\n"
    assert mneme.run("remember", "-", "--no-wait", "--as-note", typed=CHAT).out == "Saved.\n"
    assert mneme.run("remember", CHAT.replace("boiler", "kettle"), "--no-wait").out == "Saved.\n"


def test_an_import_tells_what_it_recognised_and_what_it_left_out(mneme: Mneme, tmp_path: Path) -> None:
    file = tmp_path / "WhatsApp Chat with Dana Miller.txt"
    file.write_text(chats.whatsapp_android(), encoding="utf-8")
    ended = mneme.run("import", str(file), "--no-wait")
    told = " ".join(ended.out.split())
    assert told.startswith(
        "WhatsApp chat: 4 read, 4 new, 0 known, 0 newer versions, 0 forgotten here before, 5 skipped."
    )
    assert "a message that was deleted" in told


def test_a_relative_watched_folder_is_refused_in_a_sentence(mneme: Mneme) -> None:
    ended = mneme.run("settings", "set", "conversations.folder", "inbox", code=1)
    assert "write the whole path" in " ".join(ended.err.split())
