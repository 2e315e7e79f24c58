"""One-time codes by the place they hold in a sentence: put in here, used to log in, soon to run out, typed by hand."""

from collections.abc import Iterator

from core.capture.stretches import matches_in, stretches
from core.pattern import Pattern

Found = tuple[int, int]

_DIGITS = r"(?:\d{4}[ \-]\d{4}|\d{3}[ \-]\d{3}|\d\d(?:[ \-]\d\d){2,3}|\d{5,8})"
_MIXED = r"(?:(?=[A-Z]{0,9}\d)(?=\d{0,9}[A-Z])[A-Z0-9]{5,10})"
_GROUPS = (
    r"(?:(?=[A-Z \-]{0,24}\d)(?=[\d \-]{0,24}[A-Z])(?=(?:[A-Z0-9][ \-]?){6})[A-Z0-9]{2,5}(?:[ \-][A-Z0-9]{2,5}){1,5})"
)
_ENDS = r"(?![\w%€$£°]|[.,:/]\d|[ \-]\d|[ \t]?(?:EUR|USD|GBP|CHF|km|kg|MB|GB|ms)\b)"
_BEGINS = r"(?<![\w.,:/\-#+])"
_CODE = Pattern(
    r"(?<![\w.,:/\-#+])(?:\d{5,8}|\d{2,4}[ \-]\d{2,4}|[A-Z]{2,5}[ \-]\d{2,5}|(?=[A-Z]{1,9}\d"
    r"|\d{1,9}[A-Z])[A-Z0-9]{3,10})(?!\w)"
)
_KEY = Pattern(r"(?<![A-Za-z0-9])[A-Z2-7]{4}(?:[ \-]?[A-Z2-7]{4}){3}")
_BEFORE, _AFTER = 200, 120
"""Characters around a code that are read for what makes it one."""
_NAME = (
    r"(?:[^\W\d_]{0,16}-?(?:codes?|kode?n?|c[óo]digos?|codic[ei])|pin|tan|otp|passcode|token|clave"
    r"|pass(?:word|wort)?|kennwort|mot de passe|contraseña|wachtwoord|senha|hasło)"
)
_PUT = (
    r"(?:enter|use|type|put in|geben sie|gib|tippen sie|tippe?|tragen sie|trage?|nutzen sie|nutze?|verwenden sie"
    r"|verwende?"
    r"|saisissez|saisis|utilisez|utilise|entrez|entre|tapez|tape|introduzca|introduce|usa|use|utilice|utiliza"
    r"|ingrese|ingresa"
    r"|escriba|escribe|teclee|inserisci|inserisca|digiti|digita|usi|utilizza|vul|gebruik|typ|toets|voer|insira"
    r"|digite|utilize"
    r"|introduza|wpisz|użyj|podaj|wprowadź)"
)
_PLEASE = r"(?:,? (?:bitte|please|s['’]il (?:te|vous) pla[iî]t|por favor|per favore|alstublieft|proszę),?)?"
_MINUTES = (
    r"(?:min\w*|sec\w*|sek\w*|hours?|hrs?|std|stunden?|heures?|horas?|ore|ora|uur|uren|godz\w*|s|h)\b"
    r"|\d{1,2}[:.h]\d\d|mezz['’]ora|half an hour|(?:einer )?halben? stunde|demi-heure|media hora|half uur|meia hora"
    r"|pół godziny"
)
_SOON = (
    r"(?:(?:expir\w*|valid\w*|good|gültig|läuft|verfällt|valable|caduca|v[áa]lid[oa]s?|vence|scade|validità|geldig"
    r"|verloopt"
    r"|vervalt|ważn\w*|wygas\w*|lapses|runs out)[^\n]{0,24}?(?:" + _MINUTES + r")"
    r"|(?:valid|good|gültig|works) (?:only )?(?:once|einmal\w*)|usage unique|una sola (?:vez|volta))"
)
_SAID = r"(?:[:=：]|\bis\b:?|\bist\b:?|\blautet\b:?|\best\b:?|\bes\b:?|\bè\b:?|\bé\b:?|\bjest\b:?|\bär\b:?|\ber\b:?)"
_SIGN_IN = (
    r"(?:(?:log|sign)(?:ging|ning)?[ \-]?in|anmeld\w*|anzumelden|einlogg\w*|einzuloggen|connecter|connexion"
    r"|identifier|acceder"
    r"|iniciar sesi[óo]n|entrar|accedere|accedi|inloggen|in te loggen|aanmelden|aan te melden|zalogować|logowani\w*"
    r"|melden sie sich|melde dich|loggen sie sich|log(?:ge)? dich|connectez-vous|connecte-toi|inicie sesi[óo]n"
    r"|inicia sesi[óo]n|meld (?:je|u)|log (?:je|u)|zaloguj się)"
)
_PLACES = (
    Pattern(
        rf"(?i:\b{_PUT}{_PLEASE}) {_BEGINS}(?P<code>{_DIGITS}|\d{{4}}|{_MIXED}){_ENDS},?"
        rf" (?i:as|als|comme|como|come|jako)(?: [^\s\d]{{1,20}}){{0,5}}? (?i:[\w'’]{{0,8}}{_NAME}|kodu)(?!\w)"
    ),
    Pattern(
        rf"(?i:\b{_PUT}{_PLEASE}) (?P<code>{_DIGITS}|\d{{4}}|{_MIXED}){_ENDS},? (?i:um|to|pour|para|per|om|aby|żeby)"
        rf"(?: [^\s\d]{{1,24}}){{0,6}}? (?i:{_SIGN_IN}|confirm\w*|verif\w*|bestätig\w*|bevestig\w*|conferm\w*"
        rf"|potwierdz\w*)"
    ),
    Pattern(
        rf"(?i:(?<![^\W\d_]){_SIGN_IN})[^\d\n]{{0,32}}?(?i:using|with|mit|avec|con|met|com|via|{_PUT})"
        rf"(?: [^\s\d]{{1,12}}){{0,3}}? (?P<code>\d{{6,8}}|\d{{3}}[ \-]\d{{3}}|{_MIXED}){_ENDS}"
        r"(?! (?!to|um|on|auf|in|an|ein|aan|sur|en|su|op|or|and|und|et|y|e|o)[^\W\d_]{2,})"
    ),
    Pattern(
        rf"(?i:\b{_PUT}{_PLEASE}) (?P<code>{_MIXED}|\d{{6}}){_ENDS}[^\d\n]{{0,40}}"
        r"(?i:(?<![^\W\d_])(?:verif|confirm|bestätig|bevestig|conferm|potwierdz)\w*)"
    ),
    Pattern(rf"{_BEGINS}(?P<code>{_DIGITS}) to (?i:tw[óo]j|pański|państwa) (?i:kod\w*)"),
    Pattern(
        r"(?i:(?<![^\W\d_])(?:verif|confirm|bestätig|bevestig|conferm|potwierdz)\w*)[^\d\n]{0,80}?"
        rf"(?i:\b{_PUT}{_PLEASE})(?: [^\s\d]{{1,8}}){{0,2}}? (?P<code>{_MIXED}|\d{{6}}){_ENDS}"
    ),
    Pattern(
        rf"(?i:(?<!\w){_NAME}|verifica\w*|verifizierung|bestätigung|confirma\w*|vérification)[^\n:\d]{{0,40}}"
        rf"(?i:[ \t]*{_SAID})[ \t]*\n?[ \t]*(?P<code>{_DIGITS}|{_MIXED}|{_GROUPS}"
        rf"|(?=\w?\w?\d)(?=\w?\w?[A-Z])[A-Z0-9]{{3,4}}){_ENDS}"
        rf"(?=[^\w\n]{{0,3}}\n?[^\d\n]{{0,24}}(?i:{_SOON}))"
    ),
    Pattern(
        rf"(?i:{_SAID})[ \t]*(?P<code>\d{{6}}|\d{{3}}[ \-]\d{{3}}"
        rf"|\d\d \d\d \d\d){_ENDS}(?=[ \t]*[(,.;–—\-]+[ \t]*(?i:{_SOON}))"
    ),
    Pattern(
        rf"(?i:(?<![^\W\d_]){_NAME})[^\n:\d]{{0,24}}[ \t]?[:=][ \t]*(?P<code>\d\d[ \-]\d\d){_ENDS}"
        r"(?=[^\d]{0,12}(?i:don'?t|do not|never|nicht|niemand|niemals|ne |à ne |no |non |nao |não |niet |nie |nooit"
        r"|jamais))"
    ),
    Pattern(
        r"(?i:(?<![^\W\d_])(?:aktivierungs|freischalt|einmal|kopplungs|bestätigungs)-?code|activation code|pairing code"
        r"|one[\- ]time code|code (?:d['’])?(?:activation|appairage)|c[óo]digo (?:de )?(?:activaci[óo]n|ativação"
        r"|vinculaci[óo]n)"
        r"|codice (?:di )?(?:attivazione|abbinamento)|activatiecode|koppelcode|kod aktywacyjny)"
        rf"[^\n:]{{0,48}}[:=]?[ \t]*\n?[ \t]*{_BEGINS}(?P<code>{_GROUPS}){_ENDS}"
    ),
    Pattern(
        rf"(?i:(?<![^\W\d_]){_PUT})(?: [^\s\d]{{1,16}}){{0,5}}[:.]?[ \t]*\n[ \t]*(?P<code>{_GROUPS}"
        rf"|{_MIXED})[ \t]*(?=\n|$)"
        rf"(?=\n?\n?[^\n]{{0,24}}(?i:{_SOON}))"
    ),
)
_KEY_NAMES = (
    r"(?:secret|key|seed|schlüssel|geheimnis|clé|clef|clave|secreto|chiave|segreto|sleutel|geheim|chave"
    r"|segredo|klucz|nyckel)"
)
_BY_HAND = (
    r"(?:by hand|manual(?:ly)?|instead|von hand|manuell|à la main|manuellement|a mano|manual(?:mente)?"
    r"|handmatig|à mão|ręcznie)"
)
_TIMED = (
    r"(?:time[ \-]?based|totp|zeitbasiert|authenticator|authentificator|basée? sur l['’]heure"
    r"|basad[oa] en (?:el )?tiempo)"
)
_BASE32 = r"(?P<code>[A-Z2-7]{4}(?:[ \-]?[A-Z2-7]{4}){3,15}(?:[ \-]?[A-Z2-7]{1,3})?)(?![A-Za-z0-9])"
_KEYS = (
    Pattern(
        rf"(?i:(?<![^\W\d_])(?:{_KEY_NAMES}[^\n]{{0,40}}?{_BY_HAND}|{_BY_HAND}[^\n]{{0,40}}?{_KEY_NAMES}))(?!\w)"
        rf"[^\n]{{0,24}}?[:\n][ \t]*{_BASE32}"
    ),
    Pattern(rf"(?:^|(?<=\n))[^\n]{{0,32}}?(?<![A-Za-z0-9]){_BASE32}[ \t]*\n[^\n]{{0,40}}?(?i:{_TIMED})"),
)


def codes_by_place(text: str) -> Iterator[Found]:
    """Places of codes; whoever asks sees whether the number can be one (no year, no order's number)."""
    for match in matches_in(text, stretches(text, _CODE, _BEFORE, _AFTER), _PLACES):
        yield match.span("code")


def keys_put_in_by_hand(text: str) -> Iterator[Found]:
    """Places of the keys that authenticators are set up with where no picture can be scanned."""
    for match in matches_in(text, stretches(text, _KEY, _BEFORE, _AFTER), _KEYS):
        if any(sign.isdigit() for sign in match["code"]):
            yield match.span("code")
