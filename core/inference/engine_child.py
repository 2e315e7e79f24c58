"""The engine's process: conversations in, words out."""

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from core.inference.chat_format import PLAIN, ChatFormat, Message, Role, format_for, write_conversation
from core.inference.child import Header, Json, Reply, cancelled, serve
from core.inference.header import check_gguf
from core.inference.text_model import TextModel


class _Engine:
    def __init__(self) -> None:
        self._model: TextModel | None = None
        self._format: ChatFormat = PLAIN

    def load(self, hello: Header) -> Header:
        """Load the model the host names; says its context and how it writes conversations."""
        path = Path(str(hello["path"]))
        self._format = format_for(check_gguf(path).chat_template)
        self._model = TextModel(
            path,
            context=_whole(hello, "context"),
            repack=hello.get("repack") is True,
            threads=_whole(hello, "threads"),
        )
        return {"context": self._model.context, "format": self._format.name}

    def count(self, header: Header, _: bytes) -> Reply:
        """{"text"} -> {"tokens"}."""
        return {"tokens": self._loaded().count(str(header["text"]))}, b""

    def forget(self, _: Header, __: bytes) -> Reply:
        """Overwrite what the model keeps of earlier prompts."""
        self._loaded().forget()
        return {}, b""

    def generate(self, header: Header, _: bytes) -> Generator[Reply, None, None]:
        """{"messages", "max_tokens", "grammar", "threads"} -> {"text"}..., last {"prompt", "reused"}."""
        model = self._loaded()
        messages = header["messages"]
        if not isinstance(messages, list):
            raise TypeError("messages")
        prompt = model.prompt(write_conversation(self._format, [_message(one) for one in messages]))
        grammar = header.get("grammar")
        model.set_threads(_whole(header, "threads"))
        words = model.write(prompt, _whole(header, "max_tokens"), grammar if isinstance(grammar, str) else None)
        for text in _until(self._format.stop, words):
            yield {"text": text}, b""
        if not cancelled():
            yield {"prompt": len(prompt), "reused": model.reused}, b""

    def _loaded(self) -> TextModel:
        if self._model is None:
            raise TypeError("not loaded")
        return self._model


def _until(stop: str, words: Iterator[str]) -> Iterator[str]:
    """Pass words on until they spell the stop mark; one empty text a token, so that a cancel is seen."""
    held = ""
    for word in words:
        held += word
        place = held.find(stop)
        if place >= 0:
            yield held[:place]
            return
        keep = next((n for n in range(min(len(stop) - 1, len(held)), 0, -1) if stop.startswith(held[-n:])), 0)
        yield held[: len(held) - keep]
        held = held[len(held) - keep :]
    yield held


def _message(one: Json) -> Message:
    if not isinstance(one, Mapping):
        raise TypeError("message")
    return Message(role=Role(str(one["role"])), text=str(one["text"]))


def _whole(header: Header, key: str) -> int:
    value = header[key]
    if not isinstance(value, int):
        raise TypeError(key)
    return value


def main() -> None:
    """Be the engine until the host closes the pipe."""
    engine = _Engine()
    serve({"generate": engine.generate, "count": engine.count, "forget": engine.forget}, ready=engine.load)


if __name__ == "__main__":
    main()
