"""What contradicts what, by the words of two sources; and what only looks like it."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.consolidate.opposing import explained, opposed
from core.consolidate.stating import Statement, statements
from core.memory import Channel, Draft, Facet, Memory, MemoryId, Provenance, State
from tests.made import NOON, turn


def screen(text: str, *, app: str = "Browser") -> Draft:
    origin = Provenance(channel=Channel.SCREEN, app=app, window="")
    return Draft(text=text, at=NOON, facet=Facet.FRAME, provenance=origin)


def mail(text: str, speaker: str = "Office", *, mine: bool = False) -> Draft:
    return turn(text, 5, speaker=speaker, conversation="mail", mine=mine)


def kept(draft: Draft, number: int) -> Memory:
    told = {field.name: getattr(draft, field.name) for field in fields(Draft)}
    return Memory(**told, id=MemoryId(str(number)), seq=number, state=State.CAPTURED, created=draft.at)


def stated(*drafts: Draft) -> list[Statement]:
    return [one for number, draft in enumerate(drafts, 1) for one in statements(kept(draft, number))]


def kind(one: Draft, other: Draft) -> str:
    found = [opposed(a, b) for a in stated(one) for b in stated(other)]
    return next((kind for kind in found if kind), "")


@pytest.mark.parametrize(
    ("one", "other", "of"),
    [
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 88, 4 May, arrival 11:50"), "time"),
        (mail("The deposit for Ulmenhof 3 is 900 euros."), screen("Deposit Ulmenhof 3: 980.00 EUR"), "amount"),
        (mail("Tilda's ring size is 52."), screen("Tilda ring size 54"), "size"),
        (mail("We are in Bergen from 3 to 9 July.", "Odd"), screen("4-10 July Odd in Bergen", app="Calendar"), "span"),
        (mail("Kit's wedding is on 9 May."), screen("12 May wedding Kit", app="Calendar"), "day"),
        (mail("my daughter is nine", "Runa"), screen("Runa's daughter, aged eight"), "age"),
        (mail("Train ZR 88 arrives at 11:20."), screen("ZR 88 arrival 11:50"), "time"),
        (mail("120 guests come to Kit's wedding"), screen("Kit wedding 140 guests"), "count"),
        (mail("Kit's mobile is 0664 555 017"), screen("Kit phone 0664 555 071"), "phone"),
        (mail("April rent Ulmenhof 3: EUR 900"), screen("Rent Ulmenhof 3, 980 euros, first of April"), "amount"),
        (mail("Your appointment with Dr Ohm is on 9 May at 8:15."), screen("9 May 9:15 dentist Dr Ohm"), "time"),
    ],
)
def test_two_sources_that_say_different_things_of_one_contradict_each_other(one: Draft, other: Draft, of: str) -> None:
    assert kind(one, other) == of
    assert kind(other, one) == of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 88, 4 May, departure 9:50")),
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 88, 5 May, arrival 11:50")),
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 89, 4 May, arrival 11:50")),
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 88, 4 May, arrival 11:20")),
        (mail("Train ZR 88 on 4 May arrives at 11:20."), screen("ZR 88, 4 May, new arrival 11:50")),
        (mail("Does train ZR 88 on 4 May arrive at 11:20?"), screen("ZR 88, 4 May, arrival 11:50")),
        (mail("The rent for Ulmenhof 3 is 900 euros."), screen("Deposit Ulmenhof 3, 980 euros")),
        (mail("The rent for Ulmenhof 3 is 900 euros."), screen("Rent Ulmenhof 4, 980 euros")),
        (mail("The rent for Ulmenhof 3 in May is 900 euros."), screen("Rent Ulmenhof 3, June, 980 euros")),
        (mail("The rent for Ulmenhof 3 is 900 euros."), screen("From 1 June rent Ulmenhof 3, 980 euros")),
        (mail("The budget for the kitchen is 9,000 euros."), screen("Kitchen budget 9000 EUR")),
        (mail("my shoe size is 41", mine=True), turn("My shoe size is 44")),
        (mail("my shoe size is 41", mine=True), screen("Tilda shoe size 30")),
        (mail("my son is six", "Runa"), turn("my son is seven")),
        (mail("Gym with Kit on 3 May at 8:30."), screen("5 May gym Kit 9:30", app="Calendar")),
        (mail("Gym with Kit on Tuesday at 8:30."), screen("Thu gym Kit 9:30", app="Calendar")),
        (mail("Kit's exam is on 9 May."), screen("12 May wedding Kit", app="Calendar")),
        (mail("Concert Frida Ek on 9 May, doors 18:30"), screen("9 May Frida Ek concert 19:30")),
        (mail("Ticket to Riga costs 80 euros"), screen("Riga ticket price 95 euros")),
        (mail("Bus 12 to Lund leaves at 8:10"), screen("Bus 12 Lund departs 8:40")),
        (mail("Salary of Kit is 3,000 euros net"), screen("Kit salary 4,100 euros gross")),
        (mail("Tilda takes Ramipril 5 mg in the morning"), screen("Tilda Ramipril 10 mg in the evening")),
        (mail("The fee for the Ohm course is 90 euros for members"), screen("Ohm course fee 120 euros")),
        (mail("Exam anatomy Ohm 3 May 9:00"), screen("3 May Ohm anatomy exam resit 14:00")),
        (mail("Kit's birthday party is on 9 May"), screen("12 May birthday Kit")),
        (mail("Lunch with Kit on 9 May at 12:30."), screen("9 May 9:30 meeting Kit", app="Calendar")),
    ],
)
def test_what_only_looks_like_a_contradiction_is_none(one: Draft, other: Draft) -> None:
    assert kind(one, other) == ""
    assert kind(other, one) == ""


def test_words_of_one_place_or_of_three_weeks_later_do_not_contradict_each_other() -> None:
    one, other = mail("The rent for Ulmenhof 3 is 900 euros."), turn("The rent for Ulmenhof 3 is 980 euros.")
    assert kind(one, other) == "amount"
    assert kind(one, mail("The rent for Ulmenhof 3 is 980 euros.")) == ""
    assert kind(one, replace(other, at=NOON + timedelta(days=21))) == ""


def test_a_word_of_a_change_and_a_place_that_says_both_explain_it() -> None:
    one, other = mail("The rent for Ulmenhof 3 is 900 euros."), screen("Rent Ulmenhof 3, 980 euros")
    for third in (turn("the rent for Ulmenhof was raised to 980 euros"), screen("Rent Ulmenhof 3, 900 euros")):
        found = stated(one, other, third)
        assert opposed(found[0], found[1]) == "amount"
        assert explained(found[0], found[1], "amount", found)
    found = stated(one, other)
    assert not explained(found[0], found[1], "amount", found)


def test_what_the_person_says_of_what_is_theirs_is_about_them_by_name() -> None:
    said, shown = (
        mail("My salary is 3,450 euros a month.", mine=True),
        screen("Ottilie Brand, monthly salary 3,540 euros"),
    )
    (mine,), (theirs,) = statements(kept(said, 1), ("Ottilie Brand",)), stated(shown)
    assert opposed(mine, theirs) == "amount"
    assert kind(said, shown) == ""


def test_a_long_table_states_nothing() -> None:
    assert len(stated(screen("\n".join(f"Rent Ulmenhof {n}, 980 euros" for n in range(20))))) == 20
    assert stated(screen("\n".join(f"Rent Ulmenhof {n}, 980 euros" for n in range(80)))) == []
