"""The words that the OpenAPI document cannot know: one entry for each group of resource commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torc_client.cli.results import Column


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A flag of `list` that the server cannot apply: which records stay."""

    flag: str
    help: str
    keeps: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Words:
    """How people speak of one kind of record. `flags` renames the options that the document would give."""

    tag: str
    singular: str
    plural: str
    list_operation: str
    get_operation: str
    columns: tuple[Column, ...]
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    narrowings: tuple[Narrowing, ...] = ()


def _count(heading: str, member: str) -> Column:
    return Column(heading, member, right=True)


_ID = _count("ID", "id")


def bytes_in_words(count: float) -> str:
    """Return a number of bytes with a binary unit."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def _seconds(minutes: float) -> str:
    return f"{minutes * 60:.3f}"


JOBS = Words(
    "jobs", "job", "jobs", "list_jobs", "get_job",
    (_ID, Column("Name", "name"), Column("Status", "status"), Column("Command", "command"),
     _count("Priority", "priority"), _count("Node", "compute_node_id")),
    flags={"status": ("-s", "--status")},
)  # fmt: skip
FILES = Words(
    "files", "file", "files", "list_files", "get_file",
    (_ID, Column("Name", "name"), Column("Path", "path"), _count("Modified", "st_mtime")),
)  # fmt: skip
USER_DATA = Words(
    "user_data", "user data record", "user data records", "list_user_data", "get_user_data",
    (_ID, Column("Name", "name"), Column("Ephemeral", "is_ephemeral"), Column("Data", "data")),
    flags={"offset": ("-o", "--offset")},
)  # fmt: skip
RESOURCE_REQUIREMENTS = Words(
    "resource_requirements", "resource requirement", "resource requirements",
    "list_resource_requirements", "get_resource_requirements",
    (_ID, Column("Name", "name"), _count("CPUs", "num_cpus"), _count("GPUs", "num_gpus"), _count("Nodes", "num_nodes"),
     Column("Memory", "memory"), Column("Runtime", "runtime")),
)  # fmt: skip
COMPUTE_NODES = Words(
    "compute_nodes", "compute node", "compute nodes", "list_compute_nodes", "get_compute_node",
    (_ID, Column("Host", "hostname"), _count("PID", "pid"), Column("Type", "compute_node_type"),
     Column("Active", "is_active"), _count("CPUs", "num_cpus"), _count("Memory GB", "memory_gb"),
     _count("GPUs", "num_gpus"), Column("Started", "start_time"), _count("Seconds", "duration_seconds")),
    flags={"offset": ("-o", "--offset"), "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort"),
           "scheduled_compute_node_id": ("--scheduled-compute-node",)},
)  # fmt: skip
RESULTS = Words(
    "results", "result", "results", "list_results", "get_result",
    (_ID, _count("Job", "job_id"), Column("Name", "job_name"), Column("Status", "status"),
     _count("Run", "run_id"), _count("Attempt", "attempt_id"), _count("Return code", "return_code"),
     Column("Seconds", "exec_time_minutes", _seconds, right=True),
     Column("Peak memory", "peak_memory_bytes", bytes_in_words, right=True),
     Column("Completed", "completion_time")),
    flags={"job_id": ("-j", "--job-id"), "run_id": ("-r", "--run-id"), "status": ("-s", "--status"),
           "compute_node_id": ("--compute-node",)},
    narrowings=(Narrowing("--failed", "Only results with a return code other than 0.",
                          lambda result: result.return_code != 0),),
)  # fmt: skip
WORKFLOWS = Words(
    "workflows", "workflow", "workflows", "list_workflows", "get_workflow",
    (_ID, Column("User", "user"), Column("Name", "name"), Column("Description", "description"),
     Column("Project", "project"), Column("Created", "timestamp")),
)  # fmt: skip
