"""Logs of IRC as mIRC, XChat, HexChat and WeeChat write them, brought into one form: a clock and <nick>, or a mark.

Days stand on lines of their own. What is no such line stays as it is. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.capture.conversation.text import Line

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?P<month>{'|'.join(MONTHS)})"
_DAY_LINE = re.compile(
    r"(?:-{3} (?:Log (?:opened|closed)|Day changed)"
    r"|Session (?:Start|Time|Close|End):|\*{4} (?:BEGIN|ENDING) LOGGING AT)"
    rf"\s+\w{{3}} {_MONTH} +(?P<day>\d{{1,2}})(?: \d{{2}}:\d{{2}}:\d{{2}})? (?P<year>\d{{4}})$",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(
    rf"{_MONTH} +(?P<day>\d{{1,2}}) (?P<clock>\d{{2}}:\d{{2}}:\d{{2}})\s+(?P<rest>\S.*)$", re.IGNORECASE
)
"""XChat and HexChat leave the year to the line at the beginning."""
_IDENT = "Session Ident:"
"""mIRC's heading: with whom or where it is."""
_COLUMNS = re.compile(r"(?P<stamp>\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})\t(?P<who>[^\t]{0,60})\t(?P<rest>.*)$")
_OF_ITS_OWN = frozenset(("-->", "<--", "--", "*", "=!=", ""))
"""What WeeChat writes in place of a nick. A table without any of them is none of its logs."""
HAPPENED = re.compile(r"-!- |\*{1,3}\s|-{2,3}>?\s|<-{2,3}\s")
"""How a line begins behind its time that tells that somebody came, went or acts."""


def day_of(text: str) -> str:
    """The day that a line of its own tells, as YYYY-MM-DD; empty for any other line."""
    found = _DAY_LINE.match(text)
    return f"{found['year']}-{_numbers(found)}" if found else ""


def alike(rows: Iterable[Line], first: Sequence[Line]) -> Iterator[Line]:
    """The lines of a file whose beginning is `first`, those of a log of IRC in the one form."""
    columns = any(found and found["who"].strip() in _OF_ITS_OWN - {""} for row in first if (found := _column(row)))
    year, month = 0, ""
    for row in rows:
        text = (row.text or "").strip()
        if year and text.startswith(_IDENT):
            continue
        if day := day_of(text):
            year, month = int(day[:4]), day[5:7]
        elif year and (found := _NO_YEAR.match(text)):
            day = _numbers(found)
            year, month = year + (day[:2] < month), day[:2]
            yield replace(row, text=f"{year}-{day} {found['clock']} {found['rest']}")
            continue
        elif columns and (told := _column(row)):
            who = told["who"].strip()
            said = f"-!- {told['rest']}" if who in _OF_ITS_OWN else f"<{who}> {told['rest']}"
            yield replace(row, text=f"{told['stamp']} {said}")
            continue
        yield row


def _column(row: Line) -> re.Match[str] | None:
    return _COLUMNS.match((row.text or "").rstrip())


def _numbers(found: re.Match[str]) -> str:
    """Month and day, MM-DD."""
    return f"{MONTHS.index(found['month'].lower()) + 1:02}-{int(found['day']):02}"
