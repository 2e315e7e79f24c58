"""Where the bench keeps the models that it makes: a folder that nobody else can put a file into."""

import os
import stat
import sys
from pathlib import Path

import platformdirs

from core.errors import BadInput


def models_folder(caches: Path | None = None) -> Path:
    """The private folder among this user's caches, made when it is not there. `caches` None: the platform's.

    A model's file goes into native code, so BadInput when the folder is another user's or others may write to it.
    """
    folder = (caches or Path(platformdirs.user_cache_dir("mneme", appauthor=False))) / "bench-models"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise _refused(folder) from error
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(folder)
    if sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        raise _refused(folder)
    return folder


def _refused(folder: Path) -> BadInput:
    return BadInput(f"{folder} is not a folder of yours alone.", "Remove it, or name another: --folder DIR.")
