"""`mneme models prepare`: what leaving neurons out costs; a model's file written anew, so that less of it is read."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from app.cli.cost_curve import figures, percent, picture
from app.cli.session import Session
from app.commands.request import JSON
from app.machine import this_machine
from core.errors import BadInput
from core.inference.layout import read_layout
from core.inference.preparing import measure_costs, prepare_model
from core.inference.recommend import MIB, given_mb
from core.inference.stream.neurons.preparable import Neurons, neurons_of
from core.inference.stream.speeds import USUAL
from core.inference.threads import threads
from core.settings import Settings

_MOST_TEXT = 2**17


def prepare(session: Session, model: str, target: str, *, keep: float | None, text: str) -> int:
    """Prepare a model of the profile or a file, or say what that would cost. Problem; Ctrl+C leaves nothing behind.

    `keep`: the share of neurons to keep, None: not chosen. `text`: a file that the model is tried on, or nothing.
    """
    own = _own(text)
    source = Path(model).absolute()
    if not source.is_file():
        return _of_profile(session, model, target, keep, own)
    neurons = neurons_of(read_layout(source))
    if neurons is Neurons.GATED and keep is None:
        return _told(session, source.name, _measured(session, source, own))
    if not target:
        raise BadInput("Where shall it be written?", "`mneme models prepare IN.gguf OUT.gguf` names the new file.")
    written = Path(target).absolute()
    with _shown(session) as progress:
        prepare_model(source, written, threads=threads(), progress=progress, keep=keep, text=own)
    if session.common.json:
        session.print_json({"file": str(written), "bytes": written.stat().st_size})
    else:
        session.out.print(f"{written.name} is prepared. `mneme models add` takes it in.", markup=False)
    return 0


def _of_profile(session: Session, model: str, target: str, keep: float | None, own: str | None) -> int:
    """The same for a model that the profile has, by the host."""
    if target:
        raise BadInput("A model of the profile is prepared into the profile.", "Name no file to write.")
    arguments: JSON = {"action": "prepare", "name": model}
    arguments |= {name: value for name, value in (("keep", keep), ("text", own)) if value is not None}
    result = session.run("models", arguments)
    if result.get("costs") is not None:
        return _told(session, model, result["costs"])
    if session.common.json:
        session.print_json(result)
    else:
        session.out.print(f"{result['prepared']} is here. `mneme models use` chooses it.", markup=False)
    return 0


def _measured(session: Session, source: Path, own: str | None) -> JSON:
    settings, machine = Settings(), this_machine(source.parent)
    with _shown(session) as progress:
        costs = measure_costs(
            source,
            threads=threads(),
            budget_bytes=given_mb(settings.model.memory_mb, machine) * MIB,
            speeds=USUAL,
            progress=progress,
            text=own,
        )
    return costs.as_json()


def _told(session: Session, name: str, costs: JSON) -> int:
    """The curve; nothing was prepared."""
    if session.common.json:
        session.print_json({"file": None, "costs": costs})
        return 0
    out = session.out
    out.print(Text(f"{name} on {costs['tokens']} tokens that it had not seen: {costs['loss']:.3f} nats a token."))
    out.print(Text("Leaving out the neurons that add least for a token makes its answers worse by this much:"))
    out.print()
    for line in picture(costs):
        out.print(line)
    out.print()
    out.print(figures(costs))
    out.print()
    shares = costs["shares"]
    middle = percent(shares[len(shares) // 2]["keep"]).replace(" %", "")
    out.print(
        Text(f"Nothing was written. `--keep {middle}` would prepare it with {middle} % of its neurons for a token.")
    )
    return 0


@contextmanager
def _shown(session: Session) -> Iterator[Callable[[str, float], None]]:
    """A bar in the terminal, and what moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=session.err, transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("The model is read", total=1.0)
        yield lambda what, part: shown.update(task, description=what, completed=part)


def _own(text: str) -> str | None:
    """A person's own text. BadInput."""
    if not text:
        return None
    try:
        with Path(text).open(encoding="utf-8") as file:
            return file.read(_MOST_TEXT)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{Path(text).name} cannot be read as text.", "Give a UTF-8 text of a few pages.") from error
