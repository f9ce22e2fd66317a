"""What the workflow has of Slurm: scheduled nodes, statistics of jobs, schedulers, submissions."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class ScheduledNodesPane(RecordsPane):
    """What the workflow has of Slurm: scheduled nodes, statistics of jobs, schedulers, submissions."""

    title = "Scheduled Nodes"
    scope = Scope.SCHEDULED_NODES
    kinds = frozenset({"nodes"})
    sources = (
        ListedRecords("Scheduled nodes", records.SCHEDULED_COMPUTE_NODES),
        ListedRecords("Slurm statistics", records.SLURM_STATS),
        ListedRecords("Schedulers", records.SLURM),
        ListedRecords("Submissions", records.SUBMISSIONS),
    )
    SCOPES = (Scope.SCHEDULED_NODES, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
