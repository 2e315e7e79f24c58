"""Work in a thread of its own, while the thread that sleeps only looks in now and then."""

import threading
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")

_LOOK_S = 0.02
"""How long the thread that sleeps waits at most between two looks: what is more urgent waits no longer."""
_END_S = 5.0


def aside(work: Callable[[Callable[[], bool]], T]) -> Generator[None, None, T]:
    """Yield until `work` is done; what it returns or raises is the result.

    `work` is given a function that turns true when the generator is closed, and has to end soon after.
    """
    stopped, done = threading.Event(), threading.Event()
    result: list[T] = []
    error: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work(stopped.is_set))
        # The border of a thread: whatever happens belongs to whoever waits for it.
        except BaseException as problem:
            error.append(problem)
        finally:
            done.set()

    thread = threading.Thread(target=run, name="thinking", daemon=True)
    thread.start()
    try:
        yield
        while not done.wait(_LOOK_S):
            yield
    finally:
        stopped.set()
        thread.join(_END_S)
    if error:
        raise error[0]
    return result[0]
