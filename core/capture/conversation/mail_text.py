"""A mail's HTML and its paragraphs as plain text: what can be read, quoted parts marked with ">"."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
        "section",
        "article",
        "header",
        "footer",
        "address",
        "dl",
        "dt",
        "dd",
    )
)
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript", "svg", "object"))
_SINGLE = frozenset(
    ("br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr")
)
_DEEPEST = 500
_QUOTING = re.compile(r"gmail_quote|yahoo_quoted|moz-cite|protonmail_quote|tutanota_quote|divRplyFwdMsg", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects text; how deep in quotes each piece stands is kept beside it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[int, str]] = []
        self.open: list[tuple[str, bool, bool]] = []
        """(tag, whether it quotes, whether it is silent) of each open element."""
        self.quoted = 0
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._add("\n")
        if tag in _SINGLE:
            return
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        styles = "".join(value or "" for name, value in attrs if name == "style").replace(" ", "").lower()
        quotes = tag == "blockquote" or (tag == "div" and bool(_QUOTING.search(marks)))
        silent = tag in _SILENT or "display:none" in styles
        if len(self.open) < _DEEPEST:
            self.open.append((tag, quotes, silent))
            if quotes:
                self._add("\n")
            self.quoted += quotes
            self.silent += silent

    def handle_endtag(self, tag: str) -> None:
        if all(one[0] != tag for one in self.open[-64:]):
            return
        while self.open:
            name, quotes, silent = self.open.pop()
            if quotes:
                self._add("\n")
            self.quoted -= quotes
            self.silent -= silent
            if name == tag:
                break
        if tag in _BLOCKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"\s+", " ", data))

    def _add(self, text: str) -> None:
        if not self.silent:
            self.pieces.append((self.quoted, text))


def of_html(source: str) -> str:
    """The text that a reader of this HTML sees, its quotes marked with ">" on each line."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    rows: list[tuple[int, str]] = [(0, "")]
    for depth, piece in reader.pieces:
        for at, part in enumerate(piece.split("\n")):
            if at or (depth != rows[-1][0] and not rows[-1][1].strip()):
                rows.append((depth, ""))
            rows[-1] = (rows[-1][0] if rows[-1][1].strip() else depth, rows[-1][1] + part)
    return "\n".join(_spaced(rows)).strip()


def _spaced(rows: list[tuple[int, str]]) -> Iterator[str]:
    """Each row with its marks; between two of them at most one empty one, as deep in quotes as the shallower."""
    before: int | None = None
    empty = False
    for depth, text in rows:
        if not text.strip():
            empty = True
            continue
        if empty and before is not None:
            yield ("> " * min(depth, before, 5)).rstrip()
        yield "> " * min(depth, 5) + text.strip()
        before, empty = depth, False


def flowed(text: str, *, delsp: bool) -> str:
    """Paragraphs of `format=flowed` put together again (RFC 3676)."""
    return "\n".join(_paragraphs(text, delsp=delsp))


def _paragraphs(text: str, *, delsp: bool) -> Iterator[str]:
    held, depth = "", 0
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        quotes = len(bare) - len(bare.lstrip(">"))
        words = bare[quotes:].removeprefix(" ")
        if held and quotes != depth:
            yield _row(depth, held)
            held = ""
        depth = quotes
        if words.endswith(" ") and words != "-- ":
            held += words[:-1] if delsp else words
        else:
            yield _row(depth, held + words)
            held = ""
    if held:
        yield _row(depth, held)


def _row(depth: int, words: str) -> str:
    return ">" * depth + (" " if depth and words else "") + words.rstrip()
