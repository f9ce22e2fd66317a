"""The rows of compute nodes, allocations and schedulers. Pure: times come in, text comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from torc_client.api.records import ComputeNodeModel, NodeLoadModel, ScheduledComputeNodesModel, SlurmSchedulerModel
from torc_client.batch.allocation_output import last_line
from torc_client.batch.system import Seen
from torc_client.batch.watching import id_in_system
from torc_client.edge.filter_language import quoted
from torc_client.overview.node_texts import heard_text, left_text, share_text, since_text
from torc_client.text import count
from torc_dash import addresses
from torc_dash.table_definitions import NOTHING, code, number, text, time
from torc_dash.tables import Cell, CellKind

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Rows:
    """A small table without filters. `more` is a sentence about rows that are left out; empty if all are shown."""

    label: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    more: str = ""


def without_empty_columns(found: Rows) -> Rows:
    """Return the table without the columns in which no row has a value."""
    kept = [place for place in range(len(found.headings)) if any(row[place].text for row in found.rows)]
    rows = tuple(tuple(row[place] for place in kept) for row in found.rows)
    return replace(found, headings=tuple(found.headings[place] for place in kept), rows=rows)


NODES = (
    "Host",
    "Type",
    "Last heard",
    "Jobs",
    "CPUs",
    "Memory GiB",
    "GPUs",
    "Running for",
    "Ends in",
    "Allocation",
    "ID",
)
ALLOCATIONS = ("Allocation", "Status", "In Slurm", "Why", "Starts", "Ends in", "Jobs", "Scheduler", "Folder", "ID")
ENDED = ("Allocation", "Status", "Why", "Last line of stderr", "Scheduler", "Folder", "ID")
SCHEDULERS = ("Name", "Account", "Partition", "Nodes", "Walltime", "Memory", "GPUs", "QOS", "ID")


def node_row(node: ComputeNodeModel, load: NodeLoadModel | None, now: datetime) -> Row:
    """Return the row of an active node. Used and offered amounts are in one cell: `12 of 36`."""
    return (
        Cell(node.hostname, CellKind.LINK, href=_jobs_on(node)),
        text(node.compute_node_type),
        Cell(heard_text(node, load)),
        number(None if load is None else load.num_jobs),
        _amount(share_text(None if load is None else load.num_cpus, node.num_cpus)),
        _amount(share_text(None if load is None else load.memory_gb, node.memory_gb)),
        _amount(share_text(None if load is None else load.num_gpus, node.num_gpus)) if node.num_gpus else NOTHING,
        _amount(since_text(node.start_time, now)),
        left(node.end_time, now),
        number(allocation_id_of(node)),
        number(node.id),
    )


def allocation_row(
    record: ScheduledComputeNodesModel,
    *,
    seen: Seen | None,
    node: ComputeNodeModel | None,
    load: NodeLoadModel | None,
    schedulers: Mapping[int, SlurmSchedulerModel],
    now: datetime,
) -> Row:
    """Return the row of an allocation that has not ended. `seen` is what the batch system reports about it."""
    reason = record.reason if seen is None else ". ".join(filter(None, (seen.reason, _sentence(seen.remedy))))
    starts_at = record.starts_at if seen is None else seen.starts_at
    return (
        code(_id(record)),
        text(record.status),
        text(None if seen is None else seen.word),
        text(reason or None),
        time(starts_at or None),
        left(None if node is None else node.end_time, now),
        number(None if load is None else load.num_jobs),
        _scheduler(record, schedulers),
        code(record.folder),
        number(record.id),
    )


def ended_row(record: ScheduledComputeNodesModel, schedulers: Mapping[int, SlurmSchedulerModel]) -> Row:
    """Return the row of an allocation that has ended. Reads the end of its stderr, if this machine can."""
    return (
        code(_id(record)),
        text(record.status),
        text(record.reason),
        code(last_line(record) or None),
        _scheduler(record, schedulers),
        code(record.folder),
        number(record.id),
    )


def scheduler_row(scheduler: SlurmSchedulerModel) -> Row:
    """Return the row of a scheduler."""
    return (
        text(scheduler.name),
        text(scheduler.account),
        text(scheduler.partition),
        number(scheduler.nodes),
        text(scheduler.walltime),
        text(scheduler.mem),
        text(scheduler.gres),
        text(scheduler.qos),
        number(scheduler.id),
    )


def allocation_id_of(node: ComputeNodeModel) -> int | None:
    """Return the id of the record of the allocation in which a node runs; None if it runs in none."""
    scheduler: Any = node.scheduler
    found = scheduler.get("scheduler_id") if isinstance(scheduler, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def left(end: str | None, now: datetime) -> Cell:
    """Show the time that is left until a time; nothing without one."""
    return _amount(left_text(end, now))


def _amount(words: str) -> Cell:
    return Cell(words, CellKind.NUMBER) if words else NOTHING


def _id(record: ScheduledComputeNodesModel) -> str:
    return str(id_in_system(record)) if record.scheduler_id else "not submitted yet"


def _scheduler(record: ScheduledComputeNodesModel, schedulers: Mapping[int, SlurmSchedulerModel]) -> Cell:
    known = schedulers.get(record.scheduler_config_id)
    return text((known.name if known is not None else None) or record.scheduler_config_id)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _jobs_on(node: ComputeNodeModel) -> str:
    return addresses.jobs(node.workflow_id, filter=f"host={quoted(node.hostname)}")


def left_out(shown: int, total: int, noun: str) -> str:
    """Return a sentence about rows that are left out."""
    return f"The last {count(noun, shown)} of {total:,}." if total > shown else ""
