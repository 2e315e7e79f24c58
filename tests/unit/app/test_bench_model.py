"""How calls and tokens of the two ways of asking a model are counted."""

from app.bench.sleep.model import turn_by_turn
from app.bench.sleep.scripted import Scripted, read
from core.consolidate.thinking.request import instructions
from core.inference import wordpiece

TURNS = [
    {
        "conversation": "a",
        "id": str(number),
        "speaker": "Ana",
        "text": f"We visited Lisbon on day {number} of the trip.",
    }
    for number in range(30)
]


def test_turn_by_turn_is_one_call_a_turn_with_instructions_last_turns_and_memories() -> None:
    model = turn_by_turn(TURNS)
    own = wordpiece.count(instructions())
    assert model.calls == len(TURNS)
    assert model.prompt_tokens > len(TURNS) * own
    assert model.prefix_tokens == (len(TURNS) - 1) * own, "only the instructions stand at the beginning of each"
    assert model.computed == model.tokens - model.prefix_tokens
    first = turn_by_turn(TURNS[:1])
    assert model.tokens > len(TURNS) * first.tokens, "context grows, up to ten turns and ten memories"


def test_what_a_prompt_shares_with_the_one_before_counts_only_from_its_beginning() -> None:
    model = Scripted()
    model.asked(["rules", "one two", "three"], "yes")
    model.asked(["rules", "one two", "four"], "no")
    model.asked(["other", "one two", "four"], "no")
    assert model.prefix_tokens == model.count("rules") + model.count("one two")


def test_the_stand_in_says_only_what_its_line_says() -> None:
    (found,) = read("OBSERVATIONS\nTuesday, 1 September 2026\n[S7] me: I visited Lisbon in May.\n[S8] Ana: ok")
    assert (found["source"], found["subject"], found["value"]) == ("S7", "me", "Lisbon")
    assert found["evidence"] in "I visited Lisbon in May."
