"""Two channels (StruQ): what was captured as one line of data that cannot pass for an instruction or a mark."""

import re

from core.visible import readable

LONGEST = 1200
"""Characters of one memory."""
_NARROW = str.maketrans("＜＞［］｛｝｜＃｀〈〉⟨⟩《》【】❬❭", "<>[]{}|#`<><><>[]<>")
"""Look-alikes of the signs that delimiters are made of."""
_STRUCTURE = str.maketrans("<>[]{}|`~\\▁", "‹›()()/'-/ ", "#")
"""What is left of those signs: others that no chat format uses."""
_TOKEN = re.compile(
    r"<\s*\|[^<>]{0,60}>|<[^<>|]{0,60}\|\s*>|<\s*/?\s*(?:s|bos|eos|pad|unk|think|sys|tool_call|tool_response)\s*>"
    r"|<\s*(?:start|end)_of_\w{1,20}\s*>|<<\s*/?\s*sys\s*>>|\[\s*/?\s*(?:inst|system_prompt|available_tools|tool_\w+)\s*\]"
    r"|\[\s*[MS]\s*\d+\s*\]|\b[MS]\d+\]",
    re.I,
)
_ROLE = re.compile(
    r"^\s*#*\s*(system|assistant|user|human|developer|tool|model)( (?:prompt|message|note))?\s*:", re.I | re.M
)
_RULES = re.compile(r"[-=*_]{3,}")
_ROUNDS = 5


def neutral(text: str, *, longest: int = LONGEST) -> str:
    """A text as one line of data: no marks, roles, delimiters or characters that cannot be seen."""
    text = readable(text[: longest * 4]).translate(_NARROW)
    for _ in range(_ROUNDS):
        text = _TOKEN.sub("", text)
    text = _ROLE.sub(r"\1\2 -", text).translate(_STRUCTURE)
    text = _RULES.sub("-", text)
    text = " / ".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
