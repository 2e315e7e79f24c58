"""A desk of our own for window tests: real shapes in memory, real worker threads, nothing on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal, NamedTuple

from core.assistant.reviewing import Proposed
from core.capture.conversation.pasted import told_in
from core.capture.conversation.report import ImportContext, ImportReport, Skipped
from core.errors import BadInput, Cancelled, ModelProblem, Problem, WrongKey
from core.events import (
    AssistantsChanged,
    Events,
    MemoriesChanged,
    MemoriesForgotten,
    MemoriesSaved,
    RecorderChanged,
    SleepEnded,
    VaultLocked,
    VaultUnlocked,
)
from core.memory import (
    Answer,
    Channel,
    Conflict,
    Day,
    Entry,
    EntryId,
    Episode,
    EpisodeId,
    ExportReport,
    Facet,
    Fact,
    Forecast,
    Forgotten,
    Gap,
    Hit,
    Kind,
    Life,
    Link,
    Memory,
    MemoryId,
    MergeReport,
    Operation,
    Pasted,
    Proof,
    Provenance,
    Recalled,
    Ref,
    RunId,
    Saved,
    Selection,
    Sensitivity,
    Sentence,
    SleepRun,
    State,
    Status,
    Topic,
    Trust,
    Understood,
    Why,
)
from core.settings import Settings
from core.urgency import Urgency
from ui.desk import (
    Cancel,
    CapturePreview,
    Check,
    DeskState,
    LeftFile,
    MeaningModel,
    ModelLine,
    ModelShelf,
    PublicLook,
    PublishedModel,
    RecorderStatus,
    SeenWindow,
    SleepPlan,
    TestedTitle,
)
from ui.other_assistants import AccessLine, AssistantLine, ReadingScope
from ui.preparing_desk import ModelCosts, ShareCost

NOW = datetime(2026, 3, 12, 15, 30, tzinfo=timezone(timedelta(hours=1)))


def said(
    number: int,
    text: str,
    speaker: str,
    addressee: str,
    ago: timedelta,
    *,
    conversation: str = "Dana",
    **more: Any,
) -> Memory:
    """A conversation turn as it would be kept."""
    at = NOW - ago
    fields: dict[str, Any] = {
        "text": text,
        "at": at,
        "facet": Facet.TURN,
        "kind": Kind.EPISODIC,
        "provenance": Provenance(
            channel=Channel.CONVERSATION,
            conversation=conversation,
            external_id=f"t{number}",
            speaker=speaker,
            addressee=addressee,
            mine=speaker == "me",
        ),
        "trust": Trust.SAID,
        "id": MemoryId(f"01J{number:023d}"),
        "seq": number,
        "state": State.ACTIVE,
        "created": at,
    }
    return Memory(**(fields | more))


def sample() -> list[Memory]:
    """Some weeks of an invented life."""
    days = lambda n, h=0: timedelta(days=n, hours=h)  # noqa: E731
    turns = [
        said(1, "The invoice for the studio is 1,240 euros, and it is due on the 20th.", "Dana", "me", days(3, 2)),
        said(2, "Thanks, I'll pay it on Monday and send you the receipt.", "me", "Dana", days(3, 1)),
        said(3, "We meet at the Café Lindner on Friday at ten, not at the office.", "Dana", "me", days(2, 4)),
        said(
            4,
            "My new address is Gartenstraße 14, second floor. The old flat is gone by April.",
            "Dana",
            "me",
            days(1, 5),
        ),
        said(5, "Bring the blue folder with the drawings, please.", "Dana", "me", days(1, 4)),
        said(
            6,
            "The workshop moved to 24 March; Jonas confirmed the room.",
            "Priya",
            "me",
            days(0, 6),
            conversation="Team",
        ),
        said(
            7,
            "I take the 7:42 to Leipzig, it's the only one with a quiet coach.",
            "me",
            "Priya",
            days(0, 5),
            conversation="Team",
        ),
        said(8, "Old address: Am Markt 3. Ring twice.", "Dana", "me", days(61), state=State.SUPERSEDED),
    ]
    screen = Provenance(channel=Channel.SCREEN, app="Firefox", window="Invoice 2026-031 – Studio Lindner", url="")
    turns.append(
        said(
            9,
            "Invoice 2026-031 Studio Lindner Total 1,240.00 EUR Due 20 March 2026",
            "",
            "",
            days(0, 3),
            facet=Facet.FRAME,
            provenance=screen,
            trust=Trust.CAPTURED,
            picture="01JPICTURE0000000000000001",
        )
    )
    turns.append(
        said(
            10,
            "Dana lives at Gartenstraße 14.",
            "",
            "",
            days(0, 14),
            facet=Facet.FACT,
            kind=Kind.SEMANTIC,
            provenance=Provenance(channel=Channel.SLEEP),
            fact=Fact(subject="Dana", attribute="address", value="Gartenstraße 14"),
            sources=(turns[3].id,),
            reason="Dana said so on 11 March; it replaces Am Markt 3.",
            stability_days=120.0,
        )
    )
    turns.append(
        said(
            11,
            "Pay the studio's invoice of 1,240 euros on Monday, 16 March.",
            "",
            "",
            days(0, 14),
            facet=Facet.PROMISE,
            kind=Kind.SEMANTIC,
            provenance=Provenance(channel=Channel.SLEEP),
            sources=(turns[1].id,),
            valid_from=NOW + days(4),
            valid_to=NOW + days(5),
            pinned=True,
            reason="You promised it to Dana.",
        )
    )
    turns.append(
        said(
            12,
            "To restart the label printer: hold feed for five seconds, then load the roll.",
            "",
            "",
            days(20),
            facet=Facet.NOTE,
            kind=Kind.PROCEDURAL,
            provenance=Provenance(channel=Channel.NOTE, mine=True),
            trust=Trust.WRITTEN,
            stability_days=180.0,
        )
    )
    turns.append(
        said(
            13,
            "Door code of the archive: 4711",
            "",
            "",
            days(40),
            facet=Facet.NOTE,
            kind=Kind.SECRET,
            provenance=Provenance(channel=Channel.NOTE, mine=True),
            trust=Trust.WRITTEN,
        )
    )
    return turns


UNDERSTOOD = (
    Understood(kind="time", text="last Friday", meaning="2026-03-06", key="time:last friday"),
    Understood(kind="from", text="Dana", meaning="Dana", key="from:dana", hard=True),
    Understood(
        kind="event",
        text="the workshop",
        meaning="the workshop (24 March 2026, from a memory)",
        key="event:the workshop",
        memory=MemoryId("01J" + "6".zfill(23)),
    ),
)
"""What the questions of these tests are understood to say."""


class ScriptedAssistant:
    """Answers from a handful of memories: enough for the window to be driven with real shapes."""

    def __init__(self, events: Events, memories: list[Memory]) -> None:
        self.forgets_slowly = False
        self.events = events
        self.settings = Settings()
        self._all = {memory.id: memory for memory in memories}
        self._history: dict[MemoryId, list[tuple[int, str, datetime]]] = {}
        self.confirmed: list[MemoryId] = []
        self.kept_answers: list[Answer] = []
        self.ignored: list[tuple[str, ...]] = []
        self.writing: threading.Event | None = None
        """What a model waits for between the answer in the memories' own words and its first; None: there is none."""
        self.imported: list[Path] = []
        self._conflicts = [
            Conflict(
                id=1,
                fact=Fact(subject="Workshop", attribute="date", value="24 March"),
                other=Fact(subject="Workshop", attribute="date", value="26 March"),
                memory=MemoryId("01J" + "6".zfill(23)),
                against=MemoryId("01J" + "7".zfill(23)),
            )
        ]
        self._settled: list[Conflict] = []
        self._nights = self._made_nights()

    def set_setting(self, key: str, value: Any) -> Settings:
        self.settings = self.settings.replaced(key, value)
        return self.settings

    def remember(self, text: str, now: datetime, kind: Kind = Kind.SEMANTIC) -> Saved:
        number = len(self._all) + 1
        memory = said(
            number,
            text,
            "",
            "",
            NOW - now,
            facet=Facet.NOTE,
            kind=kind,
            provenance=Provenance(channel=Channel.NOTE, mine=True),
            trust=Trust.WRITTEN,
        )
        self._all[memory.id] = memory
        self.events.tell(MemoriesSaved((memory.id,)))
        return Saved(ids=(memory.id,))

    def conversation_in(self, text: str, now: datetime) -> Pasted | None:
        told = told_in(text, ImportContext(now=now))
        if told is None:
            return None
        speakers = tuple(dict.fromkeys(turn.provenance.speaker for turn in told.turns))
        return Pasted(format=told.format, turns=len(told.turns), speakers=speakers)

    def remember_conversation(self, text: str, now: datetime) -> Saved:
        told = told_in(text, ImportContext(now=now))
        saved = [self.remember(turn.text, now) for turn in (told.turns if told else ())]
        return Saved(ids=tuple(id for one in saved for id in one.ids))

    def recall(self, question: str, now: datetime, *, k: int = 10, ignore: Sequence[str] = (), **_: Any) -> Recalled:
        self.ignored.append(tuple(ignore))
        understood = tuple(one for one in UNDERSTOOD if one.text.casefold() in question.casefold())
        words = {word.strip("?,.").casefold() for word in question.split() if len(word) > 2}
        scored = []
        for memory in self._all.values():
            if memory.kind is Kind.SECRET:
                continue
            text = memory.text.casefold()
            found = tuple(sorted(word for word in words if word in text))
            if found:
                scored.append((len(found), memory, found))
        scored.sort(key=lambda one: (-one[0], -one[1].seq))
        hits = tuple(
            Hit(
                rank=rank,
                score=float(score),
                memory=memory,
                strength=self.strength(memory, now),
                refs=(
                    Ref(
                        conversation=memory.provenance.conversation, id=memory.provenance.external_id, memory=memory.id
                    ),
                ),
                why=Why(words=found, meaning=0.4, person=memory.provenance.speaker if rank == 1 else ""),
            )
            for rank, (score, memory, found) in enumerate(scored[:k], start=1)
        )
        return Recalled(
            question=question,
            hits=hits,
            understood=tuple(one for one in understood if one.key not in ignore),
            route="exhaustive: 13 memories by words + meaning",
            took_ms=12.0,
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
        cancelled: Callable[[], bool] | None = None,
        with_model: bool = True,
    ) -> Answer:
        found = self.recall(question, now, ignore=ignore)
        if not found.hits:
            return Answer(
                question=question,
                text="I have no memory of that.",
                abstained=True,
                understood=found.understood,
                took_ms=9.0,
            )
        best = found.hits[0].memory
        if on_first and self.writing is not None:
            sentences = [Sentence(text=best.text, memories=(best.id,))]
            on_first(
                Answer(question=question, text=best.text, abstained=False, sentences=tuple(sentences), hits=found.hits)
            )
            self.writing.wait(20)
        if on_words:
            for word in best.text.split(" "):
                on_words(word + " ")
        start = max(0, best.text.find("1,240"))
        span = (start, start + len("1,240 euros")) if "1,240 euros" in best.text else None
        sentences = [Sentence(text=best.text, grounds=(best.provenance.external_id,), memories=(best.id,), span=span)]
        sentences += [Sentence(text=hit.memory.text, memories=(hit.memory.id,)) for hit in found.hits[1:3]]
        return Answer(
            question=question,
            text=" ".join(s.text for s in sentences),
            abstained=False,
            sentences=tuple(sentences),
            grounds=tuple(g for s in sentences for g in s.grounds),
            hits=found.hits,
            understood=found.understood,
            route="extract",
            looked=found.route,
            took_ms=31.0,
        )

    def memories(self, selection: Selection) -> list[Memory]:
        def fits(memory: Memory) -> bool:
            return (
                (not selection.ids or memory.id in selection.ids)
                and (memory.kind in selection.kinds if selection.kinds else memory.kind is not Kind.SECRET)
                and (not selection.facets or memory.facet in selection.facets)
                and (not selection.states or memory.state in selection.states)
                and (selection.pinned is None or memory.pinned is selection.pinned)
                and (selection.after is None or memory.at >= selection.after)
                and (selection.before is None or memory.at < selection.before)
                and (selection.saved_after is None or memory.created >= selection.saved_after)
                and all(word.casefold() in memory.text.casefold() for word in selection.words)
                and (selection.episode is None or memory.episode == selection.episode)
            )

        found = [memory for memory in self._all.values() if fits(memory)]
        found.sort(key=lambda memory: memory.at, reverse=selection.newest_first)
        return found[selection.offset :][: selection.limit or len(found)]

    def memory(self, id: MemoryId) -> Memory:
        if id not in self._all:
            raise BadInput("There is no such memory.", "It may have been forgotten.")
        return self._all[id]

    def keep_answer(self, answer: Answer, now: datetime) -> Saved:
        self.kept_answers.append(answer)
        return Saved()

    def fading(self, now: datetime, days: int = 14, limit: int = 200) -> list[Memory]:
        return [memory for memory in self._all.values() if not memory.pinned and memory.stability_days < 61][:limit]

    def offered(self, now: datetime, limit: int = 5) -> list[Memory]:
        return [memory for memory in self._all.values() if memory.facet is Facet.NOTE][:limit]

    def proposed(self) -> list[Proposed]:
        found = [one for one in self._all.values() if one.state is State.TO_BE_FORGOTTEN]
        return [Proposed(memory=one, since=NOW, until=NOW + timedelta(days=30), nights=0) for one in found]

    def keep_proposed(self, now: datetime) -> int:
        found = self.proposed()
        for one in found:
            self._all[one.memory.id] = replace(one.memory, state=State.ACTIVE)
        return len(found)

    def forecast(self, now: datetime) -> Forecast:
        return Forecast(used_bytes=10, budget_bytes=100, bytes_a_day=1.0, days=90.0, can_free=5)

    def put(self, memory: Memory) -> None:
        self._all[memory.id] = memory

    def every(self) -> list[Memory]:
        return list(self._all.values())

    def memories_of(self, id: MemoryId) -> list[Memory]:
        return self.many([id])

    def many(self, ids: Sequence[MemoryId]) -> list[Memory]:
        return [self._all[one] for one in ids if one in self._all]

    def history(self, id: MemoryId) -> list[tuple[int, str, datetime]]:
        return self._history.get(id, [])

    def links(self, id: MemoryId) -> list[Link]:
        other = MemoryId("01J" + "9".zfill(23))
        return [] if id == other else [Link(a=id, b=other, relation="same amount", reason="Both name 1,240 euros.")]

    def sources(self, id: MemoryId) -> list[Memory]:
        return [self._all[source] for source in self._all[id].sources if source in self._all]

    def strength(self, memory: Memory, now: datetime) -> float:
        if memory.pinned:
            return 1.0
        return 2.718 ** (-max(0.0, (now - memory.at).total_seconds() / 86400) / memory.stability_days)

    def life(self, memory: Memory, now: datetime) -> Life:
        moments = [memory.at + (now - memory.at) * part / 20 for part in range(50)]
        return Life(
            points=tuple((at, self.strength(memory, at)) for at in sorted([*moments, now])),
            uses=(),
            now=now,
            held=self.strength(memory, now),
            fades_on=self.fades_on(memory),
            fades_below=0.2,
        )

    def fades_on(self, memory: Memory) -> datetime | None:
        return None if memory.pinned else memory.at + timedelta(days=1.609 * memory.stability_days)

    def edit(self, id: MemoryId, text: str, now: datetime) -> Memory:
        before = self._all[id]
        self._history.setdefault(id, []).append((before.version, before.text, now))
        self._all[id] = replace(before, text=text, version=before.version + 1)
        self.events.tell(MemoriesChanged((id,)))
        return self._all[id]

    def pin(self, id: MemoryId, on: bool, now: datetime) -> Memory:
        self._all[id] = replace(self._all[id], pinned=on)
        self.events.tell(MemoriesChanged((id,)))
        return self._all[id]

    def confirm(self, id: MemoryId, now: datetime) -> None:
        self.confirmed.append(id)

    def preview_forget(self, selection: Selection) -> list[Memory]:
        return self.memories(selection)

    def forget(
        self,
        ids: Sequence[MemoryId],
        *,
        told: Callable[[int, int], None] = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Forgotten:
        told(0, len(ids))
        while self.forgets_slowly:
            if cancelled():
                raise Cancelled("The forgetting")
            time.sleep(0.01)
        gone = tuple(one for one in ids if one in self._all)
        for one in gone:
            del self._all[one]
        self.events.tell(MemoriesForgotten(gone))
        places = {"vault": (6, 0), "words": (4, 0), "vectors": (1, 0), "media": (1, 0)}
        return Forgotten(forgotten=gone, proof=Proof(places=places, remaining=("backup of 11 March",)))

    def day(self, day: date, now: datetime) -> Day:
        start = datetime(day.year, day.month, day.day, tzinfo=NOW.tzinfo)
        hours = lambda h, m=0: start + timedelta(hours=h, minutes=m)  # noqa: E731
        mine = [memory for memory in self._all.values() if memory.at.date() == day]
        if day != NOW.date() and not mine:
            return Day(episodes=(), members={}, loose=(), gaps=())
        turns = tuple(memory for memory in mine if memory.facet is Facet.TURN)
        pictures = tuple(memory for memory in mine if memory.picture)
        return Day(
            members={EpisodeId("e1"): turns, EpisodeId("e2"): pictures},
            loose=tuple(memory for memory in mine if memory.facet is Facet.NOTE),
            episodes=(
                Episode(
                    id=EpisodeId("e1"),
                    title="Workshop moved to 24 March",
                    begins=hours(9, 25),
                    ends=hours(10, 40),
                    app="",
                    conversation="Team",
                ),
                Episode(
                    id=EpisodeId("e2"),
                    title="Invoice 2026-031",
                    begins=hours(12, 10),
                    ends=hours(12, 50),
                    app="Firefox",
                    conversation="",
                ),
                Episode(
                    id=EpisodeId("e3"),
                    title="Drawings for the studio",
                    begins=hours(14, 5),
                    ends=hours(15, 20),
                    app="Inkscape",
                    conversation="",
                ),
            ),
            gaps=(
                Gap(begins=hours(10, 40), ends=hours(12, 10), reason="The computer slept."),
                Gap(begins=hours(12, 50), ends=hours(13, 20), reason="Paused by you."),
            ),
        )

    def heat(self, first: date, last: date) -> dict[date, int]:
        span = (last - first).days
        return {
            first + timedelta(days=n): (n * 37 % 61) if (first + timedelta(days=n)).weekday() < 5 else n % 9
            for n in range(span + 1)
        }

    picture_bytes = b""

    def picture(self, id: str, thumbnail: bool = False) -> bytes:
        return self.picture_bytes

    def coming_up(self, now: datetime) -> list[Memory]:
        return [memory for memory in self._all.values() if memory.facet in (Facet.PROMISE, Facet.APPOINTMENT)]

    def conflicts(self) -> list[Conflict]:
        return list(self._conflicts)

    def settle(self, conflict: int, keep: MemoryId | None, now: datetime) -> None:
        self._settled += [one for one in self._conflicts if one.id == conflict]
        self._conflicts = [one for one in self._conflicts if one.id != conflict]

    def reopen(self, conflict: int, now: datetime) -> None:
        self._conflicts += [one for one in self._settled if one.id == conflict]
        self._settled = [one for one in self._settled if one.id != conflict]

    def building_on(self, id: EntryId) -> list[Entry]:
        entries = [entry for run in self._nights for entry in run.entries]
        (about,) = [entry.memory for entry in entries if entry.id == id]
        return [entry for entry in entries if entry.id > id and about in (entry.memory, *entry.sources)]

    def topics(self, *, faded: bool = False) -> list[Topic]:
        inner = replace(self._topic(91, "The move: boxes, landlord"), members=1)
        return [replace(self._topic(90, "Dana"), members=3, below=(inner,)), self._topic(92, "Workshop")]

    def _topic(self, number: int, title: str) -> Topic:
        memory = said(number, title, "", "", timedelta(), facet=Facet.TOPIC, kind=Kind.SEMANTIC)
        self._all.setdefault(memory.id, memory)
        return Topic(memory=memory, members=2, last=NOW)

    def in_topic(self, id: MemoryId) -> list[Memory]:
        return [memory for memory in self._all.values() if memory.facet is Facet.TURN][:2]

    def nights_of(self, id: MemoryId) -> list[tuple[SleepRun, Entry]]:
        return [(run, entry) for run in self._nights for entry in run.entries if entry.memory == id]

    def nights_on(self, id: RunId) -> list[SleepRun]:
        return []

    def nights(self, limit: int = 14) -> list[SleepRun]:
        return self._nights[:limit]

    def put_night(self, run: SleepRun) -> None:
        self._nights[0] = run

    def night(self, id: RunId) -> SleepRun:
        return next(run for run in self._nights if run.id == id)

    def sleeping(
        self,
        now: datetime,
        *,
        dry_run: bool = False,
        told: Callable[[int, int], None] = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[None, None, SleepRun]:
        steps = ["segment", "link", "facts", "summaries", "fade"]
        for at, _ in enumerate(steps, start=1):
            told(at, len(steps))
            yield
            if cancelled():
                return replace(self._nights[0], state="cancelled")
        run = replace(
            self._nights[0], id=RunId("dry" if dry_run else f"run{len(self._nights) + 1}"), begins=now, ends=now
        )
        if not dry_run:
            self._nights.insert(0, run)
            self.events.tell(SleepEnded(run.id, run.counts))
        return run

    def revert(self, run_or_entry: object, now: datetime, *, with_later: bool = False) -> int:
        for at, run in enumerate(self._nights):
            if run.id == run_or_entry:
                entries = tuple(replace(entry, reverted=True) for entry in run.entries)
                self._nights[at] = replace(run, state="reverted", entries=entries)
                return len(entries)
            entries = tuple(replace(e, reverted=True) if e.id == run_or_entry else e for e in run.entries)
            self._nights[at] = replace(run, entries=entries)
        return 1

    def importing(
        self, paths: Sequence[Path], now: datetime, *, told: Any, on_saved: Any, cancelled: Any
    ) -> Generator[None, None, object]:
        self.imported += paths
        told(1, 1)
        on_saved(self.remember(f"From {len(paths)} files", now))
        yield
        left = Skipped(line=3, reason="not a JSON object")
        return ImportReport(format="made", taken=3, new=1, known=2, skipped=(left,), skipped_count=1)

    def status(self, *, hashed: bool = True) -> Status:
        kinds: dict[str, int] = {}
        for memory in self._all.values():
            kinds[memory.kind.value] = kinds.get(memory.kind.value, 0) + 1
        return Status(
            memories=len(self._all),
            by_kind=kinds,
            by_state={"active": len(self._all)},
            content_hash="",
            without_vector=0,
            index="chroma",
            answered={"chroma": 41, "exact": 2},
            vault_bytes=2_400_000,
            pictures=1,
            picture_bytes=180_000,
            last_sleep=self._nights[0],
            conflicts=len(self._conflicts),
        )

    def export(
        self,
        path: Path,
        now: datetime,
        *,
        passphrase: str | None,
        plain: bool = False,
        replace_file: bool = False,
        told: Any = None,
        cancelled: Any = None,
        selection: Any = None,
    ) -> ExportReport:
        path.write_bytes(b"archive")
        told(1, 1)
        return ExportReport(memories=len(self._all), pictures=1, bytes=7, sha256="")

    def import_archive(
        self, path: Path, now: datetime, *, passphrase: str | None, told: Any = None, cancelled: Any = None
    ) -> MergeReport:
        return MergeReport(added=3, known=10)

    def _made_nights(self) -> list[SleepRun]:
        def entry(
            number: int,
            step: str,
            operation: Operation,
            memory: int,
            before: dict[str, object],
            after: dict[str, object],
            reason: str,
            sources: tuple[int, ...] = (),
        ) -> Entry:
            return Entry(
                id=EntryId(number),
                run=RunId("run1"),
                step=step,
                operation=operation,
                memory=MemoryId(f"01J{memory:023d}"),
                before=before,
                after=after,
                reason=reason,
                sources=tuple(MemoryId(f"01J{one:023d}") for one in sources),
            )

        entries = (
            entry(
                1,
                "facts",
                Operation.ADD,
                10,
                {},
                {"text": "Dana lives at Gartenstraße 14."},
                "Dana said so on 11 March.",
                (4,),
            ),
            entry(
                2,
                "supersede",
                Operation.UPDATE,
                8,
                {"state": "active"},
                {"state": "superseded"},
                "A newer address is known.",
                (4, 8, 10),
            ),
            entry(
                3,
                "promises",
                Operation.ADD,
                11,
                {},
                {"text": "Pay the studio's invoice on Monday, 16 March."},
                "You promised it to Dana.",
                (2,),
            ),
            entry(
                4,
                "fold",
                Operation.UPDATE,
                5,
                {"folded_into": None},
                {"folded_into": "01J" + "4".zfill(23)},
                "It repeats the message before it.",
                (5,),
            ),
        )
        night = SleepRun(
            id=RunId("run1"),
            night="2026-03-11",
            begins=NOW - timedelta(hours=13),
            ends=NOW - timedelta(hours=13) + timedelta(minutes=4),
            step="check",
            state="done",
            counts={"facts": 3, "folded": 12, "superseded": 1, "faded": 7, "conflicts": 1},
            entries=entries,
        )
        earlier = replace(
            night,
            id=RunId("run0"),
            night="2026-03-10",
            begins=night.begins - timedelta(days=1),
            ends=(night.ends or NOW) - timedelta(days=1),
            entries=(),
            counts={"folded": 4, "faded": 2},
        )
        return [night, earlier]


class Rule(NamedTuple):
    """A rule as the store keeps it."""

    id: int
    field: str
    pattern: str
    action: str = "exclude"
    seeded: bool = False


def to_the_end(steps: Iterator[object]) -> object:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


_ASSISTANTS: tuple[tuple[str, Literal["asks", "allowed"], int, int], ...] = (
    ("a chat program", "asks", 1, 0),
    ("an editor", "allowed", 12, 31),
)


class MadeAssistants:
    """Two other assistants: one that may read and one that asks to."""

    def __init__(self, events: Events) -> None:
        self._events = events
        first = ReadingScope(kinds=frozenset(Kind) - {Kind.SECRET}, sensitivities=frozenset({Sensitivity.WORK}))
        self.lines = {
            name: AssistantLine(
                name=name,
                standing=standing,
                scope=first,
                keyed=standing == "allowed",
                last_asked=NOW - timedelta(hours=2),
                asked=asked,
                given=given,
                held_back=given // 2,
                refused=asked if standing == "asks" else 0,
                notes=Selection(conversation=f"mcp:{name}", app=name),
            )
            for name, standing, asked, given in _ASSISTANTS
        }

    def listed(self) -> list[AssistantLine]:
        return list(self.lines.values())

    def accesses(self) -> list[AccessLine]:
        return [
            AccessLine(at=NOW - timedelta(hours=2), client="an editor", tool="recall", given=3, held_back=1),
            AccessLine(at=NOW - timedelta(hours=3), client="a chat program", tool="ask", given=0, refused=True),
        ]

    def allow(self, name: str, scope: ReadingScope) -> None:
        self._decided(name, standing="allowed", scope=scope)

    def deny(self, name: str) -> None:
        self._decided(name, standing="denied")

    def forget(self, name: str) -> None:
        del self.lines[name]
        self._events.tell(AssistantsChanged())

    def _decided(self, name: str, **decided: Any) -> None:
        self.lines[name] = replace(self.lines[name], **decided)
        self._events.tell(AssistantsChanged())


class ScriptedDesk:
    """A whole desk in memory."""

    def __init__(self, memories: list[Memory] | None = None, state: DeskState = "open") -> None:
        self.events = Events()
        self.profile = Path("/home/me/.local/share/mneme")
        self.desktop = "x11"
        self.looks = 0
        """How often somebody looked at what would be recorded."""
        self.assistant: Any = ScriptedAssistant(self.events, sample() if memories is None else memories)
        self._state: DeskState = state
        self._passphrase: str | None = "correct horse"
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scripted")
        self._recorder = RecorderStatus(state="off")
        self._rules = [
            Rule(id=1, field="app", pattern="KeePassXC", seeded=True),
            Rule(id=2, field="title", pattern="Private Browsing", seeded=True),
        ]
        self._look = PublicLook()
        self.goes_on = threading.Event()
        """What a download or a copy waits for after its first step, unless it is cancelled."""
        self.goes_on.set()
        self.plan: SleepPlan | None = SleepPlan(by_itself=True, due=False, begins=NOW.replace(hour=22), away_minutes=10)
        self.keyring_name = "Secret Service"
        self.other_assistants = MadeAssistants(self.events)

    def submit(
        self,
        work: Callable[[Any], Any],
        urgency: Urgency,
        done: Callable[[Any], None],
        failed: Callable[[Problem], None],
    ) -> Cancel:
        def whole() -> None:
            try:
                result = work(self.assistant)
                if urgency is not Urgency.QUESTION and isinstance(result, Iterator):
                    result = to_the_end(result)
            except Problem as problem:
                failed(problem)
            else:
                done(result)

        future = self._threads.submit(whole)
        return lambda: (future.cancel(), None)[1]

    def close(self) -> None:
        self._threads.shutdown()

    def state(self) -> DeskState:
        return self._state

    def become_new(self) -> None:
        """As before the first start."""
        self._state = "new"

    def keyring(self) -> str:
        return self.keyring_name

    def create(self, passphrase: str | None, use_keyring: bool) -> str:
        self._passphrase, self._state = passphrase, "open"
        self.events.tell(VaultUnlocked())
        return "K7QM-4TZR-9XWA-2BHN-6PDE-J3VC-8YSG-5FUL"

    def unlock(self, passphrase: str | None) -> None:
        if passphrase != self._passphrase:
            raise WrongKey("That passphrase does not open this profile.", "Try again, or use the recovery key.")
        self._state = "open"
        self.events.tell(VaultUnlocked())

    def lock(self) -> None:
        self._state = "locked"
        self.events.tell(VaultLocked())

    def verify(self, passphrase: str | None) -> None:
        if passphrase != self._passphrase:
            raise WrongKey("That is not the passphrase.", "Try again.")

    def change_passphrase(self, old: str | None, new: str) -> None:
        self.verify(old)
        self._passphrase = new

    def new_recovery_key(self, passphrase: str | None) -> str:
        self.verify(passphrase)
        return "NEW1-4TZR-9XWA-2BHN-6PDE-J3VC-8YSG-5FUL"

    def recorder(self) -> RecorderStatus:
        return self._recorder

    def set_recorder(self, status: RecorderStatus) -> None:
        self._recorder = status
        self.events.tell(RecorderChanged(status.state, status.reason))

    def importing(
        self, assistant: Any, paths: Sequence[Path], now: datetime, **how: Any
    ) -> Generator[None, None, object]:
        return assistant.importing(paths, now, **how)

    def pause(self, until: datetime | None) -> None:
        reason = "paused" if until else "private mode"
        self.set_recorder(RecorderStatus(state="paused", reason=reason, until=until, can_resume=True))

    def resume(self) -> None:
        self.set_recorder(RecorderStatus(state="recording", frames=11, expected=12))

    def preview(self) -> CapturePreview:
        self.looks += 1
        return CapturePreview(
            allowed=(
                SeenWindow(app="Firefox", title="Invoice 2026-031"),
                SeenWindow(app="Inkscape", title="drawing.svg"),
            ),
            excluded=(SeenWindow(app="KeePassXC", reason="Rule: application KeePassXC"),),
        )

    def rules(self) -> list[Rule]:
        return list(self._rules)

    def add_rule(self, by: str, pattern: str) -> Sequence[MemoryId]:
        if not pattern.strip():
            raise BadInput("A rule needs something to match.", "Write an application or a part of a title.")
        self._rules.append(Rule(id=len(self._rules) + 1, field=by, pattern=pattern))
        return [memory.id for memory in self.assistant.memories(Selection(app=pattern))] if by == "app" else []

    def remove_rule(self, rule: int) -> None:
        self._rules = [one for one in self._rules if one.id != rule]

    def test_rule(self, title: str) -> TestedTitle:
        met = next((one for one in self._rules if one.pattern.casefold() in title.casefold()), None)
        return TestedTitle(rule=met, reason="" if met is None else "your rule")

    def models(self, measuring: bool = False) -> ModelShelf:
        given = self.assistant.settings.model.memory_mb
        small = ModelLine(
            name="small.gguf",
            bytes=400_000_000,
            title="Small",
            used_for=self.used_model,
            fit="fits",
            tokens_per_s=21.4,
            first_word_s=1.9,
            needed_mb=650,
            measured=True,
            preparable=True,
            by_choice=self.chosen_by_share,
            spent="Streamed: 0.2 of 0.4 GB stayed in memory.",
        )
        best = ModelLine(
            name="Qwen3 1.7B",
            bytes=1_282_439_264,
            offered=True,
            licence="Apache-2.0",
            note="Short answers in many languages.",
            fit="fits",
            tokens_per_s=7.8,
            first_word_s=8.0,
            needed_mb=1900,
        )
        big = ModelLine(
            name="Large 30B-A3B",
            bytes=18_632_183_808,
            offered=True,
            licence="Apache-2.0",
            fit="streams" if given >= 4096 else "cannot",
            tokens_per_s=3.1 if given >= 4096 else 0.0,
            first_word_s=12.0 if given >= 4096 else None,
            needed_mb=given if given >= 4096 else 3000,
        )
        unknown = ModelLine(
            name="Unvouched 3B",
            bytes=2 * 2**30,
            offered=True,
            licence="MIT",
            hashed=False,
            fit="slow",
            tokens_per_s=0.4,
        )
        mine = () if self.removed_model else (small,)
        return ModelShelf(
            models=(*mine, *self.added_models, best, big, unknown),
            memory_mb=given,
            machine_mb=16 * 1024,
            best=None if self.no_model_suits else best,
            best_memory_mb=8192,
            why_none="Every model on offer would be too slow on this machine." if self.no_model_suits else "",
            left=() if self.thrown_away else (LeftFile(name="big.gguf.part", bytes=300 * 2**20),),
        )

    prepared_model = ""
    kept_share: float | None = None
    chosen_by_share = False
    """Whether its own model's answers would change."""
    used_model = ""
    no_model_suits = False
    thrown_away = ""
    removed_model = ""
    added_models: tuple[ModelLine, ...] = ()
    fetched: tuple[str, PublishedModel | None] | None = None

    def add_model(self, file: Path, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> str:
        self._work_on(told, cancelled)
        self.added_models = (*self.added_models, ModelLine(name=file.name, bytes=2**30, fit="fits", tokens_per_s=5.0))
        return file.name

    def _work_on(self, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> None:
        told(2**28, 2**30)
        while not self.goes_on.wait(0.01):
            if cancelled():
                raise Cancelled("The download")

    def published_model(self, name: str) -> PublishedModel:
        if "absent" in name:
            raise ModelProblem("The server cannot be reached.", "See whether this machine is online.")
        file = name.rsplit("/", 1)[-1]
        return PublishedModel(
            name=name, file=file, url=f"https://host/{file}", bytes=2 * 2**30, sha256="ab" * 32, revision="cd" * 20
        )

    def download_model(
        self,
        name: str,
        promised: PublishedModel | None,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> str:
        self._work_on(told, cancelled)
        self.fetched = (name, promised)
        return f"{name}.gguf"

    def model_costs(self, name: str, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> ModelCosts:
        self._work_on(told, cancelled)
        measured = ((1.0, 1.0, 1.0), (0.7, 1.004, 0.97), (0.5, 1.021, 0.93), (0.3, 1.16, 0.81), (0.1, 3.4, 0.42))
        shares = tuple(
            ShareCost(
                keep=keep,
                perplexity=more,
                error=0.004,
                same=same,
                read_bytes=int(keep * 9e8),
                tokens_per_s=round(1 / keep, 1),
            )
            for keep, more, same in measured
        )
        return ModelCosts(name=name, tokens=511, read_bytes=1_100_000_000, tokens_per_s=0.9, shares=shares)

    def prepare_model(
        self,
        name: str,
        told: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        keep: float | None = None,
    ) -> str:
        self._work_on(told, cancelled)
        self.prepared_model, self.kept_share = name, keep
        return name.replace(".gguf", "-prepared.gguf")

    def throw_away_model(self, name: str) -> None:
        self.thrown_away = name

    def use_model(self, name: str) -> None:
        self.used_model = "" if name == "none" else "answering"

    drafts_with: str | None = None

    def draft_with(self, name: str) -> None:
        self.drafts_with = name
        self.added_models = tuple(
            replace(one, used_for="draft" if one.name == name else "") for one in self.added_models
        )

    embeds_with: str | None = None
    meaning_model = MeaningModel(knows=("en",), fails=("de", "ja"))

    def meaning(self) -> MeaningModel:
        return self.meaning_model

    def embed_with(self, name: str) -> None:
        self.embeds_with = name
        self.meaning_model = replace(self.meaning_model, coming=name != self.meaning_model.file)

    def remove_model(self, name: str) -> None:
        self.removed_model = name

    def doctor(self) -> list[Check]:
        return [
            Check(name="Store", ok=True, said="SQLCipher 4.9, encrypted, 13 memories"),
            Check(name="Index", ok=True, said="In memory, 13 vectors; 41 answers by Chroma, 2 by exact scan"),
            Check(
                name="Model for answers",
                ok=False,
                said="None is chosen",
                remedy="Answers are your memories' own sentences. Add one in Settings > Models.",
            ),
            Check(name="Network", ok=True, said="0 connections since start"),
        ]

    def sleep_plan(self) -> SleepPlan | None:
        return self.plan

    def others(self) -> MadeAssistants:
        return self.other_assistants

    def autostart(self, on: bool) -> None:
        self.autostarted = on

    def look(self) -> PublicLook:
        return self._look

    def keep_look(self, look: PublicLook) -> None:
        self._look = look
