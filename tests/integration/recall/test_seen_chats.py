"""A message and the frames that show it come up once; a frame that tells more stays."""

from dataclasses import replace
from datetime import timedelta

from core.memory import Channel, Draft, Facet, Provenance
from tests.integration.recall.conftest import Kept
from tests.made import NOON

SAID = "The plumber comes on Thursday and brings the copper pipe."
AROUND = "Search\nTrip to Ghent\nDana Kim 12:01\n{said}\nWrite a message..."


def seen(said: str, seconds: int) -> Draft:
    return Draft(
        text=AROUND.format(said=said),
        at=NOON + timedelta(seconds=seconds),
        facet=Facet.FRAME,
        provenance=Provenance(channel=Channel.SCREEN, app="Telegram", window="Trip to Ghent"),
    )


def turn() -> Draft:
    return Draft(
        text=SAID,
        at=NOON,
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.SCREEN,
            app="Telegram",
            conversation="Telegram Trip to Ghent",
            external_id="1",
            speaker="Dana Kim",
        ),
    )


def test_frames_go_under_the_turn_that_was_read_from_them(kept: Kept) -> None:
    kept.keep([seen(f"{SAID}\nHello number {n}", n) for n in range(5)])
    kept.keep([turn()])
    hits = kept.ask("When does the plumber come with the copper pipe?").hits
    assert hits[0].memory.text == SAID
    assert hits[0].memory.provenance.speaker == "Dana Kim"
    assert hits[0].why.folded == 5
    assert all(hit.memory.facet is not Facet.FRAME for hit in hits)


def test_a_frame_that_holds_more_of_the_question_stays(kept: Kept) -> None:
    kept.keep([seen(f"{SAID}\nThe boiler leaks since yesterday", 1), turn()])
    texts = kept.texts("plumber boiler leaks")
    assert any("boiler" in text for text in texts)


def test_a_frame_of_other_words_stays(kept: Kept) -> None:
    frame = replace(seen("The plumber was paid.", 1), text="Receipt: the plumber was paid in March.")
    kept.keep([frame, turn()])
    assert len(kept.texts("plumber")) == 2


def test_a_said_turn_hides_no_frame(kept: Kept) -> None:
    said = replace(turn(), provenance=replace(turn().provenance, channel=Channel.CONVERSATION))
    kept.keep([seen(SAID, 1), said])
    assert len(kept.texts("plumber copper pipe")) == 2
