"""What the country one lives in decides about dates: which number is the month, when weeks begin, when summer is."""

from dataclasses import dataclass

_MONTH_FIRST = "US PR GU VI AS MP UM PH"
_SUNDAY = (
    "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK"
    " PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
)
_SATURDAY = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"
_SOUTH = "AR AU BO BR BW CL FJ LS MG MZ NA NZ PE PY SZ UY ZA ZM ZW"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """How dates are written and counted where the person lives."""

    country: str = ""
    month_first: bool = True
    """Whether 3/4/2026 is the fourth of March. Dots always put the day first."""
    week_begins: int = 0
    """As `date.weekday()` counts: 0 is Monday, 6 Sunday."""
    south: bool = False
    """Whether summer begins in December."""


def month_first_told(country: str) -> bool | None:
    """Whether 3/4 is in March in a country; None without one."""
    return region_of(country).month_first if country else None


def region_of(country: str) -> Region:
    """The habits of a country by its ISO 3166 code; without one weeks run from Monday and 3/4 is in March.

    First days of the week and the order of day and month are those of Unicode CLDR.
    """
    code = country.upper()
    return Region(
        country=code,
        month_first=not code or code in _MONTH_FIRST.split(),
        week_begins=6 if code in _SUNDAY.split() else 5 if code in _SATURDAY.split() else 0,
        south=code in _SOUTH.split(),
    )


def country_of(locale: str) -> str:
    """The country in a locale's name like "de_AT.UTF-8"; empty where it names none."""
    name = locale.partition(".")[0].partition("@")[0].replace("-", "_")
    country = name.rpartition("_")[2] if "_" in name else ""
    return country if len(country) == 2 and country.isalpha() else ""
