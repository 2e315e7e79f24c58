"""The storage budget: pictures shrink in steps, weakest first, so that there is never a cliff; words stay."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.memory import Forecast, MediaId

MB = 2**20


class Form(StrEnum):
    """How much of a picture is left; `picture.form` in the vault."""

    FULL = "full"
    HALF = "half"
    THUMBNAIL = "thumbnail"
    TEXT = "text"
    """The picture is gone, the words that were read from it stay."""


SHARE = {Form.FULL: 1.0, Form.HALF: 0.3, Form.THUMBNAIL: 0.06, Form.TEXT: 0.0}
"""Expected bytes as a share of the full picture (WebP; half the sides, then 320 pixels wide)."""
_NEXT = {Form.FULL: Form.HALF, Form.HALF: Form.THUMBNAIL, Form.THUMBNAIL: Form.TEXT}
_KEEPS_UNTIL = {Form.FULL: 0.6, Form.HALF: 0.35, Form.THUMBNAIL: 0.1}
"""The strength above which a form is spared while weaker pictures can still shrink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the plan needs to know of a picture. `strength` is its strongest memory's, 0..1."""

    id: MediaId
    bytes: int
    form: Form
    strength: float
    kept: bool = False
    """Pinned or core: never thinned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """One picture becomes smaller."""

    picture: MediaId
    form: Form
    frees: int
    """Expected bytes."""


def plan(pictures: Iterable[Picture], used_bytes: int, budget_bytes: int) -> list[Thinning]:
    """What to shrink so that `used_bytes` fits the budget: whole rounds of one step each, weakest first.

    A picture takes the second step only after every weaker or equal one took the first, and strong ones
    are spared while the weak can still give. Returns at most one thinning a picture, to its last form, in
    the order to do them; an empty list when it already fits. Nothing but pictures is ever taken, so a store
    whose words alone pass the budget stays above it.
    """
    over = used_bytes - budget_bytes
    left = {picture.id: picture for picture in pictures if not picture.kept and picture.form is not Form.TEXT}
    first = dict(left)
    done: dict[MediaId, Form] = {}
    for spare_strong in (True, False):
        while over > 0:
            ready = sorted(
                (p for p in left.values() if not (spare_strong and p.strength > _KEEPS_UNTIL[p.form])),
                key=_turn,
            )
            if not ready:
                break
            for picture in ready:
                smaller = _shrunk(picture)
                done[picture.id] = smaller.form
                over -= picture.bytes - smaller.bytes
                if smaller.form is Form.TEXT:
                    del left[picture.id]
                else:
                    left[picture.id] = smaller
                if over <= 0:
                    break
    return [
        Thinning(picture=id, form=form, frees=first[id].bytes - _expected(first[id], form)) for id, form in done.items()
    ]


def thin(
    thinnings: Sequence[Thinning],
    shrink: Callable[[MediaId, Form], int],
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[int]:
    """Carry a plan out, yielding the bytes each step freed. `shrink(picture, form)` is one transaction."""
    for thinning in thinnings:
        if cancelled():
            return
        yield shrink(thinning.picture, thinning.form)


def forecast(
    pictures: Sequence[Picture], used_bytes: int, budget_bytes: int, bytes_a_day: float, *, coming: int = 5
) -> Forecast:
    """What becomes of the storage budget if every day brings `bytes_a_day`; the first `coming` thinnings."""
    days = None
    if used_bytes >= budget_bytes:
        days = 0.0
    elif bytes_a_day > 0:
        days = (budget_bytes - used_bytes) / bytes_a_day
    return Forecast(
        used_bytes=used_bytes,
        budget_bytes=budget_bytes,
        bytes_a_day=max(bytes_a_day, 0.0),
        days=days,
        coming=tuple((one.picture, one.form.value, one.frees) for one in _first(pictures, coming)),
        can_free=sum(one.bytes for one in pictures if not one.kept and one.form is not Form.TEXT),
    )


def _first(pictures: Sequence[Picture], limit: int) -> Iterator[Thinning]:
    """The beginning of the first round of a plan, whatever the budget."""
    can = [one for one in pictures if not one.kept and one.form is not Form.TEXT]
    weak = [one for one in can if one.strength <= _KEEPS_UNTIL[one.form]]
    for picture in sorted(weak or can, key=_turn)[:limit]:
        smaller = _shrunk(picture)
        yield Thinning(picture=picture.id, form=smaller.form, frees=picture.bytes - smaller.bytes)


def _turn(picture: Picture) -> tuple[int, float, MediaId]:
    """Whose turn it is first: the larger form, then the weaker."""
    return list(Form).index(picture.form), picture.strength, picture.id


def _expected(picture: Picture, form: Form) -> int:
    return min(int(picture.bytes * SHARE[form] / SHARE[picture.form]), picture.bytes)


def _shrunk(picture: Picture) -> Picture:
    form = _NEXT[picture.form]
    return Picture(
        id=picture.id, bytes=_expected(picture, form), form=form, strength=picture.strength, kept=picture.kept
    )
