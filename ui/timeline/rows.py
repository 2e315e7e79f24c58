"""The rows of a day: an episode with its pictures, a gap with its reason."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from core.memory import Facet, Memory
from ui import words
from ui.icons import icon_of
from ui.look import SPACE, tokens
from ui.parts.boxes import column, row
from ui.parts.buttons import IconLabel, Pressable
from ui.parts.flow import Flow
from ui.parts.memory_card import shown_text
from ui.parts.text import Clamped, label
from ui.timeline.model import EpisodeRow, GapRow, LooseRow
from ui.words import translate

THUMBNAIL = QSize(152, 94)
_MOST = 4


class Thumbnail(QAbstractButton):
    """A small picture; a quiet surface until it has come."""

    def __init__(self, frame: Memory, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setFixedSize(THUMBNAIL)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window = frame.provenance.window or frame.provenance.app
        said = translate("Timeline", "Picture of {window}, {time}")
        self.setAccessibleName(said.format(window=window, time=words.clock(frame.at)))
        self.setToolTip(html.escape(f"{window}, {words.clock(frame.at)}"))
        self.clicked.connect(lambda: pressed())

    def show_picture(self, data: bytes) -> None:
        """Show these bytes (WebP)."""
        self._picture.loadFromData(data)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(room, 8, 8)
        painter.fillPath(path, QColor(colours.side))
        if not self._picture.isNull():
            painter.setClipPath(path)
            ratio = self._picture.width() / max(1, self._picture.height())
            width = max(room.width(), room.height() * ratio)
            painter.drawPixmap(
                QRectF(room.left(), room.top(), width, width / ratio),
                self._picture,
                QRectF(self._picture.rect()),
            )
            painter.setClipping(False)
        ring = colours.accent if self.hasFocus() else colours.strong
        painter.setPen(QPen(QColor(ring), 2 if self.hasFocus() else 1))
        painter.drawPath(path)


class GapView(QWidget):
    """A time without a record: hatched, with its reason in words."""

    def __init__(self, shown: GapRow) -> None:
        super().__init__()
        gap = shown.gap
        span = f"{words.clock(gap.begins)}–{words.clock(gap.ends)}"
        reason = words.reason_words(gap.reason) or translate("Timeline", "Nothing was recorded")
        if gap.begins.date() != gap.ends.date():
            begins, ends = (words.at_weekday(moment) for moment in (gap.begins, gap.ends))
            over = translate("Timeline", "{reason}, from {begins} until {ends}")
            reason = over.format(reason=reason, begins=begins, ends=ends)
        said = label(reason, "muted", wrap=True)
        length = label(words.lasting(gap.ends - gap.begins), "small")
        inner = row(IconLabel("off", 16), said, length, gap=SPACE)
        inner.setStretch(1, 1)
        inner.setContentsMargins(14, 10, 14, 10)
        self.setLayout(inner)
        self.setAccessibleName(translate("Timeline", "Gap, {span}: {reason}").format(span=span, reason=reason))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hatch = QColor(colours.strong)
        hatch.setAlphaF(0.35)
        painter.setPen(Qt.PenStyle.NoPen)
        brush = painter.brush()
        brush.setStyle(Qt.BrushStyle.BDiagPattern)
        brush.setColor(hatch)
        painter.setBrush(brush)
        painter.drawRoundedRect(room, 10, 10)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.strong), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(room, 10, 10)


def naming(shown: EpisodeRow | LooseRow) -> tuple[str, str, str]:
    """Icon, title and place: a note is called by its own words."""
    first = next(iter(shown.members), None)
    if first is not None and first.facet is Facet.NOTE:
        return icon_of(first.facet, first.kind), shown_text(first), words.facet_name(first.facet)
    if isinstance(shown, EpisodeRow):
        episode = shown.episode
        icon = "turn" if episode.conversation else "frame"
        return icon, episode.title, episode.conversation or episode.app
    head = shown.members[0]
    come = head.provenance
    title = come.conversation or come.window or come.app or words.facet_name(head.facet)
    return icon_of(head.facet, head.kind), title, come.app or words.facet_name(head.facet)


def begun_for(shown: EpisodeRow | LooseRow) -> str:
    """Why an episode begins where it does, in few words; empty where it goes without saying or is not known."""
    reason = shown.episode.reason if isinstance(shown, EpisodeRow) else ""
    few = reason.partition(": ")[2].rstrip(".")
    return "" if few == "the first" else few


def episode_view(
    shown: EpisodeRow | LooseRow, opened: Callable[[], None], picture: Callable[[Memory], None]
) -> tuple[QWidget, list[tuple[Memory, Thumbnail]]]:
    """An episode's card and the thumbnails that wait for their pictures."""
    icon, title, place = naming(shown)
    begins, ends = shown.begins, shown.ends
    count = len(shown.members)
    span = f"{words.clock(begins)}–{words.clock(ends)}"
    one, many = translate("Timeline", "{n} memory"), translate("Timeline", "{n} memories")
    parts = [place, words.lasting(ends - begins - shown.unrecorded)]
    if count:
        parts.append(words.counted(count, one, many))
    if reason := begun_for(shown):
        parts.append(translate("Timeline", "begins here: {reason}").format(reason=reason))
    head = row(IconLabel(icon, 18, "accent"), Clamped(title, 1), gap=SPACE)
    head.setStretch(1, 1)
    below = label(" · ".join(part for part in parts if part), "small", wrap=True)
    card = Pressable(translate("Timeline", "{span}: {title}").format(span=span, title=title))
    inside = column(head, below, gap=5, margin=14)
    thumbnails = [(frame, Thumbnail(frame, partial(picture, frame))) for frame in shown.frames[:_MOST]]
    if thumbnails:
        strip = Flow(SPACE)
        for _, thumbnail in thumbnails:
            strip.addWidget(thumbnail)
        if len(shown.frames) > _MOST:
            strip.addWidget(label(f"+{len(shown.frames) - _MOST}", "chip"))
        inside.addSpacing(4)
        inside.addLayout(strip)
    card.setLayout(inside)
    card.clicked.connect(lambda: opened())
    return card, thumbnails
