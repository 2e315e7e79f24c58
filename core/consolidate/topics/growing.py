"""The step that sorts: every episode of tonight to its topic, one path each; what changed goes through the journal."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial

from core.consolidate.gathering import by_hand
from core.consolidate.journal import LINK, SOURCES, UNLINK
from core.consolidate.labels import most_private
from core.consolidate.learning import STALE
from core.consolidate.task import Pen
from core.consolidate.topics.naming import still_fits, title
from core.consolidate.topics.reading import Reader
from core.consolidate.topics.tree import Node, Tree
from core.memory import Channel, Draft, EpisodeId, Facet, Kind, Memory, MemoryId, Provenance
from core.store import gathered, memories, topics
from core.store.envelope import offset_of

EPISODES, LOOSE = 50, 64
"""Episodes of one step, and how many that have no topic yet one of them is compared with."""
_TAGS = 8
_WHY = "What belongs to the one is a part of the other."


def grow(pen: Pen, cursor: str) -> str | None:
    """Sort the next episodes that something was added to; a topic whose words were changed is named anew."""
    found = topics.touched(pen.db, topics.after(cursor), pen.task.upto, EPISODES)
    if not found:
        return None
    tonight = [id for _, _, id in found]
    known = topics.of_episodes(pen.db, tonight)
    reader = Reader(pen)
    loose = [id for id in topics.loose(pen.db, found[0][0], LOOSE) if id not in tonight]
    tree, items = reader.tree(loose, tonight)
    stale = _stale(pen, known)
    inner = topics.below(pen.db, [id for ids in known.values() for id in ids])
    for episode in tonight:
        if episode in items and all(inner[topic] for topic in known.get(episode, ())):
            tree.insert(items[episode])
    tree.make_room()
    _Writer(pen, tree, stale).write()
    return topics.cursor(found[-1])


def _stale(pen: Pen, known: dict[EpisodeId, list[MemoryId]]) -> list[Memory]:
    """Topics of tonight's episodes that rest on words which were changed."""
    ids = dict.fromkeys(id for ids in known.values() for id in ids)
    return [topic for topic in memories.many(pen.db, list(ids)) if STALE in topic.tags]


class _Writer:
    """Writes what became of the tree, topic by topic."""

    def __init__(self, pen: Pen, tree: Tree, stale: Sequence[Memory]) -> None:
        self._pen, self._tree, self._stale = pen, tree, stale
        self._ids: dict[str, MemoryId] = {}
        self._titles: dict[str, str] = {}
        self._spread = lru_cache(maxsize=None)(partial(gathered.spread, pen.db))
        self._of = gathered.size(pen.db)

    def write(self) -> None:
        """New ones first, those above before those below; then the changed, the moved, and what is gone."""
        nodes = [self._tree.nodes[id] for id in sorted(self._tree.changed, key=_in_order)]
        for node in sorted((one for one in nodes if one.id.startswith("+")), key=self._height):
            self._add(node)
        for node in nodes:
            if not node.id.startswith("+"):
                self._renew(MemoryId(node.id), [id for item in node.items for id in item.sources], len(node.items))
        for node in nodes:
            self._place(node)
        changed = {node.id for node in nodes}
        for topic in self._stale:
            if topic.id not in changed and topic.id not in self._tree.gone:
                self._renew(topic.id, topic.sources, 0)
        for gone in sorted(self._tree.gone):
            if not gone.startswith("+"):
                self._unlink(MemoryId(gone))
                self._pen.delete(MemoryId(gone), "Too little belonged to it.")

    def _height(self, node: Node) -> tuple[int, int]:
        depth, at = 0, node
        while at.parent is not None:
            depth, at = depth + 1, self._tree.nodes[at.parent]
        return depth, int(node.id)

    def _add(self, node: Node) -> None:
        if node.id in self._tree.gone:
            return
        sources = memories.many(self._pen.db, [id for item in node.items for id in item.sources])
        draft = _draft(sources, self._named(node, sources))
        draft = replace(draft, stability_days=self._pen.task.hold(draft))
        id = self._pen.add(draft, draft.reason, tags=_tags(node))
        if id is not None:
            self._ids[node.id] = id
            self._titles[node.id] = draft.text
            self._pen.count("topics")

    def _named(self, node: Node, sources: Sequence[Memory]) -> str:
        above = self._title_of(node.parent) if node.parent else ""
        return title(sources, spread=self._spread, of=self._of, without=[word.strip() for word in above.split(",")])

    def _title_of(self, id: str) -> str:
        if id not in self._titles:
            found = memories.get(self._pen.db, MemoryId(id)) if not id.startswith("+") else None
            self._titles[id] = found.text if found else ""
        return self._titles[id]

    def _renew(self, id: MemoryId, wanted: Sequence[MemoryId], episodes: int) -> None:
        """Its members as they are now; another title only where the old one no longer fits."""
        topic = memories.get(self._pen.db, id)
        sources = memories.many(self._pen.db, list(dict.fromkeys(wanted)))
        if topic is None or not sources:
            return
        changed: dict[str, object] = {}
        draft = _draft(sources, topic.text)
        if topic.sources != draft.sources:
            changed = {
                SOURCES: list(draft.sources),
                "at": draft.at,
                "at_offset": offset_of(draft.at),
                "valid_from": draft.valid_from,
                "valid_to": draft.valid_to,
                "trust": int(draft.trust),
                "sensitivity": draft.sensitivity,
            }
        tags = _tags(self._tree.nodes[id]) if id in self._tree.nodes else ()
        changed["tags"] = tags or tuple(tag for tag in topic.tags if tag != STALE)
        if (STALE in topic.tags or _doubled(topic, sources)) and not by_hand(self._pen, topic):
            node = self._tree.nodes.get(id) or Node(id=id)
            named = self._named(node, sources)
            if STALE in topic.tags or not still_fits(topic.text, named):
                changed["text"] = named
        self._pen.update(id, changed, "More belongs to it." if episodes else "Its words were changed.", draft.sources)

    def _place(self, node: Node) -> None:
        """Make the link to the topic above what it should be."""
        id = self._ids.get(node.id, MemoryId(node.id))
        if id.startswith("+") or node.id in self._tree.gone:
            return
        above = None if node.parent is None else self._ids.get(node.parent, MemoryId(node.parent))
        if above is not None and above.startswith("+"):
            above = None
        links = [link for link in memories.links(self._pen.db, id) if link.relation == topics.PART_OF and link.a == id]
        for link in links:
            if link.b != above:
                self._pen.update(id, {UNLINK: [link.b, link.relation, link.reason]}, "It is no part of it any more.")
        if above is not None and all(link.b != above for link in links):
            self._pen.update(id, {LINK: [above, topics.PART_OF, _WHY]}, _WHY, [above])

    def _unlink(self, id: MemoryId) -> None:
        for link in memories.links(self._pen.db, id):
            self._pen.update(link.a, {UNLINK: [link.b, link.relation, link.reason]}, "It goes.")


def _in_order(id: str) -> tuple[bool, int, str]:
    return (True, int(id), "") if id.startswith("+") else (False, 0, id)


def _doubled(topic: Memory, sources: Sequence[Memory]) -> bool:
    """Whether its episodes have become twice as many since it may have been named: at 4, 8, 16."""
    now = len({memory.episode for memory in sources})
    before = len({memory.episode for memory in sources if memory.id in set(topic.sources)})
    return any(before < mark <= now for mark in (4, 8, 16))


def _tags(node: Node) -> tuple[str, ...]:
    """The words that several of its episodes are about, most of them first."""
    counted: dict[str, int] = dict.fromkeys(sorted(node.shared), 2)
    for item in node.items:
        for word in sorted(item.words):
            counted[word] = counted.get(word, 0) + 1
    shared = [word for word in counted if counted[word] > 1]
    return tuple(sorted(shared, key=lambda word: (-counted[word], word))[:_TAGS])


def _draft(sources: Sequence[Memory], text: str) -> Draft:
    last = max(sources, key=lambda memory: (memory.at, memory.seq))
    apps = {memory.provenance.app for memory in sources}
    return Draft(
        text=text,
        at=last.at,
        at_given=last.at_given,
        facet=Facet.TOPIC,
        kind=Kind.SEMANTIC,
        provenance=Provenance(channel=Channel.SLEEP, app=apps.pop() if len(apps) == 1 else ""),
        language=sources[0].language,
        trust=min(memory.trust for memory in sources),
        sensitivity=most_private(memory.sensitivity for memory in sources),
        sources=tuple(memory.id for memory in sources),
        valid_from=min(memory.at for memory in sources),
        valid_to=last.at,
        reason="Its episodes are about the same.",
    )
