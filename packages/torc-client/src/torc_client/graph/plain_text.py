"""A graph as lines of text, for terminals and assistants: one paragraph for each layer, of bounded length."""

from torc_client.graph.layers import critical_path, layers_of
from torc_client.graph.model import Graph, GraphNode
from torc_client.text import count

_PARENTS_SHOWN = 3


def text_of(graph: Graph, most_lines: int = 60, width: int = 100) -> list[str]:
    """Return at most `most_lines` lines of at most `width` characters. Control characters are replaced.

    A star marks the critical path.
    """
    layers = layers_of(graph)
    critical = set(critical_path(graph)[0]) if graph.edges else set()
    by_layer: list[list[int]] = [[] for _ in range(layers.count)]
    for place, layer in enumerate(layers.of_node):
        by_layer[layer].append(place)
    lines: list[str] = []
    for number, places in enumerate(by_layer, 1):
        lines.append(f"stage {number}")
        for place in places:
            mark = "*" if graph.nodes[place].key in critical else " "
            parents = [graph.nodes[parent].label for parent in graph.parents[place]]
            lines.append(f"{mark} {described(graph.nodes[place])}{_needs(parents)}")
    cut = [_line(line, width) for line in lines[:most_lines]]
    if len(lines) > most_lines:
        cut[-1:] = [_line(f"... and {len(lines) - most_lines + 1:,} more lines", width)] if cut else []
    return cut


def described(node: GraphNode) -> str:
    """Return the label of a node with its number of jobs."""
    return node.label if node.jobs == 1 or not node.jobs else f"{node.label} ({count('job', node.jobs)})"


def _needs(parents: list[str]) -> str:
    if not parents:
        return ""
    more = f" and {len(parents) - _PARENTS_SHOWN:,} more" if len(parents) > _PARENTS_SHOWN else ""
    return f"  <- {', '.join(parents[:_PARENTS_SHOWN])}{more}"


def _line(text: str, width: int) -> str:
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return printable if len(printable) <= width else f"{printable[: width - 3]}..."
