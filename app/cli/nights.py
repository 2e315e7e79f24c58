"""What a sleep did as one reads it in a terminal: its sentence, then its lines under what they are about."""

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from app.cli.render import day, plain, who
from app.cli.session import Session
from app.commands.request import JSON
from core.nights import TITLES, Sort

_MARKS = {"ADD": "+", "UPDATE": "~", "DELETE": "-", "NOOP": "·"}
_COUNTED = (Sort.FADED, Sort.TOPIC, Sort.SUMMARY, Sort.LINK, Sort.OTHER)
"""Sorts that are only counted unless every line is wanted."""
_FIRST = 8
_STATES = {
    "running": "under way",
    "cancelled": "stopped before the end; it goes on from there",
    "paused": "its time was up; it goes on the next night",
    "reverted": "taken back",
}


def slept(session: Session, result: JSON, *, every: bool = False) -> None:
    """What a sleep did, the last ones, or what was taken back; `every` line of it, or those that tell something."""
    if "why" in result:
        session.out.print(f"No sleep now: {result['why']}")
        return
    if "reverted" in result:
        number = result["reverted"]
        said = f"Taken back: {number} {'line' if number == 1 else 'lines'}."
        session.out.print(said if number else "Nothing to take back: what you changed since stays as you made it.")
        return
    if result.get("dry_run"):
        session.out.print("What a sleep would do now (nothing was changed):")
    found = result.get("runs", [result])
    for run in found:
        ended = _STATES.get(run["state"], "")
        title = Text(f"Night of {run['night']}", style="bold").append(f" ({ended})" if ended else "", style="yellow")
        session.out.print(title)
        session.out.print(Padding(Text(run["said"]), (0, 0, 0, 2)))
        for line in lines(run, every=every):
            session.out.print(line, no_wrap=True, overflow="ellipsis", crop=False)
    if not found:
        session.out.print("No sleep yet.")


def lines(run: JSON, *, every: bool) -> Iterator[Text]:
    """The lines of one sleep as a diff. Without `every` the lines that say little are only counted."""
    by_sort: dict[Sort, list[JSON]] = {sort: [] for sort in Sort}
    for entry in run["entries"]:
        by_sort[Sort(entry["sort"])].append(entry)
    shown = False
    for sort, entries in by_sort.items():
        if entries and (every or sort not in _COUNTED):
            shown = True
            yield Text("")
            yield Text(f"  {TITLES[sort]} · {len(entries)}", style="bold dim")
            yield from _lines(entries if every else entries[:_FIRST], sort)
            if not every and len(entries) > _FIRST:
                yield Text(f"          and {len(entries) - _FIRST} more", style="dim")
    left = [f"{TITLES[sort].split(':')[0]} {len(by_sort[sort])}" for sort in _COUNTED if by_sort[sort] and not every]
    if left:
        yield Text("")
        yield Text(f"  Only counted: {', '.join(left)}. Every line: --every", style="dim")
    if shown or left:
        yield Text("  Take a line back: mneme sleep --revert NUMBER; the whole night: --revert last", style="dim")


def _lines(entries: Sequence[JSON], sort: Sort) -> Iterator[Text]:
    for entry in entries:
        what = _what(entry, sort)
        taken = " (taken back)" if entry["reverted"] else " (forgotten)" if entry["forgotten"] else ""
        line = Text(f"  {_MARKS[entry['operation']]} {entry['entry']:>5}  ")
        yield line.append_text(what).append(taken, style="yellow")
        source = entry.get("from")
        if source:
            said = f'{who(source)}, {day(source["at"])}: "{plain(source["text"], 200)}"'
            yield Text(f"           {said}", style="dim")
        elif entry["reason"]:
            yield Text(f"           {plain(entry['reason'], 200)}", style="dim")


def _what(entry: JSON, sort: Sort) -> Text:
    before, after = str(entry["before"].get("text") or ""), str(entry["after"].get("text") or "")
    about = str(entry.get("about") or "")
    if sort is Sort.SUPERSEDED and entry.get("becomes"):
        return (
            Text(plain(about, 90), style="strike")
            .append(" → ", style="not strike")
            .append(plain(entry["becomes"], 90), style="not strike")
        )
    if entry["operation"] == "DELETE":
        return Text(plain(before or about, 180), style="strike")
    if before and after:
        return Text(plain(before, 90), style="strike").append(" → ").append(plain(after, 90), style="not strike")
    return Text(plain(after or about, 180))
