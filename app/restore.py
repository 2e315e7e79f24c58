"""Puts a backup in the vault's place, while nobody else holds the profile."""

from pathlib import Path

from core.errors import BadInput, ProfileBusy
from core.paths import ProfilePaths
from core.store.folder import ProfileLock, no_core_dumps, private_umask
from core.store.keys import system_keyring
from core.store.profile import Profile


def restore(paths: ProfilePaths, name: str, passphrase: str | None) -> Path:
    """Restore the backup `name`; where the vault as it was lies now.

    None for the passphrase goes by the keyring. Raises ProfileBusy while Mneme runs, BadInput for an unknown
    name, WrongKey, Missing, DamagedVault, NewerVault, VaultProblem.
    """
    no_core_dumps()
    private_umask()
    profile = Profile(paths, system_keyring())
    lock = ProfileLock(paths)
    if not lock.acquire():
        raise ProfileBusy("Mneme is running on this profile.", "Quit it, then restore.")
    try:
        if not name:
            raise BadInput("Which backup?", "`mneme backup list` shows them.")
        profile.unlock(passphrase)
        return profile.restore(name)
    finally:
        profile.lock()
        lock.release()
