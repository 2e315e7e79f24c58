"""What programs say of themselves: menus, buttons, waiting, errors, consents, empty forms, and notices sent to all."""

import re

from core.languages.stopwords import stop_words
from core.sentences import pieces

_WORDS_OF_MENUS = """\
file edit view insert format styles table form tools window help home search settings menu back next previous share
log in out sign up close cancel ok reply forward like comment subscribe history bookmarks profile terminal selection go
run chats calls stories new chat threads mentions drafts channels direct messages apps crop rotate adjust filters filter
undo redo directions nearby send to phone layers top photo photos video videos document documents contact contacts
location poll inbox sent spam trash archive starred snoozed compose today yesterday unread mark all as read sort by show
more less follow followers following download upload print save copy paste cut delete rename select add remove open
create import export options preferences account logout login notifications explore trending reels live library playlist
play pause stop skip mute unmute volume fullscreen zoom fit page pages layout draw slideshow animations transitions
formulas attach emoji gif sticker camera gallery audio voice updates communities groups group members join leave block
report pin unpin first last name street postcode town city country state submit email date of birth password username
confirm the an a and or no yes allow deny accept reject dismiss later now got it continue start end retry reload refresh
done apply reset clear event events task tasks item items dd mm yyyy mode light dark theme language translate sync"""
_MENU = frozenset(_WORDS_OF_MENUS.split())
_PLAIN = frozenset(["the", "an", "a", "and", "or", "to", "of", "it", "in", "as", "by", "now"])
_LEAVE = r"(?:.{0,60})"
_SAID = (
    r"loading\W*",
    r"please wait(?: a moment| while\b.{0,40})?",
    r"(?:just )?(?:a|one) (?:moment|second)(?: please)?",
    r"(?:re)?connecting\W*",
    r"(?:saving|saved|copied|added)(?: to \w+)?",
    rf"(?:could not|cannot|can.t|unable to|failed to) (?:connect|load|reach|open|save|sync|send|play|be \w+)\b{_LEAVE}",
    r"(?:the |this )?(?:page|site|application|program|server|link)\b.{0,30}?"
    rf"\b(?:not responding|not found|could not|cannot be|can.t be|has expired|is unavailable){_LEAVE}",
    r"something went wrong\b.*",
    r"an? (?:unexpected |unknown )?error\b.{0,40}",
    r"(?:your |the )?session (?:has |is )?(?:expired|timed out)\b.*",
    r"(?:please )?(?:sign|log) in(?: again)?",
    r"wait or close it",
    r"(?:you.re |you are )?(?:no internet|offline|not connected)\b.{0,40}",
    r"up to date|last (?:checked|synced|updated)\b.{0,20}",
    r".{1,40} is typing\W*|.{1,40} (?:is )?online|type a message",
    r"screen locked(?: enter (?:your )?password)?|enter (?:your )?password",
    r"no (?:message|item|file|chat)s? selected",
    r"no (?:events?|messages?|results?|notifications?|items?)(?: today| yet| found)?",
    r"(?:we use|this (?:web)?site uses|this page uses|uses?) cookies\b.*",
    r"(?:accept|reject|manage) (?:all )?(?:cookies|choices|preferences)\b.*",
    r"by (?:continuing|using|clicking)\b.{0,80}\b(?:agree|accept|consent)\b.*",
    r"(?:allow|block) (?:notifications|cookies|location)\b.*",
    r".{1,40}\bwants to (?:know your location|send (?:you )?notifications|use your (?:camera|microphone))",
    r"are you (?:over|at least) \d+\b.*",
    r"your privacy (?:matters|choices)\b.*|we value your privacy\b.*",
    r"(?:always )?translate (?:this page|\w+)",
    r"(?:sponsored|advertisement|recommended for you|trending now|you (?:may|might) also like)\b.*",
    r"(?:download|get|open|try) (?:our|the|in the) app\b.*",
    r"skip to (?:main )?content|click (?:here )?to\b.{0,30}",
    r"your (?:name|street|city|address|logo|text|title)(?: here)?",
    r"objective|experience|education|skills|references",
    r"sort: .*|in stock only|price \d+ to \d+",
)
_SENT = (
    r"(?:only |last chance|hurry|today only).{0,40}\b(?:percent|%) off\b.*",
    r"unsubscribe\b.*|view (?:this email )?in (?:your )?browser\b.*",
    r"you (?:could|have|may) (?:be|been|won|win)\b.{0,40}\b(?:winner|prize|win|selected)\b.*",
    r"undeliverable\b.*|lorem ipsum\b.*|.{0,6}\{\{.*|test(?:ing)?(?: test)?(?: \d+)*(?: please ignore)?",
    r"we(?:.ve| have) updated our (?:privacy policy|terms)\b.*",
)
_BY_PROGRAMS = re.compile("|".join((*_SAID, *_SENT)), re.IGNORECASE | re.DOTALL)
_TO_ALL = re.compile("|".join(_SENT), re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_SENTENCE_OR_FIGURE = re.compile(r"\d\d|[.,:;!?](?:\s|$)")
_SHORT = 40
"""Words; programs that say nothing else say no more."""


def chrome(text: str) -> bool:
    """Whether all there is in the short text of a screen are names of buttons and things a program says of itself."""
    if len(text.split()) > _SHORT:
        return False
    told = [piece.text for piece in pieces(text)]
    return bool(told) and (
        _bar(text) or all(_button(one) or _BY_PROGRAMS.fullmatch(one.strip(" .!?")) is not None for one in told)
    )


def sent_to_all(text: str) -> bool:
    """Whether a message is a notice, an advertisement or a form rather than anybody's words."""
    return len(text.split()) <= _SHORT and _TO_ALL.fullmatch(text.strip(" .!?")) is not None


def _bar(text: str) -> bool:
    """Whether it is a row of titles: three or more words, most with a capital; no sentence, figure or small word."""
    words = _WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    return (
        len(words) >= 3
        and 5 * capitals >= 3 * len(words)
        and not _SENTENCE_OR_FIGURE.search(text)
        and not any(word.casefold() in stop_words("en") for word in words)
    )


def _button(text: str) -> bool:
    """Whether each word is one of menus, and most are no words of plain sentences."""
    words = [word for word in map(str.casefold, _WORD.findall(text)) if len(word) > 2 or word in _MENU]
    if not words:
        return not re.search(r"\d\d", text)
    return all(word in _MENU for word in words) and 2 * sum(word in _PLAIN for word in words) <= len(words)
