"""What the doctor says of models: where each byte of a plan is, drawn to scale, and figures for a machine to read."""

from hypothesis import given
from hypothesis import strategies as st

from app.model_health import bar, figures
from core.inference.stream.plan import Way
from tests.unit.inference.test_plan import MB, a_layout, planned

LAYOUT = a_layout(layers=28, sizes=(5 * MB, 2 * MB, 2 * MB, 5 * MB, 14 * MB, 14 * MB, 14 * MB))


@given(st.integers(250, 3000))
def test_the_bar_is_as_long_whatever_is_given_and_has_every_part(megabytes: int) -> None:
    made = planned(LAYOUT, megabytes * MB)
    drawn = bar(made, LAYOUT.weight_bytes)
    line = drawn[1 : drawn.index("]")]
    assert len(line) == 40
    sizes = (
        made.resident_bytes,
        made.window_bytes,
        made.cache_bytes,
        made.program_bytes,
        LAYOUT.weight_bytes - made.resident_bytes - made.window_bytes,
    )
    assert list(dict.fromkeys(line)) == [sign for sign, size in zip("#+=:.", sizes, strict=True) if size > 0]
    assert ("." in line) == (made.way is not Way.FITS)


def test_half_of_the_weights_in_memory_is_half_of_the_bar() -> None:
    made = planned(LAYOUT, 900 * MB)
    line = bar(made, LAYOUT.weight_bytes)
    kept = made.resident_bytes / (made.peak_bytes + LAYOUT.weight_bytes - made.resident_bytes - made.window_bytes)
    assert abs(line.count("#") / 40 - kept) < 0.04


def test_the_figures_say_the_way_and_add_up() -> None:
    told = figures(planned(LAYOUT, 900 * MB), LAYOUT.weight_bytes)
    assert told["way"] == "dense"
    parts = [told[key] for key in ("resident_mb", "window_mb", "kv_mb", "compute_mb", "program_mb")]
    assert abs(sum(float(part) for part in parts) - float(told["peak_mb"])) <= 3
    assert float(told["peak_mb"]) <= 900
