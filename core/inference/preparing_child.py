"""The process that prepares a model: reads it, runs it over a text, measures what it would cost, writes the file."""

import json
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path

from core.inference.child import Header, Reply, serve
from core.inference.stream.neurons.lost import Curve
from core.inference.stream.neurons.prepare import curve_of, prepare
from core.paths import RESOURCES


def text() -> str:
    """What a model is tried on: our instructions and the bundled sample's conversations, which nobody had."""
    instructions = (RESOURCES / "prompts" / "answer.txt").read_text(encoding="utf-8")
    lines = (RESOURCES / "sample" / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines]
    memories = [
        f"[M{number % 9 + 1}] {one['at'][:10]}, {one['speaker']}: {one['text']}" for number, one in enumerate(said)
    ]
    return "\n".join([instructions, *memories])


def _prepare(header: Header, _: bytes) -> Generator[Reply, None, None]:
    """{"source", "target", "threads", "keep"?, "text"?} -> {"what", "part"}... until it is written."""
    keep = header.get("keep")
    if not isinstance(keep, float | int | None):
        raise TypeError("keep")
    source, target = Path(str(header["source"])), Path(str(header["target"]))
    for step in prepare(source, target, _read(header), threads=_threads(header), keep=keep):
        yield {"what": step.what, "part": step.part}, b""


def _measure(header: Header, _: bytes) -> Generator[Reply, None, None]:
    """{"source", "threads", "keeps", "text"?} -> {"what", "part"}..., the last one with the "curve"."""
    keeps = header["keeps"]
    if not isinstance(keeps, list):
        raise TypeError("keeps")
    wanted = tuple(float(one) for one in keeps)
    steps = curve_of(Path(str(header["source"])), _read(header), wanted, threads=_threads(header))
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            curve: Curve = end.value
            yield {"what": "Done", "part": 1.0, "curve": asdict(curve)}, b""
            return
        yield {"what": step.what, "part": step.part}, b""


def _read(header: Header) -> str:
    given = header.get("text")
    return given if isinstance(given, str) else text()


def _threads(header: Header) -> int:
    threads = header["threads"]
    if not isinstance(threads, int):
        raise TypeError("threads")
    return threads


def main() -> None:
    """Serve until the host closes the pipe."""
    serve({"prepare": _prepare, "measure": _measure})


if __name__ == "__main__":
    main()
