"""Looks at everything Mneme needs, says what is wrong and what to do; needs no passphrase and changes nothing."""

import hashlib
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import psutil

from app.commands.request import JSON
from app.endpoint import Call
from app.model_health import Chosen, looked_at
from app.presence import Watch
from app.recorder_state import recorder_sentence
from app.screen_health import asked_programs
from app.screen_health import looked_at as screen_looked_at
from app.window_needs import install_command, missing_libraries
from core.errors import Problem
from core.inference.embedder import LlamaEmbedder
from core.inference.frames import Json
from core.inference.spent import Spent
from core.paths import BUNDLED_EMBEDDER, RESOURCES, ProfilePaths
from core.store.backup import RESERVE_BYTES, backups
from core.store.folder import check_folder
from core.store.keys import system_keyring
from core.store.profile import Profile
from core.store.vault import check_library
from core.urgency import Urgency
from ui.desk import Check as Shown

__all__ = ["Check", "Chosen", "checks", "host_answers"]

BUNDLED_SHA256 = "8ea64a372d952fd5ad9fec6133631688283fca35699de6c0e05f8cffcf69f2c8"
"""Of the embedder that comes with Mneme; resources/models/README.md says where it is from."""
_SETUP = "Set Mneme up again: remove the folder .venv beside ./mneme and start it."
SCHEDULED = "systemd-run --user --on-calendar=*:0/15 mneme sleep --if-due"
"""Every quarter of an hour it is asked whether a night is due; a line of cron does as well."""
_OLD = timedelta(days=3)
_LITTLE = 2 * RESERVE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Shown):
    """One thing the doctor looked at. `drawn` stands below it in a terminal; `figures` are for a machine to read."""

    drawn: str = ""
    figures: JSON | None = None

    def as_json(self) -> JSON:
        """One element of `checks`."""
        told: JSON = {"name": self.name, "ok": self.ok, "said": self.said, "remedy": self.remedy}
        return told if self.figures is None else told | {"figures": self.figures}


def checks(
    paths: ProfilePaths,
    chosen: Chosen | None = None,
    spent: Mapping[str, Json] | None = None,
    recorder: JSON | None = None,
) -> list[Check]:
    """Every check in its order: program, machine, profile, models. Takes several seconds.

    `chosen`: the model that answers, where that is known; `spent`: what its last answer took (`Spent.as_json`). Both
    are kept in the vault. `recorder`: what a running one says of itself (`recorder_form`).
    """
    found = [check for look in _LOOKS for check in look(paths)]
    if recorder is not None:
        well, said = recorder_sentence(recorder)
        remedy = "" if well else "See Health in the window for the gaps; `mneme recorder` tells when it is over."
        found.append(Check(name="Recorder", ok=well, said=said, remedy=remedy, figures=recorder))
    for one in looked_at(paths, chosen):
        told = Check(name=one.name, ok=one.ok, said=one.said, remedy=one.remedy, drawn=one.drawn, figures=one.plan)
        found.append(told)
    last = None if spent is None else Spent.from_json(spent)
    if last is not None:
        found.append(Check(name="Its last answer", ok=True, said=last.sentence, figures=dict(last.as_json())))
    return found


def _python(_: ProfilePaths) -> Iterator[Check]:
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Check(
        name="Python",
        ok=fits,
        said=f"{platform.python_version()}, {platform.machine()}",
        remedy="" if fits else "Install Python 3.11, 3.12 or 3.13 and start ./mneme again.",
    )


def _store(_: ProfilePaths) -> Iterator[Check]:
    version = _version("sqlcipher3")
    try:
        check_library()
    except Problem as problem:
        yield Check(name="SQLCipher", ok=False, said=problem.title, remedy=problem.remedy)
    else:
        yield Check(name="SQLCipher", ok=bool(version), said=f"sqlcipher3 {version}", remedy="" if version else _SETUP)
    chroma = _version("chromadb") if find_spec("chromadb") else ""
    said = f"chromadb {chroma}" if chroma else "not installed: meaning is searched exactly, which is slower"
    yield Check(name="Meaning index", ok=bool(chroma), said=said, remedy="" if chroma else _SETUP)


def _models(_: ProfilePaths) -> Iterator[Check]:
    name = "Embedder's file"
    try:
        with BUNDLED_EMBEDDER.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == BUNDLED_SHA256
    except OSError:
        yield Check(name=name, ok=False, said="It is not there.", remedy="Fetch Mneme again; meaning needs it.")
        return
    said = f"{BUNDLED_EMBEDDER.name}, as published" if same else "Its bytes have changed."
    yield Check(name=name, ok=same, said=said, remedy="" if same else "Fetch Mneme again.")
    try:
        embedder = LlamaEmbedder()
        try:
            width = embedder.embed(["Is this thing on?"], Urgency.QUESTION).shape[1]
        finally:
            embedder.close()
    except Problem as problem:
        yield Check(
            name="llama.cpp",
            ok=False,
            said=f"{problem.title} Recall goes by words only.",
            remedy=problem.remedy or "Install a C++ compiler (Debian: g++, Fedora: gcc-c++, Arch: gcc), then ./mneme.",
        )
    else:
        said = f"llama-cpp-python {_version('llama-cpp-python')}, vectors of {width} numbers"
        yield Check(name="llama.cpp", ok=True, said=said)


def _reading(_: ProfilePaths) -> Iterator[Check]:
    found = find_spec("rapidocr")
    folder = Path(found.origin).parent / "models" if found is not None and found.origin else None
    models = len(list(folder.glob("*.onnx"))) if folder is not None and folder.is_dir() else 0
    well = models >= 2 and find_spec("onnxruntime") is not None
    said = f"rapidocr {_version('rapidocr')}, {models} models" if well else "The text reader is not complete."
    yield Check(name="Reading pictures", ok=well, said=said, remedy="" if well else _SETUP)


def _window(_: ProfilePaths) -> Iterator[Check]:
    missing = missing_libraries()
    yield Check(
        name="Window libraries",
        ok=not missing,
        said=f"missing: {', '.join(one.name for one in missing)}" if missing else "all there",
        remedy=f"Install them: {install_command(missing)}" if missing else "",
    )
    shown = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    display = bool(shown) or sys.platform in ("win32", "darwin")
    yield Check(
        name="Display",
        ok=display,
        said=shown or ("the system's" if display else "none: commands work, the window and capture do not"),
        remedy="" if display else "Start Mneme in a graphical session.",
    )


def _screen(_: ProfilePaths) -> Iterator[Check]:
    seen = screen_looked_at()
    yield Check(name="Recording the screen", ok=seen.ok, said=seen.said, remedy=seen.remedy)
    asked = asked_programs()
    yield Check(name="Words from programs", ok=asked.ok, said=asked.said, remedy=asked.remedy)


def _away(_: ProfilePaths) -> Iterator[Check]:
    watch = Watch()
    try:
        told = watch.heard_from()
    finally:
        watch.close()
    blind = "nothing tells: a sleep begins at night, when Mneme was not used for an hour"
    yield Check(name="When you are away", ok=True, said=f"{told} tells" if told else blind)


def _keyring(_: ProfilePaths) -> Iterator[Check]:
    system = system_keyring()
    yield Check(
        name="Keyring",
        ok=system is not None,
        said=system.title if system is not None else "none that encrypts: the passphrase is asked for",
        remedy="" if system is not None else "Install gnome-keyring or KWallet to unlock with your session.",
    )


def _profile(paths: ProfilePaths) -> Iterator[Check]:
    if not paths.root.exists():
        yield Check(name="Profile", ok=True, said=f"{paths.root}: none yet, the first note makes it")
        return
    try:
        check_folder(paths)
    except Problem as problem:
        yield Check(name="Profile", ok=False, said=problem.title, remedy=problem.remedy)
    else:
        said = str(paths.root) if Profile.exists(paths) else f"{paths.root}: empty, the first note makes it"
        yield Check(name="Profile", ok=True, said=f"{said}; only you can read it")
    none = f"none, so nothing sleeps by itself; to let the system do it: {SCHEDULED}"
    yield Check(name="Running Mneme", ok=True, said="one is running" if host_answers(paths) else none)
    kept = backups(paths)
    if not kept:
        yield Check(name="Backups", ok=True, said="none yet; one is made every day that Mneme runs")
        return
    age = datetime.now(UTC) - kept[0].at
    said = f"{len(kept)}, the newest {age.days} days {age.seconds // 3600} h old"
    remedy = "" if age < _OLD else "Make one: `mneme backup make`, or leave Mneme running at noon."
    yield Check(name="Backups", ok=age < _OLD, said=said, remedy=remedy)


def host_answers(paths: ProfilePaths) -> bool:
    """Whether a Mneme runs with this profile."""
    try:
        with Call(paths.socket):
            return True
    except OSError:
        return False


def _disk(paths: ProfilePaths) -> Iterator[Check]:
    folder = next(one for one in (paths.root, *paths.root.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    reserve = "the reserve for forgetting is held" if paths.reserve.exists() else "no reserve is held yet"
    yield Check(
        name="Disk",
        ok=free > _LITTLE,
        said=f"{free / 2**30:.1f} GB free; {reserve}",
        remedy="" if free > _LITTLE else "Free some space: saving stops when the disk is full.",
    )
    bare = _bare_swap()
    yield Check(
        name="Swap",
        ok=not bare,
        said=f"{', '.join(bare)} may not be encrypted" if bare else "none in clear that can be seen",
        remedy="What Mneme holds in memory may be written there: encrypt swap, or use zram." if bare else "",
    )


def _bare_swap() -> list[str]:
    """Swap areas on Linux that are neither compressed memory nor behind the device mapper."""
    try:
        lines = Path("/proc/swaps").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return []
    names = [line.split()[0] for line in lines if line.split()]
    return [name for name in names if not name.startswith(("/dev/zram", "/dev/dm-", "/dev/mapper/"))]


def _network(_: ProfilePaths) -> Iterator[Check]:
    me = psutil.Process()
    try:
        opened = sum(len(one.net_connections(kind="inet")) for one in (me, *me.children(recursive=True)))
    except psutil.Error:
        yield Check(name="Network", ok=True, said="no connections by construction (they cannot be counted here)")
        return
    yield Check(
        name="Network",
        ok=opened == 0,
        said=f"{opened} connections; only a model download that you ask for opens one",
        remedy="" if opened == 0 else "A download may be under way. If not, please report it.",
    )


def _sample(_: ProfilePaths) -> Iterator[Check]:
    needed = ("sample/conversations.jsonl", "prompts", "rules.json", "styles")
    missing = [name for name in needed if not (RESOURCES / name).exists()]
    said = f"missing: {', '.join(missing)}" if missing else "all there"
    yield Check(name="Own files", ok=not missing, said=said, remedy="Fetch Mneme again." if missing else "")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


_LOOKS: tuple[Callable[[ProfilePaths], Iterator[Check]], ...] = (
    _python,
    _store,
    _models,
    _reading,
    _sample,
    _window,
    _screen,
    _away,
    _keyring,
    _profile,
    _disk,
    _network,
)
