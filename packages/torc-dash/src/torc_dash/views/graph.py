"""The graph of a workflow: its groups of jobs with files and data, or one job with the jobs near it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import NotFoundError
from torc_client.graph.layers import stages
from torc_client.graph.merging import merged
from torc_client.graph.model import Graph, GraphNode
from torc_client.overview.job_groups import JobGroups, read_groups
from torc_client.overview.neighbours import Neighbourhood, notices_of, read_neighbours
from torc_dash import addresses
from torc_dash.addresses import ID
from torc_dash.graph_drawing import Drawing, NodeText, draw
from torc_dash.group_texts import text_of_group
from torc_dash.near_drawing import draw_near, text_of_near
from torc_dash.rendering import respond
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

# With more boxes a drawing is not legible: they are merged, and the table still lists all.
_MOST_BOXES = 120
_MOST_ROWS = 500
_STEPS, _MOST_NEIGHBOURS = 2, 12


@dataclass(frozen=True)
class GraphRow:
    """A node in the table: its stage, its texts, and the names of what it needs."""

    stage: int
    name: str
    kind: str
    detail: str
    href: str | None
    needs: str
    is_critical: bool


@dataclass(frozen=True)
class GraphPage:
    """The values of the template."""

    frame: WorkflowFrame
    drawing: Drawing
    rows: tuple[GraphRow, ...]
    focus: str | None
    with_files: bool
    files_href: str
    groups_href: str
    notices: tuple[str, ...]
    has_cycle: bool


async def page(request: web.Request) -> web.Response:
    """Show the groups, or with `?job=ID` the jobs near one."""
    client = request.app[CLIENT]
    id = workflow_id_of(request)  # noqa: A001 - the contract's name
    chosen = request.query.get("job", "")
    with_files = request.query.get("files") == "1"
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        frame, near = await asyncio.gather(
            load_frame(request, id, "graph"),
            read_neighbours(client, int(chosen), steps=_STEPS, limit=_MOST_NEIGHBOURS),
        )
        if near.workflow_id != id:
            raise NotFoundError(404, f"There is no job {chosen} in workflow {id}.")
        return respond(request, "pages/graph.html", _of_job(frame, near))
    frame, groups = await asyncio.gather(
        load_frame(request, id, "graph"), read_groups(client, id, with_files=with_files)
    )
    return respond(request, "pages/graph.html", _of_groups(frame, groups, with_files=with_files))


def _of_groups(frame: WorkflowFrame, found: JobGroups, *, with_files: bool) -> GraphPage:
    shown = merged(found.graph, _MOST_BOXES)

    def text_of(node: GraphNode) -> NodeText:
        return text_of_group(frame.id, found, node)

    notices = []
    if len(shown.nodes) < len(found.graph.nodes):
        notices.append(
            f"{len(found.graph.nodes):,} boxes are too many to read. Those with the same neighbours are drawn as one."
        )
    if not found.is_whole:
        notices.append("The workflow has more jobs or files than this page reads. Some are missing.")
    drawing = draw(shown, text_of)
    return GraphPage(
        frame=frame,
        drawing=drawing,
        rows=_rows(found.graph, text_of, frozenset(drawing.critical)),
        focus=None,
        with_files=with_files,
        files_href=addresses.graph(frame.id, files=None if with_files else 1),
        groups_href=addresses.graph(frame.id),
        notices=tuple(notices),
        has_cycle=any(arrow.is_back for arrow in drawing.arrows),
    )


def _of_job(frame: WorkflowFrame, found: Neighbourhood) -> GraphPage:
    drawing = draw_near(found, leads_to_graph=True)
    return GraphPage(
        frame=frame,
        drawing=drawing,
        rows=_rows(found.graph, lambda node: text_of_near(found, node, leads_to_graph=True), frozenset()),
        focus=inert_line(found.job.job_name),
        with_files=False,
        files_href=addresses.graph(frame.id, files=1),
        groups_href=addresses.graph(frame.id),
        notices=notices_of(found),
        has_cycle=any(arrow.is_back for arrow in drawing.arrows),
    )


def _rows(graph: Graph, text_of: Callable[[GraphNode], NodeText], critical: frozenset[str]) -> tuple[GraphRow, ...]:
    rows = []
    for number, keys in enumerate(stages(graph), 1):
        for key in keys:
            node = graph.nodes[graph.place_of[key]]
            text = text_of(node)
            parents = [inert_line(graph.nodes[place].label) for place in graph.parents[graph.place_of[key]]]
            rows.append(
                GraphRow(
                    stage=number,
                    name=inert_line(node.label),
                    kind=node.kind.value,
                    detail=f"{text.detail}, {text.mark}" if text.mark else text.detail,
                    href=text.href,
                    needs=_listed(parents),
                    is_critical=key in critical,
                )
            )
    return tuple(rows[:_MOST_ROWS])


def _listed(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


ROUTES = (web.get(f"/workflows/{ID}/graph", page, name="graph"),)
