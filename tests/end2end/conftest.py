"""One display for all window tests, one open window with the sample for most of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from core.capture.screen.reader import Reader
from tests.end2end.driven import PASSPHRASE, SAMPLE, SHOTS, Driven, display, driven, needs_display, opened, until
from tests.xserver import Desk

Someone = Callable[..., Driven]


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    one = Reader()
    yield one
    one.close()


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    needs_display()
    with display(tmp_path_factory.mktemp("display")) as made:
        yield made


@pytest.fixture(scope="module")
def open_window(screen: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    """A running Mneme with the sample's conversations in it, imported by another process beside the window."""
    with driven(screen, tmp_path_factory.mktemp("shared")) as person:
        SHOTS.mkdir(exist_ok=True)
        person.make_profile()
        person.start(passphrase=PASSPHRASE)
        until(lambda: opened(person), "not open")
        person.mneme("remember", "The spare key is under the blue flower pot.", "--no-wait")
        imported = person.mneme("import", str(SAMPLE / "conversations.jsonl"))
        assert imported.result["new"] == 178
        yield person


@pytest.fixture
def someone(screen: Desk, tmp_path: Path) -> Iterator[Someone]:
    """Makes persons with profiles of their own; ends what they started."""
    with ExitStack() as stack:
        made = 0

        def make(**variables: str) -> Driven:
            nonlocal made
            made += 1
            who: AbstractContextManager[Driven] = driven(screen, tmp_path / f"p{made}", **variables)
            return stack.enter_context(who)

        yield make
