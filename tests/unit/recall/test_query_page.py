"""docs/query-language.md is true: every row of its tables is asked and understood as it says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.recall.names import KnownNames
from core.recall.query import understand

PAGE = Path(__file__).resolve().parents[3] / "docs" / "query-language.md"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KNOWN = KnownNames(("anna smith", "ben", "josé díaz", "me"), ("Work",))
ROWS = re.findall(r"^\| `(.+)` \| (.*?) ?\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) >= 70


@pytest.mark.parametrize(("written", "understood"), ROWS)
def test_the_page_says_what_is_understood(written: str, understood: str) -> None:
    told = understand(written, NOW, KNOWN).understood
    assert "; ".join(f"{one.kind}: {one.meaning}" for one in told) == understood
