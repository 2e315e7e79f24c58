"""Pictures shrink in steps until the store fits its budget."""

from hypothesis import given
from hypothesis import strategies as st

from core.decay.thin import Form, Picture, forecast, plan, thin
from core.memory import MediaId

ORDER = list(Form)


def pictures(strengths: list[float], size: int = 1000, form: Form = Form.FULL) -> list[Picture]:
    return [Picture(id=MediaId(f"P{i:03}"), bytes=size, form=form, strength=s) for i, s in enumerate(strengths)]


def test_nothing_is_thinned_while_it_fits() -> None:
    assert plan(pictures([0.1, 0.2]), 2000, 2000) == []


def test_the_weakest_picture_gives_first_and_only_one_step() -> None:
    found = plan(pictures([0.5, 0.1, 0.3]), 3000, 2800)
    assert [(t.picture, t.form) for t in found] == [("P001", Form.HALF)]


def test_all_weak_ones_take_one_step_before_any_takes_two() -> None:
    found = plan(pictures([0.05, 0.1, 0.2]), 3000, 900)
    assert {t.form for t in found} == {Form.HALF}
    assert len(found) == 3


def test_strong_pictures_are_spared_while_weak_ones_can_still_give() -> None:
    found = plan(pictures([0.9, 0.05]), 2000, 1000)
    assert [(t.picture, t.form) for t in found] == [("P001", Form.TEXT)]


def test_pinned_pictures_are_never_touched() -> None:
    kept = [Picture(id=MediaId("K"), bytes=5000, form=Form.FULL, strength=0.0, kept=True)]
    assert plan(kept, 5000, 10) == []


@given(
    strengths=st.lists(st.floats(0, 1), max_size=40),
    share=st.floats(0.0, 1.2),
    words=st.integers(0, 5000),
)
def test_a_plan_reaches_the_budget_or_has_taken_all_there_is(strengths: list[float], share: float, words: int) -> None:
    given_ones = pictures(strengths)
    used = words + sum(p.bytes for p in given_ones)
    budget = int(used * share)
    found = plan(given_ones, used, budget)
    freed = sum(t.frees for t in found)
    everything = len(found) == len(given_ones) and all(t.form is Form.TEXT for t in found)
    assert used - freed <= budget or everything
    assert len({t.picture for t in found}) == len(found)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.floats(0.1, 1))
def test_a_stronger_picture_never_ends_smaller_than_a_weaker_one(strengths: list[float], share: float) -> None:
    given_ones = pictures(strengths)
    used = sum(p.bytes for p in given_ones)
    ends = {p.id: Form.FULL for p in given_ones} | {
        t.picture: t.form for t in plan(given_ones, used, int(used * share))
    }
    ranked = sorted(given_ones, key=lambda p: (p.strength, p.id))
    sizes = [ORDER.index(ends[p.id]) for p in ranked]
    assert sizes == sorted(sizes, reverse=True)


def test_a_plan_is_carried_out_through_the_one_who_can_and_stops_when_asked() -> None:
    done: list[tuple[str, Form]] = []

    def shrink(picture: MediaId, form: Form) -> int:
        done.append((picture, form))
        return 7

    found = plan(pictures([0.1, 0.2, 0.3]), 3000, 900)
    assert list(thin(found, shrink, cancelled=lambda: len(done) == 2)) == [7, 7]
    assert len(done) == 2


def test_the_forecast_says_when_the_budget_is_full() -> None:
    assert forecast([], 500, 1000, 50).days == 10
    assert forecast([], 1000, 1000, 50).days == 0
    assert forecast([], 500, 1000, 0).days is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_forecast_names_first_what_a_plan_takes_first(strengths: list[float]) -> None:
    given_ones = pictures(strengths)
    used = sum(p.bytes for p in given_ones)
    told = forecast(given_ones, used, used, 0.0)
    first = plan(given_ones, used, used - 1)[0]
    assert told.coming[0] == (first.picture, first.form.value, first.frees)
    assert told.can_free == used
