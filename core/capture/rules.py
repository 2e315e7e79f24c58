"""Rules of what is never kept: one rule, the seeded list, and which rule matches a window. Pure."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit

from core.capture.screen.windows import VisibleWindow
from core.errors import BadInput
from core.paths import RESOURCES

Field = Literal["app", "class", "title", "regex", "url", "any"]
Action = Literal["exclude", "private"]

_LONGEST_PATTERN = 300
_LONGEST_SUBJECT = 512
"""Characters at each end of a title that a regular expression is tried on: some take the square of them."""
_LONGEST_TITLE = 4_096
"""Characters at each end that words are looked for in."""
_MOST_OPTIONAL = 6
_LISTS = ("browsers", "mirrors", "notices", "terminals", "at_work", "asking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is never kept. `regex` looks at titles; `any` at application, class and title."""

    field: Field
    pattern: str
    action: Action = "exclude"
    reason: str = ""
    seeded: bool = False

    def says(self) -> str:
        """The rule in words, for the person."""
        return f"{self.reason or 'your rule'} ({self.field}: {self.pattern})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The list that is on in a new profile."""

    rules: tuple[Rule, ...]
    browsers: tuple[str, ...]
    mirrors: tuple[str, ...]
    """Programs that show titles or pictures of other windows: panels, switchers, magnifiers, takers of pictures."""
    notices: tuple[str, ...]
    """Programs that show notices for others."""
    terminals: tuple[str, ...] = ()
    at_work: tuple[str, ...] = ()
    """Commands that show or ask for what nobody may keep, as long as they run in a terminal."""
    asking: tuple[str, ...] = ()
    """Those that are started elsewhere and ask in any terminal."""


@lru_cache(maxsize=1)
def seeds() -> Seeds:
    """The seeded rules and the known browsers, from resources/rules.json."""
    data = json.loads((RESOURCES / "rules.json").read_text(encoding="utf-8"))
    rules = tuple(
        checked(Rule(field=group["field"], pattern=p, action=group["action"], reason=group["reason"], seeded=True))
        for group in data["groups"]
        for p in group["patterns"]
    )
    return Seeds(rules=rules, **{name: tuple(data[name]) for name in _LISTS})


def checked(rule: Rule) -> Rule:
    """`rule` if it can be used. Raises BadInput for an unknown field, an empty pattern, a dangerous regex."""
    if rule.field not in get_args(Field) or rule.action not in get_args(Action):
        raise BadInput(
            "A rule looks at app, class, title, regex, url or any, and its action is exclude or private.",
            "`mneme rules list` shows how they look.",
        )
    if not rule.pattern.strip() or len(rule.pattern) > _LONGEST_PATTERN:
        raise BadInput(f"A rule's pattern has 1 to {_LONGEST_PATTERN} characters.", "Shorten it, or write one.")
    if rule.field == "regex":
        _compiled(rule.pattern)
    return rule


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    unbounded = len(re.findall(r"(?<!\\)(?:[*+]|\{\d*,\d*\})", pattern))
    optional = len(re.findall(r"(?<![\\(*+?}])\?", pattern))
    if (
        re.search(r"\)(?:[*+?]|\{)", pattern)
        or re.search(r"\\[1-9]|\(\?P=", pattern)
        or unbounded > 2
        or optional > _MOST_OPTIONAL
    ):
        raise BadInput(
            "This regular expression could take very long on some titles.",
            f"Repeat no group, refer back to none, use at most two of * and + and {_MOST_OPTIONAL} of ?.",
        )
    try:
        return re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadInput("This is not a regular expression.", "Check its brackets and backslashes.") from error


@lru_cache(maxsize=2048)
def _words(pattern: str) -> re.Pattern[str]:
    """Whole words, parted as in a title or in a file's name; a number may follow: `KeePass` is also KeePass2."""
    text = " ".join(folded(pattern).split()) or pattern.strip()

    def cased(character: str) -> bool:
        return character.lower() != character.upper()

    before = r"(?<![^\W_])" if cased(text[0]) or text[0].isdigit() else ""
    after = r"(?![^\W\d_])" if cased(text[-1]) else r"(?!\d)" if text[-1].isdigit() else ""
    return re.compile(before + _BETWEEN.join(map(re.escape, text.split(" "))) + after, re.IGNORECASE)


_BETWEEN = r"(?:[\s_-]|%20)+"
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Accents, points that may be left out when one writes Arabic or Hebrew, and signs with no ink."""
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "“": '"', "”": '"', "„": '"'} | dict.fromkeys("‐‑‒–—−", "-")
)


@lru_cache(maxsize=1024)
def folded(text: str) -> str:
    """A text as names are compared: in one form of Unicode, small, without accents and signs that cannot be seen."""
    if text.isascii():
        return _UNSEEN.sub("", text.lower())
    apart = _UNSEEN.sub("", unicodedata.normalize("NFKD", text).casefold())
    seen = (sign for sign in apart if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", "".join(seen)).translate(_ALIKE)


def matches(rule: Rule, window: VisibleWindow) -> bool:
    """Whether `rule` is about this window. Words match whole, in any case, anywhere in the field."""
    if rule.field == "url":
        return bool(window.url) and any(rule.pattern.casefold() in url.casefold() for url in _addresses(window.url))
    if rule.field == "regex":
        find = _compiled(rule.pattern)
        return any(
            _at_an_end(find, form, _LONGEST_SUBJECT)
            for title in (window.title, *window.also)
            for form in dict.fromkeys((title, _plain(title)))
        )
    find = _words(rule.pattern)
    subjects = {
        "app": (window.app,),
        "class": (window.cls,),
        "title": (window.title, *window.also),
        "any": (window.app, window.cls, window.title, *window.also),
    }[rule.field]
    return any(_at_an_end(find, _shortened(subject), _LONGEST_TITLE) for subject in subjects if subject)


def _addresses(url: str) -> tuple[str, ...]:
    """An address as it is written, and as it is meant: escapes undone, a name in other letters than Latin ones too."""
    url = url[:4096]
    meant = unquote(url)
    try:
        host = urlsplit(url).hostname or ""
        named = url.replace(host, host.encode("ascii").decode("idna")) if "xn--" in host else url
    except ValueError:  # UnicodeError is one
        named = url
    return tuple(dict.fromkeys((url, meant, named)))


def _plain(title: str) -> str:
    """A title in one form of Unicode, without signs that cannot be seen."""
    if title.isascii():
        return title
    seen = "".join(sign for sign in _ends(title) if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _LONGEST_TITLE else text[:_LONGEST_TITLE] + text[-_LONGEST_TITLE:]


def _shortened(text: str) -> str:
    return folded(_ends(text))


def _at_an_end(find: re.Pattern[str], text: str, most: int) -> bool:
    """Whether it stands in the first or the last `most` characters: browsers write what is private at the end."""
    begins = len(text) - most
    return bool(text) and bool(find.search(text, 0, most) or (begins > 0 and find.search(text, begins)))


def first_match(rules: Iterable[Rule], window: VisibleWindow) -> Rule | None:
    """The first rule about this window, or None."""
    return next((rule for rule in rules if matches(rule, window)), None)


def is_browser(window: VisibleWindow, browsers: Sequence[str]) -> bool:
    """Whether it says so of itself, or its application or class is a known browser's."""
    return window.browser or is_one_of(window, browsers)


def is_one_of(window: VisibleWindow, programs: Sequence[str]) -> bool:
    """Whether its application or class is one of these."""
    return _is_one(window.app, window.cls, tuple(programs))


@lru_cache(maxsize=512)
def _is_one(app: str, cls: str, programs: tuple[str, ...]) -> bool:
    """Remembered: the same few windows are asked about at every look."""
    subjects = [folded(subject) for subject in (app, cls) if subject]
    return any(find.search(subject) for find in map(_words, programs) for subject in subjects)


def explain(title: str, rules: Iterable[Rule]) -> Rule | None:
    """The rule that keeps a window of this title (or application) out, or None: `mneme rules test TITLE`."""
    return first_match(rules, VisibleWindow(app=title, title=title, cls=title, geometry=None))
