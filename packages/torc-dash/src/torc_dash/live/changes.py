"""What changed in a workflow, or in a list of workflows, since a page was last updated, collected from events. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from torc_client.api.records import ChangedWorkflows
from torc_client.changed_kinds import kinds_of
from torc_client.event_stream import Event, EventsMissed

Topic = int | str
"""The id of a workflow, or the name of a list of workflows."""

News = Event | EventsMissed | ChangedWorkflows

# A message lists at most this number of jobs.
JOBS_MOST = 200


class FollowerState(StrEnum):
    """Whether the events of a workflow arrive."""

    OPENING = "opening"
    OPEN = "open"
    AWAY = "away"
    """The server does not answer."""

    GONE = "gone"
    """The workflow was deleted, or the server refuses."""


@dataclass
class Changes:
    """Changes of a workflow or a list. With `everything`, events were missed, so everything can have changed."""

    topic: Topic
    state: FollowerState = FollowerState.OPENING
    everything: bool = False
    kinds: set[str] = field(default_factory=set)
    job_ids: set[int] = field(default_factory=set)
    has_more_jobs: bool = False

    def add(self, item: News) -> None:
        """Add an event, or that events were missed, or that workflows of a list changed."""
        if isinstance(item, ChangedWorkflows):
            self.everything = self.everything or item.everything
            self.kinds.add("workflows")
            return
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
            "topic": self.topic,
            "state": self.state.value,
            "everything": self.everything,
            "kinds": sorted(self.kinds),
            "jobs": sorted(self.job_ids),
            "more_jobs": self.has_more_jobs,
        }
