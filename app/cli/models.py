"""`mneme models`: those that are here and on offer, what each would do on this machine, and changing them."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from app.cli.preparing import prepare
from app.cli.render import plain
from app.cli.session import Session
from app.cli.verbs import app, ending, simple
from app.commands.request import JSON
from core.errors import Cancelled, ModelProblem
from core.inference import catalog

_ACTIONS = ("list", "add", "download", "use", "draft", "remove", "discard", "prepare")


@app.command()
def models(
    action: Annotated[
        str,
        typer.Argument(
            help="list, add, download, use, remove; draft: let a small one propose words (none: no more); "
            "discard: throw leftovers away; "
            "prepare: write a file of which only the neurons that a word needs are read; where that changes answers, "
            "show by how much first."
        ),
    ] = "list",
    name: Annotated[
        str, typer.Argument(help="A model's name; for add and prepare (also) the GGUF file, for download https://")
    ] = "",
    target: Annotated[str, typer.Argument(help="For prepare of a file: the file to write.")] = "",
    trust: Annotated[bool, typer.Option("--trust", help="You trust this file without a published hash.")] = False,
    sha256: Annotated[str, typer.Option(help="For add: the SHA-256 its publisher states.")] = "",
    keep: Annotated[float, typer.Option(help="For prepare: how many percent of the neurons stay for a token.")] = 0.0,
    text: Annotated[str, typer.Option(help="For prepare: a text of your own that the model is tried on.")] = "",
) -> None:
    """Models for answers and for meaning: what each would do on this machine."""
    if action not in _ACTIONS:
        raise typer.BadParameter(f"There is no `models {action}`: {', '.join(_ACTIONS)}.")
    if action != "list" and not name:
        raise typer.BadParameter("Which one?")
    if (target or keep or text) and action != "prepare":
        raise typer.BadParameter("Only `models prepare` takes a second file, --keep or --text.")
    if action == "prepare":
        ending(lambda session: prepare(session, name, target, keep=keep / 100 if keep else None, text=text))
    arguments: JSON = {"action": action, "trust": trust or None, "sha256": sha256 or None}
    arguments["file" if action == "add" else "name"] = str(Path(name).absolute()) if action == "add" else name or None
    if action == "download" and not any(name in (one.name, one.file) and one.sha256 for one in catalog.offers()):
        ending(lambda session: _download_unknown(session, name, trust))
    simple("models", arguments, show)


def _download_unknown(session: Session, name: str, trust: bool) -> int:
    """Show what the host publishes of a file, and ask, before any of it is fetched."""
    promised = session.run("models", {"action": "published", "name": name})
    for sentence in told(promised):
        session.err.print(sentence, markup=False)
    if not promised["sha256"] and not trust:
        raise ModelProblem(
            "Its host publishes no SHA-256, so nothing could be checked.", "Say --trust to fetch it all the same."
        )
    if not trust and not session.agreed("Nobody else has vouched for it. Fetch this file?"):
        raise Cancelled("The download")
    result = session.run("models", {"action": "download", "name": name, "trust": True, "promised": promised})
    if session.common.json:
        session.print_json(result)
    else:
        show(session, result)
    return 0


def told(promised: JSON) -> list[str]:
    """What a host says of a file, line by line."""
    size = f"{promised['bytes'] / 2**30:.1f} GB" if promised["bytes"] else "of unknown size"
    return [
        f"{promised['file']}, {size}",
        f"from {promised['url']}",
        f"SHA-256 as its host publishes it: {promised['sha256'] or 'none'}",
        f"revision: {promised['revision'] or 'not pinned; the host may change the file'}",
    ]


def show(session: Session, result: JSON) -> None:
    """Models here and on offer."""
    if not result["models"]:
        session.out.print("No models here yet; answers are sentences from your memories.")
    for one in result["models"]:
        used = f" (used for {', '.join(one['used_for'])})" if one["used_for"] else ""
        session.out.print(Text(f"{one['name']}  {_size(one['bytes'])}{used}"))
        if one.get("problem") or one.get("sentence"):
            session.out.print(Text(f"  {one.get('problem') or one['sentence']}", style=_style(one)))
        if "spent" in one:
            session.out.print(Text(f"  {one['spent']['sentence']}"))
        if one.get("no_draft"):
            session.out.print(Text(f"  Nothing drafts for it. {one['no_draft']}", style="yellow"))
        if one.get("drafts") and "draft" not in one["used_for"]:
            session.out.print(Text(f"  It could draft for the one that answers (`mneme models draft {one['name']}`)."))
        if one.get("differs"):
            session.out.print(Text(f"  {one['differs']}", style="yellow"))
        if one.get("preparable"):
            changed = "; its answers would change, by how much is shown first" if one.get("by_choice") else ""
            said = f"  It could be prepared, so that less of it is read (`mneme models prepare`){changed}."
            session.out.print(Text(said))
    by = result["meaning"]["by"]
    reading = "; the chosen model is still reading all memories" if result["meaning"]["reading"] else ""
    session.out.print(
        Text(f"Memories are found by meaning with {by if by != 'bundled' else 'the bundled model'}{reading}.")
    )
    for one in result["left"]:
        said = (
            f"Left of an interrupted download: {one['name']}, {_size(one['bytes'])} (`mneme models discard` deletes it)"
        )
        session.out.print(Text(said, style="yellow"))
    session.out.print()
    _recommended(session, result["recommended"])
    session.out.print(
        Text(
            f"On offer, downloaded only when you ask; with {result['memory_mb']} MB of memory for the model:",
            style="dim",
        )
    )
    for one in result["offers"]:
        session.out.print(Text(f"  {one['name']:<28} {_size(one['bytes']):>8}  {one['licence']}", style=_style(one)))
        session.out.print(Text(f"    {one['sentence']}", style=_style(one)))
    if result["machine"]["measured_while_busy"]:
        busy = (
            "Measured while other programs kept this machine busy: on its own it is quicker; it is measured again then."
        )
        session.out.print(Text(busy, style="dim"))
    session.out.print(Text("`mneme settings set model.memory_mb N` gives the model more memory or less.", style="dim"))


def _recommended(session: Session, one: dict[str, Any]) -> None:
    if not one["name"]:
        session.out.print(Text(one["sentence"]))
        return
    session.out.print(
        Text(
            f"For this machine: {one['name']}, {_size(one['bytes'])}, {one['sentence']} "
            f"(with {one['memory_mb']} MB of memory). {plain(one['note'], 90)}"
        )
    )


def _style(one: dict[str, Any]) -> str:
    return "dim" if one.get("problem") or one.get("fit") in ("slow", "cannot") else ""


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
