"""The episodes of a day as one reads them in a terminal: when, who or where, and why each begins."""

from rich.text import Text

from app.cli.render import plain, who
from app.cli.session import Session
from app.commands.request import JSON

_LINES, _WIDTH = 3, 100


def shown(session: Session, result: JSON) -> None:
    """One day, episode by episode, each with its first lines."""
    out = session.out
    if not result["episodes"]:
        out.print(f"No episodes on {result['day']}. A sleep finds them: mneme sleep")
        return
    out.print(Text(str(result["day"]), style="bold"))
    for one in result["episodes"]:
        many = len(one["members"])
        head = Text(f"{one['begins'][11:16]} - {one['ends'][11:16]}  ", style="cyan")
        head.append(plain(one["title"], _WIDTH), style="bold")
        head.append(f"  {many} {'observation' if many == 1 else 'observations'}", style="dim")
        out.print(head)
        if one["reason"]:
            out.print(Text(f"               {plain(one['reason'], _WIDTH)}", style="dim"))
        for memory in one["members"][:_LINES]:
            out.print(Text(f"               {who(memory)}: {plain(memory['text'], _WIDTH)}"))
        if many > _LINES:
            out.print(Text(f"               and {many - _LINES} more", style="dim"))
