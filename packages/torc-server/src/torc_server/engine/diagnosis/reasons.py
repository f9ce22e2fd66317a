"""What an explanation consists of: reasons in words, each with a code, a number, and a few jobs."""

from dataclasses import dataclass
from enum import StrEnum

from torc_server.engine.ids import JobId

# How many jobs a reason names, and how long a name may be in it.
EXAMPLES = 5
LONGEST_NAME = 200


class Code(StrEnum):
    """The reasons there are."""

    WORKFLOW_CANCELED = "workflow_canceled"
    TASK_UNFINISHED = "task_unfinished"
    NO_JOBS = "no_jobs"
    ALL_OVER = "all_over"
    UNINITIALIZED = "uninitialized"
    CLAIMABLE = "claimable"
    NO_ACTIVE_NODES = "no_active_nodes"
    TOO_LARGE = "too_large"
    NO_SUCH_LABEL = "no_such_label"
    OTHER_SCHEDULER = "other_scheduler"
    PENDING_OR_RUNNING = "pending_or_running"
    BLOCKED = "blocked"
    BEHIND_UNINITIALIZED = "behind_uninitialized"
    BEHIND_DISABLED = "behind_disabled"
    BEHIND_PENDING_FAILED = "behind_pending_failed"
    RING = "ring"
    CANCELED_BY_FAILURE = "canceled_by_failure"
    WORKFLOW_ARCHIVED = "workflow_archived"


@dataclass(frozen=True, slots=True)
class NamedJob:
    """A job as people know it."""

    job_id: JobId
    job_name: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to know, with how many jobs it is about, and a few of them."""

    code: Code
    message: str
    count: int = 0
    jobs: tuple[NamedJob, ...] = ()


def short(name: str) -> str:
    """Cut a name to what a sentence can hold."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."


def jobs_in_words(count: int, one: str, many: str, *, at_least: bool = False) -> str:
    """Say how many jobs do something: ``1 job waits``, ``at least 2 jobs wait``."""
    return f"{'At least ' if at_least else ''}{count} {'job' if count == 1 else 'jobs'} {one if count == 1 else many}"
