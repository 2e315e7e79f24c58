"""A memory's envelope as a row of the vault and back: ids, keyed fingerprints, times, columns."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from core.errors import BadInput
from core.memory import (
    Channel,
    Claim,
    Draft,
    EpisodeId,
    Facet,
    Fact,
    Kind,
    MediaId,
    Memory,
    MemoryId,
    Provenance,
    Sensitivity,
    State,
    Trust,
    WordBox,
)
from core.store.boxes import NONE, packed, unpacked
from core.store.vault import Vault

MINE = (1, int(Claim.NAMED))
"""What the column `mine` holds of the person's own turns; 0 and the other claims are not theirs."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(now: datetime) -> MemoryId:
    """A ULID: 48 bits of milliseconds, 80 random bits, Crockford base 32 (26 characters)."""
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return MemoryId("".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)))


class ContentKeys:
    """Keyed fingerprints: whether the same thing was here before, without saying what it was."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, draft: Draft) -> bytes:
        """16 bytes; equal for the same turn, the same note at the same second, the same derived fact."""
        origin = draft.provenance
        if draft.sources:
            fact = draft.fact
            parts = ["derived", draft.facet, *((fact.subject, fact.attribute, fact.value) if fact else ())]
            if fact is None:
                # what stands for a place or a way is known by it, whatever is said of it by now
                parts += [origin.url or origin.window or draft.text]
            elif draft.valid_from is not None:
                parts += [str(int(draft.valid_from.timestamp()))]
        elif origin.external_id:
            parts = ["id", origin.conversation, origin.external_id]
        else:
            parts = ["text", draft.facet, origin.channel, origin.app, origin.conversation, origin.speaker]
            parts += [str(int(draft.at.timestamp())), draft.text]
        message = json.dumps([str(part) for part in parts], ensure_ascii=True).encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()[:16]


def content_keys(vault: Vault) -> ContentKeys:
    """The vault's own fingerprints."""
    return ContentKeys(vault.derived_key("content"))


def moment(seconds: float, offset_minutes: int) -> datetime:
    """A stored time as an aware datetime in the zone it was written in."""
    return datetime.fromtimestamp(seconds, tz=_zone(offset_minutes))


@cache
def _zone(offset_minutes: int) -> timezone:
    return timezone(timedelta(minutes=offset_minutes))


def offset_of(at: datetime) -> int:
    """Minutes east of UTC. Raises BadInput for a naive time."""
    offset = at.utcoffset()
    if offset is None:
        raise BadInput("A time without a zone reached the store.", "This is a mistake in Mneme.")
    return int(offset.total_seconds() // 60)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def row_of(draft: Draft, keys: ContentKeys) -> dict[str, Any]:
    """The columns of `memory` that a draft fills, ready to insert."""
    origin = draft.provenance
    fact = draft.fact
    return {
        "kind": draft.kind.value,
        "facet": draft.facet.value,
        "text": draft.text,
        "caption": draft.caption,
        "at": draft.at.timestamp(),
        "at_offset": offset_of(draft.at),
        "at_given": int(draft.at_given),
        "channel": origin.channel.value,
        "app": origin.app,
        "window": origin.window,
        "url": origin.url,
        "conversation": origin.conversation,
        "external_id": origin.external_id,
        "session": origin.session,
        "speaker": origin.speaker,
        "addressee": origin.addressee,
        "role": origin.role,
        "mine": int(origin.claim) if origin.claim is not Claim.SOURCE else int(origin.mine),
        "language": draft.language,
        "importance": draft.importance,
        "stability_days": draft.stability_days,
        "trust": int(draft.trust),
        "sensitivity": draft.sensitivity.value,
        "masked": draft.masked,
        "picture": draft.picture,
        "boxes": packed([(b.text, b.left, b.top, b.width, b.height) for b in draft.boxes]),
        "subject": fact.subject if fact else None,
        "attribute": fact.attribute if fact else None,
        "value": fact.value if fact else None,
        "valid_from": _seconds(draft.valid_from),
        "valid_to": _seconds(draft.valid_to),
        "reason": draft.reason,
        "content_key": keys.of(draft),
    }


# A dict is five times as quick as the enum's own call, and every question makes a hundred memories.
_CLAIMS = {int(claim): claim for claim in Claim}
_KINDS = {kind.value: kind for kind in Kind}
_FACETS = {facet.value: facet for facet in Facet}
_STATES = {state.value: state for state in State}
_CHANNELS = {channel.value: channel for channel in Channel}
_TRUSTS = {trust.value: trust for trust in Trust}
_SENSITIVITIES = {label.value: label for label in Sensitivity}


def memory_of(row: dict[str, Any], sources: Sequence[MemoryId] = ()) -> Memory:
    """A row of `memory` as its shape."""
    offset = row["at_offset"]

    def time(column: str) -> datetime | None:
        return None if row[column] is None else moment(row[column], offset)

    return Memory(
        id=MemoryId(row["id"]),
        seq=row["seq"],
        kind=_KINDS[row["kind"]],
        facet=_FACETS[row["facet"]],
        state=_STATES[row["state"]],
        text=row["text"],
        caption=row["caption"],
        at=moment(row["at"], offset),
        at_given=bool(row["at_given"]),
        created=moment(row["created"], offset),
        provenance=Provenance(
            channel=_CHANNELS[row["channel"]],
            app=row["app"],
            window=row["window"],
            url=row["url"],
            conversation=row["conversation"],
            external_id=row["external_id"],
            session=row["session"],
            speaker=row["speaker"],
            addressee=row["addressee"],
            role=row["role"],
            mine=row["mine"] in MINE,
            claim=_CLAIMS.get(row["mine"], Claim.SOURCE),
        ),
        language=row["language"],
        importance=row["importance"],
        stability_days=row["stability_days"],
        trust=_TRUSTS[row["trust"]],
        sensitivity=_SENSITIVITIES[row["sensitivity"]],
        masked=row["masked"],
        picture=None if row["picture"] is None else MediaId(row["picture"]),
        boxes=tuple(WordBox(text=t, left=x, top=y, width=w, height=h) for t, x, y, w, h in unpacked(row["boxes"]))
        if row["boxes"] != NONE
        else (),
        sources=tuple(sources),
        fact=None
        if row["attribute"] is None
        else Fact(subject=row["subject"], attribute=row["attribute"], value=row["value"]),
        valid_from=time("valid_from"),
        valid_to=time("valid_to"),
        reason=row["reason"],
        version=row["version"],
        episode=None if row["episode"] is None else EpisodeId(row["episode"]),
        superseded_by=None if row["superseded_by"] is None else MemoryId(row["superseded_by"]),
        folded_into=None if row["folded_into"] is None else MemoryId(row["folded_into"]),
        boilerplate=bool(row["boilerplate"]),
        uses=row["uses"],
        last_used=time("last_used"),
        pinned=bool(row["pinned"]),
        tags=tuple(json.loads(row["tags"])) if row["tags"] != "[]" else (),
    )
