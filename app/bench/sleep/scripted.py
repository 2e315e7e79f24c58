"""A stand-in for a language model, for measuring only: it reads by one rule, the same for every way of asking."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from core.inference import wordpiece
from core.inference.generator import Message
from core.urgency import Urgency

_LINE = re.compile(r"^(?:\[(S\d+)\] )?([^:\n]{1,60}): (.*)$", re.M)
_SAID = re.compile(
    r"\b(?:I|[Ww]e)(?:'m|'ve| am| have| was| had)? (?P<verb>[a-z]{4,})\b"
    r"[^/.!?]{0,60}?\b(?P<value>[A-Z][\w'-]+|\d[\w.,]*\w)"
)


@dataclass(slots=True)
class Scripted:
    """A Generator: of each line the first thing its speaker says of themself with a name or a figure in it."""

    context_tokens: int = 4096
    model: str = "scripted"
    prompt_tokens_per_s: float | None = None
    calls: int = 0
    prompt_tokens: int = 0
    reply_tokens: int = 0
    prefix_tokens: int = 0
    """Of the prompts, what stood word for word at the beginning of the one before: a KV cache need not read it."""
    _before: list[str] = field(default_factory=list)

    def count(self, text: str) -> int:
        """As the bundled embedder counts."""
        return wordpiece.count(text)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        grammar: str | None = None,
        urgency: Urgency,
        cancelled: Callable[[], bool],
    ) -> Iterator[str]:
        """The items of the request's lines, in one piece."""
        reply = json.dumps({"items": read(messages[-1].text)}, ensure_ascii=False)
        self.asked([message.text for message in messages], reply)
        yield reply

    def asked(self, prompt: Sequence[str], reply: str) -> None:
        """Count one call; `prompt` in parts, of which a whole one at its beginning may be known already."""
        self.calls += 1
        shared = True
        for place, part in enumerate(prompt):
            size = self.count(part)
            self.prompt_tokens += size
            shared = shared and place < len(self._before) and self._before[place] == part
            self.prefix_tokens += size if shared else 0
        self._before = list(prompt)
        self.reply_tokens += self.count(reply)

    @property
    def tokens(self) -> int:
        """Prompts and replies together."""
        return self.prompt_tokens + self.reply_tokens

    @property
    def computed(self) -> int:
        """Those that a model with a KV cache has to compute."""
        return self.tokens - self.prefix_tokens

    def idle_check(self, now_s: float, idle_s: float) -> bool:
        """It holds nothing."""
        return False

    def stop(self) -> None:
        """It holds nothing."""


def read(told: str) -> list[dict[str, str]]:
    """What is said in lines like "[S1] me: I moved to Rome."."""
    items = []
    for mark, speaker, text in _LINE.findall(told):
        said = _SAID.search(text)
        if said is not None:
            items.append(
                {
                    "source": mark or "S1",
                    "kind": "fact",
                    "subject": speaker,
                    "attribute": said["verb"],
                    "value": said["value"],
                    "evidence": said[0],
                    "when": "",
                }
            )
    return items
