"""The three ways in which programs lay out what was said: under headers, in bubbles, in lines of a terminal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.drawn.sheet import Colour, Sheet, face, wrapped
from tests.drawn.talk import NOW, Said, Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colours and sizes of a theme."""

    ground: Colour = "#ffffff"
    side: Colour = "#f3f3f5"
    ink: Colour = "#1d1c1d"
    faint: Colour = "#616061"
    mine: Colour = "#d9fdd3"
    theirs: Colour = "#f0f0f0"
    mine_ink: Colour = "#111111"
    names: tuple[Colour, ...] = ("#b0336d", "#1f7a3d", "#8a4b08", "#34558b")
    font: str = "sans"
    size: int = 15

    def px(self, pixels: float) -> int:
        """A length drawn for letters of 15 pixels."""
        return round(pixels * self.size / 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be read: `at` as far as the screen tells it, None where it does not."""

    speaker: str
    mine: bool
    text: str
    at: datetime | None
    top: int
    bottom: int
    named_at: int | None
    """Where the speaker stands, or None where the side alone tells it."""


@dataclass(slots=True)
class Log:
    """A whole conversation on one long sheet."""

    sheet: Sheet
    told: list[Told] = field(default_factory=list)
    bottom: int = 0


Clock = Callable[[datetime], str]


def day_of(at: datetime) -> str:
    """As separators have it."""
    days = (NOW.date() - at.date()).days
    return {0: "Today", 1: "Yesterday"}.get(days, f"{at:%A, %B} {at.day}")


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.replace("-", " ").split())[:2].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """How messages stand under names, as in Slack, Discord, a Teams channel, Element, Google Chat."""

    clock: Clock
    place: str = "after"
    """Where the time stands: after the name, at the right, in the gutter, or under the text."""
    together: int = 5
    """Minutes in which messages of one person share a name."""
    inner: int = 8
    """Extra pixels between messages that share a name."""
    outer: int = 16
    avatar: int = 36
    initials: bool = False
    days: str = "centre"
    replies: str = ""
    own_name: str = ""
    reaction: bool = True
    tags: bool = False

    def log(self, talk: Talk, look: Look, width: int) -> Log:
        """The conversation on a sheet of this width."""
        log = Log(Sheet(width, 9000, look.ground))
        sheet, px = log.sheet, look.px
        plain, bold = face(look.font, look.size), face(look.font, look.size, True)
        small = face(look.font, max(9, look.size - 3))
        left = px(20) + px(self.avatar) + (px(12) if self.avatar else 0) + (px(56) if self.place == "gutter" else 0)
        room = width - left - px(90 if self.place == "right" else 40)
        y, pitch = px(16), px(22)
        before: Said | None = None
        named = 0
        for said in talk.said:
            if before is None or before.at.date() != said.at.date():
                y = self._day(sheet, look, y, said)
                before = None
            name = self.own_name if said.mine and self.own_name else said.speaker
            fresh = (
                before is None
                or before.speaker != said.speaker
                or (said.at - before.at).total_seconds() > 60 * self.together
                or said.quotes is not None
            )
            if fresh:
                y += px(self.outer)
                if said.quotes is not None and self.replies:
                    words = f"{said.quotes.speaker} {said.quotes.text}".replace("\n", " ")
                    cut = wrapped(words, small, room * 0.7)[0]
                    sheet.text(left, y, cut, small, look.faint)
                    y += px(20)
                if self.avatar:
                    sheet.box(px(20), y, px(20 + self.avatar), y + px(self.avatar), look.names[len(name) % 4], px(6))
                    if self.initials:
                        sheet.text(px(20 + self.avatar * 0.2), y + px(9), _initials(name), bold, "#ffffff")
                named = y
                end = sheet.text(left, y, name, bold, look.ink)
                if self.tags and len(name) % 3 == 0:
                    end = sheet.text(end + px(6), y + px(2), "APP", small, look.faint)
                if self.place == "after":
                    sheet.text(end + px(8), y + px(3), self.clock(said.at), small, look.faint)
                elif self.place == "right":
                    sheet.text(width - px(20), y + px(3), self.clock(said.at), small, look.faint, right=True)
                y += px(24)
            else:
                y += px(self.inner)
            if self.place == "gutter":
                sheet.text(px(28 + self.avatar), y + px(2), self.clock(said.at), small, look.faint)
            top = y
            lines = wrapped(said.text, plain, room)
            for n, line in enumerate(lines):
                end = sheet.text(left, y, line, plain, look.ink)
                if said.edited and n == len(lines) - 1:
                    sheet.text(end + px(6), y + px(3), "(edited)", small, look.faint)
                y += pitch
            known = said.at if fresh or self.place == "gutter" else None
            log.told.append(
                Told(
                    speaker=name, mine=said.mine, text=said.text, at=known, top=top, bottom=y - px(4), named_at=named
                )
            )  # fmt: skip
            if said.reactions and self.reaction:
                sheet.box(left, y + px(2), left + px(44), y + px(24), look.side, px(11))
                sheet.disc(left + px(6), y + px(6), px(14), "#f5c518")
                sheet.text(left + px(26), y + px(5), str(said.reactions), small, look.faint)
                y += px(28)
            before = said
        log.bottom = y + px(14)
        return log

    def _day(self, sheet: Sheet, look: Look, y: int, said: Said) -> int:
        px, small = look.px, face(look.font, max(9, look.size - 2), True)
        words = day_of(said.at)
        wide = small.getlength(words)
        sheet.box(px(20), y + px(19), sheet.width - px(20), y + px(20), look.faint)
        x = (sheet.width - wide) / 2 if self.days == "centre" else px(28)
        sheet.box(x - px(12), y + px(6), x + wide + px(12), y + px(32), look.ground, px(12))
        sheet.text(x, y + px(10), words, small, look.ink)
        return y + px(36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubbles:
    """How messages stand left and right, as in WhatsApp, Telegram, Signal, Messenger, iMessage, a Teams chat."""

    clock: Clock
    time: str = "corner"
    """corner: in the bubble at its lower right; header: above it; below: under it; none: between groups only."""
    names: str = "none"
    """inside: first line of a bubble; above: over it; none: a conversation of two."""
    widest: float = 0.62
    gap: int = 12
    near: int = 3
    pad: int = 9
    ticks: bool = False
    avatar: int = 0
    initials: bool = False
    days: bool = True
    status: str = ""

    def log(self, talk: Talk, look: Look, width: int) -> Log:
        """The conversation on a sheet of this width."""
        log = Log(Sheet(width, 9000, look.ground))
        sheet, px = log.sheet, look.px
        plain, bold = face(look.font, look.size), face(look.font, max(10, look.size - 1), True)
        small = face(look.font, max(9, look.size - 4))
        y, pitch, pad = px(14), px(21), px(self.pad)
        before: Said | None = None
        named: int | None = None
        for said in talk.said:
            new_day = before is None or before.at.date() != said.at.date()
            pause = before is None or (said.at - before.at).total_seconds() > 900
            if (self.days and new_day) or (self.time == "none" and pause):
                words = day_of(said.at)
                if self.time == "none":
                    words = f"{words} {self.clock(said.at)}"
                wide = small.getlength(words)
                sheet.box((width - wide) / 2 - px(10), y, (width + wide) / 2 + px(10), y + px(24), look.side, px(8))
                sheet.text((width - wide) / 2, y + px(4), words, small, look.faint)
                y += px(38)
                before = None
            fresh = before is None or before.speaker != said.speaker
            y += px(self.gap if fresh else self.near)
            margin = px(18) + (px(self.avatar + 10) if self.avatar and not said.mine else 0)
            room = (width - 2 * px(18)) * self.widest
            lines = wrapped(said.text, plain, room - 2 * pad)
            clock = self.clock(said.at) + (" ✓✓" if self.ticks and said.mine else "")
            wide = max(plain.getlength(line) for line in lines)
            inside = self.names == "inside" and fresh and not said.mine
            if inside:
                wide = max(wide, bold.getlength(said.speaker))
            quote = said.quotes if self.names == "inside" or self.ticks else None
            if quote is not None:
                quoted = wrapped(quote.text, small, room * 0.9 - 2 * pad)[0]
                wide = max(wide, small.getlength(quoted) + px(14), bold.getlength(quote.speaker) + px(14))
            corner = small.getlength(clock) + px(10) if self.time == "corner" else 0
            own_line = plain.getlength(lines[-1]) + corner > room - 2 * pad
            if self.time == "corner" and not own_line:
                wide = max(wide, plain.getlength(lines[-1]) + corner)
            left = width - px(18) - wide - 2 * pad if said.mine else margin
            above = self.names == "above" and fresh and not said.mine
            if self.time == "header" and fresh:
                end = left + pad if said.mine else sheet.text(left + pad, y, said.speaker, small, look.faint)
                sheet.text(end + px(0 if said.mine else 9), y, self.clock(said.at), small, look.faint)
                named = y
                y += px(20)
            elif above:
                sheet.text(left + pad, y, said.speaker, small, look.faint)
                named = y
                y += px(19)
            tall = pitch * len(lines) + 2 * px(6) + (px(20) if inside else 0) + (px(42) if quote is not None else 0)
            tall += px(16) if self.time == "corner" and own_line else 0
            sheet.box(left, y, left + wide + 2 * pad, y + tall, look.mine if said.mine else look.theirs, px(10))
            if self.avatar and not said.mine and fresh:
                sheet.disc(px(14), y, px(self.avatar), look.names[len(said.speaker) % 4])
                if self.initials:
                    sheet.text(px(14 + self.avatar * 0.22), y + px(7), _initials(said.speaker), bold, "#ffffff")
            line_at = y + px(6)
            if inside:
                sheet.text(left + pad, line_at, said.speaker, bold, look.names[len(said.speaker) % 4])
                named = line_at
                line_at += px(20)
            if quote is not None:
                whose = "You" if quote.mine else quote.speaker
                sheet.box(left + pad, line_at, left + pad + px(4), line_at + px(36), look.names[0])
                sheet.text(left + pad + px(10), line_at, whose, bold, look.names[len(whose) % 4])
                sheet.text(left + pad + px(10), line_at + px(19), quoted, small, look.faint)
                line_at += px(42)
            top = line_at
            for line in lines:
                sheet.text(left + pad, line_at, line, plain, look.mine_ink if said.mine else look.ink)
                line_at += pitch
            if self.time == "corner":
                down = line_at - px(2) if own_line else line_at - pitch + px(5)
                sheet.text(left + wide + 2 * pad - px(7), down, clock, small, look.faint, right=True)
            y += tall
            if self.time == "below":
                edge = left + wide + 2 * pad if said.mine else left + pad
                sheet.text(edge, y + px(2), self.clock(said.at), small, look.faint, right=said.mine)
                y += px(18)
            shown = self.time in ("corner", "below") or (self.time == "header" and fresh)
            needs = None if said.mine or (self.names == "none" and self.time != "header") else named
            log.told.append(
                Told(
                    speaker="You" if said.mine else said.speaker,
                    mine=said.mine,
                    text=said.text,
                    at=said.at if shown else None,
                    top=top,
                    bottom=line_at - px(4),
                    named_at=needs,
                )
            )
            before = said
        if self.status and talk.said[-1].mine:
            sheet.text(width - px(24), y + px(3), self.status, small, look.faint, right=True)
            y += px(18)
        log.bottom = y + px(12)
        return log


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How messages stand in a terminal: one row each, wrapped under the text or to the edge."""

    clock: Clock
    form: str = "<{nick}> {text}"
    """What follows the clock; with `column` the nick stands right-aligned before a bar."""
    column: int = 0
    bar: str = "|"
    hanging: bool = True
    notices: tuple[str, ...] = ()
    bar_time: bool = True

    def log(self, talk: Talk, look: Look, width: int) -> Log:
        """The conversation on a sheet of this width."""
        log = Log(Sheet(width, 9000, look.ground))
        sheet = log.sheet
        font = face("mono", look.size)
        cell, pitch = font.getlength("m"), round(look.size * 1.36)
        columns = int((width - 12) / cell)
        y, left = 6, 6
        for number, said in enumerate(talk.said):
            clock = f"{self.clock(said.at)} " if self.bar_time else ""
            if self.notices and number % 9 == 5:
                sheet.text(left, y, clock + self.notices[number % len(self.notices)], font, look.faint)
                y += pitch
            text = said.text.replace("\n", " ")
            if self.column:
                head = f"{clock}{said.speaker[: self.column].rjust(self.column)} {self.bar} "
                whole = text
            else:
                whole = self.form.format(nick=said.speaker, text=text)
                head = clock
            indent = len(head) if self.hanging or self.column else 0
            rows, row = [], head
            for word in whole.split():
                if len(row) > indent and len(row) + len(word) > columns - 1 and row != head:
                    rows.append(row)
                    row = " " * indent
                row += f"{word} "
            rows.append(row)
            top = y
            for row in rows:
                sheet.text(left, y, row.rstrip(), font, look.ink)
                y += pitch
            log.told.append(
                Told(
                    speaker=said.speaker,
                    mine=said.mine,
                    text=text,
                    at=said.at if self.bar_time else None,
                    top=top,
                    bottom=y - 3,
                    named_at=top,
                )
            )
        log.bottom = y + 4
        return log
