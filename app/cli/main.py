"""Where every start of Mneme begins: no words open the window, words are a command."""

import sys

from app.cli import assistants, everyday, memories, models, upkeep, verbs
from app.cli.session import Common, Session
from app.commands.request import read_moment
from app.crash import told, unexpected
from app.host import local_now
from app.logs import logging_to
from core.errors import Cancelled, Problem

__all__ = ["assistants", "everyday", "memories", "models", "run", "upkeep"]

_USAGE = 2


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code: 0 fine, 1 a problem said, 2 usage, 130 cancelled."""
    try:
        common, rest = Common.taken_from(arguments)
    except Problem as problem:
        Session(Common()).fail(problem)
        return 2
    verbs.begin(common)
    paths = verbs.session().paths
    with logging_to(paths), told(paths):
        try:
            if not rest:
                return _without_words(verbs.session())
            verbs.app(rest, prog_name="mneme")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
            if code == _USAGE and common.json:
                error = {"title": "That command line was not understood.", "remedy": "`mneme --help` shows how."}
                verbs.session().print_json({"error": error})
            return code
        except KeyboardInterrupt:
            return Cancelled.exit_code
        except Exception as error:  # the border of the process: a bug is said in a sentence, whole in the log
            unexpected(type(error), error, error.__traceback__)
            return 1
    return 0


def _without_words(session: Session) -> int:
    from app.cli.render import has_display

    if has_display():
        from app.main import going_on_from, window

        try:
            now = session.common.now
            clock = going_on_from(read_moment(now, local_now)) if now else local_now
            return window(session.paths, session.explicit_passphrase(), clock=clock)
        except Problem as problem:
            return session.fail(problem)
    sys.stderr.write("There is no display, so Mneme shows itself here: this is `mneme try`.\n")
    try:
        verbs.app(["try"], prog_name="mneme")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0
