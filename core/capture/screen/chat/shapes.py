"""What is read of a chat on the screen, and what all ways of reading one share. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from core.capture.screen.chat import tongues
from core.capture.screen.chat.runs import Run
from core.memory import WordBox
from core.pattern import Pattern

_NAME = Pattern(r"(?:@|~\s?)?[^\W\d_][\w.'’\-|\[\]()/ ]{0,38}[\w.\])]|(?:@|~\s?)?[^\W\d_]")
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
_INITIAL = 4
_AFTER = frozenset(("jr.", "sr.", "jun.", "sen.", "jr", "sr"))
"""Letters of a name that is shortened, its point among them: `Zola P.`"""
_NO_NAME = frozenset(
    word
    for words in (
        "ok okay yes yeah no nope haha lol thanks thx wait done hi hey hello sure same cool nice great perfect agreed",
        "ja nein danke gut oui non merci si sí gracias vale",
    )
    for word in words.split()
)
EDITED = (
    r"(?:edited|bearbeitet|modified|modifiée?|editado|editada|modificato|bewerkt|redigeret|redigerad|editat"
    rf"|{tongues.EDITED})"
)
"""What programs write beside a message that was changed."""
_EDITED = Pattern(rf"\({EDITED}\)", re.IGNORECASE)
_EDITED_APART = Pattern(EDITED, re.IGNORECASE)
_BLANK = 0.42
"""Of a line's height: a gap wider than this before its last word sets it apart."""
_REACTION = Pattern(r"[^\w]{0,3}\d{0,3}[^\w]{0,3}|[^\x00-\u02ff\w]+")
_UNSPACED = Pattern(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Letters and marks of Chinese and Japanese, which are written without blanks."""
_ROOM = 1.6
"""Heights of a line: where more was left, it was ended on purpose."""
_FURNITURE = Pattern(
    r"(?:.* )?\d+ (?:repl(?:y|ies)|antwort(?:en)?|nachrichten?|réponses?|respuestas?)\b[^.!?]*"
    r"|(?:forwarded(?: from .*| message)?|weitergeleitet(?: von .*)?|reenviado(?: de .*)?|transféré(?: de .*)?)"
    r"|[\w\-.()]+\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|odp|zip|png|jpe?g|heic|mp[34]|mov|csv|txt)"
    r"|(?:\S+(?: \S+)?[,·•]\s)?\d+(?:[.,]\d+)?\s?(?:[kmg]i?b|[kmg]o|bytes?)(?:\s?[,·•].{0,20})?"
    r"|(?:active|online|aktiv|en ligne|actif|activo|en línea)(?: now| jetzt)?"
    r"(?: (?:vor|il y a|hace|today at|yesterday at|heute um|gestern um)\b \d[^?!]{0,16}| [^?!]{0,16}ago)?"
    r"|(?:last seen|zuletzt (?:online|gesehen)|vu|últ\. vez)\b (?=.*\d|now|recently|jetzt|kürzlich)[^?!]{0,24}"
    r"|vor \d.{0,10} aktiv|(?:actif|activ[oa]|en ligne) (?:il y a|hace) .{0,16}"
    r"|view (?:thread|all \d+ replies)|reply|reply in thread|see more|show (?:more|less)"
    r"|delivered|read(?: by \w+)?(?: \d.*)?|seen(?: by .*)?|sent|sending|gelesen|zugestellt|new(?: messages?)?"
    r"|unread messages?|\d+ (?:new|unread) messages?|last read|today's messages|add reaction"
    r"|(?:you deleted this message|this message was deleted|(?:diese )?nachricht (?:wurde )?gelöscht)\.?"
    r"|(?:ce message a été supprimé|(?:este )?mensaje (?:fue )?eliminado|se eliminó este mensaje)\.?"
    rf"|jump to (?:latest|present)|.* (?:is|are) typing\W*|\(?{EDITED}\)?|{tongues.AROUND}",
    re.IGNORECASE,
)
_HAPPENED = (
    r"(?:(?:has|have|was|were|is|hat|haben|ist|wurde|a été|a|se ha|ha|è|heeft)\s+)?"
    r"(?:(?:just|gerade|den raum|die gruppe)\s+)?"
    r"(?:joined|left|added|removed|invited|kicked|banned|changed|renamed|named|set|created|pinned|started|ended|quit"
    r"|come online|gone offline|erschienen|beigetreten|verlassen|hinzugefügt|entfernt|geändert|rejoint|quitté|ajouté"
    r"|unido|salido|añadido|entrato|uscito|aggiunto|toegevoegd|verlaten|betreten)\b"
    rf"|(?:{tongues.HAPPENED})\b"
)
_DONE = (
    r"(?:hat|haben|ist|wurde|heeft|har)\s+(?:\S+\s+){1,4}(?:geändert|hinzugefügt|entfernt|betreten|verlassen|erstellt"
    r"|gelöscht|angeheftet|angepinnt|umbenannt|eingeladen|gestartet|beendet|aangepast|gewijzigd|toegevoegd|verwijderd"
    r"|gegangen|beigetreten)\.?$"
)
_NOTICE = Pattern(rf"{_HAPPENED}|{_DONE}", re.IGNORECASE)
_SYSTEM = Pattern(rf"(?:[^\W\d_]\S*\s+){{1,3}}?(?i:{_HAPPENED}|{_DONE})")
COMPOSER = Pattern(
    r"(?:type|write|send|start|enter|add)(?: a| your)? (?:new )?(?:message|messages|post|reply|comment|chat)\b.*"
    r"|message(?:\s*[#@].*)?|messages? .{1,40}|text message|(?:i|s|m)ms|imessage|rcs|aa"
    r"|reply(?:\.{3}|…)|jot something down"
    r"|history is (?:on|off)|l[’']historique est (?:dés)?activé|el historial está (?:des)?activado"
    r"|(?:der )?verlauf ist (?:de)?aktiviert|(?:kommentar|antwort) (?:hinzufügen|schreiben|eingeben)\b.*"
    r"|(?:ajouter|écrire|añadir|escribe|aggiungi) un(?:e)? (?:commentaire|réponse|comentario|commento)\b.*"
    r"|(?:reply|message) to .{1,40}|send .{1,40} a message|ask (?:me )?(?:anything|.{1,20}(?:\.{3}|…))"
    r"|(?:type|chat|say) .{0,20}here.*|(?:send|enviar|invia|stuur) .{0,12}(?:mensaje|mensagem|messaggio|bericht).*"
    r"|(?:scrivi|digite|escreva|escreve|napisz|skriv|typ) .{0,12}(?:messaggio|mensagem|wiadomo\S+|meddelande|bericht).*"
    r"|messaggio|mensagem|mensaje|bericht|meddelande|nachricht an .{1,40}|message (?:à|pour) .{1,40}"
    r"|envoyer un message.*"
    r"|nachricht(?: schreiben| eingeben)?|schreib.* nachricht.*|écri\w+ un message.*|escribe un mensaje.*"
    rf"|{tongues.FIELD}",
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
    """0: it could be any text; 1: half of what makes a chat of this kind is there; 2: all of it; 3: more."""
    proof: float = 0.0
    """Messages that have a name, a time or a side of their own."""
    stray: float = 0.0
    """Words among them that the way of reading has no place for, as messages."""

    @property
    def score(self) -> float:
        """To tell the best of several readings."""
        return self.proof - self.stray

    def __bool__(self) -> bool:
        """Whether anything was read."""
        return bool(self.turns)


NOTHING = Reading()


def name_like(words: str, *, recurs: bool = False) -> bool:
    """Whether this can be somebody's name: few words, no sentence. One in small letters only where it `recurs`."""
    parts = words.split()
    if not 1 <= len(parts) <= 5 or _NAME.compiled.fullmatch(words) is None or words.endswith(","):
        return False
    if words.endswith(".") and (len(parts) == 1 or len(parts[-1]) > _INITIAL):
        return False
    if len(parts) > 1 and parts[-1].casefold() in _AFTER:
        parts = parts[:-1]
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


def composer(words: str) -> bool:
    """Whether these words stand in the field where one writes."""
    return COMPOSER.compiled.fullmatch(words) is not None


def system_line(words: str) -> bool:
    """Whether a whole line is what a program says of somebody: "Kenji H. left the group"."""
    return _SYSTEM.compiled.match(words) is not None or tongues.said_last(words)


def notice(words: str) -> bool:
    """Whether these words, after somebody's name, are what a program says of them: "joined the room"."""
    return _NOTICE.compiled.match(words) is not None


def marked_edited(word: str) -> bool:
    """Whether a word between a message and its time says that it was changed."""
    return _EDITED_APART.compiled.fullmatch(word) is not None


def unmarked(run: Run) -> Run | None:
    """A line without "(edited)" at its end; None when nothing else stands there."""
    last = run.words[-1]
    if _EDITED.compiled.fullmatch(last.text) is None:
        if _EDITED_APART.compiled.fullmatch(last.text) is None:
            return run
        before = run.words[-2] if len(run.words) > 1 else last
        apart = last.left - before.left - before.width > _BLANK * run.height
        if len(run.words) > 1 and not apart and not last.text[0].isupper():
            return run
    return replace(run, words=run.words[:-1]) if len(run.words) > 1 else None


def text_of(lines: Sequence[Run]) -> str:
    """A message's lines as one text: what was wrapped is joined, in Chinese and Japanese without a blank."""
    text = ""
    limit = max((line.right for line in lines if line.words), default=0)
    full = False
    for line in lines:
        bare = unmarked(line) if line.words else None
        if bare is not None:
            close = text and full and _UNSPACED.match(text[-1]) and _UNSPACED.match(bare.text)
            text += bare.text if close or not text else f" {bare.text}"
            full = line.right > limit - _ROOM * line.height
    return text.strip()


def boxes_of(lines: Sequence[Run]) -> tuple[WordBox, ...]:
    """Their words in reading order."""
    return tuple(word for line in lines for word in line.words)
