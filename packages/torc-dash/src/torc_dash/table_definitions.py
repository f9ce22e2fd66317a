"""The columns and filters of each table, as data, with the terms of the command line."""

from collections.abc import Callable
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel, ResultModel, WorkflowModel, WorkflowStatusResponse
from torc_client.text import duration, parse_timestamp, timestamp
from torc_client.text import size as byte_size
from torc_dash.progress import slices_of, summarize
from torc_dash.tables import Cell, CellKind, Column, Filter, FilterKind, TableDefinition, flag, integer

NOTHING = Cell("")


@dataclass(frozen=True)
class ListedWorkflow:
    """A workflow with its status, which is None if it was deleted between the two calls."""

    workflow: WorkflowModel
    status: WorkflowStatusResponse | None


def text(value: object) -> Cell:
    """Show a value as text; None as an empty cell."""
    return NOTHING if value is None else Cell(str(value))


def code(value: object) -> Cell:
    """Show a command or an identifier in a monospaced font."""
    return NOTHING if value is None else Cell(str(value), CellKind.CODE)


def number(value: float | None) -> Cell:
    """Show a number; a whole number without a decimal point."""
    if value is None:
        return NOTHING
    return Cell(f"{value:.6g}" if value % 1 else str(int(value)), CellKind.NUMBER)


def status(value: JobStatus | None) -> Cell:
    """Show a job status with its colour."""
    return NOTHING if value is None else Cell(str(value.value), CellKind.STATUS)


def time(value: str | None) -> Cell:
    """Show a timestamp to the second, in UTC; other text is shown unchanged."""
    if not value:
        return NOTHING
    kind = CellKind.TEXT if parse_timestamp(value) is None else CellKind.TIME
    return Cell(timestamp(value), kind)


def size(value: int | None) -> Cell:
    """Show a number of bytes with a binary unit."""
    return NOTHING if value is None else Cell(byte_size(value), CellKind.NUMBER)


def minutes(value: float | None) -> Cell:
    """Show a duration given in minutes: seconds below a minute, then minutes, then hours."""
    return NOTHING if value is None else Cell(duration(value * 60), CellKind.NUMBER)


def percent(value: float | None) -> Cell:
    """Show a load, in percent of one CPU."""
    return NOTHING if value is None else Cell(f"{value:.0f} %", CellKind.NUMBER)


def yes_or_no(value: bool | None) -> Cell:
    """Show a flag in words."""
    return NOTHING if value is None else Cell("yes" if value else "no")


def _link(to: Callable[[ListedWorkflow], str]) -> Callable[[ListedWorkflow], Cell]:
    return lambda listed: Cell(to(listed), CellKind.LINK, href=f"/workflows/{listed.workflow.id}")


def _progress(listed: ListedWorkflow) -> Cell:
    if listed.status is None:
        return NOTHING
    return Cell(summarize(listed.status).description, CellKind.PROGRESS, slices=slices_of(listed.status))


_STATUS = Filter("status", "Status", FilterKind.CHOICE, JobStatus, tuple(status.value for status in JobStatus))
_YES_NO = ("yes", "no")

WORKFLOWS = TableDefinition[ListedWorkflow](
    noun="workflows",
    columns=(
        Column("id", "ID", _link(lambda listed: str(listed.workflow.id))),
        Column("name", "Name", _link(lambda listed: listed.workflow.name)),
        Column("status", "Status", _progress, sortable=False),
        Column("timestamp", "Created", lambda listed: time(listed.workflow.timestamp)),
        Column("user", "User", lambda listed: text(listed.workflow.user)),
        Column("project", "Project", lambda listed: text(listed.workflow.project)),
        Column("description", "Description", lambda listed: text(listed.workflow.description)),
    ),
    filters=(
        Filter("name", "Name", hint="exactly"),
        Filter("user", "User", hint="exactly"),
        Filter("description", "Description", hint="contains"),
        Filter("is_archived", "Archived", FilterKind.CHOICE, flag, _YES_NO),
    ),
    empty="No workflows yet. Create and run one from a specification file:",
    default_reverse=True,
)

JOBS = TableDefinition[JobModel](
    noun="jobs",
    columns=(
        Column("id", "ID", lambda job: number(job.id)),
        Column("name", "Name", lambda job: text(job.name)),
        Column("status", "Status", lambda job: status(job.status)),
        Column("command", "Command", lambda job: code(job.command)),
        Column("priority", "Priority", lambda job: number(job.priority)),
        Column("attempt_id", "Attempt", lambda job: number(job.attempt_id), sortable=False),
        Column("compute_node_id", "Node", lambda job: number(job.compute_node_id), sortable=False),
    ),
    filters=(_STATUS, Filter("name", "Name", hint="contains"), Filter("command", "Command", hint="contains")),
    empty="This workflow has no jobs. Add some with: torc jobs create",
)

RESULTS = TableDefinition[ResultModel](
    noun="results",
    columns=(
        Column("id", "ID", lambda result: number(result.id)),
        Column("job_id", "Job", lambda result: number(result.job_id)),
        Column("job_name", "Job name", lambda result: text(result.job_name), sortable=False),
        Column("run_id", "Run", lambda result: number(result.run_id)),
        Column("attempt_id", "Attempt", lambda result: number(result.attempt_id), sortable=False),
        Column("return_code", "Return code", lambda result: number(result.return_code)),
        Column("status", "Status", lambda result: status(result.status)),
        Column("exec_time_minutes", "Duration", lambda result: minutes(result.exec_time_minutes)),
        Column("peak_memory_bytes", "Peak memory", lambda result: size(result.peak_memory_bytes), sortable=False),
        Column("peak_cpu_percent", "Peak CPU", lambda result: percent(result.peak_cpu_percent), sortable=False),
        Column("completion_time", "Completed", lambda result: time(result.completion_time)),
        Column("compute_node_id", "Node", lambda result: number(result.compute_node_id), sortable=False),
    ),
    filters=(
        _STATUS,
        Filter("job_id", "Job", FilterKind.NUMBER, integer),
        Filter("run_id", "Run", FilterKind.NUMBER, integer),
        Filter("return_code", "Return code", FilterKind.NUMBER, integer),
        Filter("all_runs", "All runs", FilterKind.CHOICE, flag, _YES_NO),
    ),
    empty="No job of this workflow has finished yet.",
)

COMPUTE_NODES = TableDefinition[ComputeNodeModel](
    noun="compute nodes",
    columns=(
        Column("id", "ID", lambda node: number(node.id)),
        Column("hostname", "Host", lambda node: text(node.hostname)),
        Column("is_active", "Active", lambda node: yes_or_no(node.is_active)),
        Column("compute_node_type", "Type", lambda node: text(node.compute_node_type)),
        Column("num_cpus", "CPUs", lambda node: number(node.num_cpus)),
        Column("memory_gb", "Memory GiB", lambda node: number(node.memory_gb)),
        Column("num_gpus", "GPUs", lambda node: number(node.num_gpus)),
        Column("pid", "PID", lambda node: number(node.pid)),
        Column("start_time", "Started", lambda node: time(node.start_time)),
        Column("duration_seconds", "Duration", lambda node: _seconds(node.duration_seconds), sortable=False),
    ),
    filters=(
        Filter("hostname", "Host", hint="exactly"),
        Filter("is_active", "Active", FilterKind.CHOICE, flag, _YES_NO),
    ),
    empty="No compute node has joined this workflow. Start a runner with: torc run",
)


def _seconds(value: float | None) -> Cell:
    return NOTHING if value is None else Cell(duration(value), CellKind.NUMBER)
