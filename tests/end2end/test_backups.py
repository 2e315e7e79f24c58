"""A backup put back at the terminal: what was forgotten stays forgotten, what was set aside can come back."""

from pathlib import Path

from tests.end2end.command_line import Mneme


def listed(mneme: Mneme) -> set[str]:
    return {one["text"] for one in mneme.run("memories", "list", "--json").one()["memories"]}


def test_a_restore_says_what_it_forgets_again_and_can_be_taken_back(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "A zebrafish swims in the kitchen.", "--no-wait")
    mneme.run("remember", "The bread is on the table.", "--no-wait")
    backup = mneme.run("backup", "make", "--json").one()["backups"][0]["name"]
    gone = mneme.run("forget", "--query", "zebrafish", "--yes", "--json").one()
    assert f"backup {backup}" in gone["proof"]["remaining"]
    mneme.run("remember", "The newest of all.", "--no-wait")

    done = mneme.run("backup", "restore", backup, "--yes", "--json").one()

    assert (done["forgotten_again"], done["unread"]) == (1, [])
    assert listed(mneme) == {"The bread is on the table."}
    found = mneme.run("backup", "list", "--json").one()
    assert [one["name"] for one in found["set_aside"]] == [done["set_aside"]]
    gone = mneme.run("forget", "--query", "bread", "--yes", "--json").one()
    assert f"vault set aside {done['set_aside']}" in gone["proof"]["remaining"]
    back = mneme.run("backup", "restore", done["set_aside"], "--yes")
    assert "Forgotten again, because you had forgotten it since: 1" in back.out
    assert listed(mneme) == {"The newest of all."}
    mneme.run("erase", "--yes")
    found = mneme.run("backup", "list", "--json").one()
    assert (found["backups"], found["set_aside"]) == ([], [])
    assert listed(mneme) == {"The newest of all."}
