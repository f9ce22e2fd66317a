"""Running jobs: where, for how long, and the limits that they have. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from torc_client.api.records import ComputeNodeModel, JobModel, ResourceRequirementsModel
from torc_client.edge.terminal_text import inert_line
from torc_client.recovery.amounts import duration_seconds
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import duration, parse_timestamp
from torc_client.tui.lines.bars import use_bar
from torc_client.tui.lines.line import Part

_BAR = 8
# Above this part of its time limit, a job is marked.
_NEAR_THE_END = 0.9


@dataclass(frozen=True, slots=True)
class RunningNow:
    """A running job. The limits are None or empty if it has none: those of the default requirements are none."""

    job_id: int
    name: str
    host: str
    elapsed_seconds: float | None
    runtime_seconds: float | None
    memory: str

    @property
    def time_share(self) -> float | None:
        """The part of its time limit that has passed."""
        if self.elapsed_seconds is None or not self.runtime_seconds:
            return None
        return self.elapsed_seconds / self.runtime_seconds


def running_now(
    job: JobModel,
    nodes: Mapping[int | None, ComputeNodeModel],
    needs: Mapping[int | None, ResourceRequirementsModel],
    moment: datetime,
) -> RunningNow:
    """Return what is known about a running job."""
    node, required = nodes.get(job.compute_node_id), needs.get(job.resource_requirements_id)
    start = parse_timestamp(job.start_time or "")
    has_limits = required is not None and required.name != DEFAULT_NAME
    return RunningNow(
        job.id or 0,
        inert_line(job.name),
        inert_line(node.hostname) if node is not None else "",
        None if start is None else max(0.0, (moment - start).total_seconds()),
        duration_seconds(required.runtime) if required is not None and has_limits and required.runtime else None,
        inert_line(required.memory or "") if required is not None and has_limits else "",
    )


def running_cells(job: RunningNow) -> tuple[Part, ...]:
    """Return the cells of a running job: name, host, elapsed time, and its part of the limit."""
    elapsed = "" if job.elapsed_seconds is None else duration(job.elapsed_seconds)
    limit, style = time_limit_text(job)
    return (
        Part(f"  ▶ {job.name}", "yellow"),
        Part(job.host),
        Part(elapsed),
        Part(limit, style),
        Part(f"memory {job.memory}" if job.memory else ""),
    )


def time_limit_text(job: RunningNow) -> tuple[str, str]:
    """Return a bar of the time that has passed of the limit, with the limit, and its style; empty without one."""
    share = job.time_share
    if share is None or job.runtime_seconds is None or job.elapsed_seconds is None:
        return "", ""
    bar = use_bar(job.elapsed_seconds, job.runtime_seconds, _BAR)
    mark = " !" if share >= _NEAR_THE_END else ""
    return f"{bar} of {duration(job.runtime_seconds)}{mark}", "bold red" if mark else ""


def ids_of(jobs: Sequence[JobModel], member: str) -> str:
    """Return the filter for the records that jobs refer to; empty if there are none."""
    ids = sorted({getattr(job, member) for job in jobs} - {None})
    return f"id={','.join(map(str, ids))}" if ids else ""
