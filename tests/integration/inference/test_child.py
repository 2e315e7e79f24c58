"""A child process may hang, die, babble or hoard: its host goes on and says what happened."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from core.errors import BadInput, Cancelled, ChildDied, ModelProblem, Problem
from core.inference.child import Child, Limits, Preempted, Reply, child_main
from core.urgency import Urgency

MODULE = "tests.integration.inference.trial_child"


class Trial(Child):
    """The trial child with a clock of its own and a record of its deaths."""

    def __init__(self, module: str = MODULE, memory_mb: int | None = None, start_s: float = 30) -> None:
        self.deaths: list[str] = []
        self.now = 0.0
        super().__init__(
            module,
            name="trial",
            limits=Limits(memory_mb=memory_mb, start_s=start_s),
            hello={"greeting": "hello"},
            on_death=self.deaths.append,
            clock=lambda: self.now,
        )


@pytest.fixture
def child() -> Iterator[Trial]:
    before = threading.active_count()
    trial = Trial()
    yield trial
    trial.close()
    assert threading.active_count() == before


def echo(child: Child, text: str = "x", urgency: Urgency = Urgency.CAPTURE) -> str:
    return str(child.call({"do": "echo", "text": text}, b"abc", timeout_s=20, urgency=urgency)[0]["text"])


def note(stream: Iterator[Reply], seen: list[object]) -> None:
    for part, _ in stream:
        seen.append(part)


def until(true: object) -> None:
    assert callable(true)
    for _ in range(10_000):
        if true():
            return
        time.sleep(0.002)
    raise AssertionError("it never happened")


def test_a_child_is_greeted_asked_and_ended(child: Trial) -> None:
    assert child.start() == {"greeted": {"greeting": "hello"}}
    assert child.alive
    assert child.call({"do": "echo", "text": "lone \ud800"}, b"abc", timeout_s=20) == ({"text": "lone \ud800"}, b"cba")
    pid = child.pid
    child.stop()
    assert not child.alive
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert echo(child, "again") == "again"
    assert child.deaths == []


def test_a_large_picture_goes_through_and_a_larger_one_is_refused(child: Trial) -> None:
    _, back = child.call({"do": "echo"}, bytes(40 * 2**20), timeout_s=60)
    assert len(back) == 40 * 2**20
    with pytest.raises(Problem, match="too large"):
        child.call({"do": "echo"}, bytes(64 * 2**20 + 1), timeout_s=60)
    assert echo(child) == "x"


def test_the_childs_problems_arrive_as_they_were_and_bugs_without_content(child: Trial) -> None:
    with pytest.raises(BadInput) as caught:
        child.call({"do": "refuse"}, timeout_s=20)
    assert (caught.value.title, caught.value.remedy) == ("This cannot be read.", "Give it something else.")
    with pytest.raises(Problem) as bug:
        child.call({"do": "stumble", "text": "canary-4711"}, timeout_s=20)
    assert "canary-4711" not in str(bug.value)
    assert "canary-4711" not in "".join(child.last_lines())
    with pytest.raises(Problem):
        child.call({"do": "unknown"}, timeout_s=20)
    assert echo(child) == "x"


def test_what_a_child_prints_never_reaches_the_pipe(child: Trial) -> None:
    assert child.call({"do": "chatter"}, timeout_s=20) == ({}, b"")
    assert echo(child) == "x"
    until(lambda: "printed by native code" in child.last_lines())


def test_a_child_has_no_socket_no_secret_and_a_session_of_its_own(
    child: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNEME_PASSPHRASE", "canary")
    monkeypatch.setenv("https_proxy", "http://canary")
    assert child.call({"do": "dial"}, timeout_s=20)[0] == {"refused": ["connect", "getaddrinfo"]}
    about, _ = child.call({"do": "about"}, timeout_s=20)
    assert "canary" not in str(about["environment"])
    assert about["session"] == about["pid"] == child.pid


def test_a_killed_child_is_told_of_and_started_again(child: Trial) -> None:
    with pytest.raises(ChildDied) as caught:
        child.call({"do": "die", "hard": True}, timeout_s=20)
    assert caught.value.remedy
    until(lambda: child.deaths == ["The trial ended by signal 9."])
    assert echo(child) == "x"


def test_a_child_killed_between_two_calls_is_started_again(child: Trial) -> None:
    child.start()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: child.deaths)
    assert echo(child) == "x"


def test_after_three_restarts_in_ten_minutes_it_is_given_up_for_a_while(child: Trial) -> None:
    for _ in range(4):
        with pytest.raises(ChildDied, match="while it was needed"):
            child.call({"do": "die"}, timeout_s=20)
    for _ in range(3):  # refused again and again, not once
        with pytest.raises(ChildDied, match="ten minutes") as caught:
            echo(child)
        assert caught.value.remedy
    child.now = 601.0
    assert echo(child) == "x"


def test_being_stopped_on_purpose_costs_no_restart(child: Trial) -> None:
    for _ in range(6):
        assert echo(child) == "x"
        child.stop()
    assert child.deaths == []


def test_a_child_that_is_to_be_renewed_goes_on_until_the_next_request(child: Trial) -> None:
    for _ in range(5):  # more often than it may be restarted: nothing has ended by itself
        assert echo(child) == "x"
        first = child.pid
        child.renew()
        assert (child.alive, child.pid) == (True, first)
        assert echo(child) == "x"
        assert child.pid != first
    assert child.deaths == []


def test_a_call_that_takes_too_long_is_ended(child: Trial) -> None:
    child.start()
    with pytest.raises(ChildDied, match="did not answer"):
        child.call({"do": "sleep", "seconds": 100}, timeout_s=0.3)
    assert echo(child) == "x"


def test_nonsense_in_the_pipe_ends_the_child_not_the_host(child: Trial) -> None:
    with pytest.raises(ChildDied):
        child.call({"do": "garble"}, timeout_s=20)
    assert echo(child) == "x"


def test_hoarding_is_refused_within_the_limit() -> None:
    with closing(Trial(memory_mb=256)) as child:
        with pytest.raises(ModelProblem, match="memory"):
            child.call({"do": "hoard", "bytes": 400 * 2**20}, timeout_s=20)
        assert child.call({"do": "hoard", "bytes": 10 * 2**20}, timeout_s=20)[0] == {"bytes": 10 * 2**20}


def test_a_stream_yields_its_parts_and_can_be_left(child: Trial) -> None:
    parts = child.stream({"do": "count", "until": 5}, timeout_s=20)
    assert [part["number"] for part, _ in parts] == [0, 1, 2, 3, 4]
    with closing(child.stream({"do": "count", "until": 10**9}, timeout_s=20)) as endless:
        assert next(endless)[0] == {"number": 0}
    assert echo(child) == "x"


def test_a_stream_ends_when_it_is_cancelled(child: Trial) -> None:
    seen: list[object] = []
    stream = child.stream(
        {"do": "count", "until": 10**9, "pause": 0.001}, timeout_s=20, cancelled=lambda: len(seen) >= 3
    )
    with pytest.raises(Cancelled):
        note(stream, seen)
    assert len(seen) >= 3
    assert echo(child) == "x"


def test_a_question_interrupts_a_sleeping_jobs_stream(child: Trial) -> None:
    child.start()
    stream = child.stream({"do": "count", "until": 10**9}, timeout_s=20, urgency=Urgency.UPKEEP)
    next(stream)
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(echo(child, "asked", Urgency.QUESTION)))
    asker.start()
    with pytest.raises(Preempted):
        for _ in stream:
            pass
    asker.join()
    assert answers == ["asked"]


def test_a_stream_of_a_question_is_not_interrupted_by_upkeep(child: Trial) -> None:
    stream = child.stream({"do": "count", "until": 200}, timeout_s=20, urgency=Urgency.QUESTION)
    next(stream)
    upkeep = threading.Thread(target=echo, args=(child, "later", Urgency.UPKEEP))
    upkeep.start()
    assert len(list(stream)) == 199
    upkeep.join()


def test_stopping_cancels_what_is_in_progress(child: Trial) -> None:
    child.start()
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            child.call({"do": "sleep", "seconds": 100}, timeout_s=100)
        except Problem as problem:
            caught.append(problem)

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.1)
    child.stop()
    waiter.join(20)
    assert [type(one) for one in caught] == [Cancelled]


def test_a_closed_child_is_not_started_again(child: Trial) -> None:
    child.start()
    child.close()
    with pytest.raises(Cancelled):
        echo(child)
    assert not child.alive


def test_a_host_that_is_killed_takes_its_children_along(tmp_path: Path) -> None:
    script = (
        "import time\nfrom core.inference.child import Child\n"
        f"child = Child({MODULE!r}, name='trial')\nchild.start()\nprint(child.pid, flush=True)\n"
        "child.call({'do': 'sleep', 'seconds': 100}, timeout_s=100)\n"
    )
    host = psutil.Popen(
        [sys.executable, "-c", script],
        stdout=-1,
        cwd=Path(__file__).parents[3],
    )
    pid = int(host.stdout.readline())
    host.kill()
    host.wait()
    host.stdout.close()
    until(lambda: not psutil.pid_exists(pid))


def test_a_module_that_is_not_there_is_a_problem_and_not_tried_for_ever(child: Trial) -> None:
    with closing(Trial("core.inference.absent_child")) as absent:
        for _ in range(6):
            with pytest.raises(ChildDied):
                absent.start()


@pytest.mark.parametrize("module", ["os", "core.memory", "x_child", "app.evil_child"])
def test_the_program_is_a_child_only_of_its_own_kind(module: str) -> None:
    assert not child_main([])
    assert not child_main(["remember", "--child"])
    with pytest.raises(SystemExit):
        child_main(["--child", module])
