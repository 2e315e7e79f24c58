"""The engine's process: conversations in, words out."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from core.inference.chat_format import (
    PLAIN,
    ChatFormat,
    Message,
    Role,
    format_for,
    format_from_json,
    write_conversation,
)
from core.inference.child import Header, Json, Reply, cancelled, serve
from core.inference.identity import FileIdentity
from core.inference.instructions import Instructions, Where, for_answers, ours
from core.inference.opening import Allowance, Mode, open_for_text
from core.inference.small import Small
from core.inference.stream.costs import Cache
from core.inference.stream.early import planned_rate
from core.inference.stream.loading import Switches
from core.inference.stream.plan import Way
from core.inference.stream.speeds import USUAL, Speeds
from core.inference.stream.watch import Watch
from core.inference.text_model import Spelled, TextModel


class _Engine:
    def __init__(self) -> None:
        self._model: TextModel | None = None
        self._format: ChatFormat = PLAIN
        self._watch: Watch | None = None
        self._kept: Instructions | None = None
        self._begins: dict[str, list[int]] = {}

    def load(self, hello: Header) -> Header:
        """Load the model the host names; says its context, how it writes conversations and how it is held."""
        path = Path(str(hello["path"]))
        expected = hello.get("identity")
        allowed = _allowance(hello)
        opened = open_for_text(
            path,
            allowed,
            expected=FileIdentity.from_list(_numbers(expected)) if expected is not None else None,
        )
        learned = hello.get("chat")
        template = opened.layout.facts.chat_template
        self._format = format_for(template) if learned is None else format_from_json(learned)
        self._model = TextModel(opened, drafts=hello.get("draft") is not False)
        plan = opened.plan
        if (where := _where(hello)) is not None:
            made_of = f"{plan.cache.value} {plan.batch_tokens} {opened.context} {self._format}"
            self._kept = Instructions(opened.loaded, where, made_of=made_of)
        if hello.get("mode") is None:
            self._watch = Watch(_whole(hello, "budget_mb") * 2**20, files=plan.way is not Way.MAPPED)
        return {
            "context": opened.context,
            "format": self._format.name,
            "way": plan.way.value,
            "cache": plan.cache.value,
            "resident_bytes": plan.resident_bytes,
            "window_bytes": plan.window_bytes,
            "planned_prompt_tokens_per_s": planned_rate(
                plan.work, allowed.speeds, plan.batch_tokens, unread=self._unread(self._model)
            ),
            "direct": opened.direct,
            "buffers": opened.loaded.buffers,
            "draft_bytes": plan.draft_bytes if opened.beside is not None else 0,
            "no_draft": opened.no_draft,
        }

    def count(self, header: Header, _: bytes) -> Reply:
        """{"text"} -> {"tokens"}."""
        return {"tokens": self._loaded().count(str(header["text"]))}, b""

    def forget(self, _: Header, __: bytes) -> Reply:
        """Overwrite what the model keeps of earlier prompts."""
        self._loaded().forget()
        return {}, b""

    def generate(self, header: Header, _: bytes) -> Generator[Reply, None, None]:
        """{"messages", "max_tokens", "grammar", "threads"} -> {"text", "ids"} for each sweep; last, figures."""
        model = self._loaded()
        messages = header["messages"]
        if not isinstance(messages, list):
            raise TypeError("messages")
        talk = [_message(one) for one in messages]
        prompt = model.prompt(write_conversation(self._format, talk))
        grammar = header.get("grammar")
        model.set_threads(_whole(header, "threads"))
        before = model.figures()
        if self._kept is not None:
            model.begin(prompt, self._own(model, talk), self._kept)
        stop = model.mark(self._format.stop)
        bound = grammar if isinstance(grammar, str) else None
        words = model.write(prompt, _whole(header, "max_tokens"), bound, () if stop is None else (stop,))
        first: dict[str, float] | None = None
        for text, ids in _until(self._format.stop, words):
            first = first or model.figures()
            yield {"text": text, "ids": list(ids)}, b""
        if not cancelled():
            after = model.figures()
            account = {name: total - before[name] for name, total in after.items()}
            writing = {name: total - (first or before)[name] for name, total in after.items()}
            said: Header = {"prompt": len(prompt), "reused": model.reused, "prompt_s": model.prompt_s}
            said["no_draft"], said["has_small"] = model.no_draft, model.opened.beside is not None
            yield said | {"account": account, "writing": writing, "held": self._held(model)}, b""

    def _held(self, model: TextModel) -> Header:
        """Where the weights are, and the most that this process was seen to hold, in bytes (see spent.Spent)."""
        plan = model.opened.plan
        kept = plan.window_bytes if plan.way in (Way.EXPERTS, Way.NEURONS) else 0
        return {
            "way": plan.way.value,
            "weights": model.opened.weight_bytes,
            "stays": plan.resident_bytes + kept,
            "locked": model.opened.account.locked_bytes,
            "direct": model.opened.direct,
            "most": 0 if self._watch is None else self._watch.most_bytes,
        }

    def _unread(self, model: TextModel) -> int:
        """Tokens of our own instructions that the first answer has to read, as nobody has kept them yet."""
        own = self._own(model, [Message(role=Role.SYSTEM, text=for_answers())])
        return 0 if self._kept is not None and self._kept.has(own) else len(own)

    def _own(self, model: TextModel, talk: Sequence[Message]) -> list[int]:
        """The tokens of our own instructions as they begin every such conversation; none where others' words do."""
        first = talk[0] if talk else None
        if first is None or first.role is not Role.SYSTEM or first.text not in ours():
            return []
        if first.text not in self._begins:
            # What two conversations with other words have in common holds none of anybody's.
            one, other = (
                model.prompt(write_conversation(self._format, [first, Message(role=Role.USER, text=text)]))
                for text in ("1", "?")
            )
            self._begins[first.text] = [
                a for a, _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False))
            ]
        return self._begins[first.text]

    def _loaded(self) -> TextModel:
        if self._model is None:
            raise TypeError("not loaded")
        return self._model


def _until(stop: str, sweeps: Iterator[Spelled]) -> Iterator[tuple[str, list[int]]]:
    """Pass words on until they spell the stop mark: a text for each sweep, also an empty one, and its tokens."""
    held = ""
    for sweep in sweeps:
        text, ids = "", list[int]()
        for word, token in sweep:
            held += word
            ids += [token] if token >= 0 else []
            place = held.find(stop)
            if place >= 0:
                yield text + held[:place], ids
                return
            keep = next((n for n in range(min(len(stop) - 1, len(held)), 0, -1) if stop.startswith(held[-n:])), 0)
            text += held[: len(held) - keep]
            held = held[len(held) - keep :]
        yield text, ids
    yield held, []


def _where(hello: Header) -> Where | None:
    """Where our own instructions are kept, when the host says so."""
    kept = hello.get("instructions")
    if not isinstance(kept, Mapping):
        return None
    return Where(folder=Path(str(kept["folder"])), key=bytes.fromhex(str(kept["key"])), model=str(kept["model"]))


def _allowance(hello: Header) -> Allowance:
    mode, cache, speeds = hello.get("mode"), hello.get("cache"), hello.get("speeds")
    on = {name: hello.get(name) is not False for name in ("window", "bundle")}
    return Allowance(
        budget_bytes=_whole(hello, "budget_mb") * 2**20,
        context=_whole(hello, "context"),
        threads=_whole(hello, "threads"),
        mode=Mode(mode) if isinstance(mode, str) else None,
        cache=Cache(cache) if isinstance(cache, str) else None,
        speeds=Speeds.from_numbers([float(one) for one in speeds if isinstance(one, (int, float))])
        if isinstance(speeds, list)
        else USUAL,
        switches=Switches(**on, naive=mode == Mode.NAIVE),
        small=_small(hello) if hello.get("draft") is not False else None,
    )


def _small(hello: Header) -> Small | None:
    """The model that is to draft, when the host names one."""
    small = hello.get("small")
    if not isinstance(small, Mapping):
        return None
    expected = small.get("identity")
    return Small(
        path=Path(str(small["path"])),
        identity=None if expected is None else FileIdentity.from_list(_numbers(expected)),
    )


def _numbers(value: Json) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


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
