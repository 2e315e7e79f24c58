"""Point 7, in the running app: what was found is there at once, and the model's first word within seconds."""

import time
from collections.abc import Iterator
from contextlib import suppress

from app.bench.load.made import turns
from app.bench.outside import Outside, outside
from app.bench.row import Row
from app.bench.stream.setting import Setting, at_most
from app.commands.request import JSON, Request
from app.endpoint import Call
from app.host import local_now
from core.errors import Problem
from core.paths import RESOURCES

_SAMPLE = RESOURCES / "sample" / "conversations.jsonl"
_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":mneme-bench"}
_QUESTIONS = 4
_FOUND_MS, _WORD_S = 300.0, 8.0
_PATIENCE_S = 120.0
_LEAST_MB = 128
"""The least that Settings allow."""


def rows(setting: Setting) -> Iterator[Row]:
    """The sample's talk, a model in half of its file's memory; the first question loads it and measures its reading."""
    model = setting.model(setting.dense)
    budget_mb = max(model.stat().st_size // 2**21 + setting.beside_mb, _LEAST_MB)
    with outside() as place:
        place.seconds("import", str(_SAMPLE), "--json")
        place.seconds("models", "add", str(model), "--trust", "--json")
        place.seconds("models", "use", model.name, "--json")
        place.seconds("settings", "set", "model.memory_mb", str(budget_mb), "--json")
        texts = [turn["text"] for turn in turns()][:_QUESTIONS]
        with place.staying(**_OFF_SCREEN):
            place.until("recall", {"question": texts[0], "k": 1}, lambda found: bool(found["hits"]), _PATIENCE_S)
            waits = [_waited(place, f"Who said: {text}") for text in texts]
    name = f"{setting.dense.name} in {budget_mb} MB, the app"
    found = max(at for at, _ in waits) * 1000
    yield at_most(f"{name}: what was found is shown, the latest", found, "ms", len(waits), _FOUND_MS)
    yield Row(name=f"{name}: the model's first word, loading it", value=waits[0][1], unit="s", n=1)
    later = [word for _, word in waits[1:]]
    yield at_most(f"{name}: the model's first word, the latest after that", max(later), "s", len(later), _WORD_S)


def _waited(place: Outside, question: str) -> tuple[float, float]:
    """Seconds until what was found was there, and until the model's first word. Raises Problem."""
    arguments: JSON = {"question": question, "stream": True}
    request = Request(command="ask", arguments=arguments, now=local_now().isoformat())
    begun = time.perf_counter()
    first = word = None
    with suppress(OSError), Call(place.paths.socket) as call:
        for frame in call.ask(request.as_frame()):
            since = time.perf_counter() - begun
            if "first" in frame and first is None:
                first = since
            elif frame.get("words") and word is None:
                word = since
            elif "problem" in frame:
                raise Problem(frame["problem"]["title"], frame["problem"]["remedy"])
    if first is None or word is None:
        raise Problem("The app gave no answer of a model.", "`mneme doctor` says what is missing.")
    return first, word
