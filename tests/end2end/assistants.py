"""Other assistants as they really are: the protocol's own client talking to `mneme mcp` in another process."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import Implementation

from tests.end2end.command_line import ROOT, Mneme

T = TypeVar("T")


class Said(NamedTuple):
    """What a tool answered."""

    refused: bool
    text: str


class Other:
    """A client that is connected."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def use(self, tool: str, **arguments: Any) -> Said:
        """Call a tool."""
        result = await self.client.call_tool(tool, arguments)
        return Said(bool(result.is_error), "".join(getattr(part, "text", "") for part in result.content))


@asynccontextmanager
async def connected(mneme: Mneme, name: str, *words: str, **environment: str) -> AsyncIterator[Other]:
    """A client that calls itself `name`; `words`: more of the command line of `mneme mcp`."""
    line = mneme.words("mcp", *words)
    server = StdioServerParameters(
        command=sys.executable, args=line[1:], cwd=str(ROOT), env=mneme.environment() | environment
    )
    async with Client(stdio_client(server), client_info=Implementation(name=name, version="1")) as client:
        yield Other(client)


def talk(mneme: Mneme, name: str, say: Callable[[Other], Awaitable[T]], *words: str, **environment: str) -> T:
    """Connect one client, have it say something, hang up."""

    async def whole() -> T:
        async with connected(mneme, name, *words, **environment) as other:
            return await say(other)

    return anyio.run(whole)
