"""Every way in and the whole way through: remember, import, recall, ask, sleep, forget, export."""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core import upkeep
from core.assistant.exchange import ITS_FILE, Exchange, knows
from core.assistant.intake import Intake
from core.assistant.keeping import Asked, Told, never, stoppable, unheard
from core.assistant.pasting import Pasting
from core.assistant.reviewing import counted, over
from core.assistant.sleeping import Staged, carried_out, tried
from core.assistant.thinning import thinning
from core.capture.conversation import formats
from core.capture.conversation.report import NONE, ImportContext, ImportReport, Skipped, Tally
from core.capture.gate import Refusal
from core.consolidate.mind import Mind
from core.consolidate.night import Night
from core.decay import curve as decay
from core.decay import sweep
from core.errors import BadInput, Cancelled, Problem
from core.events import READING_FOR_MEANING, Events, Noticed, Progressed, SleepEnded
from core.inference import generator as engine
from core.inference.embedder import Embedder
from core.memory import (
    Answer,
    Channel,
    Facet,
    Forgotten,
    Kind,
    MemoryId,
    Observation,
    Provenance,
    Saved,
    SleepRun,
)
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import preferences
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors
from core.urgency import Urgency

if TYPE_CHECKING:
    from core.capture.screen.picture import Picture

__all__ = ["Assistant", "Refusal", "finish"]


class Assistant(Pasting):
    """One open profile, for the command line and the window alike. Safe to use from any thread.

    Long work is an iterator of steps: between two steps whoever runs it may let something more urgent
    pass, and its return value (`StopIteration.value`) is the result.
    """

    def __init__(
        self,
        *,
        paths: ProfilePaths,
        vault: Vault,
        media: Media,
        vectors: Vectors | None,
        embedder: Embedder | None,
        count_tokens: Callable[[str], int],
        events: Events,
        settings: Settings,
        generator: Callable[[Settings], engine.Generator | None] = lambda _: None,
        embedder_named: Callable[[str], Embedder] | None = None,
        country: str = "",
    ) -> None:
        """`country`: ISO 3166, where the system is set up for; the person's settings go before it.

        `embedder_named`: the embedder of a file of the profile ("": the bundled one); without it none can be chosen.
        """
        super().__init__(
            paths,
            vault,
            media,
            vectors,
            settings,
            events,
            embedder=embedder,
            count_tokens=count_tokens,
            generator=generator,
            country=country,
        )
        self.intake = Intake(vault, vectors, embedder, events, lambda: self.settings)
        self._embedder_named = embedder_named
        self._exchange: Exchange | None = None
        self._warming: list[threading.Thread] = []
        self._forgets = 0

    # -- in

    def remember(self, text: str, now: datetime, kind: Kind = Kind.SEMANTIC) -> Saved:
        """Keep a note of the person's own. Raises BadInput when there is nothing in it."""
        note = Observation(
            text=text.strip(),
            at=now,
            facet=Facet.NOTE,
            kind=kind,
            provenance=Provenance(channel=Channel.NOTE, speaker="me", mine=True),
        )
        refusals: list[Refusal] = []
        kept = list(self.intake.keep([note], now, refusals.append))
        if refusals:
            raise BadInput(f"That was not kept: {refusals[0].reason}", "Give some text to remember.")
        return kept[0]

    def keep(self, observations: Iterable[Observation], now: datetime) -> Iterator[Saved]:
        """Keep observations in batches; what is yielded is committed."""
        return self.intake.keep(observations, now)

    def keep_frame(self, observation: Observation, picture: "Picture | None", masked: int, now: datetime) -> Saved:
        """Keep what was read of a screen with its picture. Raises BadInput, DiskFull."""
        return self.intake.keep_frame(observation, picture, masked, now, self._media)

    def importing(
        self,
        paths: Sequence[Path],
        now: datetime,
        *,
        told: Told = unheard,
        on_saved: Callable[[Saved], None] = lambda saved: None,
        cancelled: Asked = never,
        vouched: bool = True,
    ) -> Generator[None, None, ImportReport]:
        """Import conversation files, in steps; the result is an ImportReport.

        A file that cannot be read is named in the report and the others go on; with one file alone its
        BadInput is raised. `vouched`: the person named the files; else nothing in them is believed to be theirs.
        """
        report: ImportReport | None = None
        context = ImportContext.of(self.settings.person, now, vouched=vouched)
        for path, told_of_it in formats.shares(paths, stoppable(told, cancelled)):
            tally = Tally(format=NONE)
            stopped = begun = False
            try:
                found = formats.open_import(path, context, told_of_it)
                tally = found.tally
                for one in self.intake.keep(found.observations(), now, partial(_skip, tally)):
                    tally.keep(one)
                    begun = True
                    on_saved(one)
                    stopped = cancelled()
                    if stopped:
                        break
                    yield
            except BadInput as problem:
                if len(paths) == 1 and not begun:
                    raise
                tally.skip(Skipped(line=0, reason=problem.title, file=path.name))
            except Cancelled:
                stopped = True
            found_here = tally.report(cancelled=stopped)
            found_here = found_here.within(path.name) if len(paths) > 1 else found_here
            report = found_here if report is None else report.plus(found_here)
            if stopped:
                break
        if context.names != self.settings.person.names:
            self.own_up()
        if report is None:
            raise BadInput("No file was named.", "`mneme import FILE...`")
        return report

    def embedding(self, *, cancelled: Asked = never) -> Iterator[int]:
        """Give vectors to all that waits, in steps of a few; nothing to do without an embedder."""
        return self.intake.embed(cancelled)

    # -- another embedder

    @property
    def embedder(self) -> Embedder | None:
        """The one whose vectors answer."""
        return self._embedder

    def set_setting(self, key: str, value: object) -> Settings:
        """Change one setting and keep it; another embedder is looked at first and begins to read. Raises Problem."""
        if key != "model.embedder" or self._embedder_named is None:
            return super().set_setting(key, value)
        name = str(value)
        new = self._embedder_named(name)
        try:
            new.embed(["ready"], Urgency.UPKEEP)
            changed = super().set_setting(key, name)
        except Problem:
            new.close()
            raise
        if self._exchange is not None and self._exchange.new.id == new.id:
            new.close()  # it reads on where it is
            return changed
        self._give_up_exchange()
        self.exchange_for(new, name)
        return changed

    @property
    def is_exchanging(self) -> bool:
        """Whether another embedder has still to read memories before it answers."""
        return self._exchange is not None

    def exchange_for(self, new: Embedder, file: str) -> None:
        """Let this embedder (its file's name in the profile, "" for the bundled one) read all memories.

        In the background where there is one; else `exchanging` does it. The present one answers until it is done.
        """
        if self._vectors is None or self._embedder is None or new.id == self._embedder.id:
            new.close()
            return
        self._exchange = Exchange(self._vault, new, file)
        self.intake.do_afterwards(lambda stop: self.exchanging(cancelled=stop, urgency=Urgency.UPKEEP))

    def exchanging(self, *, cancelled: Asked = never, urgency: Urgency = Urgency.CAPTURE) -> Iterator[tuple[int, int]]:
        """Read all memories with the embedder chosen last, in steps; (done, total) after each. Nothing without one.

        Raises ModelProblem, ChildDied: the present embedder then stays, and the setting goes back to it.
        """
        exchange = self._exchange
        if exchange is None:
            return
        try:
            for done, total in exchange.steps(lambda: cancelled() or exchange is not self._exchange, urgency):
                self.events.tell(Progressed(READING_FOR_MEANING, done, total))
                yield done, total
        except Problem:
            if exchange is not self._exchange:
                return  # it was given up meanwhile, and its process ended under it
            self._give_up_exchange()
            super().set_setting("model.embedder", self.embedder_file)
            raise
        if not cancelled() and exchange is self._exchange:
            self._adopt(exchange)

    def _adopt(self, exchange: Exchange) -> None:
        vectors, old = self._vectors, self._embedder
        if vectors is None or old is None:
            return

        def change() -> None:
            with self.intake.using(exchange.new):
                exchange.finish()
                vectors.become(exchange.new.id, exchange.new.dimensions)

        self._recaller.use(exchange.new, knows(self._vault, exchange.new.id), change)
        self._embedder, self._exchange = exchange.new, None
        old.close()
        self.events.tell(Noticed("Meaning-search uses the other model now.", "All memories were read with it."))

    def _give_up_exchange(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.abandon()

    @property
    def embedder_file(self) -> str:
        """The file of the embedder whose vectors answer, by its name in the profile; empty: the bundled one."""
        with self._vault.read() as db:
            return preferences.noted(db, ITS_FILE) or ""

    # -- out

    def keep_answer(self, answer: Answer, now: datetime) -> Saved:
        """Keep a question and its answer as said in the app: found again, never learnt from."""
        talk = Provenance(channel=Channel.CHAT, app="Mneme", conversation="Mneme", mine=True, speaker="me")
        said = Observation(text=answer.question, at=now, facet=Facet.QUESTION, provenance=talk)
        told = Observation(
            text=answer.text,
            at=now,
            facet=Facet.ANSWER,
            provenance=replace(talk, mine=False, speaker="Mneme", addressee="me"),
        )
        return next(self.intake.keep([said, told], now))

    # -- while the person is away

    def sleeping(
        self,
        now: datetime,
        *,
        night_name: str | None = None,
        dry_run: bool = False,
        told: Told = unheard,
        staged: Staged = lambda stage, share: None,
        cancelled: Asked = never,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> Generator[None, None, SleepRun]:
        """One sleep, in steps; the result is its SleepRun with the journal.

        `night_name` is the night it is for, and then it takes at most the time of the settings; without one it was
        asked for by hand and is done again if need be. A dry run is done on a copy: nothing changes, and nothing
        waits for it. Raises AlreadyAsleep; a dry run also DiskFull, and Interrupted when something is forgotten.
        """
        begun, forgets = monotonic_s(), self._forgets
        minutes = self.settings.sleep.at_most_minutes

        def night(vault: Vault) -> Night:
            return Night(
                vault=vault,
                settings=self.settings,
                now=now,
                night=night_name or upkeep.night_of(now, self.settings.sleep),
                hold=lambda draft: decay.first_stability(draft, self.settings.decay),
                fade=lambda found, moment: sweep.moves(found, moment, self.settings.decay),
                vectors=None if self._vectors is None else self._vectors.snapshot(),
                again=night_name is None,
                take_over=True,
                mind=self._mind(),
                cancelled=cancelled,
                elapsed=lambda: timedelta(seconds=monotonic_s() - begun),
                budget=None if night_name is None else timedelta(minutes=minutes),
            )

        if dry_run:
            run = yield from tried(
                self._vault, night, self.events, told, staged, spoiled=lambda: self._forgets != forgets
            )
            would = len(over(self._vault, self.settings.decay, now, by_hand=True))
            return replace(run, counts=run.counts | {"forgotten": would}) if would else run
        run = yield from carried_out(night(self._vault), self.events, told, staged)
        if run.state == "done" and (due := over(self._vault, self.settings.decay, now, by_hand=night_name is None)):
            run = counted(self._vault, run, len(self.forget(due).forgotten))
        self.events.tell(SleepEnded(run.id, run.counts))
        self._changed([entry.memory for entry in run.entries])
        return run

    def _mind(self) -> Mind:
        """The model for answers, for a sleep to think with; none is asked for before there is something to read."""

        def told(sentence: str) -> None:
            self.events.tell(Noticed("The night went on without the model.", sentence, problem=True))

        return Mind(generator=self.generator, told=told)

    def forget(self, ids: Sequence[MemoryId], *, told: Told = unheard, cancelled: Asked = never) -> Forgotten:
        """Forget these memories and what was derived from them, with the proof. There is no undo.

        The model's process goes too: what it keeps of a prompt may hold them. Called off before its end it raises
        Cancelled, and nothing is forgotten.
        """
        gone = super().forget(ids, told=told, cancelled=cancelled)
        self._forgets += 1
        if gone.forgotten:
            self.stop_model()
        return gone

    def thinning(self, now: datetime, *, cancelled: Asked = never) -> Generator[None, None, int]:
        """Shrink pictures until the store fits its budget, in steps; the result is how many bytes were freed."""
        return thinning(self._vault, self._media, self.settings, now, cancelled)

    # -- start and end

    def warm_up(self) -> None:
        """Start what makes the first question quick, in the background."""
        self.intake.start()
        self._warming = [
            threading.Thread(target=work, name="warm-up", daemon=True)
            for work in (self._warm_embedder, self._warm_recall)
        ]
        for thread in self._warming:
            thread.start()

    def _warm_embedder(self) -> None:
        with suppress(Problem):  # whoever asks is told
            if self._embedder is not None:
                self._embedder.embed(("warm",), Urgency.CAPTURE)

    def _warm_recall(self) -> None:
        with suppress(Problem):
            self._recaller.warm()

    def close(self) -> None:
        """Stop the background work and the engine."""
        self.intake.close()
        for thread in self._warming:
            thread.join(30)
        self._recaller.close()
        self.stop_model()
        if self._exchange is not None:
            self._exchange.new.close()


def _skip(tally: Tally, refusal: Refusal) -> None:
    tally.skip(Skipped(line=0, reason=refusal.reason))


def finish(steps: Iterator[object]) -> object:
    """Run steps to their end; what they return. For scripts and tests without a worker."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value
