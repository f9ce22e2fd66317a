"""The views of a workflow, in the order of their tabs. A view is imported when it is first shown."""

import importlib
from dataclasses import dataclass

from torc_client.tui.keys import Scope
from torc_client.tui.pane import Pane


@dataclass(frozen=True, slots=True)
class View:
    """A view: the name of its module, its class, the word of its tab, and the scope of its keys."""

    name: str
    class_name: str
    tab: str
    scope: Scope

    @property
    def module(self) -> str:
        """The module of the pane."""
        return f"torc_client.tui.panes.{self.name}"

    def make(self) -> Pane:
        """Import the pane and make one."""
        kind: type[Pane] = getattr(importlib.import_module(self.module), self.class_name)
        return kind(id=f"view-{self.name}")


VIEWS = (
    View("overview", "OverviewPane", "Overview", Scope.OVERVIEW),
    View("jobs", "JobsPane", "Jobs", Scope.JOBS),
    View("running", "RunningPane", "Running", Scope.RUNNING),
    View("graph", "GraphPane", "Graph", Scope.GRAPH),
    View("results", "ResultsPane", "Results", Scope.RESULTS),
    View("files", "FilesPane", "Files", Scope.FILES),
    View("user_data", "UserDataPane", "Data", Scope.USER_DATA),
    View("compute_nodes", "ComputeNodesPane", "Nodes", Scope.COMPUTE_NODES),
    View("scheduled_nodes", "ScheduledNodesPane", "Slurm", Scope.SCHEDULED_NODES),
    View("events", "EventsPane", "Events", Scope.EVENTS),
    View("details", "DetailsPane", "Details", Scope.DETAILS),
)
"""The views of a workflow, in the order of their tabs."""
