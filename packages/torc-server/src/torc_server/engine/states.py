"""The states of a job and every transition between them. Nothing else decides."""

import json
from dataclasses import dataclass
from enum import Enum, IntEnum

from torc_server.engine.errors import RuleBroken


class JobStatus(IntEnum):
    """A job's status. The number is stored; `word` goes over the wire."""

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
        """The status as clients write it."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "JobStatus":
        """Read a status as clients write it; raises ValueError for any other word."""
        status = _BY_WORD.get(word)
        if status is None:
            raise ValueError(f"{word!r} is no job status; there are {', '.join(known.word for known in cls)}")
        return status


# Looked up for each job of a batch.
_BY_WORD = {status.word: status for status in JobStatus}

# Over: dependents no longer wait for the job. In SQL: status BETWEEN 5 AND 8.
COMPLETE = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.TERMINATED})
# What a report about an attempt may say.
TERMINAL = COMPLETE | {JobStatus.PENDING_FAILED}
# Ends that, together with a return code other than 0, cancel the dependents that asked for it.
UNSUCCESSFUL = COMPLETE - {JobStatus.COMPLETED}
EVERY = frozenset(JobStatus)


class Cause(Enum):
    """Why a job changes its status."""

    INITIALIZE = "initialize"
    CLAIM = "claim"
    UNCLAIM = "unclaim"
    START = "start"
    FOLLOW = "follow"
    COMPLETE = "complete"
    RELEASE = "release"
    REOPEN = "reopen"
    RETRY = "retry"
    CANCEL = "cancel"
    GIVE_BACK = "give_back"
    RESET = "reset"
    DISABLE = "disable"
    MANAGE = "manage_status_change"


@dataclass(frozen=True, slots=True)
class Transition:
    """Which statuses a cause may change, into which, and the condition that goes with it, as a sentence."""

    cause: Cause
    from_statuses: frozenset[JobStatus]
    to_statuses: tuple[JobStatus, ...]
    condition: str


TRANSITIONS: dict[Cause, Transition] = {
    transition.cause: transition
    for transition in (
        Transition(
            Cause.INITIALIZE,
            EVERY - {JobStatus.DISABLED},
            (JobStatus.BLOCKED, JobStatus.READY),
            "Blocked while a dependency is not complete, else ready. Completed, failed and canceled jobs whose "
            "dependencies are complete keep their status.",
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
            "Whoever claimed the job will not run it. The attempt number stays.",
        ),
        Transition(
            Cause.START,
            frozenset({JobStatus.PENDING}),
            (JobStatus.RUNNING,),
            "The caller names the workflow's current run.",
        ),
        Transition(
            Cause.FOLLOW,
            frozenset({JobStatus.READY}),
            (JobStatus.RUNNING,),
            "The job waited for one job alone, whose success on the same node is told in the same transaction.",
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
            "The report is for the current run and attempt. A canceled job takes a report only if it was canceled "
            "because a job before it failed, and has no result yet.",
        ),
        Transition(
            Cause.RELEASE,
            frozenset({JobStatus.BLOCKED}),
            (JobStatus.READY, JobStatus.CANCELED),
            "The last dependency became complete. Canceled if one of them ended badly and the job asks for it with "
            "cancel_on_blocking_job_failure, else ready.",
        ),
        Transition(
            Cause.REOPEN,
            frozenset({JobStatus.CANCELED}),
            (JobStatus.BLOCKED, JobStatus.READY),
            "The job was canceled because a job before it failed, and that is no longer so: the job before it is "
            "to run again, or completed after all.",
        ),
        Transition(
            Cause.RETRY,
            frozenset({JobStatus.RUNNING, JobStatus.FAILED, JobStatus.TERMINATED}),
            (JobStatus.READY,),
            "Attempts are left. The attempt number grows by one.",
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
            "The lease of the compute node that claimed or runs the job ran out, or the node stopped before it started "
            "the job. The attempt number grows by one.",
        ),
        Transition(
            Cause.RESET,
            EVERY - {JobStatus.UNINITIALIZED},
            (JobStatus.UNINITIALIZED,),
            "By reset_job_status or process_changed_job_inputs, or because a job before it is initialized again.",
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
            "By hand, whatever it was. A complete job that becomes uninitialized takes those directly behind it along "
            "that completed or failed.",
        ),
    )
}


def require(cause: Cause, status: JobStatus, job_name: str) -> None:
    """Refuse a transition that is not in the table; raises RuleBroken naming job, status and cause."""
    allowed = TRANSITIONS[cause].from_statuses
    if status not in allowed:
        words = ", ".join(allowed_status.word for allowed_status in sorted(allowed))
        raise RuleBroken(
            f"Job {job_name!r} is {status.word}; {cause.value} needs a job that is {words}", field="status"
        )


def from_states(cause: Cause, *only: JobStatus) -> str:
    """Give the statuses that a cause may change, or those of `only` among them, as a JSON array for ``json_each``."""
    allowed = TRANSITIONS[cause].from_statuses
    return json.dumps(sorted(allowed.intersection(only) if only else allowed))


def transitions_markdown() -> str:
    """Write the table of transitions as documentation shows it."""
    lines = ["| Cause | From | To | Condition |", "|---|---|---|---|"]
    for transition in TRANSITIONS.values():
        origin = ", ".join(status.word for status in sorted(transition.from_statuses))
        target = ", ".join(status.word for status in transition.to_statuses)
        lines.append(f"| {transition.cause.value} | {origin} | {target} | {transition.condition} |")
    return "\n".join(lines) + "\n"
