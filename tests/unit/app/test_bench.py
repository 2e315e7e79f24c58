"""The arithmetic of the benches."""

import math

from app.bench.outside import option
from app.bench.row import Row, mean, percentile


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
    assert math.isnan(percentile([], 0.5))
    assert mean([1.0, 2.0]) == 1.5


def test_a_row_leaves_out_what_it_does_not_have() -> None:
    bare = Row(name="x", value=1.0, unit="s", n=1).as_json()
    assert bare == {"name": "x", "value": 1.0, "unit": "s", "n": 1}
    assert Row(name="x", value=1.0, unit="s", n=1, baseline=2.0, target=3).as_json()["baseline"] == 2.0


def test_an_interval_is_part_of_a_row() -> None:
    bare = Row(name="x", value=1.0, unit="s", n=1, low=0.5, high=1.5, clusters=(0.0, 2.0))
    assert bare.as_json() == {"name": "x", "value": 1, "unit": "s", "n": 1, "low": 0.5, "high": 1.5, "clusters": [0, 2]}
    assert bare.under("set").name == "set: x"


def test_an_option_is_read_in_both_spellings() -> None:
    assert option(["--memories", "5"], "--memories") == "5"
    assert option(["--memories=7"], "--memories") == "7"
    assert option([], "--memories", "9") == "9"
