"""After an import that does not know the person: who of those who speak in it are they? A card, never a dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame

from ui.look import SPACE
from ui.parts.boxes import column, row
from ui.parts.buttons import Button, IconButton, IconLabel
from ui.parts.flow import Flow
from ui.parts.text import label
from ui.words import translate

OFFERED = 6
_LONGEST = 26


class WhoseCard(QFrame):
    """Stays until it is answered or dismissed; `chosen` gets the name, `close` takes the card away."""

    def __init__(self, names: Sequence[str], chosen: Callable[[str], None], close: Callable[[WhoseCard], None]) -> None:
        super().__init__()
        self.setProperty("look", "notice")
        title = translate("Whose", "Which of them are you?")
        body = translate(
            "Whose", "Nobody in what was imported is known to be you, so nothing in it counts as your own words."
        )
        self.setAccessibleName(f"{title} {body}")
        names_shown = Flow(6)

        def button(name: str) -> Button:
            def answer() -> None:
                close(self)
                chosen(name)

            shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
            made = Button(shown.replace("&", "&&"), answer)
            made.setAccessibleName(name)
            return made

        self.names = [button(name) for name in names[:OFFERED]]
        for one in self.names:
            names_shown.addWidget(one)
        self.none = Button(translate("Whose", "None of them"), lambda: close(self), look="quiet")
        cross = IconButton("close", translate("Whose", "Dismiss"), lambda: close(self), 16)
        said = column(label(title, "strong", wrap=True), label(body, "muted", wrap=True), gap=3)
        names_shown.addWidget(self.none)
        words = column(said, names_shown, gap=SPACE)
        whole = row(column(IconLabel("info", 20, "accent"), None), words, column(cross, None), gap=SPACE, margin=12)
        whole.setStretch(1, 1)
        self.setLayout(whole)
