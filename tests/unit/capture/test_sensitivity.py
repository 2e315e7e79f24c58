import pytest

from core.capture.sensitivity import sensitivity_of
from core.memory import Sensitivity

HEALTH, MONEY, LOVE, WORK, NONE = (
    Sensitivity.HEALTH,
    Sensitivity.MONEY,
    Sensitivity.LOVE,
    Sensitivity.WORK,
    Sensitivity.NONE,
)
SAID = [
    ("I have the dentist on 22 September at 14:30.", HEALTH),
    ("She was diagnosed with diabetes last year.", HEALTH),
    ("My therapist says I should sleep more.", HEALTH),
    ("The biopsy came back clean!", HEALTH),
    ("I started antidepressants in May", HEALTH),
    ("My salary went up to 52,000.", MONEY),
    ("The repair costs £340, and they want half of it now.", MONEY),
    ("we still owe 1.200 EUR for the roof", MONEY),
    ("Did you file your tax return?", MONEY),
    ("The mortgage was approved.", MONEY),
    ("I think I'm in love with Tom.", LOVE),
    ("We broke up on Friday.", LOVE),
    ("He came out to his parents.", LOVE),
    ("My ex texted again.", LOVE),
    ("They are getting a divorce.", LOVE),
    ("The deadline for the release branch moved.", WORK),
    ("This is confidential until the layoffs are announced.", WORK),
    ("My boss wants the slides tomorrow.", WORK),
    ("The spare key is at Ana's house", NONE),
    ("Shall we go swimming on Sunday?", NONE),
    ("I love this painting!", NONE),
    ("The kiln broke yesterday, in the middle of a firing.", NONE),
    ("Room 340 is upstairs.", NONE),
    ("The exit is on the left.", NONE),
    ("Doctorow wrote a good book.", NONE),
    ("We budgeted nothing for rain, ha.", NONE),
]


@pytest.mark.parametrize(("text", "about"), SAID)
def test_what_a_sentence_is_about_is_seen_by_its_words(text: str, about: Sensitivity) -> None:
    assert sensitivity_of(text) is about


def test_the_most_private_thing_wins_and_captions_count() -> None:
    assert sensitivity_of("The invoice is here", "a photo of a prescription") is HEALTH
    assert sensitivity_of("", "") is NONE
