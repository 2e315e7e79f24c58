"""Secrets that are known by the words around them: passwords and one-time codes."""

import json
from collections.abc import Iterator

from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_PASSWORD_WORDS = "|".join(_LISTS["password"])
_PIN_WORDS = "|".join(_LISTS["pin"])
_CODE_NAMES = "|".join(_LISTS["code"])
_NOT_VALUES = frozenset(_LISTS["not_a_password"])
_OTHER_CODES = frozenset(_LISTS["other_codes"])

_PASSWORD = Pattern(
    rf"(?i)(?<![a-z])(?P<word>{_PASSWORD_WORDS})(?:[\"']|\s?\([^()\n]{{0,20}}\))?"
    r"[ \t]*(?P<sign>=>|:=|[:=：＝]|\bis\b:?|\bist\b:?|\best\b|\bes\b|\bwas\b|->|→)[ \t]*(?P<newline>\n[ \t]*)?"
    r"(?:(?P<quote>[\"'“„«‘`])(?P<quoted>[^\"'”“»’`\n]{1,128})[\"'”“»’`]|(?P<value>[^\s\"'“”„«»]{1,128}))"
)
_USER_PASSWORD = Pattern(
    r"(?i)(?<![\w\-])(?:--password|--passwd|--pass|-p)(?:=|[ \t]+)[\"']?(?P<value>[^\s\"'<>\-][^\s\"']{5,128})"
)
_PIN = Pattern(rf"(?i)(?<![a-z])(?:{_PIN_WORDS})[ \t]*(?:[:=：]|\bis\b|\bist\b|[ \t])[ \t]*(\d{{3,8}})(?!\d|[.,]\d)")
_SHORT_PASSWORD = Pattern(r"(?i)(?<![a-z])(?:pass|pw|psk)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[^\s\"'<>]{6,128})")
_BARE_PASSWORD = Pattern(rf"(?i)(?<![a-z])(?:{_PASSWORD_WORDS})[ \t]+(?P<value>[^\s\"'<>(){{}}\[\],;]{{7,128}})")
_COMMAND_PASSWORD = Pattern(
    r"(?i)(?:\bmysql\w*\b[^\n]{0,80}?[ \t]-p|/user:\S{1,64}[ \t]+)(?P<value>[^\s\-\"'*][^\s\"']{4,128})"
)
_NO_SECRET = Pattern(
    r"^[a-z_][\w.]*[(\[]$|^[a-z_]+\.[a-z_.]+[(\[]|^[\W_]*$|^\[masked|^\$\{|^\$\(|^<|^\{\{|^%\(|^[•●*·]+$"
)


def passwords(text: str) -> Iterator[Found]:
    """`password: x` in many languages, PINs and card check codes; not `password: required`."""
    for match in _PASSWORD.finditer(text):
        group = "quoted" if match.group("quoted") else "value"
        value = match.group(group)
        bare = value.strip(".,;:!?)(").casefold()
        if _NO_SECRET.match(value) or bare in _NOT_VALUES:
            continue
        spoken = match.group("sign")[0].isalpha() or match.group("newline")
        if spoken and group == "value" and bare.isalpha():
            continue
        begin, end = match.span(group)
        if "phras" in match.group("word").casefold() and group == "value" and not spoken:
            line = text.find("\n", end)
            end = len(text) if line < 0 else line
        yield begin, end
    for match in _USER_PASSWORD.finditer(text):
        if not match.group("value").isalpha() and not match.group("value").isdigit():
            yield match.span("value")
    for pattern in (_SHORT_PASSWORD, _COMMAND_PASSWORD):
        for match in pattern.finditer(text):
            if _mixed(match.group("value")) and not _NO_SECRET.match(match.group("value")):
                yield match.span("value")
    for match in _BARE_PASSWORD.finditer(text):
        if _generated(match.group("value")):
            yield match.span("value")
    for match in _PIN.finditer(text):
        yield match.span(1)


def _mixed(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _generated(value: str) -> bool:
    """What nobody writes as a word: small letters, digits, and capitals or signs among them."""
    odd = any(c.isupper() for c in value[1:]) or any(c in "!#$%&*+?@^~" for c in value)
    return _mixed(value) and any(c.islower() for c in value) and odd


_CODE = r"(?P<code>\d{4,8}|\d{3}[ \-]\d{3}|\d{4}[ \-]\d{4}|(?=[A-Z0-9]{0,7}\d)[A-Z0-9]{6,8})(?![\w]|[.,:/]\d)"
_NAMED_CODE = Pattern(rf"(?:(?i:{_CODE_NAMES}))[^\d\n]{{0,48}}\n?[^\d\n]{{0,24}}?(?<![\w.,/\-])(?:G-)?{_CODE}")
_CJK_CODE = Pattern(
    r"(?:验证码|驗證碼|校验码|動態密碼|認証コード|確認コード|인증번호)[^\d\n]{0,24}(?P<code>\d{4,8})(?!\d)"
)
_CODE_IS = Pattern(
    rf"(?<![\w.,:/\-])(?:G-)?{_CODE}[\"'»]?,? (?i:(?:is|ist|est|es|è|jest|är|é)\s(?:your|the|ihr|dein|der|votre|tu|su|"
    rf"il tuo|twój|din|seu|o seu)\s(?:[\w\-]+\s){{0,4}}?(?:{_CODE_NAMES}|code|kod|código|codice|pin|tan))"
)
_GOOGLE = Pattern(r"(?<![\w\-])G-(?P<code>\d{6})(?!\d)")
_PLAIN_CODE = Pattern(
    r"(?i:(?<!\w)(?:code|kod|código|codice))(?i:[ \t]*[:：]|[ \t]+(?:is|ist|lautet|est|es|is:))"
    rf"[ \t]*\n?[ \t]*{_CODE}"
)
_USE_CODE = Pattern(
    r"(?i:\b(?:enter|use|type|geben sie|nutzen sie|saisissez|utilisez|introduce|introduzca|inserisci)\s"
    rf"(?:the |den |le |el |il )?(?:code |kod )?){_CODE}(?= (?i:to|um|zur|zum|pour|para|per)\b)"
)
_LOG_IN = Pattern(
    r"(?i:\b(?:log|sign)[ \-]?in\b|\bverify\b|\banmelde\w*\b)[^\d\n]{0,40}(?i:\b(?:enter|use|type|code))[^\d\n]{0,12}"
    rf"(?<![\w.,/\-]){_CODE}"
)
_WORD_BEFORE = Pattern(r"([^\W\d_]+)[ \t\-]*$")


def one_time_codes(text: str) -> Iterator[Found]:
    """Codes of 4 to 8 signs that are called one in the same breath; not error, zip or promo codes."""
    for pattern in (_NAMED_CODE, _CJK_CODE, _CODE_IS, _GOOGLE, _USE_CODE, _LOG_IN):
        for match in pattern.finditer(text):
            yield match.span("code")
    for match in _PLAIN_CODE.finditer(text):
        before = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
        if before is None or before.group(1).casefold() not in _OTHER_CODES:
            yield match.span("code")
