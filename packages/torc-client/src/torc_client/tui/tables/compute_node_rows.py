"""The rows of compute nodes: of active ones also when the server heard of them, their load, and when they end."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from torc_client.api.records import ComputeNodeModel, NodeLoadModel
from torc_client.client import TorcClient
from torc_client.overview.node_texts import heard_text, left_text, share_text
from torc_client.tui.tables.query import ListedRecords, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import Ask
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row
from torc_client.vocabulary.words import ColumnKind, ColumnWords

_USUAL = {column.member: column for column in records.COMPUTE_NODES.columns}


def _from_elsewhere(heading: str, member: str, kind: ColumnKind = ColumnKind.TEXT) -> ColumnWords:
    return ColumnWords(heading, member, kind, joined=True)


_COLUMNS = (
    _USUAL["id"],
    _USUAL["hostname"],
    _USUAL["is_active"],
    _from_elsewhere("Last heard", "heard"),
    _from_elsewhere("Jobs", "num_jobs", ColumnKind.NUMBER),
    _from_elsewhere("CPUs used", "cpus_used"),
    _from_elsewhere("GiB used", "memory_used"),
    _from_elsewhere("GPUs used", "gpus_used"),
    _from_elsewhere("Ends in", "left"),
    *(column for column in records.COMPUTE_NODES.usual_columns if column.member not in {"id", "hostname", "is_active"}),
)


@dataclass(frozen=True)
class NodesWithLoad(ListedRecords):
    """Compute nodes with their load."""

    @property
    def shown(self) -> tuple[ColumnWords, ...]:
        """The columns."""
        return _COLUMNS

    async def read(self, client: TorcClient, workflow_id: int, query: TableQuery, ask: Ask) -> RowWindow:
        """Read rows and the load of the active nodes. Raises TorcError."""
        window, loads = await asyncio.gather(
            super().read(client, workflow_id, query, ask), client.workflows.list_node_loads(workflow_id)
        )
        load_of = {load.compute_node_id: load for load in loads}
        now = datetime.now(UTC)
        rows = [Row(row.record, load_values(row.record, load_of.get(row.record.id), now)) for row in window.rows]
        return RowWindow(rows, window.total)


def load_values(node: ComputeNodeModel, load: NodeLoadModel | None, now: datetime) -> dict[str, str | int]:
    """Return the values of the columns about load; none for a node that is not active. Pure."""
    if not node.is_active:
        return {}
    values: dict[str, str | int] = {"heard": heard_text(node, load), "left": left_text(node.end_time, now)}
    if load is not None:
        values |= {
            "num_jobs": load.num_jobs,
            "cpus_used": share_text(load.num_cpus, node.num_cpus),
            "memory_used": share_text(load.memory_gb, node.memory_gb),
        }
        if node.num_gpus:
            values["gpus_used"] = share_text(load.num_gpus, node.num_gpus)
    return values
