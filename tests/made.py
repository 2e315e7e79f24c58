"""Things that many tests need: an open vault in a temporary profile, drafts, an embedder without a model."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.memory import Channel, Draft, EmbedderId, Facet, Kind, Provenance, Trust
from core.paths import ProfilePaths
from core.store.vault import Vault
from core.urgency import Urgency

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))


def open_vault(folder: Path) -> Vault:
    """A new vault in a private folder."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return Vault.create(ProfilePaths(folder), KEY)


def turn(text: str, number: int = 0, *, conversation: str = "talk", speaker: str = "Dana", mine: bool = False) -> Draft:
    """One turn of a conversation, a minute after the one before."""
    return Draft(
        text=text,
        at=NOON + timedelta(minutes=number),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION,
            conversation=conversation,
            external_id=f"t{number}",
            session="s1",
            speaker="me" if mine else speaker,
            addressee=speaker if mine else "me",
            mine=mine,
        ),
        trust=Trust.SAID if mine else Trust.CAPTURED,
    )


def note(text: str, kind: Kind = Kind.SEMANTIC) -> Draft:
    """Something the person wrote down."""
    return Draft(
        text=text,
        at=NOON,
        facet=Facet.NOTE,
        kind=kind,
        provenance=Provenance(channel=Channel.NOTE, mine=True),
        trust=Trust.WRITTEN,
    )


class HashingEmbedder:
    """Vectors from hashed words: deterministic, instant, near for texts that share words."""

    id = EmbedderId("hashing:1")
    dimensions = 64

    def embed(self, texts: Sequence[str], urgency: Urgency) -> NDArray[np.float32]:
        """(n, 64), unit length."""
        made = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(made, texts, strict=True):
            for word in text.casefold().split():
                row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:2], "big") % self.dimensions] += 1
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)

    def close(self) -> None:
        """Nothing to end."""
