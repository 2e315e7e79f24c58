"""The process that owns the engine while it is measured: asks it what it is told to, and says when words arrived.

It has no capabilities and 8 MB of lockable memory, like anybody's program. JSON lines both ways; every time is
`time.perf_counter()`, which all processes of a machine share. It ends with its input.
"""

import ctypes
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from app.bench.stream.asked import Messages
from app.commands.request import JSON
from core.errors import Cancelled, Problem
from core.inference.generator import EngineOptions, LlamaGenerator, Message, Part, Role, SmallModel
from core.urgency import Urgency

if sys.platform != "win32":
    import resource

LOCKABLE_BYTES = 8 * 2**20
"""What an ordinary user may lock on most systems."""
_DROP_A_CAPABILITY = 24
"""prctl's PR_CAPBSET_DROP."""
_CAPABILITIES = 64
_LOADING_S = 300.0
_TURN_S = 60.0


def serve() -> NoReturn:
    """Answer until standard input ends."""
    _be_ordinary()
    requests: queue.SimpleQueue[JSON] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), name="requests", daemon=True).start()
    driven = _Driven(requests)
    while True:
        request = requests.get()
        driven.number = request["number"]
        try:
            driven.do[request["do"]](request)
        except Problem as problem:
            driven.say({"problem": {"title": problem.title, "remedy": problem.remedy}})


def _read(requests: "queue.SimpleQueue[JSON]") -> None:
    try:
        for line in sys.stdin:
            requests.put(json.loads(line))
    finally:
        os._exit(0)  # nobody listens any more: the engine ends with us


def _be_ordinary() -> None:
    """What is started from here has no rights that a person's program has not."""
    if sys.platform == "win32":
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (LOCKABLE_BYTES, LOCKABLE_BYTES))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for capability in range(_CAPABILITIES):  # refused to who has none: then there is nothing to drop
            libc.prctl(_DROP_A_CAPABILITY, capability, 0, 0, 0)


class _Driven:
    """The engine, and what can be asked of it."""

    def __init__(self, requests: "queue.SimpleQueue[JSON]") -> None:
        self._requests = requests
        self._generator: LlamaGenerator | None = None
        self.number = 0
        self.do: dict[str, Callable[[JSON], None]] = {
            "load": self._load,
            "ask": self._ask,
            "turn": self._turn,
            "close": self._close,
        }

    def say(self, what: JSON) -> None:
        """Answer, or a part of it; with its request's number, so that nothing late is taken for something else."""
        sys.stdout.write(json.dumps(what | {"number": self.number}) + "\n")
        sys.stdout.flush()

    def _load(self, request: JSON) -> None:
        """Make it, wait for the word to start it, say its process at once and when it was ready."""
        self._end()
        generator = self._generator = generator_for(request)
        self.say({"made": True})
        go = self._requests.get()
        self.number = go["number"]
        if go["do"] != "start":
            raise Problem("The bench lost its order.", "Run it again.")
        begun = time.perf_counter()
        failed: list[Problem] = []

        def start() -> None:
            try:
                _ = generator.ready
            except Problem as problem:
                failed.append(problem)

        loading = threading.Thread(target=start, name="loading")
        loading.start()
        while generator.pid is None and loading.is_alive():
            time.sleep(0.0005)
        self.say({"pid": generator.pid})
        loading.join(_LOADING_S)
        if failed:
            raise failed[0]
        self.say({"ready_s": time.perf_counter() - begun, "pid": generator.pid, **generator.ready})

    def _ask(self, request: JSON) -> None:
        """Have it write; a line a part, then what it says of the whole."""
        begun = time.perf_counter()
        for part in self._parts(request["messages"], request["tokens"], Urgency.QUESTION):
            self.say({"at": time.perf_counter(), "text": part.text, "ids": part.ids})
        last = self._generator.last_run if self._generator else None
        told = {"prompt": last.prompt_tokens, "reused": last.reused_tokens, "account": last.account} if last else {}
        self.say({"done": True, "begun": begun, **told})

    def _turn(self, request: JSON) -> None:
        """A sleeping job writes; behind its n-th word a person asks. Says when each word of both arrived."""
        job: list[float] = []
        ended: list[float] = []
        wanted = threading.Event()

        def sleep() -> None:
            with suppress(Cancelled):
                for part in self._parts(request["job"], request["tokens"], Urgency.UPKEEP):
                    job.extend([time.perf_counter()] * len(part.ids))
                    if len(job) >= request["after"]:
                        wanted.set()
            ended.append(time.perf_counter())
            wanted.set()

        working = threading.Thread(target=sleep, name="job")
        working.start()
        wanted.wait(_LOADING_S)
        asked = time.perf_counter()
        answer = [time.perf_counter() for _ in self._parts(request["messages"], request["answer"], Urgency.QUESTION)]
        working.join(_TURN_S)
        self.say({"asked": asked, "job": job, "ended": ended, "answer": answer, "done": True})

    def _parts(self, messages: Messages, tokens: int, urgency: Urgency) -> Iterator[Part]:
        if self._generator is None:
            raise Problem("No model is loaded.", "Load one first.")
        return self._generator.written(
            [Message(role=Role(one["role"]), text=one["text"]) for one in messages],
            max_tokens=tokens,
            urgency=urgency,
            cancelled=lambda: False,
        )

    def _close(self, _: JSON) -> None:
        self._end()
        self.say({"closed": True})

    def _end(self) -> None:
        if self._generator is not None:
            self._generator.close()
            self._generator = None


def generator_for(request: JSON) -> LlamaGenerator:
    """The engine that a request describes. ModelProblem."""
    options = EngineOptions(
        mode=request["mode"],
        cache=request["cache"],
        draft=request["draft"],
        window=request["window"],
        bundle=request["bundle"],
    )
    return LlamaGenerator(
        Path(request["model"]),
        memory_mb=request["budget_mb"],
        context_tokens=request["context"],
        options=options,
        small=None if request["small"] is None else SmallModel(path=Path(request["small"])),
    )
