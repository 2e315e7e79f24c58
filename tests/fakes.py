"""The one fake there is: a language model that gives prepared replies, so that tests need no weights."""

from collections.abc import Callable, Iterator, Sequence

from core.errors import Cancelled
from core.inference.generator import Message
from core.urgency import Urgency

Reply = str | Sequence[str] | Exception


class QueuedGenerator:
    """A Generator that answers each request with the next reply of its queue, and keeps what it was asked.

    A text comes word by word, a sequence piece by piece; an exception is raised after the pieces before it.
    """

    def __init__(self, *replies: Reply | Sequence[str | Exception], context_tokens: int = 4096) -> None:
        self.model = "queued"
        self.context_tokens = context_tokens
        self.prompt_tokens_per_s: float | None = None
        self.asked: list[tuple[Message, ...]] = []
        self.stopped = 0
        self._replies = list(replies)

    def count(self, text: str) -> int:
        """Four characters a token."""
        return (len(text) + 3) // 4

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        """The next reply of the queue; a request too many is a failure of the test."""
        self.asked.append(tuple(messages))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        pieces = [word + " " for word in reply.split(" ")] if isinstance(reply, str) else reply
        for piece in pieces[:max_tokens]:
            if cancelled():
                raise Cancelled("The answer")
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def idle_check(self, now_s: float, idle_s: float) -> bool:
        """It holds no memory to give back."""
        return False

    def stop(self) -> None:
        """Counted, so that a test can see it."""
        self.stopped += 1


class ScriptedGenerator(QueuedGenerator):
    """A Generator whose reply is a function of what it is asked, so that the same question has the same answer."""

    def __init__(self, script: Callable[[Sequence[Message]], Reply], context_tokens: int = 4096) -> None:
        super().__init__(context_tokens=context_tokens)
        self.model = "scripted"
        self._script = script

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        """The reply to these messages."""
        self._replies = [self._script(messages)]
        yield from super().generate(
            messages, max_tokens=max_tokens, grammar=grammar, urgency=urgency, cancelled=cancelled
        )
