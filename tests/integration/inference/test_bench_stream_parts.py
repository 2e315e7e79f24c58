"""Every part of the bench of streaming, with real engines and small models: its rows, whatever their figures here."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bench.asking import Bar
from app.bench.row import Row
from app.bench.stream.engine import Driver
from app.bench.stream.groups import place
from app.bench.stream.made import CHAINED, DENSE, SMALL, SPARSE, SQUARED
from app.bench.stream.parts import prefix
from app.bench.stream.setting import Setting, met
from app.bench.stream.table import markdown
from app.bench.stream.whole import PARTS, measured
from app.cli.session import Common, Session
from core.inference.stream.pages import can_stream

pytestmark = pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")

_SMALL = {"layers": 10, "width": 512, "heads": 8, "shared_heads": 4, "head_width": 64, "words": 2000}
MODELS = {
    "dense": replace(DENSE, inner=2048, **_SMALL),  # type: ignore[arg-type]
    "sparse": replace(SPARSE, inner=128, experts=32, used=4, **_SMALL),  # type: ignore[arg-type]
    "squared": replace(SQUARED, inner=2048, **_SMALL),  # type: ignore[arg-type]
    "chained": replace(CHAINED, inner=2048, **(_SMALL | {"layers": 16})),  # type: ignore[arg-type]
    "small": replace(SMALL, inner=256, **(_SMALL | {"layers": 2, "width": 128, "heads": 2, "shared_heads": 2})),  # type: ignore[arg-type]
}
MUST_HOLD = ("tokens as", "tokens the same", "words of the sleeping job")
"""Rows that hold on every machine, whatever else it has to do."""


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    session = Session(Common())
    with Driver(place()) as driver:
        yield Setting(
            session=session, bar=Bar(session), driver=driver, folder=tmp_path_factory.mktemp("models"), rounds=1,
            beside_mb=90, **MODELS,
        )  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(PARTS) - {"prefix", "quoting", "words"}))
def test_a_part_has_its_rows(setting: Setting, name: str) -> None:
    # What predictors of a small model take beside it; so much that one streams, and another one fits beside it.
    setting.beside_mb = {"neurons": 165, "small": 80}.get(name, 90)
    rows = list(measured(setting, [name]))
    _check(rows, name)


def test_a_prefix_that_was_read_is_not_read_again(setting: Setting) -> None:
    rows = list(prefix.rows(setting, tokens=600))
    assert [met(row) for row in rows if row.target is not None] == [True, True]
    assert all(row.value > 0 for row in rows)


def _check(rows: list[Row], name: str) -> None:
    *found, failed = rows
    assert failed.value == 0, "a part that could not be measured"
    assert found
    assert all(row.name.startswith(f"{name}: ") for row in found)
    assert all(math.isfinite(row.value) for row in found)
    assert len({row.name for row in found}) == len(found)
    assert all(met(row) for row in found if any(words in row.name for words in MUST_HOLD) and row.target is not None)
    assert markdown(found, [])


def test_there_is_a_table_of_the_runs_behind_them(setting: Setting, tmp_path: Path) -> None:
    if not setting.runs:
        pytest.skip("no part has run")
    assert "| dense | stream |" in markdown([], setting.runs)
