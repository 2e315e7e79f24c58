"""Every way in and the whole way through: remember, import, recall, ask, sleep, forget, export."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core import upkeep
from core.answer.compose import compose
from core.answer.extract import extract
from core.answer.prompt import Prompt, build
from core.assistant.intake import Intake
from core.assistant.keeping import Asked, Keeping, Told, never
from core.assistant.thinning import thinning
from core.capture.conversation import formats
from core.capture.conversation.report import ImportContext, ImportReport, Skipped, Tally, zone_named
from core.capture.gate import Refusal
from core.consolidate.filter import quarantined
from core.consolidate.night import Night
from core.dates.region import region_of
from core.decay import curve as decay
from core.decay import sweep
from core.errors import BadInput, ModelProblem, Problem
from core.events import (
    Events,
    Progressed,
    SleepEnded,
)
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
    Recalled,
    Saved,
    SleepRun,
)
from core.paths import ProfilePaths
from core.recall import Recaller
from core.settings import Settings
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors
from core.urgency import Urgency

if TYPE_CHECKING:
    from core.capture.screen.picture import Picture

__all__ = ["Assistant", "Refusal", "finish"]


class Assistant(Keeping):
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
        country: str = "",
    ) -> None:
        """`country`: ISO 3166, where the system is set up for; the person's settings go before it."""
        super().__init__(paths, vault, media, vectors, settings, events)
        self.intake = Intake(vault, vectors, embedder, events, lambda: self.settings)
        self._embedder, self._country = embedder, country
        self._count_tokens = count_tokens
        self._recaller = Recaller(
            vault, events, vectors=vectors, embedder=embedder, count=count_tokens, settings=settings.recall
        )
        self._make_generator = generator
        self._generator: engine.Generator | None = None
        self._generator_for = ""
        self._warming: threading.Thread | None = None

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
        told: Told = lambda done, total: None,
        on_saved: Callable[[Saved], None] = lambda saved: None,
        cancelled: Asked = never,
    ) -> Generator[None, None, ImportReport]:
        """Import conversation files, in steps; the result is an ImportReport.

        A file that cannot be read is named in the report and the others go on; with one file alone its
        BadInput is raised.
        """
        report: ImportReport | None = None
        for path in paths:
            tally, saved = Tally(format="none"), list[Saved]()
            stopped = False
            try:
                found = formats.open_import(path, ImportContext.of(self.settings.person, now), told)
                tally = found.tally
                for one in self.intake.keep(found.observations(), now, partial(_skip, tally)):
                    saved.append(one)
                    on_saved(one)
                    stopped = cancelled()
                    if stopped:
                        break
                    yield
            except BadInput as problem:
                if len(paths) == 1 and not saved:
                    raise
                tally.skip(Skipped(line=0, reason=f"{path.name}: {problem.title}"))
            found_here = tally.report(tuple(saved), cancelled=stopped)
            report = found_here if report is None else report.plus(found_here)
            if stopped:
                break
        if report is None:
            raise BadInput("No file was named.", "`mneme import FILE...`")
        return report

    def embedding(self, *, cancelled: Asked = never) -> Iterator[int]:
        """Give vectors to all that waits, in steps of a few; nothing to do without an embedder."""
        return self.intake.embed(cancelled)

    # -- out

    def recall(
        self,
        question: str,
        now: datetime,
        *,
        k: int | None = None,
        conversation: str | None = None,
        context_tokens: int | None = None,
        ignore: Sequence[str] = (),
    ) -> Recalled:
        """What bears on a question, best first. `now` resolves dates and strength and hides nothing.

        Without `k` as many hits as the settings say, or more where the question wants more (`Recalled.route` says why).
        `ignore`: keys of what was understood (`Understood.key`) and is to be taken as plain words.
        """
        zone = zone_named(self.settings.person.zone)
        return self._recaller.recall(
            question,
            now if zone is None else now.astimezone(zone),
            ignore=ignore,
            region=region_of(self.settings.person.country or self._country),
            k=k,
            usual=self.settings.recall.hits,
            conversation=conversation,
            context_tokens=self.settings.recall.context_tokens if context_tokens is None else context_tokens,
            strength=lambda memory: decay.strength(memory, now, self.settings.decay),
        )

    def ask(
        self,
        question: str,
        now: datetime,
        *,
        conversation: str | None = None,
        ignore: Sequence[str] = (),
        on_words: Callable[[str], None] | None = None,
        cancelled: Asked = never,
        with_model: bool = True,
    ) -> Answer:
        """An answer with its grounds, or the honest word that there is no memory of it; `ignore` as for recall."""
        recalled = self.recall(question, now, conversation=conversation, ignore=ignore)
        generator = self.generator() if with_model else None
        likeness = self._likeness if any(hit.why.meaning for hit in recalled.hits) else None
        if generator is None:
            answer = extract(recalled, now, likeness)
        else:
            answer = compose(
                recalled,
                now,
                generator,
                on_words=on_words,
                cancelled=cancelled,
                budget=self.settings.recall.context_tokens,
                withheld=quarantined,
                likeness=likeness,
            )
        took = recalled.took_ms + answer.took_ms
        notices = (*recalled.notices, *answer.notices)
        return replace(answer, understood=recalled.understood, looked=recalled.route, took_ms=took, notices=notices)

    def _likeness(self, question: str, texts: Sequence[str]) -> Sequence[float] | None:
        """The cosine of a question with each text; None when meaning is not at hand."""
        if self._embedder is None:
            return None
        try:
            vectors = self._embedder.embed([question, *texts], Urgency.QUESTION)
        except ModelProblem:
            return None
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    def prompt(self, question: str, now: datetime, *, conversation: str | None = None) -> Prompt:
        """What a model would be given for a question, to be looked at; no model is asked.

        Its tokens are counted as the bundled embedder counts them.
        """
        recalled = self.recall(question, now, conversation=conversation)
        budget = self.settings.recall.context_tokens
        return build(recalled, now, count=self._count_tokens, budget=budget, withheld=quarantined)

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

    def generator(self) -> engine.Generator | None:
        """The model chosen for answers, started on its first word; None when none is chosen."""
        if self._generator is None or self._generator_for != self.settings.model.answering:
            self.stop_model()
            self._generator = self._make_generator(self.settings)
            self._generator_for = self.settings.model.answering
        return self._generator

    def rest_model(self, monotonic_s: float) -> None:
        """Give the engine's memory back when nobody has asked for a while; to be called from time to time."""
        if self._generator is not None:
            self._generator.idle_check(monotonic_s, self.settings.model.idle_minutes * 60.0)

    def stop_model(self) -> None:
        """End the engine process, if it runs."""
        if self._generator is not None:
            self._generator.stop()
            self._generator = None

    # -- while the person is away

    def sleeping(
        self,
        now: datetime,
        *,
        night_name: str | None = None,
        dry_run: bool = False,
        told: Told = lambda done, total: None,
        cancelled: Asked = never,
    ) -> Generator[None, None, SleepRun]:
        """One sleep, in steps; the result is its SleepRun with the journal.

        `night_name` is the night it is for; without one it was asked for by hand and is done again if need
        be. A dry run is one step, because it is one transaction that is rolled back. Raises AlreadyAsleep.
        """
        sleep = Night(
            vault=self._vault,
            settings=self.settings,
            now=now,
            night=night_name or upkeep.night_of(now, self.settings.sleep),
            hold=lambda draft: decay.first_stability(draft, self.settings.decay),
            fade=lambda found, moment: sweep.moves(found, moment, self.settings.decay),
            vectors=None if self._vectors is None else self._vectors.snapshot(),
            dry_run=dry_run,
            again=night_name is None,
            take_over=True,
            cancelled=cancelled,
        )
        for done in sleep.steps():
            told(done.number, done.stages)
            self.events.tell(Progressed(f"Sleep: {done.stage}", done.number, done.stages))
            if not dry_run:
                yield
        if sleep.result is None:
            raise BadInput("There was nothing to sleep on.", "Import or remember something first.")
        if not dry_run:
            self.events.tell(SleepEnded(sleep.result.id, sleep.result.counts))
            self._changed([entry.memory for entry in sleep.result.entries])
        return sleep.result

    def forget(self, ids: Sequence[MemoryId]) -> Forgotten:
        """Forget these memories and what was derived from them, with the proof. There is no undo.

        The model's process goes too: what it keeps of a prompt may hold them.
        """
        gone = super().forget(ids)
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
        self._warming = threading.Thread(target=self._warm, name="warm-up", daemon=True)
        self._warming.start()

    def _warm(self) -> None:
        with suppress(Problem):  # whoever asks is told
            self._recaller.warm()
            if self._embedder is not None:
                self._embedder.embed(("warm",), Urgency.CAPTURE)

    def close(self) -> None:
        """Stop the background work and the engine."""
        self.intake.close()
        if self._warming is not None:
            self._warming.join(30)
        self._recaller.close()
        self.stop_model()


def _skip(tally: Tally, refusal: Refusal) -> None:
    tally.skip(Skipped(line=0, reason=refusal.reason))


def finish(steps: Iterator[object]) -> object:
    """Run steps to their end; what they return. For scripts and tests without a worker."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value
