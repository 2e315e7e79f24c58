"""A forget at the door says how far it is, and one that is called off takes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.keeping import forget
from app.commands.memories import memories
from app.commands.request import JSON, Reply
from app.host import Host
from core.errors import Cancelled
from core.memory import Channel, Facet, Observation, Provenance, Selection
from tests.integration.app.hosts import NOW, hosting


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with hosting(tmp_path / "p") as made:
        there = Provenance(channel=Channel.CONVERSATION, conversation="talk", speaker="Ada", addressee="me")
        turns = [
            Observation(text=f"Boat {number}.", at=NOW, facet=Facet.TURN, provenance=there) for number in range(20)
        ]
        assert list(made.assistant.keep(turns, NOW))
        yield made


def test_what_is_called_off_is_all_there_and_what_is_not_tells_how_far_it_is(host: Host) -> None:
    frames: list[JSON] = []
    everything = host.assistant.memories(Selection())
    with pytest.raises(Cancelled):
        forget(host, {"source": "talk"}, NOW, Reply(frames.append, cancelled=lambda: True))
    assert host.assistant.memories(Selection()) == everything
    assert frames == []
    gone = forget(host, {"source": "talk"}, NOW, Reply(frames.append))
    assert len(gone["forgotten"]) == 20
    told = [frame["progress"] for frame in frames]
    assert {one["what"] for one in told} == {"forgetting"}
    assert (told[-1]["done"], told[-1]["total"]) == (40, 40)
    assert not host.assistant.memories(Selection())


def test_a_review_with_nothing_proposed_forgets_nothing(host: Host) -> None:
    before = host.assistant.memories(Selection())
    assert memories(host, {"action": "review", "forget": True}, NOW, Reply(lambda frame: None))["forgotten"] == []
    assert host.assistant.memories(Selection()) == before
