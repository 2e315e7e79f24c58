"""Blanks after the words that secrets are known by: however many there are, redaction looks at each once."""

import pytest

from core.capture.redact import redact


@pytest.mark.parametrize("words", ["password", "the wifi key", "network code (guest)", "seed", "clé wifi"])
@pytest.mark.parametrize("blank", [" ", "\t", "\n", " \n", "\t \n"])
def test_any_number_of_blanks_is_no_secret_and_takes_no_time(words: str, blank: str) -> None:
    text = f"{words}{blank * 400}-"
    assert redact(text).text == text


def test_words_of_a_private_key_above_lines_with_blanks_are_no_key() -> None:
    text = "BEGIN PRIVATE KEY" + "\n " * 400
    assert redact(text).text == text


def test_the_end_of_a_private_key_is_masked_below_lines_with_blanks() -> None:
    text = "AbCd0123AbCd0123AbCd0123 \n \n-----END PRIVATE KEY-----"
    assert "AbCd0123" not in redact(text).text


@pytest.mark.parametrize(
    "words", ["use please ", "log in with ", "password? it's ", "wifi : a1b2c3 (", "(password='a", "AB12 "]
)
def test_words_around_codes_and_passwords_repeated_thousands_of_times_are_read_once(words: str) -> None:
    assert len(redact(words * 3000 + "end").text) > 0
