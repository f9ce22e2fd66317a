"""Orders of jobs: cycles found and told, levels for creation. Nodes are numbers, edges lists of parents."""

from collections.abc import Sequence


def levels(parents: Sequence[Sequence[int]]) -> list[list[int]]:
    """Nodes in groups such that all parents of a node are in earlier groups. The graph has no cycle."""
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
    """Up to `most` cycles without a node in common, none only where there is none at all.

    Each is in the order in which its nodes wait for each other, the first again at its end.
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
                for node in path:  # they are not looked at again
                    done[node] = True
                break
            else:
                path.append(parent)
                on_path.add(parent)
                pending.append(iter(parents[parent]))
    return found
