"""What an embedding model wants before a text: models were trained with their own marks for questions and texts."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefixes:
    """Put before what is asked and before what is kept."""

    question: str = ""
    text: str = ""


_FAMILIES = (
    (r"multilingual-e5.*instruct", Prefixes(question="Instruct: Find what was said about this\nQuery: ")),
    (r"\be5\b", Prefixes(question="query: ", text="passage: ")),
    (r"nomic-embed", Prefixes(question="search_query: ", text="search_document: ")),
    (r"embedding-?gemma", Prefixes(question="task: search result | query: ", text="title: none | text: ")),
    (r"qwen3-embedding", Prefixes(question="Instruct: Find what was said about this\nQuery:")),
    (r"bge-(?:small|base|large)-en", Prefixes(question="Represent this sentence for searching relevant passages: ")),
    (r"arctic-embed", Prefixes(question="query: ")),
)
"""By the model's name, as their publishers' model cards have it. GGUF files have no field for it."""


def prefixes_of(*names: str) -> Prefixes:
    """Those of the first family that one of a model's names (its own, its file's) belongs to; else none."""
    for pattern, prefixes in _FAMILIES:
        if any(re.search(pattern, re.sub(r"[\s_]+", "-", name.casefold())) for name in names):
            return prefixes
    return Prefixes()
