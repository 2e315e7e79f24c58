"""Passwords by where they stand: named after them, in a column, on the next line, as a door's code, in pairs."""

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO

from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_WORDS = "|".join(_LISTS["password"])
_SHORT = "pass|pw|pwd|psk|kw|mdp|ww|passw0rd|passw[o0]rt|contrasefia"
_END = r"(?=[\s,.;:!?)\]]|$)"
_BACKWARDS = Pattern(
    r"(?<![\w.@/\-])[\"'“„«`]?(?P<value>[^\s\"'“”„«»`<>(){},;]{5,64})[\"'”“»`]?,?[ ]{1,2}(?i:is|was|ist|war|est|es"
    r"|é|è|as|als|comme|como|come|for|für|"
    r"pour|para|per|är|er|jest|to|is now|ist jetzt|will be|wird)\s(?i:(?:the|my|your|our|its|his|her|new|old"
    r"|a|das|dein|mein|unser|neues?|le|"
    r"mon|ton|votre|notre|la|mi|tu|su|il|o|a|het|de|nowe|guest|admin|root|wi-?fi|wlan|router|laptop|zip|default"
    r"|current|temporary|temp|master)\s)"
    rf"{{0,4}}?(?i:{_WORDS}|pw|passw0rd){_END}(?! (?i:hash|manager|policy|field|reset|replacement|strength|rule"
    rf"|check|type|format))"
)
_LABEL = Pattern(
    rf"(?i)(?:^|(?<=[\n;,|.·(]))[ \t]*(?:{_SHORT}|{_WORDS})(?:[ \t]*\([^()\n]{{1,20}}\))?[ \t]+[\"'“„«]?(?P<value>[^\s"
    rf"\"'“”„«»<>(){{}}]{{5,64}})"
    r"(?![ \t]*[({=])"
)
_PASSED = Pattern(r"(?i)[ \t]*pass[ \t]")
_ARGUMENT = Pattern(r"[`\"']?[A-Za-z_]\w*=")
_PASSED_ON = Pattern(r"[ \t\n]+(?:to|as|through|into|in|by|for|on|when|if|arguments?|options?|flags?|along)\b")
"""`Pass x to y` is said of what functions and programs are given."""
_BELOW = Pattern(
    rf"(?i)(?:^|(?<=\n))[^\n]{{0,40}}?(?<![^\W\d_])(?:{_WORDS}|passw[o0]r[dt]|pw|pin|psk|wpa2?[ \-]?(?:key|psk)"
    rf"|(?:wi-?fi|network|wlan|netzwerk|netz)[ \-]?"
    r"(?:key|schl[üu]ssel|sch1[üu]sse1)|pre-?shared key|cl[ée] (?:wi-?fi|wpa2?|r[ée]seau|de s[ée]curit[ée])"
    r"|clave (?:wi-?fi|de red|wpa)|chiave (?:wi-?fi|wpa|di rete))"
    r"[ \t]*+(?:\([^()\n]{1,20}\))?[ \t]*+[:：]?[ \t]*+\n(?:[ \t]*+\n)?[ \t]*+"
    r"(?P<value>\d{4}(?:[ \-]\d{4}){1,6}|[^\s\"'<>]{6,64})[ \t]*+(?=\n|$)"
)
_NETWORK = Pattern(
    r"(?i)(?:wi-?fi|wlan|network|netzwerk|router|wpa2?(?:-psk)?|wep)(?:[ \-](?:security|network))?[ \-]?(?:key"
    r"|schl[üu]ssel|cl[ée]|code|clave|chiave|sleutel|nyckel)"
    r"[ \t]*+(?:\([^()\n]{1,20}\))?[ \t]*+(?:[:=：]|is|ist|est|es|è|é|c'est)?[ \t]*+\n?[ \t]*+"
    r"[\"']?(?P<value>\d{4}(?:[ \-]?\d{4}){1,6}|[^\s\"'<>,;]{8,64})"
)
_NETWORK_OF = Pattern(
    r"(?i)(?:cl[ée]|clave|chiave|c[óo]digo|codice|code|sleutel) (?:du |de la |del |de |della |da |do |van de "
    r"|van het |d[ie] |per il )?(?:wi-?fi|wlan|box|router|r[ée]seau|red|rete)"
    r"[^\S\n]*(?:[:=：]|is|est|es|è|é|c['’]est)?[^\S\n]*[\"'«“]?(?P<value>[^\s\"'<>,;»”]{6,64})"
)
_DOOR = Pattern(
    r"(?i)(?<![^\W\d_])(?:digicode|interphone|(?:(?:front|back|side|main|garage|garden|office|shed|flat) )?(?:door"
    r"|gate|alarm|entry|lock ?box|key ?box|lock|padlock|safe|"
    r"keypad|garage|building|house|lobby|bike ?lock|locker|suitcase|gun ?safe|lift|elevator)(?: (?:panel|keypad"
    r"|system))? (?:code|pin|combination|combo)|"
    r"(?:haus)?(?:tür|tor|alarm|garagen?|safe|tresor|schloss|keller|schlüsselbox|schlüsseltresor|zahlenschloss"
    r"|fahrradschloss|briefkasten|aufzug|büro)-?(?:code|pin|kombination|zahl)|"
    r"(?:kombination|zahlenkombination|combination|combo|combinaison|combinaci[óo]n|combinazione|combinatie"
    r"|combina[çc][ãa]o)(?: (?:for|of|vom|zum|für|du|de|del|della|van) (?:\w+ ){0,2}?\w+)?|"
    r"code (?:de la |du |de l['’]|d['’]|de )?(?:porte|portail|immeuble|entr[ée]e|alarme|coffre|garage|cadenas"
    r"|cave|ascenseur)|"
    r"(?:c[óo]digo|clave) (?:de la |del |de |da |do )?(?:puerta|portal|alarma|caja|caja fuerte|garaje|candado"
    r"|edificio|entrada|porta|port[ãa]o|alarme|cofre|pr[ée]dio)|"
    r"codice (?:del |della |dell['’]|di )?(?:portone|cancello|allarme|cassaforte|porta|garage|lucchetto|ingresso)"
    r"|(?:deur|poort|alarm|kluis|slot|garage|voordeur)-?code|kod do (?:domofonu|bramy|drzwi|furtki|klatki"
    r"|alarmu|garażu|sejfu|skrzynki)"
    r"|(?:port|dörr|larm|grind|dør|port|alarm)-?kode?n?|kód (?:ke? )?(?:dveř\w*|brán\w*|alarmu)|kapukód"
    r"|ovikoodi|(?:kapı|alarm|kasa) (?:kodu|şifresi)"
    r"|код (?:от )?(?:двери|подъезда|домофона|сигнализации|сейфа|калитки))"
    r"(?![^\W\d_])(?:(?:[ \t]+[^\W\d_]{1,12}){0,4}?[ \t]*(?:[:=]|\bis now\b|\bis\b|\bist\b|\blautet\b|\best\b"
    r"|\bes\b|è|é|['’]s\b|\bchanged to\b|\bjetzt\b):?|)[ \t]*[\"']?"
    r"(?P<value>(?!(?:19|20)\d\d(?!\d))[*#]?\d{3,8}[A-Da-d]?[*#]?|[A-Da-d]\d{3,7}[*#]?|\d{1,4}[A-D]\d{1,4}"
    r"|\d\d?(?:-\d\d?){2,4}|\d\d(?:-\d\d){1,3}|\d(?:[ \-]\d)"
    r"{3,7})(?![\w]|[.,:/]\d|[ \t]*(?:%|€|m\b|km\b|eur\b))"
)
_PAIR = Pattern(
    r"(?i)(?<![\w\-])(?:wi-?fi|wlan|ssid|network|netz(?:werk)?|user|benutzer|nutzer|usuario|utilisateur|login"
    r"|log-in|log in|logins|zugang|zugangsdaten|credentials"
    r"|creds?|identifiants|credenciales|credenziali|inloggegevens|account|user/pass(?:word)?|"
    r"username/password|benutzer/passwort|acc[èe]s|acceso|accesso|usuario/contraseña|utente/password)"
    r"(?:[ \t]*[:=][ \t]*|[ \t]+(?:is |ist |est |es |with |mit |avec |con |met |com )?)(?!\d+[:/"
    r"|+,])[\w.@+\-]{2,64}[ \t]?(?:/|:|\||\+|,)[ \t]?"
    r"(?P<value>[^\s\"'<>/|,]{5,128})"
)
_NETWORK_KEY = Pattern(
    r"(?i)(?<![^\W\d_])(?:ssid|network|wi-?fi|wlan|netz(?:werk)?|r[ée]seau|red\b|rete\b)[^\n]{0,60}?(?:[\n,;|·]"
    r"|[ \t]{2})[ \t]*(?:key"
    r"|schl[üu]ssel"
    r"|cl[ée]|clave|chiave|sleutel|pass|pw|psk)[ \t]*[:=]?[ \t]+"
    r"[\"']?(?P<value>[^\s\"'<>]{6,64})"
)
_NETWORK_ANSWER = Pattern(
    r"(?i)(?<![^\W\d_])(?:wi-?fi|wlan"
    r"|internet)(?![^\W\d_])(?:[^\n?]{0,24}\?[ \t]*(?:\n[ \t]*)?(?:[\w .]{1,20}:[ \t]*)?[–—\-]?[ \t]*"
    r"|[^\n?.:;,]{0,28}[ \t](?:is|ist|est|es|è|é|jest|är|er):?[ \t]+)"
    r"[\"'“„«]?(?P<value>(?=[^\s\d]*\d)(?=[^\sA-Za-z]*[A-Za-z])[^\s\"'<>,;.?!]{8,40})(?=[\s,;.!\"'”“»]|$)"
)
_QUOTED = Pattern(
    rf"(?i)(?<![^\W\d_])(?:{_WORDS}|passw[o0]r[dt]|pw)[ \t]+[\"“„«](?P<value>[^\"”“»\n]{{4,64}})[\"”“»]"
    r"(?! (?:prompt|field|label|button|message|dialog|option|box|page|link))"
)
_TRY = Pattern(
    r"(?i)(?<![^\W\d_])(?:its|it's|use|using|try|nimm|nehmen sie|versuch|probier|nutze?|essaie|essayez|utilise[rz]?"
    r"|prends"
    r"|prueba|usa|prova|gebruik|probeer|tenta|with|mit|avec|con|met|com)"
    r"[ \t]+[\"'“„«]?(?P<value>[^\s\"'“”„«»<>(){},;]{6,64})[\"'”“»]?[^\n]{0,60}?(?i:log[ -]?in|sign[ -]?in|logging in"
    r"|password|account|router|admin|wi-?fi|wlan|old one|"
    r"einloggen|anmeld|zugang|konto|connexion|connecter|compte|entrar|cuenta|accedere|accesso|inloggen|unlock"
    r"|decrypt|entsperr|open (?:it|the)|unzip|verschlüssel|encrypt|chiffr|cifrad|protected|geschützt)"
)
_UNLOCK = Pattern(
    r"(?i)(?<![^\W\d_])(?:unlock|decrypt|open|log in|sign in|entsperren|öffnen|ouvrir|abrir"
    r"|aprire)(?![^\W\d_])[^\n]{0,20}? (?:with|using|mit|avec|con|com|met)"
    r"[ \t]+[\"'“„«]?(?P<value>[^\s\"'“”„«»<>(){},;]{6,64})"
)
_AFTER_STROKE = Pattern(
    r"(?:(?:[\w.+\-]{1,40}@[\w.\-]{3,40}|(?:^|(?<=\n))[ \t]*[^\W\d_][\w \-]{1,20}:[ \t]*[\w.+\-]{2,40})[ \t]+/[ \t]+"
    r"|(?:^|(?<=\n))[ \t]*(?:admin|root|guest|gast|user)/)(?P<value>[^\s\"'<>/|,.]{6,64})(?=[ \t]*(?:\n|$|[,;.]))"
)
_BY_ROLE = Pattern(
    r"(?<![\w/@.:\-])(?:root|admin|administrator|guest|gast|pi|ubuntu|postgres|sa|operator)(?:[ ]?:[ ]?|[ ]/[ ])(?P<v"
    r"alue>[^\s\"'<>/:,]{5,64})(?=[\s,;)]|$)"
)
_U_AND_P = Pattern(
    r"(?i)(?<![\w\-])(?:u|usr|un|user(?:name)?|login|id|benutzer(?:name)?|nutzer(?:name)?|usuario|utilisateur"
    r"|utente|gebruiker(?:snaam)?)[:=][ \t]*[\w.@+\-\\]{1,64}[ \t]*[\n,;/| ][ \t]*"
    r"(?:p|pw|pwd|pass|mdp|kw|ww|secret)[:=][ \t]*[\"']?(?P<value>[^\s\"'<>]{4,128})"
)
_NETWORK_SAID = Pattern(
    r"(?i)(?<![^\W\d_])(?:(?:wi-?fi|wlan|router|guest|gäste|netz(?:werk)?)[ \-](?:network )?"
    rf"(?:{_WORDS}|pw|pass|code)|(?:{_WORDS}|pw)(?: [^\W\d_]{{2,6}}){{0,2}} (?:wi-?fi|wlan|nas|router))"
    r"(?:[ \t]*[:=][ \t]*|[ \t]+(?:is|ist|est|es|è|é|c['’]est|är|er|jest|je|adalah|là|nya)[ \t]+"
    r"|[ \t]+)(?P<value>[^\W_]{6,40})[ \t]*[.!]?[ \t]*("
    r"?=\n|$)"
)
_SHORT_SAID = Pattern(r"(?i)(?<![\w\-])(?:pw|pwd|pass|mdp|kw|비번)[ \t]+(?P<value>[^\s\"'<>(){}\[\],;]{7,64})")
_PHRASE_FOR = Pattern(
    r"(?i)(?<!\w)pass ?phrase(?!\w)[^:\n]{0,40}:[ \t]*(?P<value>[a-z]+(?: [a-z]+){2,9})[ \t]*(?=\n|$)"
)
_LOCKED = Pattern(
    r"(?i)(?<![^\W\d_])(?:(?:fahrrad|zahlen|vorhänge|koffer)schloss|schlüssel(?:tresor|box|safe)|key ?(?:safe"
    r"|box)|lock ?box|padlock|bike lock"
    r"|(?:garage|gate|door|alarm)[ \-]?(?:keypad|pad)|cadenas|candado|lucchetto|kłódk[ai]|hangslot|hänglås"
    r"|(?:phone|handy|iphone|tablet|laptop|screen|sim)"
    r"[ \-]?(?:unlock|lock|sperre|entsperr\w*|bildschirmsperre))(?:[ \t]+(?:code|pin|is|ist|est|es|è|jest"
    r"|är)){0,2}[ \t]*[:=]?[ \t]+"
    r"(?P<value>(?!(?:19|20)\d\d(?!\d))\d{4,6}[#*]?)(?![\w:%€]|[.,\-]\d|[ \t]?(?:EUR|€|km|m|kg)\b)"
)
_LOCK = Pattern(
    r"(?i)(?<![^\W\d_])(?:(?:bike |bicycle |suitcase )?lock|padlock|safe|tresor|(?:fahrrad|zahlen|vorhänge|koffer)?sc"
    r"hloss|alarm|cadenas|coffre|candado|lucchetto)"
    r"(?:[ \t]*:[ \t]*(?P<named>\d{4,6}[#*]?|\d\d?(?:-\d\d?){2,4})|[ \t]*:?[ \t]*(?P<value>\d\d-\d\d-\d\d"
    r"|\d{4,6}[#*]))(?![\w:.,\-]\d)"
)
_COMMANDS = (
    Pattern(r"(?i)\bwpa_passphrase[ \t]+\S{1,64}[ \t]+[\"']?(?P<value>[^\s\"'$]{6,64})"),
    Pattern(
        r"(?i)(?:\bbasic_?auth|(?<![\w\-])auth):?[ \t]+[\w.@\-]{1,64}[ \t]+(?P<value>(?=\S*\d)(?=\S*[A-Z])\S{6,64})"
    ),
    Pattern(r"(?i)\brclone[ \t]+obscure[ \t]+[\"']?(?P<value>[^\s\"'$\-][^\s\"']{2,64})"),
    Pattern(r"(?i)\bsnmp\w+\b[^\n]{0,120}?[ \t]-[AX][ \t]+[\"']?(?P<value>[^\s\"'$\-][^\s\"']{5,64})"),
    Pattern(r"[ \t]?--user[ \t=]+[\"']?[\w.@\-]{1,64}:(?P<value>[^\s\"'$]{4,64})"),
    Pattern(
        r"(?i)[ \t]-(?:storepass|keypass|srcstorepass|deststorepass|passphrase|passwd|password)[ \t]+[\"']?(?P<value>"
        r"[^\s\"'<>\-$%][^\s\"']{3,128})"
    ),
    Pattern(r"(?i)[ \t]/(?:p|pass|password|rp|pwd):[\"']?(?P<value>[^\s\"'<>*%$][^\s\"']{2,128})"),
    Pattern(
        r"(?i)\bdocker[ \t]+login\b[^\n]{0,120}?[ \t](?:-p|--password)[ \t=]+[\"']?(?P<value>[^\s\"'$\-][^\s\"']{3,12"
        r"8})"
    ),
    Pattern(r"(?i)\bnet[ \t]+use\b[^\n]{0,120}?\\\\\S+[ \t]+(?P<value>[^\s/*\"'][^\s\"']{3,128})(?=[ \t]+/user:)"),
    Pattern(r"(?i)\b(?:ldap\w+)\b[^\n]{0,200}?[ \t]-w[ \t]+[\"']?(?P<value>[^\s\"'$\-][^\s\"']{2,128})"),
    Pattern(
        r"(?i)\b(?:ipmitool|rdesktop|psexec\w*|xfreerdp|ncftp|bacula\w*)\b[^\n]{0,160}?[ \t]-p[ \t]+[\"']?(?P<value>["
        r"^\s\"'$\-][^\s\"']{3,128})"
    ),
    Pattern(
        r"(?i)\b(?:lftp|curl|wget|http|https|xh|ftp)\b[^\n]{0,160}?[ \t](?:-u|-a|--user|--auth)[ \t=]*[\"']?[\w.@+\-]"
        r"{1,64}[:,](?P<value>[^\s\"'$@][^\s\"']{2,128})"
    ),
    Pattern(r"(?i)<<<[ \t]*[\"'](?P<value>[^\"'\n$]{4,128})[\"']"),
    Pattern(r"(?i)\b(?:user_pw|owner_pw)[ \t]+[\"']?(?P<value>[^\s\"'$]{3,128})"),
    Pattern(
        r"(?i)\bsecurity[ \t]+add-\w+-password\b[^\n]{0,160}?[ \t]-w[ \t]+[\"']?(?P<value>[^\s\"'$\-][^\s\"']{2,128})"
    ),
    Pattern(r"(?i)\bsend[ \t]+\"(?P<value>[^\"\\\n$]{4,64})\\[rn]\""),
    Pattern(
        r"(?i)\b(?:echo|printf)[ \t]+(?:-\w+[ \t]+)?(?:['\"]%s['\"][ \t]+)?[\"']?(?P<value>[^\s\"'|$]{4,128})[\"']?[ "
        r"\t]*\|[^\n]{0,40}?(?:cryptsetup|--password-stdin|--passphrase-fd|passwd|kinit|vncpasswd|sudo (?-i:-S)\b)"
    ),
)
_COLUMN = Pattern(rf"(?i)(?:{_WORDS}|pass|pw|pwd|kw|mdp|pin)$")
_SEPARATORS = (",", ";", "\t", "|")
_BLANKS = "  "
_WIDE = re.compile(r"[ \t]{2,}")
_TABLE_HEAD = re.compile(
    rf"(?i)[ \t]*(?:(?:site|user(?:name)?|login|log-?in|name|host|server|service|device|system|account|url"
    rf"|e-?mail|role|notes?"
    rf"|port|app|benutzer(?:name)?|konto|dienst|gerät|site web|identifiant|compte|usuario|servicio|cuenta"
    rf"|utente|gebruiker"
    rf"|{_WORDS}|pass|pw|pwd|kw|mdp|pin)(?:[ \t]+|$)){{2,6}}$"
)
"""A line of nothing but what columns of such a table are called."""
_PLAIN_TECH = Pattern(
    r"(?i)^(?:sha-?\d+|oauth\d?|md5|base64|utf-?8|aes-?\d*|http\w*|v?\d[\d.]{0,7}|[a-z]+\d?\.[a-z]{2,4})$"
)


def passwords_by_place(text: str, *, named: bool) -> Iterator[Found]:
    """Places of what may be a password by where it stands; whoever asks judges what stands there.

    `named`: whether a word for a password is in the text at all.
    """
    spoken = (_LABEL, _BACKWARDS, _NETWORK_ANSWER) if named else ()
    for pattern in (*spoken, _BELOW, _NETWORK, _NETWORK_OF, _NETWORK_KEY, _PAIR, _BY_ROLE):
        for match in pattern.finditer(text):
            value = match.group("value")
            passed = pattern is _LABEL and _passed_on(text, match)
            passed = passed or (pattern is _PAIR and _ARGUMENT.match(value) is not None)
            if not _PLAIN_TECH.match(value) and not passed and "/" not in value.strip("/"):
                yield match.span("value")


def _passed_on(text: str, match: re.Match[str]) -> bool:
    """Whether it is said of what a function is given: `pass x to y`, `pass x=1`."""
    if not _PASSED.match(match.group()):
        return False
    return _ARGUMENT.match(match["value"]) is not None or _PASSED_ON.match(text, match.end("value")) is not None


def passwords_of_networks(text: str) -> Iterator[Found]:
    """Places of a single word that ends the line in which a network's password is told."""
    for match in _NETWORK_SAID.finditer(text):
        yield match.span("value")


def passwords_by_use(text: str, *, named: bool) -> Iterator[Found]:
    """Places of what is said to be used to log in, or is quoted after a word for a password (`named`: there is one)."""
    for pattern in (_TRY, _UNLOCK, _AFTER_STROKE, *((_QUOTED, _SHORT_SAID) if named else ())):
        for match in pattern.finditer(text):
            if pattern is not _SHORT_SAID or not _passed_on(text, match):
                yield match.span("value")


def surely_passwords(text: str) -> Iterator[Found]:
    """Places of passwords that need no further look: doors' codes, pairs with their labels, commands, columns."""
    for pattern in (_DOOR, _U_AND_P, _PHRASE_FOR, _LOCK, _LOCKED, *_COMMANDS):
        for match in pattern.finditer(text):
            yield match.span("named" if "named" in match.groupdict() and match["named"] else "value")
    yield from _in_columns(text)


def _in_columns(text: str) -> Iterator[Found]:
    """The column of a table whose head calls it a password's."""
    lines = text.splitlines(keepends=True)
    at = 0
    starts = []
    for line in lines:
        starts.append(at)
        at += len(line)
    for number, line in enumerate(lines):
        separator = next((sign for sign in _SEPARATORS if line.count(sign) >= 1), "")
        if not separator and _TABLE_HEAD.match(line):
            separator = _BLANKS if _WIDE.search(line.strip()) else " "
        cells = [cell.strip(" \"'\r\n\t*") for cell in _split(line, separator)] if separator else []
        wanted = [n for n, cell in enumerate(cells) if _COLUMN.match(cell)]
        if len(cells) < 2 or not wanted or any(len(cell) > 24 for cell in cells):
            continue
        for row in range(number + 1, min(len(lines), number + 200)):
            places = _cells(lines[row], separator)
            if len(places) != len(cells):
                break
            for column in wanted:
                begin, end = places[column]
                value = lines[row][begin:end]
                if (
                    len(value) >= 3
                    and not set(value) <= set("-=: *•●.x")
                    and value.casefold() not in ("none", "n/a", "null", "yes", "no")
                ):
                    yield starts[row] + begin, starts[row] + end


def _split(line: str, separator: str) -> list[str]:
    if separator == _BLANKS:
        return re.split(r"[ \t]{2,}", line.strip())
    return line.strip().split() if separator == " " else line.rstrip("\r\n").split(separator)


def _cells(line: str, separator: str) -> list[Found]:
    """Where each cell of a row begins and ends, without blanks and quotes; quoted separators part nothing."""
    if separator in (",", ";") and '"' in line:
        found = next(csv.reader(StringIO(line), delimiter=separator), [])
    else:
        found = _split(line, separator)
    places, at = [], 0
    for cell in found:
        bare = cell.strip(" \"'\t")
        begin = line.find(bare, at) if bare else at
        if begin < 0:
            return []
        places.append((begin, begin + len(bare)))
        at = begin + len(bare)
    return places
