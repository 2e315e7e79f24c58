"""The tables in docs/benchmarks.md are what `mneme bench recall --table` writes."""

import re
from pathlib import Path

import pytest

from app.bench.table import ABLATION, BASELINES, BESIDE, CATEGORIES, OTHERS

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- bench recall: (.+?) -->\n(.*?)<!-- end -->", DOCS, re.S))
_NUMBER = re.compile(r"[+-]?\d[\d.]*(?:e[+-]?\d+)?( to -?\d+\.\d{3})?")


def tables(block: str) -> dict[str, list[list[str]]]:
    """Cells of each table's lines by its header."""
    found: dict[str, list[list[str]]] = {}
    for part in re.split(r"\n\s*\n", block.strip()):
        lines = [line for line in part.splitlines() if line.startswith("|")]
        if lines:
            found[lines[0]] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return found


def test_there_are_tables_of_a_run_and_of_its_parts() -> None:
    assert {"locomo", "locomo, ablate"} <= set(BLOCKS)
    whole = tables(BLOCKS["locomo"])
    assert {CATEGORIES, BASELINES, OTHERS} <= set(whole)
    assert ABLATION in tables(BLOCKS["locomo, ablate"])
    assert [row[0] for row in whole[BASELINES]] == ["Mneme", *BESIDE]


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_each_line_has_the_columns_of_its_header_and_figures_in_them(name: str) -> None:
    for header, rows in tables(BLOCKS[name]).items():
        assert header in (CATEGORIES, BASELINES, ABLATION, OTHERS)
        assert rows
        for row in rows:
            assert len(row) == header.count("|") - 1
            figures = [cell for place, cell in enumerate(row[1:]) if cell and not (header == OTHERS and place == 1)]
            assert figures
            assert all(_NUMBER.fullmatch(figure) for figure in figures), row


def test_what_does_not_beat_the_union_is_not_the_default() -> None:
    for row in tables(BLOCKS["locomo"])[BASELINES][1:]:
        assert float(row[6].partition(" to ")[0]) > 0, f"not surely better than {row[0]}"
