"""The log keeps where something went wrong and nothing of what was said."""

import logging
import sys
from pathlib import Path

import pytest

from app.crash import told
from app.logs import NAME, logging_to
from core.paths import ProfilePaths


@pytest.fixture
def paths(tmp_path: Path) -> ProfilePaths:
    tmp_path.chmod(0o700)
    found = ProfilePaths(tmp_path)
    found.public.write_text("{}")
    return found


def fails_with(words: str) -> None:
    raise ValueError(words)


def test_an_error_is_logged_with_its_place_and_without_its_words(paths: ProfilePaths) -> None:
    with logging_to(paths):
        try:
            fails_with("the spare key hangs behind the door")
        except ValueError:
            logging.getLogger("core.test").exception("unexpected")
    written = (paths.logs / NAME).read_text()
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert "fails_with" in written
    assert "spare key" not in written
    assert (paths.logs / NAME).stat().st_mode & 0o077 == 0


def test_what_a_library_says_is_not_written(paths: ProfilePaths) -> None:
    with logging_to(paths):
        logging.getLogger("chromadb.something").error("cannot index %s", "the spare key")
        logging.getLogger("app.something").error("our own words")
    written = (paths.logs / NAME).read_text()
    assert "chromadb.something" in written
    assert "spare key" not in written
    assert "our own words" in written


def test_a_folder_that_is_no_profile_gets_no_log(tmp_path: Path) -> None:
    with logging_to(ProfilePaths(tmp_path)):
        logging.getLogger("app").error("words")
    assert list(tmp_path.iterdir()) == []


def test_a_bug_is_a_sentence_on_the_terminal(paths: ProfilePaths, capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.excepthook
    with logging_to(paths), told(paths):
        try:
            fails_with("the spare key")
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "Traceback" not in said
    assert "spare key" not in said
    assert "spare key" not in (paths.logs / NAME).read_text()
    assert sys.excepthook is before
