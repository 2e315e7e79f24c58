"""Scripts: which ones a text is written in, and what follows from that about its language."""

import re
from collections import Counter

HAN, KANA, HANGUL = "han", "kana", "hangul"
_RANGES = (
    ("latin", "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"),
    (HAN, "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    (KANA, "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"),
    (HANGUL, "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("cyrillic", "\u0400-\u052f"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("hebrew", "\u0590-\u05ff\ufb1d-\ufb4f"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("devanagari", "\u0900-\u097f"),
    ("thai", "\u0e00-\u0e7f"),
    ("lao", "\u0e80-\u0eff"),
    ("khmer", "\u1780-\u17ff"),
    ("burmese", "\u1000-\u109f"),
    ("georgian", "\u10a0-\u10ff"),
    ("armenian", "\u0530-\u058f"),
    ("tamil", "\u0b80-\u0bff"),
    ("bengali", "\u0980-\u09ff"),
)
_LETTER = re.compile("|".join(f"(?P<{name}>[{letters}])" for name, letters in _RANGES))
_ONE_LANGUAGE = {
    HANGUL: "ko",
    "greek": "el",
    "hebrew": "he",
    "devanagari": "hi",
    "thai": "th",
    "lao": "lo",
    "khmer": "km",
    "burmese": "my",
    "georgian": "ka",
    "armenian": "hy",
    "tamil": "ta",
    "bengali": "bn",
}
_SPACELESS = "".join(letters for name, letters in _RANGES if name in (HAN, KANA, "thai", "lao", "khmer", "burmese"))
SPACELESS = re.compile(f"[{_SPACELESS}]")
"""A letter of a script that is written without spaces between words."""
_MOST_READ = 400


def scripts_of(text: str) -> Counter[str]:
    """How many letters of each script stand in the text's beginning."""
    return Counter(str(found.lastgroup) for found in _LETTER.finditer(text[:_MOST_READ]))


def language_by_script(found: Counter[str]) -> str:
    """The language that can be told by script alone: kana is Japanese, Han without kana Chinese; else empty."""
    if not found:
        return ""
    total = found.total()
    if found[KANA] + found[HAN] > total / 2:
        return "ja" if found[KANA] else "zh"
    script, letters = found.most_common(1)[0]
    return _ONE_LANGUAGE.get(script, "") if letters > total / 2 else ""
