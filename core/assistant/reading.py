"""Looking at what is kept, without changing it: lists, days, curves, histories, pictures."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core import upkeep
from core.assistant import browsing
from core.assistant.reviewing import Proposed, proposals
from core.assistant.thinning import forecast
from core.consolidate.coming_up import FORESEEN, coming_up
from core.consolidate.journal import BOOKKEEPING
from core.decay import curve as decay
from core.decay import told
from core.decay.life import life
from core.decay.offer import offered
from core.errors import BadInput
from core.memory import (
    Conflict,
    Day,
    Entry,
    EpisodeId,
    Forecast,
    Life,
    Link,
    MediaId,
    Memory,
    MemoryId,
    RunId,
    Selection,
    SleepRun,
    State,
    Status,
    Topic,
)
from core.settings import Settings
from core.store import memories, preferences, runs, timeline, uses
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors, rows
from core.wall import bounds

_ALL_NIGHTS = 100_000
OFFERED = (State.CAPTURED, State.ACTIVE)
"""What is shown unasked; the faded is found when it is asked for."""
_NEWEST = 1000
"""How many of what was never used come into question for being offered; older ones have no chance."""


class Reading:
    """Every view of an open vault. Safe to use from any thread; each read is short."""

    def __init__(self, vault: Vault, media: Media, vectors: Vectors | None, settings: Settings) -> None:
        self.settings = settings
        self._vault, self._media, self._vectors = vault, media, vectors
        self._digest: tuple[int, str] = (-1, "")
        """The commits it was read after, and the content hash."""

    # -- memories

    def memories(self, selection: Selection) -> list[Memory]:
        """What a selection means, newest first unless it says otherwise."""
        with self._vault.read() as db:
            return memories.find(db, selection)

    def count(self, selection: Selection) -> int:
        """How many a selection means."""
        with self._vault.read() as db:
            return memories.count(db, selection)

    def memory(self, id: MemoryId) -> Memory:
        """One memory. Raises BadInput when it is not there."""
        with self._vault.read() as db:
            found = memories.get(db, id)
        if found is None:
            raise BadInput("There is no such memory.", "It may have been forgotten.")
        return found

    def named(self, name: str) -> list[Memory]:
        """Memories by id, by the beginning of it (6 characters at least), or by the id they were imported with."""
        with self._vault.read() as db:
            return memories.named(db, name)

    def history(self, id: MemoryId) -> list[tuple[int, str, datetime]]:
        """Earlier texts as (version, text, replaced at), oldest first."""
        with self._vault.read() as db:
            return memories.history(db, id)

    def links(self, id: MemoryId) -> list[Link]:
        """What bears on a memory, with the reasons."""
        with self._vault.read() as db:
            return memories.links(db, id)

    def sources(self, id: MemoryId) -> list[Memory]:
        """The observations a derived memory rests on, best first."""
        with self._vault.read() as db:
            return memories.many(db, memories.sources(db, id))

    def derived(self, id: MemoryId) -> list[Memory]:
        """What was derived from a memory."""
        with self._vault.read() as db:
            return memories.many(db, memories.derived_from(db, [id]))

    def nights_of(self, id: MemoryId) -> list[tuple[SleepRun, Entry]]:
        """What the nights did with a memory, oldest first: what made, changed or closed it, not the book-keeping."""
        with self._vault.read() as db:
            told = [entry for entry in runs.entries_of(db, id) if entry.step not in BOOKKEEPING]
            nights = {night.id: night for night in runs.runs(db, limit=_ALL_NIGHTS)} if told else {}
            return [(nights[entry.run], entry) for entry in told]

    def around(self, id: MemoryId, before: int = 6, after: int = 6) -> list[Memory]:
        """The turns around one in its conversation, in time order, itself included."""
        memory = self.memory(id)
        if not memory.provenance.conversation:
            return [memory]
        with self._vault.read() as db:
            return memories.conversation_window(db, memory, before, after)

    # -- strength

    def strength(self, memory: Memory, now: datetime) -> float:
        """How firmly a memory is held at `now`, 0..1."""
        return decay.strength(memory, now, self.settings.decay)

    def curve(self, memory: Memory, now: datetime, days: int = 90) -> list[tuple[float, float]]:
        """(days from now, strength), one point a day."""
        return decay.curve(memory, now, self.settings.decay, days=days)

    def fades_on(self, memory: Memory) -> datetime | None:
        """When it will no longer be offered; None: never."""
        return decay.fades_on(memory, self.settings.decay)

    def fading(self, now: datetime, days: int = 14, limit: int = 200) -> list[Memory]:
        """What will fade within these days, soonest first; what is due already goes with the next sleep."""
        with self._vault.read() as db:
            return uses.soonest(db, OFFERED, now + timedelta(days=days), self._scale(), limit)

    def faded(self, now: datetime, limit: int = 200) -> list[Memory]:
        """What has faded, the longest ago first."""
        with self._vault.read() as db:
            return uses.soonest(db, (State.FADED,), now, self._scale(), limit)

    def _scale(self) -> uses.Scale:
        settings = self.settings.decay
        return uses.Scale(stabilities=decay.stabilities_held(settings), longest_days=settings.longest_days)

    def life(self, memory: Memory, now: datetime) -> Life:
        """The whole curve of a memory with its uses, for drawing."""
        with self._vault.read() as db:
            known = uses.of(db, memory.id)
        return life(memory, known, now, self.settings.decay)

    def fate(self, memory: Memory, now: datetime) -> str:
        """When it will fade, in a sentence."""
        return told.fate(memory, now, self.settings.decay)

    def held_because(self, memory: Memory, now: datetime) -> str:
        """Why it is held as firmly as it is, in a sentence; empty where nothing fades."""
        return told.because(memory, now, self.settings.decay)

    def offered(self, now: datetime, limit: int = 5) -> list[Memory]:
        """What is worth offering unasked, best first: what is likely to be needed next."""
        with self._vault.read() as db:
            found = uses.in_question(db, _NEWEST)
        return offered(found, now, self.settings.decay, limit)

    def proposed(self) -> list[Proposed]:
        """What is to be forgotten unless the person keeps it, soonest first."""
        return proposals(self._vault, self.settings.decay)

    def forecast(self, now: datetime) -> Forecast:
        """How full the store is, when it will be, and which pictures are thinned first."""
        return forecast(self._vault, self._media, self.settings, now)

    # -- browsing

    def topics(self, *, faded: bool = False) -> list[Topic]:
        """The tree of topics, the latest first at every level; those that have faded only on demand."""
        with self._vault.read() as db:
            return browsing.topics(db, faded=faded)

    def in_topic(self, id: MemoryId) -> list[Memory]:
        """What belongs to a topic and to those below it, an episode each, the latest first."""
        with self._vault.read() as db:
            return browsing.in_topic(db, id)

    def profile(self) -> list[Memory]:
        """Who the person is: what they wrote down as core, then the lines a sleep made, bounded."""
        with self._vault.read() as db:
            return browsing.profile(db)

    # -- time

    def coming_up(self, now: datetime) -> list[Memory]:
        """Promises and appointments that are not past, soonest first."""
        return coming_up(self.memories(Selection(facets=FORESEEN, states=(*OFFERED, State.FADED))), now)

    def day(self, day: date, now: datetime) -> Day:
        """One local day in the zone of `now`: its episodes, what is in none, its gaps."""
        begins, ends = bounds(day, now)
        chosen = Selection(after=begins, before=ends, observed=True, newest_first=False)
        with self._vault.read() as db:
            observed = memories.find(db, chosen)
            episodes = timeline.episodes(db, begins, ends)
            gaps = timeline.gaps(db, begins, ends)
        known = {episode.id for episode in episodes}
        members: dict[EpisodeId, tuple[Memory, ...]] = {
            episode.id: tuple(memory for memory in observed if memory.episode == episode.id) for episode in episodes
        }
        loose = tuple(memory for memory in observed if memory.episode not in known)
        return Day(episodes=tuple(episodes), members=members, loose=loose, gaps=tuple(gaps))

    def heat(self, first: date, last: date) -> dict[date, int]:
        """How much was observed on each day."""
        with self._vault.read() as db:
            return timeline.heat(db, first, last)

    def picture(self, id: MediaId, thumbnail: bool = False) -> bytes:
        """A picture as WebP. Raises BadInput, DamagedVault."""
        with self._vault.read() as db:
            return self._media.get(db, id, thumbnail)

    # -- nights

    def nights(self, limit: int = 14) -> list[SleepRun]:
        """The last sleeps, newest first, without their entries."""
        with self._vault.read() as db:
            return runs.runs(db, limit)

    def sleep_due(self, now: datetime, presence: upkeep.Presence, power: upkeep.Power) -> upkeep.Due:
        """Whether a sleep is due by itself now, or why none is."""
        settings = self.settings.sleep
        with self._vault.read() as db:
            found = runs.from_night(db, upkeep.night_of(now, settings))
        return upkeep.sleep_due(found, now, presence=presence, power=power, settings=settings)

    def night(self, id: RunId) -> SleepRun:
        """One sleep with its journal. Raises BadInput."""
        with self._vault.read() as db:
            found = runs.run(db, id)
        if found is None:
            raise BadInput("There is no such sleep.", "`mneme sleep --log` lists them.")
        return found

    def conflicts(self) -> list[Conflict]:
        """Contradictions that wait for the person."""
        with self._vault.read() as db:
            return runs.conflicts(db)

    def many(self, ids: Sequence[MemoryId]) -> list[Memory]:
        """Those that are there, in this order."""
        with self._vault.read() as db:
            return memories.many(db, ids)

    # -- all of it

    def content_hash(self) -> str:
        """SHA-256 over everything kept; equal stores have equal ones. Read anew only after something was written."""
        commits = self._vault.commits
        if self._digest[0] != commits:
            with self._vault.read() as db:
                self._digest = (commits, memories.content_hash(db))
        return self._digest[1]

    def status(self, *, hashed: bool = True) -> Status:
        """The vault at a glance; unless `hashed` without its content hash, which reads all of a large store."""
        digest = self.content_hash() if hashed else ""
        with self._vault.read() as db:
            counted = memories.counts(db)
            latest = runs.runs(db, 1)
            waiting = rows.count_waiting(db)
            pictures = sum(1 for _ in self._media.every(db))
            picture_bytes = self._media.used_bytes(db)
            open_conflicts = len(runs.conflicts(db))
        index = "none" if self._vectors is None else self._vectors.path
        return Status(
            memories=sum(counted["kind"].values()),
            by_kind=counted["kind"],
            by_state=counted["state"],
            content_hash=digest,
            without_vector=waiting,
            index=index,
            answered={} if self._vectors is None else dict(self._vectors.answered),
            vault_bytes=self._vault.paths.vault.stat().st_size,
            pictures=pictures,
            picture_bytes=picture_bytes,
            last_sleep=latest[0] if latest else None,
            conflicts=open_conflicts,
            notices=self._vault.notices,
        )

    def kept_exports(self) -> list[str]:
        """Exports that were made from here: a forget does not reach them."""
        with self._vault.read() as db:
            noted = preferences.noted(db, "exports")
        return [] if noted is None else str(noted).splitlines()
