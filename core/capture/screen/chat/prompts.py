"""Talk with an assistant in a terminal: `> ` before what one asked, `● ` before what it answered. Pure."""

from collections.abc import Sequence

from core.capture.screen.chat.runs import Run, letters, rows
from core.capture.screen.chat.shapes import NOTHING, Reading, ScreenTurn
from core.memory import WordBox
from core.pattern import Pattern

_ASKS, _ANSWERS = frozenset(">❯›"), frozenset("●⏺◉")
ASSISTANT = "Assistant"
_TOOL = Pattern(r"[●⏺◉]\s?[A-Z]\w*\(.*")
"""What it ran or read: `● Read(notes.txt)`."""
_LEAST = 3
_APART = 2.2
"""Heights of a line without words, from which what stands below is nobody's."""


def prompt_turns(found: Sequence[Run]) -> Reading:
    """The turns of a part of a window in which both marks stand in one column; nothing where either is missing.

    A line further in goes on what is above it, but not on what was run. The field one writes in stands further in.
    """
    tall = letters(found)
    marked = [run for run in found if len(run.words) > 1 and run.words[0].text in _ASKS | _ANSWERS]
    left = min((run.left for run in marked), default=0)
    marked = [run for run in marked if run.left < left + 0.5 * tall]
    if len(marked) < _LEAST:
        return NOTHING
    said: list[tuple[bool, list[WordBox]]] = []
    open_ = False
    bottom = 0
    for row in rows([run for run in found if run.left > left - 0.5 * tall]):
        first = row[0]
        words = [word for run in row for word in run.words]
        if first in marked:
            open_ = _TOOL.compiled.match(first.text) is None
            if open_:
                said.append((first.words[0].text in _ASKS, words[1:]))
        elif first.left < left + 0.5 * tall or first.words[0].text in _ASKS or first.top - bottom > _APART * tall:
            open_ = False
        elif open_:
            said[-1][1].extend(words)
        bottom = first.bottom
    asked = sum(mine for mine, _ in said)
    if not asked or len(said) - asked < 1 or len(said) < _LEAST - 1:
        return NOTHING
    turns = tuple(
        ScreenTurn(
            speaker="" if mine else ASSISTANT,
            mine=mine,
            text=" ".join(word.text for word in words),
            boxes=tuple(words),
        )
        for mine, words in said
    )
    return Reading(turns=turns, sure=2, proof=1.5 * len(turns))
