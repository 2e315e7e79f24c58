"""The only jinja2: learns from a file's own chat template what is written between turns, from probes and nothing else.

It runs in a short-lived child. The template never sees a memory or a question: it is rendered with made-up messages,
and only the marks between them are kept, and only if they say the same wherever they stand.
"""

import re
from collections.abc import Sequence

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import ModelProblem
from core.inference.chat_format import ChatFormat, Message, Role, write_conversation

_LONGEST_TEMPLATE = 2**17
_LONGEST_RENDERED = 2**16
_LONGEST_MARK = 2**12
_END_OF_MARK = re.compile(r"\s*\S*?[>\])】]")
_BEGINS, _ENDS = "<|mneme-beginning|>", "<|mneme-end|>"
"""Stand for the vocabulary's own tokens; the first is left out again, as the engine writes it."""


def learn(template: str, end: str) -> ChatFormat:
    """What a template writes before, between and after the turns of any conversation. ModelProblem when that varies.

    `end`: the text of the vocabulary's end-of-text token, empty when it has none.
    """
    if len(template) > _LONGEST_TEMPLATE:
        raise _unknown()
    alone = _gaps(template, _talk("user assistant user assistant user", "a"), end)
    before, answer, again, last = alone[0], alone[1], alone[2], alone[5]
    if (alone[3], alone[4]) != (answer, again):
        raise _unknown()
    system = _with_system(template, end, answer, again, last)
    stop = _END_OF_MARK.match(again)
    made = ChatFormat(
        name="the file's own",
        before={Role.SYSTEM: system[0] if system else "", Role.USER: "", Role.ASSISTANT: answer},
        after={Role.SYSTEM: system[1] if system else "", Role.USER: "", Role.ASSISTANT: again},
        stop=(stop[0] if stop else again.split("\n")[0]).strip() or again,
        alone=before,
        opening=last,
        system_turn=system is not None,
    )
    if (
        not made.stop.strip()
        or sum(map(len, (*made.before.values(), *made.after.values(), before, last))) > _LONGEST_MARK
    ):
        raise _unknown()
    for roles in (
        "user",
        "user assistant user",
        *(("system user", "system user assistant user assistant user") if system else ()),
    ):
        talk = _talk(roles, "another text,\nof  two lines")
        written = "".join(piece.text for piece in write_conversation(made, talk))
        if written != _rendered(template, talk, end):
            raise _unknown()
    return made


def _with_system(template: str, end: str, answer: str, again: str, last: str) -> tuple[str, str] | None:
    """What stands around instructions; None where the template has no turn for them."""
    try:
        gaps = _gaps(template, _talk("system user assistant user", "a"), end)
    except ModelProblem:
        return None
    return (gaps[0], gaps[1]) if (gaps[2], gaps[3], gaps[4]) == (answer, again, last) else None


def _talk(roles: str, text: str) -> list[Message]:
    """A conversation in which every message is another text that no template knows."""
    return [Message(role=Role(role), text=f"qz{place}{text} vw{place}") for place, role in enumerate(roles.split())]


def _gaps(template: str, talk: Sequence[Message], end: str) -> list[str]:
    """What stands before, between and after the messages; each must be there once, as it is, in its order."""
    rest, gaps = _rendered(template, talk, end), list[str]()
    for message in talk:
        if rest.count(message.text) != 1:
            raise _unknown()
        gap, rest = rest.split(message.text)
        gaps.append(gap)
    return [*gaps, rest]


def _rendered(template: str, talk: Sequence[Message], end: str) -> str:
    messages = [{"role": message.role.value, "content": message.text} for message in talk]
    try:
        # No clock and no tools are given: what a template writes must not change by itself.
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, autoescape=False, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals = {
            "raise_exception": _refuse,
            "range": environment.globals["range"],
            "namespace": environment.globals["namespace"],
            "dict": dict,
        }
        text = environment.from_string(template).render(
            messages=messages,
            add_generation_prompt=True,
            enable_thinking=False,
            bos_token=_BEGINS,
            eos_token=end or _ENDS,
        )
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:
        raise _unknown() from error
    if len(text) > _LONGEST_RENDERED or _ENDS in text:
        raise _unknown()
    return text.removeprefix(_BEGINS).replace(_BEGINS, "")


def _refuse(said: str) -> None:
    raise ValueError


def _unknown() -> ModelProblem:
    return ModelProblem(
        "This model writes conversations in a way that Mneme does not know, and its template does not show it.",
        "Choose a model of the ChatML, Llama, Gemma, Mistral, Phi, Granite, GLM, DeepSeek or gpt-oss families.",
    )
