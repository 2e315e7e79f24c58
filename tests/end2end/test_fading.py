"""Fading from a terminal: what fades and why, the curve in a file, what is kept, what a rule forgets."""

from pathlib import Path
from xml.etree import ElementTree

from tests.end2end.command_line import Mneme

BEGAN, LATER = "2026-01-05T10:00:00+00:00", "2026-03-05T10:00:00+00:00"


def test_a_memory_tells_when_it_fades_is_kept_drawn_and_forgotten_by_the_rule(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    mneme.run("remember", "The ferns want water on Sundays", "--now", BEGAN)
    mneme.run("remember", "The ladder stands behind the shed", "--now", BEGAN)
    listed = mneme.run("memories", "list", "--json").one()["memories"]
    ferns = next(one["memory"] for one in listed if "ferns" in one["text"])
    said = mneme.run("memories", "list", "--fading", "--days", "400", "--now", LATER).out
    assert "The ladder stands behind the shed" in said
    assert "never of use since" in said
    mneme.run("memories", "keep", ferns, "--now", LATER)
    shown = mneme.run("memories", "show", ferns, "--now", LATER).out
    assert "Will fade on" in shown
    assert "●" in shown
    file = tmp_path / "curve.svg"
    mneme.run("memories", "show", ferns, "--picture", str(file), "--now", LATER)
    assert "ferns" not in file.read_text(encoding="utf-8")
    assert ElementTree.fromstring(file.read_text(encoding="utf-8")).tag.endswith("svg")
    before = file.read_bytes()
    mneme.run("memories", "show", ferns, "--picture", str(file), "--now", BEGAN, code=1)
    assert file.read_bytes() == before, "nothing is replaced unasked"
    mneme.run("settings", "set", "decay.propose_faded", "true")
    for month in ("2026-10", "2026-12"):
        mneme.run("sleep", "--now", f"{month}-05T10:00:00+00:00")
    review = mneme.run("memories", "review", "--json", "--now", "2026-12-06T10:00:00+00:00").one()
    assert [one["text"] for one in review["proposed"]] == ["The ladder stands behind the shed"]
    mneme.run("sleep", "--now", "2027-01-10T10:00:00+00:00")
    left = mneme.run("memories", "list", "--json").one()["memories"]
    assert [one["memory"] for one in left] == [ferns]
    assert "Nothing is to be forgotten." in mneme.run("memories", "review").out
    assert (
        "it lasts for more than ten years"
        in mneme.run("memories", "forecast", "--now", "2026-01-20T10:00:00+00:00").out
    )
