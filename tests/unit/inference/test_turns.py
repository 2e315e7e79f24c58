"""Turns go to the more urgent first, then to the older, one at a time."""

import threading

import pytest

from core.inference.turns import Turns
from core.urgency import Urgency


def test_a_question_passes_those_who_waited_longer() -> None:
    turns, order = Turns(), list[str]()
    threads: list[threading.Thread] = []

    def take(name: str, urgency: Urgency) -> None:
        with turns.turn(urgency):
            order.append(name)

    with turns.turn(Urgency.UPKEEP):
        waiters = [
            ("upkeep", Urgency.UPKEEP),
            ("first capture", Urgency.CAPTURE),
            ("second capture", Urgency.CAPTURE),
            ("question", Urgency.QUESTION),
        ]
        for number, (name, urgency) in enumerate(waiters, 1):
            threads.append(threading.Thread(target=take, args=(name, urgency)))
            threads[-1].start()
            while turns.waiting < number:
                threading.Event().wait(0.001)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["question", "first capture", "second capture", "upkeep"]


def test_an_exception_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="inside"), turns.turn(Urgency.QUESTION):
        raise ValueError("inside")
    with turns.turn(Urgency.UPKEEP):
        assert turns.waiting == 0


def test_only_one_has_the_turn_at_a_time() -> None:
    turns, inside, most = Turns(), 0, 0

    def take() -> None:
        nonlocal inside, most
        for _ in range(200):
            with turns.turn(Urgency.CAPTURE):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
