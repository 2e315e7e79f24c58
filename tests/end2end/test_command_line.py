"""The contracts of the command line, field by field, against real processes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end2end.command_line import NOW, Mneme, turn, write_turns

TURNS = [
    turn(0, "Good morning! I bought a green canoe for the lake in Arlesheim."),
    turn(1, "A canoe? Since when do you paddle?", speaker="me", addressee="Ines"),
    turn(2, "Since my sister Pilar moved to Tromsø and left me her paddles."),
    turn(3, "The kettle is slow again."),
    turn(4, "The dentist moved my appointment to 29 September 2026 at 9:15.", speaker="me", addressee="Ines"),
    turn(5, "Look what I found.", image_caption="a photograph of a red tandem bicycle"),
    turn(6, "My sister Pilar works as a marine biologist now."),
    turn(7, "See you on Friday then.", speaker="me", addressee="Ines"),
    turn(0, "The quarterly report needs a new cover.", conversation="office", speaker="Otto"),
    turn(1, "The canoe club wants a poster too.", conversation="office", speaker="Otto"),
]


@pytest.fixture(scope="module")
def mneme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mneme]:
    folder = tmp_path_factory.mktemp("contracts")
    alone = Mneme(folder / "profile")
    alone.run("settings", "set", "person.zone", "Europe/Berlin")
    file = write_turns(folder / "turns.jsonl", TURNS)
    with file.open("a", encoding="utf-8") as out:
        out.write('{"conversation": "talk", "id": "t99"\n')
        out.write('["not", "an", "object"]\n')
    ended = alone.run("import", str(file), "--json")
    assert len(ended.saved()) == len(TURNS)
    report = ended.last()
    assert (report["taken"], report["new"], report["skipped"]) == (len(TURNS), len(TURNS), 2)
    assert [one["line"] for one in report["skipped_lines"]] == [len(TURNS) + 1, len(TURNS) + 2]
    with alone.host():
        yield alone.without_passphrase()


def batch(folder: Path, *lines: object) -> str:
    path = folder / "questions.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return str(path)


def test_a_batch_recall_answers_line_by_line_with_every_field(mneme: Mneme, tmp_path: Path) -> None:
    asked = [
        {"id": "canoe", "question": "What colour is the canoe?"},
        {"id": "office", "question": "canoe", "conversation": "office"},
        {"id": "later", "question": "Where does Pilar live?", "now": "2029-01-01T00:00:00"},
    ]
    ended = mneme.run("recall", "--json", "--batch", batch(tmp_path, *asked), "-k", "4")
    lines = ended.objects()
    assert [line["id"] for line in lines] == ["canoe", "office", "later"]
    for line in lines:
        assert {"id", "hits", "context", "understood", "route", "took_ms"} <= set(line)
        assert set(line["context"]) == {"sources", "text", "tokens"}
        assert line["context"]["tokens"] <= 850
        assert 1 <= len(line["hits"]) <= 4
        scores = [hit["score"] for hit in line["hits"]]
        assert scores == sorted(scores, reverse=True)
        assert [hit["rank"] for hit in line["hits"]] == list(range(1, len(scores) + 1))
        for hit in line["hits"]:
            assert {"rank", "score", "memory", "kind", "sources", "refs", "text", "at", "why"} <= set(hit)
            assert {"words", "meaning", "time", "person", "neighbour_of", "folded"} == set(hit["why"])
            assert [ref["id"] for ref in hit["refs"]] == hit["sources"]
            assert all(set(ref) == {"conversation", "id", "memory"} for ref in hit["refs"])
    first = next(hit for hit in lines[0]["hits"][:3] if hit["sources"] == ["t0"])
    assert "canoe" in first["why"]["words"]
    assert first["text"] == TURNS[0]["text"]
    assert first["at"] == "2026-07-01T09:00:00+02:00"
    assert first["refs"][0]["conversation"] == "talk"
    assert {ref["conversation"] for hit in lines[1]["hits"] for ref in hit["refs"]} == {"office"}
    assert "t2" in [source for hit in lines[2]["hits"] for source in hit["sources"]]


def test_a_caption_is_found_and_marked_as_one(mneme: Mneme) -> None:
    found = mneme.run("recall", "--json", "red tandem bicycle").one()
    assert found["hits"][0]["sources"] == ["t5"]
    assert found["hits"][0]["text"] == "Look what I found."


def test_a_context_keeps_within_its_tokens_and_lies_in_order_of_time(mneme: Mneme) -> None:
    wide = mneme.run("recall", "--json", "canoe paddles sister", "--context-tokens", "400").one()["context"]
    narrow = mneme.run("recall", "--json", "canoe paddles sister", "--context-tokens", "30").one()["context"]
    assert narrow["tokens"] <= 30
    assert narrow["tokens"] < wide["tokens"] <= 400


def test_a_failed_line_carries_its_error_and_the_rest_go_on(mneme: Mneme, tmp_path: Path) -> None:
    lines = batch(tmp_path, {"id": 1, "question": "canoe"}, "no json", {"id": 3}, {"id": 4, "question": "paddles"})
    told = mneme.run("recall", "--json", "--batch", lines, code=1).objects()
    assert [line["id"] for line in told] == [1, 2, 3, 4]
    assert [("error" in line) for line in told] == [False, True, True, False]
    assert set(told[1]["error"]) == {"title", "remedy"}


def test_a_batch_ask_gives_answers_with_grounds_or_abstains(mneme: Mneme, tmp_path: Path) -> None:
    asked = [
        {"id": "a", "question": "What colour is the canoe that Ines bought?"},
        {"id": "b", "question": "Which violin concerto did Ulrike perform in Lisbon?"},
    ]
    known, unknown = mneme.run("ask", "--json", "--batch", batch(tmp_path, *asked)).objects()
    for line in (known, unknown):
        assert {
            "id",
            "answer",
            "abstained",
            "grounds",
            "sentences",
            "route",
            "model",
            "took_ms",
            "prompt_tokens",
        } <= set(line)
        assert line["model"] is None
    assert "green" in known["answer"]
    assert not known["abstained"]
    assert known["grounds"] == ["t0"]
    assert known["sentences"][0]["grounds"] == ["t0"]
    assert unknown["abstained"]
    assert unknown["grounds"] == []


def test_the_same_turn_adds_nothing_and_another_text_is_a_new_version(mneme: Mneme, tmp_path: Path) -> None:
    file = write_turns(tmp_path / "again.jsonl", [TURNS[8], {**TURNS[9], "text": "The canoe club wants two posters."}])
    report = mneme.run("import", str(file), "--json").last()
    assert (report["known"], report["versions"], report["new"]) == (1, 1, 0)
    found = mneme.run("memories", "list", "--query", "two posters", "--json").one()["memories"]
    assert [(one["id"], one["version"]) for one in found] == [("t1", 2)]


def test_common_flags_stand_before_and_after(mneme: Mneme) -> None:
    before = mneme.run("--json", "--now", NOW, "status").one()
    after = mneme.run("status", "--now", NOW, "--json").one()
    assert before["content_hash"] == after["content_hash"]


def test_results_go_to_stdout_and_a_problem_is_a_sentence_and_an_object(mneme: Mneme) -> None:
    ended = mneme.run("memories", "show", "no-such-memory", "--json", code=1)
    assert set(ended.one()) == {"error"}
    assert set(ended.one()["error"]) == {"title", "remedy"}
    assert ended.one()["error"]["title"] in ended.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("recall", "--json", "zzqqxxyy"), 0),
        (("ask", "--json", "Who won the regatta in Valparaíso?"), 0),
        (("no-such-command",), 2),
        (("memories", "burn"), 2),
        (("recall", "-k", "0", "canoe"), 2),
        (("settings", "set", "decay.turn_days", "many"), 1),
        (("--now", "31 February", "status"), 1),
    ],
)
def test_exit_codes_tell_what_happened(mneme: Mneme, arguments: tuple[str, ...], code: int) -> None:
    mneme.run(*arguments, code=code)


def test_forgetting_asks_first_and_without_a_terminal_only_yes_answers(mneme: Mneme, tmp_path: Path) -> None:
    mneme.run("remember", "The spare key hangs behind the blue door.")
    refused = mneme.run("forget", "--query", "spare key", "--json", code=1)
    assert "--yes" in refused.one()["error"]["remedy"]
    gone = mneme.run("forget", "--query", "spare key", "--yes", "--json").one()
    assert set(gone) == {"forgotten", "derived", "cut", "unshown", "proof"}
    assert len(gone["forgotten"]) == 1
    assert {"places", "remaining"} == set(gone["proof"])
    assert gone["proof"]["places"]["memories"] == {"before": 1, "after": 0}
    assert all(place["after"] == 0 for place in gone["proof"]["places"].values())
    assert mneme.run("forget", "--query", "spare key", "--yes", "--json").one()["forgotten"] == []


def test_a_wrong_explicit_passphrase_is_refused_even_by_an_unlocked_host(mneme: Mneme) -> None:
    wrong = Mneme(mneme.profile, "not the passphrase")
    ended = wrong.run("recall", "canoe", "--json", code=1)
    assert "hits" not in ended.out
    assert ended.one()["error"]["title"]


def test_a_secret_is_never_printed_without_being_asked_for(mneme: Mneme) -> None:
    mneme.run("remember", "-", "--kind", "secret", typed="alarm code 4711-0815\n")
    listed = mneme.run("memories", "list", "--kind", "secret", "--json")
    assert "4711" not in listed.out
    id = listed.one()["memories"][0]["memory"]
    assert "4711" not in mneme.run("memories", "show", id, "--json").out
    assert "4711" in mneme.run("memories", "show", id, "--reveal", "--json").out
    assert "4711" not in mneme.run("recall", "alarm code", "--json").out


def test_the_doctor_needs_no_passphrase_and_has_a_remedy_for_all_that_is_wrong(tmp_path: Path) -> None:
    found = Mneme(tmp_path / "nothing", None).run("doctor", "--json").one()["checks"]
    assert {"SQLCipher", "llama.cpp", "Disk", "Network", "Profile"} <= {check["name"] for check in found}
    assert all(check["remedy"] for check in found if not check["ok"])
    assert not (tmp_path / "nothing").exists()


def test_the_episodes_of_a_day_say_why_they_begin(mneme: Mneme) -> None:
    mneme.run("sleep", "--json")
    day = str(TURNS[0]["at"])[:10]
    told = mneme.run("memories", "episodes", day, "--json").one()
    talk = next(one for one in told["episodes"] if one["conversation"] == "talk")
    assert talk["reason"] == "A new episode: the first."
    assert talk["members"][0]["episode"] == talk["episode"]
    shown = mneme.run("memories", "episodes", day)
    assert "A new episode: the first." in shown.out
    assert "no day" in mneme.run("memories", "episodes", "someday", code=1).err
    latest = mneme.run("memories", "episodes", "--json").one()
    assert (latest["day"], bool(latest["episodes"])) == (str(TURNS[-1]["at"])[:10], True)
