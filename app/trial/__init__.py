"""`mneme try`: the main job on the sample, end to end, in a profile of its own."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.session import Session
from app.commands.request import JSON
from app.trial import told
from app.trial.place import Place
from app.trial.steps import NOW, STEPS, Course, Step
from core.errors import Problem
from core.store.folder import private_umask


def trial(session: Session, *, keep: bool) -> int:
    """Run every step and tell it; 0 when each went as it should, else 1.

    `keep` leaves the profiles, the archive and the passphrase (a file only its owner reads) to look into.
    """
    private_umask()
    folder = Path(tempfile.mkdtemp(prefix="mneme-try-"))
    begun = time.perf_counter()
    try:
        steps = _all_steps(session, folder)
        seconds = time.perf_counter() - begun
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    well = all(step.ok for step in steps)
    kept: JSON = {"folder": str(folder), "passphrase_file": str(folder / "passphrase")} if keep else {}
    if session.common.json:
        made = [step.as_json() for step in steps]
        session.print_json({"ok": well, "seconds": round(seconds, 1), "steps": made, "kept": kept or None})
    else:
        told.ending(session.out, well, seconds, kept)
    return 0 if well else 1


def _all_steps(session: Session, folder: Path) -> list[Step]:
    passphrase = secrets.token_urlsafe(18)
    secret = folder / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(passphrase + "\n", encoding="utf-8")
    if not session.common.json:
        told.beginning(session.out)
    done: list[Step] = []
    now = session.common.now or NOW
    with _place(folder / "profile", passphrase, now) as first, _place(folder / "second", passphrase, now) as second:
        course = Course(first=first, second=second, folder=folder, passphrase=passphrase, now=now)
        for name, work in STEPS:
            step = _one(session, name, work, course)
            done.append(step)
            if not session.common.json:
                told.step(session.out, step)
    return done


def _one(session: Session, name: str, work: Callable[[Course], Step], course: Course) -> Step:
    """One step; a problem in it is said and counts as not well, the others go on."""
    begun = time.perf_counter()
    with session.err.status(f"{name} …") as status:

        def heard(frame: JSON) -> None:
            if "progress" in frame and frame["progress"]["total"]:
                share = frame["progress"]["done"] / frame["progress"]["total"]
                status.update(f"{name} … {frame['progress']['what']} {share:.0%}")

        course.first.on_frame = course.second.on_frame = heard
        try:
            step = work(course)
        except Problem as problem:
            step = Step(name=name, ok=False, said=f"{problem.title} {problem.remedy}".strip())
    step.seconds = time.perf_counter() - begun
    return step


@contextmanager
def _place(root: Path, passphrase: str, now: str) -> Iterator[Place]:
    place = Place(root, passphrase, now)
    try:
        yield place
    finally:
        place.close()
