"""The tree of topics as one reads it in a terminal, and what belongs to one of them."""

from rich.text import Text
from rich.tree import Tree

from app.cli.render import day, plain, who
from app.cli.session import Session
from app.commands.request import JSON


def shown(session: Session, result: JSON) -> None:
    """The whole tree, or the members of one topic."""
    if "members" in result:
        _members(session, result)
        return
    if not result["topics"]:
        none = "There are no topics yet. A sleep sorts what belongs together: mneme sleep"
        session.out.print(_faded(result["faded"]) or none)
        return
    tree = Tree(Text("Topics", style="bold"), guide_style="dim")
    for topic in result["topics"]:
        _grow(tree, topic)
    session.out.print(tree)
    session.out.print(Text("What belongs to one: mneme memories topics ID", style="dim"))
    if result["faded"]:
        session.out.print(Text(_faded(result["faded"]), style="dim"))


def _faded(many: int) -> str:
    """What is left out, and how to see it; nothing when nothing is."""
    if not many:
        return ""
    return "1 topic has faded; --all shows it too." if many == 1 else f"{many} topics have faded; --all shows them too."


def _grow(tree: Tree, topic: JSON) -> None:
    head = Text(plain(topic["title"], 80), style="bold" if topic["below"] else "")
    many = "1 episode" if topic["members"] == 1 else f"{topic['members']} episodes"
    faded = ", faded" if topic["state"] == "faded" else ""
    head.append(f"  {many}, last {day(topic['last'])[:11].strip()}{faded}", style="dim")
    head.append(f"  {topic['memory']}", style="dim")
    branch = tree.add(head)
    for below in topic["below"]:
        _grow(branch, below)


def _members(session: Session, result: JSON) -> None:
    out = session.out
    out.print(Text(plain(result["topic"], 200), style="bold"))
    for one in result["members"]:
        head = Text(f"  {day(one['at'])}  ", style="cyan")
        if one["facet"] == "summary":
            head.append(one["memory"], style="dim")
            out.print(head)
            for line in one["text"].splitlines():
                out.print(Text(f"    {plain(line, 300)}"))
        else:
            head.append(f"{who(one)}: {plain(one['text'], 200)}", style="default")
            out.print(head)
    if not result["members"]:
        out.print("  Nothing belongs to it.")
