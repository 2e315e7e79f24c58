"""The storage budget carried out: pictures shrink in steps, each its own transaction; words are never touched."""

from collections.abc import Callable, Generator, Iterable
from datetime import datetime

from core.capture.screen.picture import halved
from core.decay import thin
from core.decay.curve import strength
from core.memory import MediaId, Memory, Selection
from core.settings import Settings
from core.store import memories
from core.store.media import Media, PictureFacts
from core.store.vault import Vault

_GB = 2**30
_FORMS = frozenset(thin.Form)


def thinning(
    vault: Vault, media: Media, settings: Settings, now: datetime, cancelled: Callable[[], bool]
) -> Generator[None, None, int]:
    """Shrink pictures until the store fits its budget; a step a picture, the result is the bytes freed."""
    with vault.read() as db:
        facts = list(media.every(db))
        shown = [memory for memory in memories.find(db, Selection(observed=True)) if memory.picture is not None]
        used = vault.paths.vault.stat().st_size + media.used_bytes(db)
    steps = thin.plan(planned(facts, shown, settings, now), used, int(settings.store.budget_gb * _GB))
    freed = 0
    for bytes_freed in thin.thin(steps, lambda id, form: _shrink(vault, media, id, form), cancelled=cancelled):
        freed += bytes_freed
        yield
    return freed


def planned(
    facts: Iterable[PictureFacts], shown: Iterable[Memory], settings: Settings, now: datetime
) -> list[thin.Picture]:
    """What the plan needs of each picture: its size, its form, its strongest memory."""
    strongest: dict[MediaId, float] = {}
    kept: set[MediaId] = set()
    for memory in shown:
        if memory.picture is not None:
            held = strength(memory, now, settings.decay)
            strongest[memory.picture] = max(strongest.get(memory.picture, 0.0), held)
            if memory.pinned:
                kept.add(memory.picture)
    return [
        thin.Picture(
            id=one.id,
            bytes=one.bytes + one.small_bytes,
            form=_form(one),
            strength=strongest.get(one.id, 0.0),
            kept=one.id in kept,
        )
        for one in facts
    ]


def _form(one: PictureFacts) -> thin.Form:
    if not one.whole:
        return thin.Form.THUMBNAIL
    return thin.Form(one.form) if one.form in _FORMS else thin.Form.FULL


def _shrink(vault: Vault, media: Media, id: MediaId, form: thin.Form) -> int:
    """One picture made smaller; the bytes that freed."""
    with vault.write() as db:
        before = media.facts(db, id)
        if form is thin.Form.HALF:
            smaller = halved(media.get(db, id))
            files = media.shrink(
                db, id, smaller.data, width=smaller.width, height=smaller.height, form=thin.Form.HALF.value
            )
        elif form is thin.Form.THUMBNAIL:
            files = media.keep_thumbnail(db, [id])
        else:
            memories.drop_picture(db, id)
            files = media.remove(db, [id])
        left = 0 if form is thin.Form.TEXT else (after := media.facts(db, id)).bytes + after.small_bytes
    media.discard(files)
    return max(0, before.bytes + before.small_bytes - left)
