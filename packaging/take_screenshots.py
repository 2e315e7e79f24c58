"""Takes the README's pictures: the real window under Xvfb, with the sample in it, on the sample's last evening."""

import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.trial.steps import NOW  # noqa: E402 - the project is not installed
from tests.end2end.driven import (  # noqa: E402
    PASSPHRASE,
    QUICK,
    SAMPLE,
    TITLE,
    Driven,
    display,
    driven,
    opened,
    until,
)

WIDTH, HEIGHT = 1280, 820
QUESTIONS = ("Where does Dana live now?", "What is the total of the invoice from Harbour Print Works?")
_LARGEST = 200 * 1024


def keep(picture: Image.Image, path: Path) -> None:
    """Write with 256 colours at most, as a README's picture should be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > _LARGEST:
        sys.exit(f"{path.name} has {path.stat().st_size >> 10} KB.")
    print(f"{path.name}: {picture.width} x {picture.height}, {path.stat().st_size >> 10} KB")


def to_front(person: Driven) -> None:
    """The window in its size, in front, the pointer out of it."""
    window = str(person.window())
    person.xdotool("windowactivate", "--sync", window)
    person.xdotool("windowsize", "--sync", window, str(WIDTH), str(HEIGHT))
    person.xdotool("mousemove", "0", "0")


def begin(person: Driven) -> None:
    """Start, open, in front."""
    person.start(passphrase=PASSPHRASE, now=NOW)
    until(lambda: opened(person), "not open")
    to_front(person)


def ask(person: Driven) -> None:
    """Ask the questions, one after the other."""
    person.press("ctrl+1")
    for question in QUESTIONS:
        person.type(question)
        person.press("Return")
        time.sleep(3)


def light(person: Driven, folder: Path) -> None:
    """Every place and quick recall."""
    person.press("ctrl+2")
    for _ in range(4):  # from the 19th to the 15th, a day with a picture
        time.sleep(2)
        person.press("alt+Left")
    time.sleep(2)
    keep(person.settled(TITLE), folder / "timeline.png")
    person.press("ctrl+3")
    person.type("lives in")
    time.sleep(3)
    person.click(370, 195)
    person.xdotool("mousemove", "0", "0")
    time.sleep(3)
    keep(person.settled(TITLE), folder / "memories.png")
    person.click(330, 40)  # the tree of topics
    time.sleep(2)
    person.click(400, 80)
    person.xdotool("mousemove", "0", "0")
    time.sleep(3)
    keep(person.settled(TITLE), folder / "topics.png")
    person.press("ctrl+4")
    time.sleep(5)
    keep(person.settled(TITLE), folder / "sleep.png")
    ask(person)
    keep(person.settled(TITLE), folder / "ask.png")
    person.press("ctrl+5")
    time.sleep(1)
    keep(person.settled(TITLE), folder / "settings.png")
    person.press("ctrl+6")
    time.sleep(8)
    keep(person.settled(TITLE), folder / "health.png")
    person.press("ctrl+alt+space")
    until(lambda: person.window(QUICK), "no quick recall")
    person.type("when is my dentist appointment")
    time.sleep(2)
    person.press("ctrl+Return")
    time.sleep(3)
    keep(person.settled(QUICK), folder / "quick-recall.png")
    person.press("Escape")


def main() -> None:
    """Into docs/screenshots, or the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "screenshots"
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        with display(root / "display", screen="1600x1000x24") as screen, driven(screen, root / "person") as person:
            person.make_profile()
            begin(person)
            person.mneme("--now", NOW, "import", str(SAMPLE))
            person.mneme("--now", NOW, "sleep")
            person.mneme("settings", "set", "look.theme", "light")
            person.press("ctrl+q")
            person.ended()
            begin(person)
            light(person, folder)
            person.mneme("settings", "set", "look.theme", "dark")
            person.press("ctrl+q")
            person.ended()
            begin(person)
            ask(person)
            keep(person.settled(TITLE), folder / "ask-dark.png")


if __name__ == "__main__":
    main()
