"""Whom a statement that a model read is about: the speaker, the speaker's kin, or somebody its sentence names."""

from collections.abc import Collection
from dataclasses import dataclass

from core.consolidate.facts import ME
from core.consolidate.facts.subjects import named, normal
from core.consolidate.facts.vocabulary import KIN, PETS
from core.consolidate.thinking.evidence import located
from core.consolidate.thinking.worth import own
from core.memory import Memory
from core.pattern import Pattern

_FIRST_PERSON = {
    "": Pattern(r"\b(?:I|me|my|mine|myself|we|us|our|ours)\b", 2),
    "en": Pattern(r"\b(?:I|me|my|mine|myself|we|us|our|ours)\b", 2),
    "de": Pattern(r"\b(?:ich|mich|mir|mein\w*|wir|uns|unser\w*)\b", 2),
    "fr": Pattern(r"\b(?:je|j|me|m|moi|mon|ma|mes|nous|notre|nos)\b", 2),
    "nl": Pattern(r"\b(?:ik|mij|me|mijn|wij|we|ons|onze)\b", 2),
}
"""How one speaks of oneself; languages that can leave it out are not here."""
_KIN_OF = Pattern(rf"^(?:(?:my|our)\s+(?P<kin>{KIN}|{PETS})|(?P<of>{KIN}|{PETS})\s+of\s+(?P<whom>.+))$", 2)
_THE_PERSON = frozenset({"i", "myself", "the person", "person", "user", "the user", "speaker"})


@dataclass(frozen=True, slots=True)
class Whom:
    """The subject of a fact, or why there is none."""

    subject: str = ""
    refused: str = ""


def subject_of(told: str, memory: Memory, sentence: str, names: Collection[str]) -> Whom:
    """Whom `told` means in a sentence of `memory`.

    Nobody else's word makes a fact about the person, and what is said of somebody names them or is said by them.
    """
    mine = own(memory)
    person = {ME, *map(normal, names)}
    speaker = ME if mine else normal(memory.provenance.speaker)
    if not mine and (not speaker or speaker in person):
        return Whom(refused="nobody is known to have said it")
    said = normal(told)
    if said in person or said in _THE_PERSON or (said == speaker):
        if not mine and said != speaker:
            return Whom(refused="it is somebody else's word about the person")
        first = _FIRST_PERSON.get(memory.language)
        if first is not None and not first.search(sentence):
            return Whom(refused="its line does not say it of its speaker")
        return Whom(speaker)
    if match := _KIN_OF.match(said):
        kin = match["kin"] or match["of"]
        whose = normal(match["whom"] or speaker)
        if whose in (speaker, *(person if mine else ())) and located(f"my {kin}", sentence, (0, len(sentence))):
            return Whom(f"{kin} of {speaker}")
        return Whom(refused="its line does not name whom it is about")
    return _somebody(told.strip(), sentence, person, mine)


def _somebody(name: str, sentence: str, person: Collection[str], mine: bool) -> Whom:
    where = located(name, sentence, (0, len(sentence)))
    as_written = sentence[slice(*where)] if where else ""
    if not as_written[:1].isupper() or not named(as_written):
        return Whom(refused="its line does not name whom it is about")
    found = normal(as_written)
    # A name that the person shares may mean them.
    if not mine and any(found == one or found in one.split() for one in person):
        return Whom(refused="it is somebody else's word about the person")
    return Whom(ME if found in person else found)
