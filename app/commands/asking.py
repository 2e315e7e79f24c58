"""Commands that take something out: recall, ask, conflicts, coming up, status."""

import os
from datetime import datetime

from app.commands.forms import (
    answer_form,
    conflict_form,
    memory_form,
    prompt_form,
    recalled_form,
    status_form,
    time_of,
)
from app.commands.keeping import named
from app.commands.request import JSON, Reply, read_moment
from app.host import Host
from app.recorder_state import recorder_form
from core.consolidate.coming_up import due
from core.errors import BadInput, Cancelled, Problem
from core.urgency import Urgency


def recall(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """One question, or a batch of them line by line."""
    assistant = host.assistant
    k, tokens = arguments.get("k"), arguments.get("context_tokens")

    def one(line: JSON) -> JSON:
        moment = read_moment(line["now"], host.clock) if line.get("now") is not None else now
        found = assistant.recall(
            str(line["question"]),
            moment,
            k=k,
            conversation=line.get("conversation"),
            context_tokens=tokens,
            ignore=_keys(line.get("ignore", arguments.get("ignore"))),
        )
        return recalled_form(line.get("id"), found)

    if "batch" in arguments:
        return _batch(arguments["batch"], one, reply)
    return one({"question": arguments["question"], "conversation": arguments.get("conversation")})


def ask(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """An answer with its grounds, or what a model would be given for it; or a batch of them."""
    assistant = host.assistant

    def one(line: JSON) -> JSON:
        moment = read_moment(line["now"], host.clock) if line.get("now") is not None else now
        if arguments.get("prompt"):
            told = assistant.prompt(str(line["question"]), moment, conversation=line.get("conversation"))
            return prompt_form(line.get("id"), told)
        answer = assistant.ask(
            str(line["question"]),
            moment,
            conversation=line.get("conversation"),
            ignore=_keys(line.get("ignore", arguments.get("ignore"))),
            on_first=(lambda first: reply.first(answer_form(None, first))) if arguments.get("stream") else None,
            on_words=reply.words if arguments.get("stream") else None,
            cancelled=reply.cancelled,
            with_model=not arguments.get("no_model"),
        )
        return answer_form(line.get("id"), answer)

    if "batch" in arguments:
        said = _batch(arguments["batch"], one, reply)
    else:
        said = one({"question": arguments["question"], "conversation": arguments.get("conversation")})
    if assistant.last_run() is not None:
        host.models().keep_measured()
    return said


def _keys(given: object) -> tuple[str, ...]:
    """What is not to be understood. Raises BadInput."""
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
        raise BadInput(
            "'ignore' is no list of keys.", "The keys are those under 'understood', like \"time:last friday\"."
        )
    return tuple(given)


def _batch(lines: list[JSON], one: object, reply: Reply) -> JSON:
    assert callable(one)
    failed = 0
    for number, line in enumerate(lines, start=1):
        if reply.cancelled():
            raise Cancelled("The batch")
        try:
            if "error" in line:
                raise BadInput(str(line["error"]))
            if not isinstance(line.get("question"), str):
                raise BadInput("The line has no question.", 'Each line is {"id", "question", ...}.')
            reply.line(one(line))
        except Cancelled:
            raise
        except Problem as problem:
            failed += 1
            reply.line({"id": line.get("id", number), "error": {"title": problem.title, "remedy": problem.remedy}})
    return {"lines": len(lines), "failed": failed}


def conflicts(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List contradictions, settle one, or take a decision back."""
    assistant = host.assistant
    if arguments.get("settle") is not None:
        kept = str(arguments["keep"])
        keep = None if kept == "both" else named(assistant, kept).id
        host.work(lambda a: a.settle(int(arguments["settle"]), keep, now), Urgency.CAPTURE)
    if arguments.get("reopen") is not None:
        host.work(lambda a: a.reopen(int(arguments["reopen"]), now), Urgency.CAPTURE)
    return {"conflicts": [conflict_form(one, assistant) for one in assistant.conflicts()]}


def coming_up(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Promises and appointments that are not past."""
    found = host.assistant.coming_up(now)
    return {"coming_up": [memory_form(memory) | {"due": time_of(due(memory))} for memory in found]}


def status(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Counts by kind and state, content hash, host, whether it records."""
    if host.state() != "open":
        return {"profile": str(host.profile), "locked": True, "state": host.state(), "host": os.getpid()}
    found = status_form(host.assistant.status(), str(host.profile), os.getpid(), host.assistant)
    return found | {"recorder": recorder_form(host)}
