"""The curve of a memory in a terminal and as a picture."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.cli import drawn
from app.cli.curve import plot
from app.commands.memories import life_form
from app.commands.request import JSON
from core.decay.life import life
from core.errors import BadInput, Problem
from core.memory import Use
from core.settings import Decay
from tests.unit.decay.test_curve import BEGIN, memory
from ui.look import contrast

DAY = timedelta(days=1)
COLOURS = [drawn.LIGHT, drawn.DARK]


def form() -> JSON:
    held = memory(stability_days=110.0, uses=1, last_used=BEGIN + 40 * DAY)
    return life_form(life(held, [Use(at=BEGIN + 40 * DAY, stability_days=60.0)], BEGIN + 60 * DAY, Decay()))


def test_the_curve_in_the_terminal_has_its_uses_today_and_the_day_it_fades() -> None:
    lines = [line.plain for line in plot(form())]
    assert lines[0].startswith(" 100 %")
    assert any(line.startswith("  20 %") for line in lines)
    axis, dates = lines[-2], lines[-1]
    assert axis.count("●") == 1
    assert axis.count("▲") == 1
    assert "today" in dates
    assert "fades 10 Aug 26" in dates
    assert max(map(len, lines)) <= 80


def test_the_curve_in_the_terminal_falls_to_the_right() -> None:
    lines = [line.plain for line in plot(life_form(life(memory(), [], BEGIN, Decay())))][:-2]
    heights = ["▁▂▃▄▅▆▇█".find(line[7 + 30]) for line in lines]
    firsts = ["▁▂▃▄▅▆▇█".find(line[7]) for line in lines]
    assert sum(at >= 0 for at in firsts) > sum(at >= 0 for at in heights)


@pytest.mark.parametrize("dark", [False, True])
def test_the_picture_as_svg_is_well_formed_and_says_what_it_shows(tmp_path: Path, dark: bool) -> None:
    file = tmp_path / "curve.svg"
    drawn.write(file, form(), "A note <of> 5 January", "Will fade on 10 August 2026.", dark=dark)
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A note <of> 5 January" in texts
    assert "10 August 2026" in texts
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 3
    assert "The lamp is green" not in file.read_text(encoding="utf-8")


def test_the_picture_as_png_has_the_colours_of_its_ground_and_curve(tmp_path: Path) -> None:
    file = tmp_path / "curve.png"
    drawn.write(file, form(), "A note", "Will fade.", dark=True)
    with Image.open(file) as image:
        assert image.size == (drawn.WIDTH * 2, drawn.HEIGHT * 2)
        data = image.convert("RGB").tobytes()
    pixels = {data[at : at + 3] for at in range(0, len(data), 3)}
    assert {bytes.fromhex(colour[1:]) for colour in (drawn.DARK.ground, drawn.DARK.accent)} <= pixels


@pytest.mark.parametrize("colours", COLOURS)
def test_all_that_is_written_in_a_picture_can_be_read(colours: drawn.Colours) -> None:
    for ground in (colours.ground, colours.shade):
        for ink in (colours.text, colours.muted, colours.warn):
            assert contrast(ink, ground) >= 4.5
    assert contrast(colours.accent, colours.ground) >= 3.0


def test_another_kind_of_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot be written to curve\.gif"):
        drawn.write(tmp_path / "curve.gif", form(), "A note", "")
    with pytest.raises(Problem, match="cannot be written"):
        drawn.write(tmp_path / "none" / "curve.svg", form(), "A note", "")


def test_ticks_are_few_whatever_the_span() -> None:
    for days in (1, 5, 60, 80, 400, 1000, 3000):
        one = memory(stability_days=float(days))
        made = life_form(life(one, [], BEGIN, Decay()))
        shapes = list(drawn.shapes_of(made, "", "", drawn.LIGHT))
        dated = [
            one
            for one in shapes
            if isinstance(one, drawn.Words) and re.fullmatch(r"\d+ \w{3}|\w{3}( \d{4})?", one.said)
        ]
        assert 1 <= len(dated) <= 12
