"""Looking around: the tree of topics and what belongs to one of them, the episodes of a day."""

from datetime import date, datetime

from app.commands.forms import memory_form, time_of
from app.commands.keeping import named
from app.commands.request import JSON
from app.host import Host
from core.errors import BadInput
from core.memory import Topic


def topics(host: Host, arguments: JSON, now: datetime) -> JSON:
    """The whole tree; with an id what belongs to that topic, an episode each."""
    assistant = host.assistant
    if arguments.get("id") is None:
        shown = assistant.topics(faded=bool(arguments.get("all")))
        left_out = len(assistant.topics(faded=True)) - len(shown)
        return {"topics": [topic_form(topic) for topic in shown], "faded": left_out}
    topic = named(assistant, str(arguments["id"]))
    found = assistant.in_topic(topic.id)
    return {"topic": topic.text, "memory": topic.id, "members": [memory_form(one, assistant, now) for one in found]}


def episodes(host: Host, arguments: JSON, now: datetime) -> JSON:
    """The episodes of a local day, each with why it begins there. Raises BadInput.

    Without a day it is today's, or where there is nothing of today yet the last one's that there is something of.
    """
    given = arguments.get("id")
    try:
        wanted = _last_day(host, now) if given is None else date.fromisoformat(str(given))
    except ValueError as error:
        raise BadInput(f"{given!r} is no day.", "Write it like this: mneme memories episodes 2026-03-12") from error
    day = host.assistant.day(wanted, now)
    return {
        "day": wanted.isoformat(),
        "episodes": [
            {
                "episode": one.id,
                "title": one.title,
                "begins": time_of(one.begins),
                "ends": time_of(one.ends),
                "app": one.app,
                "conversation": one.conversation,
                "reason": one.reason,
                "members": [memory_form(memory) for memory in day.members[one.id]],
            }
            for one in day.episodes
        ],
        "loose": [memory.id for memory in day.loose],
    }


def _last_day(host: Host, now: datetime) -> date:
    return max(host.assistant.heat(date.min, now.date()), default=now.date())


def topic_form(topic: Topic) -> JSON:
    """A node of the tree with those below it."""
    return {
        "memory": topic.memory.id,
        "title": topic.memory.text,
        "words": list(topic.memory.tags),
        "members": topic.members,
        "last": time_of(topic.last),
        "state": topic.memory.state.value,
        "pinned": topic.memory.pinned,
        "below": [topic_form(one) for one in topic.below],
    }
