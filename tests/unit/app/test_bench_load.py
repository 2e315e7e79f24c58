"""What `mneme bench load` makes, and the table it prints."""

from dataclasses import replace

import numpy as np
import pytest

from app.bench.load.likeness import likeness, strangers
from app.bench.load.made import mixed
from app.bench.load.paths import paths
from app.bench.load.table import markdown
from app.bench.row import Row
from core.memory import MemoryId
from core.store.vectors.table import VectorTable


def test_made_vectors_are_near_to_each_other_and_random_ones_are_not() -> None:
    random = np.random.default_rng(1)
    real = strangers(60, 96) + 0.5 * strangers(1, 96)
    made = mixed(real, random.integers(0, 60, (1500, 3)), random)
    assert np.allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    known = {row.name: row.value for row in likeness([("made", made), ("random", strangers(1500, 96))])}
    assert known["made, 1500, nearest, mean"] > known["random, 1500, nearest, mean"] + 0.2
    assert known["made, 1500, any two, mean"] > known["random, 1500, any two, mean"] + 0.05
    assert abs(known["random, 1500, any two, mean"]) < 0.01
    assert known["made, 1500, nearest, p5"] <= known["made, 1500, nearest, p95"]


def test_sets_are_compared_only_at_sizes_that_both_have() -> None:
    names = {row.name for row in likeness([("small", strangers(40, 16)), ("large", strangers(90, 16))])}
    assert {"small, 40, nearest, mean", "large, 40, nearest, mean", "large, 90, nearest, mean"} <= names
    assert "small, 90, nearest, mean" not in names


@pytest.fixture(scope="module")
def measured() -> list[Row]:
    table = VectorTable(64)
    vectors = strangers(400, 64)
    table.put([MemoryId(f"m{n}") for n in range(400)], vectors)
    return list(paths(table.snapshot(), with_chroma=False))


def test_every_way_to_the_nearest_is_measured_against_the_exact_answer(measured: list[Row]) -> None:
    known = {row.name: row for row in measured}
    assert known["float32 product, 400, recall@50 of exact"].value >= 0.999
    assert known["every row, 400, recall@10 of exact"].value >= 0.99
    assert known["Chroma, 400, ef_search 256, recall@10 of exact"].value >= 0.95
    assert known["codes first, 400, memory"].value > known["every row, 400, memory"].value


def test_the_table_holds_every_row_once(measured: list[Row]) -> None:
    launch = Row(name="launch to usable, 400", value=1.25, unit="s", n=1, target=2)
    text = markdown([launch, *measured, *likeness([("made", strangers(30, 16))])], 400)
    assert "| launch to usable, 400 | 1.25 | s | 1 | 2 |" in text
    assert text.count("| codes first, 400 |") == 1
    assert text.count("| made | 30 |") == 1
    without = replace(launch, target=None)
    assert "| launch to usable, 400 | 1.25 | s | 1 |  |" in markdown([without], 400)
