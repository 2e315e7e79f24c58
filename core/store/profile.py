"""One person's profile: made, unlocked and locked; its key slots; the start-up order that lets nothing slip."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_bytes, token_hex

from core.errors import BadInput, DamagedVault, Locked, Missing, VaultProblem, WrongKey
from core.paths import ProfilePaths
from core.store import faults
from core.store.folder import ProfileLock, check_folder, no_core_dumps, private_umask, write_atomically
from core.store.key_file import KeyFile, read_key_file
from core.store.keys import (
    KEY_BYTES,
    STRONG,
    Cost,
    KeyringWitness,
    Slot,
    SystemKeyring,
    forget_slot,
    keyring_slot,
    open_slots,
    passphrase_slot,
    recovery_slot,
    unwrap,
    wrap,
)
from core.store.restoring import Restored, restore
from core.store.vault import Vault, check_library

__all__ = ["Profile", "ProfileLock", "check_folder", "no_core_dumps", "private_umask"]

THEMES = ("system", "light", "dark")
_MOST_SLOTS = 16
_VAULT_KEY = b"mneme vault key 1"
_RESTORE = "Restore the last backup: `mneme backup restore`."
_PUT_BACK = "Put back the profile.json that lies with a backup."


class Profile:
    """A profile on disk. Two keys: the slots open the master key, that opens the vault's (an erase renews it)."""

    def __init__(self, paths: ProfilePaths, system: SystemKeyring | None = None) -> None:
        """Reads what is in clear; opens nothing. Raises Missing, UnsafeProfile, DamagedVault, NewerVault."""
        check_folder(paths)
        self.paths = paths
        self._system = system
        self._data = read_key_file(paths)
        self._file = KeyFile.from_bytes(self._data)
        self._master: bytes | None = None
        self._sealed = False
        self.notices: tuple[str, ...] = ()
        self.opened_by: Slot | None = None

    @classmethod
    def exists(cls, paths: ProfilePaths) -> bool:
        """Whether a profile was ever made here (it may be unsafe or damaged)."""
        return paths.public.exists() or paths.vault.exists()

    @classmethod
    def create(
        cls,
        paths: ProfilePaths,
        *,
        passphrase: str | None,
        system: SystemKeyring | None = None,
        in_keyring: bool = False,
        recovery: bool = False,
        cost: Cost = STRONG,
    ) -> tuple["Profile", str | None]:
        """A new profile, unlocked but without its vault yet (`open_vault` makes it), and its recovery words if wanted.

        Raises BadInput without any way to unlock it again, VaultProblem when there is a profile already.
        """
        private_umask()
        try:
            paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise VaultProblem("The profile's folder cannot be made.", "Choose another folder.") from error
        check_folder(paths)
        if cls.exists(paths):
            raise VaultProblem("There is a profile here already.", "Open it, or choose another folder.")
        if passphrase is None and not (in_keyring and system is not None):
            raise BadInput("A new profile needs a passphrase.", "Give one; this system's keyring cannot be used.")
        master, name, slots, words = token_bytes(KEY_BYTES), token_hex(8), [], None
        if passphrase is not None:
            slots.append(passphrase_slot(master, passphrase, name, cost))
        if in_keyring and system is not None:
            slots.append(keyring_slot(master, system, name))
        if recovery:
            slot, words = recovery_slot(master, name)
            slots.append(slot)
        key = wrap(master, token_bytes(KEY_BYTES), _VAULT_KEY)
        file = KeyFile(id=name, theme="system", slots=tuple(slots), vault_key=key, complete=False)
        write_atomically(paths.public, file.to_bytes(master))
        profile = cls(paths, system)
        profile._master = master
        profile._sealed = True
        return profile, words

    # -- the key

    @property
    def id(self) -> str:
        """Names the profile's entries in the keyring; tells nothing else."""
        return self._file.id

    @property
    def locked(self) -> bool:
        """Whether the key is absent."""
        return self._master is None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The ways in, in the order they were made."""
        return self._file.slots

    def unlock(self, secret: str | None = None) -> None:
        """Takes the key: with a passphrase or recovery words, or without either from the keyring. Raises WrongKey."""
        check_library()
        self._master, self.opened_by = open_slots(self._file.slots, self.id, secret=secret, system=self._system)
        self._sealed = self._file.sealed_by(self._master, self._data)
        if not self._sealed:
            self.notices = ("profile.json was changed by something other than Mneme.",)

    def verify(self, secret: str) -> None:
        """Refuses a wrong explicit passphrase even while unlocked. Raises WrongKey."""
        open_slots(self._file.slots, self.id, secret=secret, system=None)

    def lock(self) -> None:
        """Drops the key; the vault is closed by whoever opened it."""
        self._master = None
        self.opened_by = None

    def open_vault(self, *, read_only: bool = False, clock: Callable[[], float] = time.time) -> Vault:
        """The vault, made now if the profile is new. `clock`: POSIX seconds, for the sentences about lost saves.

        Raises Locked, Missing, UnsafeProfile, DamagedVault, NewerVault.
        """
        key = self._opened(self._file.vault_key)
        next_key = self._opened(self._file.next_key) if self._file.next_key is not None else None
        witness = KeyringWitness(self._system, self.id) if self._system is not None else None

        def opened(with_key: bytes) -> Vault:
            return Vault.open(self.paths, with_key, read_only=read_only, clock=clock, witness=witness)

        if not self._file.complete:
            vault = self._first_vault(key, opened, clock, witness)
            self._write(replace(self._file, complete=True))
            return vault
        try:
            vault = opened(key)
            if next_key is not None and not read_only:
                self._write(replace(self._file, next_key=None))
            return vault
        except Missing:
            if self.paths.vault.exists():
                raise
            raise DamagedVault("The vault is missing.", _RESTORE) from None
        except WrongKey:
            if next_key is None:
                raise DamagedVault("The vault's first page is damaged.", _RESTORE) from None
        try:
            vault = opened(next_key)
        except WrongKey:
            raise DamagedVault("The vault's first page is damaged.", _RESTORE) from None
        if not read_only:
            self._write(replace(self._file, vault_key=self._file.next_key or b"", next_key=None))
        return vault

    def _first_vault(
        self,
        key: bytes,
        opened: Callable[[bytes], Vault],
        clock: Callable[[], float],
        witness: KeyringWitness | None,
    ) -> Vault:
        """Makes the vault, or makes it again when that was cut off: before `complete` nothing was saved in it."""
        with suppress(Missing, DamagedVault, WrongKey):
            return opened(key)
        if not self._sealed:
            raise DamagedVault("profile.json was changed and the vault cannot be read.", _PUT_BACK)
        for path in (self.paths.vault, self.paths.counter):
            path.unlink(missing_ok=True)
        for end in ("-wal", "-shm", "-journal"):
            self.paths.vault.with_name(self.paths.vault.name + end).unlink(missing_ok=True)
        vault = Vault.create(self.paths, key, clock=clock, witness=witness)
        faults.at("before profile complete")
        return vault

    def renew_key(self, vault: Vault) -> None:
        """The vault under a new key, every page rewritten; the old key is kept nowhere. Raises VaultProblem."""
        new = token_bytes(KEY_BYTES)
        sealed = wrap(self._needed(), new, _VAULT_KEY)
        self._write(replace(self._file, next_key=sealed))
        vault.renew(new)
        self._write(replace(self._file, vault_key=sealed, next_key=None))

    def restore(self, name: str, *, clock: Callable[[], float] = time.time) -> Restored:
        """Puts a backup, or a vault set aside, in the (closed) vault's place; what was forgotten stays so.

        Raises Locked, BadInput, WrongKey, DamagedVault, NewerVault, DiskFull, VaultProblem.
        """
        key = self._opened(self._file.vault_key)
        restored = restore(self.paths, name, key, datetime.fromtimestamp(clock(), UTC))
        witness = KeyringWitness(self._system, self.id) if self._system is not None else None
        Vault.open(self.paths, key, clock=clock, witness=witness, trusting=True).close()
        return restored

    # -- slots and theme

    def add_passphrase(self, passphrase: str, *, cost: Cost = STRONG) -> Slot:
        """One more passphrase. Raises Locked, BadInput."""
        return self._add(passphrase_slot(self._needed(), passphrase, self.id, cost))

    def change_passphrase(self, passphrase: str, *, cost: Cost = STRONG) -> Slot:
        """A new passphrase in the place of every other one, in one step. Raises Locked, BadInput."""
        slot = passphrase_slot(self._needed(), passphrase, self.id, cost)
        kept = tuple(old for old in self._file.slots if old.kind != "passphrase")
        self._write(replace(self._file, slots=(*kept, slot)))
        return slot

    def add_recovery(self) -> str:
        """Recovery words to print, in the place of older ones. Raises Locked."""
        slot, words = recovery_slot(self._needed(), self.id)
        kept = tuple(old for old in self._file.slots if old.kind != "recovery")
        self._write(replace(self._file, slots=(*kept, slot)))
        return words

    def add_keyring(self) -> Slot:
        """Unlocks without a passphrase from now on. Raises Locked, BadInput when no keyring can be used."""
        master = self._needed()
        if self._system is None:
            raise BadInput("This system has no keyring that encrypts.", "Use a passphrase.")
        return self._add(keyring_slot(master, self._system, self.id))

    def remove_slot(self, name: str) -> None:
        """Takes a way in away, never the last one. Raises Locked, BadInput."""
        self._needed()
        gone = [slot for slot in self._file.slots if slot.id == name]
        if not gone:
            raise BadInput(f"There is no key slot {name!r}.", "`mneme keys slots` lists them.")
        kept = tuple(slot for slot in self._file.slots if slot.id != name)
        if not kept:
            raise BadInput("The last key slot cannot be removed.", "Add another way in first.")
        self._write(replace(self._file, slots=kept))
        forget_slot(gone[0], self._system, self.id)

    def _add(self, slot: Slot) -> Slot:
        if len(self._file.slots) >= _MOST_SLOTS:
            raise BadInput("There are enough key slots.", "Remove one first.")
        self._write(replace(self._file, slots=(*self._file.slots, slot)))
        return slot

    @property
    def theme(self) -> str:
        """system | light | dark: in clear, so that the window can be drawn before it is unlocked."""
        return self._file.theme if self._file.theme in THEMES else "system"

    def set_theme(self, theme: str) -> None:
        """Raises Locked, BadInput."""
        if theme not in THEMES:
            raise BadInput(f"There is no theme {theme!r}.", f"Choose one of {', '.join(THEMES)}.")
        if theme != self._file.theme:
            self._write(replace(self._file, theme=theme))

    def _needed(self) -> bytes:
        if self._master is None:
            raise Locked
        return self._master

    def _opened(self, sealed: bytes) -> bytes:
        key = unwrap(self._needed(), sealed, _VAULT_KEY)
        if key is None:
            raise DamagedVault("profile.json is damaged.", _PUT_BACK)
        return key

    def _write(self, file: KeyFile) -> None:
        data = file.to_bytes(self._needed())
        write_atomically(self.paths.public, data)
        self._file, self._data, self._sealed = file, data, True
