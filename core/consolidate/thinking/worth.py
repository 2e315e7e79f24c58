"""What of an observation is worth a model's reading: statements that the rules could not read, and nothing else."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from core.consolidate import learning
from core.consolidate.filter import READ_AT_MOST, learnable
from core.consolidate.sentences import instruction_shaped, said
from core.memory import Channel, Facet, Memory
from core.paths import RESOURCES
from core.pattern import Pattern
from core.sentences import pieces

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_SECRET = Pattern(
    rf"(?<![^\W\d_])(?:{'|'.join([*_LISTS['password'], *_LISTS['pin'], *_LISTS['code']])}"
    r"|(?:recovery|secret|private|api|ssh|licen[cs]e) keys?|seed phrases?|credentials|log-?ins?|tokens?|2fa|otp|iban"
    r"|cvv|(?:door|alarm|gate|entry|access|security|safe|lock) (?:code|combination))(?![^\W\d_])",
    re.IGNORECASE,
)
_ORDER = Pattern(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:above|below|previous|prior|earlier|everything"
    r"|rules?|instructions?)\b"
    r"|\b(?:add|append|insert|output|print|return|emit|write)\b.{0,30}\b(?:facts?|items?|json|entry|entries|observations?)\b"
    r"|\b(?:source|evidence|attribute)\W{0,3}:",
    re.IGNORECASE,
)
MASKED = "[masked"
"""What stands in a text where a secret was."""
_FEWEST_WORDS = 4
_LONGEST = 1000
"""Characters of one observation that a model reads: a message, not a document."""
_OF_ONESELF = Pattern(r"\b(?:I|my|mine|me|myself|we|our|ours|us)\b", re.IGNORECASE)
_OF_THE_OTHER = Pattern(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_NAMED = Pattern(r"(?<=[a-z,;:'’] )[A-Z][\w'’-]+|\b(?:Dr|Mr|Mrs|Ms|Prof)\.? [A-Z]|\d|[€$£]")
_NAME_FIRST = Pattern(
    r"^(?!(?:I|It|That|This|The|There|They|Those|These|We|You|He|She|What|Who|How|So|And|But|Or|Well|Yes|Yeah|No|Oh"
    r"|Ah|Wow|Sure|Thanks|Thank|Hi|Hey|Hello|Great|Good|Nice|Cool|Sounds|Looks|Just|Not|Here|Let|Glad|Happy|Sorry"
    r"|Congrats|Congratulations|Awesome|Absolutely|Definitely|Totally|Really|Very|Always|Take|Have|Keep|Hope|Can|Do"
    r"|Did|Is|Are|If|When|Then|Also|Maybe|My|Our|Your|Its|All|Some|One|Most|Many|Every|Everything|Nothing)\b)"
    r"[A-Z][a-z]+(?:'s|\s+(?:is|was|has|had|and|got|will|lives|works|moved|likes|loves|wants|says|told)\b)"
)
_REACTION = Pattern(
    r"^(?:(?:oh|ah|wow|yes|yeah|yep|aw+|haha|well|ok|okay|thanks|thank you|hey)\b[,!. ]*)*I(?:'m|’m| am)?\s+"
    r"(?:(?:so|really|very|totally|completely|just|truly)\s+)*(?:glad|sorry|sure|agree|know|see|understand|appreciate"
    r"|bet|mean|hear|get it|love (?:that|it|this|your)|like (?:that|it|your)"
    r"|can(?:'t|’t)? (?:wait|imagine|see|relate))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """An observation and the sentences of it that are to be read, as characters of its text."""

    memory: Memory
    sentences: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """What is to be read, a slash between sentences."""
        return " / ".join(self.memory.text[begin:end] for begin, end in self.sentences)


def worth(memory: Memory, names: Collection[str]) -> Worth | None:
    """What a model is given of an observation; None when there is nothing.

    Left out: what may not be learnt from, repeats, what holds a masked secret or reads like an order to a
    machine, sentences that are asked, wished, quoted or joked, small talk, and what the rules have read already.
    """
    if memory.facet not in learning.LEARNT_FROM or not learnable(memory) or memory.folded_into is not None:
        return None
    if not (own(memory) or memory.provenance.speaker.strip()):
        return None
    text = memory.text[:READ_AT_MOST]
    if memory.masked or MASKED in text or order(text):
        return None
    telling = _telling(text, memory)
    settled = [(one.start, one.end) for one in learning.read(memory, tuple(names))] if telling else []
    taken: list[tuple[int, int]] = []
    room = _LONGEST
    for begin, end in telling:
        if any(begin < until and since < end for since, until in settled):
            continue
        if room < end - begin:
            break
        room -= end - begin
        taken.append((begin, end))
    return Worth(memory=memory, sentences=tuple(taken)) if taken else None


def _telling(text: str, memory: Memory) -> list[tuple[int, int]]:
    """The sentences that may be believed and tell something, with the marks they end with."""
    ends = {piece.start: piece.end for piece in pieces(text)}
    found = []
    for sentence in said(text):
        believed = sentence.refused is None or sentence.denies_only
        if not believed or secret(sentence.text):
            continue
        if tells(sentence.text, memory.language, memory.provenance.addressee):
            begin, end = sentence.start, sentence.start + len(sentence.text)
            found.append((begin, max(end, ends.get(begin, end))))
    return found


def order(text: str) -> bool:
    """Whether it tells a machine what to do: what a model reads is stricter than what a person's hand may write."""
    return instruction_shaped(text) or _ORDER.search(text) is not None


def secret(text: str) -> bool:
    """Whether it speaks of passwords, codes or keys: nothing is learnt from that, whatever it says."""
    return _SECRET.search(text) is not None


def own(memory: Memory) -> bool:
    """Whether it is the person's own word."""
    origin = memory.provenance
    return origin.mine or (memory.facet is Facet.NOTE and origin.channel is Channel.NOTE)


def tells(sentence: str, language: str, addressee: str = "") -> bool:
    """Whether a sentence tells something that may matter later, rather than greeting, praising or answering.

    What English small talk looks like is known; of other languages every longer sentence is taken. The name of the
    `addressee` only says who is spoken to.
    """
    for name in addressee.split():
        sentence = re.sub(rf"(?:,\s*)?\b{re.escape(name)}\b,?", "", sentence)
    if len(sentence.split()) < _FEWEST_WORDS:
        return False
    if language not in ("", "en"):
        return True
    named = bool(_NAMED.search(sentence) or _NAME_FIRST.search(sentence))
    own = bool(_OF_ONESELF.search(sentence)) and not _REACTION.match(sentence)
    return named + own - bool(_OF_THE_OTHER.search(sentence)) >= 1
