"""The language of what comes in: told by its words, a short line also by what else is said where it was said."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.languages.detect import chosen, likely
from core.memory import Draft

_PLACES = 256
_CLEAR = 0.6
"""Share of the lines of a place whose language is known that must agree before it speaks for the others."""


def place_of(draft: Draft) -> str:
    """Where something was said: its conversation, else its channel and application."""
    origin = draft.provenance
    return origin.conversation or f"\0{origin.channel} {origin.app}"


class Spoken:
    """Fills in the language of drafts. `known` tells how many of a place's memories are in which language."""

    def __init__(self, known: Callable[[Draft], dict[str, int]]) -> None:
        self._known = known
        self._heard: OrderedDict[str, Counter[str]] = OrderedDict()

    def told(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts with their languages; those around a line in the same call help it as well."""
        found = [likely(draft.text or draft.caption) for draft in drafts]
        places = [self._place(draft) for draft in drafts]
        for evidence, place in zip(found, places, strict=True):
            if sure := chosen(evidence):
                place[sure] += 1
        return [
            replace(draft, language=chosen(evidence, _usual(place)))
            for draft, evidence, place in zip(drafts, found, places, strict=True)
        ]

    def _place(self, draft: Draft) -> Counter[str]:
        name = place_of(draft)
        if name not in self._heard:
            self._heard[name] = Counter(self._known(draft))
        self._heard.move_to_end(name)
        place = self._heard[name]
        while len(self._heard) > _PLACES:
            self._heard.popitem(last=False)
        return place


def _usual(place: Counter[str]) -> str:
    if not place:
        return ""
    language, most = place.most_common(1)[0]
    return language if most >= _CLEAR * place.total() else ""
