"""Rules that a newer Mneme brings reach a profile that is in use; what a person took away stays away."""

import json
from pathlib import Path

import pytest

from app import kept_rules
from app.host import Host
from core.capture.rules import Rule, Seeds, seeds
from core.events import Noticed
from core.store import preferences
from tests.integration.app.hosts import hosting

NEWER = Rule(field="title", pattern="a vault of tomorrow", reason="a newer list", seeded=True)


def kept(host: Host) -> set[str]:
    with host.opened.vault.read() as db:
        return {row.pattern for row in preferences.rules(db)}


def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of what is told from now on, before a host has any listener."""
    said: list[str] = []
    tell = Noticed.__init__

    def listening(self: Noticed, title: str, remedy: str = "", problem: bool = False) -> None:
        said.append(title)
        tell(self, title, remedy, problem)

    monkeypatch.setattr(Noticed, "__init__", listening)
    return said


def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Mneme with one rule more."""
    now = seeds()
    more = Seeds(rules=(*now.rules, NEWER), browsers=now.browsers, mirrors=now.mirrors, notices=now.notices)
    monkeypatch.setattr(kept_rules, "seeds", lambda: more)


def test_a_newer_list_reaches_a_profile_in_use_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told(monkeypatch)
    with hosting(tmp_path / "p") as host:
        assert {rule.pattern for rule in seeds().rules} <= kept(host)
    assert not said, "a new profile has nothing new"
    newer(monkeypatch)
    with hosting(tmp_path / "p") as host:
        assert NEWER.pattern in kept(host)
    assert said == ["One rule of what is never captured came with this version of Mneme."]
    with hosting(tmp_path / "p") as host:
        assert NEWER.pattern in kept(host)
    assert len(said) == 1


def test_what_was_taken_away_stays_away_though_a_newer_list_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hosting(tmp_path / "p") as host:
        with host.opened.vault.read() as db:
            gone = preferences.rules(db)[0]
        host.remove_rule(gone.id)
    newer(monkeypatch)
    with hosting(tmp_path / "p") as host:
        assert gone.pattern not in kept(host)
        assert NEWER.pattern in kept(host)


def test_a_profile_of_a_mneme_that_did_not_tell_them_apart_is_given_what_it_lacks(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as host, host.opened.vault.write() as db:
        lacking = preferences.rules(db)[0]
        preferences.remove_rule(db, lacking.id)
        preferences.note(db, "seeded", 1)
    with hosting(tmp_path / "p") as host:
        assert lacking.pattern in kept(host)
        with host.opened.vault.read() as db:
            assert [lacking.field, lacking.pattern] in json.loads(preferences.noted(db, "seeded"))
