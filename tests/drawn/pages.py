"""Fifteen drawn screens that are no chats, each with something of one: names, times, colons, two sides."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.drawn.sheet import Sheet, face, wrapped
from tests.drawn.talk import PEOPLE, made


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A window that holds no conversation."""

    name: str
    app: str
    title: str
    sheet: Sheet


_INK, _FAINT = "#1d1c1d", "#6b6b6b"


def _prose(seed: int, count: int) -> list[str]:
    return [said.text.replace("\n", " ") for said in made(seed, count, people=3).said if len(said.text) > 30]


def _code(seed: int) -> Page:
    rng, font = random.Random(seed), face("mono", random.Random(seed).choice((13, 15)))
    sheet = Sheet(1366, 768, "#1e1e1e")
    lines = [
        "from datetime import time",
        "",
        "class Alarm:",
        "    label: str",
        "    at: time",
        "    def ring(self) -> None:",
        "        print(f'{self.at}: {self.label}')",
        "",
        "ALARMS = [",
        "    ('Dana', '10:42'),",
        "    ('Ravi', '11:15'),",
        "]",
        "if not ALARMS:",
        "    raise ValueError('none')",
        "for name, at in ALARMS:",
        "    Alarm(name, at).ring()",
    ]
    for n, name in enumerate(("app", "core", "main.py", "alarm.py", "README.md", "tests", "setup.cfg")):
        sheet.text(14, 40 + 26 * n, name, font, "#bbbbbb")
    for n in range(30):
        sheet.text(232, 40 + 22 * n, str(n + 1), font, "#777777", right=True)
        sheet.text(250, 40 + 22 * n, lines[(n + rng.randrange(2)) % len(lines)], font, "#d4d4d4")
    return Page(name="code editor", app="Code", title="alarm.py - garden - Visual Studio Code", sheet=sheet)


def _settings_file(seed: int) -> Page:
    font = face("mono", 15)
    sheet = Sheet(1280, 800, "#ffffff")
    keys = ("name", "owner", "version", "starts", "ends", "message", "reply", "channel", "people", "zone", "retry")
    rng = random.Random(seed)
    for n in range(32):
        key = rng.choice(keys)
        value = {"starts": "10:42", "ends": "11:15"}.get(key, rng.choice(("true", "Dana Kim", "general", "3", "1.4.2")))
        sheet.text(60 + 24 * rng.choice((0, 0, 1, 1, 2)), 20 + 23 * n, f"{key}: {value}", font, _INK)
    return Page(name="settings file", app="gedit", title="plan.yaml (~/garden) - gedit", sheet=sheet)


def _spreadsheet(seed: int) -> Page:
    rng, font = random.Random(seed), face("sans", 14)
    sheet = Sheet(1440, 860, "#ffffff")
    for c, head in enumerate(("Name", "Started", "Ended", "Hours", "Note", "Checked")):
        sheet.text(60 + 200 * c, 90, head, face("sans", 14, True), _INK)
    for r in range(28):
        sheet.text(20, 116 + 25 * r, str(r + 2), font, _FAINT)
        cells = (rng.choice(PEOPLE), f"{rng.randrange(7, 10)}:{rng.randrange(60):02}", f"{rng.randrange(15, 19)}:30")
        for c, cell in enumerate((*cells, str(rng.randrange(5, 9)), rng.choice(("", "ok", "late")), "yes")):
            sheet.text(60 + 200 * c, 116 + 25 * r, cell, font, _INK)
    return Page(name="spreadsheet", app="LibreOffice Calc", title="Hours 2026.ods - LibreOffice Calc", sheet=sheet)


def _article(seed: int) -> Page:
    sheet = Sheet(1366, 900, "#ffffff")
    font = face("serif", 17)
    sheet.text(300, 40, "Why the old bridge stays closed", face("serif", 30, True), _INK)
    sheet.text(300, 92, "Dana Kim", face("sans", 14, True), _INK)
    sheet.text(400, 92, "November 20, 2026 10:42 AM", face("sans", 13), _FAINT)
    y = 130
    for text in [" ".join(_prose(seed + n, 12)[:4]) for n in range(5)]:
        for line in wrapped(text, font, 700):
            if y < 860:
                sheet.text(300, y, line, font, _INK)
            y += 27
        y += 18
    for n, words in enumerate(("Most read", "Roof of the hall", "Trains to Ghent", "A garden in June")):
        sheet.text(1080, 140 + 50 * n, words, face("sans", 15), _INK)
    return Page(name="article", app="Firefox", title="Why the old bridge stays closed - Mozilla Firefox", sheet=sheet)


def _mail_rows(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1440, 860, "#ffffff")
    bold, plain = face("nimbus", 15, True), face("nimbus", 15)
    for n, words in enumerate(("Compose", "Inbox", "Starred", "Sent", "Drafts", "Spam", "Bin")):
        sheet.text(24, 80 + 36 * n, words, plain, _INK)
    for n, text in enumerate(_prose(seed, 60)[:19]):
        y = 80 + 40 * n
        sheet.text(240, y, rng.choice(PEOPLE), bold, _INK)
        sheet.text(440, y, text[:80], plain, _INK)
        sheet.text(1420, y, rng.choice(("10:42 AM", "9:15 AM", "Nov 19", "Yesterday")), plain, _FAINT, right=True)
    return Page(name="mail list", app="Firefox", title="Inbox (12) - Mail - Mozilla Firefox", sheet=sheet)


def _mail_panes(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1600, 900, "#ffffff")
    bold, plain, small = face("sans", 15, True), face("sans", 14), face("sans", 12)
    for n, text in enumerate(_prose(seed, 60)[:11]):
        y = 70 + 74 * n
        sheet.text(230, y, rng.choice(PEOPLE), bold, _INK)
        sheet.text(600, y + 2, rng.choice(("10:42", "09:15", "Thu", "Wed")), small, _FAINT, right=True)
        sheet.text(230, y + 22, text[:34], plain, _INK)
        sheet.text(230, y + 43, text[8:44], small, _FAINT)
    for n, words in enumerate(("Inbox", "Archive", "Sent", "Junk", "Trash")):
        sheet.text(20, 70 + 34 * n, words, plain, _INK)
    sheet.text(650, 70, "The roof, again", face("sans", 20, True), _INK)
    sheet.text(650, 110, "Dana Kim", bold, _INK)
    sheet.text(1560, 110, "Fri 20/11/2026 10:42", small, _FAINT, right=True)
    sheet.text(650, 132, "To: Ravi Patel; Mia", small, _FAINT)
    y = 180
    for text in ("Hello both,", *_prose(seed + 1, 14)[:6], "Best", "Dana"):
        for line in wrapped(text, plain, 880):
            sheet.text(650, y, line, plain, _INK)
            y += 22
        y += 12
    return Page(
        name="mail with a message open", app="Thunderbird", title="The roof, again - Mozilla Thunderbird", sheet=sheet
    )


def _preferences(seed: int) -> Page:
    sheet = Sheet(1280, 800, "#f6f6f6")
    bold, plain, small = face("sans", 15, True), face("sans", 15), face("sans", 12)
    for n, words in enumerate(("Network", "Bluetooth", "Notifications", "Sound", "Power", "Date & Time", "Users")):
        sheet.text(24, 60 + 42 * n, words, plain, _INK)
    rows = (
        ("Show messages on the lock screen", "Anyone can read them", "On"),
        ("Quiet hours", "From 22:00 until 07:30", "10 PM"),
        ("Send read receipts", "Others see when you read", "Off"),
        ("Automatic updates", "Last checked today at 10:42", "Daily"),
        ("Time zone", "Central European Time", "17:45"),
        ("Message sound", "Played for each new message", "Bell"),
    )
    for n, (name, about, value) in enumerate(rows):
        sheet.text(320, 70 + 96 * n, name, bold, _INK)
        sheet.text(320, 94 + 96 * n, about, small, _FAINT)
        sheet.text(1240, 78 + 96 * n, value, plain, _INK, right=True)
    return Page(name="settings", app="gnome-control-center", title="Settings", sheet=sheet)


def _build_log(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1280, 800, "#000000")
    font = face("mono", 15)
    what = ("worker: started with 4 threads", "cache: 128 entries loaded", "http: GET /index.html 200 in 12 ms",
            "INFO: compiling core/main.c", "db: connection from 10.0.0.2 closed", "WARN: no tests found in lib/",
            "scheduler: next run at 10:45", "linker: 3 objects, 2 libraries")  # fmt: skip
    for n in range(38):
        sheet.text(6, 6 + 20 * n, f"[10:{n // 2:02}:{rng.randrange(60):02}] {rng.choice(what)}", font, "#cccccc")
    return Page(name="build log", app="xterm", title="make", sheet=sheet)


def _system_log(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1440, 860, "#101010")
    font = face("mono", 14)
    what = ("kernel: usb 1-2: new high-speed device", "sshd[812]: Accepted publickey for mia from 10.0.0.7",
            "cron[99]: (root) CMD (run-parts /etc/cron.hourly)", "systemd[1]: Started Daily Cleanup.",
            "NetworkManager: dhcp4 (wlan0): state changed", "dbus-daemon[1]: Reloaded configuration")  # fmt: skip
    for n in range(44):
        sheet.text(6, 6 + 19 * n, f"Nov 20 10:{n:02}:11 garden {rng.choice(what)}", font, "#c8c8c8")
    return Page(name="system log", app="gnome-terminal", title="journalctl", sheet=sheet)


def _calendar(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1440, 900, "#ffffff")
    plain, small = face("sans", 14), face("sans", 12)
    for c, day in enumerate(("Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22")):
        sheet.text(110 + 185 * c, 60, day, plain, _INK)
    for h in range(8, 20):
        sheet.text(60, 100 + 62 * (h - 8), f"{h}:00", small, _FAINT, right=True)
    for _ in range(14):
        x, y = 115 + 185 * rng.randrange(7), 102 + 62 * rng.randrange(12)
        sheet.box(x - 5, y - 4, x + 170, y + 46, "#d8e6ff", 4)
        sheet.text(x, y, rng.choice(("Stand-up", "Lunch with Mia", "Dentist", "Ravi: pump", "Choir")), plain, _INK)
        sheet.text(x, y + 20, rng.choice(("10:00 - 10:30", "12:15 - 13:00")), small, _FAINT)
    return Page(
        name="calendar", app="Google Chrome", title="Calendar - Week of November 16, 2026 - Google Chrome", sheet=sheet
    )


def _files(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1280, 800, "#ffffff")
    plain, small = face("sans", 14), face("sans", 13)
    for n, words in enumerate(("Home", "Documents", "Downloads", "Music", "Pictures", "Videos")):
        sheet.text(20, 70 + 34 * n, words, plain, _INK)
    for c, head in ((240, "Name"), (760, "Size"), (940, "Modified")):
        sheet.text(c, 60, head, small, _FAINT)
    for n in range(22):
        name = rng.choice(("Invoice", "Roof plan", "Dana Kim", "Choir notes", "scan", "Budget 2027"))
        sheet.text(240, 92 + 31 * n, f"{name} {n}.{rng.choice(('pdf', 'odt', 'txt'))}", plain, _INK)
        sheet.text(760, 92 + 31 * n, f"{rng.randrange(1, 900)} kB", small, _FAINT)
        sheet.text(940, 92 + 31 * n, rng.choice(("Today 10:42", "Yesterday 09:15", "19 Nov 2026 17:30")), small, _FAINT)
    return Page(name="file manager", app="Nautilus", title="Documents", sheet=sheet)


def _history(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1366, 768, "#ffffff")
    font = face("mono", 14)
    y = 10
    while y < 740:
        sheet.text(10, y, f"commit {rng.getrandbits(60):015x}", font, "#8a6d00")
        sheet.text(10, y + 20, f"Author: {rng.choice(PEOPLE)} <mail@example.org>", font, _INK)
        sheet.text(10, y + 40, f"Date:   Fri Nov 20 10:{rng.randrange(60):02}:11 2026 +0100", font, _INK)
        sheet.text(50, y + 72, rng.choice(_prose(seed, 30))[:90], font, _INK)
        y += 108
    return Page(name="history of changes", app="xterm", title="git log", sheet=sheet)


def _departures(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1366, 768, "#0a2240")
    font = face("gothic", 20)
    towns = ("Ghent", "Lisbon", "Basel", "Lyon", "Bruges", "Turin", "Delft")
    for n in range(17):
        y = 60 + 40 * n
        sheet.text(40, y, f"{10 + n // 3}:{rng.randrange(60):02}", font, "#ffffff")
        sheet.text(160, y, rng.choice(towns), font, "#ffffff")
        sheet.text(700, y, f"Platform {rng.randrange(1, 12)}", font, "#ffffff")
        sheet.text(1330, y, rng.choice(("on time", "+5", "cancelled")), font, "#ffd400", right=True)
    return Page(name="departures", app="Firefox", title="Departures - Mozilla Firefox", sheet=sheet)


def _playlist(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1440, 860, "#121212")
    bold, small = face("sans", 15, True), face("sans", 13)
    for n, words in enumerate(("Home", "Search", "Your Library", "Liked", "Choir 2026")):
        sheet.text(24, 40 + 40 * n, words, bold, "#bbbbbb")
    for n in range(13):
        y = 90 + 58 * n
        sheet.text(300, y, rng.choice(("Slow River", "June", "The Pump", "Two Lemons", "Roof Song")), bold, "#ffffff")
        sheet.text(300, y + 23, rng.choice(PEOPLE), small, "#a0a0a0")
        sheet.text(1400, y + 6, f"{rng.randrange(2, 6)}:{rng.randrange(60):02}", small, "#a0a0a0", right=True)
    return Page(name="playlist", app="Rhythmbox", title="Choir 2026 - Rhythmbox", sheet=sheet)


def _results(seed: int) -> Page:
    rng = random.Random(seed)
    sheet = Sheet(1366, 900, "#ffffff")
    head, plain, small = face("nimbus", 20), face("nimbus", 15), face("nimbus", 13)
    y = 110
    sheet.text(160, 40, "how to repair a pump", plain, _INK)
    for text in _prose(seed, 40)[:7]:
        sheet.text(160, y, "www.example.org > garden > pumps", small, _FAINT)
        sheet.text(160, y + 20, text[:44], head, "#1a0dab")
        date = rng.choice(("20 Nov 2026", "Nov 19, 2026", "2 hours ago"))
        for n, line in enumerate(wrapped(f"{date} — {text} {text[::-1][:40]}", plain, 640)[:2]):
            sheet.text(160, y + 50 + 21 * n, line, plain, _INK)
        y += 112
    return Page(
        name="search results", app="Firefox", title="how to repair a pump - Search - Mozilla Firefox", sheet=sheet
    )


PAGES: tuple[Callable[[int], Page], ...] = (
    _code,
    _settings_file,
    _spreadsheet,
    _article,
    _mail_rows,
    _mail_panes,
    _preferences,
    _build_log,
    _system_log,
    _calendar,
    _files,
    _history,
    _departures,
    _playlist,
    _results,
)
"""Each makes a screen of its kind, another for each seed."""
