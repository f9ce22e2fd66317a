"""The compute nodes of a workflow, its allocations, schedulers and remote workers."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from torc_client.batch.watching import OPEN, Look
from torc_client.text import duration
from torc_dash import addresses, node_tables
from torc_dash.background_answers import Answered
from torc_dash.node_tables import Rows, left_out, without_empty_columns
from torc_dash.rendering import respond
from torc_dash.slurm_answers import ALLOCATIONS
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

MOST_NODES, MOST_OPEN, MOST_ENDED, MOST_SCHEDULERS, MOST_WORKERS = 200, 200, 20, 50, 200
_OPEN, _ENDED = (f"status{operator}{','.join(OPEN)}" for operator in ("=", "!="))


@dataclass(frozen=True)
class Slurm:
    """What Slurm answered: sentences, and whether it is being asked."""

    sentences: tuple[str, ...]
    is_asking: bool


@dataclass(frozen=True)
class NodesPage:
    """The values of the template. A table without rows is None."""

    frame: WorkflowFrame
    nodes: Rows | None
    stopped: int
    stopped_href: str
    open: Rows | None
    ended: Rows | None
    slurm: Slurm
    schedulers: Rows | None
    workers: tuple[str, ...]
    stats_href: str
    here: str
    live: bool


async def page(request: web.Request) -> web.Response:
    """Show what runs where, what is requested, and what Slurm reports about it."""
    client, workflow_id = request.app[CLIENT], workflow_id_of(request)
    nodes_of = client.compute_nodes.list_compute_nodes
    listed = client.scheduled_compute_nodes.list_scheduled_compute_nodes
    frame, nodes, stopped, loads = await asyncio.gather(
        load_frame(request, workflow_id, "nodes"),
        nodes_of(workflow_id=workflow_id, is_active=True, limit=MOST_NODES, sort_by="id", reverse_sort=True),
        nodes_of(workflow_id=workflow_id, is_active=False, limit=1),
        client.workflows.list_node_loads(workflow_id),
    )
    asked, ended, schedulers, workers = await asyncio.gather(
        listed(workflow_id=workflow_id, filter=_OPEN, limit=MOST_OPEN, sort_by="id", reverse_sort=True),
        listed(workflow_id=workflow_id, filter=_ENDED, limit=MOST_ENDED, sort_by="id", reverse_sort=True),
        client.slurm_schedulers.list_slurm_schedulers(workflow_id=workflow_id, limit=MOST_SCHEDULERS),
        client.remote_workers.list_remote_workers(workflow_id),
    )
    answered = request.app[ALLOCATIONS].latest(workflow_id) if asked.items else Answered[Look]()
    now = datetime.now(UTC)
    load_of = {load.compute_node_id: load for load in loads}
    node_of = {node_tables.allocation_id_of(node): node for node in nodes.items}
    named = {each.id: each for each in schedulers.items if each.id is not None}
    seen = answered.value.seen if answered.value is not None else {}
    open_rows = []
    for each in asked.items:
        node = node_of.get(each.id)
        load = None if node is None else load_of.get(node.id or 0)
        open_rows.append(
            node_tables.allocation_row(
                each, seen=seen.get(each.id or 0), node=node, load=load, schedulers=named, now=now
            )
        )
    # Each row of an ended allocation reads a file.
    ended_rows = await asyncio.to_thread(lambda: tuple(node_tables.ended_row(each, named) for each in ended.items))
    node_rows = tuple(node_tables.node_row(node, load_of.get(node.id or 0), now) for node in nodes.items)
    return respond(
        request,
        "pages/nodes.html",
        NodesPage(
            frame=frame,
            nodes=_rows("Active compute nodes", node_tables.NODES, node_rows, nodes.total_count, "compute node"),
            stopped=stopped.total_count,
            stopped_href=addresses.table(workflow_id, "nodes", filter="-is_active"),
            open=_rows("Allocations", node_tables.ALLOCATIONS, tuple(open_rows), asked.total_count, "allocation"),
            ended=_rows("Ended allocations", node_tables.ENDED, ended_rows, ended.total_count, "allocation"),
            slurm=_slurm(answered) if asked.items else Slurm((), is_asking=False),
            schedulers=_rows(
                "Schedulers",
                node_tables.SCHEDULERS,
                tuple(map(node_tables.scheduler_row, schedulers.items)),
                schedulers.total_count,
                "scheduler",
            ),
            workers=tuple(each.worker for each in workers[:MOST_WORKERS]),
            stats_href=addresses.table(workflow_id, "slurm-stats"),
            here=addresses.nodes(workflow_id),
            live=frame.live or bool(nodes.items) or bool(asked.items),
        ),
    )


def _rows(
    label: str, headings: tuple[str, ...], rows: tuple[node_tables.Row, ...], total: int, noun: str
) -> Rows | None:
    return without_empty_columns(Rows(label, headings, rows, left_out(len(rows), total, noun))) if rows else None


def _slurm(answered: Answered[Look]) -> Slurm:
    if answered.problem is not None:
        return Slurm((f"Slurm was not asked: {answered.problem.rstrip('.')}.",), answered.is_asking)
    if answered.value is None:
        return Slurm(("Slurm is being asked about these allocations.",), answered.is_asking)
    age = f"As Slurm reported {duration(answered.age_seconds)} ago."
    sentences = (age,) if answered.value.seen else ()
    return Slurm((*sentences, *answered.value.not_asked), answered.is_asking)


ROUTES = (web.get(f"/workflows/{addresses.ID}/nodes", page, name="nodes"),)
