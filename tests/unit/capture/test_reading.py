"""From a waiting frame to what is kept: what must be in neither words nor pixels, what is tried again and let go."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.capture.rect import Rect
from core.capture.rules import Rule
from core.capture.screen.known import Expected
from core.capture.screen.label import Label
from core.capture.screen.page import Line, ReadPage
from core.capture.screen.picture import Picture
from core.capture.screen.reading import SILENT_S, FrameReading
from core.capture.screen.told import Heard, Silence, outside, rest_of
from core.errors import ChildDied, DiskFull, Problem
from core.memory import Gap, MediaId, Observation, WordBox
from core.paths import ProfilePaths
from core.settings import Capture
from core.store.media import BaseGone
from core.store.media.spool import Spool

WIDE, HIGH = 320, 96
CARD = "4111111111111111"
LEFT, RIGHT = (0, 0, 160, 96), (160, 0, 160, 96)
LABEL = Label(
    at="2026-03-02T09:00:00+00:00",
    monitor="one",
    width=WIDE,
    height=HIGH,
    app="firefox",
    window="diary",
    url="https://diary.example",
    windows=(("gedit", "letter.txt", "", *LEFT), ("firefox", "diary", "https://diary.example", *RIGHT)),
)


def word(text: str, left: int, top: int = 20) -> WordBox:
    return WordBox(text=text, left=left, top=top, width=60, height=16)


LETTER, DIARY = word("Neighbour", 20), word("Confession", 200)


@dataclass
class Told(Silence):
    """What the windows of the frame tell, and whether it was dropped."""

    said: Heard = field(default_factory=Heard)
    forgotten: int = 0

    def heard(self, monitor: str, at: str) -> Heard:
        return self.said

    def forget(self) -> None:
        self.forgotten += 1


@dataclass
class Read:
    """A reader that finds the given words in what is not black, and fails when it is told to."""

    words: tuple[WordBox, ...] = (LETTER, DIARY)
    errors: list[Problem] = field(default_factory=list)
    silent_s: float = 0.0
    rested: int = 0
    given: list[ReadPage | None] = field(default_factory=list)

    def read(self, pixels: np.ndarray, before: ReadPage | None = None, changed: Sequence[Rect] = ()) -> ReadPage:
        self.given.append(before)
        if self.errors:
            raise self.errors.pop(0)
        seen = [one for one in self.words if pixels[one.top + 8, one.left + 30].any()]
        return ReadPage(lines=tuple((one,) for one in seen), width=WIDE, height=HIGH)

    def rest(self) -> bool:
        self.rested += 1
        return True


@dataclass
class Kept:
    observation: Observation
    picture: Picture | None
    masked: int


class Reading:
    """All but the reader's engine and the vault is real."""

    def __init__(self, root: Path) -> None:
        paths = ProfilePaths(root)
        paths.spool.mkdir(parents=True)
        self.files, self.spool = paths.spool, Spool(paths)
        self.kept: list[Kept] = []
        self.gaps: list[Gap] = []
        self.heard: list[tuple[tuple[Line, ...], Label]] = []
        self.seen: list[np.ndarray] = []
        self.reader, self.telling, self.settings = Read(), Told(), Capture()
        self.rules: tuple[Rule, ...] = ()
        self.refuse: list[Problem] = []
        blocks = np.random.default_rng(4).integers(1, 255, (HIGH // 16, WIDE // 16, 3), dtype=np.uint8)
        self.pixels = blocks.repeat(16, axis=0).repeat(16, axis=1)  # such a picture is kept to the pixel
        self.reading = FrameReading(
            spool=self.spool,
            reader=self.reader,
            keep=self.keep,
            settings=lambda: self.settings,
            gap=self.gaps.append,
            hear=self.hear,
            telling=self.telling,
            rules=lambda: self.rules,
        )

    def hear(self, page: ReadPage, label: Label, pixels: np.ndarray) -> None:
        self.heard.append((page.lines, label))
        self.seen.append(pixels)

    def keep(self, observation: Observation, picture: Picture | None, masked: int) -> MediaId | None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.kept.append(Kept(observation, picture, masked))
        return MediaId(f"{len(self.kept):026}") if picture is not None else None

    def put(self, label: Label = LABEL) -> None:
        self.spool.put(zlib.compress(self.pixels.tobytes()), label.packed())

    def one(self, label: Label = LABEL) -> Kept:
        """What is kept of one frame."""
        self.put(label)
        assert self.reading.step()
        return self.kept[-1]


@pytest.fixture
def at(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def shown(kept: Kept) -> np.ndarray:
    assert kept.picture is not None
    assert (kept.picture.base, kept.picture.form) == (None, "lossless")
    return np.asarray(Image.open(BytesIO(kept.picture.data)).convert("RGB"))


def black(kept: Kept, place: Rect) -> bool:
    return not shown(kept)[place.top : place.bottom, place.left : place.right].any()


# -- what must not be kept


def test_a_page_is_kept_with_its_window_its_address_and_its_picture(at: Reading) -> None:
    kept = at.one()
    origin = kept.observation.provenance
    assert (kept.observation.text, kept.masked) == ("Neighbour\nConfession", 0)
    assert (origin.app, origin.window, origin.url) == ("firefox", "diary", "https://diary.example")
    assert shown(kept).any()


@pytest.mark.parametrize("how", ["not proven", "a rule that came"])
def test_of_a_window_that_may_not_be_kept_any_more_nothing_is(at: Reading, how: str) -> None:
    label = LABEL
    if how == "not proven":
        label = replace(LABEL, by_word=(RIGHT,))
    else:
        at.rules = (Rule(field="title", pattern="letter.txt", seeded=True), Rule(field="title", pattern="diary"))
    at.telling.said = Heard(lines=((word("Whispered", 200, 60),),))
    kept = at.one(label)
    assert kept.observation.text == "Neighbour"
    assert "diary" not in repr(kept.observation)
    assert black(kept, Rect(*RIGHT))
    assert not black(kept, Rect(*LEFT)), "what is beside it stays"
    ((lines, heard),) = at.heard
    assert [one.text for line in lines for one in line] == ["Neighbour"]
    assert heard.windows == LABEL.windows[:1]


def test_a_window_that_told_the_same_again_is_kept_with_what_it_told(at: Reading) -> None:
    at.telling.said = Heard(lines=((word("Whispered", 200, 60),),), proven=(Rect(*RIGHT),))
    kept = at.one(replace(LABEL, by_word=(RIGHT,)))
    assert set(kept.observation.text.split()) == {"Neighbour", "Confession", "Whispered"}
    assert not black(kept, Rect(*RIGHT))


def test_the_front_window_keeps_its_name_where_another_is_left_out(at: Reading) -> None:
    at.rules = (Rule(field="app", pattern="gedit"),)
    origin = at.one().observation.provenance
    assert (origin.app, origin.window) == ("firefox", "diary")


def test_a_secret_is_neither_in_the_words_nor_in_the_picture_nor_in_what_a_talk_is_read_of(at: Reading) -> None:
    at.reader.words = (LETTER, word(CARD, 200))
    kept = at.one()
    assert (kept.observation.text, kept.masked) == ("Neighbour\n[masked: card]", 1)
    assert black(kept, Rect(198, 18, 64, 20)), "two pixels more on each side"
    assert not black(kept, Rect(20, 20, 60, 16))
    ((lines, _),) = at.heard
    assert [one.text for line in lines for one in line] == ["Neighbour", "[masked: card]"]


def test_the_pixels_a_talk_is_read_of_are_those_that_are_kept(at: Reading) -> None:
    at.reader.words = (LETTER, replace(DIARY, text="4111 1111 1111 1111"))
    kept = at.one()
    assert kept.masked == 1
    assert np.array_equal(at.seen[-1], shown(kept))
    assert not at.seen[-1][DIARY.top + 8, DIARY.left + 8].any()
    at.one(replace(LABEL, by_word=(RIGHT,)))
    assert not at.seen[-1][RIGHT[1] : RIGHT[1] + RIGHT[3], RIGHT[0] : RIGHT[0] + RIGHT[2]].any()


def test_without_pictures_only_the_words_are_kept(at: Reading) -> None:
    at.settings = Capture(pictures=False)
    assert at.one().picture is None


def test_a_line_in_any_of_several_places_is_taken_out() -> None:
    lines = ((word("one", 20),), (word("two", 200),), (word("three", 20, 60),))
    assert outside(lines, (Rect(*RIGHT), Rect(0, 50, 160, 46))) == lines[:1]
    assert outside(lines, ()) == lines


def test_a_known_line_gives_way_to_what_was_told_there(at: Reading) -> None:
    known = ReadPage(lines=((LETTER,), (DIARY,)), width=WIDE, height=HIGH)
    rest = rest_of(at.pixels, Expected(page=known, changed=()), ((replace(DIARY, text="Told"),),))
    assert rest.expected.page is not None
    assert rest.expected.page.lines == ((LETTER,),)
    assert np.ptp(rest.pixels[22:34, 202:258].reshape(-1, 3), axis=0).max() == 0, "what was told is painted over"


# -- what fails


def test_what_cannot_be_read_is_tried_twice_and_is_then_a_gap_at_its_moment(at: Reading) -> None:
    died = ChildDied("The text reader ended while it was needed.", "It is started again.")
    at.reader.errors = [died, died]
    at.put()
    for waiting in (1, 0):
        with pytest.raises(ChildDied):
            at.reading.step()
        assert at.spool.waiting == waiting
    ((begins, ends, reason),) = [(gap.begins.isoformat(), gap.ends.isoformat(), gap.reason) for gap in at.gaps]
    assert (begins, ends, reason) == (LABEL.at, LABEL.at, died.title)
    assert list(at.files.iterdir()) == []


def test_while_the_disk_is_full_a_frame_waits_however_often_it_is_tried(at: Reading) -> None:
    at.refuse = [DiskFull("The disk is full.", "Free some space.") for _ in range(4)]
    at.put()
    for _ in range(4):
        with pytest.raises(DiskFull):
            at.reading.step()
    assert (at.gaps, at.spool.waiting) == ([], 1)
    assert at.reading.step()
    assert at.kept[0].observation.text == "Neighbour\nConfession"


def test_a_frame_whose_file_was_changed_is_a_gap_at_its_moment(at: Reading) -> None:
    at.put()
    (file,) = at.files.iterdir()
    file.write_bytes(b"")
    assert at.reading.step()
    assert [gap.begins.isoformat() for gap in at.gaps] == [LABEL.at]
    assert at.kept == []


def test_a_reader_that_says_nothing_for_long_is_trouble_and_one_that_rests_is_not(at: Reading) -> None:
    assert at.reading.trouble() == ""
    at.reader.silent_s = SILENT_S
    assert "does not answer" in at.reading.trouble()


def test_where_nothing_waits_the_reader_may_give_its_memory_back(at: Reading) -> None:
    assert not at.reading.step()
    assert at.reader.rested == 1


# -- what is remembered between frames


def test_a_picture_whose_base_is_gone_is_kept_whole_and_nothing_more_is_kept_against_that(at: Reading) -> None:
    first = at.pixels
    assert at.one().picture is not None
    at.pixels = first.copy()
    at.pixels[80:90, 10:20] = 200
    patch = at.one().picture
    assert patch is not None
    assert patch.base == MediaId(f"{1:026}")
    at.pixels[80:90, 30:40] = 200
    at.refuse = [BaseGone()]
    whole = at.one().picture
    assert whole is not None
    assert whole.base is None
    at.pixels = first
    after = at.one().picture
    assert after is not None
    assert after.base != MediaId(f"{1:026}"), "that is the picture that is gone, to the pixel"


def test_after_a_lock_nothing_of_earlier_frames_is_held(at: Reading) -> None:
    at.one()
    at.one()
    assert [before is None for before in at.reader.given] == [True, False]
    at.reading.forget()
    kept = at.one()
    assert at.reader.given[-1] is None
    assert kept.picture is not None
    assert kept.picture.base is None
    assert at.telling.forgotten == 1
