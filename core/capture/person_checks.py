"""Check digits of the numbers that states give to persons, each after the rule its state publishes. Pure."""

from collections.abc import Sequence

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_HETU_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_PPS_LETTERS = "WABCDEFGHIJKLMNOPQRSTUV"
_CODICE_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_VERHOEFF_STEP = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_PLACE = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B check over ASCII digits."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def weighed(digits: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight; digits beyond the weights do not count."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def mod_11_10(digits: str) -> bool:
    """ISO/IEC 7064 MOD 11,10: Germany's tax number, Croatia's OIB."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def steuer_id(digits: str) -> bool:
    """Germany's tax number: no zero in front, one of the first ten digits two or three times, ISO 7064."""
    most = max(digits[:10].count(digit) for digit in set(digits[:10]))
    return digits[0] != "0" and most in (2, 3) and mod_11_10(digits)


def dni(value: str) -> bool:
    """Spain's DNI and NIE: the number modulo 23 is a letter; X, Y, Z stand for 0, 1, 2."""
    first = "XYZ".find(value[0].upper())
    number = value[:-1] if first < 0 else str(first) + value[1:-1]
    return _DNI_LETTERS[int(number) % 23] == value[-1].upper()


def ean13(digits: str) -> bool:
    """Switzerland's AHV number: EAN-13 over all of it."""
    return weighed(digits, (1, 3) * 6 + (1,)) % 10 == 0


def bsn(digits: str) -> bool:
    """The Netherlands' citizen service number: weighed 9 to 2, the last -1, modulo 11."""
    return len(set(digits)) > 1 and weighed(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def pesel(digits: str) -> bool:
    """Poland's PESEL: weights 1 3 7 9, a month that can be, a day that can be."""
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    return 1 <= month <= 12 and 1 <= day <= 31 and weighed(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def cpf(digits: str) -> bool:
    """Brazil's CPF: both check digits, weighed sums modulo 11 (Receita Federal)."""
    return len(set(digits)) > 1 and all(
        weighed(digits, range(at + 1, 1, -1)) * 10 % 11 % 10 == int(digits[at]) for at in (9, 10)
    )


def nir(value: str) -> bool:
    """France's NIR: the two last digits are 97 less the rest modulo 97; Corsica's letters count as 19 and 18."""
    digits = value.upper().replace("2A", "19").replace("2B", "18")
    return 97 - int(digits[:-2]) % 97 == int(digits[-2:])


def codice(value: str) -> bool:
    """Italy's tax code: its last letter (DM 23 December 1976), odd places by their table, even ones as they are."""
    total = 0
    for place, sign in enumerate(value[:15].upper()):
        number = int(sign) if sign.isdigit() else ord(sign) - 65
        total += number if place % 2 else _CODICE_ODD[number]
    return chr(65 + total % 26) == value[15].upper()


def rijksregister(digits: str) -> bool:
    """Belgium's register number: 97 less the rest modulo 97, with a 2 in front for those born from 2000 on."""
    return any(97 - int(front + digits[:9]) % 97 == int(digits[9:]) for front in ("", "2"))


def hetu(value: str) -> bool:
    """Finland's identity code: birthday and number modulo 31."""
    return _HETU_SIGNS[int(value[:6] + value[-4:-1]) % 31] == value[-1].upper()


def fodselsnummer(digits: str) -> bool:
    """Norway's birth number: two weighed sums modulo 11."""
    return (
        weighed(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        and weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def nif(digits: str) -> bool:
    """Portugal's tax number: weights 9 to 2, modulo 11."""
    rest = weighed(digits, range(9, 1, -1)) % 11
    return int(digits[8]) == (0 if rest < 2 else 11 - rest)


def svnr(digits: str) -> bool:
    """Austria's insurance number: the fourth digit is the weighed sum of the others modulo 11."""
    return weighed(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(digits[3])


def pps(value: str) -> bool:
    """Ireland's PPS number: modulo 23; a second letter counts nine times."""
    extra = ord(value[8].upper()) - 64 if len(value) > 8 else 0
    return _PPS_LETTERS[(weighed(value[:7], range(8, 1, -1)) + 9 * extra % 23) % 23] == value[7].upper()


def aadhaar(digits: str) -> bool:
    """India's Aadhaar: Verhoeff's check; no 0 or 1 in front."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_STEP[check][int(_VERHOEFF_PLACE[place % 8][int(digit)])])
    return digits[0] not in "01" and check == 0


def resident_id(value: str) -> bool:
    """China's resident number: GB 11643, ISO 7064 MOD 11-2 with an X for ten."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[weighed(value[:17], weights) % 11] == value[17].upper()


def tckn(digits: str) -> bool:
    """Turkey's identity number: both check digits."""
    odd, even = sum(map(int, digits[0:9:2])), sum(map(int, digits[1:8:2]))
    tenth = (7 * odd - even) % 10
    return digits[0] != "0" and tenth == int(digits[9]) and sum(map(int, digits[:10])) % 10 == int(digits[10])


def rodne_cislo(digits: str) -> bool:
    """The Czech and Slovak birth number: divisible by 11."""
    return int(digits) % 11 == 0


def cnp(digits: str) -> bool:
    """Romania's CNP: weights 279146358279, modulo 11, ten counts as one."""
    rest = weighed(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return int(digits[12]) == (1 if rest == 10 else rest)


def tfn(digits: str) -> bool:
    """Australia's tax file number: weighed sum modulo 11."""
    return weighed(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def nhs(digits: str) -> bool:
    """England's NHS number: weights 10 to 2, modulo 11."""
    return (11 - weighed(digits[:9], range(10, 1, -1)) % 11) % 11 == int(digits[9])


def rut(value: str) -> bool:
    """Chile's RUT: weights 2 to 7 from the right and again, modulo 11; ten is a K."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(value[:-1])))
    return "0123456789K"[(11 - total % 11) % 11] == value[-1].upper()


def cuil(digits: str) -> bool:
    """Argentina's CUIL and CUIT: weights 5432765432, modulo 11."""
    rest = (11 - weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return rest < 10 and rest == int(digits[10])


def cedula_uy(digits: str) -> bool:
    """Uruguay's identity card: weights 2987634, modulo 10."""
    return (10 - weighed(digits, (2, 9, 8, 7, 6, 3, 4)) % 10) % 10 == int(digits[7])


def isikukood(digits: str) -> bool:
    """Estonia's and Lithuania's code: a birthday, then weights 1 to 9 and 1, or 3 to 9 and 1 to 3, modulo 11."""
    month, day = int(digits[3:5]), int(digits[5:7])
    rest = weighed(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weighed(digits, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return 1 <= month <= 12 and 1 <= day <= 31 and rest == int(digits[10])


def personas_kods(digits: str) -> bool:
    """Latvia's code: 1101 less the weighed sum, modulo 11."""
    return (1101 - weighed(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11 == int(digits[10])


def egn(digits: str) -> bool:
    """Bulgaria's EGN: powers of two modulo 11, a month that can be."""
    month = int(digits[2:4]) % 20
    return 1 <= month <= 12 and weighed(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(digits[9])


def jmbg(digits: str) -> bool:
    """The number of Yugoslavia's successors: weights 7 to 2 twice, modulo 11."""
    rest = 11 - weighed(digits, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest > 9 else rest) == int(digits[12])


def kennitala(digits: str) -> bool:
    """Iceland's number: weights 32765432, modulo 11; the last digit is the century."""
    rest = (11 - weighed(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return rest == int(digits[8]) and digits[9] in "089"


def snils(digits: str) -> bool:
    """Russia's insurance number: weights 9 to 1, modulo 101."""
    return weighed(digits, range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def inn(digits: str) -> bool:
    """Russia's tax number of a person: two weighed sums, modulo 11 and 10."""
    return all(
        weighed(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)[11 - last :]) % 11 % 10 == int(digits[last])
        for last in (10, 11)
    )


def nric(value: str) -> bool:
    """Singapore's NRIC and FIN: weights 2765432, modulo 11; a table of letters for citizens and one for others."""
    total = weighed(value[1:8], (2, 7, 6, 5, 4, 3, 2)) + (4 if value[0].upper() in "TG" else 0)
    letters = "JZIHGFEDCBA" if value[0].upper() in "ST" else "XWUTRQPNMLK"
    return letters[total % 11] == value[8].upper()


def taiwan(value: str) -> bool:
    """Taiwan's number: a letter as two digits, weights 1, 9 to 1, and 1, modulo 10."""
    first = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0].upper()) + 10
    total = first // 10 + first % 10 * 9 + weighed(value[1:9], range(8, 0, -1)) + int(value[9])
    return total % 10 == 0


def my_number(digits: str) -> bool:
    """Japan's individual number: weights 6 to 2 and 7 to 2, modulo 11."""
    rest = weighed(digits[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(digits[11]) == (0 if rest < 2 else 11 - rest)


def ssn(digits: str) -> bool:
    """United States, social security number or ITIN: no area 000 or 666, no group or serial of zeros."""
    return digits[:3] not in ("000", "666") and digits[3:5] != "00" and digits[5:] != "0000"


def nino(value: str) -> bool:
    """United Kingdom, national insurance number: prefixes that are never given out."""
    return value[:2].upper() not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")
