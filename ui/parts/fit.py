"""What a model would do here: fits, streams at so many tokens a second, too slow; in words and as a picture."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import words
from ui.desk import ModelLine
from ui.look import SPACE, tokens
from ui.parts.boxes import column, row
from ui.parts.buttons import IconLabel
from ui.parts.text import label
from ui.words import translate

MIB = 2**20


class Said(NamedTuple):
    """A verdict: its sign, the sign's tone, its sentence."""

    icon: str
    tone: str
    text: str


def fit_words(model: ModelLine) -> Said | None:
    """What the picker says of a model; None for one that writes no answers."""
    if model.problem:
        return Said("problem", "danger", model.problem)
    if not model.fit:
        return None
    rate, first = _number(model.tokens_per_s), _number(model.first_word_s or 0.0)
    if model.fit == "cannot":
        return Said(
            "off", "muted", translate("Fit", "Needs at least {size} of memory").format(size=_size(model.needed_mb))
        )
    if model.first_word_s is None:
        return Said("off", "muted", translate("Fit", "Too slow here: this system cannot stream it"))
    icon, tone, said = {
        "fits": ("check", "accent", translate("Fit", "Fits: about {n} tokens/s, first word after {s} s")),
        "streams": ("storage", "accent", translate("Fit", "Streams at about {n} tokens/s, first word after {s} s")),
    }.get(model.fit, ("off", "muted", translate("Fit", "Too slow here: about {n} tokens/s, first word after {s} s")))
    if model.measured:
        said = {
            "fits": translate("Fit", "Fits: {n} tokens/s, first word after {s} s when it last answered"),
            "streams": translate("Fit", "Streams at {n} tokens/s, first word after {s} s when it last answered"),
        }.get(model.fit, translate("Fit", "Slow here: {n} tokens/s, first word after {s} s when it last answered"))
    return Said(icon, tone, said.format(n=rate, s=first))


def memory_words(model: ModelLine, given_mb: int) -> str:
    """What of a model is in memory and what stays on the disk."""
    size_mb = model.bytes / MIB
    given = _size(given_mb)
    if model.fit == "cannot":
        return translate("Fit", "only {given} are given").format(given=given)
    if model.fit == "fits" or model.needed_mb < given_mb:
        return translate("Fit", "{need} of the {given} given").format(need=_size(model.needed_mb), given=given)
    beyond = max(size_mb - given_mb, 0.0)
    if not beyond:
        return translate("Fit", "with its working memory more than the {given} given").format(given=given)
    return translate("Fit", "{given} in memory, {rest} read from the disk as they are needed").format(
        given=given, rest=_size(beyond)
    )


def while_busy() -> str:
    """Why the figures may be too careful."""
    return translate(
        "Fit",
        "Measured while other programs kept this machine busy: on its own it is quicker. It is measured again then.",
    )


class MemoryBar(QWidget):
    """The memory given as a frame, the model laid over it: what is in memory filled, what stays on the disk hatched."""

    _HEIGHT = 12

    def __init__(self, model: ModelLine, given_mb: int) -> None:
        super().__init__()
        self._given = max(given_mb, 1)
        fits = model.fit == "fits" or model.needed_mb < given_mb
        self._tone = "accent" if model.fit in ("fits", "streams") else "muted"
        self._wanted = model.needed_mb if fits else max(model.bytes / MIB, float(model.needed_mb))
        self.setMinimumWidth(160)
        self.setFixedHeight(self._HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = memory_words(model, given_mb)
        self.setToolTip(said)
        self.setAccessibleName(said)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self._HEIGHT)

    def shares(self) -> tuple[float, float, float]:
        """Of the bar's width: what is in memory, what stays on the disk, where the given memory ends."""
        whole = max(self._wanted, float(self._given))
        inside = min(self._wanted, self._given)
        return inside / whole, (self._wanted - inside) / whole, self._given / whole

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        inside, beyond, given = self.shares()
        track = QPainterPath()
        track.addRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.fillPath(track, QColor(colours.line))
        painter.setClipPath(track)
        left = QRectF(room.left(), room.top(), room.width() * inside, room.height())
        tone = QColor(getattr(colours, self._tone))
        painter.fillRect(left, tone)
        if beyond:
            painter.setPen(QPen(tone, 1.5))
            begin, end = left.right(), left.right() + room.width() * beyond
            step = 5.0
            at = begin + step
            while at < end + room.height():
                painter.drawLine(int(at), int(room.top()), int(at - room.height()), int(room.bottom()))
                at += step
        painter.setClipping(False)
        if beyond:
            painter.setPen(QPen(QColor(colours.text), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            at = room.left() + room.width() * given
            painter.drawLine(int(at), 1, int(at), self._HEIGHT - 1)


def fit_line(model: ModelLine, given_mb: int) -> QWidget:
    """The verdict with its sign, the picture, and what the picture says."""
    made = QWidget()
    said = fit_words(model)
    whole = column(gap=4)
    whole.setContentsMargins(0, 6, 0, 4)
    if said is not None:
        text = label(said.text, "strong" if said.tone == "accent" else "muted", wrap=True)
        line = row(column(IconLabel(said.icon, 16, said.tone), None), text, gap=SPACE)
        line.setStretch(1, 1)
        whole.addLayout(line)
        if not model.problem:
            whole.addWidget(MemoryBar(model, given_mb))
            whole.addWidget(label(memory_words(model, given_mb), "small", wrap=True))
    made.setLayout(whole)
    return made


def _size(mb: float) -> str:
    return words.size(mb * MIB)


def _number(value: float) -> str:
    """As exact as one reads it: 0.7, 3.5, 14."""
    return QLocale().toString(value, "f", 0 if value >= 9.5 else 1)
