"""`mneme models prepare`: a dense model's file written anew, so that only the neurons that a word needs are read."""

import sys
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.session import Session
from core.inference.preparing import prepare_model
from core.inference.threads import threads


def prepare(session: Session, source: Path, target: Path) -> int:
    """Prepare a model and say what came of it. Problem when it cannot be; Ctrl+C leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=session.err, transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("The model is read", total=1.0)
        prepare_model(
            source,
            target,
            threads=threads(),
            progress=lambda what, part: shown.update(task, description=what, completed=part),
        )
    if session.common.json:
        session.print_json({"file": str(target), "bytes": target.stat().st_size})
    else:
        session.out.print(f"{target.name} is prepared. `mneme models add` takes it in.", markup=False)
    return 0
