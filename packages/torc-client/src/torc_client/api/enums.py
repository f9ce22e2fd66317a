# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""The closed sets of words."""

from enum import StrEnum


class ClaimJobsSortMethod(StrEnum):
    """The values of ClaimJobsSortMethod."""

    GPUS_RUNTIME_MEMORY = "gpus_runtime_memory"
    GPUS_MEMORY_RUNTIME = "gpus_memory_runtime"
    NONE = "none"


class ExecutionMode(StrEnum):
    """The values of ExecutionMode."""

    DIRECT = "direct"
    SLURM = "slurm"
    AUTO = "auto"


class JobStatus(StrEnum):
    """The values of JobStatus."""

    UNINITIALIZED = "uninitialized"
    BLOCKED = "blocked"
    READY = "ready"
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    TERMINATED = "terminated"
    DISABLED = "disabled"
    PENDING_FAILED = "pending_failed"


class MonitorGranularity(StrEnum):
    """The values of MonitorGranularity."""

    SUMMARY = "summary"
    TIME_SERIES = "time_series"


class StdioMode(StrEnum):
    """The values of StdioMode."""

    SEPARATE = "separate"
    COMBINED = "combined"
    NO_STDOUT = "no_stdout"
    NO_STDERR = "no_stderr"
    NONE = "none"


class TaskStatus(StrEnum):
    """The values of TaskStatus."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
