"""The part of a graph around one node."""

from dataclasses import dataclass

from torc_client.graph.model import Graph, part_of


@dataclass(frozen=True, slots=True)
class Focus:
    """The nodes near one node, and the number of those that were left off."""

    graph: Graph
    left_off: int


def around(graph: Graph, key: str, steps: int, most: int | None = None) -> Focus:
    """Return what a node needs and what needs it, up to a number of steps away.

    If there are more than `most`, each step keeps the first nodes of each direction.
    """
    if key not in graph.place_of:
        return Focus(part_of(graph, ()), 0)
    start = graph.place_of[key]
    rings: list[list[int]] = [[start]]
    seen = {start}
    for links in (graph.parents, graph.children):
        frontier = [start]
        for step in range(1, steps + 1):
            reached = sorted({other for place in frontier for other in links[place]} - seen)
            seen.update(reached)
            frontier = reached
            while len(rings) <= step:
                rings.append([])
            rings[step].extend(reached)
    places = [place for ring in rings for place in ring]
    kept = places if most is None else _fair(rings, most)
    return Focus(part_of(graph, (graph.nodes[place].key for place in kept)), len(places) - len(kept))


def _fair(rings: list[list[int]], most: int) -> list[int]:
    """Return at most `most` places: the nearest ring has at most half of what is left, unless others need less."""
    left, kept = most, []
    for number, ring in enumerate(rings):
        needed_later = sum(len(other) for other in rings[number + 1 :])
        share = max(left - needed_later, -(-left // 2)) if number else 1
        kept.extend(ring[:share])
        left -= min(len(ring), share)
    return kept
