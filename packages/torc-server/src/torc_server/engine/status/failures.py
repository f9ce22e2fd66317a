"""The failures of a workflow's jobs, clustered by what failed and how."""

from dataclasses import dataclass
from enum import StrEnum

from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import JobStatus
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# What an answer has at most: clusters, those of most jobs first, and example jobs of each.
MOST_CLUSTERS = 100
MOST_EXAMPLES = 5
_SIGNALED = 128
_LAST_SIGNAL = 64

# Each group of jobs with equal status and return code, as the number of its jobs, and the latest jobs of each.
CLUSTERS = JobStatement("""
SELECT job.group_id, job.status, result.return_code, COUNT(*) AS jobs, MAX(result.completion_time) AS newest
FROM job LEFT JOIN result ON result.id = job.current_result_id
WHERE job.workflow_id = :workflow_id AND job.status IN ({FAILED}, {TERMINATED}, {PENDING_FAILED})
GROUP BY job.group_id, job.status, result.return_code
ORDER BY jobs DESC, 1, 2, 3
""")
EXAMPLES = JobStatement("""
SELECT numbered.group_id, numbered.status, numbered.return_code, numbered.id, job.name, result.reason
FROM (
    SELECT job.id, job.group_id, job.status, result.return_code,
        ROW_NUMBER() OVER (PARTITION BY job.group_id, job.status, result.return_code ORDER BY job.id) AS number
    FROM job LEFT JOIN result ON result.id = job.current_result_id
    WHERE job.workflow_id = :workflow_id AND job.status IN ({FAILED}, {TERMINATED}, {PENDING_FAILED})
) AS numbered JOIN job ON job.id = numbered.id LEFT JOIN result ON result.id = job.current_result_id
WHERE numbered.number <= :most ORDER BY numbered.id
""")
KEYS = Statement("SELECT key FROM job_group WHERE id = :group_id")
CODES = Statement("""
SELECT COALESCE(json_extract(execution_config, '$.oom_exit_code'), 137),
    COALESCE(json_extract(execution_config, '$.timeout_exit_code'), 152)
FROM workflow WHERE id = :workflow_id
""")


class FailureKind(StrEnum):
    """How a job failed, by its return code."""

    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    SIGNAL = "signal"
    EXIT_CODE = "exit_code"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed, and the reason as its runner reported it."""

    job_id: JobId
    name: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class FailureCluster:
    """Jobs of a group that failed alike. `return_code` and `newest` are None if the jobs have no result."""

    group: str
    status: JobStatus
    kind: FailureKind
    return_code: int | None
    jobs: int
    newest: str | None
    examples: tuple[FailedJob, ...]


@dataclass(frozen=True, slots=True)
class FailureClusters:
    """The clusters of most jobs, and the numbers of jobs in all and of further clusters."""

    clusters: list[FailureCluster]
    jobs: int
    clusters_left_off: int


def kind_of(return_code: int | None, out_of_memory: int, out_of_time: int) -> FailureKind:
    """Return how a job failed. The workflow can choose the return codes for memory and time."""
    if return_code is None:
        return FailureKind.UNKNOWN
    if return_code == out_of_memory:
        return FailureKind.OUT_OF_MEMORY
    if return_code == out_of_time:
        return FailureKind.TIME_LIMIT
    if return_code < 0 or _SIGNALED < return_code <= _SIGNALED + _LAST_SIGNAL:
        return FailureKind.SIGNAL
    return FailureKind.EXIT_CODE


def failures(tx: Transaction, workflow_id: WorkflowId) -> FailureClusters:
    """Return the failures of a workflow by its current results. Raises NotFound."""
    workflow_row(tx, workflow_id)
    which = {"workflow_id": workflow_id}
    rows = tx.rows(CLUSTERS, which)
    if not rows:
        return FailureClusters([], 0, 0)
    out_of_memory, out_of_time = tx.row(CODES, which) or (137, 152)
    examples: dict[tuple[int, int, int | None], list[FailedJob]] = {}
    for group_id, status, code, job_id, name, reason in tx.rows(EXAMPLES, {**which, "most": MOST_EXAMPLES}):
        examples.setdefault((group_id, status, code), []).append(FailedJob(JobId(job_id), name, reason))
    clusters = [
        FailureCluster(
            str(tx.value(KEYS, {"group_id": group_id})),
            JobStatus(status),
            kind_of(code, out_of_memory, out_of_time),
            code,
            number,
            newest,
            tuple(examples[group_id, status, code]),
        )
        for group_id, status, code, number, newest in rows[:MOST_CLUSTERS]
    ]
    return FailureClusters(clusters, sum(row["jobs"] for row in rows), max(0, len(rows) - MOST_CLUSTERS))
