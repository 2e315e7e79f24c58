"""Times, kinds, states and reasons in a person's words."""

from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from core.memory import Facet, Hit, Kind, Memory, State
from core.wall import seen_here

translate = QCoreApplication.translate


def counted(number: int, one: str, many: str) -> str:
    """`one` or `many` with the number in the locale's digits."""
    return (one if number == 1 else many).format(n=QLocale().toString(number))


def day(when: date, today: date) -> str:
    """Today, yesterday, a weekday within the week, else the date."""
    away = (today - when).days
    if away == 0:
        return translate("words", "Today")
    if away == 1:
        return translate("words", "Yesterday")
    if away == -1:
        return translate("words", "Tomorrow")
    pattern = "dddd, d MMMM" if when.year == today.year else "d MMMM yyyy"
    return QLocale().toString(QDate(when.year, when.month, when.day), pattern)


def short_day(when: date, today: date) -> str:
    """The same in few letters: for lists."""
    if abs((today - when).days) <= 1:
        return day(when, today)
    pattern = "d MMM" if when.year == today.year else "d MMM yyyy"
    return QLocale().toString(QDate(when.year, when.month, when.day), pattern)


def clock(when: datetime) -> str:
    """Hours and minutes."""
    return QTime(when.hour, when.minute).toString("HH:mm")


def moment(when: datetime, now: datetime) -> str:
    """Day and time."""
    return f"{short_day(when.date(), now.date())}, {clock(when)}"


def until(when: datetime, now: datetime) -> str:
    """Until when: the time alone where that is today, else its day as well."""
    there, today = seen_here(when, now), now.date()
    if there.date() == today:
        return translate("words", "until {time}").format(time=clock(there))
    if there.date() == today + timedelta(days=1):
        return translate("words", "until tomorrow, {time}").format(time=clock(there))
    return translate("words", "until {day}, {time}").format(day=day(there.date(), today), time=clock(there))


def full_date(when: date) -> str:
    """Like 12 March 2026."""
    return QLocale().toString(QDate(when.year, when.month, when.day), "d MMMM yyyy")


def weekday_and_day(when: date) -> str:
    """Like Tue 22 Sep: for what is to come."""
    return QLocale().toString(QDate(when.year, when.month, when.day), "ddd d MMM")


def weekday(when: datetime) -> str:
    """Like Tue."""
    return QLocale().toString(QDate(when.year, when.month, when.day), "ddd")


def at_weekday(when: datetime) -> str:
    """Like Tue 14:30: for what lies over midnight."""
    return f"{weekday(when)} {clock(when)}"


def reason_words(reason: str) -> str:
    """Why nothing is or was recorded, as a sentence of its own."""
    known = {
        "private mode": translate("Recorder", "Private mode"),
        "paused": translate("Recorder", "Paused by you"),
        "locked": translate("Recorder", "Mneme was locked"),
        "outside the recording hours": translate("Recorder", "Outside the recording hours"),
    }
    return known.get(reason) or (reason[:1].upper() + reason[1:]).rstrip(".")


def lasting(span: timedelta) -> str:
    """A length of time: 20 min, 1 h 5 min."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return translate("words", "under 1 min")
    if minutes < 60:
        return translate("words", "{n} min").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    if not rest:
        return translate("words", "{n} h").format(n=hours)
    return translate("words", "{h} h {m} min").format(h=hours, m=rest)


def kind_name(kind: Kind) -> str:
    """The kind as the person reads it."""
    return {
        Kind.CORE: translate("words", "About me"),
        Kind.EPISODIC: translate("words", "What happened"),
        Kind.SEMANTIC: translate("words", "Facts"),
        Kind.PROCEDURAL: translate("words", "How-to"),
        Kind.RESOURCE: translate("words", "Documents and pages"),
        Kind.SECRET: translate("words", "Secrets"),
    }[kind]


def facet_name(facet: Facet) -> str:
    """What a memory is made of."""
    return {
        Facet.TURN: translate("words", "Message"),
        Facet.FRAME: translate("words", "Screen"),
        Facet.NOTE: translate("words", "Note"),
        Facet.QUESTION: translate("words", "Question"),
        Facet.ANSWER: translate("words", "Answer"),
        Facet.PAGE: translate("words", "Page"),
        Facet.FACT: translate("words", "Fact"),
        Facet.PROMISE: translate("words", "Promise"),
        Facet.APPOINTMENT: translate("words", "Appointment"),
        Facet.SUMMARY: translate("words", "Summary"),
        Facet.DIGEST: translate("words", "Day"),
        Facet.WEEK: translate("words", "Week"),
        Facet.TOPIC: translate("words", "Topic"),
        Facet.RESOURCE: translate("words", "Document"),
        Facet.PROCEDURE: translate("words", "How-to"),
        Facet.PROFILE: translate("words", "About me"),
    }[facet]


def state_name(state: State) -> str:
    """Where in its life a memory is."""
    return {
        State.CAPTURED: translate("words", "New"),
        State.ACTIVE: translate("words", "Active"),
        State.FADED: translate("words", "Faded"),
        State.SUPERSEDED: translate("words", "Superseded"),
        State.TO_BE_FORGOTTEN: translate("words", "To be forgotten"),
        State.FORGOTTEN: translate("words", "Forgotten"),
    }[state]


_PERSON = ("me", "user")
"""How conversations name the person themselves."""


def who(memory: Memory) -> str:
    """Who said it to whom, or what it is."""
    said = memory.provenance
    mine = said.mine or said.speaker.casefold() in _PERSON
    speaker = translate("words", "You") if mine else said.speaker
    if not speaker:
        return facet_name(memory.facet)
    if speaker == "assistant":
        speaker = translate("words", "Assistant")
    if said.addressee:
        to = translate("words", "you") if said.addressee.casefold() in _PERSON else said.addressee
        if to == "assistant":
            to = translate("words", "assistant")
        return translate("words", "{speaker} to {addressee}").format(speaker=speaker, addressee=to)
    return speaker


def where(memory: Memory) -> str:
    """The place it came from: conversation, or application and window."""
    said = memory.provenance
    if said.conversation:
        return said.conversation
    return " – ".join(part for part in (said.app, said.window) if part)


def strength_words(strength: float) -> str:
    """Strength without a figure."""
    if strength >= 0.75:
        return translate("words", "Firm")
    if strength >= 0.45:
        return translate("words", "Steady")
    if strength >= 0.2:
        return translate("words", "Fading")
    return translate("words", "Faint")


def because(hit: Hit) -> str:
    """Why it was found, in one line."""
    parts, why = [], hit.why
    if why.words:
        parts.append(translate("words", "words: {words}").format(words=", ".join(why.words[:5])))
    if why.meaning > 0.05:
        parts.append(translate("words", "meaning"))
    if why.time:
        parts.append(translate("words", "time: {time}").format(time=why.time))
    if why.person:
        mine = why.person.casefold() in _PERSON
        person = translate("words", "you") if mine else why.person
        parts.append(translate("words", "person: {person}").format(person=person))
    if why.neighbour_of:
        parts.append(translate("words", "next to another hit"))
    if why.folded:
        one, many = translate("words", "and {n} like it"), translate("words", "and {n} like it")
        parts.append(counted(why.folded, one, many))
    if hit.piece is not None:
        parts.append(translate("words", "a piece of a long text"))
    return " · ".join(parts)


def size(count: float) -> str:
    """Bytes in the unit that fits; 1 MB is 2^20."""
    return QLocale().formattedDataSize(int(count), 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def took(ms: float) -> str:
    """How long something took: milliseconds below a second, then seconds."""
    if ms < 1000:
        return translate("words", "{n} ms").format(n=round(ms))
    return translate("words", "{n} s").format(n=QLocale().toString(ms / 1000, "f", 1 if ms < 10_000 else 0))
