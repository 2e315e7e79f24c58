"""Passwords, PINs and PUKs, known by the words and commands they stand beside."""

import json
from collections.abc import Iterator
from itertools import pairwise

from core.capture.code_evidence import postal
from core.capture.password_forms import (
    passwords_by_place,
    passwords_by_use,
    passwords_of_networks,
    surely_passwords,
)
from core.capture.password_told import drawn_in_sentences, given_to_programs, told_in_notes
from core.capture.placeholders import is_placeholder
from core.capture.secret_commands import COMMANDS
from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_PASSWORD_WORDS = "|".join(_LISTS["password"])
_PIN_WORDS = "|".join(_LISTS["pin"])
_NOT_VALUES = frozenset(_LISTS["not_a_password"])
_ASKING = frozenset(_LISTS["asking"])

_SAYS = (
    r"\bis\b:?|\bist\b:?|\blautet\b:?|\best\b:?|\bes\b:?|\bé\b:?|\bè\b:?|\bto\b:?|\bauf\b:?|\bwas\b|\bwar"
    r"\b|\bär\b|\ber\b|\bjest\b|c['’]est|['’]s\b|->|→|—|–|は|是|為|为|는|은"
)
_VALUE = r"(?:(?P<quote>[\"'“„«‘`])(?P<quoted>[^\"'”“»’`\n]{1,128})[\"'”“»’`]|(?P<value>[^\s\"'“”„«»]{1,128}))"
_PASSWORD = Pattern(
    rf"(?i)(?:(?<![a-z])|(?=[^\x00-\u024f]))(?P<word>{_PASSWORD_WORDS})(?:[\"']|\s?\([^()\n]{{0,20}}\))?"
    r"[ \t]*(?P<sign>=>|:=|[:=：＝]|\bis\b:?|\bist\b:?|\best\b:?|\bes\b:?|\bwas\b|->|→)[ \t]*(?P<newline>\n[ \t]*)?"
    rf"{_VALUE}"
)
_IN_NAME = Pattern(
    r"(?<![A-Za-z])(?:[A-Z][A-Z0-9]{1,19}(?:PASSWORD|PASSWD|PASS|PWD)|[a-z][A-Za-z0-9]{1,24}(?:Password|Pa"
    r"sswd|Passphrase|Pwd)"
    r"|[a-z][a-z0-9]{1,14}(?:password|passwd)|[a-z][a-z0-9_]{1,40}_pass)[\"']?\]?[ \t]*(?P<sign>:=|[:=])[ \t]"
    r"*(?P<newline>\n[ \t]*)?" + _VALUE
)
_FOR = "|".join(_LISTS["password_for"])
_SPOKEN = Pattern(
    rf"(?i)(?:(?<![a-z])|(?=[^\x00-\u024f]))(?P<word>{_PASSWORD_WORDS}|pw|wpa2?[ \-]?key|(?:wi-?fi"
    rf"|network(?: security)?|wlan)"
    rf"[ \-]key|wlan-?schlüssel|netzwerkschlüssel)"
    rf"(?:[ \t]+(?:{_FOR})(?:[ \t]+[^\W\d_][^\s\d,.;:!?=()]{{0,23}}){{0,6}}?)?[ \t]*(?P<sign>:|=|{_SAYS})"
    rf"[ \t]*(?:(?:jetzt|now|ahora|maintenant|neu)[ \t]+)?{_VALUE}"
)
_NEXT_LINE = Pattern(
    rf"(?i)(?:^|(?<=\n))[^\n]{{0,40}}?(?<![a-z])(?:{_PASSWORD_WORDS}|wpa2?[ \-]?key|wi-?fi key|wlan-?schlüssel)"
    r"[ \t]*:?[ \t]*\n(?:[ \t]*\n)?[ \t]*(?P<value>[^\s\"'<>]{6,64})[ \t]*(?=\n|$)"
)
_USER_PASSWORD = Pattern(
    r"(?i)(?:(?<![\w\-])(?:--password|--passwd|--pass)|\b(?:login|mongo\w*|mysql\w*|plink|pscp|az|sqlcmd|u"
    r"seradd|usermod"
    r"|mosquitto_\w+|arangosh|influx|neo4j|cypher-shell|sshpass|ldap\w+)\b[^\n|]{0,120}?[ \t]-p)(?:=|[ \t]"
    r"+)[\"']?(?P<value>[^\s\"'<>\-][^\s\"']{5,128})"
)
_LOGIN_PAIR = Pattern(
    r"(?i)\b(?:login|log-in|logins|zugang|zugangsdaten|credentials|creds|identifiants|credenciales|accès|a"
    r"cceso)[ \t]*[:=]?[ \t]*"
    r"[\w.@+\-]{2,64}[ \t]*[/|][ \t]*(?P<value>[^\s\"'<>/|]{5,128})"
)
_CHANGING = Pattern(
    r"(?i)\b(?:forgot(?:ten)?|change|reset|set|choose|new|confirm|manage|repeat|create|update|neues|ändern"
    r"|vergessen|modifier"
    r"|nouveau|cambiar|nueva|olvid\w+|oublié)\b"
)
_PIN = Pattern(
    rf"(?i)(?<![^\W\d_])(?:[^\W\d_]{{0,16}}-)?(?:{_PIN_WORDS})(?:[ \t]+[^\W\d_]{{1,16}}){{0,6}}?"
    rf"[ \t]*(?:[:=：]|{_SAYS}|\n)[ \t]*\n?[ \t]*(\d{{3,8}})(?!\d|[.,]\d|[ \t]*(?:%|[^\W\d_]{{3,}}))"
)
_SHORT_PIN = Pattern(
    rf"(?i)(?<![^\W\d_])(?:{_PIN_WORDS})[ \t]*(?:[:=：]|\bis\b|\bist\b|[ \t])[ \t]*(\d{{3,8}})(?!\d|[.,]\d)"
)
_SPOKEN_OF = Pattern(
    rf"(?i){_PASSWORD_WORDS}|(?<![^\W\d_])(?:pass|pw|psk|kw|ww|mdp)(?![^\W\d_])|wpa|wlan|wi-?fi|network|netz"
    rf"|requirepass|masterauth"
    r"|bindpw|rootpw|passw|contrasef"
)
"""Anything that calls a password by name: without it most of the expressions for one need not read the text."""
_RESULTS = Pattern(
    r"(?m)^[ \t]*(?:PASS|X?FAIL|XPASS|SKIP|ERROR|UNSUPPORTED|UNTESTED|UNRESOLVED|WARN)\b[^\n]*\n[ \t]*(?:PASS|X?FAIL"
    r"|XPASS|SKIP|ERROR|UNSUPPORTED|UNTESTED|UNRESOLVED|WARN)\b"
)
"""Two lines of what a run of tests prints."""
_BARE_PIN = Pattern(r"(?i)pin[ \t]+\d")
_ON_THE_MAP = Pattern(
    r"(?i)[ \t]+(?:(?:on|of|in|at|auf|an|in|sur|dans|de|en|su|nella?|sulla|op|no|na)[ \t]+(?:[^\W\d_]{1,6}[ \t]+)?"
    r"(?:maps?|board|chip|connector|header|plug|socket|karte|stadtplan|platine|stecker|carte|plan|mapa|plano|mappa"
    r"|cartina"
    r"|kaart|plattegrond|mapie)\b|(?:is|ist|est|es|è)[ \t]+(?:ground|gnd|vcc|high|low|tx|rx|masse)\b)"
)
_SHORT_PASSWORD = Pattern(r"(?i)(?<![a-z])(?:pass|pw|psk)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[^\s\"'<>]{6,128})")
_BARE_PASSWORD = Pattern(rf"(?i)(?<![a-z])(?:{_PASSWORD_WORDS})[ \t]+(?P<value>[^\s\"'<>(){{}}\[\],;]{{7,128}})")
_AFTER_USER = Pattern(
    r"(?i)\b(?:user(?:name)?|login|benutzer(?:name)?|usuario|utilisateur|identifiant|konto|account|e-?mail"
    r")\b[^\n]{1,60}?"
    rf"[,;/|][ \t]*(?:and |und |et |y )?(?:{_PASSWORD_WORDS}|pw|pass)[ \t]+(?P<value>[^\s\"'<>(){{}}\[\],;]{{6,128}})"
)
_IN_TABLE = Pattern(
    rf"(?i)(?:^|(?<=[\n|,;\t]))[ ]*(?:[a-z0-9_.\-]{{0,24}}_)?(?:{_PASSWORD_WORDS}|pw|requirepass|masterauth"
    rf"|bindpw|rootpw)"
    r"(?:[ ]*[|,\t][ ]*|[ ]+)(?P<value>[^\s\"'<>(){}\[\],;|]{6,128})[ ]*(?=[\n|,;]|$)"
)
_CALLED_PW = Pattern(r"(?i)(?<![a-z])pw[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[^\s\"'<>]{6,128})")
_COMMAND_PASSWORD = Pattern(
    r"(?i)(?:\bmysql\w*\b[^\n]{0,80}?[ \t]-p|/user:\S{1,64}[ \t]+)(?P<value>[^\s\-\"'*][^\s\"']{4,128})"
)
_NO_SECRET = Pattern(
    r"^[a-z_][\w.]*[(\[]$|^[A-Za-z_]+(?:\.|::|->)[A-Za-z_.]+(?:[(\[]"
    r"|[,;)}]*$)|^[A-Za-z_]\w*\((?![^\s()]*\)\w)|^[A-Za-z_]+"
    r"\[|^[\W_]*$|^\[masked"
    r"|^\$|^<|^[#{]?\{|^%[\w(]|^[•●*·]{2,}|^[xX]+$|^\[[^\]]*\]?$|^\(|^!(?:Ref|GetAtt|Sub|vault|secret)\b|^"
    r"[:@]\w+[,;)]*$"
    r"|^(?:your|my|dein|mein|votre|tu)[-_]|^(?:\.{2,}|…)|^(?:file:|/(?:root|tmp|srv|usr|run|etc|var|home|mnt"
    r"|opt)(?:/|$)|~(?:/|$)|\.{0,2}/"
    r"\w+/)|^[a-z+]{2,12}://"
)
_STAMP = Pattern(r"^\d{4}-\d\d-\d\d|^\d\d?[./]\d\d?[./]\d|\.[a-z]{2,4}\d?[,;.)]*$|^v?\d+(?:\.\d+)+|^\w+@[A-Za-z]")
_TEMPLATE = Pattern(r"^\$|^<|^[#{]?\{|^%[\w(]|^\[masked|^[A-Z_]+$|^(?i:passw\w*)$")
_FIRST = Pattern(r"^[^\W\d_]+(?=[|,:;(\[=@/])")
_RANGE = Pattern(r"^\d{1,3}(?:[\-–+x]\d{0,3})?$")
_RULE = Pattern(
    r"(?i)\s*(?:(?:-|–|to|bis|à|a)\s*\d+\s*)?(?:(?:or|oder|ou|o)\s+(?:more|mehr|plus|más)\s+)?"
    r"(?:char|zeichen|caract|signes|stellen|ziffern|chiffres|cifras|d[íi]gitos|digits?|letters|lettres|let"
    r"ras|buchstaben|znak|tekens"
    r"|min\b|max\b|mínimo|minimum|attempts|tries|times|steps|fields|of|versuche|days|tage|jours|días|hours"
    r"|years|minutes|weeks|entries|einträge)"
)
_NUMBERED_RULE = Pattern(
    r"(?i)[ \t]+(?:[^\W\d_]{1,12}[ \t]+){0,2}?\d{1,3}[ \t]*(?:[-–+][ \t]*\d{0,3}[ \t]*)?(?:char|zeichen|carat"
    r"|caract|karakt|tekens|tegn|tecken|"
    r"znak|signes|lettres|letter|buchstaben|stellen|ziffern|cifr|digit|d[íi]git|chiffre|cijfer|merki|симв|знак"
    r"|karakter|caratter|文字)"
)
_GOES_ON = Pattern(r"[ \t]+\w")
_PHRASE = Pattern(r"(?:[ \t]+[a-z]{2,12}){2,7}[ \t]*(?=\n|$)")
_NEXT_WORDS = Pattern(r"[ \t]+([^\W\d_]+)(?:[ \t]+([^\W\d_]+))?(?:[ \t]+([^\W\d_]+))?")


def passwords(text: str) -> Iterator[Found]:
    """Passwords, PINs and card check codes; what was drawn like one also where it stands once more."""
    again = set[str]()
    for begin, end in _passwords(text):
        yield begin, end
        if end - begin >= _LONG_ENOUGH and _generated(text[begin:end]):
            again.add(text[begin:end])
    for value in again:
        at = text.find(value)
        while at >= 0:
            yield at, at + len(value)
            at = text.find(value, at + len(value))


def _passwords(text: str) -> Iterator[Found]:
    """`password: x` in many languages, PINs and card check codes; not `password: required`."""
    named = _SPOKEN_OF.search(text) is not None
    for pattern in (_PASSWORD, _IN_NAME) if named else (_IN_NAME,):
        for match in pattern.finditer(text):
            group = "quoted" if match.group("quoted") else "value"
            value = match.group(group)
            if not _is_value(text, value, match.end()):
                continue
            sign = match.group("sign")
            spoken = (sign[0].isalpha() and not sign.endswith(":")) or match.group("newline")
            if spoken and group == "value" and value.strip(_EDGES).isalpha() and not _odd(value):
                continue
            begin, end = match.span(group)
            phrase = "word" in match.groupdict() and "phras" in match.group("word").casefold()
            if not phrase and group == "value" and value.isalpha() and value.islower() and not spoken:
                longer = _PHRASE.match(text, end)
                end = longer.end() if longer else end
            if phrase and group == "value" and not spoken:
                line = text.find("\n", end)
                end = len(text) if line < 0 else line
            yield begin, end
    if named:
        yield from _spoken(text)
    yield from _placed(text, named=named)
    yield from _commanded(text, named=named)
    for pattern in (_PIN, _SHORT_PIN):
        for match in pattern.finditer(text):
            bare = pattern is _SHORT_PIN and _BARE_PIN.match(match.group()) is not None
            if not _RULE.match(text, match.end()) and not (
                (bare and _no_pin(text, match.start(1), match.end(1))) or postal(text, match.start(1))
            ):
                yield match.span(1)


def _spoken(text: str) -> Iterator[Found]:
    """`the password for the wifi is x`, a label and its value on the next line: only what nobody writes as a word."""
    for match in _SPOKEN.finditer(text):
        group = "quoted" if match.group("quoted") else "value"
        value = match.group(group)
        said = (group == "quoted" or _mixed(value) or _odd(value)) and not _STAMP.search(value)
        if said and _is_value(text, value, match.end()):
            yield match.start(group), match.start(group) + len(_trimmed(value))
    for pattern in (_NEXT_LINE, _LOGIN_PAIR):
        for match in pattern.finditer(text):
            value = match.group("value")
            if pattern is _LOGIN_PAIR and not _generated(value):
                continue
            changing = pattern is _NEXT_LINE and _CHANGING.search(match.group()) is not None
            if (
                (_mixed(value) or _odd(value))
                and not changing
                and not _STAMP.search(value)
                and _is_value(text, value, match.end())
            ):
                yield match.span("value")


def _placed(text: str, *, named: bool) -> Iterator[Found]:
    """Where nothing but the place speaks for it: only what nobody writes as a word."""
    for begin, end in passwords_by_place(text, named=named):
        value = _trimmed(text[begin:end])
        grouped = value.replace(" ", "").replace("-", "").isdigit() and len(value) >= 9
        said = grouped or ((_mixed(value) or _odd(value)) and not _STAMP.search(value))
        if said and _is_value(text, value, end):
            yield begin, begin + len(value)
    for begin, end in passwords_by_use(text, named=named):
        value = _trimmed(text[begin:end])
        if (_generated(value) or (" " in value and not _prose(text, value, end))) and _is_value(text, value, end):
            yield begin, begin + len(value)
    for begin, end in passwords_of_networks(text) if named else ():
        value = text[begin:end]
        if value.casefold() not in _ASKING and _is_value(text, value, end):
            yield begin, end
    for begin, end in surely_passwords(text):
        value = text[begin:end]
        if (
            value.strip(_EDGES).casefold() not in _NOT_VALUES
            and not _NO_SECRET.match(value)
            and not is_placeholder(value)
        ):
            yield begin, end
    yield from _told(text)


def _told(text: str) -> Iterator[Found]:
    """In sentences and notes only what was drawn by lot, or is no word; anything that a program is given."""
    for begin, end in drawn_in_sentences(text):
        value = _trimmed(text[begin:end])
        if (_generated(value) or (_mixed(value) and _odd(value))) and _is_value(text, value, end):
            yield begin, begin + len(value)
    for begin, end in told_in_notes(text):
        value = _trimmed(text[begin:end])
        if (_mixed(value) or _odd(value)) and not _STAMP.search(value) and _is_value(text, value, end):
            yield begin, begin + len(value)
    for begin, end in given_to_programs(text):
        value = text[begin:end]
        bare = value.strip(_EDGES).casefold()
        if bare not in _NOT_VALUES and not is_placeholder(value) and not _TEMPLATE.match(value):
            yield begin, end


def _commanded(text: str, *, named: bool) -> Iterator[Found]:
    """Passwords in commands, statements and files of programs."""
    for match in _USER_PASSWORD.finditer(text):
        value = match.group("value")
        bare = value.strip(_EDGES)
        if not bare.isalpha() and not value.isdigit() and not _NO_SECRET.match(value):
            yield match.span("value")
    for pattern in COMMANDS:
        for match in pattern.finditer(text):
            group = "value" if match.group("value") else "plain"
            if _is_value(text, match.group(group), match.end()):
                yield match.span(group)
    for pattern in (_SHORT_PASSWORD, _COMMAND_PASSWORD, *((_AFTER_USER, _IN_TABLE) if named else ())):
        for match in pattern.finditer(text):
            counted = (
                pattern is _SHORT_PASSWORD and match.group().startswith("PASS") and _among_results(text, *match.span())
            )
            if not counted and _mixed(match.group("value")) and not _NO_SECRET.match(match.group("value")):
                yield match.span("value")
    if not named:
        return
    for match in _CALLED_PW.finditer(text):
        if _is_value(text, match.group("value"), match.end()):
            yield match.span("value")
    for match in _BARE_PASSWORD.finditer(text):
        if _generated(match.group("value")):
            yield match.span("value")


_LONG_ENOUGH = 6
_SHORTEST_PIN = 4
_NEAR = 200
_CLOSES = ".,;?)"
_EDGES = ".,;:!?)(]}[{…"


def _among_results(text: str, begin: int, end: int) -> bool:
    """Whether it stands among the lines that a run of tests prints."""
    return _RESULTS.search(text, max(0, begin - _NEAR), end + _NEAR) is not None


def _trimmed(value: str) -> str:
    """Without what ends the sentence; a `!` in front of a comma belongs to the password."""
    inner = value.rstrip(",;")
    return inner if len(inner) < len(value) and inner.endswith(("!", "?")) else value.rstrip(_CLOSES)


def _no_pin(text: str, begin: int, end: int) -> bool:
    """A pin that is stuck in a map or soldered to a board: three digits only, or what it is on comes next."""
    return end - begin < _SHORTEST_PIN or _ON_THE_MAP.match(text, end) is not None


def _is_value(text: str, value: str, end: int) -> bool:
    """Neither a place to be filled in, nor an expression, a word that tells of passwords, or a rule for them."""
    bare = value.strip(_EDGES).casefold()
    first = _FIRST.match(bare)
    if (
        _NO_SECRET.match(value)
        or is_placeholder(value)
        or bare in _NOT_VALUES
        or (first is not None and first.group() in _NOT_VALUES)
    ):
        return False
    if _RANGE.match(bare) and _RULE.match(text, end):
        return False
    if bare.isalpha() and _NUMBERED_RULE.match(text, end):
        return False
    return not (bare.isalpha() and _prose(text, bare, end))


def _prose(text: str, word: str, end: int) -> bool:
    """Whether a word goes on as a sentence does, with small words that belong to sentences."""
    if word in _ASKING and _GOES_ON.match(text, end):
        return True
    following = _NEXT_WORDS.match(text, end)
    return following is not None and any(one is not None and one.casefold() in _ASKING for one in following.groups())


def _odd(value: str) -> bool:
    """A capital after the first letter, or a sign that words do not have inside them."""
    inner = value.strip(_EDGES)[1:]
    if any(one.islower() and two.isupper() for one, two in pairwise(inner)):
        return True
    return any(sign in "!#$%&*+?@^~_=" for sign in inner) and any(sign.isalpha() for sign in inner)


def _mixed(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _generated(value: str) -> bool:
    """What nobody writes as a word: small letters, digits, and capitals or signs among them."""
    odd = any(c.isupper() for c in value[1:]) or any(c in "!#$%&*+?@^~" for c in value)
    return _mixed(value) and any(c.islower() for c in value) and odd
