"""Key slots: what opens, what is refused, and keyrings that misbehave."""

import json
import time
from dataclasses import replace
from pathlib import Path

import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from core.errors import BadInput, DamagedVault, WrongKey
from core.paths import ProfilePaths
from core.store.keys import (
    STRONG,
    Cost,
    Slot,
    SystemKeyring,
    open_slots,
    passphrase_slot,
    read_recovery,
    recovery_slot,
    system_keyring,
    unwrap,
    wrap,
)
from core.store.profile import Profile

QUICK = Cost(memory_kib=1024, passes=1, lanes=1)
MASTER = bytes(range(32))


class Safe:
    """A keyring in memory that does what it should."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


class Locked(Safe):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("dismissed")


class Slow(Safe):
    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(0.3)
        return super().get_password(service, username)


class Junk(Safe):
    def get_password(self, service: str, username: str) -> str | None:
        return "\x00 not base64 ✗"


class Wrong(Safe):
    def get_password(self, service: str, username: str) -> str | None:
        return "d3Jvbmc="


class Emptied(Safe):
    def get_password(self, service: str, username: str) -> str | None:
        return None


def with_keyring(root: Path, backend: Safe) -> Profile:
    profile, _ = Profile.create(
        ProfilePaths(root), passphrase="words", system=SystemKeyring(backend), in_keyring=True, cost=QUICK
    )
    profile.open_vault().close()
    return profile


def test_a_keyring_that_works_opens_without_a_passphrase(tmp_path: Path) -> None:
    backend = Safe()
    with_keyring(tmp_path / "p", backend)
    profile = Profile(ProfilePaths(tmp_path / "p"), SystemKeyring(backend))
    profile.unlock()
    assert profile.opened_by is not None
    assert profile.opened_by.kind == "keyring"


@pytest.mark.parametrize("kind", ["missing", "locked", "wrong", "slow", "changed", "junk"])
def test_a_keyring_that_does_not_is_refused_and_the_passphrase_still_opens(tmp_path: Path, kind: str) -> None:
    good = Safe()
    with_keyring(tmp_path / "p", good)
    bad: dict[str, Safe | None] = {
        "missing": None,
        "locked": Locked(),
        "wrong": Wrong(),
        "slow": Slow(),
        "changed": Safe(),
        "junk": Junk(),
    }
    backend = bad[kind]
    if backend is not None:
        backend.kept = dict.fromkeys(good.kept, "A" * 43 + "=") if kind == "changed" else dict(good.kept)
    system = SystemKeyring(backend, patience_s=0.05) if backend is not None else None
    profile = Profile(ProfilePaths(tmp_path / "p"), system)
    with pytest.raises(WrongKey, match="passphrase"):
        profile.unlock()
    assert profile.locked
    profile.unlock("words")
    profile.open_vault().close()
    time.sleep(0.3 if kind == "slow" else 0)


def test_a_wrong_explicit_passphrase_is_refused_where_the_keyring_would_open(tmp_path: Path) -> None:
    backend = Safe()
    with_keyring(tmp_path / "p", backend)
    profile = Profile(ProfilePaths(tmp_path / "p"), SystemKeyring(backend))
    with pytest.raises(WrongKey):
        profile.unlock("not the words")
    profile.unlock()
    with pytest.raises(WrongKey):
        profile.verify("not the words")
    profile.verify("words")


@pytest.mark.parametrize("backend", [Emptied(), Junk(), Locked()])
def test_a_keyring_that_keeps_nothing_gets_no_slot(tmp_path: Path, backend: Safe) -> None:
    with pytest.raises(BadInput, match="keyring"):
        with_keyring(tmp_path / "p", backend)


def test_only_keyrings_that_encrypt_are_used() -> None:
    class PlaintextKeyring(keyring.backends.null.Keyring):  # type: ignore[misc]
        priority = 99

    assert (
        system_keyring([PlaintextKeyring(), keyring.backends.fail.Keyring(), keyring.backends.null.Keyring()]) is None
    )


def test_an_older_copy_of_the_whole_profile_is_noticed_by_the_keyring(tmp_path: Path) -> None:
    backend = Safe()
    with_keyring(tmp_path / "p", backend)
    paths = ProfilePaths(tmp_path / "p")
    older = {path: path.read_bytes() for path in (paths.vault, paths.counter, paths.public)}
    profile = Profile(paths, SystemKeyring(backend))
    profile.unlock()
    opened = profile.open_vault()
    with opened.write() as db:
        db.execute("INSERT INTO setting VALUES ('a', 'b')")
    opened.close()
    for path, data in older.items():
        path.write_bytes(data)
    profile = Profile(paths, SystemKeyring(backend))
    profile.unlock()
    opened = profile.open_vault()
    assert opened.notices[0].startswith("An older copy of the vault was put back")
    opened.close()


def test_recovery_words_open_however_they_are_typed() -> None:
    slot, words = recovery_slot(MASTER, "p")
    assert [len(group) for group in words.split("-")] == [5] * 8
    for typed in (words, words.lower(), words.replace("-", " "), words.replace("0", "o").replace("1", "l")):
        assert open_slots([slot], "p", secret=typed, system=None) == (MASTER, slot)


def test_a_mistyped_recovery_key_is_known_as_such() -> None:
    _, words = recovery_slot(MASTER, "p")
    for at, old in enumerate(words):
        if old != "-":
            assert read_recovery(words[:at] + ("7" if old != "7" else "8") + words[at + 1 :]) is None
    for junk in ("", "-", words[:-1], words + "A", "U" * 40, "é" * 40):
        assert read_recovery(junk) is None


def test_two_recovery_keys_differ() -> None:
    assert recovery_slot(MASTER, "p")[1] != recovery_slot(MASTER, "p")[1]


@pytest.mark.parametrize("passphrase", ["a", "gr\u00fc\u00df", "\ud800 lone", "x" * 10_000, "tab\tnul\x00"])
def test_any_text_can_be_a_passphrase(passphrase: str) -> None:
    slot = passphrase_slot(MASTER, passphrase, "p", QUICK)
    assert open_slots([slot], "p", secret=passphrase, system=None)[0] == MASTER
    with pytest.raises(WrongKey):
        open_slots([slot], "p", secret=passphrase + " ", system=None)


def test_composed_and_decomposed_letters_are_the_same_passphrase() -> None:
    slot = passphrase_slot(MASTER, "\u00fcber", "p", QUICK)
    assert open_slots([slot], "p", secret="u\u0308ber", system=None)[0] == MASTER


def test_a_slot_opens_nothing_once_a_parameter_changed() -> None:
    slot = passphrase_slot(MASTER, "words", "p", QUICK)
    changed = [
        replace(slot, id="00000000"),
        replace(slot, salt=bytes(16)),
        replace(slot, cost=replace(QUICK, passes=2)),
        replace(slot, sealed=slot.sealed[:-1] + bytes([slot.sealed[-1] ^ 1])),
    ]
    for other in changed:
        with pytest.raises(WrongKey):
            open_slots([other], "p", secret="words", system=None)
    with pytest.raises(WrongKey):
        open_slots([slot], "another profile", secret="words", system=None)


@pytest.mark.parametrize(
    "cost",
    [[2**31, 1, 1], [65536, 10**9, 4], [65536, 1, 1000], [1, 1, 1], [-1, 1, 1], [True, 1, 1], [65536.0, 1, 1], []],
)
def test_an_absurd_cost_is_refused_before_it_is_paid(cost: list[object]) -> None:
    slot = passphrase_slot(MASTER, "words", "p", QUICK).as_json()
    with pytest.raises(DamagedVault):
        Slot.from_json({**slot, "argon2id": cost})


def test_a_slot_survives_being_written_and_read() -> None:
    for slot in (passphrase_slot(MASTER, "words", "p", QUICK), recovery_slot(MASTER, "p")[0]):
        assert Slot.from_json(json.loads(json.dumps(slot.as_json()))) == slot


def test_a_person_always_gets_the_strong_cost(tmp_path: Path) -> None:
    assert Cost(memory_kib=65536, passes=10, lanes=4) == STRONG
    profile, _ = Profile.create(ProfilePaths(tmp_path / "p"), passphrase="words")
    profile.add_passphrase("other words")
    assert [slot.cost for slot in profile.slots] == [STRONG, STRONG]


def test_wrapped_bytes_open_only_whole_and_under_their_key() -> None:
    sealed = wrap(MASTER, b"inner", b"use")
    assert unwrap(MASTER, sealed, b"use") == b"inner"
    assert unwrap(MASTER, sealed, b"another use") is None
    assert unwrap(bytes(32), sealed, b"use") is None
    for short in (b"", sealed[:5], sealed[:-1]):
        assert unwrap(MASTER, short, b"use") is None
