"""Finding and answering: recall with the person's settings, answers with and without a model, the model's process."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from core.answer.compose import compose
from core.answer.extract import extract
from core.answer.prompt import Prompt, build
from core.assistant.about import About
from core.assistant.exchange import knows
from core.assistant.keeping import Asked, Keeping, never
from core.assistant.permitted import Permitted
from core.capture.conversation.report import zone_named
from core.consolidate.filter import quarantined
from core.dates.region import region_of
from core.dates.zone import with_summer_time
from core.decay import curve as decay
from core.errors import ModelProblem
from core.events import Events
from core.inference import generator as engine
from core.inference.embedder import Embedder
from core.memory import Answer, Context, Memory, Recalled
from core.paths import ProfilePaths
from core.recall import Recaller
from core.settings import Settings
from core.store.clients import Scope
from core.store.media import Media
from core.store.vault import Vault
from core.store.vectors import Vectors
from core.urgency import Urgency

MOST_LOOKED_AT = 60
"""Hits among which those are looked for that another reader may be given."""


class Asking(Keeping):
    """Questions to the store. Safe to use from any thread."""

    def __init__(
        self,
        paths: ProfilePaths,
        vault: Vault,
        media: Media,
        vectors: Vectors | None,
        settings: Settings,
        events: Events,
        *,
        embedder: Embedder | None,
        count_tokens: Callable[[str], int],
        generator: Callable[[Settings], engine.Generator | None],
        country: str,
    ) -> None:
        super().__init__(paths, vault, media, vectors, settings, events)
        self._embedder, self._country = embedder, country
        self._count_tokens = count_tokens
        self._recaller = Recaller(
            vault,
            events,
            vectors=vectors,
            embedder=embedder,
            count=count_tokens,
            settings=settings.recall,
            knows=knows(vault, None if embedder is None else embedder.id),
        )
        self._about: About | None = None
        self._make_generator = generator
        self._generator: engine.Generator | None = None
        self._generator_for: tuple[str, int, str] = ("", 0, "")
        self._choosing = threading.RLock()
        """Questions and a sleep may want the model at the same time; there is one process of it."""

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
            with_summer_time(now) if zone is None else now.astimezone(zone),
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
        on_first: Callable[[Answer], None] | None = None,
        on_words: Callable[[str], None] | None = None,
        cancelled: Asked = never,
        with_model: bool = True,
        given: Callable[[Memory], bool] | None = None,
    ) -> Answer:
        """An answer with its grounds, or the honest word that there is no memory of it; `ignore` as for recall.

        `on_first` is given the one in the memories' own words, before a model is looked for, started or asked; where
        none is chosen that is the answer. `given`: whether a memory may be given to another reader; what may not has
        no part in the answer.
        """
        if given is None:
            recalled = self.recall(question, now, conversation=conversation, ignore=ignore)
        else:
            recalled = self._given(question, now, given, conversation=conversation, ignore=ignore)
        likeness = self._likeness if any(hit.why.meaning for hit in recalled.hits) else None
        first: Answer | None = None
        if on_first is not None and with_model and self.settings.model.answering:
            first = extract(recalled, now, likeness)
            on_first(self._whole(recalled, first))
        generator, why = self._usable_generator() if with_model else (None, ())
        if generator is None:
            answer = first or extract(recalled, now, likeness)
            answer = replace(answer, notices=(*why, *answer.notices))
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
                profile=[line for line in self.profile() if given is None or given(line)],
            )
        return self._whole(recalled, answer)

    def _usable_generator(self) -> tuple[engine.Generator | None, tuple[str, ...]]:
        """The model chosen for answers; where its file cannot be used, none, and the sentence to say that with."""
        try:
            return self.generator(), ()
        except ModelProblem as problem:
            notice = f"{problem.title} {problem.remedy}".strip()
            return None, (f"{notice} This answer is taken from your memories without it.",)

    def _whole(self, recalled: Recalled, answer: Answer) -> Answer:
        """With what recall has to say of it, and what speaks against it."""
        took = recalled.took_ms + answer.took_ms
        notices = (*recalled.notices, *answer.notices, *self._disputed(answer))
        return replace(answer, understood=recalled.understood, looked=recalled.route, took_ms=took, notices=notices)

    def _disputed(self, answer: Answer) -> tuple[str, ...]:
        """A sentence where the answer rests on one side of a contradiction that waits for the person."""
        grounds = {id for sentence in answer.sentences for id in sentence.memories}
        for conflict in self.conflicts() if grounds else ():
            sides = (conflict.memory, conflict.against)
            if any(side in grounds or grounds & {one.id for one in self.sources(side)} for side in sides):
                return ("It was also said otherwise; which is right waits for you: Sleep, or `mneme conflicts`.",)
        return ()

    def _likeness(self, question: str, texts: Sequence[str]) -> Sequence[float] | None:
        """The cosine of a question with each text; None when meaning is not at hand."""
        if self._embedder is None:
            return None
        try:
            vectors = self._embedder.embed([question, *texts], Urgency.QUESTION)
        except ModelProblem:
            return None
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    def _given(
        self,
        question: str,
        now: datetime,
        given: Callable[[Memory], bool],
        *,
        conversation: str | None,
        ignore: Sequence[str],
    ) -> Recalled:
        """What bears on a question and may be given, as if there were nothing else."""
        found = self.recall(question, now, k=MOST_LOOKED_AT, conversation=conversation, ignore=ignore)
        hits = tuple(islice((hit for hit in found.hits if given(hit.memory)), self.settings.recall.hits))
        return replace(found, hits=hits, context=Context(), understood=())

    def permitted(self, scope: Scope) -> Permitted:
        """What a reader of this scope is given, for one request."""
        embedder = self._embedder
        if self._about is None or self._about.embedder is not embedder:
            self._about = About(self._vault, embedder, knows(self._vault, None if embedder is None else embedder.id))
        return Permitted(self._vault, scope, self._about)

    def prompt(self, question: str, now: datetime, *, conversation: str | None = None) -> Prompt:
        """What a model would be given for a question, to be looked at; no model is asked.

        Its tokens are counted as the bundled embedder counts them.
        """
        recalled = self.recall(question, now, conversation=conversation)
        budget = self.settings.recall.context_tokens
        return build(
            recalled, now, count=self._count_tokens, budget=budget, withheld=quarantined, profile=self.profile()
        )

    def generator(self) -> engine.Generator | None:
        """The model chosen for answers, started on its first word; None when none is chosen."""
        with self._choosing:
            chosen = self.settings.model
            wanted = (chosen.answering, chosen.memory_mb, chosen.draft)
            if self._generator is None or self._generator_for != wanted:
                self.stop_model()
                self._generator = self._make_generator(self.settings)
                self._generator_for = wanted
            return self._generator

    def last_run(self) -> tuple[str, int, engine.Run] | None:
        """What the last whole answer of a model took: its file, the memory it was given in MB, the figures."""
        model = self._generator
        if not isinstance(model, engine.LlamaGenerator) or model.last_run is None:
            return None
        name, memory_mb, _ = self._generator_for
        return name, memory_mb, model.last_run

    def rest_model(self, monotonic_s: float) -> None:
        """Give the engine's memory back when nobody has asked for a while; to be called from time to time.

        The model's file is looked at anew before it is loaded again.
        """
        model = self._generator
        if model is not None and model.idle_check(monotonic_s, self.settings.model.idle_minutes * 60.0):
            with self._choosing:
                if self._generator is model:
                    self._generator = None

    def stop_model(self) -> None:
        """End the engine process, if it runs."""
        with self._choosing:
            model, self._generator = self._generator, None
        if model is not None:
            model.stop()
