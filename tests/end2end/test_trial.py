"""`mneme try` and the import of a folder: the main job on the sample, as a person sees it first."""

import json
from pathlib import Path

import pytest

from tests.end2end.command_line import ROOT, Mneme

SAMPLE = ROOT / "resources" / "sample"


@pytest.mark.timeout(600)
def test_the_trial_goes_as_it_should_and_leaves_what_it_was_told_to_keep(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir(mode=0o700)
    mneme = Mneme(tmp_path / "unused", None, {"TMPDIR": str(temporary)})
    told = mneme.run("try", "--keep", "--json").one()
    assert [step["step"] for step in told["steps"] if not step["ok"]] == []
    assert told["ok"]
    by_name = {step["step"]: step for step in told["steps"]}
    assert by_name["Ask"]["right"] == 5
    assert by_name["Carry it over"]["content_hash"] == by_name["Carry it over"]["content_hash_there"]
    assert by_name["Nothing readable"]["hits"] == 0
    assert not (tmp_path / "unused").exists()
    secret = Path(told["kept"]["passphrase_file"])
    assert secret.stat().st_mode & 0o077 == 0
    kept = Mneme(Path(told["kept"]["folder"]) / "profile", None)
    assert kept.run("status", "--json", "--passphrase-file", str(secret)).one()["pictures"] == 6


@pytest.mark.timeout(600)
def test_a_folder_gives_conversations_and_pictures_and_names_what_it_left(tmp_path: Path) -> None:
    mneme = Mneme(tmp_path / "profile")
    report = mneme.run("import", str(SAMPLE), "--json").last()
    turns = (SAMPLE / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    screens = [json.loads(line) for line in (SAMPLE / "screens.jsonl").read_text(encoding="utf-8").splitlines()]
    assert report["new"] == len(turns) + len(screens)
    left = " ".join(f"{line['file']} {line['reason']}" for line in report["skipped_lines"])
    assert "questions.jsonl" in left
    assert "README.md" in left
    hit = mneme.run("recall", "--json", "total of the invoice from Harbour Print Works").one()["hits"][0]
    invoice = next(one for one in screens if "invoice" in one["file"])
    assert (hit["app"], hit["at"]) == (invoice["app"], invoice["at"])
    again = mneme.run("import", str(SAMPLE), "--json").last()
    assert (again["new"], again["known"]) == (0, report["new"])
