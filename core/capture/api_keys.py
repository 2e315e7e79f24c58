"""Keys of services: by their published prefixes, by the names they are assigned to, inside addresses. Pure."""

from collections.abc import Iterator

from core.capture.placeholders import is_placeholder
from core.capture.stretches import matches_in, stretches
from core.pattern import Pattern

Found = tuple[int, int]

_KEYS = Pattern(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255}"
    r"|gl(?:pat|dt|rt|ft|soat|cbt|ptt|imt|agent)-[A-Za-z0-9_\-.]{20,255}"
    r"|sk-[A-Za-z0-9_\-]{20,255}|(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9+/=]{24,}"
    r"|xox[abceoprs](?:\.[a-z]+)?-[A-Za-z0-9\-]{10,255}|xapp-\d-[A-Za-z0-9\-]{20,255}"
    r"|AIza[A-Za-z0-9_\-]{35}|ya29\.[A-Za-z0-9_\-]{20,}|GOCSPX-[A-Za-z0-9_\-]{20,}"
    r"|SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|SK[0-9a-f]{32}(?![0-9a-f])|key-[0-9a-f]{32}(?![0-9a-f])"
    r"|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{50,}|hf_[A-Za-z0-9]{30,}|do[opr]_v1_[a-f0-9]{64}"
    r"|\d{8,10}:AA[A-Za-z0-9_\-]{32,33}|[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40}"
    r"|dapi[a-f0-9]{32}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|AGE-SECRET-KEY-1[A-Z0-9]{50,}"
    r"|tskey-[a-z]+-[A-Za-z0-9\-]{16,}|lin_api_[A-Za-z0-9]{32,}|(?:ntn_|secret_)[A-Za-z0-9]{40,}"
    r"|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{30,}|hvs\.[A-Za-z0-9_\-]{24,}"
    r"|ATATT3[A-Za-z0-9_\-=]{40,}|[xyzt]prv[1-9A-HJ-NP-Za-km-z]{50,110}|nsec1[a-z0-9]{50,}"
    r"|figd_[A-Za-z0-9_\-]{30,}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|dckr_(?:pat|oat)_[A-Za-z0-9_\-]{20,}"
    r"|sntry[su]_[A-Za-z0-9_=+/\-]{40,}|PMAK-[a-f0-9\-]{24,}|rubygems_[a-f0-9]{40,}|sb[ps]_[a-f0-9]{40}"
    r"|pplx-[A-Za-z0-9]{40,}|NRAK-[A-Z0-9]{27}|lsv2_(?:pt|sk)_[a-f0-9_]{32,}|pscale_(?:tkn|pw|oauth)_"
    r"[A-Za-z0-9_\-.]{32,}"
    r"|CCIPAT_[A-Za-z0-9_]{20,}|sl\.[A-Za-z0-9_\-]{100,}|pat[A-Za-z0-9]{14}\.[a-f0-9]{64}|nfp_[A-Za-z0-9]{36,}"
    r"|HRKU-[A-Za-z0-9_\-]{36,}|tgp_v1_[A-Za-z0-9_\-]{40,}|ops_eyJ[A-Za-z0-9_\-]{60,}|ATCTT3[A-Za-z0-9_\-=]{40,}"
    r"|shippo_live_[a-f0-9]{40}|EZ[AT]K[A-Za-z0-9]{54}|dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}"
    r"|xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}|[0-9a-f]{32}-us\d{1,2}(?!\w)|1//0[A-Za-z0-9_\-]{30,}|LTAI[A-Za-z0-9]{16,2"
    r"4}"
    r"|glc_[A-Za-z0-9+/=]{32,}|AKCp[A-Za-z0-9]{60,}|cio[A-Za-z0-9]{32}(?![A-Za-z0-9])|oy2[a-z0-9]{43}|sq"
    r"[pua]_[a-f0-9]{40}"
    r"|CFPAT-[A-Za-z0-9_\-]{40,}|hv[br]\.[A-Za-z0-9_\-]{24,}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-=]{60,}"
    r"|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}|bkua_[a-z0-9]{40}|lin_oa"
    r"uth_[a-f0-9]{64}"
    r"|CLOJARS_[a-z0-9]{60}|FLWSECK(?:_TEST)?-[A-Za-z0-9\-]{12,}|rdme_[a-z0-9]{70}|phx_[A-Za-z0-9_]{40,}|r"
    r"e_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"
    r"|rnd_[A-Za-z0-9]{28,}|fm[12]_[A-Za-z0-9+/=_\-]{40,}|fo1_[A-Za-z0-9_\-]{40,}|pnu_[A-Za-z0-9]{36}|AQVN"
    r"[A-Za-z0-9_\-]{35,38}"
    r"|ATBB[A-Za-z0-9]{32}|sk\.eyJ[A-Za-z0-9_\-]{20,}\.[A-Za-z0-9_\-]{16,}|[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.\-]{31,3"
    r"4}"
    r"|tfp_[A-Za-z0-9_\-]{40,}|v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}|secret-token:[A-Za-z0-9%_\-.~]{12,}"
    r"|EAA[A-Za-z0-9]{60,}|dp\.(?:pt|st|ct)\.[A-Za-z0-9]{40,}|pul-[a-f0-9]{40}|sq0(?:atp|csp)-[A-Za-z0-9_\-]{22,}"
    r"|cf(?:k|ut|at)_[A-Za-z0-9_\-]{40,}|p8e-[A-Za-z0-9]{32}|sha256~[A-Za-z0-9_\-]{43}"
    r"|4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])"
    r"|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk|access-(?:sandbox|development"
    r"|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|NRII-[A-Za-z0-9\-]{32}|ABSK[A-Za-z0-9+/]{60,}=*|API-[A-Z0-9]{26}(?![A-Z0-9])|sgp_(?:[a-f0-9]{16}_)?[a-f0-9]{40}"
    r"|gl(?:ffct|oas|wt|ai)-[A-Za-z0-9_\-.]{20,255}|GR1348941[A-Za-z0-9_\-]{20}|sb_secret_[A-Za-z0-9_\-]{20,}"
    r"|pcsk_[A-Za-z0-9_]{40,}|tvly-[A-Za-z0-9\-]{20,}|apify_api_[A-Za-z0-9]{30,}|napi_[a-z0-9]{40,}"
    r")"
    r"|https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}"
    r"|https://discord(?:app)?\.com/api/webhooks/\d{10,}/[A-Za-z0-9_\-]{30,}"
)
_BEARER = Pattern(
    r"(?i)\b(?:authorization|proxy-authorization)\b[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic|token|digest)\s+)?"
    r"([A-Za-z0-9._~+/\-]{8,}=*)|\bbearer\s+([A-Za-z0-9._~+/\-]{20,}=*)"
)
_NAME = (
    r"(?:api|app(?:lication)?|access|auth|secret|private|account|encryption|signing|master|client|consumer"
    r"|shared|service"
    r"|deploy|license|session|refresh|id|bearer|bot|user|personal|webhook|storage|subscription|pre-?shared"
    r"|write|admin|root)"
)
_ASSIGNED = Pattern(
    rf"(?i)(?:{_NAME}[_\- ]?(?:access[_\- ]?)?(?:key|token|secret)(?:[_\- ]?(?:base|value|secret|hash[_\- ]key))?"
    r"|apikey"
    r"|(?<![a-z])(?:secret|token|auth|credential|accesskey|psk)|_authtoken)"
    r"[\"']?\s*(?:=>|:=|=|:|\bis\b:?|\bist\b|\blautet\b:?|\best\b|\bes\b|\bè\b)\s*[\"'`„“]?("
    r"[^\s\"'`,;<>()\[\]{}„“”&]{8,})"
)
_LISTED = Pattern(
    rf"(?i)(?<![a-z]){_NAME}[_\- ]?(?:access[_\- ]?)?(?:key|token|secret)(?:[ \t]{{1,40}}|[ \t]*\n[ \t]*)"
    r"([A-Za-z0-9+/_\-.~]{20,}={0,2})(?![^\s\"'`,;<>)\]}|])"
)
_NAMED_ELSEWHERE = Pattern(
    r"(?i)(?:api[\- ]?(?:schlüssel|sleutel|nyckel|nøkkel|nøgle|avain|klíč|klucz)"
    r"|(?:schlüssel|kennung) (?:der|für die) api"
    r"|(?:clave|llave|chave|chiave|token|secreto)(?: secreta| de acceso)? (?:de |da |do |del |dell'|della )?(?:la )?a"
    r"pi"
    r"|cl[eé](?: secrète)?(?: (?:de l'|d')?)? ?api|jeton(?: d'accès)?|zugriffs-?token|zugangs-?token|geheimschlüssel"
    r"|клю[чч] api|api[\- ]ключ|токен|apiキー|api キー|api ?密钥|api ?金鑰|密钥|トークン|토큰|api ?키)"
    r"(?:[ \t]?\([^()\n]{1,24}\))?[^\S\n]*(?:=|:|：|\bis\b|\bist\b|\blautet\b:?|\best\b|\bes\b|\bé\b|\bè\b|は|—"
    r"|-)?\s*[\"'`„“«]?"
    r"([A-Za-z0-9+/_\-.~]{16,}={0,2})"
)
_SPOKEN = Pattern(
    r"(?i)(?<![^\W\d_])(?:api[\- ]?(?:key|token|secret|schlüssel|sleutel|nyckel|nøgle|nøkkel)|(?:access|auth"
    r"|bearer|bot|deploy|personal access|refresh|client) ?(?:token|key|secret)|"
    r"(?:cl[ée]|jeton|clave|token|chiave|chave)(?: (?:secr[èe]te|secreta|segreta|d['’]acc[èe]s|de acceso|di accesso"
    r"|de acesso))?(?: (?:d['’]|de |del |dell['’]|da )?(?:l['’])?api)?|"
    r"(?:zugriffs|zugangs|geheim)-?(?:token|schlüssel)|klucz api|api[\- ]ключ|ключ api)"
    r"(?:[ \t]+[^\W\d_][^\s\d,.;:]{0,20}){1,4}?[ \t]*(?::|=|\bis\b:?|\bist\b:?|\blautet\b:?|\best\b|\bes\b|\bè\b"
    r"|\bé\b|\bto\b|['’]s\b)[ \t]*[\"'`„“«]?"
    r"([A-Za-z0-9+/_\-.~]{20,}={0,2})"
)
_SERVICES = (
    r"(?:openai|anthropic|claude|azure|aws|amazon|gcp|google|gemini|maps|stripe|paypal|mistral|cohere|groq"
    r"|deepseek|deepl"
    r"|openrouter|heroku|twilio|sendgrid|mailgun|mailchimp|brevo|datadog|new ?relic|cloudflare|algolia|mapbox"
    r"|github|gitlab"
    r"|bitbucket|slack|discord|telegram|notion|jira|sentry|segment|okta|auth0|pinecone|firebase|supabase|vercel|netlify"
    r"|hugging ?face|hf|npm|pypi|docker(?:hub)?|grafana|splunk|elastic|weather|openweather(?:map)?|rapidapi"
    r"|shopify|hubspot"
    r"|airtable|zapier|intercom|zendesk|pagerduty|opsgenie|snyk|sonar|circleci|travis|jenkins|terraform|vault"
    r"|digitalocean"
    r"|linode|hetzner|vultr|fastly|bunny|cosmos|storage|search|vision|translator|speech|cognitive)"
)
_OF_SERVICE = Pattern(
    rf"(?i)(?<![a-z]){_SERVICES}(?:[ _\-]\w{{2,12}})?[ _\-]?(?:key|token|secret|pat)\d?[\"']?[ \t]*"
    r"(?:=|:|->|–|-|\bis\b:?|\bist\b:?|\best\b|\bes\b|\bè\b)?[ \t]*\n?[ \t]*[\"'`]?"
    r"(?P<value>[A-Za-z0-9+/_\-.~]{16,}={0,2})(?![^\s\"'`,;.<>)\]}|])"
)
_LONG = Pattern(r"[A-Za-z0-9+/_\-.~]{16,}={0,2}")
_BEFORE_LONG = 60
_UUID = Pattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_EXAMPLE = Pattern(
    r"(?i:(?<![a-z])(?:your|my|dein|ihr|votre|tu|su|insert|replace|change|placeholder|dummy|fake|sample|redacted)"
    r"[_\-](?:\w+[_\-])*(?:api|key|token|secret|here|goes|me|value))|([A-Za-z0-9*.])\1{7,}"
)
_CODE_NAME = Pattern(
    r"(?:process|os|env|environ|config|conf|settings|self|this|secrets|vars?|data|local|ctx|app|req(?:uest)?"
    r"|params|args"
    r"|options|import|module|values|props|state|credentials|user|session|account|client)(?:\.[A-Za-z_]\w*)+[,;)]*$"
)
_REST = Pattern(r"(?:[ \t]|[ \t]{0,2}\n[ \t]*)(?P<rest>[A-Za-z0-9+/_\-.~]{3,}={0,2})(?![^\s\"'`,;<>)\]}|&])")
_HEXADECIMAL = Pattern(r"[0-9a-fA-F]+$")
_HEX_LENGTHS = (32, 40, 48, 56, 64, 96, 128)
_SHORTEST_REST = 5
_PLACEHOLDER = Pattern(
    r"(?i)^[\[<{(]?(?:pass(?:word|wd)?|pwd|pw|passwort|kennwort|token|secret|key|x{3,}|\*{3,}|\.{3})[\]>})]?$"
)
_NAMED_LIKE_ONE = Pattern(
    r"(?<![A-Za-z0-9])[A-Z][A-Z0-9_]{0,40}(?:KEY|TOKEN|SECRET|CREDENTIALS)(?:_[A-Z0-9]{1,20}){0,3}[\"']?"
    r"[ \t]*[=:][ \t]*[\"']?([A-Za-z0-9+/_\-.~]{16,}=*)"
)
_IN_QUERY = Pattern(
    r"(?i)[?&#;](?:sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature|code|(?:[a-z_\-]{0,20}[_\-])?"
    r"(?:token|key|secret|apikey))=([A-Za-z0-9%+/_\-.~]{16,}=*)"
)
_COOKIE = Pattern(
    r"(?i)\b(?:set-)?cookie:?[ \t]*[^\n]{0,200}?\b[\w\-.]{0,30}(?:sess(?:ion)?|sid|auth|token)[\w\-.]{0,20}="
    r"([A-Za-z0-9%+/_\-.~]{16,}=*)"
)
_CURL_USER = Pattern(r"\bcurl\b[^\n]{0,200}?[ \t](?:-u|--user)[ \t=]*[\"']?[^\s:\"']{0,64}:([^\s\"']{1,128})")
_AWS_SET = Pattern(r"(?i)aws_(?:secret_access_key|session_token)[ \t]+([A-Za-z0-9+/=]{16,})")
_IN_URL = Pattern(r"[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://[^\s/:@]{0,64}:([^\s/@]{1,128})@")


def keys(text: str) -> Iterator[Found]:
    """API keys by their published prefixes, bearer tokens, `api_key = ...`, passwords inside addresses."""
    for match in _KEYS.finditer(text):
        if not _of_words(match.group()) and not _example(match.group()):
            yield match.span()
    for match in _BEARER.finditer(text):
        group = 1 if match.group(1) else 2
        if any(c.isdigit() for c in match.group(group)):
            yield match.start(group), _goes_on(text, *match.span(group))
    for match in _AWS_SET.finditer(text):
        yield match.start(1), _goes_on(text, *match.span(1))
    for pattern in (_ASSIGNED, _NAMED_LIKE_ONE, _IN_QUERY, _COOKIE, _NAMED_ELSEWHERE):
        for match in pattern.finditer(text):
            if _mixed(match.group(1)):
                yield match.start(1), _goes_on(text, *match.span(1))
    for pattern in (_LISTED, _SPOKEN):
        for match in pattern.finditer(text):
            if _drawn(match.group(1)):
                yield match.start(1), _goes_on(text, *match.span(1))
    for match in matches_in(text, stretches(text, _LONG, _BEFORE_LONG, 2), (_OF_SERVICE,)):
        if _drawn(match["value"]) or _UUID.match(match["value"]):
            yield match.span("value")
    for match in _IN_URL.finditer(text):
        if not is_placeholder(match.group(1)):
            yield match.span(1)
    for match in _CURL_USER.finditer(text):
        if not _PLACEHOLDER.match(match.group(1)):
            yield match.span(1)


def _example(value: str) -> bool:
    """Whether it is shown as an example: it says so, or one sign makes up a good part of it."""
    return _EXAMPLE.search(value) is not None


def published(value: str) -> bool:
    """Whether this is a whole key by its published prefix."""
    return _KEYS.compiled.fullmatch(value) is not None and not _of_words(value)


def _goes_on(text: str, begin: int, end: int) -> int:
    """Where a key ends that is broken by a blank or the end of a line: it goes on as it began, drawn by lot."""
    match = _REST.match(text, end)
    if match is None:
        return end
    value, rest = text[begin:end], match["rest"]
    if _HEXADECIMAL.match(value):
        return match.end() if _HEXADECIMAL.match(rest) and len(value) + len(rest) in _HEX_LENGTHS else end
    if _UUID.match(value + rest):
        return match.end()
    drawn = any(c.isupper() for c in rest) and any(c.islower() for c in rest) and any(c.isdigit() for c in rest)
    return match.end() if drawn and len(rest) >= _SHORTEST_REST and _mixed(value) else end


def _mixed(value: str) -> bool:
    """Digits and letters, and no expression, path or place to be filled in."""
    if value[0] in "$%{<" or "://" in value or _example(value) or _CODE_NAME.match(value):
        return False
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _drawn(value: str) -> bool:
    """As drawn by lot: digits among letters of both cases, or a long row of hexadecimal digits."""
    if not _mixed(value) or _of_words(value):
        return False
    cased = any(c.isupper() for c in value) and any(c.islower() for c in value)
    return (cased and sum(c.isdigit() for c in value) >= _DIGITS_DRAWN) or all(c in "0123456789abcdef" for c in value)


_DIGITS_DRAWN = 2


def _of_words(value: str) -> bool:
    """Words with dashes between, as packages are called: nothing but small letters and a digit or two."""
    return not any(c.isupper() for c in value) and sum(c.isdigit() for c in value) <= _DIGITS_DRAWN
