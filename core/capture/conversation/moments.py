"""Lines that are a moment and nothing else, in numbers or words; which number is the day is told by all of a file's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from core.capture.conversation.day_order import DAY_FIRST, MONTH_FIRST, DayOrder, Numbers, day_of
from core.capture.conversation.report import ImportContext
from core.capture.conversation.worded_time import LONGEST, worded

_NUMBERS = re.compile(
    r"\W{0,4}(?P<first>\d{1,4})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<third>\d{1,4}),?(?:T|\s{1,4}(?:at )?)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<after>\d\d))?(?:\s?(?P<half>[ap])\.?m\.?)?\W{0,4}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """How a file writes its moments."""

    order: str
    guessed: str
    """What is told of it where nothing tells days from months; else empty."""
    context: ImportContext

    @classmethod
    def of(cls, rows: Iterable[str], context: ImportContext) -> "Moments":
        """From the lines of a file's beginning."""
        found = [one for row in rows if len(row) <= LONGEST and (one := _NUMBERS.match(row))]
        order = DayOrder(context.now.date())
        for one in found:
            order.see(_numbers(one))
        american = any(one["half"] and one["mark"] == "/" for one in found)
        if context.month_first is not None:
            american = context.month_first
        decided, sure = order.decided((_numbers(one) for one in found), american=american)
        if not sure and any(one["mark"] == "." for one in found):
            decided, sure = DAY_FIRST, True  # nobody puts a month before a dot
        example = "3/4 is 4 March" if decided == MONTH_FIRST else "3/4 is 3 April"
        guess = f"Nothing in {context.name} tells its days from its months: they were read as {decided} ({example})."
        return cls(order=decided, guessed="" if sure else guess, context=context)

    def at(self, row: str) -> datetime | None:
        """The moment that a line is; None when it is none, or more than one."""
        row = row.strip()
        if len(row) > LONGEST:
            return None
        found = _NUMBERS.match(row)
        if found is None:
            told = worded(row.strip("*_()[]<> "), self.context)
            return told[0] if told else None
        day = day_of(_numbers(found), self.order)
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"] in "pP" else 0)
        try:
            at = time(hour, int(found["minute"]), int(found["after"] or 0))
            return None if day is None else self.context.aware(datetime.combine(day, at))
        except (ValueError, OverflowError):
            return None


def _numbers(found: re.Match[str]) -> Numbers:
    return int(found["first"]), int(found["second"]), int(found["third"])
