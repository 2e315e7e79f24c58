"""A pasted conversation in a real vault."""

from pathlib import Path

import pytest

from core.errors import BadInput
from core.memory import Facet, Selection
from tests.integration.app.hosts import NOW, hosting

CHAT = "[14:05, 15/03/2024] Dana: The boiler leaks.\n[14:06, 15/03/2024] Kim: I call the plumber."


def test_a_pasted_conversation_is_kept_as_its_turns_once(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        assistant = host.assistant
        shown = assistant.conversation_in(CHAT, NOW)
        assert shown is not None
        assert (shown.turns, shown.speakers, shown.format) == (2, ("Dana", "Kim"), "copied chat")
        assert len(assistant.remember_conversation(CHAT, NOW).ids) == 2
        again = assistant.remember_conversation(f"{CHAT}\n[14:09, 15/03/2024] Dana: Thanks.", NOW)
        assert (len(again.ids), again.known) == (1, 2)
        kept = assistant.memories(Selection(limit=10))
        assert {one.facet for one in kept} == {Facet.TURN}
        assert assistant.conversation_in("The boiler leaks.", NOW) is None
        with pytest.raises(BadInput):
            assistant.remember_conversation("The boiler leaks.", NOW)
