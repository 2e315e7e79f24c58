"""What the benches of values in time make: distractors that tell nothing asked for, and keys updated many times."""

from datetime import datetime

from app.bench.later import distractors
from app.bench.sleep.interference import LEVELS, told

LINES = [
    {
        "conversation": "c",
        "id": f"t{n}",
        "at": f"2024-05-0{n}T10:00:00",
        "speaker": "Ana",
        "text": f"one {n} two {n} six",
    }
    for n in range(1, 6)
]


def test_there_are_ten_distractors_for_each_turn_all_newer_and_none_a_turn_again() -> None:
    made = list(distractors(LINES))
    last = datetime.fromisoformat("2024-05-05T10:00:00")
    assert len(made) == 10 * len(LINES)
    assert all(datetime.fromisoformat(str(line["at"])) > last for line in made)
    assert len({line["id"] for line in made} | {line["id"] for line in LINES}) == 11 * len(LINES)
    assert {line["conversation"] for line in made} == {"c"}
    assert made == list(distractors(LINES))


def test_each_value_is_told_once_and_the_last_is_the_newest() -> None:
    keys, observations = told()
    assert {len(key.values) for key in keys} == set(LEVELS)
    texts = [one.text for one in observations]
    values = [value for key in keys for value in key.values]
    assert len(set(values)) == len(values)
    for key in keys[:9]:
        places = [next(n for n, text in enumerate(texts) if f" {value}" in f" {text}") for value in key.values]
        assert places == sorted(places)
    assert [one.at for one in observations] == sorted(one.at for one in observations)
