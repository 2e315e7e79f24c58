"""What stands in examples and templates where a password will stand: stars, `REPLACE_ME`, `your-password`, names."""

from core.pattern import Pattern

_WORD = (
    r"(?:password|passwd|passwort|kennwort|pass|pwd?|pw|passphrase|secret|token|mot[_\- ]?de[_\- ]?passe|mdp"
    r"|contrase(?:ñ|n)a|clave|senha|wachtwoord|has[łl]o|parola|l[öo]senord|passord|adgangskode)"
)
_WHOSE = (
    r"(?:your|my|the|some|an?|db|dein|mein|ihr|votre|ton|mon|tu|su|mi|la[_\- ]?tua|tua|sua|jouw|je|uw|twoje|ditt|din)"
)
_PLACEHOLDER = Pattern(
    r"(?i)(?:"
    r"(?:re?place|change|insert|fill|put|enter|set|edit|add|type)[_\- ]?(?:me|this|it|in|here|with"
    r"|your)(?:[_\- ]\w{1,24}){0,3}"
    r"|(?:hier[_\- ]?)?(?:eintragen|ersetzen|ändern|einsetzen)(?:[_\- ]?mich)?|bitte[_\- ]?ändern"
    r"|(?:à|a)[_\- ]?(?:remplacer|changer|modifier)|(?:c[aá]mbia|reempl[aá]za|modif[ií]ca)me|cambiami|sostituiscimi"
    r"|verander[_\- ]?mij|vul[_\- ]?(?:hier[_\- ]?)?in|wijzig[_\- ]?mij|muda[_\- ]?me|altere[_\- ]?me"
    r"|zmie[nń][_\- ]?mnie"
    rf"|(?:{_WHOSE}[_\- ]?)?(?:(?:db|admin|root|user|app|smtp|mysql|postgres|redis|new|old|strong|secure|super|very"
    rf"|api)[_\- ])?{_WORD}(?:[_\- ]?(?:here|hier|ici|aqu[ií]|qui|tutaj|goes[_\- ]?here))?"
    r"|(?-i:\$[A-Z_]{2,})|\$?\{[^{}]{0,64}\}|<[^<>]{0,64}>|%[sd]|%\(\w{1,32}\)s"
    r"|\*+|•+|●+|…|\.{3,}|_+|-+|x{3,}|\?+|to[_\- ]?do|fix[_\- ]?me|tbd|redacted|hidden|masked|omitted|removed"
    r"|example|beispiel"
    r")[.,;:!?)\]}\"']{0,3}$"
)


def is_placeholder(value: str) -> bool:
    """Whether `value` says that a password belongs here, and is none."""
    return _PLACEHOLDER.match(value) is not None
