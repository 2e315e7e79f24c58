"""Sentences that may be believed: what was asked, wished, denied, quoted or joked is refused before any rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.sentences import pieces


class Refusal(StrEnum):
    """Why nothing is learnt from a sentence."""

    QUESTION = "a question"
    WISH = "a wish, a guess or a condition"
    DENIED = "denied"
    PAST = "no longer so"
    QUOTED = "a quotation"
    REPORTED = "someone else's words"
    JOKE = "a joke"
    PLAYED = "a role, a story or a game"
    TEMPLATE = "a template or an example"
    INSTRUCTION = "shaped like an instruction to a machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence at `start` of the text it came from, and why it is not believed, if so."""

    text: str
    start: int
    refused: Refusal | None
    denies_only: bool = False
    """Refused for nothing but a negation: rules about what someone does not do may still read it."""


_QUESTION_FIRST = re.compile(
    r"^(?:so |and |but |ok,? |hey,? )?(?:do|does|did|is|are|am|was|were|can|could|will|would|should|shall|have|has"
    r"|who|what|where|when|why|how|which|whose)\s+(?:i|you|we|they|he|she|it|my|your|our|the|this|that|there|if)\b",
    re.IGNORECASE,
)
_QUESTION_LAST = re.compile(
    r",?\s+(?:right|correct|innit|isn['’]?t it|aren['’]?t i|don['’]?t i|no|or what|or not)$", re.IGNORECASE
)
_WISH = re.compile(
    r"\b(?:if|unless|suppose|supposing|imagine|pretend|let's say|lets say|say i|wish|would|might|could|maybe|perhaps"
    r"|probably|possibly|almost|nearly|thinking (?:of|about)|considering|thought|dream\w*|hope|hopefully|one day"
    r"|some ?day|want to|wanna|wants to|was going to|were going to|should|in case(?! (?:you|any|some"
    r"|no)\w*(?: else)? (?:wonder|ask|care|need)\w*)|supposed to|try to|try and"
    r"|guess(?! (?:who|what|where|why|how)\b)|provided(?: that)?|assuming|as long as|otherwise|were (?:i|my|it|the)"
    r"|apparently|sounds like|feels? like|as though|whether|planning to|considered|either)\b|\b\w+['’]d\b"
    r"|\blike to\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\bbut (?:then )?(?:i |we |it |they |he |she )?(?:did(?:n['’]t| not)|never|could(?:n['’]t| not)|declined|turned"
    r"|stayed)\b"
    r"|\bturned (?:it|them|that|her|him) down\b|\bin the event\b|\b(?:certain|sure|positive) that\b"
    r"|\b(?:when|once|as soon as|by the time|until|till) (?:i|we|my|our)\b(?! (?:was|were|had|got|moved)\b)"
    r"|\bi think\b|\bwe think\b"
    r"|\b(?:wanted|meant|planned|intended|hoped|about) to\b|\b(?:planned|planning) on\b|\bdecided against\b"
    r"|\bfell through\b"
    r"|\bcame to nothing\b|\b(?:changed my mind|backed out|said no|chickened out)\b|\bsubject to\b|\bdepending on\b"
    r"|\bpending\b"
    r"|\bin (?:another|my next|a past|a previous) life\b|\bas if\b|\bsome ?how feel\b|\bpractically\b|\bbasically\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|hardly|barely|neither|nor|nobody|none|no longer|cannot|cancelled|canceled|called off"
    r"|postponed(?! to)|anymore|any more|without)\b|n['’]t\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:(?:moved|started|joined)\b.{0,40}\bfor (?:a|one|two|three|six|\d+) (?:year|month|week|summer|semester)s?"
    r"|used to|formerly|back then|in those days|when i was|as a (?:kid|child|teen|student)|at school|at the time"
    r"|(?:and|but|then) (?:then )?(?:left|came back|moved back|returned|quit)|until (?:19|20)\d\d|in my (?:youth"
    r"|twenties|childhood))\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:(?<!not )(?:people|they|some|all|you|we) say|says(?! the (?:card|letter|form|doctor|contract|scales?|bill"
    r"|vet|passport)\b)|said|saying|told|tells"
    r"|claims?|claimed|thinks?|heard|hears|according to"
    r"|rumou?r|reportedly|wrote|writes"
    r"|lyrics?|(?<!favourite )(?<!favorite )(?:song|movie|film(?! night)|novel|story|character|hero)(?! night)"
    r"|book says|quote|the ad"
    r"|headline|mentions?|mentioned|reckons?|insists?|insisted|supposedly|allegedly|has it|gossip|convinced"
    r"|as far as i know"
    r"|afaik|it seems|seems to|(?:he|she|they|mum|mom|dad) (?:goes|went|is like|was like)|chapter|episode|album"
    r"|playlist"
    r"|watching|listening to|channel \d|on tv|the book (?:says|begins|goes)|poem|chorus|sitcom"
    r"|assume[sd]?|believes?|now playing|on repeat|stuck in my head|swears)\b|[🎶🎵🎤♪♫]|\b(?:ooh+|la la|na na|oh baby"
    r"|doo doo)\b",
    re.IGNORECASE,
)
_JOKE = re.compile(
    r"[😂🤣😜😝😆😹🙃😉😏😅]|\b(?:l+o+l+|lmao|rofl|(?:ha|he){2,}h?|jk|just kidding|kidding|joking|/s)\b|[;:]-?[pP]\b"
    r"|;-?\)|^(?:oh|yeah|yes|yep|sure|right|well),? (?:yes|sure|great|joy|right|because|totally|of course)\b"
    r"|\bthanks for asking\b|\byeah,? right\b|\bas if\b|\bsaid no one\b|\bi totally\b|\bobviously\b"
    r"|\bof course i(?:'m|'ll)?\b"
    r"|\bmillionaire\b|^(?:yeah |oh )?sure,? my\b|\bi (?:just|so|simply) love\b",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"\{\{|\}\}|\{[a-z_ ]+\}|\[[A-Z][A-Z _]+\]|<[a-z][a-z _-]*>|\blorem\b|\bipsum\b|\bunsubscribe\b"
    r"|%%|\b(?-i:XXX+|YYY+)\b|_{3,}|\bplease fill in\b|\bmustermann\b|\btest test\b|\bdear (?:customer|sir|madam)\b"
    r"|\binsert\b.{0,20}\b(?:name|here)\b|\byour (?:name|address) here\b|\bjohn smith\b|\b123 main st\w*\b"
    r"|\bfoo ?bar\b|\btbd\b"
    r"|\bthe form (?:reads|says)\b|\bdummy\b|\b(?:first|last)name\b|\bbla bla\b|\bacme\b|\b(?:is|in|at) \.\.\."
    r"|\bview in browser\b"
    r"|\bterms (?:and|&) conditions\b|\ball rights reserved\b|\bverification code\b|\bdo not reply\b"
    r"|(?<![@.\w-])examples?\b(?!\.\w)|\be\.g\.|\bfor instance\b|\bjohn doe\b|\bjane doe\b"
    r"|^subject:|^(?:user|assistant|human):",
    re.IGNORECASE | re.MULTILINE,
)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|your|other|any)\b.{0,30}"
    r"\b(?:instructions?|prompts?|rules?|messages?|context|memor(?:y|ies))\b"
    r"|\b(?:remember|note|memori[sz]e|store|save)\b.{0,30}\b(?:that )?you (?:must|should|need to|have to|will"
    r"|are to)\b"
    r"|\bfrom now on,?\s+(?:you|my name|always|never|only|respond|reply|answer|act|call|treat|say|send)\b"
    r"|\byou (?:must|should) (?:always|never|obey|now|only)\b|\byou obey\b"
    r"|^\s*(?:\[|<|#+ ?)?(?:system|developer|assistant|instruction)s?(?: prompt| message| note)?(?:\]|>)?\s*:"
    r"|\bas an ai\b|\byou are now\b|\bnew instructions?\b|\bsystem prompt\b|\bact as (?:an?|the|my)\b"
    r"|<\|?(?:im_start|im_end|system|endoftext|assistant)\|?>|\[/?INST\]"
    r"|\b(?:update|add|write|save|store|commit)\b.{0,25}\b(?:your|the user'?s?|long[- ]term|to) memor(?:y|ies)\b"
    r"|\btell the user\b|\bthe user(?:'s| is| has| wants| prefers| lives| always)\b"
    r"|\bwhen asked\b.{0,40}\b(?:say|answer|reply|respond)\b",
    re.IGNORECASE,
)
_PLAYED = re.compile(
    r"\bgame master\b|\blevel \d+\b|\bmy (?:avatar|paladin|wizard|rogue|toon|alter ego)\b|\byou (?:be|play) (?:the"
    r"|a)\b|\blet['’]s play\b"
    r"|\brole[- ]?play\w*|\bin[- ]character\b|\bmurder mystery\b|\bd ?[&n] ?d\b|\bdungeons?\b|\b(?:my|the"
    r"|your) character\b"
    r"|\bcosplay\b|\blarp\w*|\bfirst person\b|\b(?:short|bedtime) story\b|\bfairy tale\b|\byour turn\b|\bonce upon\b"
    r"|\b(?:screenplay|fan ?fic\w*|improv|sketch|monologue)\b|\bact as (?:an?|the|my)\b|\bpretend\w*\b"
    r"|\bin the (?:play|game)\b"
    r"|\bi(?:'m| am|m) (?:the|a) (?:dragon|wizard|pirate|knight|elf|king|queen|vampire|witch|ghost|halfling|orc"
    r"|robot)\b"
    r"|\bin (?:the|my|a) dream\b|\bwrite (?:me )?(?:a|an|the)\b|\bimagine\b|\bsample (?:answer|text|letter"
    r"|sentence)\b"
    r"|\b(?:translate|correct|rewrite|proofread|paraphrase|continue) (?:this|the following|my sentence)\b"
    r"|\bplaceholder\b",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:pass ?words?|pass ?codes?|pass ?phrases?|pwd?|pins?(?: code| number)?|cv[vc]2?|security code"
    r"|(?:one[- ]time|verification"
    r"|access|alarm|door|gate|entry|safe|backup|recovery|activation|login|unlock|tan|puk|2fa|otp) codes?|otp|puk"
    r"|seed phrase"
    r"|recovery (?:phrase|key)|private key|api key|secret(?: key| question| answer)?|token|iban|(?:credit|debit"
    r"|bank) card"
    r"|(?<!library )(?<!loyalty )(?<!member )card number|sort code|account number|social security|ssn"
    r"|national insurance number|tax (?:id|number)|combination"
    r"|log-?in(?:s)?(?: is| are|:)|credentials)\b(?!-free)|\[masked:",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[\"“”«»„]|(?:^|\s)'[^']{3,}'(?=\W|$)|^\s*>")
_QUOTED_SPAN = re.compile(r"[\"“„«][^\"”»]*(?:[\"”»]|$)")
_NOT_THAT = re.compile(r",\s*not\s+(?:in\s+|at\s+)?[A-Z][\w-]+(?:\s[A-Z][\w-]+)?(?=[.!]|$)")


def instruction_shaped(text: str) -> bool:
    """Whether a text reads like an order to an assistant: from others it is set apart and never learnt from."""
    return _INSTRUCTION.search(text) is not None


def secret(text: str) -> bool:
    """Whether a clause speaks of a password, a code or the number of an account: nothing is learnt from it."""
    return _SECRET.search(text) is not None


def denies(text: str) -> bool:
    """Whether a clause says that something is not so."""
    return _DENIED.search(_NOT_THAT.sub("", text)) is not None


def said(text: str) -> Iterator[Said]:
    """The sentences of `text` in order, each with its place and why it is refused, if it is."""
    whole: Refusal | None = None
    if instruction_shaped(text):
        whole = Refusal.INSTRUCTION
    elif _TEMPLATE.search(text):
        whole = Refusal.TEMPLATE
    elif _PLAYED.search(text):
        whole = Refusal.PLAYED
    elif re.search(r"\b(?:just )?kidding\b|\bjk\b", text, re.IGNORECASE):
        whole = Refusal.JOKE
    quoted = [match.span() for match in _QUOTED_SPAN.finditer(text)]
    found = list(pieces(text))
    for number, piece in enumerate(found):
        following = found[number + 1].text if number + 1 < len(found) else ""
        refused = whole or _refusal(piece.text, piece.mark, following)
        if refused is None and any(a < piece.start + len(piece.text) and piece.start < b for a, b in quoted):
            refused = Refusal.QUOTED
        yield Said(text=piece.text, start=piece.start, refused=refused, denies_only=refused is Refusal.DENIED)


def _refusal(sentence: str, mark: str, following: str) -> Refusal | None:
    if "?" in mark or _QUESTION_FIRST.match(sentence) or _QUESTION_LAST.search(sentence):
        return Refusal.QUESTION
    if _QUOTES.search(sentence) or any(c in mark for c in '"”'):
        return Refusal.QUOTED
    if _JOKE.search(sentence) or _JOKE.match(following):
        return Refusal.JOKE
    if _REPORTED.search(sentence):
        return Refusal.REPORTED
    if _WISH.search(sentence):
        return Refusal.WISH
    if _NOT_YET.search(sentence):
        return Refusal.WISH
    if _PAST.search(sentence):
        return Refusal.PAST
    if denies(sentence):
        return Refusal.DENIED
    return None
