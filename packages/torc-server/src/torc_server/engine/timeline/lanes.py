"""The lanes of a timeline: the hosts of a run or the groups of its jobs, and when compute nodes were active."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from torc_server.engine.timeline.history import Run, ms_sql
from torc_server.engine.timeline.window import Window
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

NODES = Statement(f"""
SELECT id, hostname, num_cpus, {ms_sql("start_time")} AS start,
    CASE WHEN is_active THEN :now ELSE {ms_sql("start_time")} + CAST(duration_seconds * 1000 AS INTEGER) END AS end,
    EXISTS (SELECT 1 FROM result WHERE compute_node_id = compute_node.id AND run_id = :run_id) AS ran
FROM compute_node WHERE workflow_id = :workflow_id ORDER BY id
""")  # noqa: S608 - declared
LAST_ENDS = Statement(f"""
SELECT compute_node_id, MAX({ms_sql("completion_time")}) FROM result
WHERE compute_node_id IN (SELECT value FROM json_each(:nodes)) GROUP BY compute_node_id
""")  # noqa: S608 - declared
GROUPS = Statement("""
SELECT id, key FROM job_group WHERE workflow_id = :workflow_id AND uninitialized + blocked + ready_or_running
    + completed + failed + canceled + terminated + disabled + pending_failed > 0
ORDER BY id
""")
_NUMBERS = re.compile(r"(\d+)")


@dataclass(slots=True)
class LaneSource:
    """A host or a group of jobs: its name, the ids of its nodes or of the group, and when its nodes were active."""

    name: str
    keys: list[int] = field(default_factory=list)
    active: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A compute node, and when it was active: None if that is not known."""

    id: int
    hostname: str
    num_cpus: int
    start: int | None
    end: int | None
    has_results: bool


def nodes_of(tx: Transaction, run: Run) -> list[Node]:
    """Return the compute nodes. One that was lost is active until its last attempt ended."""
    rows = tx.rows(NODES, {"workflow_id": run.workflow_id, "run_id": run.run_id, "now": run.now})
    lost = [row["id"] for row in rows if row["start"] is not None and row["end"] is None]
    ends = tx.rows(LAST_ENDS, {"nodes": json_numbers(lost)}) if lost else []
    last_ends: dict[int, int | None] = {row[0]: row[1] for row in ends}
    return [
        Node(
            row["id"], row["hostname"], max(row["num_cpus"], 0), row["start"],
            last_ends.get(row["id"], row["start"]) if row["end"] is None else row["end"], bool(row["ran"]),
        )
        for row in rows
    ]  # fmt: skip


def host_lanes(nodes: Sequence[Node], span: Window | None) -> list[LaneSource]:
    """Return the hosts whose nodes ran jobs in a run or were active during it, in the order of their names."""
    lanes: dict[str, LaneSource] = {}
    for node in nodes:
        if node.has_results or _overlaps(node, span):
            lane = lanes.setdefault(node.hostname, LaneSource(node.hostname))
            lane.keys.append(node.id)
            if node.start is not None and node.end is not None and node.start < node.end:
                lane.active.append((node.start, node.end))
    return sorted(lanes.values(), key=lambda lane: _natural(lane.name))


def group_lanes(tx: Transaction, run: Run) -> list[LaneSource]:
    """Return the groups of jobs, in the order in which they were created."""
    return [LaneSource(row["key"], [row["id"]]) for row in tx.rows(GROUPS, {"workflow_id": run.workflow_id})]


def joined(periods: Sequence[tuple[int, int]], window: Window) -> list[tuple[int, int]]:
    """Return the periods within a window. Those between which less than a bin lies are one."""
    found: list[tuple[int, int]] = []
    for begin, finish in sorted(periods):
        start, end = max(begin, window.start), min(finish, window.end)
        if start >= end:
            continue
        if found and start <= found[-1][1] + window.width:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _overlaps(node: Node, span: Window | None) -> bool:
    if span is None or node.start is None or node.end is None:
        return False
    return node.start <= span.end and node.end >= span.start


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Return a sort key by which `n2` is before `n10`."""
    pieces = _NUMBERS.split(name[:256])
    return [(1, int(piece)) if number % 2 else (0, piece) for number, piece in enumerate(pieces)]
