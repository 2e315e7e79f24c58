"""What somebody wrote in a mail, apart from the mail they answer, which stands below or around it."""

import re
from dataclasses import dataclass

_WROTE = (
    r"wrote|writes|schrieb(?: am .{0,60})?|a écrit|escribi[óo]|ha scritto|escreveu|schreef|heeft geschreven|"
    r"yazdı|написал(?:\(?а\)?)?|пишет|napisał(?:\(?a\)?)?|skrev|kirjoitti|のメール|さんは(?:書きました|次のように書きました)|"
    r"كتب(?:ت)?|写道|寫道|님이 작성"
)
_WRITES = re.compile(rf"(?:{_WROTE})", re.IGNORECASE)
_LONGEST_LINE = 300
_MAIL_NAME = r"(?P<name>[^\W\d_][^\d,<>\n:]{1,60}?)"
_ADDRESS = r"\s*(?:<[^<>\s]+@[^<>\s]+>)?\s*"
_BEFORE = re.compile(rf"(?:(?:,|\d|Uhr|AM|PM|à|tarihinde)\s+|^){_MAIL_NAME}{_ADDRESS}(?:{_WROTE})", re.IGNORECASE)
_BEHIND = re.compile(rf"(?:{_WROTE})\s+{_MAIL_NAME}{_ADDRESS}(?:,[^,:\n]{{1,40}})?[:：]\s*$", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^(?:-{2,} ?(?:Original(?:nachricht|[- ]?Message)|Ursprüngliche Nachricht|Message d'origine|Mensaje original|"
    r"Messaggio originale|Mensagem original|Oorspronkelijk bericht|Исходное сообщение|Forwarded [Mm]essage|"
    r"Weitergeleitete Nachricht) ?-{2,}|_{20,}|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"^\*?(?:From|Von|De|Da|Van|От|Gönderen|Od|差出人|من)\*?\s?[::：]\*?\s*(?P<name>[^<\[\n]{2,80}?)\s*(?:[<\[].*)?$"
)
_HEADING = re.compile(
    r"^\*?(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Para|Asunto|Inviato|A|"
    r"Oggetto|Assunto|Verzonden|Aan|Onderwerp|Отправлено|Дата|Кому|Тема|Gönderme|Kime|Konu|Wysłano|Do|Temat|Cc)\*?\s?[::：]",
    re.IGNORECASE,
)
_STEP = re.compile(r"^> ?")


@dataclass(frozen=True, slots=True)
class Parted:
    """A mail's words: the writer's own, and what they answer with whose it is ("" when that is not told)."""

    own: str
    quoted: str = ""
    quoted_of: str = ""


def parted(text: str) -> Parted:
    """The writer's own words and the mail quoted at the end. Answers between quoted lines stay with them."""
    rows = text.replace("\r\n", "\n").split("\n")
    at = _divider(rows)
    if at is not None:
        own, below = rows[:at], rows[at:]
        who = next((found["name"].strip(" *\"'") for row in below[:6] if (found := _FROM.match(row.strip()))), "")
        head = next((i for i, row in enumerate(below) if i and not row.strip()), 0)
        quoted = "\n".join(below[head:]).strip() if head else ""
        return _checked(text, "\n".join(own).strip(), quoted or "\n".join(below[1:]).strip(), who)
    end = len(rows)
    while end and not rows[end - 1].strip():
        end -= 1
    begin = end
    while begin and (rows[begin - 1].startswith(">") or not rows[begin - 1].strip()):
        begin -= 1
    while begin < end and not rows[begin].strip():
        begin += 1
    if all(row.startswith(">From ") for row in rows[begin:end]):
        begin = end  # mailboxes write a line so that begins with "From "
    if begin == end:
        return _answered_below(text.strip(), rows)
    if any(row.startswith(">") for row in rows[:begin]):
        return Parted(text.strip())  # answered between the lines: they belong together
    said = "\n".join(rows[:begin]).rstrip()
    said, line = _attributed(said)
    who = _whose(line)
    answered, inner = _peeled("\n".join(_STEP.sub("", row) for row in rows[begin:end]).strip())
    return _checked(text, said.strip(), answered, who or inner)


def _answered_below(text: str, rows: list[str]) -> Parted:
    """A mail that ends in its writer's words: those are below the one quoted piece that it begins with, if it does."""
    quoted = [at for at, row in enumerate(rows) if row.startswith(">") and not row.startswith(">From ")]
    if not quoted:
        return Parted(text)
    among = set(range(quoted[0], quoted[-1])).difference(quoted)
    if any(rows[at].strip() for at in among):
        return Parted(text)
    before, line = _attributed("\n".join(rows[: quoted[0]]).rstrip())
    if before.strip():
        return Parted(text)  # words of the writer's on both sides: they belong together
    answered, inner = _peeled("\n".join(_STEP.sub("", row) for row in rows[quoted[0] : quoted[-1] + 1]).strip())
    return _checked(text, "\n".join(rows[quoted[-1] + 1 :]).strip(), answered, _whose(line) or inner)


def _attributed(text: str) -> tuple[str, str]:
    """(the text without its last line or two, those lines) where they say who wrote what follows."""
    rest, _, line = text.rpartition("\n")
    if not _says_who(line):
        return text, ""
    before, _, above = rest.rpartition("\n")
    if not re.search(r"\d", line) and re.search(r"\d", above) and len(above) <= _LONGEST_LINE:
        return before, f"{above} {line}"  # a long one is broken in two
    return rest, line


def _says_who(line: str) -> bool:
    bare = line.strip()
    return len(bare) <= _LONGEST_LINE and bare.endswith((":", "：")) and _WRITES.search(bare) is not None


def _peeled(text: str) -> tuple[str, str]:
    """(a quoted mail without the line that says whose it is, whose): HTML mails have it inside the quote."""
    line, _, below = text.partition("\n")
    if not _says_who(line):
        return text, ""
    rows = below.split("\n")
    if all(row.startswith(">") or not row.strip() for row in rows):
        rows = [_STEP.sub("", row) for row in rows]
    return "\n".join(rows).strip(), _whose(line)


def _checked(text: str, own: str, quoted: str, who: str) -> Parted:
    """A mail with nothing of its own is what it passes on."""
    return Parted(own, quoted, who) if own and quoted else Parted(text.strip())


def _divider(rows: list[str]) -> int | None:
    """Where a mail program's own line, or the header that it writes, begins the mail that is answered."""
    for at, row in enumerate(rows):
        line = row.strip()
        if _DIVIDER.match(line) and not (line.startswith("_") and not any(map(_from_line, rows[at + 1 : at + 6]))):
            return at  # below a line of underscores alone may also stand what a mailing list adds
        if _FROM.match(line) and sum(bool(_HEADING.match(one.strip())) for one in rows[at + 1 : at + 6]) >= 2:
            return at
    return None


def _from_line(row: str) -> bool:
    return _FROM.match(row.strip()) is not None


def _whose(attribution: str) -> str:
    flat = " ".join(attribution.split())
    found = _BEHIND.search(flat) or _BEFORE.search(flat)
    return found["name"].strip(" \"'*") if found else ""
