"""Words of the window that stand in several places."""

import pytest
from PySide6.QtCore import QLocale

from ui.words import took


@pytest.mark.parametrize(
    ("ms", "said"), [(0.4, "0 ms"), (312.0, "312 ms"), (1000.0, "1.0 s"), (9_940.0, "9.9 s"), (86_684.0, "87 s")]
)
def test_what_takes_long_is_told_in_seconds(ms: float, said: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    try:
        assert took(ms) == said
    finally:
        QLocale.setDefault(before)
