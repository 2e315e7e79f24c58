"""`mneme bench stream`: weights that do not fit, one run or all that must be shown, on models that it makes."""

from app.bench.row import Row
from app.bench.stream import driver, wishes
from app.bench.stream.asked import Asked
from app.bench.stream.engine import Driver
from app.bench.stream.groups import place
from app.bench.stream.run import run as run_once
from app.bench.stream.whole import run as run_all
from app.cli.session import Session


def run(arguments: list[str], session: Session) -> list[Row] | None:
    """One run with `--model`, printed here; else every part, or those that `--part` names. Raises Problem."""
    if arguments == ["--driver"]:
        driver.serve()
    asked = wishes.read(arguments)
    if not isinstance(asked, Asked):
        return run_all(asked, session)
    _print(asked, session)
    return None


def _print(asked: Asked, session: Session) -> None:
    groups = place()
    if groups is None and asked.limit_mb:
        session.err.print("No memory groups to be had here: no limit stands, and the peak is of the resident set.")
    with Driver(groups) as driving:
        done = run_once(asked, driving)
    if session.common.json:
        session.print_json(done.as_json())
        return
    for name, value in done.as_json().items():
        session.out.print(f"{name:<21} {value:.4g}" if isinstance(value, float) else f"{name:<21} {value}")
    session.out.print(f"{'loaded in':<21} {done.load_s:.2f} s, {done.refaults} pages of files read again")
