"""What an import is given and what it says afterwards."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.dates.region import region_of
from core.errors import BadInput
from core.memory import Claim, Observation, Provenance, Saved
from core.settings import Person

NONE = "none"
"""The format of what could not be read."""
LISTED = 1000
"""How many skipped places a report names; the rest is counted only."""
_UNDATED = "{n} had no date of their own: they took a neighbour's, or the moment of import."
_LEFT = "{n} have another text than what is there: only a file that you import yourself may change it."
_NAMED, _COUNTED = 12, 20_000
"""Of those who speak: how many a report names, and how many are counted."""
_YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A place that was not taken. `line` counts from 1: lines, or messages or conversations; 0 is the whole file."""

    line: int
    reason: str
    """In words; never content."""
    file: str = ""
    """Which file of a download, where it has several."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file that the person should know, said once however often it is met."""

    sentence: str
    """"{n}" in it is how often."""
    count: int = 1


ReadOut = Observation | Skipped | Notice
"""What a reader hands out, in file order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What a reader must know beside the bytes. `now` is the moment of import, aware."""

    now: datetime
    name: str = "import"
    """The file's name without its ending: the conversation of formats that name none."""
    names: tuple[str, ...] = ()
    """Names that mean the person, beside `me`."""
    zone: ZoneInfo | None = None
    """For times without an offset; None is the system's zone."""
    month_first: bool | None = None
    """Whether 3/4 is in March, where nothing else tells; None: the person has not said where they live."""
    vouched: bool = True
    """The person brought it in themself: what it says is theirs is believed."""

    @classmethod
    def of(cls, person: Person, now: datetime, name: str = "import", *, vouched: bool = True) -> "ImportContext":
        """From the person's settings. Raises BadInput for a zone that does not exist."""
        month_first = region_of(person.country).month_first if person.country else None
        zone = zone_named(person.zone)
        return cls(now=now, name=name, names=person.names, zone=zone, month_first=month_first, vouched=vouched)

    def is_person(self, name: str) -> bool:
        """Whether this speaker or addressee is the person themself."""
        return self.is_me(name) or self.is_named(name)

    def is_me(self, name: str) -> bool:
        """Whether a file says so itself, whatever the person is called."""
        return name.strip().casefold() == "me"

    def is_named(self, name: str) -> bool:
        """Whether it is one of the person's names."""
        folded = name.strip().casefold()
        return bool(folded) and any(folded == own.strip().casefold() for own in self.names)

    def aware(self, at: datetime) -> datetime:
        """`at` with a fixed offset of whole minutes, a naive one read in the profile's zone.

        Raises ValueError for years that no conversation has.
        """
        if at.year not in _YEARS:
            raise ValueError("out of range")
        if at.tzinfo is None:
            at = at.astimezone() if self.zone is None else at.replace(tzinfo=self.zone)
        offset = at.utcoffset() or timedelta(0)
        return at.astimezone(timezone(timedelta(minutes=round(offset / timedelta(minutes=1)))))

    def from_posix(self, seconds: float) -> datetime:
        """POSIX seconds in the profile's zone. Raises ValueError when out of range."""
        if not 0 <= seconds < 7_258_118_400:
            raise ValueError("out of range")
        return self.aware(datetime.fromtimestamp(seconds, self.zone).astimezone(self.zone))


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of that name, None for the system's. Raises BadInput."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"There is no time zone called {name!r}.", "Write it like Europe/Berlin in Settings > Time zone."
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One file of an import: what it was recognised as, and how many observations and places it gave."""

    file: str
    format: str
    taken: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """Somebody who speaks in an import."""

    name: str
    turns: int = 0
    conversations: int = 0
    mine: bool = False
    """It is known to be the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import took, and what not and why. Counts are observations."""

    format: str
    taken: int = 0
    """Read from the file, whether new or not."""
    new: int = 0
    known: int = 0
    versions: int = 0
    refused: int = 0
    skipped: tuple[Skipped, ...] = ()
    """The first of them, at most LISTED."""
    skipped_count: int = 0
    noticed: tuple[tuple[str, int], ...] = ()
    """Sentences, and how often each was met."""
    files: tuple[FileRead, ...] = ()
    """The first of them, at most LISTED."""
    people: tuple[Spoke, ...] = ()
    """Those who speak most, in most conversations first; assistants are not among them."""
    mine: int = 0
    """How many turns are the person's own."""
    unvouched: int = 0
    """How many would be if the person had brought them in themself."""
    cancelled: bool = False

    @property
    def who_is_it(self) -> tuple[str, ...]:
        """Who of those who speak the person may be, the likeliest first; nobody where that is known or none can be."""
        return () if self.mine or self.unvouched else tuple(one.name for one in self.people)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know, in sentences."""
        return tuple(sentence.replace("{n}", f"{count:,}") for sentence, count in self.noticed)

    def plus(self, other: "ImportReport") -> "ImportReport":
        """Both together, for an import of several files."""
        formats = dict.fromkeys(one for one in f"{self.format}, {other.format}".split(", ") if one != NONE)
        noticed = Counter(dict(self.noticed))
        noticed.update(dict(other.noticed))
        return ImportReport(
            format=", ".join(formats) or NONE,
            taken=self.taken + other.taken,
            new=self.new + other.new,
            known=self.known + other.known,
            versions=self.versions + other.versions,
            refused=self.refused + other.refused,
            skipped=(self.skipped + other.skipped)[:LISTED],
            skipped_count=self.skipped_count + other.skipped_count,
            noticed=tuple(noticed.items()),
            files=(self.files + other.files)[:LISTED],
            people=_together((*self.people, *other.people)),
            mine=self.mine + other.mine,
            unvouched=self.unvouched + other.unvouched,
            cancelled=self.cancelled or other.cancelled,
        )

    def within(self, download: str) -> "ImportReport":
        """With its places named as those of this download, for an import of several."""
        return replace(
            self,
            skipped=tuple(replace(one, file=_within(download, one.file)) for one in self.skipped),
            files=tuple(replace(one, file=_within(download, one.file)) for one in self.files),
        )

    def beside(self, left: Sequence[Skipped], notices: Sequence[str]) -> "ImportReport":
        """With what lay beside and was not taken, and what is to be said of it."""
        return replace(
            self,
            skipped=(self.skipped + tuple(left))[:LISTED],
            skipped_count=self.skipped_count + len(left),
            noticed=self.noticed + tuple((one, 1) for one in notices),
        )


def _together(people: Iterable[Spoke]) -> tuple[Spoke, ...]:
    """Each once, who speaks in most conversations first, and of those who says most."""
    found: dict[tuple[str, bool], Spoke] = {}
    for one in people:
        other = found.get((one.name, one.mine), Spoke(name=one.name, mine=one.mine))
        turns, conversations = one.turns + other.turns, one.conversations + other.conversations
        found[one.name, one.mine] = replace(one, turns=turns, conversations=conversations)
    said = sorted(found.values(), key=lambda one: (-one.conversations, -one.turns, one.name))
    return tuple(said[:_NAMED])


def _within(download: str, file: str) -> str:
    return f"{download}/{file}" if file not in ("", download) else download


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts while an import runs; `report()` at its end."""

    format: str
    taken: int = 0
    undated: int = 0
    new: int = 0
    known: int = 0
    versions: int = 0
    refused: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    noticed: Counter[str] = field(default_factory=Counter)
    files: list[FileRead] = field(default_factory=list)
    mine: int = 0
    unvouched: int = 0
    people: dict[tuple[str, bool], list[int]] = field(default_factory=dict)
    """How many turns each said, in how many conversations; of millions of speakers the first only."""
    _met: set[tuple[str, str]] = field(default_factory=set)

    def heard(self, origin: Provenance) -> None:
        """Count who said a turn, and whose it is."""
        self.mine += origin.mine
        self.unvouched += origin.claim is Claim.UNVOUCHED
        if not origin.speaker or origin.role in ("assistant", "system", "tool"):
            return
        if (origin.speaker, origin.mine) not in self.people and len(self.people) >= _COUNTED:
            return
        counts = self.people.setdefault((origin.speaker, origin.mine), [0, 0])
        counts[0] += 1
        if (met := (origin.speaker, origin.conversation)) not in self._met and len(self._met) < _COUNTED:
            self._met.add(met)
            counts[1] += 1

    def skip(self, skipped: Skipped) -> None:
        """Count a skipped place, and name it while there is room."""
        self.skipped_count += 1
        if len(self.skipped) < LISTED:
            self.skipped.append(skipped)

    def notice(self, sentence: str, count: int = 1) -> None:
        """Tell something once, with how often it was met."""
        self.noticed[sentence] += count

    def read(self, file: FileRead) -> None:
        """Name a file that was read while there is room."""
        if len(self.files) < LISTED:
            self.files.append(file)

    def keep(self, saved: Saved) -> None:
        """Count what a commit kept; its ids are not held, for there may be millions."""
        self.new += len(saved.ids) - saved.versions
        self.known += saved.known
        self.versions += saved.versions
        self.refused += saved.refused
        if saved.left:
            self.noticed[_LEFT] += saved.left

    def report(self, *, cancelled: bool = False) -> ImportReport:
        """What happened."""
        noticed = Counter(self.noticed)
        if self.undated:
            noticed[_UNDATED] += self.undated
        return ImportReport(
            format=self.format,
            taken=self.taken,
            new=self.new,
            known=self.known,
            versions=self.versions,
            refused=self.refused,
            skipped=tuple(self.skipped),
            skipped_count=self.skipped_count,
            noticed=tuple(noticed.items()),
            files=tuple(self.files),
            people=_together(
                Spoke(name=name, mine=mine, turns=turns, conversations=conversations)
                for (name, mine), (turns, conversations) in self.people.items()
            ),
            mine=self.mine,
            unvouched=self.unvouched,
            cancelled=cancelled,
        )
