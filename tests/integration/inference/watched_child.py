"""A child for the tests that holds memory under the engine's watch."""

import time

from core.inference.child import Header, Reply, serve
from core.inference.stream.watch import Watch, held_bytes

_held: list[bytearray] = []
_watches: list[Watch] = []


def watch(header: Header, _: bytes) -> Reply:
    budget = held_bytes(files=True) + int(str(header["room"]))
    _watches.append(Watch(budget, every_s=0.02))
    return {"budget": budget}, b""


def hold(header: Header, _: bytes) -> Reply:
    """Take memory piece by piece and keep it for a while."""
    size = int(str(header["bytes"]))
    _held.extend(bytearray(b"x" * 2**20) for _ in range(0, size, 2**20))
    time.sleep(float(str(header.get("seconds", 0))))
    most = _watches[0].most_bytes if _watches else 0
    return {"most": most}, b""


def main() -> None:
    serve({"watch": watch, "hold": hold}, ready=lambda _: {})


if __name__ == "__main__":
    main()
