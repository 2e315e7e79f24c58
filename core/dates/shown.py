"""Days and months as they are written for the person."""

from datetime import date

from core.dates.words import MONTHS


def shown(day: date) -> str:
    """Like 7 May 2023."""
    return f"{day.day} {month_shown(day)}"


def month_shown(day: date) -> str:
    """Like May 2023."""
    return f"{MONTHS[day.month - 1]} {day.year}"
