"""Invented talk for drawn chats: who says what when, with all that makes it hard to read."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 20, 17, 45, tzinfo=ZONE)
"""A Friday; when every drawn screen is looked at."""

PEOPLE = (
    "Dana Kim",
    "Ravi Patel",
    "Mia",
    "Jonas Weber",
    "Chloé Martin",
    "Ana-Sofia Ruiz",
    "Tom O'Neil",
    "Priya",
    "Lars van Dijk",
    "Grace Hopkins",
)
NICKS = ("dana", "ravi_p", "mia", "jweber", "chloe2", "ana|work", "tomo", "Priya[m]", "larsvd", "grace")

_SHORT = (
    "ok",
    "yes",
    "thanks!",
    "haha",
    "on it",
    "Dana?",
    "no",
    "see you at 10:30",
    "done",
    "Good morning",
    "42",
    "same here",
    "fine by me",
    "wait",
    "who is on call today?",
    "lol",
    "Friday",
    "10:15 works",
)
_LONG = (
    "The invoice for the March workshop is still open, can you send it to me before Friday?",
    "I moved the meeting with the auditors to 14:30 because Ravi is on a train until two.",
    "Has anyone seen the keys to the small lab? They were on the hook beside the door yesterday evening.",
    "We agreed on 4,200 for the whole thing, half of it now and the rest when the roof is tight.",
    "I will be late, the bus did not come and the next one leaves at 8:50",
    "Did the landlord write back about the heating?",
    "Please do not merge before the tests on the old branch are green again, it took me all of Tuesday to clean up.",
    "My sister is visiting from Lisbon next week, do you want to join us for dinner on Thursday?",
    "Look at the second chart: sales went up after the change, but returns went up as well",
    "the new printer is on the second floor, password as always",
    "Could someone with access restart the staging box? It answers 502 since this morning.",
    "Note: the train from Ghent takes 3 hours, so we should book the early one.",
    "Ravi said: nobody touches the pump until he is back.",
    "I found the receipt. It was in the blue folder, page 17.",
    "What do you think about Saturday instead? The forecast says rain on Sunday and the garden is no fun then.",
    "It costs 39.90 a month, and the first three months are free. I would take it, honestly.",
    "Reminder for everyone: timesheets until six tonight",
    "why is the door to the roof open again",
    "Sent you the draft. Comments until Monday please, then it goes to the printer and nothing can be changed.",
    "The doctor says two weeks without running. Cycling is allowed.",
)
_LINES = ("We need:\n- milk\n- two lemons\n- bread", "First the roof\nthen the windows\nthen the paint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message as it was sent."""

    speaker: str
    mine: bool
    text: str
    at: datetime
    edited: bool = False
    reactions: int = 0
    quotes: "Said | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation in the order of time; `me` is the owner of the screen."""

    name: str
    me: str
    said: tuple[Said, ...]


def made(seed: int, length: int = 24, people: int = 3, *, nicks: bool = False, lines: bool = True) -> Talk:
    """A conversation of so many messages that ends shortly before NOW and may begin the day before."""
    rng = random.Random(seed)
    names = rng.sample(NICKS if nicks else PEOPLE, people)
    me = names[0]
    at = NOW - timedelta(minutes=rng.randrange(2, 9))
    said: list[Said] = []
    times = []
    for _ in range(length):
        times.append(at)
        at -= timedelta(minutes=rng.choice((0, 0, 1, 1, 2, 5, 9)))
        if rng.random() < 0.06:
            at -= timedelta(hours=rng.choice((3, 20)))
    who = rng.choice(names)
    longs = rng.sample(_LONG, len(_LONG))
    for number, moment in enumerate(reversed(times)):
        if rng.random() < 0.62:
            who = rng.choice([name for name in names if name != who] or names)
        kind = rng.random()
        text = rng.choice(_SHORT) if kind < 0.36 else longs[number % len(longs)]
        if kind >= 0.36 and number >= len(longs):
            text += f" (That was {number}.)"
        if lines and kind > 0.96:
            text = rng.choice(_LINES)
        said.append(
            Said(
                speaker=who,
                mine=who == me,
                text=text,
                at=moment,
                edited=rng.random() < 0.08,
                reactions=rng.randrange(1, 4) if rng.random() < 0.12 else 0,
                quotes=rng.choice(said[-6:]) if said and rng.random() < 0.08 else None,
            )
        )
    return Talk(name=rng.choice([n for n in names if n != me] or [me]), me=me, said=tuple(said))
