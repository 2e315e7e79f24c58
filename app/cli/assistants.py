"""`mneme mcp`: the memory for other assistants over stdio, and who of them may read what."""

import json
from typing import Annotated

import typer
from rich.text import Text

from app.cli.render import day, plain
from app.cli.session import Session
from app.cli.verbs import app, ending, simple
from app.commands.consent import KEY_NAME
from app.commands.request import JSON
from core.errors import BadInput

_ACTIONS = ("serve", "clients", "allow", "deny", "forget", "log")
_STANDINGS = {"asks": "asks to read", "allowed": "may read", "denied": "may not read"}


@app.command()
def mcp(
    action: Annotated[str, typer.Argument(help="serve, clients, allow, deny, forget or log.")] = "serve",
    name: Annotated[str, typer.Argument(help="The assistant, for allow, deny and forget.")] = "",
    kinds: Annotated[
        str | None, typer.Option(help="For allow: core, episodic, semantic, procedural, resource; with commas.")
    ] = None,
    sensitivity: Annotated[
        str | None, typer.Option(help="For allow: work, money, health, love; with commas. none: of these nothing.")
    ] = None,
    write: Annotated[bool | None, typer.Option("--write/--no-write", help="For allow: it may add notes.")] = None,
    key: Annotated[
        bool | None, typer.Option("--key/--no-key", help="For allow: print a key that it must show from now on.")
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="For forget: also all that it wrote.")] = False,
    client: Annotated[str, typer.Option(help="For serve: the assistant's name, in place of what it says.")] = "",
    log: Annotated[bool, typer.Option("--log", help="The same as `mneme mcp log`.")] = False,
) -> None:
    """Memory for other assistants over stdio; each is refused until you allow it."""
    action = "log" if log else action
    if action not in _ACTIONS:
        raise typer.BadParameter(f"There is no `mcp {action}`: {', '.join(_ACTIONS)}.")
    if bool(name) != (action in ("allow", "deny", "forget")):
        raise typer.BadParameter("allow, deny and forget take the assistant's name; `mneme mcp clients` lists them.")
    if action == "serve":
        ending(lambda session: _serve(session, client))
    if action in ("clients", "log"):
        simple("assistants", {"action": action}, _clients if action == "clients" else _accesses)
    arguments: JSON = {"action": action, "name": name}
    if action == "allow":
        arguments |= {"kinds": _parted(kinds), "sensitivity": _parted(sensitivity), "write": write}
        arguments |= {"key": key or None, "no_key": key is False or None}
    ending(lambda session: _decide(session, arguments | {"notes": notes or None}))


def _parted(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _serve(session: Session, client: str) -> int:
    from app.mcp import serve  # only this one command needs the protocol's library

    return serve(session, client)


def _decide(session: Session, arguments: JSON) -> int:
    if arguments["action"] == "forget" and arguments["notes"] and not session.agreed("Forget all that it wrote too?"):
        return 130
    if arguments["action"] == "allow" and arguments["kinds"] == []:
        raise BadInput("Nothing would be given.", "Name a kind, or use `mneme mcp deny`.")
    result = session.run("assistants", {name: value for name, value in arguments.items() if value is not None})
    if session.common.json:
        session.print_json(result)
    elif "client" in result:
        _show(session, result["client"])
        if result.get("key"):
            _configuration(session, result["client"]["name"], result["key"])
    else:
        session.out.print(Text(f"{plain(result['forgotten'], 60)} is not known any more: when it comes back it asks."))
        if arguments["notes"]:
            session.out.print(Text(f"Notes of its that were forgotten: {result['notes']}."))
    return 0


def _clients(session: Session, result: JSON) -> None:
    if not result["clients"]:
        session.out.print("No other assistant has asked to read.")
    for one in result["clients"]:
        _show(session, one)


def _show(session: Session, one: JSON) -> None:
    session.out.print(Text(f"{plain(one['name'], 60):<24} {_STANDINGS[one['standing']]}", style="bold"))
    if one["standing"] == "allowed":
        known_by = "shows its key" if one["keyed"] else "is known by its name alone: any program can call itself so"
        session.out.print(Text(f"    kinds: {', '.join(one['kinds'])}"))
        session.out.print(Text(f"    about: {', '.join(('what is not private', *one['sensitivity']))}"))
        session.out.print(Text(f"    {'may add notes' if one['may_write'] else 'adds nothing'}; {known_by}"))
    session.out.print(
        Text(f"    asked {one['asked']}, refused {one['refused']}, given {one['given']}, held back {one['held_back']}")
    )


def _configuration(session: Session, name: str, key: str) -> None:
    """What stands in the assistant's own configuration; the key is shown once and kept nowhere."""
    server = {"command": "mneme", "args": ["mcp", "--client", name], "env": {KEY_NAME: key}}
    session.err.print("Put this into its configuration. The key is shown only now:")
    session.out.print(Text(json.dumps({"mcpServers": {"mneme": server}}, indent=2, ensure_ascii=False)))


def _accesses(session: Session, result: JSON) -> None:
    if not result["accesses"]:
        session.out.print("No other assistant has asked for anything.")
    for one in result["accesses"]:
        what = f"{one['given']} given, {one['held_back']} held back" if one["tool"] != "remember" else "wrote a note"
        what = "refused" if one["refused"] else what
        session.out.print(Text(f"{day(one['at'])}  {plain(one['client'], 40):<24} {one['tool']:<10} {what}"))
