"""Stages, critical path, merging, and the part around one node."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from graph_builders import graph, graphs
from torc_client.graph.focus import around
from torc_client.graph.layers import critical_path, stages
from torc_client.graph.merging import merged
from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of
from torc_client.graph.names import group_of


def test_stages_are_the_longest_ways():
    assert stages(graph("a>b", "b>d", "a>d", "c>d")) == [["a", "c"], ["b"], ["d"]]


def test_a_cycle_loses_one_edge():
    assert stages(graph("a>b", "b>c", "c>b")) == [["a"], ["b"], ["c"]]


def test_the_critical_path_has_the_largest_sum():
    nodes = [
        GraphNode("a", "a", weight=1),
        GraphNode("b", "b", weight=9),
        GraphNode("c", "c", weight=2),
        GraphNode("d", "d", weight=1),
    ]
    edges = [Edge("a", "b"), Edge("a", "c"), Edge("c", "d")]
    assert critical_path(graph_of(nodes, edges)) == (("a", "b"), 10)
    assert critical_path(graph()) == ((), 0.0)


@given(graphs())
def test_the_critical_path_consists_of_edges(given_graph: Graph):
    path, length = critical_path(given_graph)
    weight = {node.key: node.weight for node in given_graph.nodes}
    assert length == sum(weight[key] for key in path)
    for pair in itertools.pairwise(path):
        assert Edge(*pair) in given_graph.edges


@given(graphs(), st.integers(1, 14))
def test_a_merged_graph_is_small_and_has_all_members_once(given_graph: Graph, most: int):
    small = merged(given_graph, most)
    assert len(small.nodes) <= most
    members = sorted(key for node in small.nodes for key in (node.members or (node.key,)))
    assert members == sorted(node.key for node in given_graph.nodes)
    assert sum(node.jobs for node in small.nodes) == sum(node.jobs for node in given_graph.nodes)


def test_nodes_with_the_same_links_are_merged_first():
    small = merged(graph("a>b", "a>c", "a>d", "b>e", "c>e", "d>e"), 4)
    assert [(node.label, node.kind) for node in small.nodes] == [
        ("a", NodeKind.GROUP),
        ("e", NodeKind.GROUP),
        ("b and 2 more", NodeKind.MERGED),
    ]
    assert len(small.edges) == 2


def test_a_graph_that_is_small_enough_is_not_merged():
    whole = graph("a>b", "a>c")
    assert merged(whole, 3) is whole


def test_the_part_around_a_node():
    whole = graph("a>b", "b>c", "c>d", "d>e", "x>e")
    assert [node.key for node in around(whole, "c", 1).graph.nodes] == ["b", "c", "d"]
    assert [node.key for node in around(whole, "c", 2).graph.nodes] == ["a", "b", "c", "d", "e"]
    assert around(whole, "unknown", 2).graph.nodes == ()


@given(graphs(), st.integers(0, 4), st.integers(1, 6))
def test_the_part_around_a_node_is_bounded_and_has_the_node(given_graph: Graph, steps: int, most: int):
    for node in given_graph.nodes:
        found = around(given_graph, node.key, steps, most)
        assert node.key in found.graph.place_of
        assert len(found.graph.nodes) <= most
        assert len(found.graph.nodes) + found.left_off == len(around(given_graph, node.key, steps).graph.nodes)


def test_a_group_is_a_name_without_its_numbers():
    assert group_of("simulate_01_200") == "simulate_#_#"
    assert group_of("prepare") == "prepare"
