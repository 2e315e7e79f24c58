"""Profiles, vaults and copies of them for the store's tests."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.store.profile import Profile
from core.store.vault import Vault
from tests.integration.store.stores import made


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return made(tmp_path / "profile")


@pytest.fixture
def vault(profile: Profile) -> Iterator[Vault]:
    opened = profile.open_vault()
    yield opened
    opened.close()


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path, str], Path]:
    """Copies a profile folder as it is, also while its vault is open."""

    def copy(root: Path, name: str) -> Path:
        target = tmp_path / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(root, target, ignore=shutil.ignore_patterns("*-shm", "host.lock"))
        target.chmod(0o700)
        return target

    return copy


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a campaign's figures whatever is captured."""

    def said(figures: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{figures}\n")

    return said
