"""Files that hold no conversation as they are, by how they begin: what each is, and what to do with it instead."""

from pathlib import PurePath

from core.errors import BadInput

_SIGNS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF-", "a PDF", "Copy its text into a note, or save it as plain text first."),
    (0, b"{\\rtf", "a text with its own formatting (RTF)", "Save it as plain text first."),
    (0, b"\xd0\xcf\x11\xe0", "a document of an older office program", "Save it as plain text first."),
    (0, b"7z\xbc\xaf\x27\x1c", "packed (7z)", "Unpack it and name the folder."),
    (0, b"Rar!", "packed (RAR)", "Unpack it and name the folder."),
    (0, b"\xfd7zXZ", "packed (xz)", "Unpack it and name what was in it."),
    (0, b"BZh", "packed (bzip2)", "Unpack it and name what was in it."),
    (4, b"ftyphei", "a picture of a kind that is not read (HEIC)", "Save it as JPEG or PNG first."),
    (4, b"ftypavif", "a picture of a kind that is not read (AVIF)", "Save it as JPEG or PNG first."),
    (4, b"ftyp", "a film or a recording", "Import its transcript (.vtt, .srt) instead."),
    (0, b"\x1aE\xdf\xa3", "a film or a recording", "Import its transcript (.vtt, .srt) instead."),
    (0, b"OggS", "a recording", "Import its transcript (.vtt, .srt) instead."),
    (0, b"ID3", "a recording", "Import its transcript (.vtt, .srt) instead."),
    (0, b"SQLite format 3\x00", "a database", "Export the conversation in the program that it belongs to."),
    (0, b"MZ", "a program", "Name the export itself."),
    (0, b"\x7fELF", "a program", "Name the export itself."),
)
_OFFICE = {
    ".docx": "a Word document",
    ".xlsx": "a spreadsheet",
    ".pptx": "a presentation",
    ".odt": "a text document",
    ".ods": "a spreadsheet",
    ".epub": "a book",
}


def unreadable(begin: bytes, name: str) -> BadInput | None:
    """What to say of a file that begins so, where its kind is known; None for any other."""
    told = next((told for at, sign, *told in _SIGNS if begin[at : at + len(sign)] == sign), None)
    if told is not None:
        return BadInput(f"{name} is {told[0]}, not a conversation.", told[1])
    office = _OFFICE.get(PurePath(name).suffix.lower())
    if office is not None and begin.startswith(b"PK"):
        return BadInput(f"{name} is {office}, not a conversation.", "Save it as plain text first.")
    return None
