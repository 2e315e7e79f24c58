"""How a conversation is written for a model: a known set, chosen by the marks in the file's template.

A written conversation is a list of pieces; only the format's own marks may become control tokens, so that a text
that spells `<|im_end|>` stays a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from core.errors import ModelProblem


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a written conversation; only a mark may hold control tokens."""

    text: str
    mark: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFormat:
    """What is written before and after each turn."""

    name: str
    before: Mapping[Role, str]
    after: Mapping[Role, str]
    stop: str
    """Ends an answer, also where the model's vocabulary has no such token."""
    head: str = ""
    """Written before the first turn."""
    begin_answer: str = ""
    """Written after the assistant's opening, to have the answer at once."""
    system_turn: bool = True
    """False: the system's text stands at the head of the first user turn."""
    alone: str = ""
    """Written before the first turn of a conversation without a system turn."""
    opening: str | None = None
    """Written where the answer begins; None: the assistant's opening and `begin_answer`."""


def _same(opening: str, closing: str, **names: str) -> tuple[dict[Role, str], dict[Role, str]]:
    return {role: opening.format(names.get(role.value, role.value)) for role in Role}, dict.fromkeys(Role, closing)


def _turns(
    name: str,
    opening: str,
    closing: str,
    stop: str,
    assistant: str = "assistant",
    begin_answer: str = "",
    head: str = "",
) -> ChatFormat:
    """A format whose turns all look the same but for the role's name."""
    before, after = _same(opening, closing, assistant=assistant)
    return ChatFormat(name=name, before=before, after=after, stop=stop, begin_answer=begin_answer, head=head)


def _each(
    name: str, system: tuple[str, str], user: tuple[str, str], assistant: tuple[str, str], **more: Any
) -> ChatFormat:
    """A format whose turns differ: what stands before and after each."""
    sides = dict(zip(Role, (system, user, assistant), strict=True))
    before, after = ({role: side[place] for role, side in sides.items()} for place in (0, 1))
    return ChatFormat(name=name, before=before, after=after, **more)


_SHORT_THINKING = "<think>\n\n</think>\n\n"
_IM = ("<|im_start|>{}\n", "<|im_end|>\n", "<|im_end|>")
_PHI = "<|end|>"
_DEEPSEEK_END = "<｜end▁of▁sentence｜>"
_HARMONY_HEAD = (
    "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
    "Knowledge cutoff: 2024-06\n\nReasoning: low\n\n"
    "# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>"
)

CHATML = _turns("chatml", *_IM)
CHATML_QUICK = _turns("chatml without thinking", *_IM, begin_answer=_SHORT_THINKING)
CHATML_CLOSED = _turns("chatml with thinking closed", *_IM, begin_answer="<think></think>")
SMOLLM3 = replace(
    CHATML,
    name="smollm3",
    before={
        **CHATML.before,
        Role.SYSTEM: "<|im_start|>system\n## Metadata\n\nReasoning Mode: /no_think\n\n## Custom Instructions\n\n",
    },
    after={**CHATML.after, Role.SYSTEM: "\n\n<|im_end|>\n"},
    begin_answer="<think>\n\n</think>\n",
)
PHI4 = _turns("phi4", "<|im_start|>{}<|im_sep|>", "<|im_end|>", "<|im_end|>")
LLAMA3 = _turns("llama3", "<|start_header_id|>{}<|end_header_id|>\n\n", "<|eot_id|>", "<|eot_id|>")
LLAMA4 = _turns("llama4", "<|header_start|>{}<|header_end|>\n\n", "<|eot|>", "<|eot|>")
GEMMA = replace(
    _turns("gemma", "<start_of_turn>{}\n", "<end_of_turn>\n", "<end_of_turn>", assistant="model"), system_turn=False
)
GEMMA4 = _turns("gemma4", "<|turn>{}\n", "<turn|>\n", "<turn|>", "model", "<|channel>thought\n<channel|>")
PHI3 = _turns("phi3", "<|{}|>\n", "<|end|>\n", _PHI)
PHI4_MINI = _turns("phi4-mini", "<|{}|>", "<|end|>", _PHI)
GRANITE = _turns("granite", "<|start_of_role|>{}<|end_of_role|>", "<|end_of_text|>\n", "<|end_of_text|>")
GLM4 = _turns("glm4", "<|{}|>\n", "", "<|user|>", head="[gMASK]<sop>")
GLM46 = replace(GLM4, name="glm4.6", after={**GLM4.after, Role.USER: "/nothink"}, begin_answer="<think></think>")
GLM47 = _turns("glm4.7", "<|{}|>", "", "<|user|>", "assistant", "</think>", "[gMASK]<sop>")
NEMOTRON = _each(
    "nemotron",
    ("<extra_id_0>System\n", "\n\n"),
    ("<extra_id_1>User\n", "\n"),
    ("<extra_id_1>Assistant\n", "\n"),
    stop="<extra_id_1>",
)
HARMONY = _each(
    "harmony",
    ("<|start|>developer<|message|># Instructions\n\n", "\n\n<|end|>"),
    ("<|start|>user<|message|>", "<|end|>"),
    ("<|start|>assistant<|channel|>final<|message|>", "<|end|>"),
    stop="<|end|>",
    head=_HARMONY_HEAD,
)
DEEPSEEK = _each("deepseek", ("", ""), ("<｜User｜>", ""), ("<｜Assistant｜>", _DEEPSEEK_END), stop=_DEEPSEEK_END)
DEEPSEEK_QUICK = replace(DEEPSEEK, name="deepseek without thinking", begin_answer="<think>\n</think>")
DEEPSEEK_CLOSED = replace(DEEPSEEK, name="deepseek with thinking closed", begin_answer="<think></think>")
MISTRAL_OLD = _each("mistral v1", ("", ""), ("[INST] ", " [/INST]"), (" ", "</s>"), stop="</s>", system_turn=False)
MISTRAL_V3 = _each("mistral v3", ("", ""), ("[INST] ", "[/INST]"), (" ", "</s>"), stop="</s>", system_turn=False)
MISTRAL = _each("mistral", ("", ""), ("[INST]", "[/INST]"), ("", "</s>"), stop="</s>", system_turn=False)
MISTRAL_V7 = _each(
    "mistral v7", ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"), ("[INST]", "[/INST]"), ("", "</s>"), stop="</s>"
)
PLAIN = _each("plain", ("Instructions:\n", "\n\n"), ("Question:\n", "\n\n"), ("Answer:\n", "\n\n"), stop="\nQuestion:")

_THINKS = ("enable_thinking", "assistant\\n<think>")
"""Marks of templates of models that think before they answer unless they are told not to."""
_BY_MARKS: tuple[tuple[tuple[str, ...], ChatFormat], ...] = (
    (("<|im_start|>", "<|im_sep|>", "<|im_end|>"), PHI4),
    (("<|im_start|>", "<|im_end|>", "/no_think", "Reasoning Mode"), SMOLLM3),
    (("<|im_start|>", "<|im_end|>", "<think></think>", "enable_thinking"), CHATML_CLOSED),
    *((("<|im_start|>", "<|im_end|>", thinks), CHATML_QUICK) for thinks in _THINKS),
    (("<|im_start|>", "<|im_end|>"), CHATML),
    (("<|start|>", "<|channel|>", "<|message|>"), HARMONY),
    (("<|start_header_id|>", "<|eot_id|>"), LLAMA3),
    (("<|header_start|>", "<|eot|>"), LLAMA4),
    (("<start_of_turn>", "<end_of_turn>"), GEMMA),
    (("<|turn>", "<turn|>"), GEMMA4),
    (("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"), GRANITE),
    (("[SYSTEM_PROMPT]", "[INST]", "[/INST]"), MISTRAL_V7),
    (("[AVAILABLE_TOOLS]", '"[INST]"', "[/INST]"), MISTRAL),
    (("[AVAILABLE_TOOLS]", '"[INST] "', "[/INST]"), MISTRAL_V3),
    (("[INST]", "[/INST]", " [/INST]"), MISTRAL_OLD),
    (("[INST]", "[/INST]"), MISTRAL),
    (("[gMASK]<sop>", "<|assistant|>", "</think>", "/nothink"), GLM46),
    (("[gMASK]<sop>", "<|assistant|>", "</think>"), GLM47),
    (("[gMASK]<sop>",), GLM4),
    (("<｜User｜>", "<｜Assistant｜>", "<think></think>"), DEEPSEEK_CLOSED),
    (("<｜User｜>", "<｜Assistant｜>", "<think>"), DEEPSEEK_QUICK),
    (("<｜User｜>", "<｜Assistant｜>", _DEEPSEEK_END), DEEPSEEK),
    (("<extra_id_0>System", "<extra_id_1>"), NEMOTRON),
    (("<|assistant|>", "<|end|>", "'|>' + message['content'] + '<|end|>'"), PHI4_MINI),
    (("<|assistant|>", "<|end|>"), PHI3),
)
KNOWN: tuple[ChatFormat, ...] = tuple({chat.name: chat for _, chat in _BY_MARKS}.values())
"""Every format that a template can be known as."""


def _known(template: str) -> ChatFormat | None:
    if not template.strip():
        return PLAIN
    return next((known for marks, known in _BY_MARKS if all(mark in template for mark in marks)), None)


def is_known(template: str) -> bool:
    """Whether a file's chat template describes one of the known formats."""
    return _known(template) is not None


def format_for(template: str) -> ChatFormat:
    """The known format that a file's chat template describes; ModelProblem when it is none of them."""
    known = _known(template)
    if known is not None:
        return known
    raise ModelProblem(
        "This model writes conversations in a way that Mneme does not know.",
        "Choose a model of the ChatML, Llama, Gemma, Mistral, Phi, Granite, GLM, DeepSeek or gpt-oss families.",
    )


def write_conversation(chat: ChatFormat, messages: Sequence[Message]) -> list[Piece]:
    """Write a conversation, up to where the assistant's next turn begins."""
    pieces = [Piece(text=chat.head, mark=True)]
    if not (chat.system_turn and any(message.role is Role.SYSTEM for message in messages)):
        pieces.append(Piece(text=chat.alone, mark=True))
    for message in messages if chat.system_turn else _without_system(messages):
        pieces.append(Piece(text=chat.before[message.role], mark=True))
        pieces.append(Piece(text=message.text, mark=False))
        pieces.append(Piece(text=chat.after[message.role], mark=True))
    opening = chat.before[Role.ASSISTANT] + chat.begin_answer if chat.opening is None else chat.opening
    pieces.append(Piece(text=opening, mark=True))
    return [piece for piece in pieces if piece.text]


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Put the system's texts at the head of the first user turn."""
    head = "\n\n".join(message.text for message in messages if message.role is Role.SYSTEM)
    rest = [message for message in messages if message.role is not Role.SYSTEM]
    if not head:
        return rest
    first = next((place for place, message in enumerate(rest) if message.role is Role.USER), None)
    if first is None:
        return [Message(role=Role.USER, text=head), *rest]
    rest[first] = Message(role=Role.USER, text=f"{head}\n\n{rest[first].text}")
    return rest


def format_as_json(chat: ChatFormat) -> dict[str, Any]:
    """A format for a message to a child process or a note in the vault."""
    return asdict(chat)


def format_from_json(said: object) -> ChatFormat:
    """What `format_as_json` wrote. ModelProblem for anything else."""
    try:
        if not isinstance(said, dict):
            raise TypeError
        sides = {side: {role: _text(said[side][role.value]) for role in Role} for side in ("before", "after")}
        return ChatFormat(
            name=_text(said["name"]),
            stop=_text(said["stop"]),
            head=_text(said["head"]),
            begin_answer=_text(said["begin_answer"]),
            alone=_text(said["alone"]),
            opening=None if said["opening"] is None else _text(said["opening"]),
            system_turn=said["system_turn"] is True,
            **sides,
        )
    except (LookupError, TypeError) as error:
        raise ModelProblem("It is not known how this model writes conversations.", "Add the model anew.") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
