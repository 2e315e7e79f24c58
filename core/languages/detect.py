"""The only py3langid: which language a text is in, short lines with the help of what else was said there."""

from functools import cache
from typing import Protocol

from core.languages.scripts import language_by_script, scripts_of
from core.languages.stopwords import language_by_function_words

SURE = 0.5
"""Share of the evidence; of 120 chat lines of 3 to 8 words in six languages none above it was told wrong."""
_SURELY = 0.9
"""The same where nothing around it speaks for the language: two or three words without grammar are often mistaken."""
_POSSIBLE = 0.02
"""Below this even the language of everything around a line is not believed of it."""
_MOST_READ = 400
_FEWEST_LETTERS = 2
_TOLD_APART = "en de es fr it nl pt sv da no pl cs sk hu ro fi tr id vi ca hr sl et lv lt sq ru uk bg sr ar fa ur"
"""Of the 139 that the model knows those that are written most: the fewer there are, the surer a short line is."""


class _Model(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _model() -> _Model:
    """Loaded at the first text that needs it: 0.3 s and 50 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(_TOLD_APART.split())
    narrow: _Model = LanguageIdentifier(
        full.nb_ptc,
        full.nb_pc,
        full.nb_classes,
        full.tk_nextmove,
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )
    return narrow


def likely(text: str) -> dict[str, float]:
    """Languages (ISO 639-1) a text may be in, with their share of the evidence; empty without letters."""
    begin = text[:_MOST_READ]
    scripts = scripts_of(begin)
    if scripts.total() < _FEWEST_LETTERS:
        return {}
    told = language_by_script(scripts) or language_by_function_words(begin)
    if told:
        return {told: 1.0}
    return dict(_model().rank(" ".join(begin.encode("utf-8", "replace").decode().split())))


def language_of(text: str, usual: str = "") -> str:
    """A text's language; a line too short to tell is in the `usual` one where that may be. Empty: not known."""
    return chosen(likely(text), usual)


def chosen(found: dict[str, float], usual: str = "") -> str:
    """Of what `likely` found, the language to go by."""
    if not found:
        return ""
    best = max(found, key=lambda code: found[code])
    if best == "zh" and usual == "ja":
        return usual  # Han alone is Chinese, unless everybody around writes Japanese
    if found[best] >= SURE:
        return best
    return usual if found.get(usual, 0.0) >= _POSSIBLE else ""


def told_apart(found: dict[str, float], usual: str) -> str:
    """Of what `likely` found, the language that a text by itself is surely in; a few words alone rarely are in one."""
    best = max(found, key=lambda code: found[code], default="")
    enough = SURE if best == usual else _SURELY
    return best if found.get(best, 0.0) >= enough else ""
