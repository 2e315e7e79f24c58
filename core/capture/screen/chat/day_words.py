"""Days and months as programs for chats write them, in thirteen languages. Pure."""

from collections.abc import Mapping

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "måndag tisdag onsdag torsdag fredag lördag söndag",
    "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "понедельник вторник среда четверг пятница суббота воскресенье",
)
_WHOLE = (
    "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "pondělí úterý středa čtvrtek pátek sobota neděle",
)
"""Shortened they are names of people: "Per"."""
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november desember",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ledna února března dubna května června července srpna září října listopadu prosince",
)
TODAY = frozenset(
    ["today", "heute", "aujourd'hui", "aujourd’hui", "hoy", "oggi", "hoje", "vandaag", "dzisiaj", "dziś", "idag"]
) | {"i dag", "сегодня", "bugün", "dnes"}
YESTERDAY = frozenset(["yesterday", "gestern", "hier", "ayer", "ieri", "ontem", "gisteren", "wczoraj", "igår"]) | {
    "i går",
    "вчера",
    "dün",
    "včera",
}
_TWO = ("mo", "di", "mi", "do", "fr", "sa", "so")
"""German programs shorten so; alone they are words."""
_LEAST, _MOST = 3, 4
_OTHER = frozenset(("mar", "mars", "dec"))
"""Months first."""


def _table(rows: tuple[str, ...], without: frozenset[str] = frozenset()) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for number, name in enumerate(row.split(), start=1):
            for size in range(_LEAST, min(_MOST, len(name) - 1) + 1):
                if name[:size] not in without:
                    found.setdefault(name[:size], number)
    for row in rows:
        found.update((name, number) for number, name in enumerate(row.split(), start=1))
    return found


_TWO_RUSSIAN = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
WEEKDAYS = {
    **_table(_WEEKDAYS, _OTHER),
    **{name: number for row in _WHOLE for number, name in enumerate(row.split(), start=1)},
    **{word: number for number, word in enumerate(_TWO_RUSSIAN, start=1)},
    "tues": 2,
    "thurs": 4,
}
"""1 for Monday, of whole names and those shortened to three letters or four."""
SHORT_WEEKDAYS = {word: number for number, word in enumerate(_TWO, start=1)}
MONTHS = {**_table(_MONTHS), "sept": 9}
"""1 for January, likewise."""
WHOLE_WEEKDAYS = frozenset(name for row in (*_WEEKDAYS, *_WHOLE) for name in row.split())
