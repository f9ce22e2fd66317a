"""Renderings as text: bounded, and safe whatever the labels are."""

from hypothesis import given
from hypothesis import strategies as st

from graph_builders import graph
from torc_client.graph.mermaid import mermaid_of
from torc_client.graph.model import Edge, GraphNode, NodeKind, graph_of
from torc_client.graph.plain_text import text_of

SWEEP = graph_of(
    [
        GraphNode("p", "prepare", order=0),
        GraphNode("s", "simulate_#", order=1, jobs=100),
        GraphNode("o", "out_#.csv", NodeKind.FILE, order=2, jobs=0, weight=0),
        GraphNode("e", "summarise", order=3),
    ],
    [Edge("p", "s"), Edge("s", "o"), Edge("o", "e"), Edge("s", "e")],
)


def test_the_text_has_a_paragraph_for_each_stage():
    assert text_of(SWEEP) == [
        "stage 1",
        "* prepare",
        "stage 2",
        "* simulate_# (100 jobs)  <- prepare",
        "stage 3",
        "* out_#.csv  <- simulate_#",
        "stage 4",
        "* summarise  <- simulate_#, out_#.csv",
    ]


def test_the_text_is_bounded():
    wide = graph(*(f"a>child{number:03d}" for number in range(200)))
    lines = text_of(wide, 10, 30)
    assert len(lines) == 10
    assert lines[-1] == "... and 194 more lines"


@given(st.text(), st.integers(1, 5), st.integers(10, 40))
def test_no_label_gets_out_of_its_line(label: str, most: int, width: int):
    hostile = graph_of([GraphNode("a", label), GraphNode("b", label)], [Edge("a", "b")])
    lines = text_of(hostile, most, width)
    assert len(lines) <= most
    assert all(line.isprintable() and len(line) <= width for line in lines)


def test_mermaid_draws_the_critical_path_bold():
    assert mermaid_of(SWEEP) == (
        "flowchart LR\n"
        '    n0["prepare"]\n'
        '    n1["simulate_#35; #40;100 jobs#41;"]\n'
        '    n2[/"out_#35;.csv"/]\n'
        '    n3["summarise"]\n'
        "    n0 ==> n1\n"
        "    n1 ==> n2\n"
        "    n1 --> n3\n"
        "    n2 ==> n3\n"
    )


@given(st.text())
def test_no_label_adds_syntax_to_mermaid(label: str):
    lines = mermaid_of(graph_of([GraphNode("a", label)], [])).splitlines()
    assert len(lines) == 2
    assert lines[1].count('"') == 2
