"""Passwords told in a sentence or a note: after what they are for, as an answer, with their user, before their name."""

import json
from collections.abc import Iterator

from core.capture.stretches import matches_in, stretches
from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]

_LISTS: dict[str, list[str]] = json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))
_WORDS = "|".join(_LISTS["password"])
_NAMES = Pattern(rf"(?i)(?<![^\W\d_])(?:{_WORDS}|pass|pw|mdp|kw)(?![^\W\d_])")
_PROGRAMS = Pattern(
    r"(?i)\b(?:rabbitmqctl|prosodyctl|ejabberdctl|mc[ \t]+(?:admin|alias)|mosquitto_passwd|dscl|sqlcmd|bcp|osql|isql"
    r"|tsql|cqlsh"
    r"|clickhouse-client|beeline|ipmitool|mongo(?:sh|dump|restore|import|export)?)\b"
)
_REACH = 160
"""Characters around a word for a password in which it is told."""
_VALUE = r"[\"'“„«`]?(?P<value>[^\s\"'“”„«»`<>(){},;]{6,64})"
_IS = r"(?:is|was|ist|war|lautet|est|es|è|é|är|er|jest|to|['’]s)"
_THE = r"(?:the|das|dem|le|la|el|il|het|de|a|o|with|mit|avec|con|met|com)"
_USERS = (
    r"(?:user ?(?:name)?|log-?in|account|benutzer(?:name)?n?|nutzer(?:name)?n?|konto|usuario|cuenta|utilisateur"
    r"|identifiant"
    r"|compte|utente|conto|gebruiker(?:snaam)?|utilizador|usuário|conta|użytkownik\w*|användar\w*|bruger\w*|bruker\w*)"
)
_AND = r"(?:and|und|et|y|e|en|i|och|og|,|;|/|\||–|-)"
_ABOUT = (
    r"(?:hash\w*|polic\w+|length|rules?|manager|history|age|expir\w*|encryption|types?|formats?|fields?|hints?"
    r"|strength|updated"
    r"|changed|reset|requirements?|algorithm|attempts?|version|file|richtlinie\w*|länge|regeln?|verwaltung|hinweis"
    r"|stärke"
    r"|geändert\w*|longueur|règles?|gestionnaire|modifié\w*|indice|longitud|política|gestor|cambiad\w*|lunghezza"
    r"|gestore"
    r"|modificata|lengte|regels|beheer|tamanho|gerenciador|długość|store|prompt|generator|based|only|protected|auth\w*)"
)
_SENTENCES = (
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS})(?:[ \t]+(?!{_ABOUT}\b)[^\W\d_]{{1,12}}){{1,4}}?[ \t]+{_IS}:?[ \t]+{_VALUE}"
    ),
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS})\s+{_VALUE}(?=\s+(?:until|bis|jusqu|hasta|fino|tot|até|do|valid|gültig)\b)"
    ),
)
"""Only what is drawn by lot."""
_CHANGED = (
    r"(?:changed|reset|set|updated|rotated|geändert|zurückgesetzt|gesetzt|modifié|changé|réinitialisé"
    r"|cambiad[oa]|cambiat[ao]"
    r"|restablecid[oa]|gewijzigd|veranderd|alterad[oa]|mudad[oa]|zmienione|ändrat|ændret|endret)"
)
_NOTES = (
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS}|pw|pass|mdp"
        rf"|kw)(?![^\W\d_])[^\n?]{{0,30}}\?[ \t]*\n(?:[^\W\d_][\w .]{{0,20}}:[ \t]*)?"
        rf"{_VALUE}[\"'”“»`]?(?=[ \t]*(?:\n|$))"
    ),
    Pattern(r"(?i)(?<![^\W\d_])pass[ \t]+is:?[ \t]+[\"']?(?P<value>[^\s\"'<>(){},;]{7,64})"),
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS}|pw)[^\n.?:;]{{0,40}}?[ \t]{_CHANGED}[ \t]+(?:to|auf|in|en|à|a|para|naar"
        rf"|na|till|til|pour)"
        rf":?[ \t]+{_VALUE}"
    ),
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS}|pw)[ \t]+(?:for|to|für|zum|von|vom|de|du|del|de la|della|van|från|till"
        rf"|til|do|od|от|для|к|da|do|dla)"
        rf"[ \t]+(?!(?:user|account|host|server|konto|benutzer|compte|cuenta|room"
        rf"|zimmer)\b)(?:[^\W\d_]{{1,6}}[ \t]+)?[^\W\d_]{{2,14}}[ \t]+"
        r"(?P<value>[^\s\"'“”„«»`<>(){},;.:@/]{8,40})(?=[ \t]*(?:[.,!]?[ \t]*(?:\n|$)))"
    ),
    Pattern(
        rf"(?i)(?<![^\W\d_])(?:{_WORDS}|pw)[^\n?:=]{{0,40}}\?[ \t\n]{{0,3}}(?:(?:it|that)(?:['’]s| is| was)|(?:es"
        rf"|das) (?:ist|war)"
        rf"|c['’]est|es|è|é|het is|dat is|to|det är|det er|try|versuch|essaie|prueba|prova|probeer):?[ \t]+{_VALUE}"
    ),
    Pattern(
        rf"(?i)(?<![^\W\d_]){_USERS}[ \t]*[:=]?[ \t]*[\w.@+\-]{{2,64}}[ \t]*(?:{_AND}[ \t]+"
        rf"|[ \t])(?:{_THE}[ \t]+){{0,2}}"
        rf"(?:{_WORDS}|pw|mdp)"
        rf"[ \t]*[:=]?[ \t]*{_VALUE}"
    ),
    Pattern(
        rf"(?i)(?:^|(?<=[\n;,|•*]))[ \t\-]*(?:{_WORDS}|pw|mdp|kw)(?:[ \t]+(?!{_ABOUT}\b)[^\W_][\w\-]{{1,19}}){{1,3}}"
        rf"[ \t]?[:=][ \t]*{_VALUE}(?=[ \t]*(?:\n|$|[.,;|(]))"
    ),
    Pattern(
        rf"(?i)(?<![\w\-.@/]){_VALUE}[\"'”“»`]?[ \t]*(?:\([ \t]*|<-+[ \t]*|←[ \t]*)(?:{_THE}[ \t]+|my[ \t]+"
        rf"|mein[ \t]+|mon[ \t]+|mi[ \t]+)?"
        rf"(?:[^\W\d_]{{2,12}}[ \-])?(?:{_WORDS}|pw|mdp|pass|kw)(?=[ \t]*(?:\)|\n|$))"
    ),
)
"""What nobody writes as a word."""
_NAMED = Pattern(
    rf"(?i)[(,][ \t\n]{{0,40}}(?:\w{{1,24}}_)?(?:{_WORDS}|pass"
    rf"|pw)[ \t]?=[ \t]?[bru]?([\"'])(?P<value>[^\"'\n]{{3,64}})\1"
    r"(?=[ \t\n]{0,40}[,)])"
)
_ARGUMENTS = (
    Pattern(
        r"\brabbitmqctl\b[^\n]{0,60}?\b(?:add_user|change_password"
        r"|authenticate_user)[ \t]+[\"']?[\w.@\-]{1,64}[\"']?[ \t]+"
        r"[\"']?(?P<value>[^\s\"'$\-<][^\s\"']{2,128})"
    ),
    Pattern(
        r"\b(?:prosodyctl|ejabberdctl)\b[^\n]{0,40}?\b(?:register"
        r"|change_password)[ \t]+[\w.\-]{1,64}[ \t]+[\w.\-]{1,64}[ \t]+"
        r"[\"']?(?P<value>[^\s\"'$\-<][^\s\"']{2,128})"
    ),
    Pattern(
        r"\bmc[ \t]+(?:admin[ \t]+user[ \t]+(?:svcacct[ \t]+)?add[ \t]+\S{1,64}"
        r"|alias[ \t]+set[ \t]+\S{1,64}[ \t]+\S{1,128})"
        r"[ \t]+\S{1,64}[ \t]+[\"']?(?P<value>[^\s\"'$\-<][^\s\"']{5,128})"
    ),
    Pattern(
        r"\bmosquitto_passwd\b[^\n]{0,40}?[ \t]-[a-z]*b[a-z]*[ \t]+\S{1,128}[ \t]+\S{1,64}[ \t]+[\"']?(?P<value>"
        r"[^\s\"'$\-<][^\s\"']{2,128})"
    ),
    Pattern(r"\bdscl\b[^\n]{0,40}?-passwd[ \t]+\S{1,128}[ \t]+[\"']?(?P<value>[^\s\"'$\-<][^\s\"']{2,128})"),
    Pattern(
        r"(?i)\b(?:sqlcmd|bcp|osql|isql|tsql|cqlsh|clickhouse-client|beeline|ipmitool|mongo(?:sh|dump|restore|import"
        r"|export)?)"
        r"(?:\.exe)?\b[^\n|]{0,160}?[ \t](?-i:-P|-p|-password)[ \t]*(?:([\"'])(?P<quoted>[^\"'\n$]{2,128})\1"
        r"|(?P<value>[^\s\"'$\-<:/][^\s\"']{2,128}))"
    ),
)


def drawn_in_sentences(text: str) -> Iterator[Found]:
    """Places after a word for a password and a few others; only what is drawn by lot is meant by them."""
    for match in matches_in(text, stretches(text, _NAMES, _REACH, _REACH), _SENTENCES):
        yield match.span("value")


def told_in_notes(text: str) -> Iterator[Found]:
    """Places of what is one if it is no word: an answer, a user's, under what it is for, named after it."""
    for match in matches_in(text, stretches(text, _NAMES, _REACH, _REACH), _NOTES):
        yield match.span("value")


def given_to_programs(text: str) -> Iterator[Found]:
    """Places that hold nothing else: arguments of commands and of functions, named or by their order."""
    for match in matches_in(text, stretches(text, _NAMES, _REACH, _REACH), (_NAMED,)):
        yield match.span("value")
    for match in matches_in(text, stretches(text, _PROGRAMS, 0, 2 * _REACH), _ARGUMENTS):
        yield match.span("quoted" if "quoted" in match.groupdict() and match["quoted"] else "value")
