"""A graph as text of Mermaid, which documents and forges draw."""

import itertools
import re

from torc_client.graph.layers import critical_path
from torc_client.graph.model import Graph, NodeKind
from torc_client.graph.plain_text import described

_SHAPES = {
    NodeKind.GROUP: ("[", "]"),
    NodeKind.JOB: ("[", "]"),
    NodeKind.FILE: ("[/", "/]"),
    NodeKind.DATA: ("[(", ")]"),
    NodeKind.MERGED: ("[[", "]]"),
}
_PLAIN = re.compile(r"[A-Za-z0-9 _.,:/+-]")


def mermaid_of(graph: Graph) -> str:
    """Return the graph as a flowchart. The critical path has bold edges. Labels cannot add syntax."""
    path = critical_path(graph)[0]
    critical = set(itertools.pairwise(path))
    name_of = {node.key: f"n{place}" for place, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        left, right = _SHAPES[node.kind]
        lines.append(f'    {name_of[node.key]}{left}"{_escaped(described(node))}"{right}')
    for edge in graph.edges:
        arrow = "==>" if (edge.source, edge.target) in critical else "-->"
        lines.append(f"    {name_of[edge.source]} {arrow} {name_of[edge.target]}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return "".join(one if _PLAIN.fullmatch(one) else f"#{ord(one)};" if one.isprintable() else " " for one in label)
