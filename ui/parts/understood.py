"""What was read out of a question, in a person's words, and what of it they have clicked away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.memory import Understood
from ui.words import full_date, translate

_ISO = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b(?!T|\s\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was understood; `away`: its words are taken as plain words instead."""

    understood: Understood
    away: bool = False


class Reading:
    """What was understood of a question. What was clicked away stays, to be clicked back."""

    def __init__(self) -> None:
        self.parts: tuple[Part, ...] = ()
        self._question = ""

    @property
    def ignore(self) -> tuple[str, ...]:
        """The keys of what is clicked away."""
        return tuple(part.understood.key for part in self.parts if part.away)

    def toggle(self, key: str) -> None:
        """Click one away, or back."""
        self.parts = tuple(
            Part(part.understood, not part.away) if part.understood.key == key else part for part in self.parts
        )

    def read(self, understood: Sequence[Understood]) -> None:
        """This was understood with all that is clicked away ignored; each stays where it stood."""
        new = {one.key: one for one in sorted(understood, key=self._place) if one.key}
        kept = [
            Part(new.pop(part.understood.key, part.understood), part.away)
            for part in self.parts
            if part.away or part.understood.key in new
        ]
        self.parts = (*kept, *(Part(one) for one in new.values()))

    def ask_about(self, question: str) -> None:
        """The question is now this: what its words no longer say is neither shown nor ignored."""
        self._question = question.casefold()
        self.parts = tuple(part for part in self.parts if part.understood.text.casefold() in self._question)

    def _place(self, one: Understood) -> int:
        """Where in the question its words stand; what has none there comes last."""
        at = self._question.find(one.text.casefold()) if one.text else -1
        return at if at >= 0 else len(self._question)


def dates_written(meaning: str) -> str:
    """The same with days as the locale writes them, 2026-11-13 as 13 November 2026."""

    def written(found: re.Match[str]) -> str:
        try:
            return full_date(date.fromisoformat(found[1]))
        except ValueError:
            return found[1]

    return _ISO.sub(written, meaning)


def chip_words(one: Understood) -> tuple[str, str]:
    """What stands on its chip: the words, and what they were taken for, which may be empty."""
    kind, unwanted = one.kind.removeprefix("-"), one.kind.startswith("-")
    meaning = dates_written(one.meaning)
    if kind in ("app", "with", "from", "to", "kind", "in"):
        return _named(kind, meaning if kind == "in" else one.text, unwanted), ""
    if kind == "without":
        return translate("Understood", "without “{text}”").format(text=one.text), ""
    if kind == "phrase":
        return f"“{one.text}”", translate("Understood", "word for word")
    if kind in ("before", "after", "on"):
        return _named(kind, one.text, unwanted), meaning
    if kind == "time":
        return one.text, meaning
    if kind == "order":
        return (
            translate("Understood", "the earliest") if one.text == "first" else translate("Understood", "the latest")
        ), ""
    if kind == "past":
        return translate("Understood", "also what was replaced since"), ""
    if kind == "said":
        speaker, _, addressee = one.meaning.partition(" to ")
        return translate("Understood", "{speaker} to {addressee}").format(speaker=speaker, addressee=addressee), ""
    return meaning or one.text, ""


def _named(kind: str, text: str, unwanted: bool) -> str:
    said = {
        "app": translate("Understood", "app {text}"),
        "with": translate("Understood", "with {text}"),
        "from": translate("Understood", "from {text}"),
        "to": translate("Understood", "to {text}"),
        "kind": translate("Understood", "kind {text}"),
        "in": translate("Understood", "in {text}"),
        "before": translate("Understood", "before {text}"),
        "after": translate("Understood", "after {text}"),
        "on": translate("Understood", "on {text}"),
    }[kind].format(text=text)
    return translate("Understood", "not {condition}").format(condition=said) if unwanted else said


def tip(part: Part) -> str:
    """What this part does, and what a click on it does."""
    one = part.understood
    if part.away:
        return translate("Understood", "Taken as plain words. Click to have it understood again.")
    if one.kind == "without" or one.kind.startswith("-"):
        does = translate("Understood", "What fits this is left out.")
    elif one.kind in ("past", "order", "kind"):
        does = ""
    elif one.hard:
        does = translate("Understood", "Only what fits this is looked at.")
    else:
        does = translate("Understood", "What fits this comes first.")
    return f"{does} {translate('Understood', 'Click to ask without it: its words are plain words then.')}".strip()
