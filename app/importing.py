"""What is named for an import taken in by its sort: conversations first, then pictures."""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from pathlib import Path

from core.assistant import Assistant
from core.assistant.files import found
from core.capture.conversation.report import ImportReport
from core.errors import BadInput
from core.memory import Saved


def importing(
    assistant: Assistant,
    paths: Sequence[Path],
    now: datetime,
    *,
    told: Callable[[int, int], None],
    on_saved: Callable[[Saved], None],
    cancelled: Callable[[], bool],
    vouched: bool = True,
) -> Generator[None, None, ImportReport]:
    """Import files and folders in steps; the result is an ImportReport. `vouched`: the person named them.

    Raises BadInput for archives, which need a passphrase, and when there is nothing to take.
    """
    files = found(paths)
    if files.archives:
        raise BadInput(
            f"{files.archives[0].name} is an archive of Mneme.", "Bring it in under Settings, Keys and archives."
        )
    report: ImportReport | None = None
    if files.conversations:
        report = yield from assistant.importing(
            files.conversations, now, told=told, on_saved=on_saved, cancelled=cancelled, vouched=vouched
        )
    if files.pictures and not (report and report.cancelled):
        read = yield from reading_pictures(
            assistant, files.pictures, now, told=told, on_saved=on_saved, cancelled=cancelled
        )
        report = read if report is None else report.plus(read)
    if report is None:
        raise BadInput("No file was named.", "Choose at least one.")
    return report.beside(files.left, files.notices)


def reading_pictures(
    assistant: Assistant,
    paths: Sequence[Path],
    now: datetime,
    *,
    told: Callable[[int, int], None],
    on_saved: Callable[[Saved], None],
    cancelled: Callable[[], bool],
) -> Generator[None, None, ImportReport]:
    """The same for pictures, with a reader's process of its own."""
    from core.assistant import pictures  # loads OpenCV: only where pictures are imported
    from core.capture.screen.reader import Reader

    reader = Reader(engine=assistant.settings.capture.reader)
    try:
        return (
            yield from pictures.importing(
                assistant, reader, paths, now, told=told, on_saved=on_saved, cancelled=cancelled
            )
        )
    finally:
        reader.close()
