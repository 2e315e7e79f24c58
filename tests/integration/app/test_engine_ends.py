"""An engine that ends by itself is a notice for the person, and the next question starts another."""

import os
import signal
import time
from pathlib import Path

from core.events import Event, Noticed
from core.inference.generator import LlamaGenerator
from tests.integration.app.hosts import NOW, hosting
from tests.made_models import tiny_llama


def heard_of_a_problem(heard: list[Event]) -> bool:
    return any(isinstance(one, Noticed) and one.problem and "engine" in one.title for one in heard)


def test_an_engine_killed_by_the_system_is_told_of_and_started_again(tmp_path: Path) -> None:
    heard: list[Event] = []
    with hosting(tmp_path / "profile") as host:
        host.events.listen(heard.append)
        shelf = host.models()
        shelf.use(shelf.add(tiny_llama(tmp_path / "tiny.gguf", context=4096), trust=True))
        host.assistant.remember("The key of the shed lies under the blue pot.", NOW)
        first = host.assistant.ask("Where is the key of the shed?", NOW)
        engine = host.assistant.generator()
        assert isinstance(engine, LlamaGenerator)
        pid = engine.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 20
        while not heard_of_a_problem(heard) and time.monotonic() < until:
            time.sleep(0.01)
        again = host.assistant.ask("Where is the key of the shed?", NOW)
        assert engine.pid not in (None, pid)
    assert heard_of_a_problem(heard)
    assert again.text == first.text
