"""Made secrets and what looks like one: values after their public formats, check digits right, nobody's own."""

import base64
import hashlib
import json
import random
import string
from collections.abc import Callable, Mapping

from core.capture.person_checks import luhn
from core.paths import RESOURCES

Made = Callable[[random.Random, int], str]
"""A value; the number is the length that was asked for, 0 for the usual one."""

_DIGITS, _UPPER, _LOWER = string.digits, string.ascii_uppercase, string.ascii_lowercase
_MIXED = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _of(chance: random.Random, signs: str, length: int) -> str:
    return "".join(chance.choice(signs) for _ in range(length))


# -- cards (ISO/IEC 7812): prefix, length, groups

_CARDS = (
    ("4", 16, (4, 4, 4, 4)),
    ("51", 16, (4, 4, 4, 4)),
    ("55", 16, (4, 4, 4, 4)),
    ("2221", 16, (4, 4, 4, 4)),
    ("34", 15, (4, 6, 5)),
    ("37", 15, (4, 6, 5)),
    ("6011", 16, (4, 4, 4, 4)),
    ("3530", 16, (4, 4, 4, 4)),
    ("3056", 14, (4, 6, 4)),
    ("6250", 16, (4, 4, 4, 4)),
    ("5018", 16, (4, 4, 4, 4)),
    ("6759", 16, (4, 4, 4, 4)),
)


def _checked(chance: random.Random, prefix: str, length: int, right: bool = True) -> str:
    body = prefix + _of(chance, _DIGITS, length - len(prefix) - 1)
    return body + chance.choice([last for last in _DIGITS if luhn(body + last) is right])


def _grouped(number: str, groups: tuple[int, ...], by: str) -> str:
    parts, at = [], 0
    for size in groups:
        parts.append(number[at : at + size])
        at += size
    return by.join(parts)


def card(chance: random.Random, _: int) -> str:
    """A card's number in one of its written forms."""
    prefix, length, groups = chance.choice(_CARDS)
    return _grouped(_checked(chance, prefix, length), groups, chance.choice([" ", " ", "-", ""]))


def card_off(chance: random.Random, _: int) -> str:
    """The same with a wrong check digit: an order's or a ticket's number."""
    prefix, length, groups = chance.choice(_CARDS)
    return _grouped(_checked(chance, prefix, length, right=False), groups, chance.choice([" ", "-", ""]))


# -- IBAN (ISO 13616): country, the form of its account number (n digits, a letters, c both), as the registry has it

_IBANS = {
    "DE": "18n", "FR": "10n11c2n", "GB": "4a14n", "NL": "4a10n", "ES": "20n", "IT": "1a10n12c", "PL": "24n",
    "CH": "5n12c", "AT": "16n", "BE": "12n", "SE": "20n", "NO": "11n", "DK": "14n", "FI": "14n", "PT": "21n",
    "TR": "6n16c", "SA": "2n18c", "MT": "4a5n18c", "IE": "4a14n", "CZ": "20n", "GR": "7n16c", "RO": "4a16c",
    "LU": "3n13c", "AE": "19n",
}  # fmt: skip
_SIGNS = {"n": _DIGITS, "a": _UPPER, "c": _UPPER + _DIGITS}


def _account(chance: random.Random) -> str:
    country = chance.choice(sorted(_IBANS))
    form, body = _IBANS[country], ""
    while form:
        count = "".join(c for c in form[:2] if c.isdigit())
        body += _of(chance, _SIGNS[form[len(count)]], int(count))
        form = form[len(count) + 1 :]
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    return f"{country}{98 - number % 97:02d}{body}"


def iban(chance: random.Random, _: int) -> str:
    """An account in groups of four, or in one piece."""
    found = _account(chance)
    return found if chance.random() < 0.4 else " ".join(found[at : at + 4] for at in range(0, len(found), 4))


def iban_off(chance: random.Random, _: int) -> str:
    """Two of its digits exchanged: its check fails."""
    found = _account(chance)
    while True:
        wrong = found[:2] + f"{(int(found[2:4]) + chance.randint(1, 90)) % 97 + 2:02d}" + found[4:]
        if int("".join(str(int(c, 36)) for c in wrong[4:] + wrong[:4])) % 97 != 1:
            return " ".join(wrong[at : at + 4] for at in range(0, len(wrong), 4))


# -- persons' numbers


def ssn(chance: random.Random, _: int) -> str:
    """A US social security number that could have been given out."""
    area = chance.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}-{chance.randint(1, 99):02d}-{chance.randint(1, 9999):04d}"


def ssn_bare(chance: random.Random, _: int) -> str:
    """The same without dashes."""
    return ssn(chance, 0).replace("-", "")


def cpf(chance: random.Random, _: int) -> str:
    """Brazil's, with both its check digits."""
    digits = [chance.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        weighed = sum(d * w for d, w in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append((weighed * 10) % 11 % 10)
    d = "".join(map(str, digits))
    return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}"


def nir(chance: random.Random, _: int) -> str:
    """France's: sex, year, month, department, town, order, key (97 - number mod 97)."""
    body = (
        f"{chance.randint(1, 2)}{chance.randint(0, 99):02d}{chance.randint(1, 12):02d}{chance.randint(1, 95):02d}"
        f"{chance.randint(1, 999):03d}{chance.randint(1, 999):03d}"
    )
    key = 97 - int(body) % 97
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:13]} {key:02d}"


def nino(chance: random.Random, _: int) -> str:
    """The United Kingdom's national insurance number."""
    prefix = chance.choice("ABCEGHJKLMNPRSTWXYZ") + chance.choice("ABCEGHJKLMPRSTWXYZ")
    d = _of(chance, _DIGITS, 6)
    return f"{prefix} {d[:2]} {d[2:4]} {d[4:]} {chance.choice('ABCD')}"


# -- tokens and keys


def _b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwt(chance: random.Random, _: int) -> str:
    """A signed JSON web token (RFC 7519)."""
    algorithm, size = chance.choice([("HS256", 32), ("RS256", 256), ("ES256", 64)])
    head = json.dumps({"alg": algorithm, "typ": "JWT"}, separators=(",", ":")).encode()
    body = json.dumps({"sub": str(chance.randint(10**8, 10**9)), "iat": chance.randint(16 * 10**8, 18 * 10**8)})
    return ".".join((_b64url(head), _b64url(body.encode()), _b64url(chance.randbytes(size))))


_KEYS: tuple[tuple[str, str, int], ...] = (
    ("AKIA", _UPPER + "234567", 16),
    ("ghp_", _MIXED, 36),
    ("gho_", _MIXED, 36),
    ("glpat-", _MIXED + "_-", 20),
    ("sk-proj-", _MIXED + "_-", 60),
    ("sk-ant-api03-", _MIXED + "_-", 80),
    ("sk-or-v1-", _HEX, 64),
    ("sk_live_", _MIXED, 24),
    ("rk_live_", _MIXED, 24),
    ("AIza", _MIXED + "_-", 35),
    ("npm_", _MIXED, 36),
    ("pypi-AgEIcHlwaS5vcmc", _MIXED + "_-", 100),
    ("hf_", _LOWER + _UPPER, 34),
    ("dop_v1_", _HEX, 64),
    ("shpat_", _HEX, 32),
    ("key-", _HEX, 32),
    ("GOCSPX-", _MIXED + "_-", 28),
    ("lin_api_", _MIXED, 40),
    ("ntn_", _MIXED, 46),
    ("dapi", _HEX, 32),
    ("hvs.", _MIXED, 24),
    ("gsk_", _MIXED, 52),
    ("whsec_", _MIXED, 32),
    ("figd_", _MIXED + "_-", 40),
    ("glsa_", _MIXED, 32),
    ("dckr_pat_", _MIXED + "_-", 27),
    ("sntrys_", _MIXED, 60),
    ("PMAK-", _HEX, 24),
    ("rubygems_", _HEX, 48),
    ("sbp_", _HEX, 40),
    ("pplx-", _MIXED, 48),
    ("NRAK-", _UPPER + _DIGITS, 27),
    ("xoxb-", _DIGITS, 12),
)


def key(chance: random.Random, _: int) -> str:
    """A service's key by its published prefix."""
    prefix, signs, length = chance.choice(_KEYS)
    if prefix == "xoxb-":
        return f"xoxb-{_of(chance, _DIGITS, 12)}-{_of(chance, _DIGITS, 13)}-{_of(chance, _MIXED, 24)}"
    if prefix == "glsa_":
        return f"glsa_{_of(chance, _MIXED, 32)}_{_of(chance, _HEX, 8)}"
    return prefix + _of(chance, signs, length)


def opaque(chance: random.Random, length: int) -> str:
    """A key that only its name tells: letters and digits."""
    return chance.choice(_LOWER) + _of(chance, _MIXED, max(4, length or 32) - 2) + chance.choice(_DIGITS)


def wif(chance: random.Random, _: int) -> str:
    """A Bitcoin private key in wallet import format."""
    raw = b"\x80" + chance.randbytes(32) + (b"\x01" if chance.random() < 0.5 else b"")
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _B58[rest] + text
    return text


def pem(chance: random.Random, _: int) -> str:
    """A private key's block: random bytes in its shape."""
    kind = chance.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
    body = base64.b64encode(chance.randbytes(240)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"))


# -- words


def seed(chance: random.Random, length: int) -> str:
    """A wallet's words after BIP 39: random bits, their checksum, eleven bits a word."""
    count = length or 12
    words = (RESOURCES / "seed_words" / "english.txt").read_text("utf-8").split()
    raw = chance.randbytes(count * 4 // 3)
    check = hashlib.sha256(raw).digest()[0] >> (8 - count // 3)
    number = int.from_bytes(raw, "big") << (count // 3) | check
    return " ".join(words[number >> (11 * place) & 2047] for place in reversed(range(count)))


def seed_numbered(chance: random.Random, length: int) -> str:
    """The same as a wallet shows them to be written down."""
    return "  ".join(f"{n}. {word}" for n, word in enumerate(seed(chance, length).split(), 1))


def seed_columns(chance: random.Random, length: int) -> str:
    """Four to a row."""
    words = [f"{n} {word}" for n, word in enumerate(seed(chance, length).split(), 1)]
    return "\n".join("   ".join(words[at : at + 4]) for at in range(0, len(words), 4))


_STEMS = (
    "Sommer", "Winter", "Garten", "falke", "tiger", "sunset", "ocean", "Madrid", "Berlin", "coffee", "guitar", "pepper",
    "rocket", "monde", "soleil",
)  # fmt: skip


def password(chance: random.Random, _: int) -> str:
    """What people and generators take."""
    return chance.choice(
        [
            chance.choice(_STEMS) + str(chance.randint(1950, 2026)) + chance.choice("!?#."),
            chance.choice(_STEMS) + str(chance.randint(1, 999)),
            _of(chance, _MIXED + "!#$%&*+-?@_", 14) + chance.choice(_DIGITS),
            "-".join(_of(chance, _MIXED, 5) for _ in range(3)) + chance.choice(_DIGITS),
        ]
    )


def code(chance: random.Random, length: int) -> str:
    """A one-time code's digits."""
    return chance.choice("123456789") + _of(chance, _DIGITS, (length or 6) - 1)


def digits(chance: random.Random, length: int) -> str:
    """Digits that mean nothing."""
    return chance.choice("123456789") + _of(chance, _DIGITS, (length or 8) - 1)


def hexes(chance: random.Random, length: int) -> str:
    """A hash, an id, a colour."""
    return _of(chance, _HEX, length or 40)


def letters(chance: random.Random, length: int) -> str:
    """Capital letters and digits: a reference."""
    return _of(chance, _UPPER + _DIGITS, length or 6)


def base64s(chance: random.Random, length: int) -> str:
    """Encoded bytes of a picture or a public key."""
    return base64.b64encode(chance.randbytes(length or 90)).decode()


VALUES: Mapping[str, Made] = {
    "card": card, "card_off": card_off, "iban": iban, "iban_off": iban_off, "ssn": ssn, "ssn_bare": ssn_bare,
    "cpf": cpf, "nir": nir, "nino": nino, "jwt": jwt, "key": key, "opaque": opaque, "wif": wif, "pem": pem,
    "seed": seed, "seed_numbered": seed_numbered, "seed_columns": seed_columns, "password": password,
    "code": code, "digits": digits, "hex": hexes, "letters": letters, "base64": base64s,
}  # fmt: skip
