"""Who the person is, set before or after what they said came in: the same answers and facts either way."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.assistant import Assistant
from core.errors import BadInput
from core.memory import Claim, Facet, Memory, Selection, State, Trust
from tests.integration.app.hosts import NOW, hosting

CHAT = """[14:05, 15/03/2024] Dana Kim: I live in Leeds now.
[14:06, 15/03/2024] Robin: Nice, I live in York.
[14:07, 15/03/2024] Dana Kim: I work at Halden Optics.
"""
QUESTION = "Where do I live?"


def brought(assistant: Assistant, folder: Path, text: str = CHAT, name: str = "Reading group.txt") -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    run(assistant.importing([file], NOW))


def run(steps: object) -> None:
    for _ in steps:  # type: ignore[attr-defined]
        pass


def facts(assistant: Assistant) -> set[tuple[str, str, str]]:
    found = assistant.memories(Selection(facets=(Facet.FACT,), states=(State.ACTIVE, State.FADED)))
    return {(one.fact.subject, one.fact.attribute, one.fact.value) for one in found if one.fact}


def turns(assistant: Assistant) -> Sequence[Memory]:
    return assistant.memories(Selection(facets=(Facet.TURN,), newest_first=False))


def own(assistant: Assistant) -> list[tuple[str, bool, Trust]]:
    return [(one.provenance.speaker, one.provenance.mine, one.trust) for one in turns(assistant)]


DANA_IS_ME = [("Dana Kim", True, Trust.SAID), ("Robin", False, Trust.CAPTURED), ("Dana Kim", True, Trust.SAID)]
NOBODY_IS_ME = [(name, False, Trust.CAPTURED) for name in ("Dana Kim", "Robin", "Dana Kim")]


def test_a_name_set_after_the_import_answers_like_one_set_before_it(tmp_path: Path) -> None:
    with hosting(tmp_path / "before") as host:
        host.assistant.set_setting("person.names", "Dana Kim")
        brought(host.assistant, tmp_path)
        expected = host.assistant.ask(QUESTION, NOW).text
        assert own(host.assistant) == DANA_IS_ME
    with hosting(tmp_path / "after") as host:
        brought(host.assistant, tmp_path)
        assert host.assistant.ask(QUESTION, NOW).abstained
        host.assistant.set_setting("person.names", "dana kim ")
        answer = host.assistant.ask(QUESTION, NOW)
        assert own(host.assistant) == DANA_IS_ME
    assert "Leeds" in expected
    assert answer.text == expected


def test_a_name_taken_back_makes_the_turns_somebody_elses_again(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        host.assistant.set_setting("person.names", "Dana Kim")
        brought(host.assistant, tmp_path)
        host.assistant.set_setting("person.names", "")
        assert own(host.assistant) == NOBODY_IS_ME
        assert host.assistant.ask(QUESTION, NOW).abstained
        host.assistant.set_setting("person.names", "Robin")
        assert "York" in host.assistant.ask(QUESTION, NOW).text


def test_what_an_export_says_itself_stays_the_persons_whatever_their_names(tmp_path: Path) -> None:
    said = '{"conversation": "c", "id": "1", "speaker": "Dana Kim", "role": "user", "text": "I live in Leeds."}\n'
    with hosting(tmp_path / "profile") as host:
        brought(host.assistant, tmp_path, said, "chat.jsonl")
        host.assistant.set_setting("person.names", "Dana Kim")
        host.assistant.set_setting("person.names", "")
        (one,) = turns(host.assistant)
        assert one.provenance.mine
        assert one.provenance.claim is Claim.SOURCE


def test_facts_follow_the_names_with_the_next_sleep_and_follow_them_back(tmp_path: Path) -> None:
    theirs = {("dana kim", "lives in", "Leeds"), ("dana kim", "works at", "Halden Optics")}
    ours = {("me", attribute, value) for _, attribute, value in theirs}
    with hosting(tmp_path / "profile") as host:
        assistant = host.assistant
        brought(assistant, tmp_path)
        run(assistant.sleeping(NOW))
        assert theirs <= facts(assistant)
        assistant.set_setting("person.names", "Dana Kim")
        run(assistant.sleeping(NOW))
        assert ours <= facts(assistant)
        assert not theirs & facts(assistant)
        assistant.set_setting("person.names", "")
        run(assistant.sleeping(NOW))
        assert theirs <= facts(assistant)
        assert not {one for one in facts(assistant) if one[0] == "me"}


def test_what_others_said_of_the_person_follows_the_names_too(tmp_path: Path) -> None:
    said = "[14:05, 15/03/2024] Robin: Dana Kim lives in Leeds.\n[14:06, 15/03/2024] Kit: So she does, I think.\n"
    with hosting(tmp_path / "profile") as host:
        assistant = host.assistant
        brought(assistant, tmp_path, said)
        run(assistant.sleeping(NOW))
        before = facts(assistant)
        assistant.set_setting("person.names", "Dana Kim")
        run(assistant.sleeping(NOW))
        named = facts(assistant)
        assistant.set_setting("person.names", "")
        run(assistant.sleeping(NOW))
        assert {one[0] for one in before} == {"dana kim"}
        assert "dana kim" not in {one[0] for one in named}
        assert facts(assistant) == before


def test_an_archive_of_somebody_else_never_speaks_as_the_person(tmp_path: Path) -> None:
    shared = tmp_path / "shared.mneme"
    with hosting(tmp_path / "theirs") as host:
        host.assistant.set_setting("person.names", "Dana Kim")
        brought(host.assistant, tmp_path)
        host.assistant.export(shared, NOW, passphrase=None, plain=True)
    with hosting(tmp_path / "ours") as host:
        host.assistant.import_archive(shared, NOW, passphrase=None)
        host.assistant.set_setting("person.names", "Dana Kim")
        assert own(host.assistant) == NOBODY_IS_ME


def test_an_archive_of_ones_own_keeps_what_hangs_on_the_names(tmp_path: Path) -> None:
    kept = tmp_path / "kept.mneme"
    with hosting(tmp_path / "old") as host:
        host.assistant.set_setting("person.names", "Dana Kim")
        brought(host.assistant, tmp_path)
        host.assistant.export(kept, NOW, passphrase="correct horse")
    with hosting(tmp_path / "new") as host:
        host.assistant.set_setting("person.names", "Robin")
        host.assistant.import_archive(kept, NOW, passphrase="correct horse")
        assert [one.provenance.mine for one in turns(host.assistant)] == [False, True, False]
        host.assistant.set_setting("person.names", "Dana Kim")
        assert own(host.assistant) == DANA_IS_ME


def test_a_wrong_value_changes_nobody(tmp_path: Path) -> None:
    with hosting(tmp_path / "profile") as host:
        host.assistant.set_setting("person.names", "Dana Kim")
        brought(host.assistant, tmp_path)
        with pytest.raises(BadInput, match=r"fit I am"):
            host.assistant.set_setting("person.names", 7)
        assert own(host.assistant) == DANA_IS_ME
