"""What an entry of Gemini's activity says, however it is written down: who asked what, the answer, when."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.capture.conversation import assistants
from core.capture.conversation.attachments import noted
from core.capture.conversation.gemini_beginnings import Beginnings
from core.capture.conversation.report import ImportContext, Notice, Skipped
from core.capture.conversation.turns import Read, StableIds, observed

APP = "Gemini"
PRODUCT = re.compile(r"Gemini|Bard")
"""In the header of an entry, in every language."""
ACTIVITIES = "Activities that are no conversation (feedback, drafts chosen, features used), left out: {n}."
OTHERS = "Activities of other Google products, left out: {n}."
_ALONE = "The export does not tell which questions belong to one chat: those of one day stand together."
_NO_ANSWER = "Questions without an answer: {n}."
_NO_QUESTION = "Answers without their question: {n}."
_CHAT = re.compile(r"https://(?:gemini|bard)\.google\.com/(?:u/\d{1,3}/)?(?:app|chat)/(?P<id>[\w-]{4,80})")
_HELD = 40
"""Entries."""
_HELD_SIGNS = 2**22
_FILE = re.compile(r"[-\u2013\u2022]\s+(?P<name>.+)")


def attached(notes: Iterable[str]) -> list[str]:
    """Names of files among the notes below a question: "- plan.pdf"."""
    return [found["name"] for note in notes if (found := _FILE.fullmatch(note.strip()))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the activity as it stands in the export."""

    title: str
    answer: str
    names: tuple[str, ...] = ()
    """Files that came with a question."""
    stamp: str
    """The time as it was written, for the identity of the turns."""
    at: datetime | None
    link: str = ""

    def conversation(self, near: str) -> str:
        """The chat where it is known, else the day; `near` is that of the entry before, where neither is told."""
        if chat := _CHAT.search(self.link):
            return chat["id"]
        return f"{APP} {self.at.date().isoformat()}" if self.at else near or APP


def turns(found: Iterable[Entry | Skipped | Notice], context: ImportContext) -> Iterator[Read]:
    """Questions and answers in the order of the export, and what is said of the rest.

    The first entries wait until it is known how those begin that hold a question.
    """
    exchanges = _Exchanges(context)
    held: list[Entry | Skipped | Notice] = []
    signs = 0
    for one in found:
        if exchanges.begin is not None:
            yield from exchanges.turns(one, exchanges.begin)
            continue
        held.append(one)
        signs += len(one.answer) if isinstance(one, Entry) else 0
        if len(held) >= _HELD or signs > _HELD_SIGNS:
            yield from exchanges.learn(held)
    if exchanges.begin is None:
        yield from exchanges.learn(held)


class _Exchanges:
    """The entries of one export, one after the other."""

    def __init__(self, context: ImportContext) -> None:
        self.begin: Beginnings | None = None
        self._context = context
        self._ids = StableIds(APP)
        self._near = ""

    def learn(self, held: Sequence[Entry | Skipped | Notice]) -> Iterator[Read]:
        """What is read of the first entries, by which it is learnt how questions begin."""
        entries = [one for one in held if isinstance(one, Entry)]
        self.begin = begin = Beginnings.of((entry.title, bool(entry.answer)) for entry in entries)
        for one in held:
            yield from self.turns(one, begin)

    def turns(self, entry: Entry | Skipped | Notice, begin: Beginnings) -> Iterator[Read]:
        """The turns of an entry; nothing when nothing was said."""
        if not isinstance(entry, Entry):
            yield entry
            return
        asked = begin.question(entry.title, answered=bool(entry.answer))
        names = entry.names if asked else ()
        question = noted(asked, names)
        self._near = conversation = entry.conversation(self._near)
        if not question and not entry.answer:
            yield Notice(ACTIVITIES)
            return
        chat = _CHAT.search(entry.link)
        if not chat:
            yield Notice(_ALONE)
        if not question or not entry.answer:
            yield Notice(_NO_ANSWER if question else _NO_QUESTION)
        if names:
            yield Notice(assistants.ATTACHED, len(names))
        for role, text in (("user", question), ("assistant", entry.answer)):
            if text:
                id = self._ids.next(role, entry.stamp, text)
                source = assistants.from_chat(APP, role, conversation, id, url=chat[0] if chat else "")
                yield observed(text, entry.at, source, self._context)
