"""What an entry of Gemini's activity says, however it is written down: who asked what, the answer, when."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.capture.conversation import assistants
from core.capture.conversation.attachments import noted
from core.capture.conversation.report import ImportContext, Notice
from core.capture.conversation.turns import Read, StableIds, observed

APP = "Gemini"
PRODUCT = re.compile(r"Gemini|Bard")
"""In the header of an entry, in every language."""
ACTIVITIES = "Activities that are no conversation (feedback, drafts chosen, features used), left out: {n}."
OTHERS = "Activities of other Google products, left out: {n}."
_ALONE = "The export does not tell which questions belong to one chat: those of one day stand together."
_NO_ANSWER = "Questions without an answer: {n}."
_NO_QUESTION = "Answers without their question: {n}."
_ASKED = re.compile(r"(?:Prompted|Branched|Answered|Asked|Gav instruktionen):?[ \xa0]+(?P<words>.+)", re.DOTALL)
"""How an entry begins, in the languages in which it is known; in others the words stand as they are."""
_DONE = re.compile(r"(?:Created|Added|Used|Selected|Gave|Viewed|Shared|Deleted|Visited|Turned|Prompted|Asked)\b")
_CHAT = re.compile(r"https://(?:gemini|bard)\.google\.com/(?:u/\d{1,3}/)?(?:app|chat)/(?P<id>[\w-]{4,80})")
_FILE = re.compile(r"[-\u2013\u2022]\s+(?P<name>.+)")


def asked(title: str) -> str:
    """What the person asked, by an entry's title; empty where it tells of something else that was done."""
    title = title.strip()
    if found := _ASKED.match(title):
        return found["words"].strip()
    return "" if _DONE.match(title) else title


def attached(notes: Iterable[str]) -> list[str]:
    """Names of files among the notes below a question: "- plan.pdf"."""
    return [found["name"] for note in notes if (found := _FILE.fullmatch(note.strip()))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question with its answer; either may be empty."""

    question: str
    answer: str
    names: tuple[str, ...]
    stamp: str
    """The time as it was written, for the identity of the turns."""
    at: datetime | None
    sure: bool = True
    """Whether the zone of the time was told."""
    link: str = ""
    near: str = ""
    """The conversation of the entry before, for one that says neither its chat nor its day."""

    @property
    def conversation(self) -> str:
        """The chat where it is known, else the day."""
        if chat := _CHAT.search(self.link):
            return chat["id"]
        return f"{APP} {self.at.date().isoformat()}" if self.at else self.near or APP

    def turns(self, ids: StableIds, context: ImportContext) -> Iterator[Read]:
        """The turns; nothing when nothing was said."""
        question = noted(self.question, self.names)
        if not question and not self.answer:
            yield Notice(ACTIVITIES)
            return
        chat = _CHAT.search(self.link)
        if not chat:
            yield Notice(_ALONE)
        if not question or not self.answer:
            yield Notice(_NO_ANSWER if question else _NO_QUESTION)
        if self.names:
            yield Notice(assistants.ATTACHED, len(self.names))
        for role, text in (("user", question), ("assistant", self.answer)):
            if text:
                id = ids.next(role, self.stamp, text)
                source = assistants.from_chat(APP, role, self.conversation, id, url=chat[0] if chat else "")
                yield observed(text, self.at, source, context)
