"""HTML becomes the words that a reader of it sees: nothing is run, nothing is fetched."""

import re
from html.parser import HTMLParser

from core.capture.conversation.text import clean

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "table", "hr"})
_LINES = frozenset({"br", "div", "li", "tr", "section", "article", "header", "footer", "dt", "dd"})
_UNSEEN = frozenset({"script", "style", "head", "template", "noscript", "svg"})
_GAPS = re.compile(r"[ \t\f\r\n]+")
_BLANK = re.compile(r"[ \t]+\n")
_MANY = re.compile(r"\n{3,}")


class _Words(HTMLParser):
    """Collects text with the breaks of its blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0
        self._exact = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins on its own line."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
            self._exact += tag == "pre"
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """A block ends with its line."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
            self._exact = max(0, self._exact - (tag == "pre"))
        elif tag in _LINES and tag not in ("br", "li"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Words; white space counts only where it is set as it is."""
        if self._unseen:
            return
        if not self._exact:
            data = _GAPS.sub(" ", data)
            data = data.lstrip(" ") if not self.parts or self.parts[-1].endswith("\n") else data
        self.parts.append(data)


def words_of(html: str) -> str:
    """The text of a piece of HTML, its paragraphs apart by an empty line, list items behind a dash."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    text = clean("".join(parser.parts)).replace("\xa0", " ")
    return _MANY.sub("\n\n", _BLANK.sub("\n", text)).strip("\n ")
