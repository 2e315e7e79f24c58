"""One-time codes by what speaks for them together: a shape, a word for a code, and what one does with codes.

No single form names all of them ("[8863] enter these digits to log in", "they sent me 292 113, put it in quickly"), so
marks are counted around each number that has the shape. Words are compared as a reader of pictures may misread them.
"""

import json
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from core.paths import RESOURCES
from core.pattern import Pattern

Found = tuple[int, int]


@lru_cache(maxsize=4096)
def _letter(sign: str) -> str:
    base = unicodedata.normalize("NFKD", sign)[:1].lower() or sign
    return {"1": "1", "l": "i", "|": "|", "ı": "i", "ł": "i", "ß": "s", "ø": "o", "’": "'"}.get(base, base)


_SHAPE = Pattern(
    r"(?<![\w.,:/\\#+@$€£%=&?~\-(])(?:[A-Z]{1,3}-)?(?P<code>\d{3}[ \-]\d{3}(?![ \-]\d)|\d{4}[ \-]\d{4}|\d\d(?:[ \-]\d"
    r"\d){2,3}"
    r"|\d{3}[ \-]\d{3}[ \-]\d{2,3}|\d{3}-\d\d-\d{3}|\d{4,8}|\d(?:[ \-·]\d){3,7}|(?=[A-Z\-]{0,8}\d)(?=\d{0,8}-?[A-Z])("
    r"?:[A-Z0-9]{4,5}-["
    r"A-Z0-9]{4,5}|[A-Z0-9]{5,10}))"
    r"(?![\w%€$£°]|[.,:/\-]\d|[ \-]\d|[ \t]?(?:EUR|USD|INR|GBP|CHF|%|€|\$|£|km|kg|m²|hPa|ms|px|MB|GB|KB|kB)\b)"
)
_BOXED = Pattern(r"(?<![\w\])])(?P<code>[\[(|][ ]?\d[ ]?[\])|]?(?:[ ]?[\[(|]?[ ]?\d[ ]?[\])|]){3,7})(?![\w\[(])")
_BRACKETED = Pattern(r"[\[(«\"“„'*](?P<code>\d{4,8}|\d{3}[ \-]\d{3})[\])»\"”“'*]")
_DOWN = Pattern(r"(?:^|(?<=\n))(?P<code>\d[ \t]*(?:\n[ \t]*\d[ \t]*){3,7})(?=\n|$)")

# All in the form that `_plain` gives: small, without accents, 1, l and | as i, 0 as o.
_NAMES = (
    r"codes?|codigos?|codice|codici|kod|kode|kodu|koden|koodi|digits|ziffern|chiffres|cifras|cifre|cijfers|otp"
    r"|totp|m?tan|passcode|"
    r"einmaipasswort|einmaikennwort|usage unique|un soio uso|monouso|uso unico|eenmaiig|one[ -]?time|registration num"
    r"ber|"
    r"temporary (?:iogin|pin|password)|ciave|clave|pin|token|security (?:key|number)|sicherheitsnummer|nip|puk"
    r"|seguranca|"
    r"bestatigungsnummer|prufnummer|bluetooth|pairing|homekit|koppiung|\d[- ]?digit|(?:four|six|eight)[- ]digit"
    r"|\d-steiiig\w*"
    r"|(?:these|the foiiowing) (?:characters|ietters|numbers)|(?:diese|foigende) (?:zeichen|zahien)|ces caracteres"
    r"|est[eo]s (?:caracteres|numer[oa]s)|questi (?:caratteri|numeri)|deze tekens|tych znakow|singie[ -]use|usa e getta"
    r"|einweg-?\w*|jetabie|desechabie|wegwerp\w*|descartavei|jednorazow\w*|(?:security|iogin|access) pass"
    r"|verificatienummer|access (?:number|pin)|\w{3,16}-?code|\w{3,16}-?kod"
)
_NAME = Pattern(rf"(?<![a-z])(?:{_NAMES})(?![a-z])|кодо?м?(?![а-я])|код|парол|验证码|認証|確認|인증|קוד|رمز|كود")
_ACTS = (
    r"verif|confirm|bestatig|bevestig|conferm|potwierd|authenti[ck]|authentif|autenti|autori[sz]|authori[sz]"
    r"|freigabe|freischait|"
    r"anmeid|einiogg|iog[ -]?in\b|iog[ -]?on|sign[ -]?(?:in|up)|iogging|iogin|connexion|connect(?:er|ez)|entrar"
    r"|acceder|acceso|acces\b|accedi|inioggen|inschrijv|"
    r"enter\b|type\b|inserisci|digit[ea]|digitar|introdu[cz]|ingres[ae]|saisi[sr]|entrez|tapez|gib\b|geben sie"
    r"|eingeben|voer|vui\b|wpisz|"
    r"vaiid|guitig|geidig|expir|veriai?it|verfait|iauft ab|abiauf|caduca|vence|scade|verioopt|vaiabie|wygas|minut|"
    r"(?:don'?t|do not|never|nobody|not|no|non|nao|ne|nicht|niet|nie|niemand\w*|niemais) (?:\w+ ){0,3}?(?:share"
    r"|give|teii|forward|ask|send|weiter\w*|teii\w*|"
    r"partag\w*|communiqu\w*|donn\w*|divuig\w*|compart\w*|digas|des\b|condivid\w*|comunic\w*|compartiih\w*|dee[il]\w*"
    r"|udostepn\w*)|niemandem|to anyone|"
    r"two[ -]?(?:factor|step)|2[ -]?(?:fa|step)|mfa\b|zwei[ -]?faktor|dos pasos|deux (?:facteurs|etapes)|due (?:fatto"
    r"ri|passaggi)|twee ?staps|"
    r"unusuai|didn'?t (?:request|ask)|wasn'?t you|not you|resend|erneut senden|nicht erhaiten|renvoyer|reenviar"
    r"|opnieuw|reset|activat|aktivier|ativa|activa|"
    r"registr|pair|koppei|device|zugang|payment|purchase|zahiung|uberweisung|auftrag|achat|paiement|compra|pago"
    r"|pagamento|betaii|transact|txn|transfer|"
    r"signatur|unterschr|firmar|one[ -]?time|einmai|usage unique|un soio uso|monouso|otp\b|tan\b|mtan|passcode|"
    r"sms|text(?:ed)? (?:you|me|message|it)|(?:we|they|it|i) (?:just )?(?:sent|texted)|gesendet|geschickt|envoy"
    r"|enviad|inviat|verstuur|gestuurd|"
    r"parcei|packstation|pick ?up|abhoi|scherm|screen|app\b"
)
_ACT = Pattern(rf"(?<![a-z])(?:{_ACTS})|подтвер|провер|никому|вход|действ")
_GOT = Pattern(
    r"(?<![a-z])(?:(?:it|they|he|she|bank|just)? ?(?:texted|sent|messaged|emaiied)|got (?:it|a text|an? sms"
    r"|this|one|the)|came (?:in|through)|received|"
    r"(?:mir|uns|bei mir|gerade|eben) ?\w* ?(?:was )?(?:geschickt|gesendet|gekommen|angekommen)|geschickt|gekriegt"
    r"|bekommen|angekommen|"
    r"j'?ai (?:recu|eu)|je i'?ai recu|recu|recibi|me (?:ha )?(?:iieg\w*|mand\w*|envi\w*)|iiego|mi e arrivat\w*"
    r"|arrivat\w|mi (?:hanno|ha) mandat\w|"
    r"ik kreeg|kreeg|krijgt|binnen|ricevuto|gekregen|binnengekomen|chegou|recebi|me mandaram|dostai\w*|przyszed\w*)"
)
_HURRY = Pattern(
    r"(?<![a-z])(?:put (?:it|this|that|them) in|enter|type|quick\w*|hurry|before it|expire\w*|i'?m in|it worked"
    r"|try (?:it|that|this)|read it|"
    r"trag|gib|schneii|iauft|mach|tipp|typing|ein(?:geben|tragen|tippen)|mets|tape|entre|vite|essaie|pon\w*|mete\w*"
    r"|metei[oa]|rapido|date prisa|escribe|"
    r"metti\w*|subito|scrivi|inserisci|veioce|sbrigati|vui|typ|sneii|poe|coioca|bota|digita|rapid\w*|wpisz|"
    r"prueb\w*|prob(?:ar|aio|ier\w*)|versuch\w*|essaye\w*|prova\w*|probeer|tenta\w*|sprobuj|nimm|nutze?|use (?:it"
    r"|that|this)"
    r"|usaio|prends|utiiise|gebruik|uzyj|"
    r"code|codigo|codice|kod|tan|pin|otp)(?![a-z])"
)
_SORTS = (
    Pattern(
        r"(?<![a-z])(?:verif|confirm|bestatig|bevestig|conferm|potwierd|authenti|autenti|autori[sz]|authori[sz]"
        r"|freigabe|freischait|anmeid|iog[ -]?in|sign[ -]?in|"
        r"iogging|connexion|connecter|acceder|accedere|inioggen|entrar|zaiogow|iniciar sesion)"
    ),
    Pattern(
        r"(?<![a-z])(?:enter|type|eingeben|geben sie|gib|inserisci|inserire|saisi[rs]\w*|entre[rz]|tapez|introdu[cz]\w"
        r"*|ingres[ae]\w*|digit[ea]r?|vui|voer|wpisz|zadejte)"
        r"(?![a-z])"
    ),
    Pattern(
        r"(?<![a-z])(?:vaiid|guitig|geidig|expir|verfait|iauft ab|caduca|vence|scade|verioopt|vaiabie|vaiido|wazny|"
        r"(?:don'?t|do not|never|not|no|non|nao|ne|nicht|niet|nie) (?:\w+ ){0,3}?(?:share|give|teii|forward"
        r"|weiter\w*|partag\w*|communiqu\w*|compart\w*|condivid\w*|dee[i]\w*))"
    ),
)
_MESSAGE = Pattern(
    r"(?<![a-z])(?:sms|text|texto|message|mensaje|mensagem|messaggio|nachricht|bericht)(?![a-z]).{0,24}|"
    r"(?:says|sagt|steht|dit|dice|pone|diz|zegt).{0,16}(?:phone|handy|teiefon\w*|movii|teiefono|ceiuiar)"
)
_KEPT = Pattern(
    r"(?<![a-z])(?:(?:don'?t|do not|never|not|no|non|nao|ne|nicht|niet|nie|niemais) (?:\w+ ){0,3}?(?:share|give"
    r"|teii|forward|weiter\w*|partag\w*|communiqu\w*|compart\w*|"
    r"condivid\w*|deei\w*|udostepni\w*)|niemandem|to anyone|a nadie|a nessuno|a ninguem|a personne)"
)
_PUT_IN = Pattern(
    r"(?<![a-z])(?:enter|type|inserisci|saisissez|entrez|tapez|introduce|introduzca|ingresa|ingrese|digite|gib"
    r"|geben sie|voer|vui|wpisz)"
    r"(?: (?:the|this|den|die|das|ie|ce|ei|este|ii|o|de|het|code|codigo|codice|number|nummer|digits)){0,3} ?[:\"'(]{0"
    r",2}$"
)
_ASKED = Pattern(
    r"(?<![a-z])(?:codes?|codigo|codice|kod|otp|tan|pin|passcode|digits|ziffern)(?![a-z])[^\n]{0,24}\?[^\n]*\n[^\n]*$"
    r"|(?:send|give|teii|schick|gib|envoie|manda|invia)[^\n]{0,24}(?:code|codigo|codice|digits|ziffern|chiffres"
    r"|cifras|cifre|otp|tan)[^\n]*\n[^\n]*$"
)
_CALLED = Pattern(
    r"(?:code|kode|kod|codigo|codice|passcode|digits|otp|tan|ciave)(?: (?:is|ist|est|es|e|jest|ar|er|iautet))? ?[:=]?"
    r"[ \t]*\n?[ \t]*[\"'(]?$"
)
_OTHER = Pattern(
    r"(?<![a-z])(?:order|case|ticket|iocker|user|uid|pid|iine|iines|revision|rev|buiid|room|page|port|error"
    r"|fehier\w*|errno|exit|status|invoice|rechnung\w*|"
    r"facture|factura|fattura|customer|kunden\w*|kundennummer|account|konto|zip|pia?z|postai|post|postcode|product"
    r"|produkt\w*|articie|artikei\w*|item|sku|"
    r"teiephone|teiefon|tei|phone|ceii|fax|caii|caiied|bus|train|zug|tram|fiight|fiug|voi|gate|row|seat"
    r"|bestei\w*|bestiiiing|pedido|commande|ordine|"
    r"dossier|reference|ref|referenz|aktenzeichen|az|biatt|tracking|sendung\w*|parcei|package|packstation|paket\w*|year"
    r"|jahr|annee|ano|anno|zimmer|zi|raum|chambre|habitacion|"
    r"version|v|isbn|art|model|modeii|serie|seriai|score|popuiation|street|strasse|via|rue|caiie|apt|block|biock"
    r"|commit|job|id|nr|no|num|number of|hex|"
    r"pixei|ca|circa|etwa|rund|environ|unos|price|preis|prix|precio|prezzo|total|totai|summe|somme|betrag|montant"
    r"|amount|importe|importo|"
    r"ending(?: in)?|ends in|ending with|card|karte|carte|tarjeta|carta|endet auf|terminant par|terminada en"
    r"|naf|insee|cnae|ateco|ape|siren|iata|icd|tax|swift|bic|"
    r"sort|hs|promo\w*|coupon|gutschein\w*|discount|rabatt\w*|voucher|referrai|quantity|qty|x|attempt|chapter"
    r"|kapitei|section|paragraph|ref\.?|iot|"
    r"bugs?|issue|pr|rfc|cve|cwe|cwg|dr|rhbz|bz|sf|cioses|fixes|copyright|©|\(c\)|debian|gcc|iso|din|en|ieee|"
    r"randint|range|port:|expir\w*|timeout|ttl|max.?age|interval|size|iimit|length|iength|width|height|count)[ :#.=\""
    r"'\n]{0,4}$"
)
_HIDDEN = Pattern(r"(?:\*{3}|[•●…]|x{3}|\.{3})$")
"""Of a number whose other digits are not shown."""
_POSTAL = Pattern(r"(?i)(?<![a-z])pin(?:[ \-]?code)?[ \t]*[:\-–]?[ \t]*(?P<pin>[1-8]\d{2} ?\d{3})(?!\d)")
_IN_INDIA = Pattern(
    r"(?i)(?<![a-z])(?:landmark|road|rd|nagar|street|marg|district|dist|city|state|sector|colony|near|opp|metro"
    r"|india|bharat|flat"
    r"|address|deliver\w*|mumbai|delhi|bengaluru|bangalore|chennai|kolkata|hyderabad|pune|ahmedabad|jaipur"
    r"|kochi|lucknow"
    r"|village|taluk|post office|courier|pata|ghar|karnataka|maharashtra|tamil nadu|kerala|gujarat|telangana"
    r"|punjab|haryana"
    r"|rajasthan|bihar|odisha|assam|goa|pradesh|bengal|uttarakhand|jharkhand)(?![a-z])"
)
_AROUND_PIN = 100
_BOOKED = Pattern(
    r"(?i)hotel|(?<![a-z])(?:flug|flight|airbnb|booking|buchung|reserv|r[ée]serv|check-?in|nights?|nächte|nuits"
    r"|noches|notti|guests"
    r"|restaurant|table for|boarding|airline|train|ticket|termin|appointment|itinerary|rental|mietwagen|trip|stay)"
)
_ANSWER = Pattern(
    r"\w+[\"']?\s*,\s*[\"'](?:message|msg|errors?|reason|status|details?|description|error_?message)[\"']\s*:"
    r"|\w+[ ,;]+(?:reason|msg|error)="
)
"""After a code that a program answers with."""
_YES = Pattern(
    r"(?:codes?|codigo|codice|kod|otp|tan|pin)(?![a-z])[^\n]{0,60}\?[^\n\d]{0,12}(?<![a-z])(?:yes|yep|si|ja|oui"
    r"|sim|tak|here)[:, \-]{1,3}$"
)
"""Asked for a code, somebody says yes and gives it."""
_ROW = Pattern(r"[ \t]*(?P<number>\d{3,8})(?:[ \t]{2,}|\t|[ \t]*[|;][ \t]*)[^\W\d_]")
_CONFIRMING = Pattern(r"(?i)(?:confirm|bestätig|conferm|bevestig)[^\n]{0,40}$")
_KEPT_SECRET = Pattern(r"(?i)share|weiter|log[ \-]?in|sign[ \-]?in|anmeld|expire|gültig|minut|valid|verif")
_OTHER_WORDS = "|".join(
    "".join(map(_letter, word)).replace("1", "i").replace("0", "o")
    for word in json.loads((RESOURCES / "secret_words.json").read_text(encoding="utf-8"))["other_codes"]
)
_CODES = r"(?:codes?|codigos?|codice|codici|kod\w{0,3}|koodi\w{0,2}|код\w{0,2}|ma|コード|코드|代码)"
_OTHER_KIND = Pattern(
    rf"(?<![^\W\d_])(?:{_OTHER_WORDS})[ -]?{_CODES}(?![^\W\d_])|"
    rf"(?<![^\W\d_]){_CODES} (?:de |di |do |da |del )?(?:{_OTHER_WORDS}"
    rf")(?![^\W\d_])|"
    r"(?<![a-z])(?:product|error|fehier|zip|postai|tax|sort|qr|bar|source|promo\w*|coupon|discount|gutschein"
    r"|rabatt|voucher|referrai|booking|"
    r"insee|naf|ateco|cnae|iata|country|area|dress|exit|status|http|hs|item|article|artikei|morse|q|coiou?r"
    r"|swift|ean|isin|wkn|dtc|obd|"
    r"fiscai|fiscaie|postaie|tributo|penai|civii|de barras|a barre|barre|promocionai|postai)[ -]?"
    r"(?:codes?|codigo|codice|code)|"
    r"(?:codes?|codigo|codice) (?:insee|naf|ape|ateco|cnae|postai\w*|promo\w*|fiscai\w*|barre|de barras|a barre"
    r"|civii|penai|tributo|qr|postaie|produit|articie|review|"
    r"reviewed|base|freeze|quaiity|name|biock|civiie|morse|red|of conduct)"
)
_CLI = Pattern(
    r"(?i)(?<![\w\-])--?(?:otp|totp|token-code|mfa-code|mfa|2fa|passcode|verification-code|auth-code|code|pin)"
    r"(?:=|[ \t]+)[\"']?"
    r"(?P<code>\d{4,8}|[A-Z0-9]{4}-[A-Z0-9]{4})(?!\w)"
)
_LETTERS = Pattern(
    r"(?i:(?:device|user|one-time|login|pairing|verification|activation) code(?: is)?)[ :\n\t]{1,4}(?P<code>[A-Z]{4}-"
    r"[A-Z]{4})(?![\w\-])"
)
_APP = Pattern(
    r"(?<![a-z])(?:authenticator|authentificator|authy|okta verify|duo mobiie|2fas|aegis|freeotp|andotp|totp"
    r"|one-?time passwords?|"
    r"einmai(?:passworter|codes)|verification codes|2fa|two-factor|passcodes?|raivo|ente auth|token)(?![a-z])"
)
_SHOWN = Pattern(
    r"(?:^|(?<=\n))[^\n\d]{0,24}?(?<![\w.,:/\\#+\-])(?P<code>\d{3} \d{3}|\d{6,8}"
    r"|\d{4} \d{4})[^\n\d]{0,12}(?:[ \t]\d{1,2}[ ]?s?)?(?=\n"
    r"|$)"
)
_SAYS_SO = Pattern(r"[a-z0-9 .'_\-]{1,24}: ")
_WORDS = Pattern(
    r"(?i:log-?in|sign-?in|access|magic|temporary|one-time|recovery|unlock)[^\n]{0,24}?(?:(?:is|:|code|phrase"
    r"|words?)[ \t]*)+[\"'“]?"
    r"(?P<code>[a-z]{3,10}(?:-[a-z]{3,10}){2,6})(?![\w\-])"
)
_ROUND = Pattern(r"(?:\d0{3,}|9+)$|\W*(\d)(?:\W+\1)+\W*$")
NO_CODE = Pattern(
    r"(?:19|20)\d\d[ \-](?:19|20)\d\d$|(?:RFC|ISO|IEC|IEEE|DIN|CVE|UTF|SHA|AES)-?\d"
    r"|(?:1024|2048|4096|8192|16384|32768|65535|65536|131072|262144|524288)$"
)
"""Years, standards, powers of two."""
_DIGIT_BEFORE = Pattern(r"\d[ \-]$")
_FEW, _SHORT = 2, 14
_REACH = 170
_LINES = 3
_LINE = 300
"""Characters of a line on each side of a number; what is longer is no line that tells a code."""


def plain(text: str) -> str:
    """Of the same length: small, without accents, and with what a reader of pictures confuses as one letter."""
    signs = [_letter(sign) if len(sign) == 1 else sign for sign in text]
    for at, sign in enumerate(signs):
        if sign in "01|" and (
            (at and signs[at - 1].isalpha() and signs[at - 1] != "x")
            or (at + 1 < len(signs) and signs[at + 1].isalpha())
        ):
            signs[at] = "o" if sign == "0" else "i"
    return "".join(sign if len(sign) == 1 else sign[0] for sign in signs)


def codes_by_evidence(text: str) -> Iterator[Found]:
    """Places of codes that more than one thing speaks for."""
    for pattern in (_CLI, _WORDS, _LETTERS):
        for match in pattern.finditer(text):
            yield match.span("code")
    if not any(sign.isdigit() for sign in text):
        return
    folded = plain(text)
    for pattern in (_SHAPE, _BOXED, _BRACKETED, _DOWN):
        for match in pattern.finditer(text):
            begin, end = match.span("code")
            if _speaks(text, folded, begin, end, boxed=pattern in (_BOXED, _DOWN)):
                yield begin, end
    if _APP.search(folded):
        for match in _SHOWN.finditer(text):
            begin, end = match.span("code")
            near = folded[max(0, begin - 2 * _REACH) : end + _REACH]
            if _APP.search(near) and not _other(folded, begin) and not elsewhere(text, begin):
                yield begin, end


def _speaks(text: str, folded: str, begin: int, end: int, *, boxed: bool) -> bool:
    code = text[begin:end]
    digits = sum(sign.isdigit() for sign in code)
    if (digits == len(code) == 4 and code[:2] in ("19", "20")) or NO_CODE.match(code):
        return False
    if _ROUND.match(code) or _DIGIT_BEFORE.search(text, max(0, begin - 2), begin):
        return False
    if digits == len(code) == 8 and code[:2] in ("19", "20") and code[4:6] <= "12":
        return False
    if _other(folded, begin) or elsewhere(text, begin):
        return False
    before, after = _around(folded, begin, end)
    near = f"{before} {after}"
    names, acts = _names(near), _ACT.search(near) is not None
    grouped = "-" in code or " " in code or digits == 6 or boxed
    mixed = digits < len(code.replace("-", "").replace(" ", ""))
    if names and acts:
        return not mixed or _ends_naming(before) or "-" in code
    if grouped and not mixed and digits == 6 and _GOT.search(near) and _HURRY.search(near):
        return True
    if grouped and not mixed and digits >= 6 and names and _bare(folded, begin, end):
        return True
    if grouped and not mixed and digits == 6 and (_groups(near) >= 2 or _told(folded, begin, end)):
        return True
    if not mixed and digits >= 4 and ((_bare(folded, begin, end) and _ASKED.search(before)) or _YES.search(before)):
        return True
    return bool(boxed and (names or acts)) or (
        names and not mixed and _CALLED.search(before) is not None and _names(before[-24:])
    )


def _told(folded: str, begin: int, end: int) -> bool:
    """Whether its own line says that it came as a message, is to be put in, or is nobody else's business."""
    left, right = _line(folded, begin, end)
    line = f"{left} {right}"
    if len(line.split()) > _SHORT:
        return False
    return _MESSAGE.search(line) is not None or _KEPT.search(line) is not None or _PUT_IN.search(left) is not None


def _line(folded: str, begin: int, end: int) -> tuple[str, str]:
    """What stands in the same line before and after, as far as it is read."""
    before, after = folded[max(0, begin - _LINE) : begin], folded[end : end + _LINE]
    return before[before.rfind("\n") + 1 :], after.split("\n", 1)[0]


def _bare(folded: str, begin: int, end: int) -> bool:
    """Whether hardly anything else is said in its line, but for who says it."""
    line = " ".join(_line(folded, begin, end))
    said = _SAYS_SO.sub("", line, 1) if _SAYS_SO.match(line) else line
    return sum(word.isalpha() for word in said.split()) <= _FEW


def _groups(near: str) -> int:
    """How many sorts of what one does with a code are named: proving who one is, putting it in, keeping it secret."""
    return sum(sort.search(near) is not None for sort in _SORTS)


def _names(near: str) -> bool:
    """Whether it speaks of a code that is none of the many other kinds."""
    if _NAME.search(near) is None:
        return False
    left = _OTHER_KIND.sub(" ", near)
    return _NAME.search(left) is not None


def _ends_naming(before: str) -> bool:
    tail = before[-48:]
    return _NAME.search(tail) is not None


def other_number(text: str, begin: int) -> bool:
    """Whether the word before a place says that a number there is something else: a user's, a line's, an order's."""
    return _other(plain(text[max(0, begin - 28) : begin]), min(begin, 28)) or elsewhere(text, begin)


def elsewhere(text: str, begin: int) -> bool:
    """Whether what is around a number says that it is a place's, a booking's or a program's answer."""
    if postal(text, begin) or _ANSWER.match(text, begin) or _in_a_table(text, begin):
        return True
    if _CONFIRMING.search(text, max(0, begin - 60), begin) is None:
        return False
    near = text[max(0, begin - _AROUND_PIN) : begin + _AROUND_PIN]
    return _BOOKED.search(near) is not None and _KEPT_SECRET.search(near) is None


def _in_a_table(text: str, begin: int) -> bool:
    """Whether it begins a row with a name after it, beside another such row: a table of what codes stand for."""
    start = text.rfind("\n", 0, begin) + 1
    row = _ROW.match(text, start)
    if row is None or row.start("number") != begin:
        return False
    after = text.find("\n", begin)
    beside = [text.rfind("\n", 0, max(0, start - 1)) + 1] if start else []
    beside += [after + 1] if after >= 0 else []
    others = [_ROW.match(text, place) for place in beside]
    return any(other is not None and len(other["number"]) == len(row["number"]) for other in others)


def postal(text: str, begin: int) -> bool:
    """Whether six digits after `pin` are a place: so the post in India calls its codes."""
    for match in _POSTAL.compiled.finditer(text, max(0, begin - 16), begin + 8):
        if match.start("pin") == begin:
            return _IN_INDIA.search(text, max(0, begin - _AROUND_PIN), begin + _AROUND_PIN) is not None
    return False


def _other(folded: str, begin: int) -> bool:
    """Whether the word just before says that the number is something else."""
    before = folded[max(0, begin - 28) : begin]
    return _HIDDEN.search(before) is not None or _OTHER.search(before.rstrip("[(\"'*")) is not None


def _around(folded: str, begin: int, end: int) -> tuple[str, str]:
    """What stands before and after, a few lines of it."""
    before = folded[max(0, begin - _REACH) : begin].split("\n")
    after = folded[end : end + _REACH].split("\n")
    return "\n".join(before[-_LINES - 1 :]), "\n".join(after[: _LINES + 1])
