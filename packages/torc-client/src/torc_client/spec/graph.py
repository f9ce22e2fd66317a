"""Cycles and levels of a graph of jobs. Nodes are numbers, edges are lists of parents."""

from collections.abc import Sequence


def levels(parents: Sequence[Sequence[int]]) -> list[list[int]]:
    """Group the nodes so that all parents of a node are in earlier groups. The graph must not have a cycle."""
    children: list[list[int]] = [[] for _ in parents]
    missing = [len(of_node) for of_node in parents]
    for node, of_node in enumerate(parents):
        for parent in of_node:
            children[parent].append(node)
    current = [node for node, count in enumerate(missing) if count == 0]
    groups = []
    while current:
        groups.append(current)
        following = []
        for node in current:
            for child in children[node]:
                missing[child] -= 1
                if missing[child] == 0:
                    following.append(child)
        current = sorted(following)
    return groups


def find_cycles(parents: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """Find up to `most` cycles that have no node in common. The result is empty only if the graph has no cycle.

    The nodes of a cycle are in the order in which they wait for each other; the first one is repeated at the end.
    """
    done = [False] * len(parents)
    found: list[list[int]] = []
    for start in range(len(parents)):
        if done[start]:
            continue
        if len(found) == most:
            break
        path: list[int] = [start]
        on_path = {start}
        pending = [iter(parents[start])]
        while path:
            parent = next((node for node in pending[-1] if not done[node]), None)
            if parent is None:
                done[path[-1]] = True
                on_path.discard(path.pop())
                pending.pop()
            elif parent in on_path:
                found.append([*path[path.index(parent) :], parent])
                for node in path:  # so that no other cycle has them
                    done[node] = True
                break
            else:
                path.append(parent)
                on_path.add(parent)
                pending.append(iter(parents[parent]))
    return found
