import threading
from collections.abc import Iterator

import pytest

from core.errors import Cancelled, Problem
from core.urgency import Urgency
from core.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


def test_a_question_goes_before_upkeep_that_has_already_begun(worker: Worker) -> None:
    order: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def night() -> Iterator[None]:
        for step in range(3):
            order.append(f"night {step}")
            begun.set()
            assert go_on.wait(10)
            yield

    ended = threading.Event()
    worker.submit(night, Urgency.UPKEEP, lambda _: ended.set())
    assert begun.wait(10)
    worker.submit(lambda: order.append("capture"), Urgency.CAPTURE)
    worker.submit(lambda: order.append("question"), Urgency.QUESTION)
    go_on.set()
    assert ended.wait(10)
    assert order == ["night 0", "question", "capture", "night 1", "night 2"]


def test_what_an_iterator_returns_is_the_result(worker: Worker) -> None:
    def work() -> Iterator[int]:
        yield 1
        return 42

    assert worker.call(work, Urgency.CAPTURE) == 42


def test_a_problem_reaches_who_asked_and_the_worker_goes_on(worker: Worker) -> None:
    def fails() -> None:
        raise Problem("no")

    with pytest.raises(Problem, match="no"):
        worker.call(fails, Urgency.QUESTION)
    assert worker.call(lambda: "fine", Urgency.QUESTION) == "fine"


def test_a_cancelled_job_stops_at_its_next_step(worker: Worker) -> None:
    begun, failed = threading.Event(), threading.Event()
    steps: list[int] = []
    errors: list[BaseException] = []

    def endless() -> Iterator[None]:
        while True:
            steps.append(1)
            begun.set()
            yield

    def told(error: BaseException) -> None:
        errors.append(error)
        failed.set()

    job = worker.submit(endless, Urgency.UPKEEP, failed=told)
    assert begun.wait(10)
    job.cancel()
    assert failed.wait(10)
    assert isinstance(errors[0], Cancelled)


def test_after_close_nothing_runs() -> None:
    worker = Worker("closing")
    worker.close()
    errors: list[BaseException] = []
    worker.submit(lambda: None, Urgency.QUESTION, failed=errors.append)
    assert isinstance(errors[0], Cancelled)


def test_a_listener_that_fails_does_not_take_the_thread_with_it(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda hook: told.append(hook.exc_type))

    def fails(_: object) -> None:
        raise LookupError("a bug in whoever listens")

    worker.submit(lambda: None, Urgency.CAPTURE, done=fails)
    assert worker.call(lambda: "fine", Urgency.UPKEEP) == "fine"
    assert told == [LookupError]
