"""Frames from the queue to the store: what changed little is kept as a patch and outlives its base."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.host import Host
from core.assistant import finish
from core.assistant.thinning import forecast, thinning
from core.capture.rect import Rect
from core.capture.screen.label import Label
from core.capture.screen.page import ReadPage
from core.capture.screen.picture import Picture
from core.capture.screen.reading import FrameReading
from core.memory import Gap, MediaId, Memory, MemoryId, Observation, Selection, WordBox
from core.store.media import Spool, webp
from tests.integration.app.hosts import NOW, hosting

Pixels = NDArray[np.uint8]
HIGH, WIDE = 480, 640


@dataclass
class Told:
    """Reads what it is told to: reading itself is not what these tests are about."""

    words: list[str] = field(default_factory=list)
    silent_s: float = 0.0
    quiet_s: float = 0.0

    def read(self, pixels: Pixels, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        box = WordBox(text=self.words.pop(0), left=8, top=8, width=120, height=14)
        return ReadPage(lines=((box,),), width=pixels.shape[1], height=pixels.shape[0])

    def rest(self) -> bool:
        return False


@dataclass
class Day:
    """One monitor on which a page is written."""

    host: Host
    spool: Spool
    told: Told = field(default_factory=Told)
    pictures: list[Picture] = field(default_factory=list)
    shown: dict[MemoryId, Pixels] = field(default_factory=dict)
    seconds: int = 0

    def __post_init__(self) -> None:
        self.reading = FrameReading(
            spool=self.spool,
            reader=self.told,
            keep=self.keep,
            settings=lambda: self.host.assistant.settings.capture,
            gap=self.draw,
        )

    def draw(self, gap: Gap) -> None:
        raise AssertionError(gap.reason)

    def keep(self, observation: Observation, picture: Picture | None, masked: int) -> MediaId | None:
        saved = self.host.assistant.keep_frame(observation, picture, masked, observation.at)
        if picture is not None:
            self.pictures.append(picture)
        return saved.picture

    def see(self, pixels: Pixels) -> Memory:
        """One frame through the queue; the memory that came of it."""
        self.seconds += 10
        at = NOW + timedelta(seconds=self.seconds)
        label = Label(at=at.isoformat(), monitor="one", width=WIDE, height=HIGH, app="Editor", window="Letter")
        self.told.words.append(f"page{self.seconds}")
        self.spool.put(zlib.compress(pixels.tobytes(), 1), label.packed())
        assert self.reading.step()
        (memory,) = self.host.assistant.memories(Selection(words=(f"page{self.seconds}",)))
        self.shown[memory.id] = pixels
        return memory

    def write(self, lines: int) -> list[Memory]:
        """A page on which a line comes after the other."""
        pixels = paper()
        kept = [self.see(pixels)]
        for number in range(1, lines):
            pixels = pixels.copy()
            pixels[16 * number : 16 * number + 12, 32:400] = paper(number)[:12, :368]
            kept.append(self.see(pixels))
        return kept

    def is_all_there(self) -> None:
        for memory in self.host.assistant.memories(Selection()):
            assert memory.picture is not None
            assert (webp.decoded(self.host.assistant.picture(memory.picture)) == self.shown[memory.id]).all()
        with self.host.opened.vault.write() as db:
            swept = self.host.opened.media.sweep(db)
        assert (swept.orphans, swept.missing) == (0, ())

    def thin(self, budget_bytes: int) -> int:
        store = self.host.assistant.settings.store.model_copy(update={"budget_gb": budget_bytes / 2**30})
        settings = self.host.assistant.settings.model_copy(update={"store": store})
        freed = finish(thinning(self.host.opened.vault, self.host.opened.media, settings, NOW, lambda: False))
        assert isinstance(freed, int)
        return freed

    def used(self) -> int:
        with self.host.opened.vault.read() as db:
            return self.host.opened.vault.paths.vault.stat().st_size + self.host.opened.media.used_bytes(db)


def paper(seed: int = 0) -> Pixels:
    ink = np.random.default_rng(seed).random((HIGH // 4, WIDE // 4)) < 0.25
    grey = np.where(np.kron(ink, np.ones((4, 4), dtype=np.bool_)), 20, 240).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with hosting(tmp_path / "p") as host:
        host.assistant.set_setting("sleep.enabled", False)
        spool = Spool(host.paths)
        yield Day(host, spool)
        spool.close()


def test_a_page_that_is_written_is_kept_whole_once_and_then_line_by_line(day: Day) -> None:
    day.write(9)
    first, *others = day.pictures
    assert first.base is None
    assert first.thumbnail
    assert all(one.base is not None and not one.thumbnail for one in others)
    assert sum(len(one.data) for one in others) < 2 * len(first.data)
    day.is_all_there()


def test_when_the_first_page_is_forgotten_the_others_are_there_and_it_is_not(day: Day) -> None:
    kept = day.write(6)
    assert kept[0].picture is not None
    proof = day.host.assistant.forget([kept[0].id]).proof
    assert all(after == 0 for _, after in proof.places.values())
    assert not list(day.host.paths.media.rglob(f"{kept[0].picture}*"))
    day.is_all_there()
    # what comes next no longer knows the one that went: it is kept whole, and what follows on it
    pixels = day.shown[kept[-1].id].copy()
    pixels[400:412, 32:400] = 20
    day.see(pixels)
    assert day.pictures[-1].base is None
    pixels = pixels.copy()
    pixels[440:452, 32:400] = 20
    day.see(pixels)
    assert day.pictures[-1].base is not None
    day.is_all_there()


def test_after_a_lock_nothing_is_kept_against_what_was_seen_before(day: Day) -> None:
    kept = day.write(3)
    day.reading.forget()
    day.see(day.shown[kept[-1].id])
    assert day.pictures[-1].base is None
    day.is_all_there()


def test_pictures_on_one_base_are_thinned_together_and_pinned_ones_not_at_all(day: Day) -> None:
    kept = day.write(5)
    told = forecast(day.host.opened.vault, day.host.opened.media, day.host.assistant.settings, NOW)
    assert [picture for picture, _, _ in told.coming] == [kept[0].picture]
    day.host.assistant.pin(kept[2].id, True, NOW)
    day.thin(1)
    with day.host.opened.vault.read() as db:
        facts = {one.id: one for one in day.host.opened.media.every(db)}
    # the pinned one and what it is a patch on are as they were; of the others the words are left
    assert facts.keys() == {kept[0].picture, kept[2].picture}
    assert all(one.whole for one in facts.values())
    left = day.host.assistant.memories(Selection(newest_first=False))
    assert [memory.picture is not None for memory in left] == [True, False, True, False, False]
    assert [memory.text for memory in left] == [memory.text for memory in kept]
    day.host.assistant.pin(kept[2].id, False, NOW)
    day.thin(1)
    with day.host.opened.vault.read() as db:
        assert list(day.host.opened.media.every(db)) == []
    assert list(day.host.paths.media.rglob("*.bin")) == []


def test_a_half_that_saves_nothing_changes_nothing_and_then_thumbnails_are_left_of_all(day: Day) -> None:
    kept = day.write(5)
    day.thin(day.used() - 1)
    day.is_all_there()
    day.thin(day.used() - 1)
    with day.host.opened.vault.read() as db:
        media = day.host.opened.media
        facts = list(media.every(db))
        shapes = {webp.decoded(media.get(db, memory.picture)).shape for memory in kept if memory.picture}
    assert len(facts) == 5
    assert not any(one.whole for one in facts)
    assert shapes == {(240, 320, 3)}
