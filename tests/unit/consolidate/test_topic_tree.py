"""The tree of topics as a pure structure: bounded, deterministic, one path an insertion."""

import numpy as np
import pytest

from core.consolidate.topics.tree import DEPTH, FAN_OUT, LEAF, TOPS, Item, Node, Tree
from core.memory import EpisodeId, MemoryId

DIMENSIONS = 48


def item(number: int, theme: int, *, vectors: bool = True) -> Item:
    """An episode of a theme: near its direction, with some of its words."""
    made = np.random.default_rng(number)
    direction = np.zeros(DIMENSIONS)
    direction[theme % DIMENSIONS] = 1.0
    vector = direction + 0.08 * made.standard_normal(DIMENSIONS)
    words = {f"theme{theme}-{n}" for n in made.choice(6, 4, replace=False)} | {f"own-{number}"}
    return Item(
        episode=EpisodeId(f"e{number}"),
        sources=(MemoryId(f"m{number}"),),
        vector=vector / np.linalg.norm(vector) if vectors else None,
        words=frozenset(words),
    )


def grown(count: int, themes: int, *, vectors: bool = True) -> Tree:
    tree = Tree({}, [])
    for number in range(count):
        tree.insert(item(number, number % themes, vectors=vectors))
    return tree


def leaves(tree: Tree) -> list[Node]:
    return [node for node in tree.nodes.values() if node.leaf and node.id not in tree.gone]


def depth(tree: Tree, node: Node) -> int:
    return 1 if node.parent is None else 1 + depth(tree, tree.nodes[node.parent])


@pytest.mark.parametrize("vectors", [True, False])
def test_episodes_about_the_same_come_into_the_same_topic(vectors: bool) -> None:
    tree = grown(40, 5, vectors=vectors)
    assert len(tree.tops) == 5
    assert tree.loose == []
    for node in leaves(tree):
        assert len({int(one.episode[1:]) % 5 for one in node.items}) == 1


def test_what_is_like_nothing_stays_in_no_topic() -> None:
    tree = Tree({}, [])
    assert [tree.insert(item(number, number)) for number in range(6)] == [None] * 6
    assert tree.tops == []
    assert len(tree.loose) == 6


@pytest.mark.parametrize(("count", "themes"), [(400, 3), (600, 40), (1000, 1)])
def test_the_tree_is_bounded_in_every_direction(count: int, themes: int) -> None:
    tree = grown(count, themes)
    assert len(tree.tops) <= TOPS
    for node in tree.nodes.values():
        if node.id in tree.gone:
            continue
        assert len(node.below) <= FAN_OUT
        assert len(node.items) <= LEAF
        assert depth(tree, node) <= DEPTH
        assert node.items


def test_an_insertion_looks_at_one_path_however_large_the_tree_is() -> None:
    tree = grown(800, 12)
    before = tree.compared
    changed = set(tree.changed)
    tree.changed.clear()
    tree.insert(item(9000, 4))
    assert tree.compared - before <= TOPS + (DEPTH - 1) * FAN_OUT
    assert 1 <= len(tree.changed) <= DEPTH + 2
    assert changed


def test_the_same_episodes_make_the_same_tree() -> None:
    one, other = grown(150, 7), grown(150, 7)
    assert {n.id: [i.episode for i in n.items] for n in one.nodes.values()} == {
        n.id: [i.episode for i in n.items] for n in other.nodes.values()
    }


def test_a_full_topic_is_parted_and_loses_nothing() -> None:
    tree = grown(LEAF + 1, 1)
    held = [one.episode for node in leaves(tree) for one in node.items]
    assert sorted(held) == sorted(f"e{number}" for number in range(LEAF + 1))
    assert len(leaves(tree)) == 2


def test_too_many_topics_make_room_and_the_dissolved_are_loose_again() -> None:
    tree = grown(2 * (TOPS + 3), TOPS + 3)
    assert len(tree.tops) <= TOPS
    held = {one.episode for node in leaves(tree) for one in node.items} | {one.episode for one in tree.loose}
    assert held == {f"e{number}" for number in range(2 * (TOPS + 3))}
