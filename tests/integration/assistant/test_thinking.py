"""The model is asked while one sleeps, never while one remembers; the person is told when it could not be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.wiring import Opened, open_profile
from core.assistant import finish
from core.errors import ModelMissing
from core.events import Event, Events, Noticed
from core.inference.generator import Generator
from core.memory import Channel, Facet, Observation, Provenance, Selection, SleepRun
from core.paths import ProfilePaths
from core.settings import Settings
from core.store.profile import Profile
from tests.fakes import ScriptedGenerator
from tests.integration.consolidate.minds import TOLD, careful
from tests.made import NOON

_PASSPHRASE = "correct horse battery staple"
TONIGHT = NOON + timedelta(hours=11)
Opening = Callable[[Generator | Exception | None], AbstractContextManager[Opened]]


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def opening(tmp_path: Path, heard: list[Event]) -> Opening:
    paths = ProfilePaths(tmp_path / "profile")
    Profile.create(paths, passphrase=_PASSPHRASE, recovery=False)

    @contextmanager
    def opened(model: Generator | Exception | None) -> Iterator[Opened]:
        profile = Profile(paths)
        profile.unlock(_PASSPHRASE)
        events = Events()
        events.listen(heard.append)

        def chosen(settings: Settings) -> Generator | None:
            if isinstance(model, Exception):
                raise model
            return model

        one = open_profile(profile, events, lambda: NOON, stays=False, generator=chosen)
        try:
            yield one
        finally:
            one.close()

    return opened


def said() -> Iterator[Observation]:
    for number, (text, mine) in enumerate(TOLD):
        yield Observation(
            text=text,
            at=NOON + timedelta(minutes=number),
            facet=Facet.TURN,
            provenance=Provenance(
                channel=Channel.CONVERSATION,
                conversation="talk",
                external_id=f"t{number}",
                speaker="me" if mine else "Dana",
                addressee="Dana" if mine else "me",
                mine=mine,
            ),
        )


def learnt(one: Opened) -> set[str]:
    return {memory.text for memory in one.assistant.memories(Selection(facets=(Facet.FACT,)))}


def slept(one: Opened, **more: bool) -> SleepRun:
    run = finish(one.assistant.sleeping(TONIGHT, **more))
    assert isinstance(run, SleepRun)
    return run


def test_remembering_asks_no_model(opening: Opening) -> None:
    model = ScriptedGenerator(careful)
    with opening(model) as one:
        finish(one.assistant.keep(said(), NOON))
        one.assistant.remember("Lately I took up archery behind our church.", NOON)
        finish(one.assistant.embedding())
        one.assistant.recall("What did I take up?", NOON)
        assert model.asked == []
        run = slept(one)
        assert len(model.asked) == run.counts["requests to the model"] == 1
        assert "My hobby is pottery." in learnt(one)
        assert "My hobby is archery." in learnt(one)


def test_a_dry_run_thinks_too_and_changes_nothing(opening: Opening) -> None:
    with opening(ScriptedGenerator(careful)) as one:
        finish(one.assistant.keep(said(), NOON))
        before = one.assistant.content_hash()
        dry = slept(one, dry_run=True)
        assert dry.counts["facts"] == 4
        assert one.assistant.content_hash() == before
        assert slept(one).counts["facts"] == 4


def test_no_model_chosen_is_a_whole_night_without_a_word(opening: Opening, heard: list[Event]) -> None:
    with opening(None) as one:
        finish(one.assistant.keep(said(), NOON))
        run = slept(one)
    assert run.state == "done"
    assert not [event for event in heard if isinstance(event, Noticed) and event.problem]


def test_a_model_that_is_gone_is_a_whole_night_and_a_sentence(opening: Opening, heard: list[Event]) -> None:
    with opening(ModelMissing("There is no such model.", "Choose another in Settings.")) as one:
        finish(one.assistant.keep(said(), NOON))
        run = slept(one)
    assert run.state == "done"
    (told,) = [event for event in heard if isinstance(event, Noticed) and event.problem]
    assert told.title == "The night went on without the model."
    assert "There is no such model." in told.remedy


def test_thinking_can_be_switched_off(opening: Opening) -> None:
    model = ScriptedGenerator(careful)
    with opening(model) as one:
        one.assistant.set_setting("sleep.think", False)
        finish(one.assistant.keep(said(), NOON))
        slept(one)
        assert model.asked == []
