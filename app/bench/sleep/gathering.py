"""What a sleep gathers: are topics those that a person would make, is any of it junk, was every sentence said?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import log

import numpy as np

from app.bench.dataset import DataSet
from app.bench.outside import Outside, outside
from app.bench.row import Row
from app.bench.sleep.facts import imported, listed
from app.bench.sleep.labels import judged
from app.bench.sleep.setting import HALVES, Setting, filled, half, labelled, slept
from app.commands.request import JSON
from core.consolidate.topics.tree import Item, Tree
from core.memory import Channel, EpisodeId, Facet, Kind, MemoryId, Observation, Provenance

_PURITY, _JUNK = 0.8, 0.1
_QUOTING = ("summary", "digest", "week")
_CHANNELS = {
    "screen": (Channel.SCREEN, Facet.FRAME),
    "note": (Channel.NOTE, Facet.NOTE),
    "conversation": (Channel.CONVERSATION, Facet.TURN),
}
_EPISODES, _THEMES, _DIMENSIONS = (1_000, 10_000), 200, 64


def rows(setting: Setting) -> Iterable[Row]:
    """Topics against known themes, junk among what is derived, words that were said, lines of the profile."""
    told = labelled("topics.jsonl")
    night = _last(told) + timedelta(hours=12)
    with setting.bar.over("Sorting episodes of known themes", 1), filled(map(_observed, told), night) as place:
        slept(place, night)
        kept = _kept(place)
        yield from _topics(told, kept, _tops(place))
        yield from _said("topics' set", kept.values())
    yield from _junk(setting)
    yield from _profile(setting)
    yield from _cost()
    if setting.dataset is not None:
        yield from _talk(setting, setting.dataset)


def _observed(row: JSON) -> Observation:
    channel, facet = _CHANNELS[row["channel"]]
    return Observation(
        text=row["text"],
        at=datetime.fromisoformat(row["at"]),
        facet=facet,
        kind=Kind.SEMANTIC if facet is Facet.NOTE else Kind.EPISODIC,
        provenance=Provenance(
            channel=channel,
            app=row["app"],
            window=row.get("window", ""),
            conversation=row.get("conversation", "") or (row["app"] if channel is Channel.CONVERSATION else ""),
            external_id=row["id"],
            speaker=row["speaker"],
            mine=bool(row["mine"]),
            role=row.get("role", ""),
        ),
    )


def _last(told: Sequence[JSON]) -> datetime:
    return max(datetime.fromisoformat(row["at"]) for row in told)


def _kept(place: Outside) -> dict[str, JSON]:
    return {one["memory"]: one for one in listed(place)}


def _tops(place: Outside) -> list[JSON]:
    return list([line for _, line in place.lines("memories", "topics", "--all", "--json")][-1]["topics"])


# -- topics


def _topics(told: Sequence[JSON], kept: Mapping[str, JSON], tops: Sequence[JSON]) -> Iterator[Row]:
    """How pure the top-level topics are, and how much of what has a theme they hold."""
    episode = {row["id"]: str(row["episode"]) for row in told}
    theme = {str(row["episode"]): str(row["topic"]) for row in told}
    where: dict[str, str] = {}
    for top in tops:
        for leaf in _leaves(top):
            for source in kept[leaf]["sources"]:
                where.setdefault(episode[kept[source]["id"]], top["memory"])
    for name, chosen in (*((each, [e for e in theme if half(e) == each]) for each in HALVES), ("all", list(theme))):
        themed = [one for one in chosen if theme[one]]
        found = [(where[one], theme[one]) for one in themed if one in where]
        small = [one for one in chosen if not theme[one]]
        yield Row(name=f"topics, purity, {name}", value=_purity(found), unit="share", n=len(found), target=_PURITY)
        yield Row(name=f"topics, mutual information, {name}", value=_shared(found), unit="0..1", n=len(found))
        yield Row(
            name=f"topics, episodes of a theme that are sorted, {name}",
            value=len(found) / max(len(themed), 1),
            unit="share",
            n=len(themed),
        )
        yield Row(
            name=f"topics, small talk left out, {name}",
            value=sum(one not in where for one in small) / max(len(small), 1),
            unit="share",
            n=len(small),
        )
    yield Row(name="topics on top", value=len(tops), unit="", n=len(set(theme.values()) - {""}))


def _leaves(topic: JSON) -> Iterator[str]:
    if not topic["below"]:
        yield topic["memory"]
    for below in topic["below"]:
        yield from _leaves(below)


def _purity(found: Sequence[tuple[str, str]]) -> float:
    by: dict[str, Counter[str]] = defaultdict(Counter)
    for topic, theme in found:
        by[topic][theme] += 1
    return sum(max(counted.values()) for counted in by.values()) / max(len(found), 1)


def _shared(found: Sequence[tuple[str, str]]) -> float:
    """Normalised mutual information (arithmetic mean of the entropies)."""
    total = len(found)
    both = Counter(found)
    topics, themes = Counter(topic for topic, _ in found), Counter(theme for _, theme in found)
    told = sum(n / total * log(n * total / (topics[a] * themes[b])) for (a, b), n in both.items())
    entropy = [-sum(n / total * log(n / total) for n in each.values()) for each in (topics, themes)]
    return told / (sum(entropy) / 2) if sum(entropy) else 0.0


def _cost() -> Iterator[Row]:
    """Topics and episodes that one more episode is compared with, in trees of growing size."""
    made = np.random.default_rng(1)
    themes = made.standard_normal((_THEMES, _DIMENSIONS))
    for size in _EPISODES:
        tree = Tree({}, [])
        looked: list[int] = []
        for number in range(size):
            vector = themes[number % _THEMES] + 0.6 * made.standard_normal(_DIMENSIONS)
            before = tree.compared
            tree.insert(
                Item(
                    episode=EpisodeId(str(number)),
                    sources=(MemoryId(str(number)),),
                    vector=vector / np.linalg.norm(vector),
                )
            )
            tree.loose = tree.loose[-64:]
            looked.append(tree.compared - before)
        last = looked[-200:]
        yield Row(name=f"compared for one of {size} episodes", value=sum(last) / len(last), unit="", n=len(last))


# -- junk


def _junk(setting: Setting) -> Iterator[Row]:
    """Of the lines that a sleep derives, those that rest on junk alone; beside it the share of junk that came in."""
    told = labelled("junk.jsonl")
    night = _last(told) + timedelta(hours=12)
    with setting.bar.over("Sleeping on what is mostly junk", 1), filled(map(_observed, told), night) as place:
        run = slept(place, night)
        kept = _kept(place)
    worth = {row["id"]: bool(row["worth"]) for row in told}
    lines = list(_derived(kept, run))
    for name in (*HALVES, "all"):
        came = [row for row in told if name in ("all", half(row["id"]))]
        found = [ids for _, ids in lines if ids and (name == "all" or half(ids[0]) == name)]
        yield Row(
            name=f"junk among what was derived, {name}",
            value=sum(not any(worth[id] for id in ids) for ids in found) / max(len(found), 1),
            unit="share",
            n=len(found),
            baseline=sum(not row["worth"] for row in came) / len(came),
            target=_JUNK,
        )
    for what in sorted({what for what, _ in lines}):
        some = [ids for name, ids in lines if name == what]
        bad = sum(not any(worth[id] for id in ids) for ids in some)
        yield Row(name=f"junk among what was derived, {what}", value=bad / len(some), unit="share", n=len(some))
    yield from _said("junk set", kept.values())


def _derived(kept: Mapping[str, JSON], run: JSON) -> Iterator[tuple[str, list[str]]]:
    """Each derived line as (what it is, ids of the observations it rests on)."""
    for one in kept.values():
        sources = [kept[id] for id in one["sources"] if id in kept]
        if one["facet"] in _QUOTING:
            for line in _quotes(one):
                yield one["facet"], [source["id"] for source in sources if line in source["text"]][:1]
        elif one["facet"] == "topic":
            yield from (("topic", [source["id"]]) for source in sources)
        elif sources:
            yield one["facet"], [source["id"] for source in sources]
    for entry in run["entries"]:
        if entry["step"] == "links" and entry["after"].get("+link"):
            ends = [kept[id]["id"] for id in (entry["memory"], entry["after"]["+link"][0]) if id in kept]
            yield from (("link", [end]) for end in ends)


def _quotes(one: JSON) -> list[str]:
    """What a summary or digest says that somebody said: its lines without the speaker and without the days' names."""
    lines = str(one["text"]).splitlines()
    told = [line for line in lines if one["facet"] != "week" or ": " in line]
    return [line.partition(": ")[2] or line for line in told]


def _said(name: str, kept: Iterable[JSON]) -> Iterator[Row]:
    """The share of quoted sentences that stand word for word in a source."""
    by_id = {one["memory"]: one for one in kept}
    found = total = 0
    for one in by_id.values():
        if one["facet"] in _QUOTING:
            texts = [by_id[id]["text"] for id in one["sources"] if id in by_id]
            for line, quote in zip(_lines(one), _quotes(one), strict=True):
                total += 1
                found += any(quote in text or line in text for text in texts)
    if total:
        yield Row(
            name=f"sentences said word for word, {name}", value=found / max(total, 1), unit="share", n=total, target=1
        )


def _lines(one: JSON) -> list[str]:
    return [line for line in str(one["text"]).splitlines() if one["facet"] != "week" or ": " in line]


# -- profile, talk


def _profile(setting: Setting) -> Iterator[Row]:
    """The lines of the profile that a labelled sentence of the person's own says, and their room."""
    told = labelled("facts.jsonl")
    with setting.bar.over("Learning who somebody is", 1), outside() as place:
        imported(place, told)
        slept(place, _last(told) + timedelta(hours=12))
        kept = _kept(place)
    by_id = {row["id"]: row for row in told}
    right, lines = 0, [one for one in kept.values() if one["facet"] == "profile"]
    for line in lines:
        rows_of = [by_id[kept[id]["id"]] for id in line["sources"] if id in kept]
        right += any(row["mine"] and judged([line["fact"]], row).wrong == 0 for row in rows_of)
    yield Row(
        name="profile, lines that were said", value=right / max(len(lines), 1), unit="share", n=len(lines), target=1
    )
    yield Row(
        name="profile, characters", value=sum(len(one["text"]) for one in lines), unit="", n=len(lines), target=900
    )


def _talk(setting: Setting, dataset: DataSet) -> Iterator[Row]:
    """The caller's own conversations: what is sorted, and whether every sentence was said."""
    with setting.bar.over("Sleeping on the conversations", 1), outside() as place:
        for _ in place.lines("import", str(dataset.file), "--json"):
            pass
        slept(place, max(datetime.fromisoformat(one["at"]) for one in listed(place)) + timedelta(hours=12))
        kept = _kept(place)
        tops = _tops(place)
    yield from _said("conversations", kept.values())
    yield Row(name="conversations, topics on top", value=len(tops), unit="", n=len(kept))
