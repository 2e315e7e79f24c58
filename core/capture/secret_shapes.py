"""Secrets that are known by their shape and check digits: cards, accounts, keys. Pure; for redact.py."""

import hashlib
from collections.abc import Callable, Iterator

from core.pattern import Pattern

Found = tuple[int, int]
Finder = Callable[[str], Iterator[Found]]

_SEPARATOR = r"[ \t\-.]{0,2}(?:\n[ \t]*)?"
_DIGITS = Pattern(rf"(?<![\d.,])\d(?:{_SEPARATOR}\d){{12,40}}(?![\d])")
_BRANDS = (
    ("4", (13, 16, 19)),
    *((str(n), (16,)) for n in range(51, 56)),
    *((str(n), (16,)) for n in range(2221, 2721)),
    *((p, (15,)) for p in ("34", "37")),
    *((p, (14, 16)) for p in ("300", "301", "302", "303", "304", "305", "36", "38", "39")),
    *((p, (16, 19)) for p in ("6011", "65", *map(str, range(644, 650)))),
    *((str(n), (16, 19)) for n in range(3528, 3590)),
    *((p, (16, 17, 18, 19)) for p in ("62", "81", "508", "60")),
    *((p, (13, 15, 16, 18, 19)) for p in ("5018", "5020", "5038", "5893", "6304", "6759", "676")),
    *((str(n), (16,)) for n in range(2200, 2205)),
)
_LENGTHS: dict[str, tuple[int, ...]] = {}
for _prefix, _lengths in _BRANDS:
    _LENGTHS[_prefix] = tuple(sorted({*_LENGTHS.get(_prefix, ()), *_lengths}))

_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15), **dict.fromkeys(("BE", "BI"), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "FK", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19), **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25), **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "MR", "SM", "DJ"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29), **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31), **dict.fromkeys(("LC",), 32), **dict.fromkeys(("RU",), 33),
}  # fmt: skip
_IBAN = Pattern(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?\d{2}(?:[ \-]{0,2}(?:\n[ \t]*)?[A-Za-z0-9]){11,30}")
_SSN = Pattern(
    r"(?<![\d+\-.])(?<!\d[ .\-])(?<!\+\d\d )(?!000|666|9\d\d)\d{3}([ \-])(?!00)\d{2}\1(?!0000)\d{4}(?![\d\-]|[ .]\d)"
)
_SSN_NAMED = Pattern(r"(?i)\b(?:ssn|social security)(?: (?:number|no\.?|nr\.?|#))?\W{0,4}(?:is\W)?(\d{9})(?!\d)")


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B check over ASCII digits."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_MOST_PARTS = 6
"""Groups that a card's number is written in; more are a row of numbers."""


def _card(digits: str) -> bool:
    if len(set(digits)) < 2 or not luhn(digits):
        return False
    return any(len(digits) in _LENGTHS.get(digits[:size], ()) for size in range(1, 5))


def cards(text: str) -> Iterator[Found]:
    """Payment card numbers: brand, length and Luhn; grouped by blanks, dashes, dots or one line break."""
    for match in _DIGITS.finditer(text):
        run = match.group()
        places = [index for index, character in enumerate(run) if character.isdigit()]
        digits = "".join(run[index] for index in places)
        begins = [n for n in range(len(places)) if n == 0 or places[n] != places[n - 1] + 1]
        ends = [n for n in range(1, len(places) + 1) if n == len(places) or places[n] != places[n - 1] + 1]
        done = 0
        for begin in begins:
            if begin < done:
                continue
            for end in reversed(ends):
                inside = run[places[begin] : places[end - 1] + 1] if end > begin else ""
                if (
                    13 <= end - begin <= 19
                    and inside.count("\n") <= 1
                    and _card(digits[begin:end])
                    and sum(begin <= other < end for other in begins) <= _MOST_PARTS
                ):
                    yield match.start() + places[begin], match.start() + places[end - 1] + 1
                    done = end
                    break


def ibans(text: str) -> Iterator[Found]:
    """International bank account numbers (ISO 13616): country length and mod 97."""
    at = 0
    while match := _IBAN.search(text, at):
        run, at = match.group(), match.start() + 1
        places = [index for index, character in enumerate(run) if character.isalnum()]
        length = _IBAN_LENGTHS.get(run[:2].upper(), 0)
        if not length or len(places) < length:
            continue
        following = places[length - 1] + 1
        if following < len(run) and run[following].isalnum():
            continue
        number = "".join(run[index] for index in places[:length]).upper()
        if int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
            at = match.start() + following
            yield match.start(), at


_CPF = Pattern(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\d\-])")
_NIR = Pattern(
    r"(?<![\dA-Za-z])([12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}) ?(\d{2})(?![\dA-Za-z])"
)
_NINO = Pattern(
    r"(?<![A-Za-z0-9])(?:(?<=NI )|(?<=NI: )|(?<=NINO )|(?<=NINO: )|(?=[A-Z]{2} \d\d \d\d \d\d [A-D]))"
    r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])"
)
_CODICE = Pattern(
    r"(?<![A-Za-z0-9])[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z](?![A-Za-z0-9])"
)


def social_security_numbers(text: str) -> Iterator[Found]:
    """Persons' numbers: the USA's 3-2-4 or nine digits that are called one, Brazil's, France's, Britain's, Italy's."""
    for pattern in (_SSN, _NINO, _CODICE):
        for match in pattern.finditer(text):
            yield match.span()
    for match in _SSN_NAMED.finditer(text):
        yield match.span(1)
    for match in _CPF.finditer(text):
        if _cpf([int(c) for c in match.group() if c.isdigit()]):
            yield match.span()
    for match in _NIR.finditer(text):
        body = match.group(1).replace(" ", "").replace("2A", "19").replace("2B", "18")
        if 97 - int(body) % 97 == int(match.group(2)):
            yield match.span()


def _cpf(digits: list[int]) -> bool:
    """Both check digits: weighed sums modulo 11 (Receita Federal)."""
    for at in (9, 10):
        weighed = sum(digit * weight for digit, weight in zip(digits[:at], range(at + 1, 1, -1), strict=True))
        if (weighed * 10) % 11 % 10 != digits[at]:
            return False
    return len(set(digits)) > 1


_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WIF = Pattern(r"(?<![A-Za-z0-9])[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])")


def wallet_keys(text: str) -> Iterator[Found]:
    """Bitcoin private keys in wallet import format, by their checksum."""
    for match in _WIF.finditer(text):
        number = 0
        for character in match.group():
            number = number * 58 + _B58.index(character)
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        if hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]:
            yield match.span()


_PEM = Pattern(
    r"-{3,10} ?BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{3,10}"
    r"(?:[\s\S]{0,8000}?-{3,10} ?END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{3,10}"
    r"|(?:\s*[A-Za-z0-9+/=:,\-]{8,}(?=\s|$)){0,200})"
)


def private_keys(text: str) -> Iterator[Found]:
    """PEM and PGP private key blocks; a cut-off one as far as its lines go."""
    for match in _PEM.finditer(text):
        yield match.span()


_JWT = Pattern(r"(?<![A-Za-z0-9_\-])ey[JK][A-Za-z0-9_\-]{8,}\.(?:[A-Za-z0-9_\-]{6,}(?:\.[A-Za-z0-9_\-]{6,}){0,3}\.?)")


def web_tokens(text: str) -> Iterator[Found]:
    """JSON web tokens (RFC 7519), signed or encrypted."""
    for match in _JWT.finditer(text):
        yield match.span()


_KEYS = Pattern(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255}"
    r"|gl(?:pat|dt|rt|ft|soat|cbt|ptt|imt|agent)-[A-Za-z0-9_\-.]{20,255}"
    r"|sk-[A-Za-z0-9_\-]{20,255}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9+/=]{24,}"
    r"|xox[abceoprs](?:\.[a-z]+)?-[A-Za-z0-9\-]{10,255}|xapp-\d-[A-Za-z0-9\-]{20,255}"
    r"|AIza[A-Za-z0-9_\-]{35}|ya29\.[A-Za-z0-9_\-]{20,}|GOCSPX-[A-Za-z0-9_\-]{20,}"
    r"|SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|SK[0-9a-f]{32}(?![0-9a-f])|key-[0-9a-f]{32}(?![0-9a-f])"
    r"|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{50,}|hf_[A-Za-z0-9]{30,}|do[opr]_v1_[a-f0-9]{64}"
    r"|\d{8,10}:AA[A-Za-z0-9_\-]{32,33}|[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40}"
    r"|dapi[a-f0-9]{32}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|AGE-SECRET-KEY-1[A-Z0-9]{50,}"
    r"|tskey-[a-z]+-[A-Za-z0-9\-]{16,}|lin_api_[A-Za-z0-9]{32,}|(?:ntn_|secret_)[A-Za-z0-9]{40,}"
    r"|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{30,}|hvs\.[A-Za-z0-9_\-]{24,}"
    r"|ATATT3[A-Za-z0-9_\-=]{40,}|[xyzt]prv[1-9A-HJ-NP-Za-km-z]{50,110}|nsec1[a-z0-9]{50,}"
    r"|figd_[A-Za-z0-9_\-]{30,}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|dckr_(?:pat|oat)_[A-Za-z0-9_\-]{20,}"
    r"|sntry[su]_[A-Za-z0-9_=+/\-]{40,}|PMAK-[a-f0-9\-]{24,}|rubygems_[a-f0-9]{40,}|sb[ps]_[a-f0-9]{40}"
    r"|pplx-[A-Za-z0-9]{40,}|NRAK-[A-Z0-9]{27}|lsv2_(?:pt|sk)_[a-f0-9_]{32,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_\-.]{32,}"
    r"|CCIPAT_[A-Za-z0-9_]{20,}|sl\.[A-Za-z0-9_\-]{100,}|pat[A-Za-z0-9]{14}\.[a-f0-9]{64}|nfp_[A-Za-z0-9]{36,}"
    r"|HRKU-[A-Za-z0-9_\-]{36,}|tgp_v1_[A-Za-z0-9_\-]{40,}|ops_eyJ[A-Za-z0-9_\-]{60,}|ATCTT3[A-Za-z0-9_\-=]{40,}"
    r"|shippo_live_[a-f0-9]{40}|EZ[AT]K[A-Za-z0-9]{54}|dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}"
    r"|EAA[A-Za-z0-9]{60,}|dp\.(?:pt|st|ct)\.[A-Za-z0-9]{40,}|pul-[a-f0-9]{40}|sq0(?:atp|csp)-[A-Za-z0-9_\-]{22,}"
    r")"
    r"|https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}"
    r"|https://discord(?:app)?\.com/api/webhooks/\d{10,}/[A-Za-z0-9_\-]{30,}"
)
_BEARER = Pattern(
    r"(?i)\b(?:authorization|proxy-authorization)\b[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic|token|digest)\s+)?"
    r"([A-Za-z0-9._~+/\-]{8,}=*)|\bbearer\s+([A-Za-z0-9._~+/\-]{20,}=*)"
)
_ASSIGNED = Pattern(
    r"(?i)(?:api[_\- ]?key|apikey|secret[_\- ]?(?:access[_\- ]?)?key|(?:access|auth|refresh|api|session)[_\- ]?token"
    r"|client[_\- ]?secret|app[_\- ]?secret|private[_\- ]?key|account[_\- ]?key|encryption[_\- ]?key|(?<![a-z])secret)"
    r"[\"']?\s*(?:=>|:=|=|:)\s*[\"']?([^\s\"',;<>()\[\]{}]{8,})"
)
_NAMED_LIKE_ONE = Pattern(
    r"(?<![A-Za-z0-9])[A-Z][A-Z0-9_]{0,40}(?:KEY|TOKEN|SECRET|CREDENTIALS)(?:_[A-Z0-9]{1,20}){0,3}[\"']?"
    r"[ \t]*[=:][ \t]*[\"']?([A-Za-z0-9+/_\-.~]{16,}=*)"
)
_AWS_SET = Pattern(r"(?i)aws_(?:secret_access_key|session_token)[ \t]+([A-Za-z0-9+/=]{16,})")
_IN_URL = Pattern(r"[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://[^\s/:@]{0,64}:([^\s/@]{1,128})@")


def keys(text: str) -> Iterator[Found]:
    """API keys by their published prefixes, bearer tokens, `api_key = ...`, passwords inside addresses."""
    for match in _KEYS.finditer(text):
        yield match.span()
    for match in _BEARER.finditer(text):
        group = 1 if match.group(1) else 2
        if any(c.isdigit() for c in match.group(group)):
            yield match.span(group)
    for match in _AWS_SET.finditer(text):
        yield match.span(1)
    for match in (*_ASSIGNED.finditer(text), *_NAMED_LIKE_ONE.finditer(text)):
        value = match.group(1)
        if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
            yield match.span(1)
    for match in _IN_URL.finditer(text):
        yield match.span(1)
