"""The compute nodes of a workflow."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.compute_node_rows import NodesWithLoad
from torc_client.vocabulary import records

# When the server last heard of a node changes without an event.
_TICK_SECONDS = 5.0


class ComputeNodesPane(RecordsPane):
    """The compute nodes of a workflow."""

    title = "Compute Nodes"
    scope = Scope.COMPUTE_NODES
    kinds = frozenset({"nodes", "jobs"})
    sources = (NodesWithLoad("Compute nodes", records.COMPUTE_NODES),)
    SCOPES = (Scope.COMPUTE_NODES, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def on_mount(self) -> None:
        """Renew the times."""
        self.set_interval(_TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        if self.table.total:
            self.reload()
