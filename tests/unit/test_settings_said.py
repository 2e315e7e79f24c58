"""Settings in the words a person reads: a value that does not fit, and every choice of a list."""

import pytest

from core.errors import BadInput
from core.settings import Settings
from ui.settings.model import choice_title, fields


def test_a_value_that_does_not_fit_is_said_by_the_name_the_window_shows() -> None:
    with pytest.raises(BadInput, match=r"'9-25' does not fit Recording hours"):
        Settings().replaced("capture.hours", "9-25")


def test_every_choice_of_the_recording_begins_with_a_capital() -> None:
    choices = [choice for field in fields("capture") for choice in field.choices]
    assert {"auto", "rapidocr", "balanced"} <= set(choices)
    assert all(choice_title(choice)[0].isupper() for choice in choices)


def test_what_a_person_looks_for_in_storage_comes_first() -> None:
    assert [field.key for field in fields("store")][:2] == ["store.budget_gb", "store.backups"]
