"""One typed tree of settings. Each field carries its range, its title and its reason; the dialog is drawn from it."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import BadInput
from core.unfit import allowed, shortened, why_not

ONLY_ON = "only_on"
"""Under this name a field's extra lists the kinds of desktop on which it does something; no list: on all."""
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"


class Group(BaseModel):
    """A group of settings; unknown keys are an error, values are checked on assignment."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, frozen=True)


class Person(Group):
    """Who "me" is."""

    names: tuple[str, ...] = Field(
        default=(),
        title="I am",
        description="Names that mean you in conversations, beside 'me'; also in what is there already.",
    )
    country: str = Field(
        default="",
        title="Country",
        description="Two letters, like DE: whether 3/4 is in March or April, when weeks begin, when summer is. Empty: "
        "the system's.",
        pattern=r"^([A-Za-z]{2})?$",
    )
    zone: str = Field(
        default="",
        title="Time zone",
        description="For times without an offset, and for what today is; empty: the system's.",
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone and zone not in available_timezones():
            raise ValueError("write it like Europe/Berlin")
        return zone


class Look(Group):
    """How the window looks."""

    theme: Literal["system", "light", "dark"] = Field(
        default="system", title="Theme", description="Light, dark, or as the system has it."
    )
    autostart: bool = Field(
        default=False, title="Start with the computer", description="Recording stays as you left it."
    )
    notices: bool = Field(default=True, title="Notifications", description="Tell in the tray what needs you.")
    hotkey: str = Field(default="ctrl+alt+space", title="Quick recall", description="The key that opens quick recall.")


class Capture(Group):
    """What is recorded from the screen."""

    screen: bool = Field(default=False, title="Record the screen", description="Off until you switch it on.")
    preset: Literal["light", "balanced", "thorough"] = Field(
        default="balanced",
        title="How closely",
        description="Longest time between looks while you work: 10, 5 or 2 seconds; on battery twice as long.",
    )
    pictures: bool = Field(
        default=True, title="Keep pictures", description="Off: only the words that were read are kept."
    )
    chats: bool = Field(
        default=True,
        title="Conversations on the screen",
        description="What a chat window shows is also kept message by message, with who said it and when.",
    )
    reader: Literal["auto", "rapidocr", "tesseract"] = Field(
        default="auto",
        title="What reads the screen",
        description="Auto is the one that reads screens best, RapidOCR. Tesseract must be installed on this system; "
        "it takes effect when Mneme is started again.",
    )
    accessibility: bool = Field(
        default=True,
        title="Ask programs for their words",
        description="Programs that tell their words to those who cannot see are asked for what they show: exact words "
        "at less cost, and a browser's address. Never those that you leave out. Linux only.",
        json_schema_extra={ONLY_ON: ["x11", "wayland"]},
    )
    unknown_browsers: bool = Field(
        default=False,
        title="Keep browsers that may be private",
        description="A private window often cannot be told from an ordinary one; off keeps neither.",
    )
    hours: str = Field(
        default="",
        title="Recording hours",
        description="Like 08:30-18:00; empty: always.",
        pattern=rf"^$|^{_CLOCK}-{_CLOCK}$",
    )
    untried_systems: bool = Field(
        default=False,
        title="Record where it was never tried",
        description="Recording under Wayland, Windows and macOS was written after their documentation and never run "
        "on a desktop in use. Look at the preview first: what you leave out may not be left out.",
        json_schema_extra={ONLY_ON: ["wayland", "windows", "macos"]},
    )
    wayland_whole_screen: bool = Field(
        default=False,
        title="Whole screen under Wayland",
        description="Wayland does not tell which windows are shown, so none can be left out of a whole screen: no "
        "password manager, no private window, not Mneme's own. Off: only the windows that you pick yourself.",
        json_schema_extra={ONLY_ON: ["wayland"]},
    )


class Conversations(Group):
    """What is taken in of conversations held elsewhere."""

    folder: str = Field(
        default="",
        title="Watched folder",
        description="Exports, transcripts and mail dropped into it are taken in by themselves. Name one that only you "
        "put files into, not that of downloads; empty: none. The files stay; folders inside are not looked into.",
    )

    folder_is_mine: bool = Field(
        default=False,
        title="Only I put files there",
        description="What files in the watched folder say is yours counts as your own words. Off: it counts as "
        "somebody else's until you import the file yourself, for whatever can write there could speak as you.",
    )

    @field_validator("folder")
    @classmethod
    def _whole_path(cls, folder: str) -> str:
        if folder and not (PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute()):
            raise ValueError("write the whole path")
        return folder


class Store(Group):
    """How the store is kept."""

    budget_gb: Annotated[float, Field(ge=0.1, le=1000)] = Field(
        default=10.0,
        title="Storage budget (GB)",
        description="Pictures are thinned in steps when the store grows past it; words never. Health says when "
        "that will be.",
    )
    backups: Annotated[int, Field(ge=0, le=30)] = Field(
        default=3, title="Backups kept", description="Encrypted copies beside the vault."
    )
    vectors: Literal["memory", "disk", "server"] = Field(
        default="memory",
        title="Where the meaning index lives",
        description="In memory nothing of it touches the disk. On disk a thief could learn from the "
        "vectors roughly what your memories are about; on a server its keeper could.",
    )
    vectors_server: str = Field(
        default="", title="Index server", description="host:port of a Chroma server, for 'server'."
    )
    vectors_chroma_from: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        default=500_000,
        title="Chroma answers from (vectors)",
        description="Chroma in memory costs 2.4 KB and 0.6 ms of a processor for each vector at every start. Fewer "
        "than this are searched as fast without it; 0 uses it always.",
    )


class Recall(Group):
    """How recall looks for things."""

    context_tokens: Annotated[int, Field(ge=100, le=8000)] = Field(
        default=850, title="Context", description="Tokens of hits and neighbours given to an answer."
    )
    hits: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, title="Hits", description="How many are shown at first."
    )


class Decay(Group):
    """Retention R(t) = exp(-t / S); t in days since the last confirmed use, S the stability in days."""

    frame_days: Annotated[float, Field(ge=1, le=3650)] = Field(
        default=14.0,
        title="Screen text (days)",
        description="Most of what passes a screen is never asked for. How stable it is at first, times its importance.",
    )
    turn_days: Annotated[float, Field(ge=1, le=3650)] = Field(
        default=60.0,
        title="Conversation (days)",
        description="What was said stays useful for a season: unused it is offered for about three months.",
    )
    fact_days: Annotated[float, Field(ge=1, le=3650)] = Field(
        default=120.0,
        title="Facts and notes (days)",
        description="What was worth deriving or writing down has been chosen once already.",
    )
    procedure_days: Annotated[float, Field(ge=1, le=3650)] = Field(
        default=180.0, title="How-to (days)", description="Routines change slowly."
    )
    spacing: Annotated[float, Field(ge=0, le=5)] = Field(
        default=1.5,
        title="Spacing effect",
        description="How much more a use strengthens what had already faded (a in S *= 1 + a(1-R) + b).",
    )
    use: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.1,
        title="Each use",
        description="What every confirmed use adds (b); small, so that ten uses in a day are not ten weeks' worth.",
    )
    apart_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=60,
        title="Uses apart (minutes)",
        description="Opening, citing and keeping the same memory within this time is one use.",
    )
    longest_days: Annotated[float, Field(ge=30, le=36500)] = Field(
        default=3650.0,
        title="Longest stability (days)",
        description="No strengthening goes past ten years; what must never fade can be pinned.",
    )
    fades_below: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.2,
        title="Fades below",
        description="Strength under which a memory is no longer offered: reached after 1.6 times its stability.",
    )
    undo_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30, title="Undo (days)", description="How long what is to be forgotten can be taken back."
    )
    propose_faded: bool = Field(
        default=False,
        title="Propose what has faded for forgetting",
        description="Nothing is ever forgotten by fading alone; this proposes what was never used, a whole undo time "
        "after it faded, and forgets it when that time has passed again and nobody kept it.",
    )


class Sleep(Group):
    """When the store is looked after."""

    enabled: bool = Field(default=True, title="Sleep", description="Consolidate and fade while you are away.")
    after_idle_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        default=10, title="Away for (minutes)", description="How long nobody must have touched the machine."
    )
    on_battery: bool = Field(default=False, title="Also on battery", description="Sleeping costs minutes of one core.")
    night_begins: str = Field(
        default="22:00", title="A night begins", description="One sleep a night.", pattern=rf"^{_CLOCK}$"
    )
    while_locked: bool = Field(
        default=True,
        title="Also while the session is locked",
        description="For at most 30 minutes after the lock; nothing can be read meanwhile. Off: the key is dropped "
        "at once.",
    )
    think: bool = Field(
        default=True,
        title="Think with the model",
        description="With a model for answers chosen, a sleep also has it read what the rules could not; nothing is "
        "kept that is not said word for word. Off, or without a model, a sleep goes by rules only.",
    )
    think_tokens: Annotated[int, Field(ge=1_000, le=10_000_000)] = Field(
        default=60_000,
        title="Thinking each night (tokens)",
        description="Read and written by the model; a busy day of 1,000 messages takes about half of it. What comes "
        "after is slept on by rules.",
    )
    think_minutes: Annotated[int, Field(ge=1, le=600)] = Field(
        default=60,
        title="Thinking each night (minutes)",
        description="A small model on two cores uses its tokens up in half an hour; a slower one stops here.",
    )
    at_most_minutes: Annotated[int, Field(ge=1, le=720)] = Field(
        default=120,
        title="At most (minutes a night)",
        description="Seldom needed without a model; what is left goes on in the next night where it stopped.",
    )


class Lock(Group):
    """When the vault is shut by itself."""

    with_session: bool = Field(
        default=True,
        title="Lock with the session",
        description="When the screen is locked nothing can be read here either. A keyring opens it again by itself.",
    )
    before_suspend: bool = Field(
        default=True, title="Lock before the machine sleeps", description="The key is not left in its memory."
    )
    when_away_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=0,
        title="Lock when nobody was there for (minutes)",
        description="0: never by itself. It is looked at every five minutes.",
    )


class Model(Group):
    """The models used."""

    answering: str = Field(
        default="", title="Model for answers", description="Empty: answers are sentences from your memories."
    )
    draft: str = Field(
        default="",
        title="Model that drafts",
        description="A small model with the same vocabulary, beside the one for answers: it proposes words, that one "
        "decides. Worth it where that one streams. Empty: none.",
    )
    embedder: str = Field(default="", title="Model for meaning", description="Empty: the bundled one (English).")
    memory_mb: Annotated[int, Field(ge=128, le=1_048_576)] = Field(
        default=4096,
        title="Memory for the model (MB)",
        description="All that the engine may hold at once: program, what it reads, weights. A larger model streams the "
        "rest of its weights from the disk. Counts from the next answer.",
    )
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        default=10, title="Stop when idle (minutes)", description="The engine's memory is given back."
    )


class Mcp(Group):
    """Memory for other assistants on this machine, over `mneme mcp`."""

    paused: bool = Field(
        default=False,
        title="Answer no other assistant for now",
        description="All are refused, whatever was allowed them below; each try is noted all the same.",
    )


class Settings(Group):
    """The whole tree, as kept in the vault."""

    person: Person = Person()
    look: Look = Look()
    capture: Capture = Capture()
    conversations: Conversations = Conversations()
    store: Store = Store()
    recall: Recall = Recall()
    decay: Decay = Decay()
    sleep: Sleep = Sleep()
    lock: Lock = Lock()
    model: Model = Model()
    mcp: Mcp = Mcp()

    def get(self, key: str) -> Any:
        """The value at `group.field`. Raises BadInput for an unknown key."""
        group, _, name = key.partition(".")
        part = getattr(self, group, None) if group in Settings.model_fields else None
        if part is None or name not in type(part).model_fields:
            raise BadInput(f"There is no setting {key!r}.", "`mneme settings get` lists them all.")
        return getattr(part, name)

    def replaced(self, key: str, value: Any) -> "Settings":
        """A copy with `group.field` set; text is read as the field's type. Raises BadInput."""
        self.get(key)
        group, _, name = key.partition(".")
        part = getattr(self, group)
        kind = type(part).model_fields[name]
        if isinstance(value, str) and kind.annotation == tuple[str, ...]:
            value = tuple(piece.strip() for piece in value.split(",") if piece.strip())
        try:
            changed = type(part).model_validate({**part.model_dump(), name: value})
        except ValidationError as error:
            remedy = " ".join(part for part in (allowed(kind), kind.description or "") if part)
            title = f"{shortened(value)} does not fit {kind.title or key}{why_not(value, kind, error)}."
            raise BadInput(title, remedy) from error
        return self.model_copy(update={group: changed})

    def flat(self) -> dict[str, Any]:
        """Every setting as `group.field` -> value."""
        return {
            f"{group}.{name}": getattr(getattr(self, group), name)
            for group in type(self).model_fields
            for name in type(getattr(self, group)).model_fields
        }
