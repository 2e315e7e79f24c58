"""One-time codes, backup codes and the keys authenticators are set up with, known by the words around them."""

import json
from collections.abc import Iterator

from core.capture.code_evidence import NO_CODE, codes_by_evidence, other_number
from core.capture.code_places import codes_by_place, keys_put_in_by_hand
from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_GREEK = "\u0370"
"""The first letter of all alphabets but the Latin one."""
_CODE_NAMES = "|".join(name for name in _LISTS["code"] if max(name) < _GREEK)
_NAMES_ELSEWHERE = "|".join(name for name in _LISTS["code"] if max(name) >= _GREEK)
_OTHER_CODES = frozenset(_LISTS["other_codes"])
_CODE_WORDS = "|".join(_LISTS["code_words"])
_CONTEXT = "|".join(_LISTS["code_context"])

_CODE = (
    r"(?P<code>\d{4}[ \-]\d{4}|\d{3}[ \-]\d{3}(?:[ \-]\d{3})?|\d{4,8}|\d(?:[ \-]\d){3,7}"
    r"|(?=[A-Z0-9\-]{0,8}\d)(?=[A-Z0-9\-]{0,8}[A-Z]|\d+(?![\w\-]))(?:[A-Z0-9]{5,8}|[A-Z0-9]{2,5}(?:-"
    r"[A-Z0-9]{2,5}){1,4}))(?![\w]|[.,:/]\d|[ \-]\d)"
)
_NAMED_CODE = Pattern(rf"(?:(?i:{_CODE_NAMES}))[^\d\n]{{0,48}}\n?[^\d\n]{{0,24}}?(?<![\w.,/\-])(?:G-)?{_CODE}")
_NAMED_ELSEWHERE = Pattern(
    rf"(?:(?i:{_NAMES_ELSEWHERE}))[^\d\n]{{0,48}}\n?[^\d\n]{{0,24}}?(?<![\w.,/\-])(?:G-)?{_CODE}"
)
_CJK_CODE = Pattern(
    r"(?:验证码|驗證碼|校验码|校驗碼|動態密碼|动态码|动态密码|安全码|确认码|一次性密碼|認証コード|確認コード"
    r"|認証番号|ワンタイムパスワード|セキュリティコード|ログインコード|인증번호|인증 ?코드|확인 ?코드"
    r"|보안 ?코드|일회용 ?비밀번호)[^\d\n]{0,24}(?P<code>\d{4,8})(?!\d)"
)
_CODE_IS = Pattern(
    rf"(?<![\w.,:/\-])(?:G-)?{_CODE}[\"'»]?,? (?i:(?:is|ist|est|es|è|jest|är|er|é|–|—|-|:)\s(?:your|the|ihr|de"
    rf"ine?|der|votre|ton|tu|su|je|jouw|uw|ditt|twoim|teu|vuestro|"
    rf"il (?:tuo|suo)|twój|din|seu|o (?:seu|teu))\s(?:[\w\-]+\s){{0,4}}?(?:[\w\-]{{0,24}}-)?(?:{_CODE_NAMES}|code"
    rf"|kod|códig"
    rf"o|codice|pin|tan))"
)
_GOOGLE = Pattern(r"(?<![\w\-])G-(?P<code>\d{6})(?!\d)")
_SAYS = r"(?:is|ist|lautet|est|es|é|è|jest|är|er|on|is:|is now|est le|ist die)"
_PLAIN_CODE = Pattern(
    rf"(?i:(?<!\w)(?:{_CODE_WORDS}))(?:[ \t]+[^\W\d_]{{1,12}}){{0,3}}?(?i:[ \t]*[:：=]|[ \t]+{_SAYS}:?|[ \t]+[–—-])"
    rf"[ \t]*(?:\n[ \t]*){{0,2}}[\"'„“»«*]{{0,2}}{_CODE}"
)
_BARE_CODE = Pattern(rf"(?i:(?<!\w)(?:{_CODE_WORDS}))[ \t]+{_CODE}")
_USE_CODE = Pattern(
    r"(?i:\b(?:enter|use|type|geben sie|gib|nutzen sie|nutze|verwenden sie|saisissez|utilisez|entrez|tapez"
    r"|introduce|introduzca"
    r"|usa|utiliza|ingresa|ingrese|inserisci|digite|vul|gebruik)\s"
    rf"(?:(?:the|den|le|el|il|o|de|tu|su|votre|this|diesen|ce|este) )?(?:(?:{_CODE_WORDS}) )?){_CODE}"
    r"(?= (?i:to|um|zur|zum|pour|para|per|ein)\b)"
)
_LOG_IN = Pattern(
    r"(?i:\b(?:log|sign)[ \-]?in\b|\bverify\b|\banmelde\w*\b)[^\d\n]{0,40}(?i:\b(?:enter|use|type|code))[^\d\n]{0,12}"
    rf"(?<![\w.,/\-]){_CODE}"
)
_TRANSACTION = Pattern(
    rf"(?i:\b(?:{_CODE_WORDS})\b)[^\n]{{0,100}}?(?i:(?<!\w){_SAYS}:?|:)[ \t]*(?<![\w.,/\-]){_CODE}(?!\s?(?:"
    rf"EUR|€|USD|\$|%))"
)
_SECOND_FACTOR = Pattern(
    rf"(?i:(?<![^\W\d_])(?:2fa|mfa|otp|totp|two[\- ]?factor|2[\- ]step|zwei-?faktor|dos factores|deux facteurs"
    rf"|due fattori|authenticator|authentificator|authy|{_CONTEXT}))(?![^\W\d_])[^\d]{{0,64}}?(?<![\w.,:/\-#+])"
    r"(?P<code>\d{3} \d{3}|\d{6})(?![\w]|[.,:/]\d|[ \-]\d| [^\W\d_]{8,})"
)
_ALONE = Pattern(rf"(?:^|(?<=\n))[ \t*\"'„“»]*(?:G-)?{_CODE}[ \t*\"'“«.]*(?=\n|$)")
_ASKED = Pattern(
    rf"(?i)(?<![^\W\d_])(?P<name>{_CODE_NAMES}|{_NAMES_ELSEWHERE}|{_CODE_WORDS}|2fa|mfa|{_CONTEXT})(?![^\W\d_])"
)
_WARNED = Pattern(
    r"(?i)(?:(?:don'?t|do not|never|nobody|not) (?:share|give|tell|forward|ask)|nicht weiter(?:geben|leite"
    r"n)|niemandem|niemals"
    r"|ne (?:le )?(?:partagez|communiquez|donnez|divulguez)|ne (?:le )?partage|no (?:lo |la )?(?:compart|d"
    r"igas|reveles|des)"
    r"|não (?:o )?compartilh|non condivid|(?:expires|valid|gültig|läuft ab|expire|valable|caduca|válid[oa]|vence"
    r"|scade)"
    r"|if (?:this|you) (?:wasn't|weren't|didn't|did not)|<#>)"
)
_LIST_HEAD = Pattern(
    r"(?i)(?<![^\W\d_])(?:(?:2fa|mfa|otp) (?:backup|recovery)(?=:)"
    r"|(?:backup|back-up|recovery|emergency|rescue|scratch|one[\- ]time|single[\- ]use|"
    r"2fa)[ \-]?(?:login )?"
    r"(?:codes|keys)|(?:backup|wiederherstellungs|notfall|ersatz|sicherungs|einmal)-?(?:codes|schlüssel)"
    r"|codes de (?:secours|récupération|sauvegarde)|c[óo]digos de (?:respaldo|recuperaci[óo]n|seguridad|em"
    r"ergencia|backup)"
    r"|codici di (?:backup|recupero|riserva)|tan-liste|itan)(?![^\W\d_])[^\n]{0,80}"
    r"(?P<list>(?:\s{1,4}(?:\d{1,2}[.):][ \t]+)?[\-•*]?[ \t]*(?:[A-Za-z0-9]{3,6}[\- ][A-Za-z0-9]{3,6}(?:-"
    r"[A-Za-z0-9]{3,6}){0,3}"
    r"|[A-Za-z0-9]{6,12})(?=[\s,;|]|$)[,;|]?){1,24})"
)
_LIST_CODE = Pattern(
    r"(?<![\w\-])(?=[A-Za-z\- ]{0,11}\d)(?:[A-Za-z0-9]{3,6}(?:[\- ][A-Za-z0-9]{3,6}){1,4}|[A-Za-z0-9]{6,12})(?![\w\-]"
    r")"
)
_SET_UP = Pattern(
    r"(?i)(?:set[\- ]?up (?:key|code)|(?:manual(?:ly)?|secret|totp|authenticator|otp|2fa|mfa)[ \-](?:entry"
    r" )?(?:key|secret|seed)|enter (?:this|the) (?:key|code)"
    r"|einrichtungs-?(?:schlüssel|code|key)|geheimer schlüssel|clé (?:de configuration|secrète|d'installation)"
    r"|clave (?:de configuraci[óo]n|secreta)|chiave (?:di configurazione|segreta)|shared secret|base32)"
    r"[^\n]{0,40}?\n?[^\S\n]{0,8}[:=]?\s{0,3}"
    r"[\"'`]?(?<![A-Za-z0-9])(?P<key>[A-Za-z2-7]{4}(?:[ \-]?[A-Za-z2-7]{4}){3,15}(?:[ \-]?[A-Za-z2-7]{1,3})?=*)(?!"
    r"[A-Za-z0-9])"
)
_NEARBY = Pattern(
    rf"(?i:(?<![\w\-])(?:{_CODE_WORDS}|(?:login|rsa|security|hardware|sms|auth(?:entication)?)[ \-]?token|t"
    rf"oken:|securid"
    r"|verification:|verificaci[óo]n:|vérification ?:|verifizierung:|best[äa]tigung:))(?![^\W\d_])[^\d\n]{0,32}?"
    r"(?<![\w.,:/\-#+])(?P<code>\d{6}|\d{3}[ \-]\d{3})(?![\w%]|[.,:/]\d|[ \-]\d| [^\W\d_]{3,})"
)
_YOUR_CODE = Pattern(
    rf"(?i:\b(?:your|my|ihr|dein|mein|votre|mon|tu|su|mi|il tuo) (?:[\w\-]{{1,20}} ){{0,2}}?(?:"
    rf"{_CODE_WORDS})[ \t]*(?::|{_SAYS}))"
    r"[ \t]*(?P<code>(?=[a-z]{0,7}\d)(?=\d{0,7}[a-z])[a-z0-9]{5,8})(?![\w])"
)
_BOUND = Pattern(r"(?:^|(?<=\n))@[\w.\-]{3,64} #(?P<code>[A-Za-z0-9]{4,10})(?=\s|$)")
_OATH = Pattern(
    r"\boathtool\b[^\n]{0,80}?[ \t](?P<key>[A-Z2-7]{16,64}=*|[0-9a-f]{20,64})(?:\s*\n[ \t]*(?P<code>\d{6,8})(?!\d))?"
)
_DATE = Pattern(r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$")
_GROUPS_OF_SIX = Pattern(
    r"(?<![\d\-])\d{6}(?:[ \t]{0,2}[\- ][ \t]{0,2}\n?[ \t]*\d{6}|[ \t]*\n[ \t]*\d{6}){7}(?![\d\-])"
)
_BEFORE_WARNING = Pattern(
    rf"(?<![\w.,:/\-#+])(?P<code>\d{{3}}[ \-]\d{{3}}|\d{{5,8}})(?![\w]|[.,:/]\d|[ \-]\d)(?=[^\d]{{0,60}}(?:"
    rf"{_CODE_WORDS}))"
)
_ROUND = Pattern(r"[1-9]0{4,}$|9{5,}$")
_WORD_AFTER = Pattern(r"[^\W\d_]+[ \t]+(?:de |di )?([^\W\d_]+)")
_REGISTER = Pattern(r"(?<![\w\-])(?!(?:OTP|SMS|TAN|PIN|MFA|TOTP|SCA|PUK|TAC)-)[A-Z]{2,5}-$")
"""What registers are called by: SBI-code, BIC-Code."""
_BEFORE_CODES = frozenset(_LISTS["before_codes"])
_SUPPORT = Pattern(
    r"(?i)verif|log(?:ging)?[ \-]?in|sign(?:ing)?[ \-]?in|anmeld|einlogg|confirm|bestätig|enter|gib|type|expire"
    r"|valid|gültig|minut"
    r"|share|teilen|weiter|sent|gesendet|geschickt|envoy|envi|sms|text|2fa|otp|authent|unlock|door|tür|open|use"
    r"|phone|handy|bank"
)
_WORD_BEFORE = Pattern(r"([^\W\d_]+)[ \t\-]*$")


_REACH, _LINES = 200, 4
"""How far in front of a code that stands alone on its line, in characters and lines, its name may stand."""


def one_time_codes(text: str) -> Iterator[Found]:
    """Codes of 4 to 8 signs that are called one in the same breath; not error, zip or promo codes."""
    elsewhere = () if text.isascii() else (_NAMED_ELSEWHERE, _CJK_CODE)
    for pattern in (_NAMED_CODE, *elsewhere, _CODE_IS, _GOOGLE, _USE_CODE, _LOG_IN, _SECOND_FACTOR, _YOUR_CODE, _BOUND):
        for match in pattern.finditer(text):
            strictly = pattern is _USE_CODE
            if _may_be(match.group("code"), strictly=strictly) and not other_number(text, match.start("code")):
                yield match.span("code")
    for pattern in (_PLAIN_CODE, _BARE_CODE, _TRANSACTION, _NEARBY):
        for match in pattern.finditer(text):
            bare = pattern is not _PLAIN_CODE
            if (
                _may_be(match.group("code"), strictly=bare)
                and not other_number(text, match.start("code"))
                and not _of_another_kind(text, match.start(), match.end())
            ):
                yield match.span("code")
    for match in _BEFORE_WARNING.finditer(text):
        if _may_be(match.group("code")) and _WARNED.search(text, match.end(), match.end() + _REACH // 2):
            yield match.span("code")
    for begin, end in codes_by_place(text):
        if _may_be(text[begin:end]) and not other_number(text, begin):
            yield begin, end
    yield from codes_by_evidence(text)
    yield from _alone(text)
    yield from _lists(text)


def _alone(text: str) -> Iterator[Found]:
    """Codes that have a line for themselves, after lines that speak of one."""
    for match in _ALONE.finditer(text):
        begin = max(0, match.start() - _REACH)
        before = text[begin : match.start()]
        near = "\n".join([line for line in before.split("\n") if line.strip()][-_LINES:])
        for name in _ASKED.finditer(near):
            if _may_be(match.group("code")) and not _of_another_kind(near, name.start(), name.end()):
                yield match.span("code")
                break


def _lists(text: str) -> Iterator[Found]:
    """Backup codes under their heading, keys to set an authenticator up with, BitLocker's recovery keys."""
    for head in _LIST_HEAD.finditer(text):
        for match in _LIST_CODE.finditer(head.group("list")):
            yield head.start("list") + match.start(), head.start("list") + match.end()
    for match in _OATH.finditer(text):
        yield match.span("key")
        if match.group("code"):
            yield match.span("code")
    for match in _SET_UP.finditer(text):
        key = match.group("key")
        if any(sign.isdigit() for sign in key) or key.isupper():
            yield match.span("key")
    yield from keys_put_in_by_hand(text)
    for match in _GROUPS_OF_SIX.finditer(text):
        digits = "".join(sign for sign in match.group() if sign.isdigit())
        if all(int(digits[at : at + 6]) % 11 == 0 for at in range(0, 48, 6)):
            yield match.span()


def _may_be(code: str, *, strictly: bool = False) -> bool:
    """No year, and nothing short where little speaks for a code."""
    digits = sum(sign.isdigit() for sign in code)
    if NO_CODE.match(code) or _DATE.match(code) or _ROUND.match(code):
        return False
    if len(code) == digits == 4 and code[:2] in ("19", "20"):
        return False
    return not strictly or digits >= 5 or "-" in code or len(code) >= 6


def _of_another_kind(text: str, at: int, end: int) -> bool:
    """An error's, a town's, a shop's code, unless it is said to be kept secret or to run out."""
    before = _WORD_BEFORE.search(text, max(0, at - 24), at)
    after = _WORD_AFTER.match(text, at)
    if _REGISTER.search(text, max(0, at - 8), at) is not None:
        return _WARNED.search(text[at : end + 120]) is None
    other = any(found is not None and found.group(1).casefold() in _OTHER_CODES for found in (before, after))
    if other and _WARNED.search(text[max(0, at - 80) : end + 120]) is None:
        return True
    unknown = before is not None and before.group(1).islower() and before.group(1) not in _BEFORE_CODES
    return unknown and _SUPPORT.search(text[max(0, at - 100) : end + 100]) is None
