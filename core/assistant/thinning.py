"""The storage budget carried out: pictures shrink in steps, each its own transaction; words are never touched."""

from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from core.decay import thin
from core.decay.curve import strength
from core.memory import Forecast, Kind, MediaId, Selection
from core.settings import Settings
from core.store import memories, uses
from core.store.media import Media, PictureFacts
from core.store.vault import Vault

_GB = 2**30
_WEEKS = timedelta(days=28)
"""What the pace is measured over: whole weeks, for weekends are slower."""
_FORMS = frozenset(thin.Form)


def thinning(
    vault: Vault, media: Media, settings: Settings, now: datetime, cancelled: Callable[[], bool]
) -> Generator[None, None, int]:
    """Shrink pictures until the store fits its budget; a step a picture, the result is the bytes freed."""
    with vault.read() as db:
        facts = list(media.every(db))
        shown = uses.pictured(db)
        used = vault.paths.vault.stat().st_size + media.used_bytes(db)
    steps = thin.plan(planned(facts, shown, settings, now), used, int(settings.store.budget_gb * _GB))
    freed = 0
    for bytes_freed in thin.thin(steps, lambda id, form: _shrink(vault, media, id, form), cancelled=cancelled):
        freed += bytes_freed
        yield
    return freed


def forecast(vault: Vault, media: Media, settings: Settings, now: datetime) -> Forecast:
    """How full the store is, when its budget will be at the pace of the last weeks, and what is thinned first.

    What the words take is their part of the vault by how many memories came in these weeks.
    """
    since = now - _WEEKS
    with vault.read() as db:
        facts = list(media.every(db))
        shown = uses.pictured(db)
        all_of_them = memories.count(db, Selection(kinds=tuple(Kind)))
        lately = memories.count(db, Selection(kinds=tuple(Kind), saved_after=since))
        oldest = memories.first_saved(db)
        vault_bytes, picture_bytes = vault.paths.vault.stat().st_size, media.used_bytes(db)
    new = {memory.picture for memory in shown if memory.created >= since}
    grown = sum(one.bytes + one.small_bytes for one in facts if one.id in new)
    grown += int(vault_bytes * lately / max(1, all_of_them))
    days = max((now - max(since, oldest or now)) / timedelta(days=1), 1.0)
    budget = int(settings.store.budget_gb * _GB)
    return thin.forecast(planned(facts, shown, settings, now), vault_bytes + picture_bytes, budget, grown / days)


def planned(
    facts: Iterable[PictureFacts], shown: Iterable[uses.Pictured], settings: Settings, now: datetime
) -> list[thin.Picture]:
    """What the plan needs of each picture: its size, its form, its strongest memory.

    A picture and all that are patches on it shrink together, under its name, and are as strong as the strongest of
    them. Where one of them is kept for good the base is as well, and each of the others shrinks by itself.
    """
    strongest: dict[MediaId, float] = {}
    kept: set[MediaId] = set()
    for memory in shown:
        held = strength(memory, now, settings.decay)
        strongest[memory.picture] = max(strongest.get(memory.picture, 0.0), held)
        if memory.pinned or memory.kind is Kind.CORE:
            kept.add(memory.picture)
    groups: dict[MediaId, list[PictureFacts]] = {}
    for one in facts:
        groups.setdefault(one.base or one.id, []).append(one)
    found: list[thin.Picture] = []
    for base, group in groups.items():
        ids = {one.id for one in group}
        pinned = ids & kept
        alone = bool(pinned) or base not in ids
        found.extend(
            thin.Picture(
                id=part[0].id if alone else base,
                bytes=sum(one.bytes + one.small_bytes for one in part),
                form=_form(part[0]),
                strength=max(strongest.get(one.id, 0.0) for one in part),
                kept=part[0].id in pinned or (bool(pinned) and part[0].id == base),
            )
            for part in ([[one] for one in group] if alone else [group])
        )
    return found


def _form(one: PictureFacts) -> thin.Form:
    if not one.whole:
        return thin.Form.THUMBNAIL
    return thin.Form(one.form) if one.form in _FORMS else thin.Form.FULL


def _shrink(vault: Vault, media: Media, id: MediaId, form: thin.Form) -> int:
    """One picture, and what is a patch on it, made smaller; the bytes that freed."""
    with vault.write() as db:
        group = [id, *media.resting_on(db, id)]
        before = _bytes(db, media, group)
        if form is thin.Form.HALF:
            files = media.halve(db, id)
        elif form is thin.Form.THUMBNAIL:
            files = media.keep_thumbnail(db, group)
        else:
            memories.drop_pictures(db, group)
            files = media.remove(db, group)
        left = 0 if form is thin.Form.TEXT else _bytes(db, media, group)
    media.discard(files)
    return max(0, before - left)


def _bytes(db: Database, media: Media, ids: Iterable[MediaId]) -> int:
    return sum(facts.bytes + facts.small_bytes for facts in (media.facts(db, id) for id in ids))
