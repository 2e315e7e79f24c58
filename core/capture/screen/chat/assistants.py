"""Talk with an assistant in a page: its answers in one column, what one asked in bubbles, no names. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from core.capture.screen.chat.runs import INITIALS, Run, letters, rows
from core.capture.screen.chat.shapes import NOTHING, Reading, ScreenTurn
from core.memory import WordBox
from core.pattern import Pattern

_ERRS = Pattern(
    r"(?:(?:der|die|das|the|l[’']|le|la|el|o|il)\s?)?([^\W\d_][\w.\-]*)(?: \S{1,9})?"
    r" (?:can|may) (?:make mistakes|be wrong)\b.*"
    r"|(?:(?:der|die|das)\s)?([^\W\d_][\w.\-]*) kann (?:fehler machen|sich irren)\b.*"
    r"|(?:(?:l[’']|le |la ))?([^\W\d_][\w.\-]*) peut (?:faire|commettre) des erreurs\b.*"
    r"|(?:(?:el|la) )?([^\W\d_][\w.\-]*) puede cometer errores\b.*"
    r"|(?:l[’']|il |la )?([^\W\d_][\w.\-]*) può (?:fare|commettere) errori\b.*"
    r"|(?:o |a )?([^\W\d_][\w.\-]*) pode cometer erros\b.*|([^\W\d_][\w.\-]*) kan fouten maken\b.*",
    re.IGNORECASE,
)
"""What stands below the field of an assistant, as most are made to say; it names the assistant."""
_COPY = Pattern(
    r"(?:copy|copy code|code kopieren|copier le code|copier|copiar(?: código)?|copia(?: codice)?)", re.IGNORECASE
)
_FIELD = 10
"""Heights of a line above that within which the field is."""
_IN = 2.0
"""Heights of a line that bubbles stand further in than answers."""
_OVER = 0.25
"""Of the width of the log: what begins further over is of a bubble at the right."""
_TOP = 0.14


def assistant_turns(found: Sequence[Run], height: int) -> Reading:
    """The turns of a part of a window of `height` rows at whose foot it says that an assistant can err."""
    foot = next((run for run in reversed(found) if run.top > 0.8 * height and _ERRS.match(run.text)), None)
    if foot is None:
        return NOTHING
    match = _ERRS.match(foot.text)
    name = next((word for word in match.groups() if word), "") if match is not None else ""
    tall = letters(found)
    written = _above_field([run for run in found if run.bottom < foot.top], foot, tall)
    lefts = Counter[int]()
    for run in (run for row in written for run in row):
        lefts[run.left // max(1, int(0.5 * tall))] += len(run.text)
    if not lefts:
        return NOTHING
    column = lefts.most_common(1)[0][0]
    left = min(run.left for row in written for run in row if run.left // max(1, int(0.5 * tall)) == column)
    limit = max(row[-1].right for row in written)
    badges = [r for r in found if INITIALS.compiled.fullmatch(r.text) and left - tall < r.left < left + _IN * tall]
    said: list[tuple[bool, list[WordBox]]] = []
    stray = 0.0
    for whole in written:
        row = [run for run in whole if run.left > left - 0.5 * tall]
        stray += 0.5 * (len(whole) - len(row))
        if not row or (row[0].top < _TOP * height and not said and row[0].left - left > 0.3 * tall):
            continue
        words = [word for run in row for word in run.words]
        further = row[0].left - left > _IN * tall
        again = bool(said) and said[-1][0] and further
        over = row[0].left - left > _OVER * (limit - left)
        own = further and (again or over or any(_beside(b, row[0], tall) for b in badges))
        if said and said[-1][0] is own:
            said[-1][1].extend(words)
        else:
            said.append((own, words))
    if len({own for own, _ in said}) < 2:
        return NOTHING
    turns = tuple(_turn(own, words, name) for own, words in said)
    return Reading(turns=turns, sure=2, proof=1.5 * len(turns), stray=stray)


def _above_field(above: Sequence[Run], foot: Run, tall: float) -> list[list[Run]]:
    """The rows above the field one writes in, without marks beside them and what copies code."""
    written = rows([run for run in above if INITIALS.compiled.fullmatch(run.text) is None])
    steps = [
        (below[0].top - upper[0].bottom, number)
        for number, (upper, below) in enumerate(pairwise(written), start=1)
        if foot.top - below[0].bottom < _FIELD * tall
    ]
    end = max(steps)[1] if steps else len(written)
    return [row for row in written[:end] if not any(_COPY.compiled.fullmatch(run.text) for run in row)]


def _beside(badge: Run, line: Run, tall: float) -> bool:
    return badge.right < line.left and abs(badge.middle - line.middle) < 1.5 * tall


def _turn(own: bool, words: Sequence[WordBox], name: str) -> ScreenTurn:
    text = " ".join(word.text for word in words)
    return ScreenTurn(speaker="" if own else name, mine=own, text=text, boxes=tuple(words))
