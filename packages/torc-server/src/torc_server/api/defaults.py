"""Numbers and texts that clients and runners need to know. The generator of the client writes them to its defaults.py.

Each value is taken from the declaration that the server itself uses.
"""

from dataclasses import dataclass
from typing import Any

from torc_server.api.extensions import LONGEST_WAIT_SECONDS
from torc_server.api.output_pieces import PIECE_MOST_BYTES
from torc_server.engine.quantities import BYTES_PER_GB
from torc_server.resources.fields import Record, members_of
from torc_server.resources.lists import MAX_LIMIT
from torc_server.resources.resource_requirements import DEFAULT_NAME, ResourceRequirementsModel
from torc_server.resources.result import LONGEST_REASON
from torc_server.resources.workflow import ExecutionConfig, ResourceMonitorConfig, WorkflowModel


@dataclass(frozen=True, slots=True)
class SharedDefault:
    """A constant of the client: its name, value and docstring."""

    name: str
    value: int | float | str
    description: str


def _default(record: type[Record], member: str) -> Any:
    """Return the default of a member."""
    return members_of(record)[member].default


SHARED_DEFAULTS = (
    SharedDefault("LONGEST_WAIT_SECONDS", LONGEST_WAIT_SECONDS, "The longest `wait_seconds` that the server accepts."),
    SharedDefault("MAX_LIMIT", MAX_LIMIT, "The maximum number of records in one page of a list."),
    SharedDefault("BYTES_PER_GB", BYTES_PER_GB, 'The "GB" of compute nodes and claims is binary.'),
    SharedDefault("LARGEST_PIECE_BYTES", PIECE_MOST_BYTES, "The maximum size of one piece of output."),
    SharedDefault("LONGEST_REASON", LONGEST_REASON, "The longest `reason` of a result."),
    SharedDefault(
        "REQUIREMENTS_NAME", DEFAULT_NAME, "The requirements of each workflow for jobs without requirements."
    ),
    SharedDefault("NUM_CPUS", _default(ResourceRequirementsModel, "num_cpus"), "CPUs of a job without requirements."),
    SharedDefault("MEMORY", _default(ResourceRequirementsModel, "memory"), "Memory of a job without requirements."),
    SharedDefault("RUNTIME", _default(ResourceRequirementsModel, "runtime"), "Runtime of a job without requirements."),
    SharedDefault(
        "JOBS_SORT_METHOD", _default(WorkflowModel, "jobs_sort_method"), "The default of `jobs_sort_method`."
    ),
    SharedDefault(
        "WAIT_FOR_NEW_JOBS_SECONDS",
        _default(WorkflowModel, "compute_node_wait_for_new_jobs_seconds"),
        "The default of `compute_node_wait_for_new_jobs_seconds`.",
    ),
    SharedDefault(
        "WAIT_FOR_HEALTHY_DATABASE_MINUTES",
        _default(WorkflowModel, "compute_node_wait_for_healthy_database_minutes"),
        "The default of `compute_node_wait_for_healthy_database_minutes`.",
    ),
    SharedDefault(
        "MIN_TIME_FOR_NEW_JOBS_SECONDS",
        _default(WorkflowModel, "compute_node_min_time_for_new_jobs_seconds"),
        "The default of `compute_node_min_time_for_new_jobs_seconds`.",
    ),
    SharedDefault(
        "SIGTERM_LEAD_SECONDS",
        _default(ExecutionConfig, "sigterm_lead_seconds"),
        "The default of `sigterm_lead_seconds`.",
    ),
    SharedDefault(
        "SIGKILL_HEADROOM_SECONDS",
        _default(ExecutionConfig, "sigkill_headroom_seconds"),
        "The default of `sigkill_headroom_seconds`.",
    ),
    SharedDefault("OOM_EXIT_CODE", _default(ExecutionConfig, "oom_exit_code"), "The default of `oom_exit_code`."),
    SharedDefault(
        "TIMEOUT_EXIT_CODE", _default(ExecutionConfig, "timeout_exit_code"), "The default of `timeout_exit_code`."
    ),
    SharedDefault(
        "SAMPLE_INTERVAL_SECONDS",
        _default(ResourceMonitorConfig, "sample_interval_seconds"),
        "The default of `sample_interval_seconds`.",
    ),
    SharedDefault(
        "FLUSH_INTERVAL_SECONDS",
        _default(ResourceMonitorConfig, "flush_interval_seconds"),
        "The default of `flush_interval_seconds`.",
    ),
)
