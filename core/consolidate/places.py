"""What a window shows: a page, a file or a document by name, or nothing that anyone would look for again."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from core.consolidate.passing import passing_page, passing_title

_MARK = re.compile(r"^(?:[*•●◦]\s?|\[\+\]\s?)+")
"""In front of a title: not saved yet."""
_SEPARATOR = re.compile(r"\s+[-–—|·]\s+")
_FILE = re.compile(
    r"^(?P<name>[\w()\[\]&+,'.~ -]{0,120}?[\w)\]]\.(?P<form>[A-Za-z][A-Za-z0-9]{0,7}))(?=\s+[-–—|·(\[]|\s*$)"
)
_FORMS_WRITTEN = """\
odt ods odp odg doc docx xls xlsx ppt pptx rtf pdf ps epub djvu md markdown rst tex bib txt org csv
tsv json xml yaml yml toml html htm svg png jpg jpeg gif webp tif tiff psd xcf kra blend dwg dxf
mscz mid mp3 flac wav ogg py ipynb js ts tsx jsx java kt c h cc cpp hpp cs go rs rb php swift scala
lua r jl m sql css scss vue pages numbers key drawio vsdx eml mbox zip log
"""
_FORMS = frozenset(_FORMS_WRITTEN.split())
"""A dot and these letters at the end of a name is a file's; any other may be a program's or a site's."""
_BROWSERS = re.compile(
    r"\s+[-–—]\s+(?:\w+\s)?(?:Firefox|Chrome|Chromium|Edge|Safari|Opera|Brave|Vivaldi)\b[^-–—|]*$", re.IGNORECASE
)
"""Where no address is known, nothing but the browser's name tells a page from any other window."""
_NOT_THE_PAGE = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|_hs\w+|mc_[ce]id|[a-z]{1,3}clid|gclsrc|igshid|_ga|_gl|ref|ref_?src|referrer|source"
    r"|campaign|cmpid|spm|si|share|sid|\w*session\w*|\w*token|auth|sig|signature|expires|return\w*"
    r"|redirect\w*|next|continue|highlight|hl|lang)$",
    re.IGNORECASE,
)
"""Parameters that say where someone came from, who they are, or how it is shown."""
LONGEST_TITLE = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something that can be opened again: `key` is its canonical address, or its name where it has none."""

    key: str
    title: str
    address: str = ""
    """The canonical address, or empty."""


def place_of(app: str, window: str, url: str) -> Place | None:
    """The page, file or document that a frame shows; None for all that is only passed through."""
    title = bare_title(app, window)
    if passing_title(title):
        return None
    parts = urlsplit(url) if url else None
    if parts is not None:
        if parts.scheme == "file":
            path = unquote(parts.path)
            name = path.rsplit("/", 1)[-1]
            return Place(key=f"file://{path}", title=title or name, address=f"file://{path}") if name else None
        if parts.scheme not in ("http", "https") or passing_page(parts):
            return None
        address = _address(url)
        return Place(key=address, title=title or address, address=address)
    named = file_in(window)
    if named:
        return Place(key=named, title=named)
    if _BROWSERS.search(window) and len(title.split()) > 1:
        return Place(key=title, title=title)
    return None


def _address(url: str) -> str:
    """Without what tracks, without a place inside the page, without a name or password before the host."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _NOT_THE_PAGE.match(name)]
    inside = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""
    host = parts.netloc.rsplit("@", 1)[-1].lower()
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}{query}{inside}"


def beginning(place: Place) -> str:
    """What every spelling of its address begins with; for a place without one, its title."""
    return place.address.partition("?")[0].partition("#")[0] if place.address else place.key


def file_in(window: str) -> str:
    """The name of a file that a title begins with, or nothing."""
    found = _FILE.match(_SEPARATOR.split(_MARK.sub("", window.strip()), maxsplit=1)[0])
    if found is None or found["form"].lower() not in _FORMS:
        return ""
    return found["name"].strip()


def bare_title(app: str, window: str) -> str:
    """A title without the mark of unsaved work and without the program's own name at its end."""
    title = _MARK.sub("", window.strip())
    parts = list(_SEPARATOR.finditer(title))
    if parts and (_same_program(app, title[parts[-1].end() :]) or _BROWSERS.search(title)):
        title = title[: parts[-1].start()]
    return " ".join(title.split())[:LONGEST_TITLE]


def _same_program(app: str, part: str) -> bool:
    """Whether the last part of a title is the program, with whatever it adds in brackets."""
    squeezed = re.sub(r"\W", "", app).casefold()
    words = re.findall(r"\w+", re.sub(r"[(\[].*$", "", part).casefold())
    return bool(squeezed) and any(
        len(word) > 2 and (word in squeezed or squeezed in word) for word in [*words, "".join(words)]
    )


def step_of(app: str, window: str) -> str:
    """What a step of a routine is told by: the title, whatever number stands in it today."""
    return re.sub(r"\d+(?:[.,:/-]\d+)*", "#", bare_title(app, window)).casefold()
