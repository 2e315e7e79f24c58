"""A large export through the whole program: what its processes hold beyond idle while `mneme import` takes it in."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil

from app.bench.load.made import SEED, turns
from app.bench.outside import Outside, tree
from app.bench.row import Row
from app.host import local_now

_EMBEDDER = "embed"
"""In the command line of the embedder's process, which is counted by itself."""
_LOOKED_EVERY_S, _TOLD_EVERY_S = 0.5, 30.0
_SENTENCES = 8
"""In each message: 0.5 kB."""


def large(place: Outside, size_mb: int, seconds: float, told: Callable[[str], None]) -> Iterator[Row]:
    """Rows of an export of `size_mb`, as ChatGPT gives it, taken in for at most so many seconds. Raises Problem."""
    file = place.folder / "conversations.json"
    told(f"Writing an export of {size_mb} MB …")
    count = _write(file, size_mb * 2**20)
    told("Importing …")
    place.seconds("remember", "Idle.", "--json")
    begun = time.monotonic()
    most: dict[str, float] = {}
    series: list[float] = []
    with place.staying("import", str(file), "--json") as process:
        tell = begun
        while process.poll() is None and time.monotonic() - begun < seconds:
            held = _held(process)
            for who, mb in held.items():
                most[who] = max(most.get(who, 0.0), mb)
            series.append(held["all but the embedder"])
            if time.monotonic() - tell > _TOLD_EVERY_S:
                tell = time.monotonic()
                told(f"{tell - begun:.0f} s: {held['all but the embedder']:.0f} MB, the embedder {held[_EMBEDDER]:.0f}")
            time.sleep(_LOOKED_EVERY_S)
        ended = process.poll() is not None
        took = time.monotonic() - begun
    idle = series[0] if series else 0.0
    name = f"import of {size_mb} MB"
    yield Row(name=f"{name}: messages in it", value=count, unit="messages", n=1)
    yield Row(name=f"{name}: over{'' if ended else ', not ended,'} after", value=took, unit="s", n=1)
    yield Row(name=f"{name}: memory at the beginning", value=idle, unit="MB", n=1)
    top = most.get("all but the embedder", 0.0)
    yield Row(name=f"{name}: memory at most", value=top, unit="MB", n=len(series))
    tenth = max(1, len(series) // 10)
    later = float(np.mean(series[-tenth:])) - float(np.mean(series[4 * tenth : 5 * tenth] or series))
    yield Row(name=f"{name}: memory at the end beyond the middle", value=later, unit="MB", n=tenth)
    yield Row(name=f"{name}: the embedder at most", value=most.get(_EMBEDDER, 0.0), unit="MB", n=len(series))


def _held(process: "subprocess.Popen[bytes]") -> dict[str, float]:
    """MB of 2^20 bytes (PSS) of the process tree, without the embedder and of that alone."""
    found = {"all but the embedder": 0.0, _EMBEDDER: 0.0}
    with suppress(psutil.Error):
        for one in tree(process.pid):
            with suppress(psutil.Error):
                info = one.memory_full_info()
                who = _EMBEDDER if any(_EMBEDDER in word for word in one.cmdline()) else "all but the embedder"
                found[who] += getattr(info, "pss", info.rss) / 2**20
    return found


def _write(file: Path, size: int) -> int:
    """A `conversations.json` of about this many bytes, written piece by piece; how many messages."""
    said = [turn["text"] for turn in turns()]
    random = np.random.default_rng(SEED)
    begins = local_now() - timedelta(days=900)
    count = written = 0
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        while written < size:
            conversation = _conversation(said, random, count, begins.timestamp() + 60 * count)
            written += out.write(("," if count else "") + json.dumps(conversation))
            count += _MESSAGES
        out.write("]")
    return count


_MESSAGES = 40
"""In each conversation."""


def _conversation(said: list[str], random: np.random.Generator, first: int, at: float) -> dict[str, object]:
    mapping: dict[str, object] = {"root": {"id": "root", "message": None, "parent": None, "children": [f"m{first}"]}}
    for number in range(first, first + _MESSAGES):
        text = " ".join(said[chosen] for chosen in random.integers(0, len(said), _SENTENCES))
        mapping[f"m{number}"] = {
            "id": f"m{number}",
            "parent": "root" if number == first else f"m{number - 1}",
            "children": [] if number == first + _MESSAGES - 1 else [f"m{number + 1}"],
            "message": {
                "id": f"m{number}",
                "author": {"role": ("user", "assistant")[number % 2]},
                "create_time": at + 60 * (number - first),
                "content": {"content_type": "text", "parts": [text]},
            },
        }
    return {
        "title": f"Made {first}", "id": f"c{first}", "conversation_id": f"c{first}", "create_time": at,
        "current_node": f"m{first + _MESSAGES - 1}", "mapping": mapping,
    }  # fmt: skip
