"""The process that prepares a model: reads it, runs it over a text of ours, writes the prepared file."""

import json
from collections.abc import Generator
from pathlib import Path

from core.inference.child import Header, Reply, serve
from core.inference.stream.neurons.prepare import prepare
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
    """{"source", "target", "threads"} -> {"what", "part"}... until it is written."""
    threads = header["threads"]
    if not isinstance(threads, int):
        raise TypeError("threads")
    for step in prepare(Path(str(header["source"])), Path(str(header["target"])), text(), threads=threads):
        yield {"what": step.what, "part": step.part}, b""


def main() -> None:
    """Serve until the host closes the pipe."""
    serve({"prepare": _prepare})


if __name__ == "__main__":
    main()
