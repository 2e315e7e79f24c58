"""Another embedder: all memories are read anew beside the old vectors, which answer until the new ones are complete."""

import json
import threading
from collections.abc import Callable, Iterator

import numpy as np

from core.inference.embedder import Embedder
from core.memory import EmbedderId
from core.recall.language_check import bundled, checked, known, pairs
from core.store import preferences, tonight
from core.store.vault import Vault
from core.store.vectors import rows
from core.urgency import Urgency

IN_USE, ITS_FILE = "embedder", "embedder_file"
"""Noted in the vault: the id of the embedder whose vectors answer, and its file's name ("": the bundled one)."""
_AT_ONCE = 16
_LANGUAGES = "languages "


def languages_of(vault: Vault, embedder: EmbedderId) -> dict[str, float]:
    """What the check of languages found for an embedder; empty when it was never made."""
    if embedder in bundled():
        return bundled()[embedder]
    with vault.read() as db:
        found: dict[str, float] = json.loads(preferences.noted(db, _LANGUAGES + embedder) or "{}")
    return found


def knows(vault: Vault, embedder: EmbedderId | None) -> Callable[[str], bool]:
    """Whether an embedder knows a language, as far as it was checked."""
    return known({} if embedder is None else languages_of(vault, embedder))


class Exchange:
    """Makes another embedder's vectors of every memory, a step at a time. Safe to use from any thread."""

    def __init__(self, vault: Vault, new: Embedder, file: str) -> None:
        self.new, self.file = new, file
        self._vault = vault
        self._step = threading.Lock()
        self._given_up = False
        self._left = [] if languages_of(vault, new.id) else list(pairs())
        self._found: dict[str, float] = {}
        with vault.read() as db:
            self._below = tonight.newest(db) + 1
            self.total = rows.count_lacking(db, new.id)
        self.done = 0

    def steps(self, cancelled: Callable[[], bool], urgency: Urgency) -> Iterator[tuple[int, int]]:
        """Check the languages, then embed, until nothing lacks a vector; (done, total) after each step.

        Raises ModelProblem, ChildDied; what was done until then is kept.
        """
        while not cancelled() and self._stepped(urgency):
            yield self.done, self.total

    def _stepped(self, urgency: Urgency) -> bool:
        with self._step:
            if self._given_up:
                return False
            if self._left:
                self._check_next()
                return True
            with self._vault.read() as db:
                found, lowest = rows.lacking(db, self.new.id, self._below, _AT_ONCE)
                newest = tonight.newest(db) + 1
            if not found:
                again, self._below = self._below < newest, newest
                return again and self._lacks()
            texts = list(dict.fromkeys(text for _, text in found))
            made = dict(zip(texts, self.new.embed(texts, urgency), strict=True))
            with self._vault.write() as db:
                now = dict(rows.lacking(db, self.new.id, self._below, _AT_ONCE)[0])
                still = [(id, text) for id, text in found if now.get(id) == text]  # nobody has changed it meanwhile
                if still:
                    ids, vectors = [id for id, _ in still], np.stack([made[text] for _, text in still])
                    rows.store_ahead(db, self.new.id, ids, vectors)
            self._below = lowest
            self.done = min(self.done + len({id.partition("#")[0] for id, _ in found}), self.total)
            return True

    def _lacks(self) -> bool:
        with self._vault.read() as db:
            return rows.count_lacking(db, self.new.id) > 0

    def _check_next(self) -> None:
        language = self._left.pop()
        self._found[language] = round(checked(lambda texts: self.new.embed(texts, Urgency.UPKEEP), language), 3)
        if not self._left:
            with self._vault.write() as db:
                preferences.note(db, _LANGUAGES + self.new.id, json.dumps(self._found))

    def finish(self) -> None:
        """Let the new vectors be the ones that answer: the old ones go, what came meanwhile waits for its own."""
        with self._vault.write() as db:
            rows.requeue_all(db, self.new.id)
            preferences.note(db, IN_USE, self.new.id)
            preferences.note(db, ITS_FILE, self.file)

    def abandon(self) -> None:
        """Drop what was made, after the step that is being done."""
        with self._step:
            self._given_up = True
            with self._vault.write() as db:
                rows.drop_all(db, self.new.id)
        self.new.close()
