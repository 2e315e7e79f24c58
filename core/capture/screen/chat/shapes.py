"""What is read of a chat on the screen, and what all ways of reading one share. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from core.capture.screen.chat.runs import Run
from core.memory import WordBox
from core.pattern import Pattern

_NAME = Pattern(r"@?[^\W\d_][\w.'’\-|\[\]()/ ]{0,38}[\w.\])]|@?[^\W\d_]")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "di",
        "da",
        "del",
        "la",
        "le",
        "el",
        "bin",
        "al",
        "af",
        "zu",
        "ten",
        "ter",
        "y",
        "e",
    ]
)
_INITIAL = 3
"""Letters of a name that is shortened, its point among them: `Zola P.`"""
_NO_NAME = frozenset(
    word
    for words in (
        "ok okay yes yeah no nope haha lol thanks thx wait done hi hey hello sure same cool nice great perfect agreed",
        "ja nein danke gut oui non merci si sí gracias vale",
    )
    for word in words.split()
)
EDITED = r"(?:edited|bearbeitet|modified|modifiée?|editado|editada|modificato|bewerkt|redigeret|redigerad|editat)"
"""What programs write beside a message that was changed."""
_EDITED = Pattern(rf"\({EDITED}\)", re.IGNORECASE)
_EDITED_APART = Pattern(EDITED, re.IGNORECASE)
_BLANK = 0.42
"""Of a line's height: a gap wider than this before its last word sets it apart."""
_REACTION = Pattern(r"[^\w]{0,3}\d{0,3}[^\w]{0,3}|[^\x00-\u02ff\w]+")
_FURNITURE = Pattern(
    r"\d+ repl(?:y|ies)\b.*|view (?:thread|all \d+ replies)|reply|reply in thread|see more|show (?:more|less)"
    r"|delivered|read(?: by \w+)?(?: \d.*)?|seen(?: by .*)?|sent|sending|gelesen|zugestellt|new(?: messages?)?"
    r"|unread messages?|\d+ (?:new|unread) messages?|last read|today's messages|add reaction"
    rf"|jump to (?:latest|present)|.* (?:is|are) typing\W*|\(?{EDITED}\)?",
    re.IGNORECASE,
)
COMPOSER = Pattern(
    r"(?:type|write|send|start|enter|add)(?: a| your)? (?:new )?(?:message|messages|post|reply|comment|chat)\b.*"
    r"|message(?:\s*[#@].*)?|messages? .{1,40}|text message|imessage|aa|reply(?:\.{3}|…)|jot something down"
    r"|history is (?:on|off)"
    r"|(?:reply|message) to .{1,40}|send .{1,40} a message|ask (?:me )?(?:anything|.{1,20}(?:\.{3}|…))"
    r"|(?:type|chat|say) .{0,20}here.*|(?:send|enviar|invia|stuur) .{0,12}(?:mensaje|mensagem|messaggio|bericht).*"
    r"|(?:scrivi|digite|escreva|escreve|napisz|skriv|typ) .{0,12}(?:messaggio|mensagem|wiadomo\S+|meddelande|bericht).*"
    r"|messaggio|mensagem|mensaje|bericht|meddelande|nachricht an .{1,40}|message (?:à|pour) .{1,40}"
    r"|envoyer un message.*"
    r"|nachricht(?: schreiben| eingeben)?|schreib.* nachricht.*|écri\w+ un message.*|escribe un mensaje.*",
    re.IGNORECASE,
)
"""What stands in the field where one writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenTurn:
    """One message as a window shows it. `speaker` is empty where its name is out of view."""

    speaker: str
    mine: bool
    """It stands on the owner's side of the window."""
    text: str
    day: date | None = None
    """Only where the window says it."""
    clock: time | None = None
    boxes: tuple[WordBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenChat:
    """What one window shows of a conversation, from the top."""

    name: str
    """Of the conversation, as the window has it; may be empty."""
    turns: tuple[ScreenTurn, ...]
    strength: int
    """How surely this is a chat at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A part of a window read in one of the ways, and what speaks for and against it."""

    turns: tuple[ScreenTurn, ...] = ()
    sure: int = 0
    """0: it could be any text; 1: half of what makes a chat of this kind is there; 2: all of it."""
    proof: float = 0.0
    """Messages that have a name, a time or a side of their own."""
    stray: float = 0.0
    """Words among them that the way of reading has no place for, as messages."""

    @property
    def score(self) -> float:
        """To tell the best of several readings."""
        return self.proof - self.stray


NOTHING = Reading()


def name_like(words: str, *, recurs: bool = False) -> bool:
    """Whether this can be somebody's name: few words, no sentence. One in small letters only where it `recurs`."""
    parts = words.split()
    if not 1 <= len(parts) <= 5 or _NAME.compiled.fullmatch(words) is None or words.endswith(","):
        return False
    if words.endswith(".") and (len(parts) == 1 or len(parts[-1]) > _INITIAL):
        return False
    if len(parts) == 1 and words.casefold() in _NO_NAME:
        return False
    small = [part for part in parts if part[0].islower() and part.casefold() not in _PARTICLES]
    return not small or (recurs and len(parts) == 1)


def reaction(run: Run) -> bool:
    """Whether it is a count beside a small picture."""
    return len(run.text) <= 6 and _REACTION.compiled.fullmatch(run.text) is not None


def furniture(words: str) -> bool:
    """Whether the program wrote it, not a person: "3 replies", "Delivered", "New messages"."""
    return _FURNITURE.compiled.fullmatch(words.strip(" \t-–—•·")) is not None


def unmarked(run: Run) -> Run | None:
    """A line without "(edited)" at its end; None when nothing else stands there."""
    last = run.words[-1]
    if _EDITED.compiled.fullmatch(last.text) is None:
        before = run.words[-2] if len(run.words) > 1 else last
        apart = last.left - before.left - before.width > _BLANK * run.height
        if not apart or _EDITED_APART.compiled.fullmatch(last.text) is None:
            return run
    return replace(run, words=run.words[:-1]) if len(run.words) > 1 else None


def text_of(lines: Sequence[Run]) -> str:
    """A message's lines as one text: what was wrapped is joined."""
    return " ".join(bare.text for line in lines if (bare := unmarked(line)) is not None).strip()


def boxes_of(lines: Sequence[Run]) -> tuple[WordBox, ...]:
    """Their words in reading order."""
    return tuple(word for line in lines for word in line.words)
