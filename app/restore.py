"""Puts a backup in the vault's place, while nobody else holds the profile."""

from core.errors import BadInput, ProfileBusy
from core.paths import ProfilePaths
from core.store.folder import ProfileLock, no_core_dumps, private_umask
from core.store.keys import system_keyring
from core.store.profile import Profile
from core.store.restoring import Restored


def restore(paths: ProfilePaths, name: str, passphrase: str | None) -> Restored:
    """Restore the backup, or the vault set aside, called `name`.

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
