"""The statuses of a job, and the table of every transition between them.

Each statement that changes `job.status` names its cause (`job_row.JobStatement`) and takes the statuses that it may
change from the cause's row. The tests run every such statement under a trigger that refuses a pair of statuses that
the row does not list.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from torc_server.engine.errors import RuleBroken


class JobStatus(IntEnum):
    """The status of a job. The number is stored; `word` is sent over the wire."""

    UNINITIALIZED = 0
    BLOCKED = 1
    READY = 2
    PENDING = 3
    RUNNING = 4
    COMPLETED = 5
    FAILED = 6
    CANCELED = 7
    TERMINATED = 8
    DISABLED = 9
    PENDING_FAILED = 10

    @property
    def word(self) -> str:
        """The status as clients spell it."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "JobStatus":
        """Return the status that clients spell `word`. Raises ValueError for any other word."""
        status = _BY_WORD.get(word)
        if status is None:
            raise ValueError(f"{word!r} is not a job status; use one of {', '.join(known.word for known in cls)}")
        return status


# Looked up for each job of a batch.
_BY_WORD = {status.word: status for status in JobStatus}

# Dependents no longer wait for the job. In SQL: `status {IS_COMPLETE}`.
COMPLETE = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.TERMINATED})
# The statuses that a report about an attempt may have.
TERMINAL = COMPLETE | {JobStatus.PENDING_FAILED}
# With a return code other than 0, these cancel dependents that have cancel_on_blocking_job_failure set.
UNSUCCESSFUL = COMPLETE - {JobStatus.COMPLETED}
# A node has claimed or runs the job: it has a live attempt.
ACTIVE = frozenset({JobStatus.PENDING, JobStatus.RUNNING})
# The job runs, or can run without another initialization.
CAN_RUN = ACTIVE | {JobStatus.BLOCKED, JobStatus.READY}
EVERY = frozenset(JobStatus)


class LiveAttempt(Enum):
    """The effect on the attempt of a pending or running job. The value is the text in the documentation."""

    NONE = "not possible"
    """The cause changes no pending or running job."""
    KEPT = "kept"
    """The attempt continues, with the same number on the same node."""
    RETURNED = "returned by its node"
    """The node that claimed the job does not run it. The attempt number stays."""
    ENDED = "ended"
    """The attempt ends with this change. Its number is not used again in this run."""
    FENCED = "fenced"
    """The job gets the next attempt number. Reports of the old attempt are refused, and its runner ends it."""


class Cause(Enum):
    """Why the status of a job changes."""

    REINITIALIZE = "reinitialize"
    REINITIALIZE_ALL = "reinitialize_all"
    INITIALIZE = "initialize"
    SPAWN = "spawn"
    CLAIM = "claim"
    UNCLAIM = "unclaim"
    START = "start"
    START_CHAINED = "start_chained"
    COMPLETE = "complete"
    FAIL = "fail_jobs"
    RELEASE = "release"
    REOPEN = "reopen"
    RETRY = "retry"
    RETRY_AT_ONCE = "retry_at_once"
    CANCEL = "cancel"
    GIVE_BACK = "give_back"
    RESET = "reset"
    RESET_ALL = "reset_all"
    DISABLE = "disable"
    DISABLE_LISTED = "disable_jobs"
    MANAGE = "manage_status_change"


@dataclass(frozen=True, slots=True)
class Transition:
    """The statuses that a cause may change and set, the effect on a live attempt, and the condition in sentences."""

    cause: Cause
    from_statuses: frozenset[JobStatus]
    to_statuses: tuple[JobStatus, ...]
    live_attempt: LiveAttempt
    condition: str


TRANSITIONS: dict[Cause, Transition] = {
    transition.cause: transition
    for transition in (
        Transition(
            Cause.REINITIALIZE,
            EVERY - ACTIVE - {JobStatus.UNINITIALIZED, JobStatus.DISABLED},
            (JobStatus.UNINITIALIZED,),
            LiveAttempt.NONE,
            "The first step of initialize_jobs with only_uninitialized, in the same transaction as initialize. "
            "Dependents of uninitialized jobs change, and blocked and terminated jobs.",
        ),
        Transition(
            Cause.REINITIALIZE_ALL,
            EVERY - {JobStatus.UNINITIALIZED, JobStatus.DISABLED},
            (JobStatus.UNINITIALIZED,),
            LiveAttempt.FENCED,
            "The first step of initialize_jobs without only_uninitialized, in the same transaction as initialize. "
            "Completed, failed and canceled jobs whose dependencies are complete keep their status.",
        ),
        Transition(
            Cause.INITIALIZE,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.BLOCKED, JobStatus.READY, JobStatus.CANCELED),
            LiveAttempt.NONE,
            "Blocked while a dependency is not complete. Canceled if all are complete, one of them did not succeed, "
            "and the job has cancel_on_blocking_job_failure set. Else ready. A job whose attempt ended in this run "
            "gets the next attempt number.",
        ),
        Transition(
            Cause.SPAWN,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.BLOCKED,),
            LiveAttempt.NONE,
            "The job was created by a running job, for which it waits.",
        ),
        Transition(
            Cause.CLAIM,
            frozenset({JobStatus.READY}),
            (JobStatus.PENDING,),
            LiveAttempt.NONE,
            "The workflow is not canceled and the job fits the offer.",
        ),
        Transition(
            Cause.UNCLAIM,
            frozenset({JobStatus.PENDING}),
            (JobStatus.READY,),
            LiveAttempt.RETURNED,
            "The node that claimed the job does not run it.",
        ),
        Transition(
            Cause.START,
            frozenset({JobStatus.PENDING}),
            (JobStatus.RUNNING,),
            LiveAttempt.KEPT,
            "The caller names the workflow's current run.",
        ),
        Transition(
            Cause.START_CHAINED,
            frozenset({JobStatus.READY}),
            (JobStatus.RUNNING,),
            LiveAttempt.NONE,
            "The job waited for one job only, whose success on the same node is reported in the same transaction.",
        ),
        Transition(
            Cause.COMPLETE,
            CAN_RUN | {JobStatus.UNINITIALIZED, JobStatus.CANCELED},
            (
                JobStatus.COMPLETED,
                JobStatus.FAILED,
                JobStatus.CANCELED,
                JobStatus.TERMINATED,
                JobStatus.PENDING_FAILED,
            ),
            LiveAttempt.ENDED,
            "The report is for the current run and attempt. A job that was canceled with its workflow takes a success "
            "if it has no result yet; a job that was canceled because a dependency failed takes no report. A ready job "
            "that was returned to the queue takes the success of the attempt before, from the node that lost it.",
        ),
        Transition(
            Cause.FAIL,
            frozenset({JobStatus.PENDING_FAILED}),
            (JobStatus.FAILED,),
            LiveAttempt.NONE,
            "A user decides that the failure is final.",
        ),
        Transition(
            Cause.RELEASE,
            frozenset({JobStatus.BLOCKED}),
            (JobStatus.READY, JobStatus.CANCELED),
            LiveAttempt.NONE,
            "The last dependency became complete. Canceled if a dependency failed and the job has "
            "cancel_on_blocking_job_failure set, else ready.",
        ),
        Transition(
            Cause.REOPEN,
            frozenset({JobStatus.CANCELED}),
            (JobStatus.BLOCKED, JobStatus.READY),
            LiveAttempt.NONE,
            "The job was canceled because a dependency failed, and that dependency runs again or completed after all.",
        ),
        Transition(
            Cause.RETRY,
            frozenset({JobStatus.RUNNING, JobStatus.FAILED, JobStatus.TERMINATED}),
            (JobStatus.READY,),
            LiveAttempt.FENCED,
            "Attempts are left.",
        ),
        Transition(
            Cause.RETRY_AT_ONCE,
            frozenset({JobStatus.FAILED, JobStatus.CANCELED, JobStatus.TERMINATED}),
            (JobStatus.READY,),
            LiveAttempt.NONE,
            "The report of an unsuccessful end asks for another attempt with max_attempts, or with return_if_others "
            "while another node of the workflow is active or an allocation is queued, in the same transaction.",
        ),
        Transition(
            Cause.CANCEL,
            frozenset({JobStatus.PENDING, JobStatus.RUNNING}),
            (JobStatus.CANCELED,),
            LiveAttempt.ENDED,
            "The workflow is canceled.",
        ),
        Transition(
            Cause.GIVE_BACK,
            frozenset({JobStatus.PENDING, JobStatus.RUNNING}),
            (JobStatus.READY,),
            LiveAttempt.FENCED,
            "The lease of the compute node that claimed or runs the job expired, the node stopped before it started "
            "the job, the node returned the job because its report was refused, or the job has had no active node for "
            "the time of a lease.",
        ),
        Transition(
            Cause.RESET,
            EVERY - ACTIVE - {JobStatus.UNINITIALIZED},
            (JobStatus.UNINITIALIZED,),
            LiveAttempt.NONE,
            "By reset_job_status with failed_only or by process_changed_job_inputs, or because a dependency was reset.",
        ),
        Transition(
            Cause.RESET_ALL,
            EVERY - {JobStatus.UNINITIALIZED},
            (JobStatus.UNINITIALIZED,),
            LiveAttempt.FENCED,
            "By reset_job_status without failed_only. Pending and running jobs also when the next run begins: by "
            "reset_status with force, or by update_workflow_status.",
        ),
        Transition(
            Cause.DISABLE,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.DISABLED,),
            LiveAttempt.NONE,
            "By an update of the job.",
        ),
        Transition(
            Cause.DISABLE_LISTED,
            frozenset({JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY}),
            (JobStatus.DISABLED,),
            LiveAttempt.NONE,
            "A run leaves the job out.",
        ),
        Transition(
            Cause.MANAGE,
            EVERY,
            tuple(sorted(EVERY - COMPLETE)),
            LiveAttempt.FENCED,
            "By hand, from any status. If a complete job becomes uninitialized, its completed and failed direct "
            "dependents become uninitialized too. A pending job that becomes running keeps its attempt.",
        ),
    )
}


def require(cause: Cause, status: JobStatus, job_name: str) -> None:
    """Raise RuleBroken, which names job, status and cause, if the cause may not change this status."""
    allowed = TRANSITIONS[cause].from_statuses
    if status not in allowed:
        words = ", ".join(allowed_status.word for allowed_status in sorted(allowed))
        raise RuleBroken(
            f"Job {job_name!r} is {status.word}; {cause.value} needs a job that is {words}", field="status"
        )


def is_allowed(cause: Cause, old: JobStatus, new: JobStatus) -> bool:
    """Whether the table lists the change of status for this cause."""
    transition = TRANSITIONS[cause]
    return old in transition.from_statuses and new in transition.to_statuses


def transitions_markdown() -> str:
    """Return the table of transitions in Markdown, for the documentation."""
    lines = ["| Cause | From | To | Live attempt | Condition |", "|---|---|---|---|---|"]
    for transition in TRANSITIONS.values():
        origin = ", ".join(status.word for status in sorted(transition.from_statuses))
        target = ", ".join(status.word for status in transition.to_statuses)
        live = transition.live_attempt.value
        lines.append(f"| {transition.cause.value} | {origin} | {target} | {live} | {transition.condition} |")
    return "\n".join(lines) + "\n"
