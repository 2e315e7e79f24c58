"""Where a new fact stands in time among the known ones."""

from datetime import timedelta

from core.consolidate.supersede import Claim, Verdict, place
from core.memory import Fact, State, Trust
from tests.unit.consolidate.made import BEGIN, fact


def claim(
    value: str, minute: float, *, attribute: str = "lives in", trust: Trust = Trust.CAPTURED, own: bool = True
) -> Claim:
    return Claim(
        fact=Fact(subject="ana", attribute=attribute, value=value),
        at=BEGIN + timedelta(minutes=minute),
        trust=trust,
        own=own,
    )


PORTO = fact("ana", "lives in", "Porto", 0)
LISBON = fact("ana", "lives in", "Lisbon", 100)


def test_the_first_is_new() -> None:
    assert place(claim("Porto", 0), []).verdict is Verdict.NEW


def test_a_newer_value_closes_the_older() -> None:
    found = place(claim("Lisbon", 100), [PORTO])
    assert (found.verdict, found.closes, found.closed_by) == (Verdict.NEW, (PORTO.id,), None)


def test_an_older_value_that_comes_later_is_closed_by_the_newer() -> None:
    found = place(claim("Porto", 0), [LISBON])
    assert (found.closes, found.closed_by, found.valid_to) == ((), LISBON.id, LISBON.valid_from)


def test_one_in_between_closes_the_one_and_is_closed_by_the_other() -> None:
    old = fact("ana", "lives in", "Porto", 0, state=State.SUPERSEDED)
    found = place(claim("Faro", 50), [old, LISBON])
    assert (found.closes, found.closed_by) == ((old.id,), LISBON.id)


def test_the_same_value_again_is_known_also_with_an_article_or_in_capitals() -> None:
    assert place(claim("PORTO.", 50), [PORTO]).known == PORTO.id
    found = place(claim("Lisbon", 50), [LISBON])
    assert (found.verdict, found.earlier) == (Verdict.KNOWN, True)


def test_back_to_an_old_value_is_a_new_fact() -> None:
    old = fact("ana", "lives in", "Porto", 0, state=State.SUPERSEDED)
    found = place(claim("Porto", 200), [old, LISBON])
    assert (found.verdict, found.closes) == (Verdict.NEW, (LISBON.id,))


def test_what_one_can_have_several_of_closes_nothing() -> None:
    jazz = fact("ana", "likes", "jazz", 0)
    found = place(claim("chess", 100, attribute="likes"), [jazz])
    assert (found.verdict, found.closes, found.conflicts) == (Verdict.NEW, (), ())
    assert place(claim("jazz", 100, attribute="likes"), [jazz]).known == jazz.id


def test_two_values_at_the_same_time_are_a_conflict() -> None:
    found = place(claim("Faro", 0), [PORTO])
    assert (found.closes, found.conflicts) == ((), (PORTO.id,))


def test_a_lesser_word_never_closes_a_better_one() -> None:
    better = fact("ana", "lives in", "Porto", 0, trust=Trust.WRITTEN)
    assert place(claim("Faro", 50), [better]).verdict is Verdict.REFUSED


def test_hearsay_about_someone_is_a_conflict_with_their_own_word() -> None:
    found = place(claim("Faro", 50, own=False), [PORTO])
    assert (found.closes, found.conflicts) == ((), (PORTO.id,))
    hearsay = fact("ana", "lives in", "Porto", 0, speaker="bob")
    assert place(claim("Faro", 50, own=False), [hearsay]).closes == (hearsay.id,)
