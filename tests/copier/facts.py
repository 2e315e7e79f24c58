"""What made-up memories say: somebody's thing and its value, as it is said, asked for and answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.copier import words
from tests.copier.words import Words

ME = ""
"""The owner's name where it is the person who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One way in which a value belongs to a thing of somebody.

    In its texts stand {own} (Dana's, my, your), {who} (Dana, I, you), {s} (the verb's ending), {is_}, {do}, {thing},
    {value}.
    """

    says: str
    asks: tuple[str, ...]
    things: Sequence[str] = ()
    value: Callable[[Words], str]
    owned: bool = True
    """False: nobody's in particular, like the kiln."""


def _of(list_: Sequence[str]) -> Callable[[Words], str]:
    return lambda drawn: drawn.value(list_)


RELATIONS = (
    Relation(
        says="{own} {thing} is {value}.",
        asks=(
            "What colour is {own} {thing}?",
            "Which colour does {own} {thing} have?",
            "What colour has {own} {thing}?",
        ),
        things=words.OWNED,
        value=_of(words.COLOURS),
    ),
    Relation(
        says="{own} {thing} is called {value}.",
        asks=("What is {own} {thing} called?", "What is the name of {own} {thing}?"),
        things=words.PETS,
        value=Words.name,
    ),
    Relation(
        says="{own} {thing} number is {value}.",
        asks=("What is {own} {thing} number?", "Which {thing} number is {own_end}?"),
        things=words.NUMBERED,
        value=lambda drawn: drawn.random.choice((drawn.string, drawn.figure))(),
    ),
    Relation(
        says="{own} {thing} is on {value}.",
        asks=("When is {own} {thing}?", "On which day is {own} {thing}?", "What day is {own} {thing}?"),
        things=words.EVENTS,
        value=Words.day,
    ),
    Relation(
        says="{own} {thing} is in the {value}.",
        asks=("Where is {own} {thing}?", "Where did {who} put {own} {thing}?"),
        things=words.OWNED,
        value=_of(words.PLACES),
    ),
    Relation(
        says="{own} favourite {thing} is {value}.",
        asks=("What is {own} favourite {thing}?", "Which {thing} do{es} {who} like best?"),
        things=words.KINDS,
        value=_of((*words.COLOURS, *words.FOODS, *words.CITIES)),
    ),
    Relation(
        says="{who} live{s} in {value}.",
        asks=("Where do{es} {who} live?", "In which town do{es} {who} live?"),
        value=_of(words.CITIES),
    ),
    Relation(
        says="{who} work{s} at {value}.",
        asks=("Where do{es} {who} work?", "Which company do{es} {who} work at?"),
        value=_of(words.ORGANISATIONS),
    ),
    Relation(
        says="{who} drive{s} a {value}.",
        asks=("What do{es} {who} drive?", "Which car do{es} {who} drive?"),
        value=_of(words.DRIVEN),
    ),
    Relation(
        says="{who} play{s} the {value}.",
        asks=("What do{es} {who} play?", "Which instrument do{es} {who} play?"),
        value=_of(words.PLAYED),
    ),
    Relation(
        says="{who} {is_} allergic to {value}.",
        asks=("What {is_} {who} allergic to?", "Which allergy do{es} {who} have?"),
        value=_of(words.FOODS),
    ),
    Relation(
        says="The {thing} is in the {value}.",
        asks=("Where is the {thing}?", "Where did I put the {thing}?"),
        things=words.THINGS,
        value=_of(words.PLACES),
        owned=False,
    ),
    Relation(
        says="The {thing} cost {value} euros.",
        asks=("How much did the {thing} cost?", "What did the {thing} cost?", "What was the price of the {thing}?"),
        things=words.THINGS,
        value=Words.figure,
        owned=False,
    ),
    Relation(
        says="The {thing} broke on {value}.",
        asks=("When did the {thing} break?", "On which day did the {thing} break?"),
        things=words.THINGS,
        value=Words.day,
        owned=False,
    ),
    Relation(
        says="The {thing} has the number {value}.",
        asks=("Which number does the {thing} have?", "What is the number of the {thing}?"),
        things=words.THINGS,
        value=Words.string,
        owned=False,
    ),
    Relation(
        says="The {thing} is at {value}.",
        asks=("When is the {thing}?", "At what time is the {thing}?"),
        things=words.EVENTS,
        value=Words.time,
        owned=False,
    ),
    Relation(
        says="The {thing} note says {value}.",
        asks=("What does the {thing} note say?", "What is written in the {thing} note?"),
        things=words.KINDS,
        value=Words.text,
        owned=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that holds; its key is what a question about it names."""

    relation: Relation
    owner: str
    """A name, or ME."""
    thing: str
    value: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a later fact must share to replace it."""
        return self.relation.says, self.owner if self.relation.owned else "", self.thing

    def said(self) -> str:
        """As others say it: with the owner's name, or You and Your."""
        return self._filled(self.relation.says, "you" if self.owner == ME else self.owner)

    def said_by_owner(self) -> str:
        """As its owner says it: with I and My."""
        return self._filled(self.relation.says, "I")

    def asked(self, place: int) -> str:
        """The question for it, in one of its wordings."""
        return self._filled(
            self.relation.asks[place % len(self.relation.asks)], "I" if self.owner == ME else self.owner
        )

    def _filled(self, text: str, who: str) -> str:
        own = {"I": "my", "you": "your"}.get(who, f"{who}'s")
        third = who not in ("I", "you")
        told = text.format(
            own=own,
            own_end={"I": "mine", "you": "yours"}.get(who, own),
            who=who,
            s="s" if third else "",
            es="es" if third else "",
            is_={"I": "am", "you": "are"}.get(who, "is"),
            thing=self.thing,
            value=self.value,
        )
        return told[0].upper() + told[1:]


def fact(drawn: Words, owner: str, *, relation: Relation | None = None, thing: str = "") -> Fact:
    """A fact about somebody, of any relation and thing unless these are given."""
    of = relation or drawn.random.choice(RELATIONS)
    named = thing or (drawn.thing(of.things) if of.things else "")
    return Fact(of, owner, named, of.value(drawn))
