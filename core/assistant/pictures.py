"""Pictures from outside: read by the reader's process, masked in words and pixels, kept encrypted with their words."""

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.assistant import Assistant
from core.assistant.files import SCREENS
from core.capture.conversation.report import ImportContext, ImportReport, Skipped, Tally
from core.capture.redact import redact_page
from core.capture.screen.picture import encoded, filled
from core.capture.screen.reader import LARGEST_FILE, Reader
from core.errors import BadInput, ChildDied, Missing
from core.memory import Channel, Facet, Observation, Provenance, Saved

NAME = "pictures"
_LARGEST_LIST = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture's file and what is known of the moment it shows."""

    file: Path
    at: datetime
    at_given: bool
    app: str = ""
    window: str = ""
    url: str = ""


def described(files: Sequence[Path], context: ImportContext) -> list[Shown]:
    """Pictures with their moments: of `screens.jsonl` beside them or one folder up, else of the file itself."""
    lists: dict[Path, dict[str, Any]] = {}
    shown: list[Shown] = []
    for file in files:
        said: dict[str, Any] = {}
        for folder in (file.parent, file.parent.parent):
            if folder not in lists:
                lists[folder] = _listed(folder / SCREENS)
            said = said or lists[folder].get(file.relative_to(folder).as_posix(), {})
        given = _moment(said.get("at"), context)
        words = {name: str(said.get(name) or "")[:2000] for name in ("app", "window", "url")}
        at = given if given is not None else context.from_posix(max(0.0, file.stat().st_mtime))
        shown.append(Shown(file=file, at=at, at_given=given is not None, **words))
    return shown


def _listed(path: Path) -> dict[str, Any]:
    """The lines of a list by their `file`; what is no such line is passed over, it only describes."""
    try:
        if path.stat().st_size > _LARGEST_LIST:
            return {}
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, Any] = {}
    for line in lines:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and isinstance(said.get("file"), str):
            found[said["file"]] = said
    return found


def _moment(text: object, context: ImportContext) -> datetime | None:
    try:
        return context.aware(datetime.fromisoformat(text)) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def importing(
    assistant: Assistant,
    reader: Reader,
    files: Sequence[Path],
    now: datetime,
    *,
    told: Callable[[int, int], None],
    on_saved: Callable[[Saved], None],
    cancelled: Callable[[], bool],
) -> Generator[None, None, ImportReport]:
    """Read and keep pictures one by one, in steps; the result is an ImportReport.

    The same bytes again add nothing and are not read again. One that cannot be used is named in the report
    and the others go on. Raises ChildDied, Missing when nothing can be read here at all.
    """
    tally, stopped = Tally(format=NAME), False
    shown = described(files, ImportContext.of(assistant.settings.person, now))
    for number, one in enumerate(sorted(shown, key=lambda one: one.at), start=1):
        try:
            kept = _kept(assistant, reader, one, now)
        except (ChildDied, Missing):
            raise
        except BadInput as problem:
            tally.skip(Skipped(line=0, reason=f"{one.file.name}: {problem.title}"))
        else:
            tally.taken += 1
            tally.keep(kept)
            on_saved(kept)
        told(number, len(shown))
        stopped = cancelled()
        if stopped:
            break
        yield
    undated = sum(not one.at_given for one in shown)
    if undated:
        tally.notice(f"{undated} pictures have the time of their file.")
    return tally.report(cancelled=stopped)


def _kept(assistant: Assistant, reader: Reader, shown: Shown, now: datetime) -> Saved:
    data = _bytes_of(shown.file)
    name = f"picture-{hashlib.sha256(data).hexdigest()[:24]}"
    if assistant.named(name):
        return Saved(known=1)
    read = reader.read_picture(data)
    page = redact_page(read.page.lines)
    if not page.text.strip():
        raise BadInput("There are no words in it.", "Only pictures with words can be recalled.")
    observation = Observation(
        text=page.text,
        at=shown.at,
        at_given=shown.at_given,
        facet=Facet.FRAME,
        boxes=tuple(word for line in page.lines for word in line),
        provenance=Provenance(
            channel=Channel.SCREEN, app=shown.app, window=shown.window, url=shown.url, external_id=name
        ),
    )
    picture = encoded(filled(read.pixels, page.fill)) if assistant.settings.capture.pictures else None
    return assistant.keep_frame(observation, picture, page.count, now)


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BadInput("This picture's file is too large.", f"The most is {LARGEST_FILE >> 20} MB.")
        return file.read_bytes()
    except OSError as error:
        raise BadInput("This picture cannot be opened.", "Check that it is there and may be read.") from error
