"""The profile's slots, seal, theme and lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadInput, DamagedVault, Locked, NewerVault, WrongKey
from core.paths import ProfilePaths
from core.store.keys import Cost
from core.store.profile import Profile, ProfileLock, no_core_dumps

QUICK = Cost(memory_kib=1024, passes=1, lanes=1)
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made, _ = Profile.create(ProfilePaths(tmp_path / "p"), passphrase="words", cost=QUICK)
    made.open_vault().close()
    return made


def opens(profile: Profile, secret: str) -> bool:
    again = Profile(profile.paths)
    try:
        again.unlock(secret)
    except WrongKey:
        return False
    again.open_vault().close()
    return again.notices == ()


def test_a_changed_passphrase_replaces_the_old_one(profile: Profile) -> None:
    profile.change_passphrase("new words", cost=QUICK)
    assert opens(profile, "new words")
    assert not opens(profile, "words")


def test_ways_in_can_be_added_and_removed_but_never_the_last(profile: Profile) -> None:
    words = profile.add_recovery()
    second = profile.add_passphrase("second", cost=QUICK)
    assert all(opens(profile, secret) for secret in ("words", "second", words))
    profile.remove_slot(second.id)
    assert not opens(profile, "second")
    newer = profile.add_recovery()
    assert opens(profile, newer)
    assert not opens(profile, words)
    for slot in profile.slots[:-1]:
        profile.remove_slot(slot.id)
    with pytest.raises(BadInput, match="last"):
        profile.remove_slot(profile.slots[0].id)
    with pytest.raises(BadInput, match="no key slot"):
        profile.remove_slot("ffffffff")
    assert opens(profile, newer)


def test_without_the_key_nothing_is_changed(profile: Profile) -> None:
    profile.lock()
    before = profile.paths.public.read_bytes()
    for change in (
        lambda: profile.set_theme("dark"),
        profile.add_recovery,
        lambda: profile.change_passphrase("x", cost=QUICK),
        lambda: profile.remove_slot(profile.slots[0].id),
        profile.open_vault,
    ):
        with pytest.raises(Locked):
            change()
    assert profile.paths.public.read_bytes() == before


def test_a_new_vault_key_opens_with_the_old_passphrase(profile: Profile) -> None:
    before = profile.paths.public.read_text()
    opened = profile.open_vault()
    key = opened.derived_key("tombstones")
    with opened.write() as db:
        db.execute("INSERT INTO setting VALUES ('a', 'b')")
    profile.renew_key(opened)
    assert opened.derived_key("tombstones") == key
    opened.close()
    assert profile.paths.public.read_text() != before
    assert opens(profile, "words")
    profile.paths.public.write_text(before)
    again = Profile(profile.paths)
    again.unlock("words")
    with pytest.raises(DamagedVault):
        again.open_vault()


def test_the_theme_is_in_clear_and_sealed(profile: Profile) -> None:
    profile.set_theme("dark")
    again = Profile(profile.paths)
    assert again.theme == "dark"
    text = profile.paths.public.read_text()
    profile.paths.public.write_text(text.replace('"theme": "dark"', '"theme": "light"'))
    again = Profile(profile.paths)
    again.unlock("words")
    assert again.notices == ("profile.json was changed by something other than Mneme.",)
    with pytest.raises(BadInput):
        again.set_theme("purple")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"format": 1}', b'{"format": "1"}', b"[" * 60_000, b"9" * 70_000],
)
def test_a_profile_json_that_is_none_is_damage_in_a_sentence(profile: Profile, data: bytes) -> None:
    profile.paths.public.write_bytes(data)
    with pytest.raises(DamagedVault):
        Profile(profile.paths)


def test_a_later_format_is_refused_with_both_numbers(profile: Profile) -> None:
    text = profile.paths.public.read_text()
    profile.paths.public.write_text(text.replace('"format": 1', '"format": 7'))
    with pytest.raises(NewerVault, match=r"7.*1"):
        Profile(profile.paths)


def test_one_process_at_a_time_is_the_host(profile: Profile) -> None:
    first, second = ProfileLock(profile.paths), ProfileLock(profile.paths)
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    first.release()


def test_a_host_that_was_killed_leaves_no_lock(profile: Profile) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from core.paths import ProfilePaths\n"
        "from core.store.profile import ProfileLock\n"
        "lock = ProfileLock(ProfilePaths(Path(sys.argv[1])))\n"
        "assert lock.acquire()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(profile.paths.root)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert done.returncode == -9
    lock = ProfileLock(profile.paths)
    assert lock.acquire()
    lock.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no core files")
def test_no_core_is_dumped() -> None:
    import resource

    no_core_dumps()
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
