"""Damaged exports of what people say: each ends in a sentence, and no word that is still there is lost unsaid."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.errors import BadInput
from tests.exported.damage import DAMAGES, EACH, MARK, TEXTS, Damage, damaged, marks_in
from tests.exported.many import MADE

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", MADE)
def test_a_damaged_export_loses_no_word_in_silence(tmp_path: Path, name: str, damage: Damage) -> None:
    whole = MADE[name](TEXTS)
    for seed in range(EACH):
        data = damaged(whole, damage, random.Random(f"{name} {damage.__name__} {seed}"))
        path = tmp_path / name
        path.write_bytes(data)
        try:
            reading = open_import(path, ImportContext(now=NOW))
            read = list(reading.observations())
        except BadInput:
            continue
        kept = set(MARK.findall("\n".join(f"{one.text}\n{one.provenance.speaker}" for one in read)))
        report = reading.tally.report()
        lost = marks_in(data) - kept
        assert not lost or report.skipped_count, (seed, reading.tally.format, sorted(lost))
        for one in read:
            assert one.at.tzinfo is not None
            assert one.text.strip()
            assert "\x00" not in one.text
            one.text.encode()


@pytest.mark.parametrize("name", MADE)
def test_an_undamaged_one_is_read_whole_and_says_nothing_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name](TEXTS))
    reading = open_import(path, ImportContext(now=NOW))
    read = list(reading.observations())
    assert set(MARK.findall("\n".join(one.text for one in read))) == {f"w{number:03}w" for number in range(24)}
    assert reading.tally.report().skipped == ()
    again = open_import(path, ImportContext(now=NOW))
    assert [one.provenance.external_id for one in again.observations()] == [one.provenance.external_id for one in read]
