"""Every format there is, which one a file has, and the reading of a download from beginning to end."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from core.capture.conversation import (
    chatgpt,
    claude,
    claude_code,
    claude_projects,
    codex,
    copied,
    discord,
    discord_package,
    gemini,
    gemini_html,
    jsonl,
    mail,
    markdown_chat,
    plain,
    signal,
    signal_chats,
    signal_cli,
    signal_markdown,
    slack,
    telegram,
    transcript,
    whatsapp,
)
from core.capture.conversation.bundle import Allowed, Bundle, Counted, Watched, folder, head, is_zip, zipped
from core.capture.conversation.documents import HEAD, is_document
from core.capture.conversation.report import FileRead, ImportContext, Notice, ReadOut, Skipped, Tally
from core.capture.conversation.tarred import is_gzip, tarred
from core.capture.conversation.text import Stream
from core.capture.conversation.unreadable import unreadable
from core.capture.conversation.walk import CUT
from core.errors import BadInput
from core.memory import Observation

Progress = Callable[[int, int], None]
"""(bytes read, bytes in all)."""

_NOT_WHOLE = "It may not have been downloaded whole: fetch it again and import it again, nothing comes in twice."
_NOTHING = "There was nothing in it to take."
SURE = 0.5
"""Less is not enough for a file of a download: it holds other text beside its conversations."""

_LONGEST_ENDING = 8
_EXPECTED = re.compile(
    r"(?:^|/)(?:conversations?(?:[-_ ]?\d+)?\.json|(?:messages|result|main|My ?Activity)\.(?:jsonl?|html)|_chat\.txt)$",
    re.IGNORECASE,
)
"""How the files of downloads are called that hold conversations."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of one file: how it is known, and how it is read."""

    name: str
    detect: Callable[[bytes, str], float]
    """How sure it is, 0 .. 1, of a file with this beginning (HEAD bytes) and name."""
    read: Callable[[Stream, ImportContext], Iterator[ReadOut]]


@dataclass(frozen=True, slots=True)
class SeveralFiles:
    """A format of files that belong together: which of a download's it wants, and how they are read."""

    name: str
    claim: Callable[[Bundle], frozenset[str]]
    """The names of its entries; none when the download is not of this format."""
    read: Callable[[Bundle, ImportContext], Iterator[ReadOut]]


FORMATS = (
    Format(jsonl.NAME, jsonl.detect, jsonl.read),
    Format(chatgpt.NAME, chatgpt.detect, chatgpt.read),
    Format(claude.NAME, claude.detect, claude.read),
    Format(claude_projects.NAME, claude_projects.detect, claude_projects.read),
    Format(gemini.NAME, gemini.detect, gemini.read),
    Format(gemini_html.NAME, gemini_html.detect, gemini_html.read),
    Format(claude_code.NAME, claude_code.detect, claude_code.read),
    Format(codex.NAME, codex.detect, codex.read),
    Format(whatsapp.NAME, whatsapp.detect, whatsapp.read),
    Format(telegram.NAME, telegram.detect, telegram.read),
    Format(signal.NAME, signal.detect, signal.read),
    Format(signal_cli.NAME, signal_cli.detect, signal_cli.read),
    Format(signal_chats.NAME, signal_chats.detect, signal_chats.read),
    Format(signal_chats.NAME, signal_markdown.detect, signal_chats.read_markdown),
    Format(discord.NAME, discord.detect, discord.read),
    Format(copied.NAME, copied.detect, copied.read),
    Format(transcript.NAME, transcript.detect, transcript.read),
    Format(mail.NAME, mail.detect, mail.read),
    Format(markdown_chat.NAME, markdown_chat.detect, markdown_chat.read),
    Format(plain.NAME, plain.detect, plain.read),
)
SEVERAL: tuple[SeveralFiles, ...] = (
    SeveralFiles(slack.NAME, slack.claim, slack.read),
    SeveralFiles(discord_package.NAME, discord_package.claim, discord_package.read),
    SeveralFiles(signal_chats.NAME, signal_chats.claim, signal_chats.read_bundle),
    SeveralFiles(whatsapp.NAME, whatsapp.claim, whatsapp.read_bundle),
)
NAMES = tuple(dict.fromkeys([*(one.name for one in FORMATS), *(one.name for one in SEVERAL)]))
_KNOWN = f"Mneme reads {', '.join(NAMES)}; a zip as it was downloaded too."


def known(begin: bytes, name: str) -> tuple[Format, float] | None:
    """The format that is surest of a file with this beginning and name; None when none knows it.

    A JSON or HTML document that no format knows is not taken for plain text.
    """
    asked = [one for one in FORMATS if one.name != plain.NAME or not is_document(begin, name)]
    surest = max(((one, one.detect(begin, name)) for one in asked), key=lambda found: found[1])
    return surest if surest[1] > 0 else None


def recognise(path: Path) -> str:
    """The names of the formats that a file, zip or folder has, with commas. Raises BadInput."""
    return _plan(path).formats


def together(bundle: Bundle) -> frozenset[str]:
    """The entries of a download that formats of several files want."""
    return frozenset[str]().union(*(one.claim(bundle) for one in SEVERAL))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What of a download is read, in this order, and what is left alone."""

    parts: tuple[tuple[str, Format | SeveralFiles], ...]
    """The entry ("" for the file itself, or for all that a format of several files wants), and who reads it."""
    total: int
    """Bytes to read."""
    left: tuple[str, ...] = ()
    broken: tuple[tuple[str, BadInput], ...] = ()
    """Entries that cannot be read, and why."""

    @property
    def formats(self) -> str:
        return ", ".join(dict.fromkeys(reader.name for _, reader in self.parts))


def _called(path: Path, plan: _Plan) -> str:
    """What a conversation is called that does not say so: as its file; where all are called alike, as the folder."""
    folder = path.parent.name if plan.formats == signal_chats.NAME and not path.is_dir() else ""
    return folder or path.stem or "import"


def _plan(path: Path) -> _Plan:
    if path.is_dir():
        found = _planned(folder(path), alone=False)
        if not found.parts:
            raise BadInput(f"{path.name} is not a folder of conversations that Mneme can read.", _KNOWN)
        return found
    begin = _head(path)
    if problem := unreadable(begin, path.name):
        raise problem
    if is_packed(begin):
        with _opened(path, Allowed.of(path.stat().st_size)) as bundle:
            found = _planned(bundle, alone=True)
        if not found.parts and found.broken:
            raise found.broken[0][1]
        if not found.parts and any(name.lower().endswith((".zip", ".tgz")) for name in found.left):
            raise BadInput("This download holds other downloads.", "Unpack it, and import the zips that are in it.")
        if not found.parts:
            raise BadInput("There are no conversations in this download that Mneme can read.", _KNOWN)
        return found
    reader = known(begin, path.name)
    if reader is None:
        raise BadInput(f"{path.name} is not a conversation that Mneme can read.", _KNOWN)
    return _Plan((("", reader[0]),), path.stat().st_size)


def is_packed(begin: bytes) -> bool:
    """Whether a file that begins so is a zip, or the .tgz that Takeout also offers."""
    return is_zip(begin) or is_gzip(begin)


def _opened(path: Path, allowed: Allowed) -> AbstractContextManager[Bundle]:
    if path.is_dir():
        return nullcontext(folder(path))
    return zipped(path, allowed) if is_zip(_head(path)) else tarred(path, allowed)


def _planned(bundle: Bundle, *, alone: bool) -> _Plan:
    """`alone`: entries that belong to no format of several files are looked at one by one."""
    sizes = {entry.name: entry.size for entry in bundle.entries}
    claimed: set[str] = set()
    parts: list[tuple[str, Format | SeveralFiles]] = []
    for several in SEVERAL:
        wanted = several.claim(bundle) - claimed
        if wanted:
            parts.append(("", several))
            claimed |= wanted
    left: list[str] = []
    broken: list[tuple[str, BadInput]] = []
    for entry in bundle.entries if alone else ():
        if entry.name in claimed:
            continue
        try:
            found = known(head(bundle, entry.name), entry.name) if entry.has_words else None
        except BadInput as problem:
            broken.append((entry.name, problem))
            continue
        if found and found[1] >= SURE:
            parts.append((entry.name, found[0]))
            claimed.add(entry.name)
        else:
            left.append(entry.name)
    return _Plan(tuple(parts), sum(sizes[name] for name in claimed), tuple(left), tuple(broken))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            begin = source.read(HEAD)
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path.name}.", "Check its name and folder.") from error
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read.", "Check that it is a file and that you may read it.") from error
    if not begin.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise BadInput(f"{path.name} is empty.", "Nothing was imported.")
    return begin


@dataclass(slots=True)
class Import:
    """A download being read: iterate `observations()` once, then ask `tally` what there was."""

    path: Path
    context: ImportContext
    progress: Progress | None
    tally: Tally
    _plan: _Plan
    _allowed: Allowed
    """What of the download may still be unpacked, all its files together."""
    _done: int = 0

    def observations(self) -> Iterator[Observation]:
        """Every turn in order; what cannot be taken is counted in the tally.

        A download that breaks off is counted, and what came before stands; so is a damaged file among several of a
        download, and the others are read. Raises BadInput when nothing could be taken of the only one.
        """
        for name, reader in self._plan.parts:
            before = self.tally.taken, self.tally.skipped_count
            try:
                yield from self._reading(name, reader)
            except BadInput as problem:
                if len(self._plan.parts) == 1 and self.tally.taken == before[0]:
                    raise
                self.tally.skip(Skipped(line=0, reason=problem.title, file=name))
            finally:
                taken, skipped = self.tally.taken - before[0], self.tally.skipped_count - before[1]
                file = name or self.path.name
                self.tally.read(FileRead(file=file, format=reader.name, taken=taken, skipped=skipped))
        for name, damage in self._plan.broken:
            self.tally.skip(Skipped(line=0, reason=damage.title, file=name))
        for name in self._plan.left:
            if _EXPECTED.search(name):
                self.tally.skip(Skipped(line=0, reason="called like conversations, but of no known form", file=name))
        if self._plan.left:
            self.tally.notice(_left_alone(self._plan.left))
        if not self.tally.taken and not self.tally.skipped_count:
            self.tally.notice(_NOTHING)
        self._told(self._plan.total)

    def _reading(self, name: str, reader: Format | SeveralFiles) -> Iterator[Observation]:
        if isinstance(reader, SeveralFiles):
            with _opened(self.path, self._allowed) as bundle:
                yield from self._counted(reader.read(Watched(bundle, self._told), self.context), "")
        elif name:
            with _opened(self.path, self._allowed) as bundle, Watched(bundle, self._told).open(name) as stream:
                context = replace(self.context, name=PurePosixPath(name).stem)
                yield from self._counted(reader.read(stream, context), name)
        else:
            with self.path.open("rb") as source:
                yield from self._counted(reader.read(Counted(source, self._told), self.context), "")

    def _counted(self, read: Iterator[ReadOut], file: str) -> Iterator[Observation]:
        for found in read:
            if isinstance(found, Skipped):
                if found.reason.endswith(CUT):
                    self.tally.notice(_NOT_WHOLE)
                self.tally.skip(found if found.file or not file else replace(found, file=file))
            elif isinstance(found, Notice):
                self.tally.notice(found.sentence, found.count)
            else:
                self.tally.taken += 1
                self.tally.undated += not found.at_given
                self.tally.heard(found.provenance)
                yield found

    def _told(self, read: int) -> None:
        self._done = min(self._done + read, self._plan.total)
        if self.progress:
            self.progress(self._done, self._plan.total)


def _left_alone(names: tuple[str, ...]) -> str:
    """What lies in a download beside its conversations, by endings."""
    suffixes = (PurePosixPath(name).suffix.lower() for name in names)
    endings = Counter(one if one[1:].isalnum() and len(one) <= _LONGEST_ENDING else "other" for one in suffixes)
    told = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(8))
    return f"Left alone, for there are no conversations in them: {told}."


def shares(paths: Sequence[Path], progress: Progress) -> Iterator[tuple[Path, Progress]]:
    """Each file with what it tells its progress to, so that several make one: by their sizes on disk."""
    sizes = [max(1, _size(path)) for path in paths]
    before, total = 0, sum(sizes)
    for path, size in zip(paths, sizes, strict=True):
        yield path, partial(_share, progress, before, size, total)
        before += size


def _share(progress: Progress, before: int, size: int, total: int, done: int, of: int) -> None:
    progress(before + (size * done // of if of else size), total)


def _size(path: Path) -> int:
    try:
        return sum(entry.size for entry in folder(path).entries) if path.is_dir() else path.stat().st_size
    except (OSError, BadInput):
        return 0  # whoever reads it says why it cannot be read


def open_import(path: Path, context: ImportContext, progress: Progress | None = None) -> Import:
    """The file, zip or folder ready to be read, its formats known. Raises BadInput when there are none.

    Of a folder only what belongs together is read; its other files are named one by one. Formats that name no
    conversation take the file's name.
    """
    plan = _plan(path)
    allowed = Allowed.of(path.stat().st_size)
    return Import(path, replace(context, name=_called(path, plan)), progress, Tally(format=plan.formats), plan, allowed)
