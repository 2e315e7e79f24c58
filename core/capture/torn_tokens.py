"""Tokens that are broken by a blank or by the end of a line, where their published beginning tells that they go on."""

from collections.abc import Iterator
from itertools import pairwise

from core.capture.api_keys import published
from core.pattern import Pattern

Found = tuple[int, int]

_BEGINS = (
    r"gh[pousr]_|github_pat_|gl[a-z]{2,5}-|sk-|[sr]k_(?:live|test)_|whsec_|xox[a-z]|xapp-|AIza|ya29\.|GOCSPX-|SG\.|key-"
    r"|SK[0-9a-f]|npm_|pypi-|hf_|do[opr]_v1_|dapi|shp[a-z]{2}_|AGE-SECRET-KEY-1|ey[JK]|A[KS]IA|ABIA|ACCA|EAA"
    r"|AT[AC]TT3|ATBB"
    r"|tskey-|lin_|ntn_|secret_|gsk_|xai-|r8_|hv[sbr]\.|figd_|gls?[ac]_|dckr_|sntry|PMAK-|rubygems_|sb[ps]_"
    r"|pplx-|NRAK-|lsv2_"
    r"|pscale_|CCIPAT_|sl\.|pat[A-Z]|nfp_|HRKU-|tgp_v1_|ops_eyJ|dp\.|pul-|cf(?:k|ut|at)_|\d{8,10}:AA|1//0|LTAI"
    r"|oy2|sq0|xkeysib-"
)
_TORN = Pattern(
    rf"(?<![A-Za-z0-9_\-])(?=(?:{_BEGINS}))(?P<head>[A-Za-z0-9_\-./+=:~]{{4,400}})(?P<gap>[ \t]{{1,2}}"
    rf"|[ \t]{{0,2}}\n[ \t]*)"
    r"(?=(?P<tail>\.?[A-Za-z0-9_\-/+=~][A-Za-z0-9_\-./+=~]{1,400}))"
)
_TWO_WORDS = 12
"""Shorter, what follows a whole token is something else."""


def gaps(text: str) -> Iterator[Found]:
    """Where such a token is torn: the characters `begin <= i < end` that do not belong to it, in order."""
    for match in _TORN.finditer(text):
        head, tail = match["head"], match["tail"].rstrip(".")
        whole = published(head) or (head.count(".") == _DOTS and head.startswith("ey"))
        if whole and len(tail) < _TWO_WORDS:
            continue
        if _drawn(tail) or (not whole and not _word(tail) and published(head + tail)):
            yield match.span("gap")


_DOTS = 2
"""In a signed web token."""


def _drawn(tail: str) -> bool:
    """Not written by hand: digits among letters, or capitals inside."""
    letters = [sign for sign in tail if sign.isalpha()]
    digits = sum(sign.isdigit() for sign in tail)
    inner = any(one.islower() and two.isupper() for one, two in pairwise(tail))
    return bool(letters) and (digits > 0 or inner) and not tail.startswith(("http", "www."))


def _word(tail: str) -> bool:
    return tail.isalpha() and (tail.islower() or tail.istitle())
