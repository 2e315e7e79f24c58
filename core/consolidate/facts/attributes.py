"""What facts are about: the one name of each attribute, which hold several values, and when two values are one."""

import re

from core.consolidate.facts.vocabulary import KIN, PETS, words

_SINGLE_KIN = words(
    "wife|husband|partner|girlfriend|boyfriend|fiancé|fiancée|fiance|mother|father|mum|mom|dad|boss|manager|landlord"
    "|landlady|dentist|doctor|gp|therapist|physio|physiotherapist|optician|midwife|lawyer|solicitor|accountant|vet"
    "|hairdresser|barber|supervisor|line manager|team lead|best friend|pediatrician|paediatrician|piano teacher|coach"
    "|personal trainer|trainer|music teacher|driving instructor|mentor|cleaner|nanny|babysitter|tutor|teacher"
    "|roommate|flatmate|housemate|lodger|tenant|mother-in-law|father-in-law|business partner|godmother|godfather"
    "|tax adviser|tax advisor|psychologist|counsellor|childminder|caseworker|adviser|advisor|assistant",
    "|",
)
MULTIPLE = (
    words(
        "likes|dislikes|allergic to|speaks|does not eat|does not drink|plays|drives|learning|intolerance|"
        "comes from|grew up in|hobby|pet|health|condition|medication|project|goal|plan|interest|promise|appointment"
        "|size|prefers|uses|owns",
        "|",
    )
    | words(f"{KIN}|{PETS}".replace("?", ""), "|")
    | words("neighbour", "|")
) - _SINGLE_KIN
"""Attributes of which one can have several at once: a newer value supersedes none."""
_CURRENCIES = tuple(
    (re.compile(pattern), f" {by} ")
    for pattern, by in (
        (r"€|\beuros?\b", "eur"),
        (r"£|\bpounds?\b|\bquid\b", "gbp"),
        (r"\$|\bdollars?\b|\bbucks\b", "usd"),
    )
)
_SAME = {
    "gp": "doctor",
    "neighbor": "neighbour",
    "mom": "mother",
    "mum": "mother",
    "dad": "father",
    "line manager": "boss",
    "manager": "boss",
    "flatmate": "roommate",
    "housemate": "roommate",
    "fiance": "fiancé",
    "mobile": "phone",
    "mobile number": "phone",
    "phone number": "phone",
    "telephone": "phone",
    "e-mail": "email",
    "email address": "email",
    "home address": "address",
    "monthly rent": "rent",
}
"""Words for the same attribute: to find the older value, whatever it was called."""


def multiple(attribute: str) -> bool:
    """Whether several values of an attribute hold side by side."""
    return attribute in MULTIPLE or attribute.startswith("owes ")


def canonical(attribute: str) -> str:
    """The one name of an attribute, in small letters and British spelling."""
    plain = " ".join(attribute.lower().replace("favorite", "favourite").replace("neighbor", "neighbour").split())
    plain = (
        re.sub(r"^favourite (\w+) for (\w+)$", r"favourite \2 \1", plain).removesuffix(" here").removesuffix(" there")
    )
    return _SAME.get(plain, plain)


def same_value(one: str, other: str) -> bool:
    """Whether two values say the same, whatever case, articles and punctuation."""
    return bare(one) == bare(other)


def bare(value: str) -> str:
    """A value in small letters without articles and punctuation; numbers and currencies in one spelling."""
    plain = re.sub(r"(?<=\d)[,.](?=\d{3}\b)", "", value.casefold())
    if len(digits := re.sub(r"\D", "", plain)) >= 7 and not re.search(r"[^\W\d_]", plain):
        return digits
    for pattern, by in _CURRENCIES:
        plain = pattern.sub(by, plain)
    plain = re.sub(r"\b(eur|gbp|usd)\s+(\d[\d.]*)", r"\2 \1", plain)
    parts = re.findall(r"\w+", plain)
    return " ".join(parts[1:] if len(parts) > 1 and parts[0] in ("the", "a", "an") else parts)
