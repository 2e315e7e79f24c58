"""Visits and dwell from the times of frames alone."""

from core.consolidate.visits import Look, visits


def looks(*times: float, following: float | None = None) -> list[Look]:
    """Frames of one place and nothing between them; after the last one `following` seconds on something else."""
    return [
        Look(seq=number, at=at, following=times[number + 1] if number + 1 < len(times) else following)
        for number, at in enumerate(times)
    ]


def test_frames_without_a_long_time_away_are_one_visit() -> None:
    (visit,) = visits(looks(0, 30, 60, following=80))
    assert visit.seconds == 80
    assert len(visit.looks) == 3


def test_half_an_hour_away_and_back_is_another_visit() -> None:
    assert [visit.seconds for visit in visits(looks(0, 20, 20 + 1801))] == [20 + 60, 60]


def test_a_glance_elsewhere_is_the_same_visit_and_is_not_counted_for_long() -> None:
    away = [Look(seq=0, at=0, following=20), Look(seq=1, at=100, following=130)]
    (visit,) = visits(away)
    assert visit.seconds == 20 + 30


def test_a_still_screen_counts_five_minutes_and_what_follows_it_one() -> None:
    (visit,) = visits(looks(0, 1000))
    assert visit.seconds == 300 + 60


def test_nothing_looked_at_is_no_visit() -> None:
    assert visits([]) == []
