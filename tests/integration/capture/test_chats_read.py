"""Drawn chats by the real reader, from pixels to turns in an open store."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from core.assistant.intake import drafted
from core.capture.gate import Refusal
from core.capture.screen.label import Label
from core.capture.screen.reader import Reader
from core.capture.screen.talk import Hearing
from core.memory import Facet, Memory, Observation, Selection
from core.settings import Settings
from core.store import memories
from core.store.vault import Vault
from tests.drawn.chats import LAYOUTS, Make
from tests.drawn.score import Score, plain, read, score
from tests.drawn.talk import NOW
from tests.made import open_vault

CHANNEL, MESSENGER, RELAY = LAYOUTS[0], LAYOUTS[5], LAYOUTS[14]


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = open_vault(tmp_path / "profile")
    yield opened
    opened.close()


@pytest.mark.parametrize("make", [CHANNEL, MESSENGER, RELAY], ids=["headers", "bubbles", "terminal"])
def test_a_chat_read_from_pixels_gives_its_turns_and_speakers(reader: Reader, make: Make) -> None:
    shot = make(401).at()
    total: Score = score(shot.told, read(shot, reader.read(shot.sheet.pixels).lines), reader=True)
    assert total.found >= 0.7 * total.told
    assert total.right >= 0.9 * total.found


def test_what_is_seen_again_after_a_start_is_kept_once(vault: Vault) -> None:
    window = MESSENGER(402)

    def keep(turns: Sequence[Observation]) -> None:
        found = [drafted(turn, Settings()) for turn in turns]
        memories.save(vault, [one for one in found if not isinstance(one, Refusal)], NOW)

    def remembered(conversation: str) -> list[Memory]:
        with vault.read() as db:
            found = memories.find(db, Selection(conversation=conversation, facets=(Facet.TURN,), limit=600))
        return found[::-1]

    for look, back in enumerate((0, 150, 300, 150, 0)):
        shot = window.at(back)
        hearing = Hearing(keep=keep, remembered=remembered)
        at = NOW + timedelta(minutes=look)
        size = {"width": shot.sheet.width, "height": shot.sheet.height}
        hearing.hear(shot.sheet.page, Label(at=at.isoformat(), monitor="1", app=shot.app, window=shot.title, **size))
    with vault.read() as db:
        kept: list[Observation] = list(memories.find(db, Selection(facets=(Facet.TURN,), newest_first=False)))
    texts = [plain(one.text) for one in kept]
    told = [plain(one.text) for one in window.log.told]
    assert len(texts) >= len(window.at(0).told)
    assert all(texts.count(text) <= told.count(text) for text in texts if text in told)
    assert [text for text in told if text in texts] == [text for text in texts if text in told]
