"""Draws the screen pictures of resources/sample/: invented programs, letters and people.

Run with the project's Python: `python packaging/draw_sample.py`. Needs Pillow and the DejaVu fonts
(Debian: fonts-dejavu-core), so that the pictures come out the same on every machine.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path("/usr/share/fonts/truetype/dejavu")
OUT = Path(__file__).resolve().parent.parent / "resources" / "sample" / "screens"
SIZE = (1280, 800)
FINE = 2
"""Everything is drawn this many times as large and then made smaller, for smooth edges."""

INK, GREY, PALE, LINE, PAPER = "#23272e", "#6b7280", "#f3f4f6", "#dfe2e7", "#ffffff"
FACES = {"sans": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "mono": "DejaVuSansMono.ttf"}
SERIFS = {"serif": "DejaVuSerif.ttf", "serif bold": "DejaVuSerif-Bold.ttf"}


class Screen:
    """A desktop with one window; lengths are pixels of the finished picture."""

    def __init__(self, title: str, *, desk: str, accent: str, dark: bool = False) -> None:
        self.accent = accent
        self.image = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), desk)
        self.pen = ImageDraw.Draw(self.image)
        self.box(60, 48, 1220, 768, _mixed(desk, "#000000", 0.25), round_by=14)
        self.box(56, 40, 1224, 760, "#1d2128" if dark else PAPER, round_by=12)
        self.box(56, 40, 1224, 90, "#2a2f38" if dark else "#eceef2", round_by=12)
        self.box(56, 76, 1224, 90, "#2a2f38" if dark else "#eceef2")
        self.say(640, 65, title, 15, "#d7dbe2" if dark else "#444b57", face="bold", anchor="mm")
        for at, colour in enumerate(("#e0665c", "#e3b341", "#5aa469")):
            self.dot(1196 - 26 * at, 65, 7, colour)
        self.box(0, 0, 1280, 26, _mixed(desk, "#000000", 0.45))
        self.box(12, 8, 22, 18, "#ffffff", round_by=3)

    def box(self, left: int, top: int, right: int, bottom: int, fill: str, *, round_by: int = 0) -> None:
        """A filled rectangle."""
        edges = tuple(side * FINE for side in (left, top, right, bottom))
        self.pen.rounded_rectangle((*edges[:2], edges[2] - 1, edges[3] - 1), round_by * FINE, fill=fill)

    def body(self, fill: str, top: int) -> None:
        """The window's inside from `top` down to its rounded corners."""
        self.box(56, top, 1224, 760, fill, round_by=12)
        self.box(56, top, 1224, 740, fill)

    def dot(self, x: int, y: int, radius: int, fill: str) -> None:
        """A filled circle around (x, y)."""
        self.box(x - radius, y - radius, x + radius, y + radius, fill, round_by=radius)

    def rule(self, left: int, y: int, right: int, fill: str = LINE) -> None:
        """A thin horizontal line."""
        self.box(left, y, right, y + 1, fill)

    def say(
        self, x: int, y: int, words: str, size: int = 16, fill: str = INK, *, face: str = "sans", anchor: str = "la"
    ) -> None:
        """One line of text."""
        font = ImageFont.truetype(str(FONTS / (FACES | SERIFS)[face]), size * FINE)
        self.pen.text((x * FINE, y * FINE), words, fill, font, anchor=anchor)

    def lines(self, x: int, y: int, words: list[str], size: int = 16, step: int = 26, fill: str = INK) -> None:
        """Lines of text below each other."""
        for at, line in enumerate(words):
            self.say(x, y + at * step, line, size, fill)

    def clock(self, text: str) -> None:
        """The desktop's clock, at the top right."""
        self.say(1266, 13, text, 12, "#ffffff", anchor="rm")

    def keep(self, name: str) -> None:
        """Write the picture."""
        small = self.image.resize(SIZE, Image.Resampling.LANCZOS)
        palette = small.quantize(160, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette.save(OUT / name, optimize=True)


def _mixed(one: str, other: str, share: float) -> str:
    first = [int(one[at : at + 2], 16) for at in (1, 3, 5)]
    second = [int(other[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(first, second, strict=True))


def mail() -> None:
    """A letter from the people who let the flat."""
    screen = Screen("Inbox - Mail", desk="#5b7a99", accent="#3b6ea5")
    screen.clock("Thu 3 Sep  10:05")
    screen.box(56, 90, 236, 748, PALE)
    for at, (folder, count) in enumerate(
        [("Inbox", "4"), ("Drafts", "1"), ("Sent", ""), ("Orders", ""), ("Archive", "")]
    ):
        top = 112 + at * 42
        if at == 0:
            screen.box(68, top - 8, 224, top + 28, screen.accent, round_by=8)
        screen.say(84, top, folder, 16, PAPER if at == 0 else INK, face="bold" if at == 0 else "sans")
        screen.say(210, top, count, 15, PAPER if at == 0 else GREY, anchor="ra")
    letters = [
        ("Fernleigh Lettings", "Boiler inspection", "09:52"),
        ("Allotment Society", "Hosepipes and hedges", "08:30"),
        ("Marsh Lane Tea Rooms", "Re: forty mugs", "Wed"),
        ("Paper & Plate", "Autumn paper list", "Wed"),
        ("Library", "Two books are due", "Tue"),
        ("Cycle Kitchen", "Your wheel is ready", "Mon"),
    ]
    for at, (sender, subject, when) in enumerate(letters):
        top = 90 + at * 78
        if at == 0:
            screen.box(236, top, 560, top + 78, "#e4edf7")
            screen.box(236, top, 240, top + 78, screen.accent)
        screen.say(256, top + 16, sender, 15, face="bold")
        screen.say(546, top + 16, when, 13, GREY, anchor="ra")
        screen.say(256, top + 42, subject, 15, GREY)
        screen.rule(236, top + 77, 560)
    screen.box(560, 90, 561, 748, LINE)
    screen.say(592, 116, "Boiler inspection", 26, face="bold")
    screen.dot(612, 186, 20, "#c98b3f")
    screen.say(612, 186, "F", 18, PAPER, face="bold", anchor="mm")
    screen.say(644, 168, "Fernleigh Lettings", 16, face="bold")
    screen.say(644, 190, "to me, 3 September 2026", 14, GREY)
    screen.rule(592, 226, 1196)
    screen.lines(
        592,
        250,
        [
            "Dear tenant,",
            "",
            "the yearly boiler inspection is on",
            "Thursday 17 September, between 9 and 11.",
            "The engineer is called Tom Hale and needs",
            "about forty minutes in the kitchen.",
            "",
            "Please leave the cupboard under the sink empty.",
            "",
            "Kind regards,",
            "Fernleigh Lettings",
        ],
        17,
        29,
    )
    screen.box(592, 612, 700, 652, screen.accent, round_by=8)
    screen.say(646, 632, "Reply", 16, PAPER, face="bold", anchor="mm")
    screen.keep("mail.png")


def invoice() -> None:
    """The printer's bill for the posters."""
    screen = Screen("invoice-2026-0417.pdf - Document Viewer", desk="#7a6f8f", accent="#1f6f78")
    screen.clock("Tue 15 Sep  14:20")
    screen.body("#c9ccd2", 90)
    screen.box(250, 108, 1030, 748, PAPER)
    screen.say(300, 140, "Harbour Print Works", 28, screen.accent, face="serif bold")
    screen.say(300, 182, "Unit 4, Ropewalk Yard", 14, GREY)
    screen.say(980, 140, "INVOICE", 24, INK, face="bold", anchor="ra")
    screen.say(980, 182, "No. 2026-0417", 15, GREY, anchor="ra")
    screen.rule(300, 222, 980)
    screen.say(300, 242, "Date", 14, GREY)
    screen.say(420, 242, "15 September 2026", 15)
    screen.say(300, 270, "Payment due", 14, GREY)
    screen.say(420, 270, "30 September 2026", 15, face="bold")
    screen.say(300, 298, "For", 14, GREY)
    screen.say(420, 298, "Posters for the exhibition Salt and Ash", 15)
    screen.box(300, 344, 980, 380, "#e6f0f1")
    for x, words, anchor in ((316, "Item", "la"), (700, "Quantity", "ra"), (830, "Each", "ra"), (964, "Amount", "ra")):
        screen.say(x, 353, words, 15, screen.accent, face="bold", anchor=anchor)
    rows = [
        ("Poster A2, matt 170 g", "60", "£3.10", "£186.00"),
        ("Proof on the final paper", "1", "£12.00", "£12.00"),
        ("Delivery", "1", "£9.50", "£9.50"),
    ]
    for at, (item, quantity, each, amount) in enumerate(rows):
        top = 398 + at * 40
        screen.say(316, top, item, 16)
        for x, words in ((700, quantity), (830, each), (964, amount)):
            screen.say(x, top, words, 16, anchor="ra")
        screen.rule(300, top + 30, 980)
    screen.say(830, 536, "Net", 16, GREY, anchor="ra")
    screen.say(964, 536, "£207.50", 16, anchor="ra")
    screen.say(830, 566, "VAT 20 %", 16, GREY, anchor="ra")
    screen.say(964, 566, "£41.50", 16, anchor="ra")
    screen.box(620, 600, 980, 648, screen.accent, round_by=6)
    screen.say(640, 612, "Invoice total", 19, PAPER, face="bold")
    screen.say(964, 612, "£249.00", 19, PAPER, face="bold", anchor="ra")
    screen.say(300, 690, "Thank you for printing with us. Please name the invoice number when you pay.", 14, GREY)
    screen.keep("invoice.png")


def terminal() -> None:
    """A backup that ran through, with a warning."""
    screen = Screen("backup - Terminal", desk="#3f4a5a", accent="#7fb8a4", dark=True)
    screen.clock("Thu 10 Sep  22:48")
    green, soft, warm = "#8fd19e", "#c6ccd6", "#e5b567"
    rows = [
        ("$ backup run drawings", green),
        ("Reading the list of files ...", soft),
        ("  drawings/herons      312 files    8.4 GB", soft),
        ("  drawings/gulls        57 files    1.9 GB", soft),
        ("  drawings/posters     148 files   12.6 GB", soft),
        ("  scans/sketchbooks    767 files   19.8 GB", soft),
        ("Copied 1284 files, 42.7 GB, in 11 minutes.", soft),
        ("Checked: 1284 of 1284 are the same.", green),
        ("", soft),
        ("Warning: the disk BLUE-02 is 91 % full.", warm),
        ("It will be full in about five weeks.", warm),
        ("", soft),
        ("$ backup list --last 3", green),
        ("  2026-09-10 22:36   drawings   42.7 GB   complete", soft),
        ("  2026-09-03 22:31   drawings   41.9 GB   complete", soft),
        ("  2026-08-27 22:40   drawings   41.2 GB   complete", soft),
        ("$ ", green),
    ]
    for at, (words, colour) in enumerate(rows):
        screen.say(88, 116 + at * 36, words, 19, colour, face="mono")
    screen.box(112, 692, 124, 716, "#c6ccd6")
    screen.keep("terminal.png")


def calendar() -> None:
    """The week from 14 to 20 September."""
    screen = Screen("September 2026 - Calendar", desk="#8a9a5b", accent="#4a7c59")
    screen.clock("Mon 14 Sep  08:18")
    screen.say(84, 108, "14 - 20 September 2026", 24, face="bold")
    screen.box(1090, 106, 1196, 138, PALE, round_by=8)
    screen.say(1143, 122, "Week", 15, GREY, anchor="mm")
    width, left, top = 158, 104, 158
    for at, day in enumerate(("Mon 14", "Tue 15", "Wed 16", "Thu 17", "Fri 18", "Sat 19", "Sun 20")):
        x = left + at * width
        if at == 0:
            screen.box(x, top, x + width, 748, "#eef4ee")
        screen.say(x + width // 2, top + 18, day, 15, screen.accent if at == 0 else INK, face="bold", anchor="mm")
        screen.box(x, top, x + 1, 748, LINE)
    for hour in range(8, 20):
        y = top + 38 + (hour - 8) * 46
        screen.rule(left, y, 1210)
        screen.say(96, y, f"{hour}:00", 12, GREY, anchor="ra")
    events = [
        (0, 10.0, 11.5, "Marsh Lane", "sketches", "#5b8bb0"),
        (1, 14.0, 15.0, "Call the", "printer", "#b0785b"),
        (2, 17.5, 19.0, "Printmaking", "talk, library", "#8a5bb0"),
        (3, 9.0, 11.0, "Boiler", "inspection", "#b05b6b"),
        (4, 12.0, 13.0, "Lunch with", "Noor", "#5b8bb0"),
        (5, 10.0, 12.5, "Allotment", "work day", "#4a7c59"),
        (6, 15.0, 16.0, "Call home", "", "#b0785b"),
    ]
    for day, begins, ends, first, second, colour in events:
        x = left + day * width
        y = [round(top + 38 + (hour - 8) * 46) for hour in (begins, ends)]
        screen.box(x + 5, y[0] + 2, x + width - 4, y[1] - 2, colour, round_by=6)
        screen.say(x + 14, y[0] + 7, first, 14, PAPER, face="bold")
        screen.say(x + 14, y[0] + 25, second, 14, PAPER)
    screen.keep("calendar.png")


def document() -> None:
    """The plan for hanging the exhibition."""
    screen = Screen("Salt and Ash, hanging plan - Writer", desk="#a0785a", accent="#8c5a2b")
    screen.clock("Fri 11 Sep  16:05")
    screen.box(56, 90, 1224, 134, PALE)
    for at, word in enumerate(("File", "Edit", "View", "Insert", "Format", "Tools")):
        screen.say(84 + at * 82, 103, word, 15, GREY)
    screen.body("#d9dbe0", 134)
    screen.box(230, 152, 1050, 748, PAPER)
    screen.say(300, 190, "Salt and Ash: hanging plan", 28, INK, face="serif bold")
    screen.box(300, 236, 420, 239, screen.accent)
    screen.lines(300, 262, ["Opening: Saturday 26 September 2026, 18:00", "Doors for helpers: 15:30"], 17, 28)
    screen.say(300, 338, "Walls", 20, screen.accent, face="bold")
    screen.lines(
        316,
        374,
        [
            "1.  North wall: nine large plates, rust to white",
            "2.  Window side: the bowls on the long shelf",
            "3.  Back room: forty tiles as one picture",
            "4.  Stairs: gull poster, two copies",
        ],
        17,
        30,
    )
    screen.say(300, 510, "Keys and people", 20, screen.accent, face="bold")
    screen.lines(
        316,
        546,
        [
            "The keys are with Mr Idris at the bakery, until 17:00.",
            "The lights are lent by the Riverside Theatre.",
            "Music: Noor brings the small speaker.",
        ],
        17,
        30,
    )
    screen.say(300, 668, "Still open: who brings the ladder?", 17, "#a33b3b", face="bold")
    screen.keep("document.png")


def ticket() -> None:
    """A train ticket for the opening."""
    screen = Screen("ticket-26-september.pdf - Document Viewer", desk="#4f7f86", accent="#27408b")
    screen.clock("Wed 16 Sep  19:26")
    screen.body("#c9ccd2", 90)
    screen.box(190, 150, 1090, 650, PAPER, round_by=18)
    screen.box(190, 150, 1090, 226, screen.accent, round_by=18)
    screen.box(190, 206, 1090, 226, screen.accent)
    screen.say(230, 172, "Northern & Western Trains", 24, PAPER, face="bold")
    screen.say(1050, 176, "E-TICKET", 18, PAPER, face="bold", anchor="ra")
    screen.say(240, 262, "Leeds", 34, face="bold")
    screen.say(240, 310, "departs 08:11, platform 12", 17, GREY)
    screen.box(478, 284, 742, 288, LINE)
    screen.dot(478, 286, 7, screen.accent)
    screen.dot(742, 286, 7, screen.accent)
    screen.say(790, 262, "Bristol", 34, face="bold")
    screen.say(790, 310, "arrives 11:54", 17, GREY)
    screen.rule(230, 368, 1050)
    facts = [
        ("Date", "Saturday 26 September 2026"),
        ("Coach and seat", "Coach C, seat 21, window"),
        ("Price", "£58.40"),
        ("Booking reference", "KRVX7Q"),
    ]
    for at, (name, value) in enumerate(facts):
        screen.say(240, 396 + at * 46, name, 17, GREY)
        screen.say(470, 396 + at * 46, value, 18, face="bold")
    for row in range(12):
        for column in range(12):
            if (row * row * 5 + column * 7 + row * column * 3) % 11 < 5 or row in (0, 11) or column in (0, 11):
                x, y = 866 + column * 14, 410 + row * 14
                screen.box(x, y, x + 14, y + 14, INK)
    screen.say(240, 600, "Please have this ticket and the card you paid with ready.", 15, GREY)
    screen.keep("ticket.png")


PICTURES: tuple[Callable[[], None], ...] = (mail, invoice, terminal, calendar, document, ticket)


def main() -> int:
    """Draw them all."""
    if not FONTS.is_dir():
        print("The DejaVu fonts are missing: apt install fonts-dejavu-core", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    for draw in PICTURES:
        draw()
    for picture in sorted(OUT.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
