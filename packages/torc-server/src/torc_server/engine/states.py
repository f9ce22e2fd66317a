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
EVERY = frozenset(JobStatus)


class Cause(Enum):
    """Why the status of a job changes."""

    REINITIALIZE = "reinitialize"
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
    DISABLE = "disable"
    MANAGE = "manage_status_change"


@dataclass(frozen=True, slots=True)
class Transition:
    """The statuses that a cause may change, the statuses that it sets, and the condition in sentences."""

    cause: Cause
    from_statuses: frozenset[JobStatus]
    to_statuses: tuple[JobStatus, ...]
    condition: str


TRANSITIONS: dict[Cause, Transition] = {
    transition.cause: transition
    for transition in (
        Transition(
            Cause.REINITIALIZE,
            EVERY - {JobStatus.UNINITIALIZED, JobStatus.DISABLED},
            (JobStatus.UNINITIALIZED,),
            "The first step of initialize_jobs, in the same transaction as initialize. Completed, failed and canceled "
            "jobs whose dependencies are complete keep their status.",
        ),
        Transition(
            Cause.INITIALIZE,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.BLOCKED, JobStatus.READY),
            "Blocked while a dependency is not complete, else ready.",
        ),
        Transition(
            Cause.SPAWN,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.BLOCKED,),
            "The job was created by a running job, for which it waits.",
        ),
        Transition(
            Cause.CLAIM,
            frozenset({JobStatus.READY}),
            (JobStatus.PENDING,),
            "The workflow is not canceled and the job fits the offer.",
        ),
        Transition(
            Cause.UNCLAIM,
            frozenset({JobStatus.PENDING}),
            (JobStatus.READY,),
            "The node that claimed the job does not run it. The attempt number stays.",
        ),
        Transition(
            Cause.START,
            frozenset({JobStatus.PENDING}),
            (JobStatus.RUNNING,),
            "The caller names the workflow's current run.",
        ),
        Transition(
            Cause.START_CHAINED,
            frozenset({JobStatus.READY}),
            (JobStatus.RUNNING,),
            "The job waited for one job only, whose success on the same node is reported in the same transaction.",
        ),
        Transition(
            Cause.COMPLETE,
            EVERY - {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED},
            (
                JobStatus.COMPLETED,
                JobStatus.FAILED,
                JobStatus.CANCELED,
                JobStatus.TERMINATED,
                JobStatus.PENDING_FAILED,
            ),
            "The report is for the current run and attempt. A canceled job takes a report only if it has no result "
            "yet, and either was canceled because a dependency failed, or the report is a success. A ready job that "
            "was returned to the queue takes the success of the attempt before, from the node that lost it.",
        ),
        Transition(
            Cause.FAIL,
            frozenset({JobStatus.PENDING_FAILED}),
            (JobStatus.FAILED,),
            "A user decides that the failure is final.",
        ),
        Transition(
            Cause.RELEASE,
            frozenset({JobStatus.BLOCKED}),
            (JobStatus.READY, JobStatus.CANCELED),
            "The last dependency became complete. Canceled if a dependency failed and the job has "
            "cancel_on_blocking_job_failure set, else ready.",
        ),
        Transition(
            Cause.REOPEN,
            frozenset({JobStatus.CANCELED}),
            (JobStatus.BLOCKED, JobStatus.READY),
            "The job was canceled because a dependency failed, and that dependency runs again or completed after all.",
        ),
        Transition(
            Cause.RETRY,
            frozenset({JobStatus.RUNNING, JobStatus.FAILED, JobStatus.TERMINATED}),
            (JobStatus.READY,),
            "Attempts are left. The attempt number grows by one.",
        ),
        Transition(
            Cause.RETRY_AT_ONCE,
            frozenset({JobStatus.FAILED, JobStatus.CANCELED, JobStatus.TERMINATED}),
            (JobStatus.READY,),
            "The report of an unsuccessful end asks for another attempt with max_attempts, or with return_if_others "
            "while another node of the workflow is active, in the same transaction. The attempt number grows by one.",
        ),
        Transition(
            Cause.CANCEL,
            frozenset({JobStatus.PENDING, JobStatus.RUNNING}),
            (JobStatus.CANCELED,),
            "The workflow is canceled.",
        ),
        Transition(
            Cause.GIVE_BACK,
            frozenset({JobStatus.PENDING, JobStatus.RUNNING}),
            (JobStatus.READY,),
            "The lease of the compute node that claimed or runs the job expired, or the node stopped before it "
            "started the job. The attempt number grows by one.",
        ),
        Transition(
            Cause.RESET,
            EVERY - {JobStatus.UNINITIALIZED},
            (JobStatus.UNINITIALIZED,),
            "By reset_job_status or process_changed_job_inputs, or because a dependency was reset.",
        ),
        Transition(
            Cause.DISABLE,
            frozenset({JobStatus.UNINITIALIZED}),
            (JobStatus.DISABLED,),
            "By an update of the job.",
        ),
        Transition(
            Cause.MANAGE,
            EVERY,
            tuple(sorted(EVERY - COMPLETE)),
            "By hand, from any status. If a complete job becomes uninitialized, its completed and failed direct "
            "dependents become uninitialized too.",
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
    lines = ["| Cause | From | To | Condition |", "|---|---|---|---|"]
    for transition in TRANSITIONS.values():
        origin = ", ".join(status.word for status in sorted(transition.from_statuses))
        target = ", ".join(status.word for status in transition.to_statuses)
        lines.append(f"| {transition.cause.value} | {origin} | {target} | {transition.condition} |")
    return "\n".join(lines) + "\n"
