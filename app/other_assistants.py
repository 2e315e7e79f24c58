"""Other assistants as the window sees them: `ui.other_assistants.OtherAssistants` over the host."""

from collections.abc import Sequence

from app.commands import consent
from app.commands.sharing import source_of
from app.host import Host
from core.memory import Selection
from core.store.clients import FIRST_SCOPE, Client, Scope, Standing
from ui.other_assistants import AccessLine, AssistantLine, ReadingScope

_SHOWN = 200
"""Lines of the log that the window asks for."""


class HostsAssistants:
    """Who else may read in the host's vault."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def listed(self) -> Sequence[AssistantLine]:
        """Those that wait for the person's word first."""
        return [_line(client) for client in consent.listed(self._host)]

    def accesses(self) -> Sequence[AccessLine]:
        """What they asked for, newest first."""
        return [
            AccessLine(
                at=one.at,
                client=one.client,
                tool=one.tool,
                given=one.given,
                held_back=one.held_back,
                refused=one.refused,
            )
            for one in consent.accesses(self._host, _SHOWN)
        ]

    def allow(self, name: str, scope: ReadingScope) -> None:
        """Let it read within a scope."""
        chosen = Scope(kinds=scope.kinds, sensitivities=scope.sensitivities, may_write=scope.may_write)
        consent.allow(self._host, name, chosen, self._host.clock())

    def deny(self, name: str) -> None:
        """Refuse it from now on."""
        consent.deny(self._host, name, self._host.clock())

    def forget(self, name: str) -> None:
        """Know nothing of it."""
        consent.forget(self._host, name, notes=False)


def _line(client: Client) -> AssistantLine:
    scope = client.scope if client.standing is Standing.ALLOWED else FIRST_SCOPE
    return AssistantLine(
        name=client.name,
        standing=client.standing.value,
        scope=ReadingScope(kinds=scope.kinds, sensitivities=scope.sensitivities, may_write=scope.may_write),
        keyed=client.keyed,
        last_asked=client.last_asked,
        asked=client.asked,
        given=client.given,
        held_back=client.held_back,
        refused=client.refused,
        notes=Selection(conversation=source_of(client.name), app=client.name),
    )
