"""Mail: `.mbox` mailboxes and single `.eml` files; each mail a turn, its thread the conversation."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from core.capture.conversation import mbox
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.mail_quotes import parted
from core.capture.conversation.mail_text import flowed, of_html
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.said_before import SaidBefore
from core.capture.conversation.text import Stream, clean
from core.capture.conversation.turns import Read, dated, observed
from core.memory import Channel, Claim, Provenance

NAME = "mail"
_FIELD = re.compile(rb"^[!-9;-~]{1,76}:[ \t\S]", re.MULTILINE)
_KNOWN = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|return-path|mime-version|delivered-to):", re.I | re.M
)
_SUBJECT = re.compile(
    r"^(?:(?:re|aw|antw|sv|vs|fwd?|wg|tr|rif|rv|res|ynt|отв|odp)(?:\[\d+\])?\s?[::：]\s?)+", re.IGNORECASE
)
_ID = re.compile(r"<[^<>\s]{3,400}>")
_UNWANTED = {"spam", "trash", "papierkorb", "corbeille", "spamverdacht", "junk", "drafts", "entwürfe"}
_SENT = {"sent", "sent mail", "sent messages", "sent items", "gesendet", "gesendete elemente", "messages envoyés"}
_SENT |= {"enviados", "posta inviata", "verzonden", "отправленные", "gönderilmiş postalar", "wysłane", "送信済み"}
"""Gmail's labels, and what mail programs call the mailbox with the person's own."""
_NAMED = 4
_REPEATED = "Mails that quote one before them in full, whose quote was left out: {n}."
_OLD_ENCODING = "Mails that are not in the encoding they name, read as Windows-1252: {n}."
_CUT = "Mails larger than 8 MB, of which only the beginning was read: {n}."


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    named = name.lower().endswith((".eml", ".mbox", ".mbx"))
    if mbox.BEGINS.match(begin):
        return 0.97
    top = begin.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0][:16384]
    first = top.split(b"\n", 1)[0]
    if not _FIELD.match(first) or b"\x00" in top:
        return 0.0
    known = len({found.lower() for found in _KNOWN.findall(top)})
    if known >= 3 and re.search(rb"^(?:from|return-path):", top, re.I | re.M):
        return 0.95
    return 0.7 if named and known >= 2 else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """The mails in file order; `Skipped.line` is the mail's place in the file, counted from 1."""
    return dated(_Mailbox(context).turns(source), context)


class _Mailbox:
    """One file while it is read."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._said = SaidBefore()
        self._parser = BytesParser(policy=policy.compat32)

    def turns(self, source: Stream) -> Iterator[Read]:
        """Every mail as a turn, with what it quotes that was not said before."""
        for raw in mbox.messages(source):
            if not raw.whole:
                yield Notice(_CUT)
            try:
                yield from self._mail(raw)
            except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
                yield Skipped(line=raw.number, reason="a mail that cannot be taken apart")

    def _mail(self, raw: mbox.Raw) -> Iterator[Read]:
        message = self._parser.parsebytes(raw.data)
        if not message.keys() or not (message["from"] or message["date"] or message["subject"]):
            yield Skipped(line=raw.number, reason="no mail: it has no sender, date or subject")
            return
        if message["x-imap"] and not message["to"]:
            yield Skipped(line=raw.number, reason="a mailbox's own note")
            return
        labels = _labels(message)
        if labels & _UNWANTED:
            yield Skipped(line=raw.number, reason="marked as spam, deleted or a draft")
            return
        body, files, why, old = _content(message)
        if old:
            yield Notice(_OLD_ENCODING)
        told = parted(body)
        text = noted(told.own, files)
        if not text.strip():
            yield Skipped(line=raw.number, reason=why or "a mail without words")
            return
        provenance = self._provenance(message, raw)
        at = _date(message, raw, self._context)
        if told.quoted and self._said.knows(told.quoted):
            yield Notice(_REPEATED)
        elif told.quoted:
            yield self._quoted(told.quoted, told.quoted_of, provenance)
            self._said.add(told.quoted)
        self._said.add(told.own)
        sender = _people(message, "from") or _people(message, "sender")
        yield observed(text, at, provenance, self._context, called=sender[0] if sender else ())

    def _provenance(self, message: Message, raw: mbox.Raw) -> Provenance:
        sender = _people(message, "from") or _people(message, "sender") or [("", "")]
        name, address = sender[0]
        others = _people(message, "to") + _people(message, "cc")
        shown = [one or where for one, where in others[:_NAMED]]
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        to_me = any(self._context.is_person(one) or self._context.is_person(where) for one, where in others)
        subject = _SUBJECT.sub("", _header(message, "subject")).strip()
        id = next(iter(_ID.findall(_header(message, "message-id"))), "")
        return Provenance(
            channel=Channel.CONVERSATION,
            app="Mail",
            window=subject[:500],
            conversation=_thread(message, id, subject),
            external_id=id or f"mail-{hashlib.sha256(raw.data[:65536]).hexdigest()[:24]}",
            speaker=name or address or "somebody",
            addressee="me" if to_me and len(others) == 1 else ", ".join(shown) + more,
            mine=self._is_mine(message) or self._context.is_me(name) or self._context.is_me(address),
        )

    def _is_mine(self, message: Message) -> bool:
        """Whether it lies among what the person sent."""
        return bool(_labels(message) & _SENT) or self._context.name.strip().casefold() in _SENT

    def _is_persons(self, answer: Provenance) -> bool:
        """Whether a mail was written by the person, as far as it says."""
        return answer.mine or self._context.is_named(answer.speaker)

    def _quoted(self, text: str, whose: str, answer: Provenance) -> Read:
        """A mail that is only known because it is quoted: its time is a neighbour's.

        Anybody can write a mail that quotes what the person never said, so it is theirs only in a mail of theirs.
        """
        provenance = Provenance(
            channel=Channel.CONVERSATION,
            app="Mail",
            window=answer.window,
            conversation=answer.conversation,
            external_id=f"quoted-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:24]}",
            speaker=whose or "somebody (quoted)",
            mine=answer.mine and bool(whose) and self._context.is_me(whose),
            claim=Claim.SOURCE if self._is_persons(answer) else Claim.FOREIGN,
        )
        return observed(text, None, provenance, self._context)


def _labels(message: Message) -> set[str]:
    return {one.strip().casefold() for one in _header(message, "x-gmail-labels").split(",")} - {""}


def _thread(message: Message, id: str, subject: str) -> str:
    """The thread by its first mail's id; Gmail numbers its threads."""
    if number := _header(message, "x-gm-thrid").strip():
        return f"mail {number[:100]}"
    first = _ID.findall(_header(message, "references")) or _ID.findall(_header(message, "in-reply-to"))
    return f"mail {(first[0] if first else id) or subject or 'without a subject'}"


def _header(message: Message, name: str) -> str:
    """A header's text, its encoded words read, on one line."""
    value = message.get(name)
    if value is None:
        return ""
    parsed = policy.default.header_fetch_parse(name, str(value).replace("\r", " ").replace("\n", " "))
    return " ".join(clean(str(parsed).encode("utf-8", "replace").decode("utf-8")).split())


def _people(message: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) of everybody in these headers."""
    values = [str(one) for one in message.get_all(name, [])]
    found: list[tuple[str, str]] = []
    for shown, address in getaddresses([_decoded(one) for one in values]):
        if shown or address:
            found.append((" ".join(clean(shown).split())[:200], clean(address)[:200]))
    return found


def _decoded(value: str) -> str:
    flat = value.replace("\r", " ").replace("\n", " ")
    return re.sub(
        r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=",
        lambda found: str(policy.default.header_fetch_parse("subject", found[0])).replace(",", " ").replace('"', ""),
        flat,
    )


def _date(message: Message, raw: mbox.Raw, context: ImportContext) -> datetime | None:
    """When it was sent: its own date, else when it was received. "-0000" means that the sender's zone is unknown."""
    received = str(message.get("received") or "").rpartition(";")[2]
    arrived = b" ".join(raw.envelope.split()[2:]).decode("ascii", "replace")
    for told in (str(message.get("date") or ""), received, arrived):
        if not told.strip():
            continue
        try:
            at = parsedate_to_datetime(told.strip())
            return context.aware(at if at.tzinfo else at.replace(tzinfo=UTC).astimezone(context.zone))
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _content(message: Message) -> tuple[str, list[str], str, bool]:
    """(the words, names of what is attached, why there are none, whether the encoding was not as named)."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[str] = []
    why, old = "", False
    for part in _parts(message):
        kind, name = part.get_content_type(), _decoded(part.get_filename() or "")
        inline = part.get_content_disposition() != "attachment"
        if kind in ("application/pkcs7-mime", "multipart/encrypted", "application/pgp-encrypted"):
            why = "an encrypted mail"
        elif kind in ("text/plain", "text/html") and inline and not name:
            text, odd = _words(part)
            old = old or odd
            (plain if kind == "text/plain" else rich).append(text if kind == "text/plain" else of_html(text))
        elif kind == "message/rfc822":
            inside = part.get_payload()
            first = inside[0] if isinstance(inside, list) and inside else None
            subject = _header(first, "subject") if isinstance(first, Message) else ""
            files.append(f"mail “{subject}”" if subject else "a mail")
        elif not part.is_multipart() and (name or kind.startswith("text/calendar")):
            files.append(name or "invitation.ics")
    words = "\n\n".join(one for one in plain if one.strip())
    return words or "\n\n".join(one for one in rich if one.strip()), files, why, old


def _parts(message: Message) -> Iterator[Message]:
    """Every part, without those of mails that are attached."""
    yield message
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part)


def _words(part: Message) -> tuple[str, bool]:
    """A part's text, and whether it was not in the encoding it names."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            text, odd = data.decode(charset), False
            break
        except (LookupError, UnicodeError, ValueError):
            continue
    else:
        text, odd = data.decode("cp1252", "replace"), True
    text = clean(text.replace("\r\n", "\n"))
    if str(part.get_param("format", "")).lower() == "flowed":
        text = flowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text, odd
