"""A rule's words are found however a title writes them, and in no other words."""

import pytest

from core.capture.rules import Rule, matches
from core.capture.screen.windows import VisibleWindow


def found(pattern: str, title: str) -> bool:
    return matches(Rule(field="title", pattern=pattern), VisibleWindow(app="", title=title, geometry=None))


WRITTEN = [
    ("Bankası", "GARANTİ BANKASI"),
    ("Payroll", "Pay\ufe0froll"),
    ("Payroll", "Pay\u3164roll"),
    ("Payroll", "Pay\u034froll"),
    ("Payroll", "Pay\u2800roll"),
    ("Payroll", "Pay\x07roll"),
    ("Payroll", "𝐏𝐚𝐲𝐫𝐨𝐥𝐥"),
    ("Payroll", "(3) •Payroll*"),
    ("tax return", "tax_return_2025.pdf"),
    ("tax return", "tax-return.pdf"),
    ("tax return", "tax%20return.pdf - Reader"),
    ("annual review", "Annual\u00a0Review"),
    ("annual review", "annual\u2011review"),
    ("خاصة", "نافذة خاصّة"),
    ("خاصة", "خـــاصة"),
    ("גלישה", "גְּלִישָׁה"),
    ("Straße", "STRASSE"),
    ("ёлка", "ЕЛКА"),
    ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
    ("ﾊﾞﾝｸ", "バンク"),
]


@pytest.mark.parametrize(("pattern", "title"), WRITTEN)
def test_a_rules_words_are_found_however_they_are_written(pattern: str, title: str) -> None:
    assert found(pattern, title)


@pytest.mark.parametrize(
    ("pattern", "title"),
    [("min", "mine"), ("Lace", "place"), ("tax return", "taxreturn"), ("tax return", "tax. Return"), ("N26", "AN26")],
)
def test_they_are_not_found_in_other_words(pattern: str, title: str) -> None:
    assert not found(pattern, title)


@pytest.mark.parametrize("field", ["title", "any", "regex"])
def test_a_rule_looks_at_every_title_that_a_window_has(field: str) -> None:
    window = VisibleWindow(app="editor", title="Untitled", also=("Payroll",), geometry=None)
    assert matches(Rule(field=field, pattern="payroll"), window)  # type: ignore[arg-type]
    assert not matches(Rule(field="app", pattern="payroll"), window)
