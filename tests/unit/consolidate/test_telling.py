"""Which sentences tell something by themselves, what a text is about, and a week in its days' words."""

from datetime import timedelta

import pytest

from core.consolidate.subjects import subjects
from core.consolidate.summaries import summarise
from core.consolidate.telling import telling
from core.consolidate.topics.naming import still_fits, title
from core.consolidate.weeks import of_a_week
from core.memory import Memory
from tests.unit.consolidate.made import BEGIN, frame, said

TELLS = [
    "The kiln broke yesterday, in the middle of a firing.",
    "We agreed on 40,000 euros for the bridge foundations.",
    "I moved to Bristol on Saturday with Biscuit the cat.",
    "My dentist appointment is on 22 September at 14:30.",
]
SAYS_LITTLE = [
    "Wow, that sounds so amazing and inspiring!",
    "It was just like that with them.",
    "How did it go then with all of that?",
    "You must feel so proud of yourself.",
    "Taking care of yourself is always important.",
    "Thanks so much for being there!",
]


def test_what_happened_tells_more_than_kind_words_and_questions() -> None:
    least = min(telling(said(text), text) for text in TELLS)
    most = max(telling(said(text), text) for text in SAYS_LITTLE)
    assert least > most


@pytest.mark.parametrize("text", ["ok then", "see https://example.org/a/b for all of it", "= == 12 34 | 56 78 ||", ""])
def test_what_could_not_stand_in_a_summary_tells_nothing(text: str) -> None:
    assert telling(said(text), text) == 0.0


def test_a_text_is_about_its_names_and_things_and_not_about_everyday_words_or_who_speaks() -> None:
    found = subjects(
        [
            said("Ana, the kiln broke in the middle of a firing, really!"),
            said("Someone from Ashdown Kilns is coming to look at the kiln.", 1),
            said("The Lord of the Rings was great, Ana.", 2),
        ],
        people=["Ana"],
    )
    assert {"kiln", "Ashdown Kilns", "Lord of the Rings"} <= set(found)
    assert not {"Ana", "really", "great", "someone", "look"} & set(found)


def test_a_word_that_is_everywhere_tells_less_than_one_that_is_only_here() -> None:
    spread = {"kiln": 2, "poster": 900}
    members = [said("The kiln and the poster."), said("Again the poster and the kiln.", 1)]
    assert subjects(members, spread=lambda stem: spread.get(stem, 0), of=1000)[0] == "kiln"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Dach wurde vom Dachdecker repariert."),
        ("ja", "明日は歯医者に行きます。"),
        ("es", "El tejado gotea otra vez."),
    ],
)
def test_other_languages_have_subjects_and_summaries_too(language: str, text: str) -> None:
    members = [said(f"{text} {n}.", n, language=language) for n in range(5)]
    assert subjects(members)
    assert summarise(members) is not None


def test_a_title_is_of_what_its_episodes_share() -> None:
    members = [
        said("The choir sang the Requiem with a soloist from Linz.", 0, episode="a"),
        said("My choir rehearsed the Requiem again in the barn.", 1, episode="b"),
        said("The Requiem was cancelled, the choir went home with umbrellas.", 2, episode="c"),
    ]
    made = title(members, spread=lambda stem: 0, of=0)
    assert {"requiem", "choir"} <= {word.strip().casefold() for word in made.split(",")}
    assert made[0].isupper()
    assert "choir" not in title(members, spread=lambda stem: 0, of=0, without=["Choir"]).casefold()


def test_where_nothing_tells_it_apart_people_or_place_are_the_title() -> None:
    assert title([said("ok", 0), said("yes", 1)], spread=lambda stem: 0, of=0) == "Ana"
    assert title([frame("ok")], spread=lambda stem: 0, of=0) == "Editor"


def test_an_old_title_fits_while_half_of_it_does() -> None:
    assert still_fits("Kiln, mugs", "Kiln, clay, glaze")
    assert not still_fits("Kiln, mugs, firing", "Clay, glaze, mugs")


THINGS = ["boat", "barn", "mill", "ferry", "quay", "roof", "well", "lane", "orchard", "tower"]
DONE = [
    "Rosa sold the {} for {}0 euros.",
    "We moved the {} on {} May with Ben.",
    "I paid {} workers for {} days in Graz.",
]


def of_days(days: int) -> list[Memory]:
    return [
        said(DONE[part].format(f"{THINGS[2 * day + part % 2]}", day + 2), day * 1440 + part)
        if part < 3
        else said(f"Our {THINGS[2 * day]} in Linz burnt down.", day * 1440 + part)
        for day in range(days)
        for part in range(4)
    ]


def test_a_week_names_each_day_it_tells_of_and_leaves_none_all_the_room() -> None:
    made = of_a_week(of_days(5))
    assert made is not None
    days = [line for line in made.text.splitlines() if ": " not in line]
    assert days[0] == "Tuesday 10 March"
    assert len(days) == len({one.memory.at.date() for one in made.quoted}) >= 4
    assert len(made.text) < 2000
    assert made.quoted[0].memory.at < BEGIN + timedelta(days=1)


def test_a_single_day_is_no_week() -> None:
    assert of_a_week(of_days(1)) is None
    assert of_a_week([]) is None


def test_on_a_screen_it_is_said_where_it_was_read() -> None:
    made = summarise([frame(f"The invoice {n} of Nordwind over 3{n} euros is due on Friday.", n) for n in range(5)])
    assert made is not None
    assert made.text.startswith("on the screen, Editor: ")
