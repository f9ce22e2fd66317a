"""Graphs drawn with characters."""

from hypothesis import given

from graph_builders import graph, graphs
from torc_client.graph.canvas import ARROW, Canvas, Label, columns_of, draw_text, one_by_one
from torc_client.graph.model import Graph


def drawn(given_graph: Graph, **options) -> Canvas:
    return draw_text(given_graph, lambda node: Label((node.label or "?", "3/10")), **options)


def text_of(canvas: Canvas) -> list[str]:
    return [row.rstrip() for row in canvas.rows]


def test_a_diamond_has_its_critical_path_in_heavy_lines():
    assert text_of(drawn(graph("a>b", "a>c", "b>d", "c>d"))) == [
        "              ┌──────┐",
        "         ┏━━━▶│ b    │╺┓",
        "         ┃    │ 3/10 │ ┃",
        "┌──────┐ ┃    └──────┘ ┃    ┌──────┐",
        "│ a    │╺┫             ┗┳━━▶│ d    │",
        "│ 3/10 │ │    ┌──────┐  │   │ 3/10 │",
        "└──────┘ └───▶│ c    │╶─┘   └──────┘",
        "              │ 3/10 │",
        "              └──────┘",
    ]


def test_an_edge_that_closes_a_cycle_goes_around_the_boxes():
    assert text_of(drawn(graph("a>b", "b>a"), with_path=False)) == [
        "     ┌──────┐     ┌──────┐",
        " ┌──▶│ a    │╶───▶│ b    │╶┐",
        " │   │ 3/10 │     │ 3/10 │ │",
        " │   └──────┘     └──────┘ │",
        " │                         │",
        " │                         │",
        " └─────────────────────────┘",
    ]


def test_a_long_edge_passes_below_the_boxes_that_it_skips():
    assert text_of(drawn(graph("a>b", "b>c", "a>c"), with_path=False)) == [
        "              ┌──────┐",
        "         ┌───▶│ b    │╶┐",
        "┌──────┐ │    │ 3/10 │ │    ┌──────┐",
        "│ a    │╶┤    └──────┘ └┬──▶│ c    │",
        "│ 3/10 │ │              │   │ 3/10 │",
        "└──────┘ └──────────────┘   └──────┘",
    ]


def test_nodes_without_edges_are_placed_in_rows_of_the_width():
    canvas = drawn(graph(alone=["a", "b", "c"]), width=30)
    assert [(box.row, box.column) for box in canvas.boxes] == [(0, 0), (0, 18), (5, 0)]


def test_wide_characters_take_two_columns_and_styles_have_places():
    canvas = draw_text(graph(alone=["気温"]), lambda node: Label((node.label,), "red", marked=True))
    assert list(canvas.rows) == ["╔══════╗", "║ 気温 ║", "╚══════╝"]
    assert [(part.start, part.end, part.style) for part in canvas.styles[1]] == [(0, 8, "red")]


def test_characters_without_a_column_are_left_out():
    assert one_by_one("e\u0301a\u200d") == "ea"


@given(graphs())
def test_no_edge_is_drawn_through_a_box(given_graph: Graph):
    canvas = drawn(given_graph)
    assert all(columns_of(row) == canvas.width for row in canvas.rows)
    names = {node.key: node.label or "?" for node in given_graph.nodes}
    for box in canvas.boxes:
        rows = [row[box.column : box.column + box.width] for row in canvas.rows[box.row : box.row + box.height]]
        assert rows[0] == f"┌{'─' * (box.width - 2)}┐"
        assert rows[1] == f"│ {names[box.key]:<{box.width - 4}} │"
        assert rows[3] == f"└{'─' * (box.width - 2)}┘"


@given(graphs())
def test_an_arrow_ends_at_each_node_that_waits_for_another(given_graph: Graph):
    canvas = drawn(given_graph)
    waits = {edge.target for edge in given_graph.edges}
    with_arrow = {box.key for box in canvas.boxes if box.column and canvas.rows[box.row + 1][box.column - 1] == ARROW}
    assert with_arrow == waits


def test_an_empty_graph_has_no_rows():
    assert drawn(graph()).rows == ()
