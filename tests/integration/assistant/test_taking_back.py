"""Taking back while a sleep is at work would let what it has not read count as slept on: it waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.assistant import Assistant, finish
from core.consolidate.night import AlreadyAsleep
from core.events import Events
from core.memory import SleepRun
from core.settings import Settings
from core.store import memories
from core.store.media import Media
from tests.integration.consolidate.nights import NIGHT, conversation
from tests.made import NOON, open_vault


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    vault = open_vault(tmp_path / "p")
    memories.save(vault, conversation(), NOON)
    made = Assistant(
        paths=vault.paths,
        vault=vault,
        media=Media(vault.paths),
        vectors=None,
        embedder=None,
        count_tokens=len,
        events=Events(),
        settings=Settings(),
    )
    yield made
    made.close()
    vault.close()


def test_a_night_at_work_is_not_taken_back_until_it_has_stopped(assistant: Assistant) -> None:
    sleeping = assistant.sleeping(NIGHT)
    for _ in range(5):
        next(sleeping)
    (run,) = assistant.nights(1)
    with pytest.raises(AlreadyAsleep):
        assistant.revert(run.id, NIGHT)
    sleeping.close()
    assert assistant.revert(run.id, NIGHT) > 0
    done = finish(assistant.sleeping(NIGHT))
    assert isinstance(done, SleepRun)
    assert (done.state, assistant.revert(done.id, NIGHT) > 0) == ("done", True)
