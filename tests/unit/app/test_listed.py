"""What a terminal says: a list of memories in eighty columns, one look as one."""

from io import StringIO
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console

from app.cli.render import listed, settings
from app.commands.request import JSON
from app.recorder_state import recorder_sentence

WORDS = "the boat leaves at nine from pier four with the rope that Carla bought"
ONE: JSON = {
    "memory": "01M803G0WTZBC1H4CYZFHD6VEB",
    "at": "2026-11-21T22:26:00+00:00",
    "kind": "episodic",
    "facet": "frame",
    "strength": 1.0,
    "text": WORDS,
}


def printed(width: int) -> str:
    out = StringIO()
    listed(Console(file=out, width=width), [ONE])
    return out.getvalue()


def test_in_eighty_columns_the_words_have_a_line_of_their_own() -> None:
    lines = printed(80).splitlines()
    assert len(lines) == 2
    assert ONE["memory"] in lines[0]
    assert "1.00" in lines[0]
    assert lines[1].strip() == WORDS


def test_a_wide_terminal_shows_a_table() -> None:
    lines = printed(160).splitlines()
    assert lines[0].split() == ["id", "when", "kind", "strength", "text"]
    assert WORDS in lines[1]


def test_one_look_is_said_as_one() -> None:
    counted = {"state": "recording", "reason": "", "looks": 1, "expected": 1, "waiting": 0}
    assert recorder_sentence(counted) == (
        True,
        "recording: 1 look in the last minute, 1 was due; 0 pictures wait to be read",
    )
    many = recorder_sentence(counted | {"looks": 12, "expected": 13, "waiting": 1})[1]
    assert many == "recording: 12 looks in the last minute, 13 were due; 1 picture waits to be read"


def test_a_setting_is_shown_as_it_is_typed() -> None:
    out = StringIO()
    session = cast(Any, SimpleNamespace(out=Console(file=out, width=80)))
    for key, value in (("person.names", ["Jonas", "Jo"]), ("capture.screen", True), ("capture.hours", "08:00-18:00")):
        settings(session, {"key": key, "value": value})
    assert out.getvalue().splitlines() == [
        "person.names = Jonas, Jo",
        "capture.screen = true",
        "capture.hours = 08:00-18:00",
    ]
