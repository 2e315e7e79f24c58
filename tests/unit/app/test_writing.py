"""An answer on the terminal while it comes to be: what was found at once, then the words, and nothing is left."""

import io

from rich.console import Console
from rich.live import Live

from app.cli.writing import Screen

LINE_UP, ERASED = "\x1b[1A", "\x1b[2K"


def test_what_was_found_stands_there_until_the_models_words_do() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    with Live(console=console, transient=True, auto_refresh=False) as live:
        screen = Screen(live)
        screen.first({"answer": "The kiln is lent \x1b[31mto Dana."})
        shown = file.getvalue()
        assert "The kiln is lent" in shown
        assert "\x1b[31m" not in shown
        assert "the model is writing" in shown
        file.seek(file.truncate(0))
        screen.words("Dana ")
        screen.words("has it.")
        assert "Dana has it." in file.getvalue()
        assert "the model is writing" not in file.getvalue()
    assert file.getvalue().endswith(f"{LINE_UP}{ERASED}")
