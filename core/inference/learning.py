"""How a model file wants conversations: in a known format, or as its own template shows in a child of its own."""

from pathlib import Path

from core.errors import ChildDied, ModelProblem
from core.inference.chat_format import ChatFormat, format_for, format_from_json, is_known
from core.inference.child import Child, Limits
from core.inference.header import check_gguf, read_values

_MEMORY_MB = 256
_PATIENCE_S = 10.0


def chat_format_of(path: Path) -> ChatFormat:
    """The format of a model that writes. ModelProblem when it is none of the known and cannot be learned."""
    template = check_gguf(path).chat_template
    if is_known(template):
        return format_for(template)
    child = Child("core.inference.template_child", name="template", limits=Limits(memory_mb=_MEMORY_MB))
    try:
        said, _ = child.call({"do": "learn", "end": _end_of(path)}, template.encode(), timeout_s=_PATIENCE_S)
    except ChildDied as error:
        raise ModelProblem(
            "This model's chat template took too long or too much memory to be read.", "Choose another model."
        ) from error
    finally:
        child.close()
    return format_from_json(said.get("format"))


def _end_of(path: Path) -> str:
    """The text of the vocabulary's end-of-text token."""
    place, tokens = read_values(path, "tokenizer.ggml.eos_token_id", "tokenizer.ggml.tokens")
    if isinstance(place, int) and isinstance(tokens, tuple) and 0 <= place < len(tokens):
        return str(tokens[place])
    return ""
