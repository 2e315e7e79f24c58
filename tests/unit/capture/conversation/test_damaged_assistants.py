"""Damaged exports of chats with assistants: each ends in a sentence, and no word that is still there is lost unsaid."""

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext, ImportReport
from core.errors import BadInput
from core.memory import Observation
from tests.exported.assistants import MADE
from tests.exported.damage import DAMAGES, EACH, MARK, TEXTS, Damage, damaged, marks_in

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def read(path: Path, data: bytes) -> tuple[list[Observation], ImportReport]:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    reading = open_import(path, ImportContext(now=NOW))
    return list(reading.observations()), reading.tally.report()


def kept(turns: list[Observation]) -> set[str]:
    return set(MARK.findall("\n".join(f"{turn.text}\n{turn.provenance.window}" for turn in turns)))


def told_more(report: ImportReport, whole: ImportReport) -> bool:
    """Whether something is said of this file that is not said of the undamaged one, beside dates and attachments."""
    more = Counter(dict(report.noticed)) - Counter(dict(whole.noticed))
    return report.skipped_count > 0 or any("no date" not in one and "Left alone" not in one for one in more)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", MADE)
def test_a_damaged_export_loses_no_word_in_silence(tmp_path: Path, name: str, damage: Damage) -> None:
    undamaged = MADE[name](TEXTS)
    _, whole = read(tmp_path / name, undamaged)
    for seed in range(EACH):
        data = damaged(undamaged, damage, random.Random(f"{name} {damage.__name__} {seed}"))
        try:
            turns, report = read(tmp_path / name, data)
        except BadInput:
            continue
        lost = marks_in(data) - kept(turns)
        assert not lost or told_more(report, whole), (seed, report.format, sorted(lost))
        assert report.taken == len(turns)
        for turn in turns:
            assert turn.at.tzinfo is not None
            assert turn.text.strip()
            assert turn.provenance.external_id
            assert "\x00" not in turn.text
            turn.text.encode()


@pytest.mark.parametrize("name", MADE)
def test_an_undamaged_one_is_read_whole_and_nothing_is_skipped(tmp_path: Path, name: str) -> None:
    turns, report = read(tmp_path / name, MADE[name](TEXTS))
    assert kept(turns) == {f"w{number:03}w" for number in range(24)}
    assert [turn.provenance.mine for turn in turns].count(True) == 12
    assert all(turn.at_given for turn in turns)
    assert report.skipped == ()


@pytest.mark.parametrize("name", MADE)
def test_a_grown_export_keeps_the_ids_it_had(tmp_path: Path, name: str) -> None:
    def ids(count: int) -> dict[tuple[str, str], str]:
        turns, _ = read(tmp_path / name, MADE[name](TEXTS[:count]))
        return {(turn.provenance.conversation, turn.provenance.external_id): turn.text for turn in turns}

    before, after = ids(16), ids(24)
    assert len(before) == 16
    assert len(after) == 24
    assert {key: after.get(key) for key in before} == before
