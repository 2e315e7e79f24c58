"""Both engines read drawn lines; the one that is not installed says so."""

import shutil
from collections.abc import Iterator

import pytest

from app.bench.ocr.paper import Paper, face
from app.bench.ocr.score import scored
from core.capture.rect import Rect
from core.capture.screen.engine import EngineName, TextEngine, cut
from core.capture.screen.rapid_ocr import RapidOcr
from core.capture.screen.reader import Reader
from core.capture.screen.tesseract import Tesseract
from core.errors import Missing

LINES = ("Invoice number 4711 is due", "Dana pays before Friday noon", "the garden group meets again")
WITH_TESSERACT = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed here")


def paper(ground: str = "white", ink: str = "black") -> Paper:
    drawn = Paper(640, 220, ground)
    for n, line in enumerate(LINES):
        drawn.write(40, 30 + 50 * n, line, face("sans", 17), ink)
    return drawn


@pytest.fixture(params=["rapidocr", pytest.param("tesseract", marks=WITH_TESSERACT)], scope="module")
def engine(request: pytest.FixtureRequest) -> TextEngine:
    return {"rapidocr": RapidOcr, "tesseract": Tesseract}[request.param]()


@pytest.mark.parametrize(("ground", "ink"), [("white", "black"), ("#1e1e1e", "#dddddd")])
def test_lines_are_found_and_read_where_they_are(engine: TextEngine, ground: str, ink: str) -> None:
    pixels = paper(ground, ink).pixels
    lines = [line for some in engine.read(Rect(1000, 500, 640, 220), pixels) for line in some]
    said = sorted((line[0].top, " ".join(word.text for word in line)) for line in lines)
    assert [text for _, text in said] == list(LINES)
    for line, word in zip(sorted(lines, key=lambda line: line[0].top), paper().words[::5], strict=False):
        assert abs(line[0].left - 1000 - 40) <= 4
        assert 500 <= line[0].top <= 500 + word.box.bottom + 130


def test_each_crop_has_its_answer_and_an_empty_one_an_empty_one(engine: TextEngine) -> None:
    pixels = paper().pixels
    places = [Rect(30, 126, 560, 30), Rect(30, 0, 500, 20), Rect(30, 26, 560, 30)]
    third, nothing, first = engine.recognise([(place, cut(pixels, place)) for place in places])
    assert " ".join(word.text for word in third) == LINES[2]
    assert nothing == ()
    assert " ".join(word.text for word in first) == LINES[0]
    assert {(word.top, word.height) for word in first} == {(26, 30)}
    assert abs(first[0].left - 40) <= 3


@pytest.fixture(params=["rapidocr", pytest.param("tesseract", marks=WITH_TESSERACT)])
def chosen(request: pytest.FixtureRequest) -> Iterator[Reader]:
    name: EngineName = request.param
    reader = Reader(engine=name)
    yield reader
    reader.close()


def test_the_chosen_engine_reads_in_the_readers_process(chosen: Reader) -> None:
    score = scored(paper().words, chosen.read(paper().pixels))
    assert score.right == score.drawn == 15


def test_tesseract_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match="not installed"):
        Tesseract()
    reader = Reader(engine="tesseract")
    try:
        with pytest.raises(Missing, match="not installed"):
            reader.read(paper().pixels)
    finally:
        reader.close()
