"""Pages that are only passed through: signing in, searching, settings, errors, carts, mail, in many languages."""

import re
from urllib.parse import SplitResult, parse_qsl

_SIGN_IN = (
    r"(?:log|sign)[ -]?(?:in|on|out|up)|anmelden|anmeldung|einloggen|abmelden|connexion|se connecter|identification"
    r"|iniciar sesi[oó]n|acceder|accedi|accesso|entrar|inloggen|aanmelden|zaloguj\w*|logga in|(?:re)?set password"
    r"|passwor[dt]|forgot(?:ten)? password|two.factor.*|verification code|enter code|single sign.on|captcha"
    r"|just a moment|are you (?:a )?(?:human|robot).*"
)
_EMPTY = (
    r"new (?:tab|window|page)|neuer tab|neues fenster|nouvel onglet|nueva pestaña|nuova scheda|nova aba|nieuw tabblad"
    r"|nowa karta|ny flik|start ?page|startseite|blank|untitled|unbenannt|sans titre|loading.*|restore session"
    r"|about:\w*|top sites|speed dial|most visited"
)
_WRONG = (
    r"[45]\d\d(?: error| (?:page )?not found.*)?|(?:page )?not found|.*\bnot found|problem loading(?: page)?"
    r"|server (?:error|not found)|error(?: \d+)?|unable to connect|access denied|forbidden|bad gateway"
    r"|service unavailable|(?:this )?(?:site|page) can.t be.*|privacy error|connection (?:is )?not private.*"
    r"|seite nicht gefunden|page introuvable|p[aá]gina no encontrada|fehler(?: \d+)?|erreur(?: \d+)?"
)
_OWN = (
    r"settings|preferences|einstellungen|paramètres|préférences|configuraci[oó]n|ajustes|impostazioni"
    r"|instellingen|ustawienia|add-?ons manager|notifications?|benachrichtigungen|my account|account|mein konto"
    r"|(?:cookie|privacy) (?:settings|consent)"
    r"|cookies?|before you continue|we value your privacy|consent|terms of (?:use|service)"
)
_SHOP = (
    r"(?:your |my |shopping )?(?:cart|basket)(?: \(\d+\))?|checkout|warenkorb|zur kasse|panier|carrito|carrello"
    r"|winkelwagen"
)
_TALK = (
    r"(?:\(\d+\) )?(?:inbox|mail|e-?mail|webmail|drafts?|sent|spam|posteingang|boîte de réception|bandeja de entrada"
    r"|posta in arrivo|chats?|messages?|messenger|direct messages?|nachrichten|conversations?|calendar|kalender"
    r"|calendrier|calendario|(?:news ?)?feed|home|dashboard)(?: \(\d+\))?"
)
_WHOLE = re.compile(rf"(?:{_SIGN_IN}|{_EMPTY}|{_WRONG}|{_OWN}|{_SHOP}|{_TALK})", re.IGNORECASE)
_SEARCH = re.compile(
    r"(?:^|\W)(?:search(?: results)?(?: for\b.*)?|suche|suchergebnisse|recherche|résultats de recherche|buscar|búsqueda"
    r"|ricerca|pesquisa|zoeken|zoekresultaten|szukaj|sök)\W*$"
    r"|^(?:search results?|search|results|suchergebnisse|résultats|resultados|risultati)\b(?: for\b| für\b|:)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[-–—|·:]\s+")
_SEGMENTS_WRITTEN = """\
login log-in signin sign-in logon logout signout signup sign-up auth oauth oauth2 sso saml authorize
password reset verify callback captcha consent search suche recherche buscar results find settings
preferences account cart basket checkout warenkorb panier watch player live stream inbox mail
webmail chat chats messages messenger dm calendar kalender feed notifications newtab error
"""
_SEGMENTS = frozenset(_SEGMENTS_WRITTEN.split())
_SEARCHED = frozenset(("q", "query", "search", "search_query", "searchterm", "term", "keyword", "keywords", "suche"))


def passing_title(title: str) -> bool:
    """Whether a title, or a part of it, says that nobody stays there."""
    if _SEARCH.search(title):
        return True
    parts = _SEPARATOR.split(title)
    return _WHOLE.fullmatch(parts[0].strip(" !?.…")) is not None or any(_SEARCH.search(part) for part in parts)


def passing_page(address: SplitResult) -> bool:
    """Whether an address is a site's front door, a search, a sign-in or the like."""
    segments = [segment.lower() for segment in address.path.split("/") if segment]
    if not segments and not address.query and not address.fragment.startswith(("/", "!")):
        return True
    if any(name.lower() in _SEARCHED for name, _ in parse_qsl(address.query)):
        return True
    return any(re.sub(r"\.\w+$", "", segment) in _SEGMENTS for segment in (segments[:1] + segments[-1:]))
