"""How-tos in the words they were written in; lists of other things apart."""

import pytest

from core.consolidate.howtos import how_to

TOLD = {
    "resetting the boiler: 1. switch it off 2. wait ten seconds 3. hold the red button": (
        "resetting the boiler",
        ("switch it off", "wait ten seconds", "hold the red button"),
    ),
    "Flatbread\n1. Mix 200 g flour and 2 spoons of oil\n2. Rest for 10 minutes\n3. Bake in a hot pan": (
        "Flatbread",
        ("Mix 200 g flour and 2 spoons of oil", "Rest for 10 minutes", "Bake in a hot pan"),
    ),
    "To let the cat in: open the flap, wait till she sees you, then close the kitchen door": (
        "To let the cat in",
        ("open the flap", "wait till she sees you", "then close the kitchen door"),
    ),
    "How to prune the vine\n- Cut the dead wood\n- Leave two buds\n- Tie it up": (
        "How to prune the vine",
        ("Cut the dead wood", "Leave two buds", "Tie it up"),
    ),
    "Bleeding a radiator. First turn the heating off. Then open the valve a little. Then close it when water comes.": (
        "Bleeding a radiator",
        ("First turn the heating off", "Then open the valve a little", "Then close it when water comes"),
    ),
}
TOLD |= {
    "For the alarm: press 5 and your code, wait for the beep, lock twice": (
        "For the alarm",
        ("press 5 and your code", "wait for the beep", "lock twice"),
    ),
    "Backing up the phone\nStep 1 - Connect the cable\nStep 2 - Press Trust\nStep 3 - Run the script": (
        "Backing up the phone",
        ("Connect the cable", "Press Trust", "Run the script"),
    ),
}
NOT = [
    "1. milk 2. bread 3. batteries 4. cat food",
    "Shopping: 1. open the list 2. add milk 3. add bread",
    "Today: 1. call the bank 2. write to Ben 3. book the train",
    "To do: write to Ben, call the bank, book the train",
    "Agenda: 1. Minutes 2. Budget 3. Any other business",
    "League: 1. Rovers 44 points 2. City 41 3. Town 40",
    "1. switch it off 2. wait 3. hold the button",
    "What we did: first we baked, then we ate, then we slept",
    "Reasons to stay: 1. the sea 2. the food 3. you",
    "My cousins: first came Ida, then Ben, third the twins, and last of all Nils.",
    "Hi all, 1. turn up at nine 2. bring a chair 3. help with the tables",
    "Walking home: saw a fox, heard an owl, felt alive",
    "Ten things about Ghent: 1. Walk the canals 2. Try the waffles 3. Visit the castle",
    "We'll: 1. move to Porto 2. buy a boat 3. learn to sail",
    "Pieces: 1. Start 2. Turn 3. Return",
    "",
    "1.",
]


@pytest.mark.parametrize("text", TOLD)
def test_steps_are_kept_word_for_word_under_what_they_are_for(text: str) -> None:
    found = how_to(text)
    assert found is not None
    assert (found.title, found.steps) == TOLD[text]
    assert all(step in text for step in found.steps)


@pytest.mark.parametrize("text", NOT)
def test_what_only_looks_like_steps_is_no_how_to(text: str) -> None:
    assert how_to(text) is None


def test_the_title_above_a_page_says_what_its_steps_are_for() -> None:
    steps = "1. Create an account. 2. Choose a plan. 3. Confirm by mail."
    assert how_to(steps) is None
    found = how_to(steps, "Register a panel")
    assert found is not None
    assert found.title == "Register a panel"
    assert found.text == "Register a panel\n1. Create an account\n2. Choose a plan\n3. Confirm by mail"


def test_german_steps_end_with_what_is_to_be_done() -> None:
    text = "Filter wechseln:\n1. Wasser abstellen\n2. Deckel abnehmen\n3. Neuen Filter einsetzen"
    assert how_to(text, language="de") is not None
    assert how_to(text) is None
