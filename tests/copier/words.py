"""Names, things and values that made-up memories are about; every fifth word is held out from training."""

import json
import random
import string
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "copier_words.json"
_LISTS = {name: words.split() for name, words in json.loads(_FILE.read_text("utf-8")).items()}
NAMES = _LISTS["names"]
CITIES = _LISTS["cities"]
COLOURS = _LISTS["colours"]
OWNED = _LISTS["owned"]
PETS = _LISTS["pets"]
NUMBERED = _LISTS["numbered"]
EVENTS = _LISTS["events"]
KINDS = _LISTS["kinds"]
PLACES = _LISTS["places"]
THINGS = _LISTS["things"]
FOODS = _LISTS["foods"]
PLAYED = _LISTS["played"]
ORGANISATIONS = _LISTS["organisations"]
DRIVEN = _LISTS["driven"]
MONTHS = _LISTS["months"]
DAYS = _LISTS["days"]
PROGRAMS = _LISTS["programs"]
SYLLABLES = _LISTS["syllables"]


@dataclass(frozen=True, slots=True)
class Words:
    """Draws words: those for training or, when `held`, those that training never sees."""

    random: random.Random
    held: bool
    made: float = 0.35
    """Share of names, things and values that are made up from syllables, letters and digits."""

    def one(self, words: Sequence[str]) -> str:
        """One of a list's words on this side."""
        return self.random.choice(words[4::5] if self.held else [word for at, word in enumerate(words) if at % 5 != 4])

    def name(self) -> str:
        """A person's."""
        return self._made_word().capitalize() if self.random.random() < self.made else self.one(NAMES)

    def thing(self, words: Sequence[str]) -> str:
        """A noun, now and then one that does not exist."""
        return self._made_word() if self.random.random() < self.made / 2 else self.one(words)

    def value(self, words: Sequence[str]) -> str:
        """A value of a kind, or one that cannot be guessed."""
        if self.random.random() >= self.made:
            return self.one(words)
        return self.string() if self.random.random() < 0.4 else self._made_word()

    def string(self) -> str:
        """Letters and digits, like KQ7-XV2."""
        signs = string.ascii_uppercase + string.digits
        return self._on_this_side(
            lambda: (
                "".join(self.random.choices(signs, k=self.random.randint(2, 4)))
                + self.random.choice(("", "-", "-"))
                + "".join(self.random.choices(signs, k=self.random.randint(1, 3)))
            )
        )

    def figure(self) -> str:
        """A number of one to five digits."""
        return str(self.random.randint(2, 10 ** self.random.randint(1, 5)))

    def text(self) -> str:
        """Words in no order that could be guessed."""
        lists = (COLOURS, OWNED, PETS, PLACES, THINGS, FOODS, PLAYED, KINDS, EVENTS)
        many = self.random.choice((4, 6, 8, 12, 20))
        return " ".join(self.thing(self.random.choice(lists)) for _ in range(many))

    def day(self) -> str:
        """A day as people say it."""
        if self.random.random() < 0.4:
            return self.random.choice(DAYS)
        return f"{self.random.randint(1, 28)} {self.random.choice(MONTHS)}"

    def time(self) -> str:
        """A time of day."""
        return f"{self.random.randint(1, 23)}:{self.random.choice(('00', '15', '30', '45', '10', '20'))}"

    def _made_word(self) -> str:
        return self._on_this_side(
            lambda: (
                "".join(self.random.choices(SYLLABLES, k=self.random.choice((2, 2, 3))))
                + self.random.choice("nrslt ").strip()
            )
        )

    def _on_this_side(self, make: Callable[[], str]) -> str:
        while True:
            word = make()
            if (zlib.crc32(word.encode()) % 5 == 4) == self.held:
                return word
