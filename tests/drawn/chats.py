"""Twenty drawn chat windows: what programs put around a conversation, with what is to be read of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tests.drawn.logs import Bubbles, Headers, Log, Look, Terminal, Told, day_of
from tests.drawn.sheet import Sheet, face
from tests.drawn.talk import NOW, PEOPLE, Talk, made


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One look at a window: its picture and words, and the messages that can be read in full."""

    sheet: Sheet
    told: tuple[Told, ...]
    app: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A program's window around a log that scrolls."""

    name: str
    app: str
    title: str
    talk: Talk
    log: Log
    chrome: Callable[[], Sheet]
    left: int
    top: int
    height: int

    @property
    def furthest(self) -> int:
        """How far one can scroll up."""
        return max(0, self.log.bottom - self.height)

    def at(self, back: int = 0) -> Shot:
        """The window scrolled up by so many pixels from its end."""
        sheet = self.chrome()
        down = max(0, self.furthest - back)
        sheet.show(self.log.sheet, self.left, self.top, self.height, down)
        seen = tuple(
            told
            for told in self.log.told
            if told.top >= down + 2
            and told.bottom <= down + self.height - 2
            and (told.named_at is None or told.named_at >= down + 2)
        )
        return Shot(sheet=sheet, told=seen, app=self.app, title=self.title)


LIGHT = Look()
DARK = Look(
    ground="#1a1d21", side="#121016", ink="#d1d2d3", faint="#9b9c9e", mine="#2b5278", theirs="#2b2f36",
    mine_ink="#ffffff",
)  # fmt: skip
DEEP = replace(DARK, ground="#313338", side="#2b2d31", theirs="#3c3f45", mine="#5865f2")
BLUE = replace(LIGHT, mine="#0a7cff", mine_ink="#ffffff", theirs="#e4e6eb")
BLACK = replace(DARK, ground="#000000", ink="#cccccc", font="mono", size=15)


def _am(at: datetime) -> str:
    return f"{(at.hour - 1) % 12 + 1}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def _h24(at: datetime) -> str:
    return f"{at:%H:%M}"


def _today_at(at: datetime) -> str:
    return f"{day_of(at)} at {_am(at)}" if (NOW.date() - at.date()).days < 2 else f"{at:%m/%d/%Y} {_am(at)}"


def _weekday(at: datetime) -> str:
    return _am(at) if at.date() == NOW.date() else f"{at:%a} {_am(at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the log."""

    head: str = ""
    under_head: str = ""
    composer: str = ""
    channels: bool = False
    """A sidebar of names only; else of conversations with previews and times."""
    sidebar: int = 0
    members: int = 0
    """A list of people at the right."""
    member_names: tuple[str, ...] = PEOPLE
    rail: bool = False
    banner: str = ""
    stage: int = 0
    """A picture at the left, as in a meeting."""


def _list_of_chats(sheet: Sheet, look: Look, left: int, width: int, rng: random.Random) -> None:
    px = look.px
    plain, bold, small = (
        face(look.font, look.size - 1),
        face(look.font, look.size, True),
        face(look.font, look.size - 3),
    )
    sheet.text(left + px(16), px(16), rng.choice(("Chats", "Chat", "Messages")), bold, look.ink)
    sheet.text(left + px(20), px(54), rng.choice(("Search", "Search or start a new chat")), plain, look.faint)
    previews = ("ok, see you then", "You: thanks, got it", "Photo", "Ravi: the pump is back…", "Did you get the…")
    y = px(92)
    for name in rng.sample(PEOPLE, len(PEOPLE)):
        if y > sheet.height - px(60):
            break
        sheet.disc(left + px(14), y, px(40), look.names[len(name) % 4])
        sheet.text(left + px(66), y + px(2), name, bold, look.ink)
        clock = rng.choice(("10:42", "09:15", "Yesterday", "Mon", "3:07 PM", "11/12/26"))
        sheet.text(left + width - px(12), y + px(4), clock, small, look.faint, right=True)
        preview = rng.choice(previews)
        while plain.getlength(preview) > width - px(110):
            preview = f"{preview[:-4].rstrip()}…"
        sheet.text(left + px(66), y + px(23), preview, plain, look.faint)
        if rng.random() < 0.3:
            sheet.disc(left + width - px(30), y + px(22), px(18), "#2a9d5c")
            sheet.text(left + width - px(25), y + px(23), str(rng.randrange(1, 9)), small, "#ffffff")
        y += px(rng.choice((64,)))


def _list_of_channels(sheet: Sheet, look: Look, left: int, width: int, rng: random.Random) -> None:
    px = look.px
    plain, bold = face(look.font, look.size - 1), face(look.font, look.size, True)
    sheet.text(left + px(16), px(16), "Acme Works", bold, look.ink)
    y = px(60)
    rows = [
        "Threads",
        "Mentions",
        "Drafts",
        "",
        "Channels",
        "# general",
        "# random",
        "# ops",
        "# design",
        "# lunch",
        "",
    ]
    rows += ["Direct messages", *rng.sample(PEOPLE, 5), "Add teammates"]
    for words in rows:
        if words and y < sheet.height - px(30):
            sheet.text(left + px(18), y, words, plain, look.faint)
        y += px(30)


def _members(sheet: Sheet, look: Look, left: int, names: tuple[str, ...]) -> None:
    px = look.px
    plain, small = face(look.font, look.size - 1), face(look.font, look.size - 3, True)
    y = px(70)
    sheet.text(left + px(14), y, f"ONLINE - {len(names)}", small, look.faint)
    for name in names:
        y += px(42)
        if y > sheet.height - px(40):
            break
        sheet.disc(left + px(14), y - px(6), px(30), look.names[len(name) % 4])
        sheet.text(left + px(54), y, name, plain, look.faint)


def _window(name: str, app: str, title: str, talk: Talk, look: Look, frame: Frame, style: Headers | Bubbles | Terminal,
            size: tuple[int, int], seed: int) -> Window:  # fmt: skip
    px = look.px
    width, height = size
    left = (px(64) if frame.rail else 0) + px(frame.sidebar) + px(frame.stage)
    right = width - px(frame.members)
    top = px(58) if frame.head else px(4)
    if frame.banner:
        top += px(40)
    bottom = height - (px(74) if frame.composer else px(6))

    def chrome() -> Sheet:
        rng = random.Random(seed)
        sheet = Sheet(width, height, look.ground)
        plain, bold, small = (
            face(look.font, look.size),
            face(look.font, look.size + 2, True),
            face(look.font, look.size - 3),
        )
        if frame.rail:
            sheet.box(0, 0, px(64), height, look.side)
            for n, word in enumerate(("Activity", "Chat", "Teams", "Calendar", "Calls", "Files")):
                sheet.box(px(22), px(70 + 70 * n), px(42), px(90 + 70 * n), look.faint, px(4))
                sheet.text(px(8), px(94 + 70 * n), word, face(look.font, max(9, look.size - 5)), look.faint)
        if frame.sidebar:
            start = px(64) if frame.rail else 0
            sheet.box(start, 0, start + px(frame.sidebar), height, look.side)
            (_list_of_channels if frame.channels else _list_of_chats)(sheet, look, start, px(frame.sidebar), rng)
        if frame.stage:
            sheet.box(0, 0, px(frame.stage), height, "#202020")
            for n, person in enumerate(PEOPLE[:4]):
                x, y = px(40 + 300 * (n % 2)), px(60 + 240 * (n // 2))
                sheet.box(x, y, x + px(280), y + px(200), "#3a3a3a")
                sheet.text(x + px(8), y + px(176), person, plain, "#ffffff")
        if frame.head:
            sheet.text(left + px(24), px(10), frame.head, bold, look.ink)
            if frame.under_head:
                sheet.text(left + px(24), px(34), frame.under_head, small, look.faint)
            sheet.text(right - px(24), px(18), "Search", plain, look.faint, right=True)
            sheet.box(left, px(56), right, px(57), look.faint)
        if frame.banner:
            wide = small.getlength(frame.banner)
            sheet.text((left + right - wide) / 2, px(66), frame.banner, small, look.faint)
        if frame.members:
            sheet.box(right, 0, width, height, look.side)
            _members(sheet, look, right, frame.member_names)
        if frame.composer:
            sheet.box(left + px(20), height - px(60), right - px(20), height - px(14), look.side, px(8))
            sheet.text(left + px(36), height - px(47), frame.composer, plain, look.faint)
        return sheet

    log = style.log(talk, look, right - left)
    return Window(
        name=name, app=app, title=title, talk=talk, log=log, chrome=chrome, left=left, top=top, height=bottom - top
    )  # fmt: skip


Make = Callable[[int], Window]
_SIZES = ((1366, 768), (1280, 800), (1600, 900), (1440, 860))


def _vary(seed: int, look: Look, *fonts: str) -> tuple[Look, tuple[int, int]]:
    rng = random.Random(seed * 7919 + 13)
    sized = replace(look, size=rng.choice((13, 14, 15, 16, 18)), font=rng.choice(fonts or ("sans", "nimbus", "narrow")))
    return sized, rng.choice(_SIZES)


def _channel(seed: int) -> Window:
    look, size = _vary(seed, LIGHT)
    frame = Frame(head="# general", composer="Message #general", channels=True, sidebar=240, under_head="12 members")
    return _window("channel", "Slack", "general (Channel) - Acme - Slack", made(seed, people=4), look, frame,
                   Headers(clock=_am), size, seed)  # fmt: skip


def _channel_dark(seed: int) -> Window:
    look, size = _vary(seed, DARK)
    frame = Frame(head="# ops", composer="Message #ops", channels=True, sidebar=220)
    style = Headers(clock=_h24, inner=6, tags=True, replies="line", days="left")
    return _window("channel, dark", "Slack", "ops - Acme - Slack", made(seed, people=5), look, frame, style, size, seed)


def _channel_in_browser(seed: int) -> Window:
    look, size = _vary(seed, LIGHT, "nimbus", "sans")
    frame = Frame(head="design", composer="Jot something down", sidebar=0, under_head="3 people")
    style = Headers(clock=_weekday, avatar=40, initials=True, together=3)
    return _window(
        "channel in a browser", "Firefox", "design - Mozilla Firefox", made(seed), look, frame, style, size, seed
    )


def _team_chat(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, ground="#f5f5f5", theirs="#ffffff", mine="#e8ebfa"))
    frame = Frame(head="Roof project", composer="Type a message", sidebar=300, rail=True, under_head="Chat  Files  +")
    style = Bubbles(clock=_am, time="header", avatar=32, initials=True, widest=0.7, gap=16, near=4)
    return _window(
        "team chat", "Microsoft Teams", "Roof project | Microsoft Teams", made(seed), look, frame, style, size, seed
    )


def _team_channel(seed: int) -> Window:
    look, size = _vary(seed, DARK)
    frame = Frame(head="Announcements", composer="Start a post", channels=True, sidebar=260, rail=True)
    style = Headers(clock=_today_at, avatar=32, initials=True, together=0, outer=28)
    title = "Announcements | Acme | Microsoft Teams"
    return _window("team channel, dark", "Microsoft Teams", title, made(seed, people=4), look, frame, style, size, seed)


def _messenger_two(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, ground="#efeae2", theirs="#ffffff"))
    talk = made(seed, people=2)
    frame = Frame(head=talk.name, composer="Type a message", sidebar=320, under_head="last seen today at 16:20")
    style = Bubbles(clock=_h24, ticks=True, widest=0.6)
    return _window("messenger of two", "WhatsApp", "WhatsApp", talk, look, frame, style, size, seed)


def _messenger_group(seed: int) -> Window:
    look, size = _vary(seed, replace(DARK, ground="#0b141a", theirs="#202c33", mine="#005c4b"))
    talk = made(seed, people=4)
    frame = Frame(head="Garden club", composer="Type a message", sidebar=330, under_head="Dana, Mia, Ravi, You")
    style = Bubbles(clock=_h24, names="inside", ticks=True)
    return _window(
        "messenger group, dark", "Firefox", "(3) WhatsApp - Mozilla Firefox", talk, look, frame, style, size, seed
    )


def _cloud_group(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, ground="#dfe8ee", theirs="#ffffff", mine="#eeffde"))
    frame = Frame(head="Trip to Ghent", composer="Write a message...", sidebar=280, under_head="5 members, 2 online")
    style = Bubbles(clock=_h24, names="inside", avatar=34, widest=0.5, near=2, gap=8)
    return _window("cloud group", "Telegram", "Trip to Ghent", made(seed, people=5), look, frame, style, size, seed)


def _cloud_two(seed: int) -> Window:
    look, _ = _vary(seed, replace(DARK, ground="#0e1621", theirs="#182533", mine="#2b5278"))
    talk = made(seed, people=2)
    frame = Frame(head=talk.name, composer="Write a message...", under_head="online")
    style = Bubbles(clock=_am, widest=0.75)
    return _window(
        "cloud chat of two, narrow, dark", "Telegram", talk.name, talk, look, frame, style, (look.px(560), 860), seed
    )


def _server(seed: int) -> Window:
    look, size = _vary(seed, DEEP)
    frame = Frame(head="# lounge", composer="Message #lounge", channels=True, sidebar=230, members=200, rail=False)
    style = Headers(clock=_today_at, avatar=40, together=7, inner=2, days="centre", replies="line")
    return _window(
        "server, dark", "Discord", "#lounge | Builders - Discord", made(seed, people=5), look, frame, style, size, seed
    )


def _server_old(seed: int) -> Window:
    look, size = _vary(seed, LIGHT, "gothic", "nimbus")
    frame = Frame(head="# rules-and-news", composer="Message #rules-and-news", channels=True, sidebar=230)
    style = Headers(clock=_today_at, avatar=40, together=7, inner=2, reaction=True, tags=True)
    return _window("server in a browser", "Chromium", "Discord | #rules-and-news | Builders - Chromium",
                   made(seed, people=3), look, frame, style, size, seed)  # fmt: skip


def _social_group(seed: int) -> Window:
    look, size = _vary(seed, BLUE)
    frame = Frame(head="Flat 3B", composer="Aa", sidebar=340, under_head="Active 5m ago")
    style = Bubbles(clock=_am, time="none", names="above", avatar=28, gap=10, near=2, days=False)
    return _window(
        "social group",
        "Firefox",
        "Flat 3B | Messenger - Mozilla Firefox",
        made(seed, people=3),
        look,
        frame,
        style,
        size,
        seed,
    )


def _phone(seed: int) -> Window:
    look, size = _vary(seed, BLUE)
    talk = made(seed, people=2)
    frame = Frame(head=talk.name, composer="Text Message", sidebar=280)
    style = Bubbles(clock=_am, time="none", gap=12, near=2, days=False, status="Delivered")
    return _window("phone messages", "Messages", "Messages", talk, look, frame, style, size, seed)


def _private(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, mine="#2c6bed", mine_ink="#ffffff", theirs="#e9e9e9"))
    talk = made(seed, people=3)
    frame = Frame(head="Choir", composer="Message", sidebar=290, under_head="3 members")
    style = Bubbles(clock=_h24, time="below", names="above", avatar=28, initials=True)
    return _window("private group", "Signal", "Choir - Signal", talk, look, frame, style, size, seed)


def _relay(seed: int) -> Window:
    look, size = _vary(seed, BLACK, "mono")
    notices = ("-!- kees [~kees@host] has joined #garden", "-!- pia has quit [Ping timeout]")
    style = Terminal(clock=_h24, form="<{nick}> {text}", notices=notices, hanging=True)
    talk = made(seed, 40, people=5, nicks=True, lines=False)
    window = _window("relay chat in a terminal", "xterm", "irssi", talk, look, Frame(), style, size, seed)
    return replace(window, height=window.height - look.px(46), chrome=_with_status(window.chrome, look))


def _with_status(chrome: Callable[[], Sheet], look: Look) -> Callable[[], Sheet]:
    def made_() -> Sheet:
        sheet = chrome()
        font = face("mono", look.size)
        y = sheet.height - look.px(44)
        sheet.box(0, y, sheet.width, y + look.px(20), "#1c3f6e")
        sheet.text(6, y, "[17:45] [me(+i)] [3:net/#garden(+nt)] [Act: 2,5]", font, "#ffffff")
        sheet.text(6, y + look.px(21), "[#garden]", font, look.ink)
        return sheet

    return made_


def _relay_columns(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, font="mono"), "mono")
    style = Terminal(clock=lambda at: f"[{at:%H:%M:%S}]", column=9, bar="|")
    talk = made(seed, 40, people=5, nicks=True, lines=False)
    names = tuple(sorted({one.speaker for one in talk.said}))
    frame = Frame(members=170, member_names=names)
    return _window(
        "relay chat in columns", "HexChat", "HexChat: me @ net / #garden", talk, look, frame, style, size, seed
    )


def _relay_bar(seed: int) -> Window:
    look, size = _vary(seed, BLACK, "mono")
    style = Terminal(clock=lambda at: f"{at:%H:%M:%S}", column=10, bar="│", notices=("--> kees has joined #garden",))
    talk = made(seed, 40, people=4, nicks=True, lines=False)
    return _window("relay chat with a bar", "kitty", "weechat", talk, look, Frame(), style, size, seed)


def _room(seed: int) -> Window:
    look, size = _vary(seed, LIGHT, "nimbus", "sans")
    frame = Frame(
        head="Bike repair", composer="Send a message...", channels=True, sidebar=250, under_head="Topic: tools"
    )
    style = Headers(clock=_h24, place="gutter", avatar=30, inner=3, outer=14)
    return _window("room", "Element", "Element | Bike repair", made(seed, people=4), look, frame, style, size, seed)


def _space(seed: int) -> Window:
    look, size = _vary(seed, replace(LIGHT, ground="#fafafa"))
    frame = Frame(head="Budget 2027", composer="History is on", channels=True, sidebar=270, under_head="4 members")
    style = Headers(clock=_weekday, own_name="You", avatar=32, together=10, inner=7, outer=20)
    return _window(
        "space",
        "Google Chrome",
        "Budget 2027 - Chat - Google Chrome",
        made(seed, people=4),
        look,
        frame,
        style,
        size,
        seed,
    )


def _plain_terminal(seed: int) -> Window:
    look, size = _vary(seed, BLACK, "mono")
    style = Terminal(clock=lambda at: f"[{at:%H:%M}]", form="{nick}: {text}", hanging=False)
    talk = made(seed, 40, people=3, nicks=True, lines=False)
    return _window("plain terminal chat", "gnome-terminal", "talk", talk, look, Frame(), style, size, seed)


LAYOUTS: tuple[Make, ...] = (
    _channel,
    _channel_dark,
    _channel_in_browser,
    _team_chat,
    _team_channel,
    _messenger_two,
    _messenger_group,
    _cloud_group,
    _cloud_two,
    _server,
    _server_old,
    _social_group,
    _phone,
    _private,
    _relay,
    _relay_columns,
    _relay_bar,
    _room,
    _space,
    _plain_terminal,
)
"""Each makes a window of its kind with other talk, letters and sizes for each seed."""
