"""The way in: observations through the gate and the masks, kept in batches, then given their vectors."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.assistant import whose
from core.capture.gate import Refusal, admit
from core.capture.redact import redact
from core.capture.sensitivity import sensitivity_of
from core.capture.spoken import Spoken
from core.decay.curve import first_stability
from core.errors import BadInput, Problem
from core.events import Events, MemoriesChanged, MemoriesSaved, Noticed
from core.inference.embedder import Embedder
from core.memory import Channel, Draft, Facet, Kind, Observation, Saved, Trust
from core.settings import Settings
from core.store import indexing, memories
from core.store.media import Media
from core.store.pieces import parted
from core.store.vault import Vault
from core.store.vectors import Floats, Vectors, rows
from core.urgency import Urgency

if TYPE_CHECKING:
    from core.capture.screen.picture import Picture

BATCH = 256
"""Observations in one commit: few enough that a question between two waits little."""
_VECTORS_AT_ONCE = 32
_SPLIT_AT_ONCE = 16
_TELL_AT_ONCE = 64
_READ_ONCE = 1024
"""Texts whose vectors serve their repetitions while the same work goes on: "ok", a page seen again."""

Cancelled = Callable[[], bool]


def trust_of(observation: Observation) -> Trust:
    """Whose word it is: the person's hand, the person's voice, or whatever was captured.

    What a screen shows is captured, whoever it shows as speaking: anybody can draw a window.
    """
    if observation.provenance.channel is Channel.SCREEN:
        return Trust.CAPTURED
    if observation.facet is Facet.NOTE and observation.provenance.mine:
        return Trust.WRITTEN
    said = observation.facet in (Facet.TURN, Facet.QUESTION) and observation.provenance.mine
    return Trust.SAID if said else Trust.CAPTURED


def drafted(observation: Observation, settings: Settings) -> Draft | Refusal:
    """What may be kept of an observation, with its secrets masked; its importance is for the sleep to weigh."""
    found = admit(observation)
    if isinstance(found, Refusal):
        return found
    admitted = found.observation
    if admitted.kind is Kind.SECRET:
        text, caption, masked = admitted.text, admitted.caption, 0
    else:
        said, shown = redact(admitted.text), redact(admitted.caption)
        text, caption, masked = said.text, shown.text, said.count + shown.count
    fields = {name: getattr(admitted, name) for name in Observation.__dataclass_fields__}
    draft = Draft(
        **fields | {"text": text, "caption": caption},
        masked=masked,
        trust=trust_of(admitted),
        sensitivity=sensitivity_of(text, caption, admitted.provenance.window),
    )
    return replace(draft, stability_days=first_stability(draft, settings.decay))


class Intake:
    """Keeps what comes in. Safe to use from any thread; writes are the vault's to order."""

    def __init__(
        self,
        vault: Vault,
        vectors: Vectors | None,
        embedder: Embedder | None,
        events: Events,
        settings: Callable[[], Settings],
    ) -> None:
        self._vault, self._vectors, self._embedder = vault, vectors, embedder
        self._events, self._settings = events, settings
        self._spoken = Spoken(self._languages)
        self._speaking = threading.Lock()
        self._embedding = threading.Lock()
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._afterwards: Callable[[Cancelled], Iterator[object]] = lambda _: iter(())

    def keep(
        self, observations: Iterable[Observation], now: datetime, refused: Callable[[Refusal], None] = lambda _: None
    ) -> Iterator[Saved]:
        """Keep observations in batches; each Saved that is yielded is committed."""
        drafts: list[Draft] = []
        for observation in observations:
            found = drafted(observation, self._settings())
            if isinstance(found, Refusal):
                refused(found)
                continue
            drafts.append(found)
            if len(drafts) == BATCH:
                yield self._save(drafts, now)
                drafts = []
        if drafts:
            yield self._save(drafts, now)

    def keep_frame(
        self, observation: Observation, picture: "Picture | None", masked: int, now: datetime, media: Media
    ) -> Saved:
        """Keep what was read of a screen with its picture, in one transaction; `masked` secrets were taken out.

        Raises BadInput for what the gate refuses, BaseGone, DiskFull and its kin; then no file is left behind.
        """
        draft = drafted(observation, self._settings())
        if isinstance(draft, Refusal):
            raise BadInput(f"It was not kept: {draft.reason}")
        draft = self._in_their_languages([replace(draft, masked=draft.masked + masked)])[0]
        unused: tuple[Path, ...] = ()
        with self._vault.write() as db:
            id = None
            if picture is not None:
                id = media.put(
                    db,
                    picture.data,
                    picture.thumbnail,
                    width=picture.width,
                    height=picture.height,
                    form=picture.form,
                    base=picture.base,
                    laid=picture.laid,
                )
            saved = memories.save(self._vault, [replace(draft, picture=id)], now)
            if id is not None and not saved.ids:
                unused, id = media.remove(db, [id]), None
        media.discard(unused)
        return self._told(replace(saved, picture=id))

    def _save(self, drafts: list[Draft], now: datetime) -> Saved:
        return self._told(memories.save(self._vault, self._in_their_languages(drafts), now))

    def _in_their_languages(self, drafts: Sequence[Draft]) -> list[Draft]:
        with self._speaking:
            return self._spoken.told(drafts)

    def _languages(self, draft: Draft) -> dict[str, int]:
        origin = draft.provenance
        with self._vault.read() as db:
            return memories.languages(
                db, conversation=origin.conversation, channel=origin.channel.value, app=origin.app
            )

    def _told(self, saved: Saved) -> Saved:
        if saved.ids:
            self._events.tell(MemoriesSaved(saved.ids))
            self._wanted.set()
        if saved.vouched:
            self._events.tell(MemoriesChanged(saved.vouched))
        return saved

    def waiting(self) -> int:
        """How many memories have no vector yet."""
        with self._vault.read() as db:
            return rows.count_waiting(db)

    def embed(self, cancelled: Cancelled = lambda: False, urgency: Urgency = Urgency.CAPTURE) -> Iterator[int]:
        """Give vectors to all that waits, in steps; yields how many each step made. None without an embedder.

        Raises ModelProblem, ChildDied; what was done until then is kept, the rest waits.
        """
        yield from self._split(cancelled)
        yield from self._tell_languages(cancelled)
        self._tell_own()
        if self._embedder is None or self._vectors is None:
            return
        read: dict[str, Floats] = {}
        while not cancelled():
            with self._embedding:
                with self._vault.read() as db:
                    found = rows.waiting(db, _VECTORS_AT_ONCE)
                if not found:
                    return
                ids = [id for id, _ in found]
                whose = [parted(id)[0] for id in ids]
                new = [text for text in dict.fromkeys(text for _, text in found) if text not in read]
                if new:
                    read |= zip(new, self._embedder.embed(new, urgency), strict=True)
                made = np.stack([read[text] for _, text in found])
                with self._vault.read() as db:
                    kinds = {memory.id: memory.kind for memory in memories.many(db, list(dict.fromkeys(whose)))}
                here = [i for i, id in enumerate(whose) if id in kinds]
                self._vectors.put(
                    [kinds[whose[i]] for i in here], [ids[i] for i in here], made[here], [found[i][1] for i in here]
                )
            if len(read) > _READ_ONCE:
                read.clear()
            yield len(found)

    def _split(self, cancelled: Cancelled) -> Iterator[int]:
        """Split the long texts of an older store, in steps."""
        while not cancelled():
            with self._vault.read() as db:
                if not indexing.any_unsplit(db):
                    return
            with self._vault.write() as db:
                split = indexing.split_some(db, _SPLIT_AT_ONCE)
            self._events.tell(MemoriesChanged(tuple(split)))
            yield 0

    def _tell_languages(self, cancelled: Cancelled) -> Iterator[int]:
        """Find the languages of what an older store holds, in steps."""
        while not cancelled():
            with self._vault.read() as db:
                found = memories.many(db, indexing.untold(db, _TELL_AT_ONCE))
            if not found:
                return
            languages = [draft.language for draft in self._in_their_languages(found)]
            with self._vault.write() as db:
                for memory, language in zip(found, languages, strict=True):
                    indexing.told(db, memory.id, language)
            self._events.tell(MemoriesChanged(tuple(memory.id for memory in found)))
            yield 0

    def _tell_own(self) -> None:
        """Let the person's names count for what an older Mneme holds."""
        names = self._settings().person.names
        with self._vault.read() as db:
            if not whose.outdated(db, names):
                return
        with self._vault.write() as db:
            touched = whose.named(db, names)
        self._events.tell(MemoriesChanged(tuple(touched)))

    def start(self) -> None:
        """Give vectors in the background from now on, whenever something was saved."""
        if self._thread is None:
            self._wanted.set()
            self._thread = threading.Thread(target=self._work, name="vectors", daemon=True)
            self._thread.start()

    def do_afterwards(self, steps: Callable[[Cancelled], Iterator[object]]) -> None:
        """Let the background do this whenever nothing waits for a vector."""
        self._afterwards = steps
        self._wanted.set()

    @contextmanager
    def using(self, embedder: Embedder) -> Iterator[None]:
        """Embed with another one from now on; nothing is embedded meanwhile."""
        with self._embedding:
            yield
            self._embedder = embedder

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                for _ in self.embed(self._closing.is_set, Urgency.UPKEEP):
                    pass
                for _ in self._afterwards(lambda: self._closing.is_set() or self._wanted.is_set()):
                    pass
            except Problem as problem:
                if not self._closing.is_set():
                    self._events.tell(Noticed(problem.title, problem.remedy, problem=True))
                    self._closing.wait(30)
                    self._wanted.set()

    def close(self) -> None:
        """Stop the background work after its step."""
        self._closing.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(30)
