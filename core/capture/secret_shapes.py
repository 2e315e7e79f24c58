"""Secrets that are known by their shape and check digits: cards, accounts, web tokens, private keys. Pure."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from itertools import pairwise

from core.capture.person_checks import luhn
from core.pattern import Pattern

Found = tuple[int, int]
Finder = Callable[[str], Iterator[Found]]

_SEPARATOR = r"[ \t\-.]{0,2}(?:\n[ \t]*)?"
_DIGITS = Pattern(rf"(?<![\d.])(?<!\d,)\d(?:{_SEPARATOR}\d){{11,40}}(?![\d])")
_BRANDS = (
    ("4", (13, 16, 19)),
    *((str(n), (16,)) for n in range(51, 56)),
    *((str(n), (16,)) for n in range(2221, 2721)),
    *((p, (15,)) for p in ("34", "37")),
    *((p, (14, 16)) for p in ("300", "301", "302", "303", "304", "305", "36", "38", "39")),
    *((p, (16, 19)) for p in ("6011", "65", *map(str, range(644, 650)))),
    *((str(n), (16, 19)) for n in range(3528, 3590)),
    *((p, (16, 17, 18, 19)) for p in ("62", "81", "508", "60", "82")),
    *((p, (15,)) for p in ("2131", "1800", "2014", "2149")),
    *((p, tuple(range(12, 20))) for p in ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")),
    ("676", (13, 15, 16, 18, 19)),
    *((str(n), (16, 17, 18, 19)) for n in range(2200, 2205)),
    *((p, (16,)) for p in ("9792", "5019", "4571", "8600", "9860", "9112", "5067", "3841", "5041", "5066", "5090")),
    *((p, (16, 19)) for p in ("636", "637", "638", "639")),
    *((str(n), (16, 18, 19)) for n in range(5060, 5062)),
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
_IBAN = Pattern(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?\d[ ]?\d(?:[ \-.]{0,2}(?:\n[ \t]*)?[A-Za-z0-9]){11,30}")
_CALLED_CARD = Pattern(
    r"(?i)(?<![^\W\d_])(?:(?:kredit|debit|bank|giro|ec-?|kunden)?karten?(?:nummer|nr)?|(?:credit|debit|pay"
    r"ment|bank)? ?card(?: number| no)?"
    r"|carte(?: bancaire| bleue)?|tarjeta|cart[ãa]o|carta di credito|kaart(?:nummer)?|kart[ayı]?|kort(?:nu"
    r"mmer)?|maestro|verve|elo|rupay"
    r"|pan|карт[аы]|カード|卡号|卡號)(?![^\W\d_])[^\d]{0,24}$"
)
_NEAR = 48
_MOST_PARTS, _GROUP = 6, 4
"""Groups that a card's number is written in; more are a row of numbers."""


def _card(digits: str) -> bool:
    if len(set(digits)) < 2 or not luhn(digits):
        return False
    return any(len(digits) in _LENGTHS.get(digits[:size], ()) for size in range(1, 5))


def _named_card(digits: str) -> bool:
    return digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits)


def _grouped_as_one(begins: list[int], end: int, written: str) -> bool:
    """Few groups and one line break at most; or groups of four, each on its line; or every digit for itself."""
    if len(begins) == end - begins[0]:
        return "\n" not in written
    lines = written.count("\n")
    fours = all(later - begin == _GROUP for begin, later in pairwise((*begins, end)))
    return len(begins) <= _MOST_PARTS and (lines <= 1 or (fours and lines == len(begins) - 1))


def cards(text: str) -> Iterator[Found]:
    """Payment card numbers: brand, length and Luhn; grouped by blanks, dashes, dots or one line break."""

    def called(at: int) -> bool:
        return _CALLED_CARD.search(text, max(0, at - _NEAR), at) is not None

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
                    12 <= end - begin <= 19
                    and (_card(digits[begin:end]) or (_named_card(digits[begin:end]) and called(match.start())))
                    and _grouped_as_one([other for other in begins if begin <= other < end], end, inside)
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
    r"|(?:[ \t]*\n[ \t]*[A-Z][A-Za-z\-]{3,20}: [^\n]{0,80}){0,4}(?:(?:\s|\\[nr])*[A-Za-z0-9+/=:,\-]{8,}(?=\s|$"
    r"|\\|[\"'])){1,200})"
)
_PEM_ENCODED = Pattern(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}(?:\n[ \t]*[A-Za-z0-9+/]{40,}={0,2})*")
"""A PEM block in Base64 once more, as in a kubeconfig; of a certificate too."""


_PEM_CUT = Pattern(
    r"(?:(?:^|(?<=\n))[ \t]*+(?:[A-Za-z\-]{3,20}: [^\n]{0,80}|[A-Za-z0-9+/]{16,80}={0,2})?[ \t]*+\n){1,200}"
    r"[ \t]*-{3,10} ?END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{3,10}"
)


_KEY_NAMES = (
    r"(?:private|secret|signing|spending|wallet|master|validator|extended)[ _\-]?(?:spend[ _\-]?|view[ _\-]?)?key"
    r"|priv(?:ate)?_?key|sk_hex|seed[ _\-]?hex|hex[ _\-]?seed|"
    r"(?:privat(?:er?|en)?|geheime[rn]?|privat)[ \-]?schlüssel|cl[ée] (?:priv[ée]e|secr[èe]te)|clave (?:privada"
    r"|secreta)|chiave (?:privata|segreta)|chave (?:privada|secreta)|"
    r"(?:privé|geheime) ?sleutel|klucz prywatny|приватный ключ|закрытый ключ|私钥|私鑰|秘密鍵|개인 ?키"
)
_RAW_KEY = Pattern(
    rf"(?i)(?<![a-z])(?:{_KEY_NAMES})(?![a-z])[^\n]{{0,48}}?\n?[^\n]{{0,24}}?(?<![0-9a-zA-Z+/])"
    r"(?P<key>(?:0x)?(?:[0-9a-f]{128}|[0-9a-f]{64})(?![0-9a-z])|(?:0x)?[0-9a-f]{16}(?:[ \n][0-9a-f]{16}){3}(?![0-9a-z"
    r"])|[A-Za-z0-9+/]{43}=(?![A-Za-z0-9])|[1-9A-HJ-NP-Z]{87,88}(?![A-Za-z0-9]))"
)
_KEY_BYTES = Pattern(r"\[(?:[ \t\n]{0,4}\d{1,3}[ \t\n]{0,4},){31,63}[ \t\n]{0,4}\d{1,3}[ \t\n]{0,4}\]")
_PUTTY = Pattern(r"Private-Lines: \d{1,3}[ \t]*\n(?P<key>(?:[A-Za-z0-9+/]{4,80}={0,2}[ \t]*(?:\n|$)){1,100})")
_MINISIGN = Pattern(
    r"(?i)(?:minisign|signify)[^\n]{0,40}secret key[^\n]{0,20}\n[ \t]*(?P<key>R[A-Za-z0-9+/]{40,300}={0,2})"
)
_JWK = Pattern(
    r"\"kty\"[\s\S]{0,600}?\"(?:d|k)\"\s*:\s*\"(?P<key>[A-Za-z0-9_\-]{20,})\"|\"d\"\s*:\s*\"(?P<first>[A-Za-z0-9_\-]{"
    r"20,})\"[\s\S]{0,600}?\"kty\""
)


def _raw_keys(text: str) -> Iterator[Found]:
    """Private keys without a frame: by what they are called, and those of wallets as a list of bytes."""
    for pattern in (_RAW_KEY, _PUTTY, _MINISIGN):
        for match in pattern.finditer(text):
            yield match.span("key")
    for match in _JWK.finditer(text):
        yield match.span("key" if match.group("key") else "first")
    for match in _KEY_BYTES.finditer(text):
        numbers = [int(one) for one in match.group().strip("[]").split(",")]
        if len(numbers) in (32, 64) and max(numbers) < 256 and len(set(numbers)) > len(numbers) // 2:
            yield match.span()


def private_keys(text: str) -> Iterator[Found]:
    """PEM and PGP private key blocks; one that is cut off at the bottom or the top as far as its lines go; raw keys."""
    yield from _raw_keys(text)
    for match in _PEM.finditer(text):
        yield match.span()
    for match in _PEM_ENCODED.finditer(text):
        head = match.group()[:_HEAD]
        if b"PRIVATE KEY" in base64.b64decode(head):
            yield match.span()
    if "PRIVATE KEY" in text:
        for match in _PEM_CUT.finditer(text):
            yield match.span()


_HEAD = 52
"""Signs of a PEM block in Base64 that hold what it is; a multiple of four."""
_JWT = Pattern(
    r"(?<![A-Za-z0-9_\-])(?<!\bpk\.)ey[JK][A-Za-z0-9_\-]{8,}\.(?:[A-Za-z0-9_\-]{6,}(?:\.[A-Za-z0-9_\-]{6,}){0,3}\.?)"
)


def web_tokens(text: str) -> Iterator[Found]:
    """JSON web tokens (RFC 7519), signed or encrypted."""
    for match in _JWT.finditer(text):
        yield match.span()
