"""Dates in other tongues and forms, through dateparser: the one module that imports it."""

import re
from collections.abc import Iterator
from datetime import date, datetime

_LONGEST = 60
_FOREIGN = re.compile(
    r"\b(?:(?<![\d.])\d{1,2}[./]\d{1,2}[./]\d{2,4}(?![.\d])|gestern|heute|vorgestern|hier|ayer|hoy|ieri|gisteren|"
    r"(?:vor|hace|il y a)\s+\w+\s+(?:tag|woche|monat|jahr|d[ií]a|semana|mes|año|jour|semaine|mois|an)\w*|"
    r"(?:letzten?|letztes)\s+\w+|\d{1,2}\.?\s(?:de\s)?(?:januar|februar|märz|mai|juni|juli|oktober|dezember|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    r"janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre)(?:\s(?:de\s)?\d{4})?)",
    re.IGNORECASE,
)


def foreign_days(text: str, now: datetime) -> Iterator[tuple[int, int, date]]:
    """Where `text` names a day in another tongue, and the day, the last such one before `now`."""
    for match in _FOREIGN.finditer(text):
        day = foreign_day(match[0], now)
        if day is not None:
            yield match.start(), match.end(), day


def foreign_day(text: str, now: datetime) -> date | None:
    """The day that `text` as a whole means in any tongue; None when it means none."""
    import dateparser  # 0.4 s to import: only when something looks like a date that our grammar cannot read

    try:
        found = dateparser.parse(
            text[:_LONGEST],
            settings={
                "RELATIVE_BASE": now.replace(tzinfo=None),
                "PREFER_DATES_FROM": "past",
                "RETURN_AS_TIMEZONE_AWARE": False,
                **({"DATE_ORDER": "DMY"} if re.match(r"\d+\.", text) else {}),
            },
        )
    except (ValueError, OverflowError):  # a count or a year that is beyond its calendar
        return None
    return found.date() if found else None
