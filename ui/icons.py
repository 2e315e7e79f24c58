"""Icons drawn in one line width and tinted to the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from core.memory import Facet, Kind
from core.paths import RESOURCES

BY_FACET = {
    Facet.TURN: "turn",
    Facet.FRAME: "frame",
    Facet.NOTE: "note",
    Facet.QUESTION: "ask",
    Facet.ANSWER: "ask",
    Facet.PAGE: "page",
    Facet.FACT: "fact",
    Facet.PROMISE: "check",
    Facet.APPOINTMENT: "calendar",
    Facet.SUMMARY: "summary",
    Facet.DIGEST: "summary",
    Facet.WEEK: "summary",
    Facet.TOPIC: "topic",
    Facet.RESOURCE: "page",
    Facet.PROCEDURE: "procedure",
    Facet.PROFILE: "person",
}


def icon_of(facet: Facet, kind: Kind) -> str:
    """The icon's name for a memory."""
    return "secret" if kind is Kind.SECRET else BY_FACET[facet]


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int = 20, ratio: float = 2.0) -> QPixmap:
    """The icon in one colour, `size` device-independent pixels wide."""
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    svg = _source(name).replace("currentColor", QColor(colour).name())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


@lru_cache(maxsize=512)
def icon(name: str, colour: str, disabled: str | None = None, on: str | None = None) -> QIcon:
    """A tinted icon; `on` is the colour when checked or selected."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, 20, ratio))
        if disabled:
            made.addPixmap(pixmap(name, disabled, 20, ratio), QIcon.Mode.Disabled)
        if on:
            made.addPixmap(pixmap(name, on, 20, ratio), QIcon.Mode.Selected)
            made.addPixmap(pixmap(name, on, 20, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return made


def picture(name: str) -> QIcon:
    """An icon in its own colours: the program's mark, the tray's states."""
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))
