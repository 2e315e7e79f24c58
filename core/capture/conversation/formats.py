"""Every format there is, which one a file has, and the reading of a file from beginning to end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.capture.conversation import chatgpt, jsonl, plain
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped, Tally
from core.capture.conversation.text import Stream
from core.capture.conversation.zipped import members
from core.errors import BadInput, Problem
from core.memory import Observation

Progress = Callable[[int, int], None]
"""(bytes read, bytes in all)."""

_HEAD = 2**16
_ZIP = b"PK\x03\x04"
_SURE = 0.5
"""Less is not enough for a member of a zip: a download holds other text beside its conversations."""
_KNOWN = "Mneme reads its own conversation JSONL, ChatGPT exports (the zip as downloaded) and plain text."


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how it is known, and how it is read."""

    name: str
    detect: Callable[[bytes, str], float]
    read: Callable[[Stream, ImportContext], Iterator[ReadOut]]


FORMATS = (
    Format(jsonl.NAME, jsonl.detect, jsonl.read),
    Format(chatgpt.NAME, chatgpt.detect, chatgpt.read),
    Format(plain.NAME, plain.detect, plain.read),
)


def known(head: bytes, name: str) -> tuple[Format, float] | None:
    """The format that is surest of a file with this beginning and name; None when none knows it."""
    surest = max(((one, one.detect(head, name)) for one in FORMATS), key=lambda found: found[1])
    return surest if surest[1] > 0 else None


def recognise(path: Path) -> Format:
    """The format of the file, or of the first readable member of a zip. Raises BadInput."""
    head = _head(path)
    if head.startswith(_ZIP):
        for name, _, stream in members(path):
            found = known(stream.read(_HEAD), name)
            if found and found[1] >= _SURE:
                return found[0]
        raise BadInput("There are no conversations in this zip that Mneme can read.", _KNOWN)
    found = known(head, path.name)
    if found is None:
        raise BadInput(f"{path.name} is not a conversation that Mneme can read.", _KNOWN)
    return found[0]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            head = source.read(_HEAD)
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path.name}.", "Check its name and folder.") from error
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read.", "Check that it is a file and that you may read it.") from error
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise BadInput(f"{path.name} is empty.", "Nothing was imported.")
    return head


@dataclass(slots=True)
class Import:
    """A file being read: iterate `observations()` once, then ask `tally` what there was."""

    path: Path
    context: ImportContext
    progress: Progress | None
    tally: Tally

    def observations(self) -> Iterator[Observation]:
        """Every turn in order; what cannot be taken is counted in the tally.

        Raises BadInput when reading breaks off; what came before it stands.
        """
        for stream, reader, context in self._streams():
            for found in reader.read(stream, context):
                if isinstance(found, Skipped):
                    self.tally.skip(found)
                elif isinstance(found, Notice):
                    self.tally.notice(found.sentence)
                else:
                    self.tally.taken += 1
                    self.tally.undated += not found.at_given
                    yield found

    def _streams(self) -> Iterator[tuple[Stream, Format, ImportContext]]:
        total = self.path.stat().st_size
        if _head(self.path).startswith(_ZIP):
            done = 0
            for name, packed, stream in members(self.path):
                head = stream.read(_HEAD)
                found = known(head, name)
                if found and found[1] >= _SURE:
                    counted = _Counted(stream, head, self._member_progress(done, total))
                    yield counted, found[0], replace(self.context, name=Path(name).stem)
                done += packed
                if self.progress:
                    self.progress(done, total)
            return
        with self.path.open("rb") as source:
            reader = recognise(self.path)
            yield _Counted(source, b"", self._file_progress(total)), reader, self.context

    def _file_progress(self, total: int) -> Callable[[int], None]:
        return lambda read: self.progress(min(read, total), total) if self.progress else None

    def _member_progress(self, done: int, total: int) -> Callable[[int], None]:
        return lambda _: self.progress(done, total) if self.progress else None


class _Counted:
    """A stream that tells how far it has been read, beginning with what was already taken from it."""

    def __init__(self, inner: Stream, head: bytes, told: Callable[[int], None]) -> None:
        self._inner = inner
        self._head = head
        self._told = told
        self._count = 0

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            found, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
        else:
            try:
                found = self._inner.read(size)
            except OSError as error:
                raise BadInput("The file could not be read to its end.", "What came before is kept.") from error
        self._count += len(found)
        self._told(self._count)
        return found


def open_import(path: Path, context: ImportContext, progress: Progress | None = None) -> Import:
    """The file ready to be read, its format known. Raises BadInput when there is none.

    Formats that name no conversation take the file's name.
    """
    reader = recognise(path)
    return Import(path, replace(context, name=path.stem or "import"), progress, Tally(format=reader.name))


def failed(path: Path, problem: Problem) -> Tally:
    """The tally of a file that could not be opened at all, so that an import of several goes on."""
    tally = Tally(format="none")
    tally.skip(Skipped(line=0, reason=f"{path.name}: {problem.title}"))
    return tally
