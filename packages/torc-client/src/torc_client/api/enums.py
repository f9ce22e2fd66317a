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


class ExplainCode(StrEnum):
    """The values of ExplainCode."""

    WORKFLOW_CANCELED = "workflow_canceled"
    TASK_UNFINISHED = "task_unfinished"
    NO_JOBS = "no_jobs"
    ALL_OVER = "all_over"
    UNINITIALIZED = "uninitialized"
    CLAIMABLE = "claimable"
    NO_ACTIVE_NODES = "no_active_nodes"
    TOO_LARGE = "too_large"
    NO_SUCH_LABEL = "no_such_label"
    ONLY_LABELED_NODES = "only_labeled_nodes"
    OTHER_SCHEDULER = "other_scheduler"
    PENDING_OR_RUNNING = "pending_or_running"
    BLOCKED = "blocked"
    BEHIND_UNINITIALIZED = "behind_uninitialized"
    BEHIND_DISABLED = "behind_disabled"
    BEHIND_PENDING_FAILED = "behind_pending_failed"
    RING = "ring"
    CANCELED_BY_FAILURE = "canceled_by_failure"
    WORKFLOW_ARCHIVED = "workflow_archived"


class ExplainQuantity(StrEnum):
    """The values of ExplainQuantity."""

    NUM_CPUS = "num_cpus"
    MEMORY_GB = "memory_gb"
    NUM_GPUS = "num_gpus"
    NUM_NODES = "num_nodes"
    TIME_LIMIT_SECONDS = "time_limit_seconds"


class FailureKind(StrEnum):
    """The values of FailureKind."""

    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    SIGNAL = "signal"
    EXIT_CODE = "exit_code"
    UNKNOWN = "unknown"


class JobGroupEdgeKind(StrEnum):
    """The values of JobGroupEdgeKind."""

    FILE = "file"
    USER_DATA = "user_data"
    DEPENDENCY = "dependency"


class JobScope(StrEnum):
    """The values of JobScope."""

    LISTED = "listed"
    UNSUCCESSFUL = "unsuccessful"
    ALL = "all"


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


class OutputProblem(StrEnum):
    """The values of OutputProblem."""

    UNKNOWN = "unknown"
    NOT_KEPT = "not_kept"
    UNREADABLE = "unreadable"


class OutputStream(StrEnum):
    """The values of OutputStream."""

    STDOUT = "stdout"
    STDERR = "stderr"


class StdioMode(StrEnum):
    """The values of StdioMode."""

    SEPARATE = "separate"
    COMBINED = "combined"
    NO_STDOUT = "no_stdout"
    NO_STDERR = "no_stderr"
    NONE = "none"


class SubmissionStatus(StrEnum):
    """The values of SubmissionStatus."""

    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class TaskStatus(StrEnum):
    """The values of TaskStatus."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TimelineLanes(StrEnum):
    """The values of TimelineLanes."""

    HOSTS = "hosts"
    GROUPS = "groups"


class UnchangedOutputs(StrEnum):
    """The values of UnchangedOutputs."""

    FAIL = "fail"
    ACCEPT = "accept"
