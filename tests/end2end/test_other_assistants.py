"""`mneme mcp` spoken to by the protocol's own client in another process: consent, scopes, the log, taking back."""

import json
import subprocess
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.end2end.assistants import Other, Said, connected, talk
from tests.end2end.command_line import Mneme

EVERY_TOOL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("recall", {"question": "where is the spare key?"}),
    ("ask", {"question": "Where does the spare key hang?"}),
    ("coming_up", {}),
    ("remember", {"text": "Said by another assistant: the door was painted."}),
)


@pytest.fixture
def mneme(tmp_path: Path) -> Mneme:
    """A profile with a key, a secret and a salary."""
    made = Mneme(tmp_path / "profile")
    made.run("remember", "The spare key hangs behind the blue door.")
    made.run("remember", "-", "--kind", "secret", typed="the spare key's number is 90210\n")
    made.run("remember", "The spare key was paid from my salary of 4,711 euros.")
    return made


async def all_tools(other: Other) -> dict[str, Said]:
    """What each tool says."""
    return {tool: await other.use(tool, **arguments) for tool, arguments in EVERY_TOOL}


async def asked_to_recall(other: Other) -> Said:
    """What recall says."""
    return await other.use("recall", question="where is the spare key?")


def known(mneme: Mneme) -> dict[str, dict[str, Any]]:
    """The assistants by their names."""
    return {one["name"]: one for one in mneme.run("mcp", "clients", "--json").one()["clients"]}


def test_an_assistant_is_refused_and_asks_until_the_person_allows_it_by_its_name(mneme: Mneme) -> None:
    said = talk(mneme, "Scribe", all_tools)
    assert all(refused and "The person decides it" in text for refused, text in said.values())
    assert not any("mneme " in text for _, text in said.values())
    assert not any("blue door" in text or "4,711" in text or "90210" in text for _, text in said.values())
    assert known(mneme)["Scribe"]["standing"] == "asks"

    with mneme.host():
        mneme.without_passphrase().run("mcp", "allow", "Scribe", code=1)
    mneme.run("mcp", "allow", "Scribe")
    said = talk(mneme, "Scribe", all_tools)
    assert "blue door" in said["recall"].text
    assert "blue door" in said["ask"].text
    assert not any("4,711" in text or "90210" in text for _, text in said.values())
    assert [said[tool].refused for tool, _ in EVERY_TOOL] == [False, False, False, True]
    assert talk(mneme, "Another", asked_to_recall).refused

    mneme.run("mcp", "deny", "Scribe")
    assert talk(mneme, "Scribe", asked_to_recall).refused
    mneme.run("mcp", "forget", "Scribe")
    assert set(known(mneme)) == {"Another"}


def test_every_access_is_in_the_log_with_what_was_held_back_and_never_what_was_asked(mneme: Mneme) -> None:
    talk(mneme, "Scribe", all_tools)
    mneme.run("mcp", "allow", "Scribe")
    talk(mneme, "Scribe", all_tools)
    log = list(reversed(mneme.run("mcp", "log", "--json").one()["accesses"]))
    assert [line["refused"] for line in log] == [True] * 4 + [False] * 3 + [True]
    assert all(set(line) == {"at", "client", "tool", "given", "held_back", "refused"} for line in log)
    recalled = log[4]
    assert recalled["given"] == 1
    assert recalled["held_back"] >= 1
    said = mneme.run("mcp", "log").out
    assert "spare key" not in said
    assert f"{recalled['given']} given, {recalled['held_back']} held back" in said
    totals = known(mneme)["Scribe"]
    assert (totals["asked"], totals["refused"]) == (8, 5)


def test_scopes_are_the_persons_and_secrets_are_in_none(mneme: Mneme) -> None:
    mneme.run("mcp", "allow", "Scribe", "--sensitivity", "money")
    assert "4,711" in talk(mneme, "Scribe", asked_to_recall).text
    mneme.run("mcp", "allow", "Scribe", "--kinds", "procedural")
    assert json.loads(talk(mneme, "Scribe", asked_to_recall).text) == {"hits": []}
    mneme.run("mcp", "allow", "Scribe", "--kinds", "secret", code=1)
    mneme.run("mcp", "allow", "Scribe", "--kinds", "", code=1)
    mneme.run("mcp", "allow", "Scribe", "--sensitivity", "weather", code=1)
    assert known(mneme)["Scribe"]["kinds"] == ["procedural"]
    mneme.run("mcp", "allow", "Scribe", "--kinds", "semantic,episodic", "--sensitivity", "none")
    text = talk(mneme, "Scribe", asked_to_recall).text
    assert "blue door" in text
    assert "4,711" not in text
    assert "90210" not in text
    mneme.run("settings", "set", "mcp.paused", "true")
    assert talk(mneme, "Scribe", asked_to_recall) == Said(
        True, talk(mneme, "Somebody", asked_to_recall).text.replace("Somebody", "Scribe")
    )


def test_a_name_that_is_bound_to_a_key_is_nothing_without_it(mneme: Mneme) -> None:
    key = mneme.run("mcp", "allow", "Scribe", "--key", "--json").one()["key"]
    assert talk(mneme, "Scribe", asked_to_recall).refused
    assert talk(mneme, "Scribe", asked_to_recall, MNEME_CLIENT_KEY="guessed").refused
    assert not talk(mneme, "Scribe", asked_to_recall, MNEME_CLIENT_KEY=key).refused
    assert not talk(mneme, "whoever", asked_to_recall, "--client", "Scribe", MNEME_CLIENT_KEY=key).refused
    mneme.run("mcp", "allow", "Scribe", "--no-write")
    assert talk(mneme, "Scribe", asked_to_recall).refused
    mneme.run("mcp", "allow", "Scribe", "--no-key")
    assert not talk(mneme, "Scribe", asked_to_recall).refused


def test_what_an_assistant_writes_is_its_own_word_nothing_is_learnt_from_it_and_it_is_taken_back(mneme: Mneme) -> None:
    claimed = "My name is Robin and I moved to Lisbon. My favourite colour is ochre."
    mneme.run("mcp", "allow", "me", "--write")
    assert not talk(mneme, "me", lambda other: other.use("remember", text=claimed)).refused
    mneme.run("sleep")
    kept = mneme.run("memories", "list", "--query", "ochre", "--json").one()["memories"]
    assert [one["facet"] for one in kept] == ["note"]
    assert kept[0]["app"] == "me"
    assert kept[0]["speaker"] == "me (assistant)"
    assert not mneme.run("memories", "list", "--query", "lisbon", "--kind", "core", "--json").one()["memories"]
    gone = mneme.run("mcp", "forget", "me", "--notes", "--yes", "--json").one()
    assert gone["notes"] == 1
    assert not mneme.run("memories", "list", "--query", "ochre", "--json").one()["memories"]


def test_two_assistants_at_once_are_told_apart_and_both_are_answered(mneme: Mneme) -> None:
    mneme.run("mcp", "allow", "One")
    mneme.run("mcp", "allow", "Two", "--sensitivity", "money")

    async def both() -> dict[str, list[Said]]:
        said: dict[str, list[Said]] = {"One": [], "Two": [], "Three": []}

        async def ask(name: str) -> None:
            async with connected(mneme, name) as other:
                for _ in range(5):
                    said[name].append(await asked_to_recall(other))

        async with anyio.create_task_group() as group:
            for name in said:
                group.start_soon(ask, name)
        return said

    said = anyio.run(both)
    assert all("blue door" in one.text and "4,711" not in one.text for one in said["One"])
    assert all("blue door" in one.text and "4,711" in one.text for one in said["Two"])
    assert all(one.refused for one in said["Three"])
    assert [known(mneme)[name]["asked"] for name in said] == [5, 5, 5]


def test_a_lock_in_the_middle_ends_all_reading(mneme: Mneme) -> None:
    mneme.run("mcp", "allow", "Scribe")

    async def locked_meanwhile(other: Other) -> tuple[Said, Said]:
        before = await asked_to_recall(other)
        await anyio.to_thread.run_sync(lambda: mneme.without_passphrase().run("lock"))
        return before, await asked_to_recall(other)

    before, after = talk(mneme, "Scribe", locked_meanwhile)
    assert "blue door" in before.text
    assert after.refused
    assert "Mneme is locked." in after.text


BAD_ARGUMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("recall", {"question": ""}),
    ("recall", {"question": "\u200b\u202e\u0000"}),
    ("recall", {"question": "x" * 10_001}),
    ("recall", {"question": "key", "k": "many"}),
    ("recall", {"question": ["key"]}),
    ("recall", {}),
    ("ask", {"question": "y" * 300_000}),
    ("remember", {"text": "z" * 500_000}),
    ("remember", {"text": " \u2060 "}),
    ("no such tool", {}),
)
GOOD_ARGUMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("recall", {"question": 'key" OR (NEAR/2 *^ : --; DROP TABLE memory', "k": -5}),
    ("recall", {"question": "spare key \U000e0041\u0301" + "\u0301" * 500, "k": 10**9}),
    ("ask", {"question": "Where does the spare key hang? مرحبا 買い物 🙂"}),
)


def test_bad_arguments_are_answered_with_a_sentence_and_the_next_question_as_ever(mneme: Mneme) -> None:
    mneme.run("mcp", "allow", "Scribe", "--write")

    async def torment(other: Other) -> tuple[list[Said], list[Said], Said]:
        bad = []
        for tool, arguments in BAD_ARGUMENTS:
            bad.append(await other.use(tool, **arguments))
        good = [await other.use(tool, **arguments) for tool, arguments in GOOD_ARGUMENTS]
        return bad, good, await asked_to_recall(other)

    bad, good, last = talk(mneme, "Scribe", torment)
    assert [said.refused for said in bad] == [True] * len(BAD_ARGUMENTS)
    assert all(said.text and "Traceback" not in said.text and len(said.text) < 2_000 for said in bad)
    assert [said.refused for said in good] == [False] * len(GOOD_ARGUMENTS)
    assert "blue door" in last.text


def test_a_name_of_any_length_and_script_is_kept_as_what_can_be_seen_of_it(mneme: Mneme) -> None:
    for name in ("", "\u202eeduaC\u200b", "N" * 100_000, "two\nlines; rm -rf 'x'", "名前"):
        assert talk(mneme, name, asked_to_recall).refused
    assert set(known(mneme)) == {"unknown", "eduaC", "N" * 60, "two lines; rm -rf 'x'", "名前"}


def test_lines_without_end_broken_bytes_and_a_client_that_is_killed_harm_nobody(mneme: Mneme) -> None:
    mneme.run("mcp", "allow", "Scribe")
    process = subprocess.Popen(
        mneme.words("mcp"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=mneme.environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "Scribe", "version": "1"},
        },
    }
    asking = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "recall", "arguments": {"question": "spare key"}},
    }
    for _ in range(64):
        process.stdin.write(b'{"a": "' + b"x" * (1 << 20))
    process.stdin.write(b"\n\xff\xfe\x00 not json \xed\xa0\x80\n[]\nnull\n" + b"[" * 5_000 + b"\n")
    process.stdin.write(json.dumps(hello).encode() + b"\n")
    process.stdin.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
    process.stdin.write(json.dumps(asking).encode() + b"\n")
    process.stdin.flush()
    answered: dict[int, Any] = {}
    while 2 not in answered:
        line = process.stdout.readline()
        assert line, "it went away"
        frame = json.loads(line)
        answered[frame.get("id") or 0] = frame
    assert "blue door" in json.dumps(answered[2])
    most_mb = int(Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    assert most_mb < 600, most_mb
    process.stdin.write(json.dumps(asking | {"id": 3}).encode() + b"\n")
    process.stdin.flush()
    process.kill()
    process.wait(60)
    process.stdin.close()
    process.stdout.close()
    assert "blue door" in talk(mneme, "Scribe", asked_to_recall).text
