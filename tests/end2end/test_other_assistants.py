"""`mneme mcp` spoken to by the protocol's own client in another process."""

import sys
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.end2end.command_line import ROOT, Mneme

ASKED = (
    ("recall", {"question": "where is the spare key?"}),
    ("ask", {"question": "Where does the spare key hang?"}),
    ("coming_up", {}),
    ("remember", {"text": "Said by another assistant: the door was painted."}),
)


def asked_through_mcp(mneme: Mneme) -> tuple[list[str], dict[str, tuple[bool, str]]]:
    """The names of the tools, and what each said: (refused, text)."""

    async def talk() -> tuple[list[str], dict[str, tuple[bool, str]]]:
        words = mneme.words("mcp")
        server = StdioServerParameters(command=sys.executable, args=words[1:], cwd=str(ROOT), env=mneme.environment())
        async with Client(stdio_client(server)) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            said: dict[str, tuple[bool, str]] = {}
            for name, arguments in ASKED:
                result = await client.call_tool(name, arguments)
                said[name] = (bool(result.is_error), getattr(result.content[0], "text", ""))
            return tools, said

    return anyio.run(talk)


def test_other_assistants_are_refused_until_allowed_and_never_given_secrets(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The spare key hangs behind the blue door.")
    mneme.run("remember", "-", "--kind", "secret", typed="the spare key's number is 90210\n")
    tools, said = asked_through_mcp(mneme)
    assert tools == ["recall", "ask", "coming_up", "remember"]
    assert all(refused and "mneme settings set" in text and "blue door" not in text for refused, text in said.values())

    mneme.run("settings", "set", "mcp.allowed", "true")
    _, said = asked_through_mcp(mneme)
    assert not said["recall"][0]
    assert "blue door" in said["recall"][1]
    assert "blue door" in said["ask"][1]
    assert not any("90210" in text for _, text in said.values())
    assert said["remember"][0]

    mneme.run("settings", "set", "mcp.may_remember", "true")
    _, said = asked_through_mcp(mneme)
    assert not said["remember"][0]
    kept = mneme.run("memories", "list", "--query", "door was painted", "--json").one()["memories"]
    assert len(kept) == 1

    log = mneme.run("mcp", "--log", "--json").one()["accesses"]
    assert [line["refused"] for line in log] == [True] * 4 + [False] * 3 + [True] + [False] * 4
    assert all(set(line) == {"at", "client", "tool", "given", "refused"} for line in log)
