"""Settings in the words a person reads: a value that does not fit, and every choice of a list."""

import re

import pytest

from core.errors import BadInput
from core.settings import Settings
from core.unfit import allowed
from ui.settings.model import choice_title, fields


def test_a_value_that_does_not_fit_is_said_by_the_name_the_window_shows() -> None:
    with pytest.raises(BadInput, match=r"'9-25' does not fit Recording hours"):
        Settings().replaced("capture.hours", "9-25")


@pytest.mark.parametrize(
    ("key", "value", "said", "allowed"),
    [
        ("recall.hits", "many", "'many' does not fit Hits: it is no number.", "A whole number from 1 to 100. "),
        ("recall.hits", "nan", "'nan' does not fit Hits: it is no number.", "A whole number from 1 to 100. "),
        ("recall.hits", "5.5", "'5.5' does not fit Hits: it is no whole number.", "A whole number from 1 to 100. "),
        ("recall.hits", "0", "'0' does not fit Hits: it is too small.", "A whole number from 1 to 100. "),
        (
            "recall.hits",
            10**400,
            f"{10**39!s}… does not fit Hits: it is too large.",
            "A whole number from 1 to 100. ",
        ),
        (
            "decay.fades_below",
            "1",
            "'1' does not fit Fades below: it is too large.",
            "A number more than 0 and less than 1. ",
        ),
        (
            "store.budget_gb",
            "0,5",
            "'0,5' does not fit Storage budget (GB): write it with a point, not a comma.",
            "A number from 0.1 to 1000. ",
        ),
        ("capture.preset", "fast", "'fast' does not fit How closely.", "One of: light, balanced, thorough. "),
        ("capture.screen", "maybe", "'maybe' does not fit Record the screen.", "On or off. "),
    ],
)
def test_a_value_that_does_not_fit_is_told_what_is_wrong_and_what_is_allowed(
    key: str, value: object, said: str, allowed: str
) -> None:
    with pytest.raises(BadInput) as refused:
        Settings().replaced(key, value)
    assert refused.value.title == said
    assert refused.value.remedy.startswith(allowed)


def test_what_a_number_allows_can_be_typed_as_it_is_written() -> None:
    for group in Settings.model_fields:
        kind = Settings.model_fields[group].annotation
        assert kind is not None
        for name, info in kind.model_fields.items():  # type: ignore[attr-defined]
            if found := re.fullmatch(r"A(?: whole)? number from (\S+) to (\S+)\.", allowed(info)):
                for end in found.groups():
                    assert Settings().replaced(f"{group}.{name}", end).get(f"{group}.{name}") == float(end)


def test_every_choice_of_the_recording_begins_with_a_capital() -> None:
    choices = [choice for field in fields("capture") for choice in field.choices]
    assert {"auto", "rapidocr", "balanced"} <= set(choices)
    assert all(choice_title(choice)[0].isupper() for choice in choices)


def test_what_a_person_looks_for_in_storage_comes_first() -> None:
    assert [field.key for field in fields("store")][:2] == ["store.budget_gb", "store.backups"]
