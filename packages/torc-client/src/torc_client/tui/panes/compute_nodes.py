"""The compute nodes of a workflow."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class ComputeNodesPane(RecordsPane):
    """The compute nodes of a workflow."""

    title = "Compute Nodes"
    scope = Scope.COMPUTE_NODES
    kinds = frozenset({"nodes"})
    sources = (ListedRecords("Compute nodes", records.COMPUTE_NODES),)
    SCOPES = (Scope.COMPUTE_NODES, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
