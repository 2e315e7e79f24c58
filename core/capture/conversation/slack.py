"""Slack's export: a zip of people, channels, and a JSON file for each channel and day."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from core.capture.conversation import fields, walk
from core.capture.conversation.attachments import noted
from core.capture.conversation.bundle import Bundle
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, ReadOut, Skipped
from core.capture.conversation.text import utf8
from core.capture.conversation.turns import Read, dated, observed
from core.errors import BadInput
from core.memory import Channel, Provenance

NAME = "Slack export"
_PEOPLE = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "dms.json", "mpims.json")
_DAY = re.compile(r"(?P<root>.*?)(?P<folder>[^/]+)/\d{4}-\d{2}-\d{2}\.json")
_SAID = ("", "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment", "reply_broadcast")
_ENOUGH = 3
"""Direct conversations, from which it can be told whose they are."""
_ANGLED = re.compile(r"<(?P<sign>[@#!]?)(?P<id>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>")


def claim(bundle: Bundle) -> frozenset[str]:
    """The people, the channels and the days of each export in a download; none when there is no export."""
    names = [entry.name for entry in bundle.entries]
    roots = {name.removesuffix(one) for name in names for one in _PEOPLE if PurePosixPath(name).name == one}
    wanted: set[str] = set()
    for root in roots:
        days = [name for name in names if (found := _DAY.fullmatch(name)) and found["root"] == root]
        if days:
            wanted |= {*days, *(root + one for one in (*_PEOPLE, *_CHANNELS) if root + one in names)}
    return frozenset(wanted)


def read(bundle: Bundle, context: ImportContext) -> Iterator[ReadOut]:
    """The turns channel by channel and day by day; `Skipped.line` is the message's place in its day's file."""
    wanted = claim(bundle)
    for root in sorted({found["root"] for name in wanted if (found := _DAY.fullmatch(name))}):
        export = _Export(context)
        for name in (*_PEOPLE, *_CHANNELS):
            if root + name in wanted:
                yield from export.listed(bundle, root + name)
        export.find_owner()
        days = sorted(name for name in wanted if (found := _DAY.fullmatch(name)) and found["root"] == root)
        for name in days:
            yield from dated(export.day(bundle, name), context)


@dataclass(slots=True)
class _Place:
    """A channel or a direct conversation."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    direct: bool = False


@dataclass(slots=True)
class _Export:
    """Who is who in one export, and its days while they are read."""

    context: ImportContext
    people: dict[str, str] = field(default_factory=dict)
    mine: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Those of `mine` who are so by one of the person's names."""
    places: dict[str, _Place] = field(default_factory=dict)
    """By the name of their folder."""

    def listed(self, bundle: Bundle, file: str) -> Iterator[ReadOut]:
        """Learn the people or the channels in this list."""
        learn = self._person if PurePosixPath(file).name in _PEOPLE else self._channel
        for number, found in _nodes(bundle, file):
            if isinstance(found, Skipped):
                yield found
            elif id := fields.text(found, "id"):
                learn(id, found, PurePosixPath(file).stem)
            else:
                yield Skipped(line=number, reason="somebody or a channel without an id", file=file)

    def _person(self, id: str, found: Node, _: str) -> None:
        profile = fields.inner(found, "profile")
        names = [
            fields.text(profile, "display_name"),
            fields.text(profile, "real_name"),
            fields.text(found, "real_name"),
        ]
        names += [fields.text(found, "name")]
        self.people[id] = next(filter(None, names), id)
        if any(self.context.is_person(name) for name in (*names, fields.text(profile, "email")) if name):
            self.mine.add(id)
            self.named.add(id)

    def _channel(self, id: str, found: Node, kind: str) -> None:
        listed = found.get("members")
        members = tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
        place = _Place(id, f"#{fields.text(found, 'name') or id}", members, kind in ("dms", "mpims"))
        for folder in filter(None, (id, fields.text(found, "name"))):
            self.places[folder] = place

    def find_owner(self) -> None:
        """Whoever is in every one of several direct conversations is the person whose export this is."""
        direct = [
            set(place.members) for place in {one.id: one for one in self.places.values()}.values() if place.direct
        ]
        common = set.intersection(*direct) if len(direct) >= _ENOUGH else set()
        if not self.mine and len(common) == 1:
            self.mine |= common

    def title(self, place: _Place) -> str:
        """A channel's name; of a direct conversation those in it but the person."""
        others = [self.people.get(one, one) for one in place.members if one not in self.mine]
        return ", ".join(others) if place.direct and others else place.name

    def day(self, bundle: Bundle, file: str) -> Iterator[Read]:
        """The turns of one day in one channel."""
        folder = PurePosixPath(file).parent.name
        place = self.places.get(folder) or _Place(folder, f"#{folder}")
        for number, found in _nodes(bundle, file):
            turn = found if isinstance(found, Skipped) else self._turn(found, number, place)
            yield replace(turn, file=file) if isinstance(turn, Skipped) else turn

    def _turn(self, message: Node, number: int, place: _Place) -> Read:
        kind = fields.text(message, "subtype")
        if kind == "message_changed" and fields.inner(message, "message"):
            message = fields.inner(message, "message")
            kind = fields.text(message, "subtype")
        if fields.text(message, "type") not in ("message", ""):
            return Skipped(line=number, reason="not a message")
        if kind in ("tombstone", "message_deleted"):
            return Skipped(line=number, reason="a message that was deleted")
        if kind not in _SAID:
            return Skipped(line=number, reason="a line of Slack's own (joins, topics, calls)")
        files = [fields.text(one, "name", "title", "mode") for one in fields.several(message, "files")]
        text = noted(self._said(message), files)
        if not text.strip():
            return Skipped(line=number, reason="a message without words")
        stamp = fields.text(message, "ts")
        provenance = self._provenance(message, place, stamp, number)
        called = self.context.names if fields.text(message, "user") in self.named else ()
        return observed(text, self._at(stamp), provenance, self.context, called=called)

    def _provenance(self, message: Node, place: _Place, stamp: str, number: int) -> Provenance:
        id = fields.text(message, "user")
        profile = fields.inner(message, "user_profile")
        called = fields.text(profile, "display_name", "real_name", "name")
        called = self.people.get(id) or called or fields.text(message, "username") or id or "a bot"
        others = [self.people.get(one, one) for one in place.members if one != id]
        mine = id in self.mine or self.context.is_person(called)
        theirs = place.direct and not mine and len(place.members) == 2 and self.mine & set(place.members)
        thread = fields.text(message, "thread_ts")
        return Provenance(
            channel=Channel.CONVERSATION,
            app="Slack",
            window=self.title(place),
            conversation=f"Slack {place.id}",
            external_id=stamp or f"place-{number}",
            session=thread,
            speaker=called,
            addressee="me" if theirs else ", ".join(others) if place.direct else "",
            mine=(id in self.mine and id not in self.named) or self.context.is_me(called),
        )

    def _at(self, stamp: str) -> datetime | None:
        try:
            return self.context.from_posix(float(stamp))
        except (ValueError, OverflowError, OSError):
            return None

    def _said(self, message: Node) -> str:
        """The words with people and channels by their names, and those of cards and quoted messages below."""
        parts = [fields.text(message, "text")]
        for card in fields.several(message, "attachments"):
            lines = [fields.text(card, key) for key in ("pretext", "title")]
            lines.append(fields.text(card, "text") or fields.text(card, "fallback"))
            author = fields.text(card, "author_name")
            told = "\n".join(dict.fromkeys(filter(None, lines)))
            parts.append(f"[{author}] {told}" if author and told else told)
        return "\n".join(part for part in map(self._plain, parts) if part.strip())

    def _plain(self, text: str) -> str:
        def named(found: re.Match[str]) -> str:
            sign, id, label = found["sign"], found["id"], found["label"] or ""
            if sign == "@":
                return "@" + (self.people.get(id) or label or id)
            if sign == "#":
                place = self.places.get(id)
                return "#" + label if label else self.title(place) if place else f"#{id}"
            if sign == "!":
                return label or f"@{id}"
            return f"{label} ({id})" if label and label != id.removeprefix("mailto:") else id.removeprefix("mailto:")

        return html.unescape(_ANGLED.sub(named, text))


def _nodes(bundle: Bundle, file: str) -> Iterator[tuple[int, Node | Skipped]]:
    """(place from 1, object) of each in a file's array; Skipped for what is none, and for a file that is damaged."""
    number = 0
    try:
        with bundle.open(file) as stream:
            for value in walk.elements(utf8(stream)):
                number += 1
                found = fields.parsed(value.raw) if not value.problem else None
                reason = value.problem or "not a JSON object"
                yield number, (Skipped(line=number, reason=reason, file=file) if found is None else found)
    except BadInput as problem:
        yield number + 1, Skipped(line=number + 1, reason=problem.title, file=file)
