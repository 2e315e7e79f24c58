"""Who of other assistants is refused and with what in the log; what is counted as given and as held back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.commands import consent
from app.commands.request import JSON, Reply
from app.commands.sharing import named, share, source_of
from app.host import Host
from core.errors import BadInput, NotAllowed
from core.memory import Channel, Facet, Kind, Observation, Provenance, Selection, Sensitivity
from core.store import clients
from core.store.clients import FIRST_SCOPE
from tests.integration.app.hosts import NOW, hosting
from tests.integration.consolidate.nights import slept

WRITER = replace(FIRST_SCOPE, may_write=True)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One for all: each test is another assistant."""
    folder: Path = tmp_path_factory.mktemp("sharing")
    with hosting(folder / "p") as made:
        there = Provenance(channel=Channel.CONVERSATION, conversation="mail", speaker="Eve", addressee="me")
        for number, text in enumerate(
            ("The ladder stands behind the shed.", "The clinic sent the diagnosis of the tumour by letter.")
        ):
            place = replace(there, conversation=f"mail {number}")
            assert list(made.assistant.keep([Observation(text=text, at=NOW, facet=Facet.TURN, provenance=place)], NOW))
        yield made


def asked(host: Host, client: str, tool: str = "recall", **arguments: object) -> JSON:
    more = {"question": "Where does the ladder stand?"} if tool in ("recall", "ask") else {}
    return share(host, {"tool": tool, "client": client, **more, **arguments}, NOW, Reply(lambda frame: None))


def log(host: Host, client: str) -> list[tuple[str, int, int, bool]]:
    """Its lines, the oldest first: tool, given, held back, refused."""
    own = [one for one in consent.accesses(host) if one.client == client]
    return [(one.tool, one.given, one.held_back, one.refused) for one in reversed(own)]


def refused(host: Host, client: str, tool: str = "recall", **arguments: object) -> str:
    with pytest.raises(NotAllowed) as error:
        asked(host, client, tool, **arguments)
    assert log(host, client)[-1] == (tool, 0, 0, True)
    return error.value.title


def test_all_that_is_given_and_held_back_is_in_the_log(host: Host) -> None:
    consent.allow(host, "Reader", FIRST_SCOPE, NOW)
    found = asked(host, "Reader", k=20)
    assert [hit["text"] for hit in found["hits"]] == ["The ladder stands behind the shed."]
    assert asked(host, "Reader", question="What did the clinic send of the tumour?", k=20)["hits"] == found["hits"]
    assert asked(host, "Reader", "ask")["grounds"] == [found["hits"][0]["memory"]]
    asked(host, "Reader", "coming_up")
    lines = log(host, "Reader")
    assert [line[:2] for line in lines] == [("recall", 1), ("recall", 1), ("ask", 1), ("coming_up", 0)]
    assert [line[2] for line in lines[:2]] == [1, 1], "what speaks of an illness bore on it and was not given"
    (client,) = [one for one in consent.listed(host) if one.name == "Reader"]
    assert (client.asked, client.given, client.held_back, client.refused) == (4, 3, sum(line[2] for line in lines), 0)


def test_what_lies_in_a_wider_scope_is_given(host: Host) -> None:
    wide = replace(FIRST_SCOPE, sensitivities=frozenset(Sensitivity) - {Sensitivity.NONE})
    consent.allow(host, "Nurse", wide, NOW)
    assert len(asked(host, "Nurse", question="What did the clinic send of the tumour?", k=20)["hits"]) == 2
    assert len(asked(host, "Nurse", k=1)["hits"]) == 1
    assert len(asked(host, "Nurse", k=0)["hits"]) == 1, "never fewer than one"


def test_while_all_are_paused_one_that_is_allowed_is_refused_too(host: Host) -> None:
    consent.allow(host, "Paused", FIRST_SCOPE, NOW)
    host.assistant.set_setting("mcp.paused", True)
    try:
        assert "no other assistant" in refused(host, "Paused")
    finally:
        host.assistant.set_setting("mcp.paused", False)
    assert asked(host, "Paused")["hits"]


def test_one_that_was_denied_is_refused_and_gets_nothing_back_of_its_scope(host: Host) -> None:
    consent.allow(host, "Denied", WRITER, NOW)
    denied = consent.deny(host, "Denied", NOW)
    assert (denied.scope.kinds, denied.scope.sensitivities, denied.scope.may_write) == (frozenset(), frozenset(), False)
    assert "may not read this memory." in refused(host, "Denied")
    again = consent.scope_of(host, "Denied", {})
    assert again == FIRST_SCOPE


def test_a_key_must_be_shown_until_it_is_taken_back(host: Host) -> None:
    consent.allow(host, "Keyed", FIRST_SCOPE, NOW, key="the printed key")
    for key in ("", "the printed kex"):
        assert "key" in refused(host, "Keyed", key=key)
    assert asked(host, "Keyed", key="the printed key")["hits"]
    consent.allow(host, "Keyed", WRITER, NOW)
    assert "key" in refused(host, "Keyed"), "another scope does not take the key away"
    consent.allow(host, "Keyed", WRITER, NOW, unkeyed=True)
    assert asked(host, "Keyed")["hits"]


def test_one_that_may_only_read_writes_nothing(host: Host) -> None:
    consent.allow(host, "Mute", FIRST_SCOPE, NOW)
    assert "add nothing" in refused(host, "Mute", "remember", text="The bus is late.")
    assert host.assistant.count(Selection(conversation=source_of("Mute"))) == 0


def test_the_log_of_one_that_is_forgotten_goes_with_it(host: Host) -> None:
    consent.allow(host, "Gone", FIRST_SCOPE, NOW)
    asked(host, "Gone")
    consent.forget(host, "Gone", notes=False)
    assert log(host, "Gone") == []
    assert "Gone" not in {one.name for one in consent.listed(host)}


def test_secrets_are_in_no_scope_whoever_asks_for_it(host: Host) -> None:
    with pytest.raises(BadInput, match="Secrets"):
        consent.scope_of(host, "Greedy", {"kinds": ["secret", "semantic"]})
    everything = replace(FIRST_SCOPE, kinds=frozenset(Kind))
    with host.opened.vault.write() as db:
        kept = clients.decide(db, "Greedy", clients.Standing.ALLOWED, everything, NOW)
    assert Kind.SECRET not in kept.scope.kinds


@pytest.mark.parametrize("text", ["", " \u200b ", "x" * 10_001])
def test_no_words_and_too_many_are_refused_with_a_sentence(host: Host, text: str) -> None:
    consent.allow(host, "Wordy", WRITER, NOW)
    with pytest.raises(BadInput):
        asked(host, "Wordy", "remember", text=text)


def test_of_what_is_coming_up_only_what_lies_in_the_scope_is_given_and_the_rest_is_counted(tmp_path: Path) -> None:
    with hosting(tmp_path / "p") as made:
        for number, text in enumerate(
            ("The painter comes on 28 September at 9.", "My oncology appointment is on 29 September at 10:30.")
        ):
            place = Provenance(channel=Channel.CONVERSATION, conversation=f"mail {number}", speaker="me", mine=True)
            at = NOW - timedelta(hours=number)
            assert list(made.assistant.keep([Observation(text=text, at=at, facet=Facet.TURN, provenance=place)], NOW))
        slept(made.opened.vault, NOW + timedelta(hours=8))
        assert len(made.assistant.coming_up(NOW)) == 2
        consent.allow(made, "Planner", FIRST_SCOPE, NOW)
        (shown,) = asked(made, "Planner", "coming_up")["coming_up"]
        assert "Painter" in shown["text"]
        assert shown["begins"].startswith("2026-09-28T09:00")
        assert log(made, "Planner") == [("coming_up", 1, 1, False)]


def test_a_name_is_what_can_be_seen_of_it_and_not_long() -> None:
    assert named("  Scribe\n\u200bof  all ") == "Scribe of all"
    assert named("x" * 500) == "x" * 60
    assert named(None) == named("\u200b") == "unknown"
