"""What leaving neurons of a model out would cost: the curve that was measured, and a share to choose from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import words
from ui.desk import ModelLine
from ui.look import SPACE, tokens
from ui.parts.boxes import Card, card, column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.preparing_desk import ModelCosts, ShareCost
from ui.words import translate

_TWICE = math.log(2)
"""The picture ends where the perplexity is twice the whole model's."""


class CostCurve(QWidget):
    """How much worse answers get (upwards) as fewer neurons are kept (to the right); a dot for each share measured."""

    _HEIGHT = 96

    def __init__(self, costs: ModelCosts) -> None:
        super().__init__()
        self._points = [(one.keep, max(math.log(one.perplexity), 0.0)) for one in costs.shares]
        self.setFixedHeight(self._HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = "; ".join(share_words(one) for one in costs.shares)
        self.setAccessibleName(translate("Kept", "The curve: {shares}").format(shares=said))

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self._HEIGHT)

    def places(self) -> list[tuple[float, float]]:
        """Of the picture's width and height, where each dot stands: (0, 0) is at the top on the left."""
        first, last = self._points[0][0], self._points[-1][0]
        top = min(max(max(more for _, more in self._points), 1e-3), _TWICE)
        return [((first - keep) / max(first - last, 1e-9), 1 - min(more / top, 1.0)) for keep, more in self._points]

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(7, 7, -7, -7)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        dots = [QPointF(room.left() + x * room.width(), room.top() + y * room.height()) for x, y in self.places()]
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawPolyline(QPolygonF(dots))
        painter.setBrush(QColor(colours.accent))
        for dot in dots:
            painter.drawEllipse(dot, 3.5, 3.5)


def preparable_line(model: ModelLine, begin: Callable[[], None], *, enabled: bool) -> QWidget:
    """What preparing a model would mean, and the button that begins it, or that measures first what it would cost."""
    made = QWidget()
    if model.by_choice:
        said = translate(
            "Models",
            "It could be prepared: a second file, of which only the neurons are read that add most to a token. Its "
            "answers would differ; by how much is measured first, in some minutes.",
        )
        word, name = translate("Models", "Measure"), translate("Models", "Measure {model} with fewer neurons")
    else:
        said = translate(
            "Models",
            "It could be prepared: a second file, of which only the neurons that a token needs are read. "
            "That takes some minutes and up to {size} of disk.",
        )
        word, name = translate("Models", "Prepare"), translate("Models", "Prepare {model}")
    text = label(said.format(size=words.size(model.bytes * 3 // 2)), "muted", wrap=True)
    button = Button(word, begin)
    button.setAccessibleName(name.format(model=model.name))
    button.setEnabled(enabled)
    line = row(text, column(button, None), gap=SPACE)
    line.setStretch(0, 1)
    line.setContentsMargins(0, 4, 0, 0)
    made.setLayout(line)
    return made


def kept_card(costs: ModelCosts, choose: Callable[[float], None], close: Callable[[], None]) -> Card:
    """The curve with a button for each share. Nothing is prepared before one of them is pressed."""
    said = translate(
        "Kept",
        "Measured on {n} tokens of text that it had not seen. Fewer neurons kept: less is read for each token, and "
        "answers differ more from the model's own. Perplexity says how much worse it foretells a text.",
    )
    rows = [_share(one, choose) for one in costs.shares]
    ends = row(
        label(translate("Kept", "all kept"), "small"), None, label(translate("Kept", "fewest kept"), "small"), gap=SPACE
    )
    return card(
        label(translate("Kept", "{model} with fewer neurons").format(model=costs.name), "strong"),
        label(said.format(n=costs.tokens), "muted", wrap=True),
        CostCurve(costs),
        ends,
        label(whole_words(costs), "small", wrap=True),
        *rows,
        row(None, Button(translate("Kept", "Leave it as it is"), close, look="quiet")),
        look="soft",
        gap=6,
    )


def whole_words(costs: ModelCosts) -> str:
    """What the model does as it is, with the same memory."""
    said = translate("Kept", "As it is: {read} read a token, about {n} tokens/s")
    rate = QLocale().toString(costs.tokens_per_s, "f", 1)
    return said.format(read=words.size(costs.read_bytes), n=rate)


def share_words(one: ShareCost) -> str:
    """What keeping a share would mean."""
    locale = QLocale()
    said = translate(
        "Kept", "{keep} % kept: perplexity {more}, the same word in {same} %, {read} read a token, about {n} tokens/s"
    )
    change = 100 * (one.perplexity - 1)
    times = translate("Kept", "{n} times as high").format(n=locale.toString(one.perplexity, "f", 1))
    sign = "+" if change >= 0 else "−"
    error = locale.toString(100 * one.error, "f", 1)
    more = f"{sign}{locale.toString(abs(change), 'f', 1)} % ± {error}" if abs(change) < 100 else times
    return said.format(
        keep=round(100 * one.keep),
        more=more,
        same=locale.toString(100 * one.same, "f", 1),
        read=words.size(one.read_bytes),
        n=locale.toString(one.tokens_per_s, "f", 1),
    )


def _share(one: ShareCost, choose: Callable[[float], None]) -> QWidget:
    made = QWidget()
    text = label(share_words(one), "small", wrap=True)
    keep = Button(translate("Kept", "Keep {n} %").format(n=round(100 * one.keep)), partial(choose, one.keep))
    line = row(text, column(keep, None), gap=SPACE)
    line.setStretch(0, 1)
    made.setLayout(line)
    return made
