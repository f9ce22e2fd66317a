"""The reasons of an explanation, each with a code, a message, a count and a few jobs."""

from dataclasses import dataclass
from enum import StrEnum

from torc_server.engine.ids import JobId

# The maximum number of jobs that a reason names, and the maximum length of a name in it.
EXAMPLES = 5
LONGEST_NAME = 200


class Code(StrEnum):
    """The codes of reasons. The values are used in answers."""

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
    CYCLE = "ring"
    CANCELED_BY_FAILURE = "canceled_by_failure"
    WORKFLOW_ARCHIVED = "workflow_archived"


@dataclass(frozen=True, slots=True)
class NamedJob:
    """A job with its name."""

    job_id: JobId
    job_name: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, with the number of jobs that it is about and a few of them.

    `shortfalls` is the part of the message that says what jobs need and no earlier node had; empty if there is none.
    """

    code: Code
    message: str
    count: int = 0
    jobs: tuple[NamedJob, ...] = ()
    shortfalls: str = ""


def short(name: str) -> str:
    """Return a name cut to a length that fits into a message."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."


def jobs_in_words(count: int, one: str, many: str, *, at_least: bool = False) -> str:
    """Return a number of jobs with a verb: ``1 job waits``, ``At least 2 jobs wait``."""
    return f"{'At least ' if at_least else ''}{count} {'job' if count == 1 else 'jobs'} {one if count == 1 else many}"
