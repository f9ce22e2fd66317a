"""What changed in a workflow since a page was last updated, collected from events. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from torc_client.event_stream import Event, EventsMissed

# A message lists at most this number of jobs.
JOBS_MOST = 200

_ENDS = ("job_completed", "job_failed", "job_canceled", "job_terminated", "job_pending_failed")


class FollowerState(StrEnum):
    """Whether the events of a workflow arrive."""

    OPENING = "opening"
    OPEN = "open"
    AWAY = "away"
    """The server does not answer."""

    GONE = "gone"
    """The workflow was deleted, or the server refuses."""


def kinds_of(event_type: str) -> frozenset[str]:
    """Return the kinds of data that an event changes. Parts of pages name the kinds that they show."""
    if event_type in _ENDS:
        return frozenset({"events", "status", "jobs", "results"})
    if event_type.startswith("job_"):
        return frozenset({"events", "status", "jobs"})
    if event_type.startswith(("compute_node_", "scheduler_node_")):
        return frozenset({"events", "status", "nodes"})
    if event_type.startswith("workflow_"):
        return frozenset({"events", "status", "jobs", "workflow"})
    return frozenset({"events"})


@dataclass
class Changes:
    """Changes of one workflow. With `everything`, events were missed, so everything can have changed."""

    workflow_id: int
    state: FollowerState = FollowerState.OPENING
    everything: bool = False
    kinds: set[str] = field(default_factory=set)
    job_ids: set[int] = field(default_factory=set)
    has_more_jobs: bool = False

    def add(self, item: Event | EventsMissed) -> None:
        """Add an event, or that events were missed."""
        if isinstance(item, EventsMissed):
            self.everything = True
            return
        self.kinds |= kinds_of(item.event_type)
        job_id = item.data.get("job_id")
        if isinstance(job_id, int) and job_id not in self.job_ids:
            if len(self.job_ids) < JOBS_MOST:
                self.job_ids.add(job_id)
            else:
                self.has_more_jobs = True

    def message(self) -> dict[str, Any]:
        """Return the changes as a JSON value."""
        return {
            "workflow": self.workflow_id,
            "state": self.state.value,
            "everything": self.everything,
            "kinds": sorted(self.kinds),
            "jobs": sorted(self.job_ids),
            "more_jobs": self.has_more_jobs,
        }
