"""How memories are held, as one reads it in a terminal: lists, one memory whole, what is to be forgotten."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

from app.cli import render
from app.cli.curve import plot
from app.cli.render import day, plain
from app.cli.session import Session
from app.commands.request import JSON


def shown(session: Session, result: JSON) -> None:
    """A list, one memory whole, or the forecast of the storage."""
    if "budget_bytes" in result:
        forecast(session, result)
    elif "memories" not in result:
        _one(session, result)
    elif result["memories"] and "fate" in result["memories"][0]:
        listed_fading(session.out, result["memories"])
        session.out.print(Text(f"{len(result['memories'])} shown; `mneme memories keep ID` holds one longer", "dim"))
    else:
        render.listed(session.out, result["memories"])
        session.out.print(Text(f"{len(result['memories'])} shown", style="dim"))


def listed_fading(console: Console, found: list[JSON]) -> None:
    """What fades, when, how strong it is, and why."""
    for one in found:
        when = one.get("until") or one.get("fades_on")
        head = Text(f"{render.bar(one['strength'])} {one['strength']:>4.0%}  ", style="cyan")
        head.append(f"{'' if when is None else day(when)[:11] or 'never':<11}  ", style="bold")
        head.append(plain(one["text"], 90), style="default")
        console.print(head)
        console.print(Text(f"            {one['memory']}  {one['held_because']}", style="dim"))


def _one(session: Session, result: JSON) -> None:
    out = session.out
    out.print(Text(plain(result["text"], 4000), style="bold"))
    for name in ("memory", "kind", "facet", "state", "speaker", "app", "conversation", "reason"):
        if result.get(name):
            out.print(Text(f"  {name:<13}{plain(str(result[name]))}"))
    out.print(f"  {'when':<13}{day(result['at'])}")
    out.print(Text(f"  {'held':<13}{result['fate']}"))
    if result["held_because"]:
        out.print(Text(f"  {'':<13}{result['held_because']}", style="dim"))
    if result.get("life"):
        out.print()
        for line in plot(result["life"]):
            out.print(line)
        out.print()
    for version in result.get("history", []):
        out.print(Text(f"  was (v{version['version']})   {plain(version['text'])}"))
    for one in result.get("rests_on", []):
        out.print(Text(f"  rests on     {day(one['at'])} {render.who(one)}: {plain(one['text'], 100)}"))


def reviewed(session: Session, result: JSON) -> None:
    """What is to be forgotten and what has faded, or what was decided about it."""
    out = session.out
    if "kept" in result:
        out.print(f"Kept: {result['kept']}. They are offered again.")
        return
    if "proof" in result:
        render.forgotten(session, result)
        return
    if result["proposed"]:
        out.print(f"To be forgotten: {len(result['proposed'])}. Keep one: mneme memories keep ID")
        listed_fading(out, result["proposed"])
        out.print(Text("All of them: mneme memories review --keep, or --forget", style="dim"))
    else:
        out.print("Nothing is to be forgotten.")
    out.print(f"Faded: {result['faded']}. No longer offered, still found by every question.")
    listed_fading(out, result["longest_faded"])
    if not result["rule"]:
        said = "Nothing is proposed for forgetting by itself; `mneme settings set decay.propose_faded true` lets it be."
        out.print(Text(said, style="dim"))


def forecast(session: Session, result: JSON) -> None:
    """The storage budget: when it is full, and what shrinks then."""
    out, used, budget = session.out, result["used_bytes"], result["budget_bytes"]
    out.print(f"Storage: {_size(used)} of {_size(budget)} ({used / budget:.1%}). {when_full(result)}")
    if not result["coming"]:
        out.print("There are no pictures that could be thinned; words never are.")
        return
    out.print(
        f"All pictures together could give {_size(result['can_free'])}; words never are thinned. First to shrink:"
    )
    for one in result["coming"]:
        out.print(f"  {one['picture']}  to {one['form']:<10} frees {_size(one['frees'])}")


def when_full(result: JSON) -> str:
    """When the budget is full, in a sentence."""
    pace = f"At the pace of the last four weeks ({_size(result['bytes_a_day'])} a day)"
    if result["days"] is None:
        return "It does not grow."
    if result["days"] == 0:
        return "It is full: pictures are thinned, weakest first."
    years = result["days"] / 365
    if years > 10:
        return f"{pace} it lasts for more than ten years."
    return f"{pace} it is full in {result['days']:.0f} days." if years < 2 else f"{pace} it lasts {years:.1f} years."


def named(one: JSON) -> str:
    """What a picture may be headed with: no word of what is kept."""
    at = datetime.fromisoformat(one["at"])
    facet = {"turn": "Something said", "frame": "A screen", "fact": "A fact", "note": "A note"}.get(one["facet"])
    return f"{facet or 'A memory'} of {at.day} {at:%B %Y}"


def beneath(one: JSON) -> str:
    """What a picture says under its head: when it fades, and that the rings are uses."""
    fate = str(one["fate"]).partition(". ")[0].rstrip(".")
    marked = len(one["life"]["uses"])
    return f"{fate}. The rings are its uses." if marked else f"{fate}."


def _size(count: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.2f} GB"
