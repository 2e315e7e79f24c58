"""profile.json: version, theme and key slots - all that is in clear - sealed so that a changed byte shows."""

import json
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac_new

from core.errors import DamagedVault, Missing, NewerVault, VaultProblem
from core.paths import ProfilePaths
from core.store.keys import Slot

FORMAT = 1
_LARGEST = 65_536
_SEAL = b"mneme profile.json 1"
_DAMAGED = "Put back the profile.json that lies with a backup."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What stands in profile.json."""

    id: str
    theme: str
    slots: tuple[Slot, ...]
    vault_key: bytes
    """The vault's key under the master key that the slots give."""
    next_key: bytes | None = None
    """The new one while an erase is under way: after a crash one of the two opens the vault."""
    complete: bool = True
    """False until the vault itself was made."""

    def to_bytes(self, master: bytes) -> bytes:
        """The only form that is written: fixed order, fixed spacing, sealed."""
        body = self._body()
        return _text({**body, "seal": _seal(master, body)})

    def sealed_by(self, master: bytes, data: bytes) -> bool:
        """Whether `data` is exactly what Mneme wrote."""
        return compare_digest(self.to_bytes(master), data)

    def _body(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "id": self.id,
            "theme": self.theme,
            "complete": self.complete,
            "slots": [slot.as_json() for slot in self.slots],
            "vault_key": self.vault_key.hex(),
            "next_key": self.next_key.hex() if self.next_key is not None else None,
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeyFile":
        """Raises DamagedVault, NewerVault."""
        try:
            body = json.loads(data)
            form = body["format"]
            if type(form) is int and form > FORMAT:
                raise NewerVault(
                    f"A later Mneme wrote this profile (format {form}, this one knows {FORMAT}).", "Update Mneme."
                )
            found = cls(
                id=str(body["id"]),
                theme=str(body["theme"]),
                complete=bool(body["complete"]),
                slots=tuple(Slot.from_json(slot) for slot in body["slots"]),
                vault_key=bytes.fromhex(body["vault_key"]),
                next_key=bytes.fromhex(body["next_key"]) if body["next_key"] is not None else None,
            )
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise DamagedVault("profile.json is damaged.", _DAMAGED) from error
        if not found.slots or len(found.slots) > 16 or form != FORMAT:
            raise DamagedVault("profile.json is damaged.", _DAMAGED)
        return found


def _text(body: dict[str, object]) -> bytes:
    return (json.dumps(body, indent=1, ensure_ascii=True) + "\n").encode()


def _seal(master: bytes, body: dict[str, object]) -> str:
    key = hmac_new(master, _SEAL, sha256).digest()
    return hmac_new(key, _text(body), sha256).hexdigest()


def read_key_file(paths: ProfilePaths) -> bytes:
    """profile.json as it is. Raises Missing, DamagedVault (also when it is absurdly large)."""
    try:
        with paths.public.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise Missing(
            "There is no profile here.", f"Start Mneme once, or name another folder than {paths.root}."
        ) from None
    except OSError as error:
        raise VaultProblem("profile.json cannot be read.", "Check its disk and its permissions.") from error
    if len(data) > _LARGEST:
        raise DamagedVault("profile.json is damaged.", _DAMAGED)
    return data
