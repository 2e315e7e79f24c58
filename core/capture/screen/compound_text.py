"""Titles in the X Consortium's Compound Text, as programs without UTF-8 set them. Pure."""

import re

_ESCAPE = re.compile(rb"\x1b(?:%[G@]|%/[0-4]..|\$[()]?[0-~]|[()\-][0-~]|[ -/]*[0-~])", re.DOTALL)
_RIGHT = {
    b"A": "iso8859-1", b"B": "iso8859-2", b"C": "iso8859-3", b"D": "iso8859-4", b"F": "iso8859-7",
    b"G": "iso8859-6", b"H": "iso8859-8", b"L": "iso8859-5", b"M": "iso8859-9", b"V": "iso8859-10",
    b"Y": "iso8859-13", b"_": "iso8859-14", b"b": "iso8859-15", b"f": "iso8859-16", b"T": "tis-620",
}  # fmt: skip
_DOUBLE = {b"A": "gb2312", b"B": "euc_jp", b"C": "euc_kr"}


def decode(raw: bytes) -> str:
    """The text of `raw`; what cannot be told becomes U+FFFD. Never raises."""
    pieces: list[str] = []
    charset, last = "iso8859-1", 0
    for match in [*_ESCAPE.finditer(raw), None]:
        part = raw[last : match.start() if match else len(raw)]
        if charset in _DOUBLE.values():
            part = bytes(byte | 0x80 if byte > 0x20 else byte for byte in part)
        pieces.append(part.decode(charset, "replace"))
        if match:
            charset, last = _after(match.group(), charset), match.end()
    return "".join(pieces)


def _after(escape: bytes, before: str) -> str:
    kind, final = escape[1:-1], escape[-1:]
    if kind == b"%":
        return "utf-8" if final == b"G" else "iso8859-1"
    if kind[:1] == b"$":
        return _DOUBLE.get(final, "iso8859-1")
    if kind == b"-":
        return _RIGHT.get(final, "iso8859-1")
    return "iso8859-1" if kind == b"(" and before in _DOUBLE.values() else before
