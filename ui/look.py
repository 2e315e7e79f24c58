"""How everything looks: colours, sizes and one style sheet, light and dark, following the system or the setting."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from core.paths import RESOURCES

Theme = Literal["system", "light", "dark"]

SPACE = 8
"""Every distance is a multiple of this, in device-independent pixels."""
READING_WIDTH = 780
"""Lines longer than this are hard to read."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme. Text on its ground has a contrast of 4.5 or more (WCAG AA)."""

    name: str
    ground: str
    side: str
    card: str
    raised: str
    hover: str
    soft: str
    line: str
    strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accenthover: str
    onaccent: str
    mark: str
    warn: str
    danger: str


LIGHT = Tokens(
    name="light",
    ground="#faf9f6",
    side="#f1efea",
    card="#ffffff",
    raised="#ffffff",
    hover="#ebe8e1",
    soft="#e2edea",
    line="#e5e1d9",
    strong="#cfc9be",
    text="#21201c",
    muted="#66625a",
    faint="#a39d92",
    accent="#24665a",
    accenthover="#1c5449",
    onaccent="#ffffff",
    mark="#ffe8a3",
    warn="#8a5300",
    danger="#b02f26",
)
DARK = Tokens(
    name="dark",
    ground="#1b1c1b",
    side="#151615",
    card="#232423",
    raised="#2b2c2b",
    hover="#2c2e2c",
    soft="#24362f",
    line="#323432",
    strong="#484b48",
    text="#eceae5",
    muted="#a8a59d",
    faint="#6f6d67",
    accent="#82cbb6",
    accenthover="#9bd8c6",
    onaccent="#10201b",
    mark="#5c4a12",
    warn="#e6b866",
    danger="#f2958b",
)

_PREFERRED = ("Inter", "Cantarell", "Adwaita Sans", "Noto Sans", "Ubuntu", "Open Sans", "DejaVu Sans")
_SIZES = {"small": 0.88, "body": 1.0, "answer": 1.12, "lead": 1.2, "title": 1.75, "figure": 1.9}


def tokens() -> Tokens:
    """The colours that are in force; for what paints itself."""
    return LIGHT if QApplication.palette().color(QPalette.ColorRole.Window).lightness() > 128 else DARK


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2.2, 1 .. 21."""

    def luminance(colour: str) -> float:
        shade = QColor(colour)
        parts = (shade.redF(), shade.greenF(), shade.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Look(QObject):
    """Dresses the application; `changed` when light became dark or back."""

    changed = Signal()

    def __init__(self, app: QApplication, theme: Theme = "system") -> None:
        super().__init__(app)
        self._app = app
        self._theme: Theme = theme
        self._base = _base_font()
        app.setStyle("fusion")
        app.setFont(self._base)
        app.styleHints().colorSchemeChanged.connect(self._dress)
        self.tokens: Tokens | None = None
        self._dress()

    def choose(self, theme: Theme) -> None:
        """Follow the system, or be light or dark whatever it says."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        dark = self._theme == "dark"
        if self._theme == "system":
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        chosen = DARK if dark else LIGHT
        if chosen == self.tokens:
            return
        self.tokens = chosen
        self._app.setPalette(palette(self.tokens))
        sheet = style_sheet(self.tokens, self._base)
        if sheet != self._app.styleSheet():
            self._app.setStyleSheet(sheet)
        self.changed.emit()


def _base_font() -> QFont:
    """The system's font; where there is only a generic one, the best of the usual ones."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    families = set(QFontDatabase.families())
    if QFontInfo(font).family() in ("DejaVu Sans", "Sans Serif", "") or font.family() not in families:
        font.setFamilies([name for name in _PREFERRED if name in families] or [font.family()])
    if font.pointSizeF() < 10.0:
        font.setPointSizeF(10.0)
    return font


def palette(colours: Tokens) -> QPalette:
    """The same colours as Qt's roles, for what the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.ground,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.card,
        QPalette.ColorRole.AlternateBase: colours.side,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.card,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.onaccent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return made


def style_sheet(colours: Tokens, base: QFont) -> str:
    """The style sheet in `resources/styles` with every token filled in."""
    values = {key: str(value) for key, value in asdict(colours).items()}
    points = base.pointSizeF()
    values |= {name: f"{points * factor:.1f}pt" for name, factor in _SIZES.items()}
    values["mono"] = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    for drawn in ("chevron", "closed", "tick", "dot"):
        values[drawn] = (RESOURCES / "icons" / f"{drawn}-{colours.name}.svg").as_posix()
    text = (RESOURCES / "styles" / "mneme.qss").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda found: values[found.group(1)], text)
