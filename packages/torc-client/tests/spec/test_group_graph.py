"""The graph of the groups of a spec."""

from typing import Any

from torc_client.graph.model import Graph
from torc_client.spec.group_graph import graph_of_spec
from torc_client.spec.plan import make_plan

SPEC: dict[str, Any] = {
    "name": "sweep",
    "files": [{"name": "mesh", "path": "mesh.dat"}, {"name": "unused", "path": "unused.dat"}],
    "user_data": [{"name": "summary"}],
    "jobs": [
        {"name": "prepare", "command": "true", "output_files": ["mesh"]},
        {"name": "simulate_{i}", "command": "true", "input_files": ["mesh"], "parameters": {"i": "1:20"}},
        {"name": "report", "command": "true", "depends_on_regexes": ["simulate_.*"], "output_user_data": ["summary"]},
    ],
}


def _edges(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


def test_jobs_are_grouped_and_files_are_edges():
    graph = graph_of_spec(make_plan("spec", SPEC))
    assert [(node.label, node.jobs) for node in graph.nodes] == [("prepare", 1), ("simulate_#", 20), ("report", 1)]
    assert _edges(graph) == [("group:prepare", "group:simulate_#"), ("group:simulate_#", "group:report")]


def test_files_and_data_can_be_nodes():
    graph = graph_of_spec(make_plan("spec", SPEC), with_files=True)
    assert {node.label for node in graph.nodes} == {"prepare", "simulate_#", "report", "mesh", "summary"}
    assert ("file:mesh", "group:simulate_#") in _edges(graph)
    assert ("group:report", "data:summary") in _edges(graph)
    assert ("group:prepare", "group:simulate_#") not in _edges(graph)
