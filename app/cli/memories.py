"""The command for what is kept: list, show, edit, pin, keep, review, forecast."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import drawn, episodes, held, topics
from app.cli.session import Session
from app.cli.verbs import app, ending, simple
from app.commands.request import JSON
from core.errors import BadInput, Cancelled

_OF_ONE = ("show", "edit", "pin", "keep")
_ACTIONS = ("list", *_OF_ONE, "topics", "episodes", "review", "forecast")
_SHOWN = {"topics": topics.shown, "episodes": episodes.shown}


@app.command()
def memories(
    action: Annotated[
        str, typer.Argument(help="list, topics, episodes, show, edit, pin, keep, review or forecast.")
    ] = "list",
    id: Annotated[str, typer.Argument(help="A memory's id, or the beginning of it; for episodes a day.")] = "",
    text: Annotated[str, typer.Argument(help="For edit: the new text.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind (repeatable).")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Only this state (repeatable).")] = None,
    query: Annotated[str, typer.Option(help="Literal words.")] = "",
    with_: Annotated[str, typer.Option("--with", help="Only with this person.")] = "",
    app_: Annotated[str, typer.Option("--app", help="Only from this application.")] = "",
    offered: Annotated[bool, typer.Option("--offered", help="What you are likely to need next, best first.")] = False,
    fading: Annotated[bool, typer.Option("--fading", help="What fades soonest, when, and why.")] = False,
    days: Annotated[int, typer.Option(min=1, max=36500, help="For --fading: within so many days.")] = 14,
    off: Annotated[bool, typer.Option("--off", help="For pin: let it fade again.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="For show: a secret's text too.")] = False,
    picture: Annotated[Path | None, typer.Option(help="For show: its curve into this file, .svg or .png.")] = None,
    dark: Annotated[bool, typer.Option("--dark", help="For --picture: on a dark ground.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="For topics: the faded ones too.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="For review: keep all that is to be forgotten.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="For review: forget all of it now.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
) -> None:
    """List, show, edit, pin or keep memories; review what is to be forgotten; say when the storage is full."""
    if action not in _ACTIONS:
        raise typer.BadParameter(f"There is no `memories {action}`: {', '.join(_ACTIONS)}.")
    if action in _OF_ONE and not id:
        raise typer.BadParameter("Which one? Give its id (`mneme memories list` shows them).")
    if action == "edit" and not text:
        raise typer.BadParameter("Give the new text.")
    arguments: JSON = {
        "action": action,
        "id": id or None,
        "text": text or None,
        "kinds": kind,
        "states": state,
        "query": query or None,
        "with": with_ or None,
        "app": app_ or None,
        "offered": offered or None,
        "fading": fading or None,
        "days": days if fading else None,
        "off": off or None,
        "reveal": reveal or None,
        "all": all_ or None,
        "limit": limit,
    }
    if action == "review":
        ending(lambda current: _review(current, keep=keep, forget=forget, limit=limit))
    elif picture is not None:
        ending(lambda current: _picture(current, arguments, picture, dark=dark))
    else:
        simple("memories", arguments, _SHOWN.get(action, held.shown))


def _review(current: Session, *, keep: bool, forget: bool, limit: int) -> int:
    if keep and forget:
        raise BadInput("Either keep them or forget them.", "`mneme memories review` shows them first.")
    arguments: JSON = {"action": "review", "limit": limit}
    if forget:
        found = current.run("memories", arguments)["proposed"]
        many = "this memory" if len(found) == 1 else f"these {len(found)} memories"
        if found and not current.common.yes:
            held.listed_fading(current.err, found)
        if found and not current.agreed(f"Forget {many} now? There is no undo."):
            raise Cancelled("The forgetting")
    result = current.run("memories", arguments | ({"keep": True} if keep else {"forget": True} if forget else {}))
    current.print_json(result) if current.common.json else held.reviewed(current, result)
    return 0


def _picture(current: Session, arguments: JSON, file: Path, *, dark: bool) -> int:
    if arguments["action"] != "show":
        raise BadInput("Only `memories show` draws a curve.", "Like this: mneme memories show ID --picture curve.svg")
    result = current.run("memories", {name: value for name, value in arguments.items() if value is not None})
    if file.exists() and not current.agreed(f"{file.name} is there already. Replace it?"):
        raise Cancelled("The picture")
    drawn.write(file, result["life"], held.named(result), held.beneath(result), dark=dark)
    if current.common.json:
        current.print_json({"memory": result["memory"], "picture": str(file), "fate": result["fate"]})
    else:
        current.out.print(f"{file}: {result['fate']}", markup=False)
    return 0
