"""A child for the tests: it answers, streams, hangs, dies, prints, allocates, reaches for the network."""

import os
import signal
import socket
import sys
import time
from collections.abc import Generator

from core.errors import BadInput
from core.inference.child import Header, Json, Reply, serve


def echo(header: Header, blob: bytes) -> Reply:
    return {"text": header.get("text")}, blob[::-1]


def count(header: Header, _: bytes) -> Generator[Reply, None, None]:
    for number in range(int(str(header["until"]))):
        time.sleep(float(str(header.get("pause", 0))))
        yield {"number": number}, b""


def sleep(header: Header, _: bytes) -> Reply:
    time.sleep(float(str(header["seconds"])))
    return {}, b""


def die(header: Header, _: bytes) -> Reply:
    os.kill(os.getpid(), signal.SIGKILL if header.get("hard") else signal.SIGTERM)
    time.sleep(60)
    return {}, b""


def refuse(_: Header, __: bytes) -> Reply:
    raise BadInput("This cannot be read.", "Give it something else.")


def stumble(header: Header, _: bytes) -> Reply:
    raise ValueError(header["text"])


def chatter(_: Header, __: bytes) -> Reply:
    sys.stdout.write("printed by Python\n")
    os.write(1, b"printed by native code\n" * 5000)
    return {}, b""


def dial(_: Header, __: bytes) -> Reply:
    refused: list[Json] = []
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except PermissionError:
        refused.append("connect")
    try:
        socket.getaddrinfo("localhost", 80)
    except PermissionError:
        refused.append("getaddrinfo")
    return {"refused": refused}, b""


def hoard(header: Header, _: bytes) -> Reply:
    return {"bytes": len(bytearray(int(str(header["bytes"]))))}, b""


def garble(_: Header, __: bytes) -> Reply:
    for fd in range(3, 20):
        try:
            os.write(fd, b"\xff" * 64)
        except OSError:
            continue
    return {}, b""


def about(_: Header, __: bytes) -> Reply:
    return {
        "environment": dict(os.environ),
        "nice": os.nice(0),
        "session": os.getsid(0),
        "pid": os.getpid(),
    }, b""


def main() -> None:
    handlers = (echo, count, sleep, die, refuse, stumble, chatter, dial, hoard, garble, about)
    serve({handler.__name__: handler for handler in handlers}, ready=lambda hello: {"greeted": hello})


if __name__ == "__main__":
    main()
