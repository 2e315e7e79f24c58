"""Profiles with real vaults, and memories to put into them."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from PIL import Image

from core.memory import Channel, Draft, Facet, Fact, Kind, MediaId, MemoryId, Provenance, Trust
from core.store import memories
from core.store.envelope import content_keys
from core.store.media import Media
from core.store.vault import Vault

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CEST = timezone(timedelta(hours=2))
PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Profile:
    """A vault with its pictures."""

    vault: Vault
    media: Media

    def content(self) -> str:
        with self.vault.read() as db:
            return memories.content_hash(db)

    def texts(self) -> list[str]:
        with self.vault.read() as db:
            return [row["text"] for row in db.query("SELECT text FROM memory ORDER BY seq")]

    def rows(self, table: str) -> list[dict[str, object]]:
        with self.vault.read() as db:
            return list(db.query(f"SELECT * FROM {table}"))

    def save(self, *drafts: Draft) -> tuple[MemoryId, ...]:
        return memories.save(self.vault, drafts, NOW).ids


def turn(text: str, number: int, *, conversation: str = "kitchen", speaker: str = "Dana") -> Draft:
    return Draft(
        text=text,
        at=datetime(2026, 2, 1, 9, 0, tzinfo=CEST) + timedelta(minutes=number),
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.CONVERSATION, conversation=conversation, external_id=f"m{number}", speaker=speaker
        ),
    )


def note(text: str, *, kind: Kind = Kind.SEMANTIC) -> Draft:
    origin = Provenance(channel=Channel.NOTE, mine=True)
    return Draft(text=text, at=NOW, facet=Facet.NOTE, provenance=origin, kind=kind, trust=Trust.WRITTEN)


def fact(text: str, sources: tuple[MemoryId, ...], value: str) -> Draft:
    return Draft(
        text=text,
        at=NOW,
        facet=Facet.FACT,
        kind=Kind.SEMANTIC,
        provenance=Provenance(channel=Channel.SLEEP),
        sources=sources,
        fact=Fact(subject="dana", attribute="works at", value=value),
        reason="said twice",
    )


def webp(colour: str, size: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "WEBP", lossless=True)
    return out.getvalue()


def fill(profile: Profile) -> tuple[MemoryId, ...]:
    """Two conversations, a fact, a note, a frame with its picture, a secret, a version, a link, an episode."""
    turns = profile.save(*(turn(f"Turn {n} about the invoice — ünïcode 😀", n) for n in range(12)))
    derived = profile.save(fact("Dana works at Acme.", turns[:2], "acme"))
    profile.save(note("Bring the blue folder."), note("vault code 8231", kind=Kind.SECRET))
    with profile.vault.write() as db:
        picture = profile.media.put(db, webp("red"), webp("red", 8), width=64, height=64, form="webp-lossless")
        keys = content_keys(profile.vault)
        frame = Draft(
            text="Invoice 4711 is due on Friday",
            at=NOW,
            facet=Facet.FRAME,
            provenance=Provenance(channel=Channel.SCREEN, app="browser", window="Invoices"),
            picture=MediaId(picture),
        )
        seen = memories.insert(db, frame, NOW, keys=keys).id
        memories.change(db, turns[3], {"text": "Turn 3, said better"}, NOW)
        memories.change(db, turns[4], {"folded_into": turns[5]}, NOW)
        memories.link(db, derived[0], seen, "about", "both are about the invoice")
        db.execute(
            "INSERT INTO episode VALUES ('E1', 'The invoice', ?, ?, 120, 'chat', 'kitchen')",
            [NOW.timestamp() - 60, NOW.timestamp()],
        )
        memories.change(db, turns[0], {"episode": "E1"}, NOW)
        memories.change(db, turns[1], {"episode": "E1"}, NOW)
    return (*turns, *derived, seen)
