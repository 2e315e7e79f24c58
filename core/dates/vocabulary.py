"""The words for times in German, Spanish and French, and the phrases they stand in, each with its English."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.dates.words import MONTHS, NUMBERS, WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One tongue: the words that tell it, and rules of (pattern, English with the groups' English in turn)."""

    code: str
    marks: frozenset[str]
    words: Mapping[str, str]
    rules: tuple[tuple[str, str], ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH_MARKS = _words(
    "the what did do does when who whom how which where why is are was were has have had my me "
    "i we you he she they it of to and in on at with for about from said say tell told last "
    "week"
)


def _named(foreign: str, english: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Each of "a/b c" beside its English."""
    return {
        form.replace("_", " "): meant
        for forms, meant in zip(foreign.split(), english, strict=True)
        for form in forms.split("/")
    }


def _any(*tables: Mapping[str, str]) -> str:
    names = sorted((name for table in tables for name in table), key=len, reverse=True)
    return "(" + "|".join(name.replace(" ", r"\s+") for name in names) + ")"


_FOUR_SEASONS = ("spring", "summer", "autumn", "winter")
_UNITS = ("day", "week", "month", "year", "weekend")


def _german() -> Tongue:
    months = _named(
        "januar/jänner februar märz/maerz april mai juni juli august september oktober november dezember", MONTHS
    )
    days = _named("montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag", WEEKDAYS)
    seasons = _named("frühling/frühjahr sommer herbst winter", _FOUR_SEASONS)
    units = _named("tag/tage/tagen woche/wochen monat/monate/monaten jahr/jahre/jahren wochenende/wochenenden", _UNITS)
    numbers = _named("ein/eine/einem/einer/einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf", NUMBERS)
    numbers |= {"ein paar": "a few", "einigen": "a few", "wenigen": "a few", "einige": "a few"}
    feasts = {
        "ostern": "Easter", "ostersonntag": "Easter Sunday", "ostermontag": "Easter Monday",
        "karfreitag": "Good Friday", "weihnachten": "Christmas", "heiligabend": "Christmas Eve",
        "silvester": "New Year's Eve", "neujahr": "New Year's Day", "pfingsten": "Pentecost",
        "nikolaus": "St Nicholas Day", "allerheiligen": "All Saints Day", "muttertag": "Mother's Day",
        "valentinstag": "Valentine's Day", "himmelfahrt": "Ascension Day", "halloween": "Halloween",
    }  # fmt: skip
    which = {form: "last" for stem in ("letzte", "vergangene", "vorige") for form in _endings(stem)}
    which |= dict.fromkeys(_endings("diese"), "this")
    which |= {form: "next" for stem in ("nächste", "kommende") for form in _endings(stem)}
    ways = {
        "vor": "before", "nach": "after", "seit": "since", "bis": "until", "zwischen": "between", "von": "from",
        "ab": "since", "und": "and",
    }  # fmt: skip
    parts = {"anfang": "early", "mitte": "mid", "ende": "late"}
    thing, unit, many = _any(units, seasons, days, months, feasts), _any(units), _any(numbers)[:-1] + r"|\d{1,3})"
    lead = r"(?:(?:im|am|in\s+de[rnm]|de[nrm]|das|die|an)\s+)?"
    date = rf"(?:{_any(months, days, seasons, feasts, which)}|\d)".replace("((", "(?:(")
    return Tongue(
        code="de",
        marks=_words(
            "übermorgen vorgestern heute wollte war waren wird welche welcher "
            "der das den dem ich wir wann wo wer wie hat habe haben ist mein meine mit über für nicht "
            "ein eine einen im am zum zur vor nach seit zwischen und auf bei sagte wurde letzten "
            "letzte letztes gestern"
        ),
        words=months | days | seasons | units | numbers | feasts | which | ways | parts,
        rules=(
            (rf"vor\s+{many}\s+{unit}", "{} {} ago"),
            (r"vor\s+einem\s+halben\s+jahr", "half a year ago"),
            (rf"{lead}vorletzte[nrsm]?\s+{thing}", "the {} before last"),
            (rf"{lead}{_any(which)}\s+{many}\s+{unit}", "the {} {} {}"),
            (rf"(vor|nach|seit|bis)\s+(?:de[rnm]\s+)?{_any(which)}\s+{thing}", "{} {} {}"),
            (r"letzte\s+nacht", "last night"),
            (rf"{lead}{_any(which)}\s+{thing}", "{} {}"),
            (rf"{_any(parts)}\s+{_any(months)}(?:\s+(\d{{4}}))?", "{} {} {}"),
            (rf"{_any(parts)}\s+(\d{{4}})", "{} {}"),
            (rf"(?:am|den|vom)\s+(\d\d?)\.\s*{_any(months)}(?:\s+(\d{{4}}))?", "on {} {} {}"),
            (
                rf"(?:(zwischen)|vom|von)?\s*(?:de[mn]\s+)?(\d\d?)\.\s*(?:und|bis)\s*(?:zum\s+|dem\s+)?(\d\d?)\.\s*{_any(months)}",
                "{} {} to {} {}",
            ),
            (rf"(\d\d?)\.\s*{_any(months)}", "{} {}"),
            (r"gestern\s+(?:früh|morgen|vormittag)", "yesterday morning"),
            (r"gestern\s+nachmittag", "yesterday afternoon"),
            (r"gestern\s+abend", "yesterday evening"),
            (r"heute\s+(?:früh|morgen|vormittag)", "this morning"),
            ("vorgestern", "the day before yesterday"),
            ("gestern", "yesterday"),
            ("heute", "today"),
            (r"am\s+wochenende", "over the weekend"),
            (rf"am\s+{_any(days)}", "on {}"),
            (rf"im\s+{_any(months, seasons)}(?:\s+(\d{{4}}))?", "in {} {}"),
            (r"im\s+jahre?\s+(\d{4})", "in {}"),
            (rf"(?:an|zu|über|um)\s+{_any(feasts)}(?:\s+(\d{{4}}))?", "at {} {}"),
            (rf"{many}\s+{unit}\s+(vor|nach)\s+(?:de[mr]\s+)?(?={date})", "{} {} {} "),
            (rf"{lead}(?:die\s+)?{_any(units, days)}\s+(vor|nach)\s+(?:de[mr]\s+)?(?={date})", "the {} {} "),
            (rf"{_any(ways)}\s+(?:de[mrn]\s+|zum\s+|zur\s+)?(?={date})", "{} "),
            (r"übermorgen", "the day after tomorrow"),
            (_any(feasts, months, days), "{}"),
        ),
    )  # fmt: skip


def _endings(stem: str) -> list[str]:
    return [stem + ending for ending in ("", "n", "r", "s", "m")]


def _spanish() -> Tongue:
    months = _named(
        "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre", MONTHS
    )
    days = _named("lunes martes miércoles/miercoles jueves viernes sábado/sabado domingo", WEEKDAYS)
    seasons = _named("primavera verano otoño invierno", _FOUR_SEASONS)
    units = _named("día/días/dia/dias semana/semanas mes/meses año/años fin_de_semana/fines_de_semana", _UNITS)
    numbers = _named("un/una/uno dos tres cuatro cinco seis siete ocho nueve diez once doce", NUMBERS)
    numbers |= {"un par de": "a couple of", "unos": "a few", "unas": "a few", "unos pocos": "a few"}
    feasts = {
        "navidad": "Christmas", "navidades": "Christmas", "nochebuena": "Christmas Eve",
        "nochevieja": "New Year's Eve", "año nuevo": "New Year's Day", "semana santa": "Holy Week",
        "pascua": "Easter", "viernes santo": "Good Friday", "san valentín": "Valentine's Day",
        "día de reyes": "Three Kings Day", "reyes": "Three Kings Day", "pentecostés": "Pentecost",
    }  # fmt: skip
    ways = {
        "antes de": "before", "antes del": "before", "después de": "after", "despues de": "after",
        "después del": "after", "desde": "since", "hasta": "until", "entre": "between", "y": "and",
    }  # fmt: skip
    parts = {"principios": "early", "comienzos": "early", "mediados": "mid", "finales": "late", "fines": "late"}
    thing, unit, many = _any(units, seasons, days, months, feasts), _any(units), _any(numbers)[:-1] + r"|\d{1,3})"
    the = r"(?:el\s+|la\s+|los\s+|las\s+)?"
    date = rf"(?:el\s+|la\s+)?(?:{_any(months, days, seasons, feasts)}|\d)".replace("((", "(?:(")
    return Tongue(
        code="es",
        marks=_words(
            "el los las qué que de del cuándo cuando dónde donde quién quien con mi mis me en hace "
            "antes después entre y hasta desde pasado pasada para por una un se fue dijo estuvo ayer"
        ),
        words=months | days | seasons | units | numbers | feasts | ways | parts,
        rules=(
            (rf"hace\s+{many}\s+{unit}", "{} {} ago"),
            (r"hace\s+medio\s+año", "half a year ago"),
            (rf"(?:en\s+)?{the}últim[oa]s\s+{many}\s+{unit}", "the last {} {}"),
            (rf"(desde|antes\s+de|después\s+de|hasta)\s+{the}{thing}\s+pasad[oa]", "{} last {}"),
            (rf"(?:en\s+)?{the}{thing}\s+(?:pasad[oa]|anterior)", "last {}"),
            (rf"(?:en\s+)?{the}pasad[oa]\s+{thing}", "last {}"),
            (rf"(?:en\s+)?est[ea]\s+{thing}", "this {}"),
            (rf"(?:en\s+)?{the}(?:próxim[oa]\s+{thing})", "next {}"),
            (rf"(?:a\s+)?{_any(parts)}\s+de\s+{_any(months)}(?:\s+(?:de\s+)?(\d{{4}}))?", "{} {} {}"),
            (rf"(?:a\s+)?{_any(parts)}\s+de\s+(\d{{4}})", "{} {}"),
            (
                rf"(?:del|entre\s+el|desde\s+el)\s+(\d\d?)\s+(?:al|y(?:\s+el)?|hasta\s+el)\s+(\d\d?)\s+de\s+{_any(months)}"
                r"(?:\s+(?:de\s+|del\s+)?(\d{4}))?",
                "{} to {} {} {}",
            ),
            (rf"(?:el\s+)?(?:día\s+)?(\d\d?)\s+de\s+{_any(months)}(?:\s+(?:de\s+|del\s+)?(\d{{4}}))?", "on {} {} {}"),
            (r"anteayer|antes\s+de\s+ayer", "the day before yesterday"),
            (r"anoche|ayer\s+por\s+la\s+noche", "last night"),
            (r"ayer\s+por\s+la\s+mañana", "yesterday morning"),
            (r"ayer\s+por\s+la\s+tarde", "yesterday afternoon"),
            (r"esta\s+mañana", "this morning"),
            ("ayer", "yesterday"),
            ("hoy", "today"),
            (rf"el\s+{_any(days)}", "on {}"),
            (r"(?:en\s+|durante\s+)?el\s+fin\s+de\s+semana", "over the weekend"),
            (rf"{many}\s+{unit}\s+(antes\s+de|después\s+de)\s+{the}(?={date})", "{} {} {} "),
            (rf"{the}{unit}\s+(antes\s+de|después\s+de)\s+{the}(?={date})", "the {} {} "),
            (rf"(?:en|durante)\s+{the}{_any(months, seasons, feasts)}(?:\s+(?:de\s+|del\s+)?(\d{{4}}))?", "in {} {}"),
            (r"en\s+(\d{4})", "in {}"),
            (rf"{_any(ways)}\s+{the}(?={date})", "{} "),
            (rf"{_any(months, feasts, days)}(?:\s+(?:de\s+|del\s+)?(\d{{4}}))?", "{} {}"),
        ),
    )


def _french() -> Tongue:
    months = _named(
        "janvier février/fevrier mars avril mai juin juillet août/aout septembre octobre novembre décembre/decembre",
        MONTHS,
    )
    days = _named("lundi mardi mercredi jeudi vendredi samedi dimanche", WEEKDAYS)
    seasons = _named("printemps été automne hiver", _FOUR_SEASONS)
    units = _named("jour/jours semaine/semaines mois an/ans/année/années week-end/weekend/week-ends", _UNITS)
    numbers = _named("un/une deux trois quatre cinq six sept huit neuf dix onze douze", NUMBERS)
    numbers |= {"quelques": "a few"}
    feasts = {
        "noël": "Christmas", "pâques": "Easter", "toussaint": "All Saints Day", "pentecôte": "Pentecost",
        "ascension": "Ascension Day", "saint-valentin": "Valentine's Day", "nouvel an": "New Year's Day",
        "jour de l'an": "New Year's Day", "vendredi saint": "Good Friday", "mardi gras": "Mardi Gras",
    }  # fmt: skip
    ways = {
        "avant": "before", "après": "after", "depuis": "since", "jusqu'à": "until", "jusqu’à": "until",
        "jusqu'au": "until", "entre": "between", "et": "and",
    }  # fmt: skip
    parts = {"début": "early", "mi": "mid", "fin": "late"}
    thing, unit, many = _any(units, seasons, days, months, feasts), _any(units), _any(numbers)[:-1] + r"|\d{1,3})"
    the = r"(?:le\s+|la\s+|les\s+|l['’])?"
    date = rf"(?:le\s+|la\s+|l['’])?(?:{_any(months, days, seasons, feasts)}|\d)".replace("((", "(?:(")
    return Tongue(
        code="fr",
        marks=_words(
            "le les du des je qui quand où ai avons a il elle nous avec mon ma mes dans avant après "
            "depuis entre et au aux dernier dernière ce cette est sur pour par une un quel quelle "
            "disait dit hier que qu d l de la"
        ),
        words=months | days | seasons | units | numbers | feasts | ways | parts,
        rules=(
            (rf"il\s+y\s+a\s+{many}\s+{unit}", "{} {} ago"),
            (r"il\s+y\s+a\s+six\s+mois", "six months ago"),
            (rf"(?:ces\s+|les\s+){many}\s+derni(?:er|ère)s\s+{unit}", "the last {} {}"),
            (rf"(?:(?:au|en)\s+)?{the}avant-derni(?:er|ère)\s+{thing}", "the {} before last"),
            (rf"(avant|après|depuis)\s+{the}{thing}\s+(?:derni(?:er|ère)|passée?)", "{} last {}"),
            (rf"(?:(?:au|en)\s+)?{the}{thing}\s+(?:derni(?:er|ère)|passée?)", "last {}"),
            (rf"(?:ce|cet|cette)\s+{thing}(?:-ci)?", "this {}"),
            (rf"(?:en\s+|au\s+|à\s+la\s+)?{_any(parts)}[\s-]+{_any(months)}(?:\s+(\d{{4}}))?", "{} {} {}"),
            (rf"(?:en\s+|au\s+)?{_any(parts)}\s+(\d{{4}})", "{} {}"),
            (
                rf"(?:du|entre\s+le)\s+(\d\d?)(?:er)?\s+(?:au|et(?:\s+le)?)\s+(\d\d?)\s+{_any(months)}(?:\s+(\d{{4}}))?",
                "{} to {} {} {}",
            ),
            (rf"(?:le\s+)?(\d\d?)(?:er)?\s+{_any(months)}(?:\s+(\d{{4}}))?", "on {} {} {}"),
            ("avant-hier", "the day before yesterday"),
            (r"hier\s+soir|la\s+nuit\s+dernière|cette\s+nuit", "last night"),
            (r"hier\s+matin", "yesterday morning"),
            (r"hier\s+après-midi", "yesterday afternoon"),
            (r"ce\s+matin", "this morning"),
            ("hier", "yesterday"),
            (r"aujourd['’]hui", "today"),
            (rf"{many}\s+{unit}\s+(avant|après)\s+{the}(?={date})", "{} {} {} "),
            (rf"{the}{unit}\s+(avant|après)\s+{the}(?={date})", "the {} {} "),
            (r"(?:pendant\s+|durant\s+|ce\s+)?le\s+week-?end", "over the weekend"),
            (
                rf"(?:en|au|à|pendant|l['’])\s*{the}{_any(months, seasons, feasts)}(?:\s+(?:de\s+)?(\d{{4}}))?",
                "in {} {}",
            ),
            (r"en\s+(\d{4})", "in {}"),
            (rf"{_any(ways)}\s+{the}(?={date})", "{} "),
            (rf"le\s+{_any(days)}", "on {}"),
            (rf"{_any(months, feasts, days)}(?:\s+(\d{{4}}))?", "{} {}"),
        ),
    )


TONGUES = (_german(), _spanish(), _french())
