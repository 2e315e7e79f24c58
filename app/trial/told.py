"""The trial as one reads it in a terminal: a heading a step, what came of it, and whether it is as it should be."""

from collections.abc import Callable, Iterable
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.cli.render import plain
from app.commands.request import JSON
from app.trial.steps import Step

_MARKS = {"ADD": ("+", "green"), "UPDATE": ("~", "yellow"), "DELETE": ("-", "red"), "NOOP": ("·", "dim")}
_SHOWN_OF_SLEEP = {"facts": 12, "fold": 3, "filter": 3, "fade": 3, "profile": 2, "summaries": 2}
_IN = (0, 0, 0, 2)


def beginning(out: Console) -> None:
    """What is going to happen."""
    what = Text.assemble(
        ("Mneme, once from end to end.\n", "bold"),
        "Two invented conversations and six pictures of screens go into an\n"
        "encrypted profile made for this, are slept on, asked about, carried\n"
        "to a second profile, and one memory is forgotten.\n",
        ("Nothing leaves this machine; no connection is opened.", "dim"),
    )
    out.print(Panel(what, border_style="cyan", padding=(0, 2), expand=False))


def step(out: Console, done: Step) -> None:
    """One step with what it has to show."""
    out.print()
    mark, style = ("✓", "green") if done.ok else ("✗", "bold red")
    out.print(Rule(Text.assemble((f"{mark} ", style), (done.name, "bold")), align="left", style="dim"))
    out.print(Padding(Text.assemble(done.said, (f"  {done.seconds:.1f} s", "dim")), _IN))
    if done.shown:
        for part in _SHOWN[done.name](done):
            out.print(Padding(part, _IN))


def ending(out: Console, well: bool, seconds: float, kept: JSON) -> None:
    """How it went as a whole, and where it was left."""
    out.print()
    if well:
        said = Text(f"Everything is as it should be. {seconds:.0f} seconds.", style="bold green")
    else:
        said = Text(
            f"Something is not as it should be: see the steps marked ✗. {seconds:.0f} seconds.", style="bold red"
        )
    out.print(said)
    if kept:
        out.print(Text(f"Kept: {kept['folder']}"))
        out.print(
            Text(f"  mneme --profile {kept['folder']}/profile --passphrase-file {kept['passphrase_file']} status")
        )
    else:
        out.print(Text("The profiles were removed; `mneme try --keep` leaves them to look into.", style="dim"))


def _day(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"{moment.day} {moment:%b %H:%M}"


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=name not in ("read", "text"))
    return table


def _screens(done: Step) -> Iterable[Table]:
    table = _table("when", "application", "words", "masked", "read")
    for one in done.shown:
        line = Text(plain(one["text"], 60))
        table.add_row(_day(one["at"]), Text(plain(one["app"], 18)), str(one["words"]), str(one["masked"]), line)
    yield table


def _slept(done: Step) -> Iterable[Text]:
    left = dict(_SHOWN_OF_SLEEP)
    for one in done.shown:
        if left[one["step"]] <= 0 or not one["text"] or not one["what"]:
            continue
        left[one["step"]] -= 1
        mark, style = _MARKS[one["operation"]]
        yield Text.assemble((f"{mark} ", style), (f"{one['what']:<12} ", "dim"), plain(one["text"], 80))
        rests = f", from {one['rests_on']} memories" if one["rests_on"] > 1 else ""
        yield Text(f"    {plain(one['reason'], 90).rstrip('.')}{rests}", style="dim")
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in done.facts["counts"].items() if number)
    yield Text(counts, style="dim")


def _answers(done: Step) -> Iterable[Text]:
    for one in done.shown:
        mark, style = ("✓", "green") if one["right"] else ("✗", "bold red")
        yield Text.assemble((f"{mark} ", style), (plain(one["question"]), "bold"), (f"  ({one['about']})", "dim"))
        yield Text(f"    {plain(one['answer'], 400)}")
        for ground in one["rests_on"]:
            who = f"{plain(ground['who'], 20)}, {_day(ground['at'])}"
            yield Text(f"      from {who}: “{plain(ground['text'], 70)}”", style="dim")


def _gone(done: Step) -> Iterable[Table | Text]:
    yield Text(f"Forgotten: “{plain(done.facts['forgotten_text'], 90)}”")
    table = _table("traces in", "before", "now")
    for one in done.shown:
        now = Text(str(one["after"]), style="red" if one["after"] else "green")
        table.add_row(one["place"], str(one["before"]), now)
    yield table
    yield Text.assemble(("Asked again: ", "dim"), plain(done.facts["answer_after"], 120))


_SHOWN: dict[str, Callable[[Step], Iterable[Table | Text]]] = {
    "Read the screen": _screens,
    "Sleep on it": _slept,
    "Ask": _answers,
    "Forget": _gone,
}
