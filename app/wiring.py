"""Everything one open profile needs, put together in one place and taken apart in reverse."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from app.kept_rules import give_seeds
from app.shelf import Shelf
from core.assistant import Assistant
from core.assistant.exchange import IN_USE, ITS_FILE
from core.dates.region import country_of
from core.errors import DamagedVault, Problem
from core.events import Events, Noticed
from core.inference import wordpiece
from core.inference.embedder import Embedder, LlamaEmbedder
from core.inference.generator import Generator
from core.paths import BUNDLED_EMBEDDER
from core.settings import Settings
from core.store import preferences, rehearsal
from core.store.backup import set_aside
from core.store.media import Media
from core.store.profile import Profile
from core.store.vault import Vault
from core.store.vectors import Vectors, rows

CHECK_OWED = "check_owed"
"""Noted until the vault is checked, when whoever had it open last did not close it."""
_OPEN = "open"
_RULES_CAME = "Settings > Recording lists all of them (`mneme rules list`); take away what you want kept."
_AFTER_THE_START_S = 5.0
"""Chroma takes a second of processor to import alone: it comes when the window is up, exact search answers first."""


@dataclass(slots=True)
class Opened:
    """An unlocked profile at work."""

    profile: Profile
    vault: Vault
    media: Media
    vectors: Vectors | None
    assistant: Assistant

    @property
    def embedder(self) -> Embedder | None:
        """The one whose vectors answer."""
        return self.assistant.embedder

    def close(self) -> None:
        """Stop everything in reverse order and drop the key."""
        self.assistant.close()
        if self.vectors is not None:
            self.vectors.close()
        if self.embedder is not None:
            self.embedder.close()
        if not self.vault.read_only:
            with suppress(Problem), self.vault.write() as db:  # a full disk: it then counts as not closed
                preferences.note(db, _OPEN, None)
        self.vault.close()
        self.profile.lock()


def open_profile(
    profile: Profile,
    events: Events,
    clock: Callable[[], datetime],
    *,
    stays: bool,
    embedder: Embedder | None = None,
    read_only: bool = False,
    generator: Callable[[Settings], Generator | None] | None = None,
) -> Opened:
    """Open an unlocked profile's vault and put the assistant on it.

    `stays`: the process goes on for a while, so the embedder is warmed and Chroma built in the background.
    `embedder` and `generator` override the settings'. `read_only`: nothing is written, also no newer schema refused;
    recall goes by words only where the vectors are another embedder's. Raises VaultProblem and its kin.
    """
    paths = profile.paths
    vault = profile.open_vault(clock=lambda: clock().timestamp(), read_only=read_only)
    try:
        media = Media(paths)
        settings = _settings(vault, events)  # first: a vault in which they are damaged is not written to
        if not read_only:
            _begin(vault, media, events)
        shelf = Shelf(paths, vault, None, events)
        chosen, coming = (embedder, None) if embedder is not None else choose_embedder(settings, shelf, vault, events)
        vectors = None
        if chosen is not None:
            vectors = Vectors(vault, paths, chosen.id, chosen.dimensions, settings.store, events)
            with vault.read() as db:
                changed = preferences.noted(db, IN_USE) != chosen.id
            if changed and read_only:
                chosen = vectors = None
            elif changed:
                with vault.write() as db:
                    rows.requeue_all(db, chosen.id)
                    preferences.note(db, IN_USE, chosen.id)
                    preferences.note(db, ITS_FILE, settings.model.embedder)
            if stays and vectors is not None:
                vectors.build_in_background(_AFTER_THE_START_S)
        assistant = Assistant(
            paths=paths,
            vault=vault,
            media=media,
            vectors=vectors,
            embedder=chosen,
            count_tokens=wordpiece.count,
            events=events,
            settings=settings,
            generator=generator or shelf.generator,
            embedder_named=None if embedder is not None else lambda name: embedder_named(name, shelf),
            country=_country(),
        )
        if coming is not None and not read_only:
            assistant.exchange_for(coming, settings.model.embedder)
        elif coming is not None:
            coming.close()
        if stays:
            assistant.warm_up()
    except BaseException:
        vault.close()
        raise
    return Opened(profile, vault, media, vectors, assistant)


def _country() -> str:
    """The country this system writes dates for; empty where it does not say."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_TIME", "LANG"))
    return country_of(next((name for name in names if name), ""))


def _begin(vault: Vault, media: Media, events: Events) -> None:
    """What a vault that may be written to is owed first."""
    rehearsal.sweep(vault.paths)
    with vault.write() as db:
        if not set_aside(vault.paths):  # theirs may be pictures that this vault does not know
            media.sweep(db)
        if preferences.noted(db, _OPEN) is not None:
            preferences.note(db, CHECK_OWED, 1)
        preferences.note(db, _OPEN, 1)
        new = give_seeds(db)
    if new:
        came = "One rule" if new == 1 else f"{new} rules"
        events.tell(Noticed(f"{came} of what is never captured came with this version of Mneme.", _RULES_CAME))


def _settings(vault: Vault, events: Events) -> Settings:
    def told(key: str) -> None:
        events.tell(Noticed(f"The setting {key} could not be read.", "Its default is used until you set it again."))

    try:
        with vault.read() as db:
            return preferences.load_settings(db, told)
    except DamagedVault:
        if not vault.read_only:
            raise
        return Settings()  # what can still be read is worth more than how it was to be shown


def choose_embedder(
    settings: Settings, shelf: Shelf, vault: Vault, events: Events
) -> tuple[Embedder | None, Embedder | None]:
    """The embedder that answers, and the one that is to answer once it has read everything, if that is another.

    The former is the one whose vectors are in the vault, where its file is still there; else the one of the settings.
    None (words only) where neither can be had.
    """
    with vault.read() as db:
        in_use, file = preferences.noted(db, IN_USE), str(preferences.noted(db, ITS_FILE) or "")
    present = _present(in_use, file, shelf)
    if present is not None and file == settings.model.embedder:
        return present, None
    try:
        wanted = embedder_named(settings.model.embedder, shelf)
    except Problem as problem:
        until = "Until then recall goes by words only." if present is None else "Until then the former one answers."
        events.tell(Noticed(problem.title, f"{problem.remedy} {until}", problem=True))
        return present, None
    if present is None or present.id == wanted.id:
        return wanted, None
    return present, wanted


def _present(in_use: str | None, file: str, shelf: Shelf) -> Embedder | None:
    """The embedder whose vectors are in the vault; None where there are none yet, or its file has gone or changed."""
    if in_use is None:
        return None
    with suppress(Problem):
        found = embedder_named(file, shelf)
        if found.id == in_use:
            return found
        found.close()
    return None


def embedder_named(name: str, shelf: Shelf) -> Embedder:
    """The embedder of a file of the profile, its bytes checked; the bundled one for "". Raises ModelProblem."""
    return LlamaEmbedder(shelf.located(name).path if name else BUNDLED_EMBEDDER)
