"""What is wrong is said in a sentence, exits with 1 (or is skipped and counted), and nothing is lost."""

import json
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end2end.command_line import NOW, Mneme, turn, write_turns


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mneme]:
    mneme = Mneme(tmp_path_factory.mktemp("bad") / "profile")
    mneme.run("remember", "The spare key hangs behind the blue door.")
    with mneme.host():
        yield mneme.without_passphrase()


def problem(mneme: Mneme, *arguments: str) -> dict[str, str]:
    """The problem a command ends with: title and remedy, both sentences."""
    ended = mneme.run(*arguments, "--json", code=1)
    error = ended.objects()[-1]["error"]
    assert error["title"]
    assert error["remedy"]
    return dict(error)


def nothing_lost(mneme: Mneme) -> None:
    assert "blue door" in mneme.run("memories", "list", "--query", "spare key", "--json").out


TURNS = [turn(n, f"Half a file, line {n}.", conversation="half") for n in range(9)]


def test_half_an_import_file_gives_its_whole_lines(used: Mneme, tmp_path: Path) -> None:
    whole = write_turns(
        tmp_path / "whole.jsonl", [turn(n, f"Half a file, line {n}.", conversation="half") for n in range(9)]
    )
    half = tmp_path / "half.jsonl"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = used.run("import", str(half), "--json").last()
    assert report["new"] >= 3
    assert report["skipped"] == 1
    nothing_lost(used)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.jsonl", b""),
        ("zeros.bin", b"\0" * 4096),
        ("broken.zip", b"PK\x03\x04" + b"\1" * 400),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        ("not.mneme", b"MNEME" + b"\xff" * 300),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(used: Mneme, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    ended = used.run("import", str(path), "--json", code=1 if name not in ("picture.png",) else 0)
    if ended.code == 0:
        assert ended.last()["skipped"] == 1
        assert name in ended.last()["skipped_lines"][0]["reason"]
    nothing_lost(used)


def test_a_file_and_a_folder_that_are_not_there_are_named(used: Mneme, tmp_path: Path) -> None:
    assert "nowhere.jsonl" in problem(used, "import", str(tmp_path / "nowhere.jsonl"))["title"]
    (tmp_path / "hollow").mkdir()
    problem(used, "import", str(tmp_path / "hollow"))


def test_a_gguf_that_is_none_is_refused_before_native_code(used: Mneme, tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"GGUF", b"GGUF\3\0\0\0" + b"\xff" * 16, b"no model at all" * 100)):
        path = tmp_path / f"m{number}.gguf"
        path.write_bytes(data)
        problem(used, "models", "add", str(path), "--trust")
    assert used.run("models", "list", "--json").one()["models"] == []


def test_lone_surrogates_nul_and_a_line_of_eleven_megabytes_do_no_harm(used: Mneme, tmp_path: Path) -> None:
    lines = [
        json.dumps(turn(0, "before \ud800 and \x00 after kumquat", conversation="odd")),
        json.dumps(turn(1, "x" * (11 * 2**20), conversation="odd")),
        json.dumps(turn(2, "\u202eright to left\u202c and z\u0301\u0302\u0303 kumquat", conversation="odd")),
        json.dumps({**turn(3, "a year out of range", conversation="odd"), "at": "0000-13-45T99:99:99"}),
    ]
    path = tmp_path / "odd.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = used.run("import", str(path), "--json").last()
    assert report["new"] >= 2
    assert report["skipped"] >= 1
    found = used.run("memories", "list", "--query", "kumquat", "--json").one()["memories"]
    assert len(found) == 2
    assert all("\x00" not in one["text"] for one in found)


@pytest.mark.parametrize(
    "question",
    ['"', "AND OR NOT", "NEAR(a b, 3)", "text:*", "* OR 1=1 --", "'; DROP TABLE memory; --", "()", "^a{9}", "\u202e"],
)
def test_the_syntax_of_full_text_search_is_only_words(used: Mneme, question: str) -> None:
    assert "hits" in used.run("recall", "--json", "--", question).one()
    nothing_lost(used)


@pytest.mark.parametrize(
    "question",
    ["\udcff\udcfe from:\udcff", "\u202eyek erape\u202c", "🙂 👩‍👩‍👧 in:🙂", "مفتاح", 'from:"', "-", "NaN on:NaN"],
)
def test_bytes_that_are_no_text_and_all_scripts_are_asked_about_calmly(used: Mneme, question: str) -> None:
    found = used.run("recall", "--json", "--", question).one()
    assert found["hits"] or found["notices"]
    assert used.run("recall", "--print", "--", question).err == ""


def test_a_date_that_does_not_exist_is_asked_about_calmly(used: Mneme) -> None:
    found = used.run("recall", "--json", "what did I do on 31 February?").one()
    assert (found["hits"], found["notices"]) == ([], ["There is no 31 February in the calendar."])
    backwards = used.run("recall", "--json", "key after:2026-05-01 before:2026-04-01").one()
    assert (backwards["hits"], len(backwards["notices"])) == ([], 1)


def test_every_line_of_a_bad_batch_is_answered_in_order(used: Mneme, tmp_path: Path) -> None:
    questions: list[object] = [
        "",
        "spare key \0 \ud800",
        "key " * 2_500_000,
        "on:31 February",
        "\u202eyek",
        7,
        None,
        'NEAR("a" OR *',
    ]
    lines = [{"id": number, "question": question} for number, question in enumerate(questions)]
    lines.append({"id": 8, "question": "the key of last Friday", "ignore": ["time:last friday"]})
    lines.append({"id": 9, "question": "key", "ignore": "time"})
    path = tmp_path / "bad.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answers = used.run("recall", "--json", "--batch", str(path), code=1).objects()
    assert [one["id"] for one in answers if "id" in one] == list(range(10))
    assert [one["id"] for one in answers if "error" in one] == [5, 6, 9]
    assert answers[3]["notices"] == ["There is no 31 February in the calendar."]
    assert answers[8]["understood"] == []


def test_what_was_understood_is_clicked_away_by_its_key(used: Mneme) -> None:
    question = "where was the spare key last Friday"
    key = used.run("recall", "--json", question).one()["understood"][0]["key"]
    assert key == "time:last friday"
    assert used.run("recall", "--json", "--ignore", key, question).one()["understood"] == []
    assert used.run("ask", "--json", "--ignore", key, question).one()["understood"] == []


def test_a_wrong_passphrase_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The spare key hangs behind the blue door.", "--no-wait")
    before = (mneme.profile / "vault.db").read_bytes()
    problem(Mneme(mneme.profile, "wrong"), "recall", "key")
    assert (mneme.profile / "vault.db").read_bytes() == before
    problem(mneme.without_passphrase(), "recall", "key")
    nothing_lost(mneme)


def test_without_keyring_and_passphrase_no_profile_is_made(tmp_path: Path) -> None:
    error = problem(Mneme(tmp_path / "profile", None), "remember", "a note")
    assert "passphrase" in error["remedy"].casefold() + error["title"].casefold()
    assert not (tmp_path / "profile" / "vault.db").exists()


def test_a_plaintext_database_or_an_open_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The spare key hangs behind the blue door.", "--no-wait")
    vault = mneme.profile / "vault.db"
    kept = vault.read_bytes()
    vault.unlink()
    with sqlite3.connect(vault) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    vault.chmod(0o600)
    problem(mneme, "recall", "key")
    vault.write_bytes(kept)
    mneme.profile.chmod(0o755)
    assert "chmod" in problem(mneme, "recall", "key")["remedy"]
    mneme.profile.chmod(0o700)
    nothing_lost(mneme)


def test_a_newer_vault_is_refused_with_a_sentence(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The spare key hangs behind the blue door.", "--no-wait")
    public = mneme.profile / "profile.json"
    said = json.loads(public.read_text())
    number = next(name for name in ("format", "version") if name in said)
    public.write_text(json.dumps(said | {number: 99}))
    error = problem(mneme, "recall", "key")
    assert "99" in error["title"]
    assert "Update" in error["remedy"]


def test_a_full_disk_is_said_and_what_was_saved_is_there(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    first = mneme.run("remember", "The spare key hangs behind the blue door.", "--json", "--no-wait").saved()
    turns = [turn(n, f"Line {n} of a file for which there is no room. " * 8) for n in range(4000)]
    file = write_turns(tmp_path / "large.jsonl", turns)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, 2**21))

    done = subprocess.run(
        mneme.words("import", str(file), "--json", "--no-wait", "--now", NOW),
        capture_output=True,
        text=True,
        env=mneme.environment(),
        preexec_fn=little_room,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-500:] + done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(told[-1]["error"]) == {"title", "remedy"}
    saved = first + [id for line in told for id in line.get("saved", [])]
    found = mneme.run("memories", "list", "--limit", "100000", "--json").one()["memories"]
    assert set(saved) <= {one["memory"] for one in found}
    nothing_lost(mneme)


def test_a_profile_in_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    problem(Mneme(blocked / "profile"), "remember", "a note")
    assert list(tmp_path.iterdir()) == [blocked]
