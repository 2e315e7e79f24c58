"""The shapes that cross every boundary: Observation -> Draft -> Memory -> Recalled -> Answer.

All in one module because every stage hands them to the next; none of them does anything.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

MemoryId = NewType("MemoryId", str)
"""26 characters, sortable by the time of saving; the same in every copy and archive of a memory."""
MediaId = NewType("MediaId", str)
EpisodeId = NewType("EpisodeId", str)
RunId = NewType("RunId", str)
EntryId = NewType("EntryId", int)
EmbedderId = NewType("EmbedderId", str)


class Kind(StrEnum):
    """MIRIX's six kinds of memory."""

    CORE = "core"
    EPISODIC = "episodic"
    SEMANTIC = "semantic"
    PROCEDURAL = "procedural"
    RESOURCE = "resource"
    SECRET = "secret"


class Facet(StrEnum):
    """What a memory is made of; the first six are observed, the others derived by a sleep."""

    TURN = "turn"
    FRAME = "frame"
    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"
    PAGE = "page"
    FACT = "fact"
    PROMISE = "promise"
    APPOINTMENT = "appointment"
    SUMMARY = "summary"
    DIGEST = "digest"
    WEEK = "week"
    TOPIC = "topic"
    RESOURCE = "resource"
    PROCEDURE = "procedure"
    PROFILE = "profile"


OBSERVED = frozenset({Facet.TURN, Facet.FRAME, Facet.NOTE, Facet.QUESTION, Facet.ANSWER, Facet.PAGE})
OWN_OUTPUT = frozenset({Facet.QUESTION, Facet.ANSWER})
"""What was said in the app itself: kept and shown, never learnt from."""


class State(StrEnum):
    """The life of a memory."""

    CAPTURED = "captured"
    ACTIVE = "active"
    FADED = "faded"
    SUPERSEDED = "superseded"
    TO_BE_FORGOTTEN = "to_be_forgotten"
    FORGOTTEN = "forgotten"


MOVES: dict[State, frozenset[State]] = {
    State.CAPTURED: frozenset({State.ACTIVE, State.FADED, State.SUPERSEDED, State.TO_BE_FORGOTTEN, State.FORGOTTEN}),
    State.ACTIVE: frozenset({State.CAPTURED, State.FADED, State.SUPERSEDED, State.TO_BE_FORGOTTEN, State.FORGOTTEN}),
    State.FADED: frozenset({State.CAPTURED, State.ACTIVE, State.SUPERSEDED, State.TO_BE_FORGOTTEN, State.FORGOTTEN}),
    State.SUPERSEDED: frozenset({State.ACTIVE, State.TO_BE_FORGOTTEN, State.FORGOTTEN}),
    State.TO_BE_FORGOTTEN: frozenset({State.CAPTURED, State.ACTIVE, State.FADED, State.SUPERSEDED, State.FORGOTTEN}),
    State.FORGOTTEN: frozenset(),
}
"""Legal moves. Back to CAPTURED only when a sleep is reverted; nothing leads out of FORGOTTEN."""
LEAVING = frozenset({State.TO_BE_FORGOTTEN, State.FORGOTTEN})
"""Never answers anything."""
QUARANTINED = "quarantined"
"""The tag of what reads like an order to an assistant and is not the person's own: found by hand only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of state that decay wants, for the journal to make."""

    memory: MemoryId
    to: State
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A confirmed use of a memory, and how stable it was until then."""

    at: datetime
    stability_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A memory's strength over time, from when it is first known of to a while after it fades, for drawing."""

    points: tuple[tuple[datetime, float], ...]
    """In time order; a use is two points at one moment, before and after it."""
    uses: tuple[datetime, ...]
    """Those that are on the curve."""
    now: datetime
    held: float
    """Strength now, 0..1."""
    fades_on: datetime | None
    """None: never."""
    fades_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How full the store is, how fast it grows, and which pictures shrink first; words never do."""

    used_bytes: int
    budget_bytes: int
    bytes_a_day: float
    """The pace of the last weeks."""
    days: float | None
    """Until the budget is full at this pace: 0.0 when it is now, None when never."""
    can_free: int
    """Expected bytes that all pictures could give."""
    coming: tuple[tuple[MediaId, str, int], ...] = ()
    """The pictures that shrink first, to which form, and the bytes that frees."""


class Trust(IntEnum):
    """Whose word it is; what is derived has the least of its sources'."""

    CAPTURED = 1
    SAID = 2
    WRITTEN = 3


class Sensitivity(StrEnum):
    """What other readers (MCP clients, shared archives) may be kept from; never the person."""

    NONE = "none"
    WORK = "work"
    MONEY = "money"
    HEALTH = "health"
    LOVE = "love"


MOST_PRIVATE_FIRST = (Sensitivity.HEALTH, Sensitivity.LOVE, Sensitivity.MONEY, Sensitivity.WORK)


class Channel(StrEnum):
    """The way in."""

    CONVERSATION = "conversation"
    SCREEN = "screen"
    NOTE = "note"
    CHAT = "chat"
    SLEEP = "sleep"


class Claim(IntEnum):
    """What it rests on that a turn is the person's own, or why it is not. Stored; the numbers stay."""

    SOURCE = 0
    """The source itself says whose it is, and is believed."""
    NAMED = 2
    """It is, as long as its speaker is called like one of the person's names."""
    UNVOUCHED = 3
    """It is not: only a file says so that the person has not brought in themself."""
    FOREIGN = 4
    """It is not, whatever its speaker is called: it came from somebody else."""
    LOOSE = 5
    """It is not, and does not say so; nor is it sure who said it, in a file that the person has not brought in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where something came from. Empty strings mean: not known."""

    channel: Channel
    app: str = ""
    window: str = ""
    url: str = ""
    conversation: str = ""
    external_id: str = ""
    session: str = ""
    speaker: str = ""
    addressee: str = ""
    role: str = ""
    mine: bool = False
    """The person themself said or wrote it."""
    claim: Claim = Claim.SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class WordBox:
    """A word read from a picture, in its pixels."""

    text: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something captured exactly as it came in. Times are aware; `text` is verbatim."""

    text: str
    at: datetime
    facet: Facet
    provenance: Provenance
    kind: Kind = Kind.EPISODIC
    caption: str = ""
    at_given: bool = True
    """False: the time was taken from its neighbours or from the moment of import."""
    picture: MediaId | None = None
    boxes: tuple[WordBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """(subject, attribute, value), each as normalised words."""

    subject: str
    attribute: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Observation):
    """An observation that may be kept, or what a sleep derived: all that is known before saving."""

    language: str = ""
    """ISO 639-1, empty when it could not be told."""
    importance: float = 1.0
    """0.5 .. 2; scales how long it is held."""
    stability_days: float = 60.0
    trust: Trust = Trust.CAPTURED
    sensitivity: Sensitivity = Sensitivity.NONE
    masked: int = 0
    """How many secrets were masked before it was written."""
    sources: tuple[MemoryId, ...] = ()
    """What it was derived from, best first; empty for what was observed."""
    fact: Fact | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str = ""
    """Why a sleep made it, in words for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory(Draft):
    """What is kept: one envelope for everything observed and derived."""

    id: MemoryId
    seq: int
    """Order of saving, starting at 1; breaks ties of `at`."""
    state: State
    created: datetime
    version: int = 1
    episode: EpisodeId | None = None
    superseded_by: MemoryId | None = None
    folded_into: MemoryId | None = None
    """A near-duplicate that this one repeats."""
    boilerplate: bool = False
    uses: int = 0
    """Confirmed uses: opened, cited and kept, marked right."""
    last_used: datetime | None = None
    pinned: bool = False
    tags: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """How others know it: the id it was imported under, else its own."""
        return self.provenance.external_id or self.id

    @property
    def observed(self) -> bool:
        """Whether it came in from outside rather than from a sleep."""
        return self.facet in OBSERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Observations that belong together in time and topic."""

    id: EpisodeId
    title: str
    begins: datetime
    ends: datetime
    app: str
    conversation: str
    members: tuple[MemoryId, ...] = ()
    reason: str = ""
    """Why it begins where it does, in words; empty when the night that said so was taken back or is unknown here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A node of the tree of topics: a memory with a title, what belongs to it, and the topics below it."""

    memory: Memory
    members: int
    """Episodes in it and below it."""
    last: datetime
    """When the latest of them ended."""
    below: tuple["Topic", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which nothing was recorded, and why."""

    begins: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What speaks for a hit. Every figure is that part's share of the score."""

    words: tuple[str, ...] = ()
    meaning: float = 0.0
    time: str = ""
    person: str = ""
    neighbour_of: MemoryId | None = None
    folded: int = 0
    """How many near-duplicates this hit stands for besides itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One observation a hit rests on."""

    conversation: str
    id: str
    memory: MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found memory. `score` has no unit and does not rise with the rank."""

    rank: int
    score: float
    memory: Memory
    refs: tuple[Ref, ...]
    strength: float
    """0 .. 1 at the moment of asking."""
    why: Why
    piece: tuple[int, int] | None = None
    """The characters of the memory's text that answer, where it is long; None: all of it."""
    outdated: bool = False
    """Another hit tells the value that held at the time asked for: this one must not answer."""

    @property
    def text(self) -> str:
        """What of the memory's text answers."""
        return self.memory.text if self.piece is None else self.memory.text[slice(*self.piece)].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Hits and their neighbours in time order, within a token budget."""

    sources: tuple[str, ...] = ()
    text: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One thing that was read out of a question: a date, a person, a filter."""

    kind: str
    text: str
    meaning: str
    hard: bool = False
    key: str = ""
    """Names it within its question: handed back as `ignore`, its words are plain words."""
    memory: MemoryId | None = None
    """The memory it was read from, for an event in the person's life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was found for a question."""

    question: str
    hits: tuple[Hit, ...] = ()
    context: Context = field(default_factory=Context)
    understood: tuple[Understood, ...] = ()
    route: str = ""
    took_ms: float = 0.0
    notices: tuple[str, ...] = ()
    """Sentences for the person: why nothing was found, that meaning-search is not ready, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer with the ids of the observations it rests on."""

    text: str
    grounds: tuple[str, ...] = ()
    memories: tuple[MemoryId, ...] = ()
    span: tuple[int, int] | None = None
    """The answering words within `text`, as (start, end) characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said, with the memories it rests on."""

    question: str
    text: str
    abstained: bool
    sentences: tuple[Sentence, ...] = ()
    grounds: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    understood: tuple[Understood, ...] = ()
    route: str = ""
    looked: str = ""
    """How the memories were looked for: the route of its recall."""
    model: str | None = None
    took_ms: float = 0.0
    prompt_tokens: int = 0
    tokens_per_s: float | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one commit kept."""

    ids: tuple[MemoryId, ...] = ()
    known: int = 0
    """Were there already, word for word."""
    versions: int = 0
    """Replaced an older text under the same id."""
    refused: int = 0
    """Forgotten before: they do not come back."""
    vouched: tuple[MemoryId, ...] = ()
    """Of the known: whose they are is believed from now on, since the person brought in themself what says so."""
    left: int = 0
    """Would have another text than what is there, from a file that the person has not brought in: left as it is."""
    picture: MediaId | None = None
    """What the picture that came along is kept as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """A conversation that was recognised in a pasted text."""

    format: str
    turns: int
    speakers: tuple[str, ...]
    """In the order in which they first speak."""
    skipped: int = 0
    """Places that would not be taken."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Traces counted before and after a forget, place by place."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    remaining: tuple[str, ...] = ()
    """Backups and exports that still hold it, until they are erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What a forget took."""

    forgotten: tuple[MemoryId, ...] = ()
    derived: tuple[MemoryId, ...] = ()
    cut: tuple[MemoryId, ...] = ()
    """Screens that showed them and stay: the words are out of their text, and black in their pictures."""
    unshown: int = 0
    """How many of those have no picture any more."""
    proof: Proof = field(default_factory=Proof)


class Operation(StrEnum):
    """The only things a sleep may do to a memory (mem0, Memory-R1)."""

    ADD = "ADD"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    NOOP = "NOOP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal. `before` and `after` hold only the fields that changed."""

    id: EntryId
    run: RunId
    step: str
    operation: Operation
    memory: MemoryId
    before: dict[str, object]
    after: dict[str, object]
    sources: tuple[MemoryId, ...]
    reason: str
    reverted: bool = False
    forgotten: bool = False
    """What it was about has been forgotten: the words are gone and it cannot be reverted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepRun:
    """One night: what was due, how far it came, what it did."""

    id: RunId
    night: str
    """The local date on which the night began, ISO."""
    begins: datetime
    ends: datetime | None = None
    step: str = ""
    state: str = "running"
    """running | done | cancelled | paused (goes on the next night) | reverted | dry run"""
    counts: dict[str, int] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    made: tuple[Memory, ...] = ()
    """What a dry run would add: it is nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two values that time does not settle."""

    id: int
    fact: Fact
    other: Fact
    memory: MemoryId
    against: MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two memories that bear on each other, with the reason in words."""

    a: MemoryId
    b: MemoryId
    relation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which memories are meant. Empty fields do not limit; all that are set must hold."""

    ids: tuple[MemoryId, ...] = ()
    kinds: tuple[Kind, ...] = ()
    """Empty: every kind but secret."""
    facets: tuple[Facet, ...] = ()
    states: tuple[State, ...] = ()
    app: str = ""
    person: str = ""
    """Speaker or addressee, whatever the case."""
    conversation: str = ""
    source: str = ""
    """A conversation, application or channel by name: all that came from one source."""
    words: tuple[str, ...] = ()
    """Literal words that must all occur in the text, whatever the case."""
    after: datetime | None = None
    before: datetime | None = None
    saved_after: datetime | None = None
    episode: EpisodeId | None = None
    pinned: bool | None = None
    observed: bool | None = None
    limit: int | None = None
    offset: int = 0
    newest_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local day as it is shown on the timeline."""

    episodes: tuple[Episode, ...]
    members: dict[EpisodeId, tuple[Memory, ...]]
    loose: tuple[Memory, ...]
    """Observed on that day and in no episode yet."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The vault at a glance."""

    memories: int
    by_kind: dict[str, int]
    by_state: dict[str, int]
    content_hash: str
    """Empty when it was not asked for."""
    without_vector: int
    index: str
    """`exact`, `codes` or `chroma`: what answers by meaning now; `none` without an embedder."""
    answered: dict[str, int]
    vault_bytes: int
    pictures: int
    picture_bytes: int
    last_sleep: SleepRun | None
    conflicts: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What went into an archive, and the file's size and SHA-256."""

    memories: int
    pictures: int
    bytes: int
    sha256: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What an archive brought. Whatever it held is one of added, known, versions, refused."""

    added: int = 0
    known: int = 0
    """Were here already; nothing of them changed."""
    versions: int = 0
    """Were here with another text: the newer one is shown, the older one is in its history."""
    refused: int = 0
    """Forgotten here before: they do not come back."""
    pictures: int = 0
    forgotten_elsewhere: tuple[MemoryId, ...] = ()
    """Live here, forgotten where the archive comes from: they stay unless the person says otherwise."""
    notices: tuple[str, ...] = ()
