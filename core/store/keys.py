"""Key slots: ways to the profile's one random key - a passphrase, the system's keyring, a printed recovery key."""

import base64
import hashlib
import hmac
import importlib
import json
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_bytes, token_hex
from typing import Literal, Protocol, TypeVar

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from core.errors import BadInput, DamagedVault, WrongKey

KEY_BYTES = 32
SERVICE = "mneme"
ALLOWED_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
"""Keyrings that encrypt; any other (a plaintext file, an unknown plugin) is never used."""
SlotKind = Literal["passphrase", "keyring", "recovery"]
T = TypeVar("T")

_NONCE, _SALT, _RECOVERY, _CHECK, _GROUP = 12, 16, 22, 3, 5
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_FROM_CROCKFORD = str.maketrans(_ALPHABET + "OIL", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" + "ABB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs (Argon2id, RFC 9106)."""

    memory_kib: int
    passes: int
    lanes: int

    def bounded(self) -> bool:
        """Whether a machine can be asked to pay this at all."""
        return 8 * self.lanes <= self.memory_kib <= 1_048_576 and 1 <= self.passes <= 64 and 1 <= self.lanes <= 16


STRONG = Cost(memory_kib=65_536, passes=10, lanes=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One way to the key; the parameters are authenticated with what they protect."""

    kind: SlotKind
    id: str
    salt: bytes
    cost: Cost | None
    sealed: bytes

    def as_json(self) -> dict[str, object]:
        """As it stands in profile.json."""
        cost = [self.cost.memory_kib, self.cost.passes, self.cost.lanes] if self.cost else None
        return {
            "kind": self.kind,
            "id": self.id,
            "salt": self.salt.hex(),
            "argon2id": cost,
            "sealed": self.sealed.hex(),
        }

    @classmethod
    def from_json(cls, found: object) -> "Slot":
        """Raises DamagedVault for anything that `as_json` does not write, an absurd cost among them."""
        try:
            slot = cls._read(found)
        except (TypeError, ValueError, KeyError):
            slot = None
        if slot is None:
            raise DamagedVault(
                "A key slot in profile.json is damaged.", "Put back the profile.json that lies with a backup."
            )
        return slot

    @classmethod
    def _read(cls, found: object) -> "Slot | None":
        if not isinstance(found, dict) or set(found) != {"kind", "id", "salt", "argon2id", "sealed"}:
            return None
        cost = None
        if found["argon2id"] is not None:
            memory_kib, passes, lanes = found["argon2id"]
            if not all(type(part) is int for part in (memory_kib, passes, lanes)):
                return None
            cost = Cost(memory_kib=memory_kib, passes=passes, lanes=lanes)
        slot = cls(
            kind=found["kind"],
            id=str(found["id"]),
            salt=bytes.fromhex(found["salt"]),
            cost=cost,
            sealed=bytes.fromhex(found["sealed"]),
        )
        known = slot.kind in ("passphrase", "keyring", "recovery") and len(slot.salt) == _SALT
        stretched = cost.bounded() if cost is not None else True
        return slot if known and stretched and (cost is not None) == (slot.kind == "passphrase") else None


class Backend(Protocol):
    """What is used of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The stored secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Stores it."""

    def delete_password(self, service: str, username: str) -> None:
        """Takes it away."""


class SystemKeyring:
    """The system's keyring behind a time limit: whatever it does, the answer is a value or None."""

    def __init__(self, backend: Backend, *, patience_s: float = 5.0) -> None:
        self._backend = backend
        self._patience_s = patience_s

    @property
    def title(self) -> str:
        """The keyring's name for a person, such as "SecretService"."""
        return type(self._backend).__module__.rpartition(".")[2]

    def get(self, name: str) -> bytes | None:
        """The bytes kept under `name`; None when there are none, it is locked, too slow or answers junk."""
        found = self._within(lambda: self._backend.get_password(SERVICE, name))
        try:
            return base64.b64decode(found, validate=True) if isinstance(found, str) else None
        except ValueError:
            return None

    def put(self, name: str, value: bytes) -> bool:
        """Keeps bytes under `name`; False when the keyring did not."""
        text = base64.b64encode(value).decode()

        def kept() -> bool:
            self._backend.set_password(SERVICE, name, text)
            return True

        return self._within(kept) is True

    def drop(self, name: str) -> None:
        """Takes `name` away if it can."""
        self._within(lambda: self._backend.delete_password(SERVICE, name))

    def _within(self, ask: Callable[[], T]) -> T | None:
        """A keyring is foreign code with a dialog of its own: any failure means that it is of no use now."""
        answer: list[T] = []

        def asked() -> None:
            try:
                answer.append(ask())
            except Exception:  # plugins raise KeyringError, DBus errors, OSError, anything; none may stop Mneme
                return

        thread = threading.Thread(target=asked, name="keyring", daemon=True)
        thread.start()
        thread.join(self._patience_s)
        return answer[0] if answer else None


class KeyringWitness:
    """Keeps the newest commit mark in the keyring too, where a copy of the profile cannot reach it."""

    def __init__(self, keyring_: SystemKeyring, profile: str) -> None:
        self._keyring = keyring_
        self._name = f"commits {profile}"

    def recall(self) -> bytes | None:
        """What was last kept."""
        return self._keyring.get(self._name)

    def keep(self, sealed: bytes) -> None:
        """Keeps it if the keyring will."""
        self._keyring.put(self._name, sealed)


def system_keyring(backends: Iterable[object] | None = None) -> SystemKeyring | None:
    """The best keyring of this system that encrypts, or None. Chained and configured ones are not followed."""
    from keyring.backend import KeyringBackend

    found = _usable_here() if backends is None else backends
    allowed = [backend for backend in found if _name_of(backend) in ALLOWED_BACKENDS]
    best = max(allowed, key=lambda backend: float(getattr(backend, "priority", 0)), default=None)
    if best is None or not isinstance(best, KeyringBackend):
        return None
    return SystemKeyring(best)


def _usable_here() -> Iterator[object]:
    """Those of this platform that work; found by name, because looking for every plugin takes 0.1 s at each start."""
    for name in sorted(ALLOWED_BACKENDS):
        module, _, kind = name.rpartition(".")
        own = {"macOS": "darwin", "Windows": "win32"}.get(module.rpartition(".")[2], "")
        if own != (sys.platform if sys.platform in ("darwin", "win32") else ""):
            continue
        with suppress(Exception):  # foreign code that looks for a desktop's services: any failure means none here
            backend = getattr(importlib.import_module(module), kind)
            if backend.viable:
                yield backend()


def _name_of(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def wrap(outer: bytes, inner: bytes, binding: bytes) -> bytes:
    """`inner` under `outer` (32 bytes, ChaCha20-Poly1305, random nonce), bound to `binding`."""
    nonce = token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(outer).encrypt(nonce, inner, binding)


def unwrap(outer: bytes, sealed: bytes, binding: bytes) -> bytes | None:
    """The inverse of `wrap`; None when a byte of it differs."""
    try:
        return ChaCha20Poly1305(outer).decrypt(sealed[:_NONCE], sealed[_NONCE:], binding)
    except (InvalidTag, ValueError):
        return None


def passphrase_slot(master: bytes, passphrase: str, profile: str, cost: Cost = STRONG) -> Slot:
    """A slot that opens with `passphrase`. Raises BadInput when it is empty. `cost` is lowered by tests alone."""
    if not passphrase:
        raise BadInput("The passphrase is empty.", "Choose a few words that only you know.")
    salt = token_bytes(_SALT)
    return _made("passphrase", _stretched(passphrase, salt, cost), master, salt, cost, profile)


def keyring_slot(master: bytes, system: SystemKeyring, profile: str) -> Slot:
    """A slot whose secret lies in the system's keyring. Raises BadInput when that cannot keep it."""
    salt, secret = token_bytes(_SALT), token_bytes(KEY_BYTES)
    slot = _made("keyring", secret, master, salt, None, profile)
    if not system.put(_entry(profile, slot), secret) or system.get(_entry(profile, slot)) != secret:
        raise BadInput("The system's keyring does not keep the key.", "Use a passphrase instead.")
    return slot


def recovery_slot(master: bytes, profile: str) -> tuple[Slot, str]:
    """A slot and the words to print for it: eight groups of five, 176 bits and a checksum."""
    salt, secret = token_bytes(_SALT), token_bytes(_RECOVERY)
    slot = _made("recovery", _expanded(secret, salt), master, salt, None, profile)
    text = base64.b32encode(secret + hashlib.sha256(secret).digest()[:_CHECK]).decode().translate(_TO_CROCKFORD)
    return slot, "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def forget_slot(slot: Slot, system: SystemKeyring | None, profile: str) -> None:
    """Takes away what a removed slot left outside the profile."""
    if slot.kind == "keyring" and system is not None:
        system.drop(_entry(profile, slot))


def read_recovery(words: str) -> bytes | None:
    """The secret in printed words, spaces, case, hyphens and O/0, I/L/1 aside; None when the checksum fails."""
    text = "".join(words.split()).replace("-", "").upper()
    if len(text) != (_RECOVERY + _CHECK) * 8 // 5 or not set(text) <= set(_ALPHABET + "OIL"):
        return None
    both = base64.b32decode(text.translate(_FROM_CROCKFORD))
    secret, check = both[:_RECOVERY], both[_RECOVERY:]
    return secret if hashlib.sha256(secret).digest()[:_CHECK] == check else None


def open_slots(
    slots: Sequence[Slot], profile: str, *, secret: str | None, system: SystemKeyring | None
) -> tuple[bytes, Slot]:
    """The master key and the slot that gave it.

    `secret` is a passphrase or a printed recovery key; when it is given the keyring is not asked, so a wrong one
    is refused even where the keyring would open. Raises WrongKey.
    """
    for slot in slots:
        key = _key_for(slot, profile, secret, system)
        master = unwrap(key, slot.sealed, _binding(slot.kind, slot.id, slot.salt, slot.cost, profile)) if key else None
        if master is not None:
            return master, slot
    if secret is not None:
        raise WrongKey("That passphrase does not open this profile.", "Try again, or use the recovery key.")
    raise WrongKey("The system's keyring does not open this profile.", "Give the passphrase or the recovery key.")


def _key_for(slot: Slot, profile: str, secret: str | None, system: SystemKeyring | None) -> bytes | None:
    if slot.kind == "keyring":
        found = system.get(_entry(profile, slot)) if secret is None and system is not None else None
        return found if found is not None and len(found) == KEY_BYTES else None
    if secret is None:
        return None
    if slot.kind == "recovery":
        words = read_recovery(secret)
        return _expanded(words, slot.salt) if words is not None else None
    return _stretched(secret, slot.salt, slot.cost) if slot.cost is not None else None


def _made(kind: SlotKind, key: bytes, master: bytes, salt: bytes, cost: Cost | None, profile: str) -> Slot:
    name = token_hex(4)
    sealed = wrap(key, master, _binding(kind, name, salt, cost, profile))
    return Slot(kind=kind, id=name, salt=salt, cost=cost, sealed=sealed)


def _binding(kind: str, name: str, salt: bytes, cost: Cost | None, profile: str) -> bytes:
    """The slot's parameters, authenticated with the key: a changed cost or kind opens nothing."""
    parts = [cost.memory_kib, cost.passes, cost.lanes] if cost is not None else None
    return json.dumps(["mneme slot 1", profile, kind, name, salt.hex(), parts]).encode()


def _entry(profile: str, slot: Slot) -> str:
    return f"key {profile} {slot.id}"


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    words = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        words,
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _expanded(secret: bytes, salt: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869): a recovery secret has entropy enough to need no stretching."""
    pseudorandom = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(pseudorandom, b"mneme recovery\x01", hashlib.sha256).digest()
