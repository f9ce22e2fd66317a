"""Ready jobs that the active compute nodes cannot run: they have too little time, or not the labels.

The formulas are those of the original: a job counts as blocked if it needs more than the remaining time of the node
that ends last, and 120 seconds. Allocations that have not begun do not count.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.labels import NodeLabels, labels_of
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A job may need this much longer than the node has.
TOLERANCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class ReadyJobFigures:
    """Ready jobs without a node, and the times that show why. `unserved_ready_labels` counts jobs by set of labels."""

    runtime_blocked_ready_jobs: int = 0
    longest_ready_runtime_seconds: int | None = None
    max_allocation_remaining_seconds: int | None = None
    unserved_ready_labels: dict[str, int] | None = None


ACTIVE_NODES = Statement("""
SELECT end_time, labels, also_unlabeled FROM compute_node WHERE workflow_id = :workflow_id AND is_active
""")
COUNT_LONG = JobStatement("""
SELECT COUNT(*) FILTER (WHERE needed.runtime_seconds > :seconds) AS blocked, MAX(needed.runtime_seconds) AS longest
FROM job CROSS JOIN resource_requirements AS needed ON needed.id = job.resource_requirements_id
WHERE job.workflow_id = :workflow_id AND job.status = {READY} AND job.labels IS NULL
""")
COUNT_LABELS = JobStatement("""
SELECT labels, COUNT(*) AS jobs FROM job INDEXED BY job_ready
WHERE workflow_id = :workflow_id AND status = {READY} AND labels IS NOT NULL GROUP BY labels ORDER BY labels
""")


def ready_jobs(tx: Transaction, workflow_id: WorkflowId, now: datetime) -> ReadyJobFigures:
    """Count the ready jobs that no active node can run."""
    which = {"workflow_id": workflow_id}
    nodes = [
        (_remaining_seconds(row["end_time"], now), NodeLabels(labels_of(row["labels"]), bool(row["also_unlabeled"])))
        for row in tx.rows(ACTIVE_NODES, which)
    ]
    kinds = {labels for _, labels in nodes if labels.labels}
    counts = [(labels_of(row["labels"]), row["jobs"]) for row in tx.rows(COUNT_LABELS, which)]
    unserved = {",".join(needed): jobs for needed, jobs in counts if not any(each.allow(needed) for each in kinds)}
    remaining = [seconds for seconds, _ in nodes if seconds is not None]
    unlabelled = [seconds for seconds, labels in nodes if labels.takes_unlabelled]
    ending = [seconds for seconds in unlabelled if seconds is not None]
    row = None
    if ending and len(ending) == len(unlabelled):
        row = tx.row(COUNT_LONG, {**which, "seconds": max(ending) + TOLERANCE_SECONDS})
    return ReadyJobFigures(
        runtime_blocked_ready_jobs=row["blocked"] if row else 0,
        longest_ready_runtime_seconds=row["longest"] if row else None,
        max_allocation_remaining_seconds=max(remaining, default=None),
        unserved_ready_labels=unserved or None,
    )


def _remaining_seconds(end_time: str | None, now: datetime) -> int | None:
    """Return the whole seconds until a time that a client sent; None without one that can be read."""
    try:
        end = datetime.fromisoformat(end_time or "")
    except ValueError:
        return None
    aware = end if end.tzinfo else end.replace(tzinfo=UTC)
    return max(int((aware - now).total_seconds()), 0)
