"""Layouts: every edge goes to the right, no boxes overlap, no edge crosses another box."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from graph_builders import graph, graphs, points_of, size_of
from torc_client.graph.layers import back_edges
from torc_client.graph.layout import Layout, lay_out
from torc_client.graph.model import Graph, graph_of


@given(graphs())
def test_every_edge_goes_to_the_right_unless_it_closes_a_cycle(given_graph: Graph):
    layout = lay_out(given_graph, size_of)
    boxes = {box.node.key: box for box in layout.boxes}
    back = back_edges(given_graph)
    for route in layout.routes:
        pair = (given_graph.place_of[route.edge.source], given_graph.place_of[route.edge.target])
        assert route.is_back == (pair in back)
        if not route.is_back:
            source, target = boxes[route.edge.source], boxes[route.edge.target]
            assert source.layer < target.layer
            assert source.x + source.width < target.x


@given(graphs())
def test_boxes_are_apart_and_inside(given_graph: Graph):
    layout = lay_out(given_graph, size_of)
    for number, box in enumerate(layout.boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height
        for other in layout.boxes[:number]:
            apart_x = box.x + box.width <= other.x or other.x + other.width <= box.x
            apart_y = box.y + box.height <= other.y or other.y + other.height <= box.y
            assert apart_x or apart_y


@given(graphs())
def test_no_edge_crosses_a_box_of_others(given_graph: Graph):
    layout = lay_out(given_graph, size_of)
    assert len(layout.routes) == len(given_graph.edges)
    for route in layout.routes:
        others = [box for box in layout.boxes if box.node.key not in {route.edge.source, route.edge.target}]
        for x, y in points_of(route.points):
            assert 0 <= x <= layout.width
            assert 0 <= y <= layout.height
            for box in others:
                assert not (box.x < x < box.x + box.width and box.y < y < box.y + box.height)


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(given_graph: Graph, order: random.Random):
    nodes, edges = list(given_graph.nodes), list(given_graph.edges)
    order.shuffle(nodes)
    order.shuffle(edges)
    assert lay_out(graph_of(nodes, edges), size_of) == lay_out(given_graph, size_of)


def test_a_diamond_is_symmetric():
    layout = lay_out(graph("a>b", "a>c", "b>d", "c>d"), size_of)
    a, b, c, d = (box.y for box in layout.boxes)
    assert a == d == (b + c) / 2
    assert [box.layer for box in layout.boxes] == [0, 1, 1, 2]


def test_a_chain_is_straight_also_beside_its_shortcut():
    layout = lay_out(graph("a>b", "b>c", "a>c"), size_of)
    long = next(route for route in layout.routes if (route.edge.source, route.edge.target) == ("a", "c"))
    assert len(long.points) > 2
    _no_crossings(layout)


def test_edges_for_which_there_is_no_place_go_around():
    names = [f"n{number:03d}" for number in range(60)]
    chain = [f"{one}>{other}" for one, other in itertools.pairwise(names)]
    shortcuts = [f"{one}>n059" for one in names[:-2]]
    layout = lay_out(graph(*chain, *shortcuts), size_of)
    _no_crossings(layout)


def test_nodes_without_edges_fill_rows_below():
    layout = lay_out(graph("a>b", alone=[f"alone{number:02d}" for number in range(30)]), size_of)
    rows = {box.y for box in layout.boxes if box.node.key.startswith("alone")}
    assert 1 < len(rows) < 10
    assert min(rows) > max(box.y for box in layout.boxes if box.node.key in {"a", "b"})


def test_a_graph_without_nodes_has_a_layout():
    layout = lay_out(graph(), size_of)
    assert layout.boxes == ()
    assert layout.routes == ()


def _no_crossings(layout: Layout) -> None:
    for route in layout.routes:
        others = [box for box in layout.boxes if box.node.key not in {route.edge.source, route.edge.target}]
        for x, y in points_of(route.points, 4):
            assert not any(box.x < x < box.x + box.width and box.y < y < box.y + box.height for box in others)
