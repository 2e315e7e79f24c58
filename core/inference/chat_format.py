"""How a conversation is written for a model: a known set, chosen by the file's template, which is never run.

A written conversation is a list of pieces; only the format's own marks may become control tokens, so that a text
that spells `<|im_end|>` stays a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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
    before: dict[Role, str]
    after: dict[Role, str]
    stop: str
    """Ends an answer, also where the model's vocabulary has no such token."""
    begin_answer: str = ""
    """Written after the assistant's opening, to have the answer at once."""
    system_turn: bool = True
    """False: the system's text stands at the head of the first user turn."""


def _same(opening: str, closing: str, names: dict[Role, str]) -> tuple[dict[Role, str], dict[Role, str]]:
    return {role: opening.format(names[role]) for role in Role}, dict.fromkeys(Role, closing)


_OWN_NAMES = {role: role.value for role in Role}
_SHORT_THINKING = "<think>\n\n</think>\n\n"

_CHATML = _same("<|im_start|>{}\n", "<|im_end|>\n", _OWN_NAMES)
_LLAMA3 = _same("<|start_header_id|>{}<|end_header_id|>\n\n", "<|eot_id|>", _OWN_NAMES)
_GEMMA = _same("<start_of_turn>{}\n", "<end_of_turn>\n", {**_OWN_NAMES, Role.ASSISTANT: "model"})
_PHI3 = _same("<|{}|>\n", "<|end|>\n", _OWN_NAMES)
_PLAIN = _same("{}:\n", "\n\n", {Role.SYSTEM: "Instructions", Role.USER: "Question", Role.ASSISTANT: "Answer"})

CHATML = ChatFormat(name="chatml", before=_CHATML[0], after=_CHATML[1], stop="<|im_end|>")
CHATML_QUICK = ChatFormat(
    name="chatml without thinking",
    before=_CHATML[0],
    after=_CHATML[1],
    stop="<|im_end|>",
    begin_answer=_SHORT_THINKING,
)
LLAMA3 = ChatFormat(name="llama3", before=_LLAMA3[0], after=_LLAMA3[1], stop="<|eot_id|>")
GEMMA = ChatFormat(name="gemma", before=_GEMMA[0], after=_GEMMA[1], stop="<end_of_turn>", system_turn=False)
PHI3 = ChatFormat(name="phi3", before=_PHI3[0], after=_PHI3[1], stop="<|end|>")
MISTRAL = ChatFormat(
    name="mistral",
    before={Role.SYSTEM: "", Role.USER: "[INST]", Role.ASSISTANT: ""},
    after={Role.SYSTEM: "", Role.USER: "[/INST]", Role.ASSISTANT: "</s>"},
    stop="</s>",
    system_turn=False,
)
PLAIN = ChatFormat(name="plain", before=_PLAIN[0], after=_PLAIN[1], stop="\nQuestion:")

_BY_MARKS = (
    (("<|im_start|>", "<|im_end|>", "enable_thinking"), CHATML_QUICK),
    (("<|im_start|>", "<|im_end|>"), CHATML),
    (("<|start_header_id|>", "<|eot_id|>"), LLAMA3),
    (("<start_of_turn>", "<end_of_turn>"), GEMMA),
    (("[INST]", "[/INST]"), MISTRAL),
    (("<|assistant|>", "<|end|>"), PHI3),
)


def format_for(template: str) -> ChatFormat:
    """The known format that a file's chat template describes; ModelProblem when it is none of them."""
    if not template.strip():
        return PLAIN
    for marks, known in _BY_MARKS:
        if all(mark in template for mark in marks):
            return known
    raise ModelProblem(
        "This model writes conversations in a way that Mneme does not know.",
        "Choose a model of the ChatML, Llama 3, Gemma, Mistral or Phi 3 families.",
    )


def write_conversation(chat: ChatFormat, messages: Sequence[Message]) -> list[Piece]:
    """Write a conversation, up to where the assistant's next turn begins."""
    pieces: list[Piece] = []
    for message in messages if chat.system_turn else _without_system(messages):
        pieces.append(Piece(text=chat.before[message.role], mark=True))
        pieces.append(Piece(text=message.text, mark=False))
        pieces.append(Piece(text=chat.after[message.role], mark=True))
    pieces.append(Piece(text=chat.before[Role.ASSISTANT] + chat.begin_answer, mark=True))
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
