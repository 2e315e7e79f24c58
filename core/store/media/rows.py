"""What rows of `picture` say, and what their files are called."""

import base64
import json
import secrets
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from core.memory import MediaId


def name_of(id: MediaId, generation: int | None) -> str:
    """What a picture's file is called, without its ending; without a `generation` its thumbnail's."""
    if generation is None:
        return f"{id}.small"
    return id if generation == 1 else f"{id}.{generation}"


def resting(db: Database, base: MediaId) -> list[dict[str, Any]]:
    """Its patches, the oldest first: a backup that knows one of them knows those before it."""
    return list(
        db.query(
            "SELECT * FROM picture p WHERE base = ?"
            " ORDER BY (SELECT min(seq) FROM memory WHERE picture = p.id) NULLS LAST, id",
            [base],
        )
    )


def in_order(db: Database, ids: Iterable[MediaId]) -> list[dict[str, Any]]:
    """The rows of these, what others may be patches on first, then the oldest."""
    return list(
        db.query(
            "SELECT * FROM picture p WHERE id IN (SELECT value FROM json_each(?)) ORDER BY base IS NOT NULL,"
            " (SELECT min(seq) FROM memory WHERE picture = p.id) NULLS LAST, id",
            [json.dumps(list(ids))],
        )
    )


def may_bear(db: Database, base: MediaId, width: int, height: int) -> bool:
    """Whether a picture can bear a patch of so many pixels: whole, and as it was when it came."""
    found = db.execute(
        "SELECT 1 FROM picture WHERE id = ? AND width = ? AND height = ? AND key IS NOT NULL AND base IS NULL"
        " AND generation = 1",  # later ones show something else than whoever made the patch knew
        [base, width, height],
    )
    return found.fetchone() is not None


def new_id() -> str:
    """26 random letters and digits."""
    return base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]
