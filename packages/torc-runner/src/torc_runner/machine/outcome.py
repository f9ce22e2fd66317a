"""The outcome of an attempt, from its exit code, stop reason and output files. Pure."""

import signal
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from torc_client.api.enums import JobStatus
from torc_client.defaults import OOM_EXIT_CODE, TIMEOUT_EXIT_CODE
from torc_client.exit_codes import AT_TIME_LIMIT, OUT_OF_MEMORY
from torc_client.failure_reasons import reason_of_exit
from torc_runner.machine.attempt import StopReason

COULD_NOT_START: Final = 127
"""Return code of a job whose command could not be started."""

MISSING_OUTPUT: Final = 1
"""Return code of a job that exited with 0 and did not write a declared output file."""

INTERRUPTED: Final = 128 + signal.SIGTERM
"""Return code of a job that exited with 0 after it was asked to stop."""


class FailureClass(Enum):
    """The cause of an attempt that did not succeed."""

    APP = "app"
    OOM = "oom"
    WALLTIME = "walltime"
    NODE = "node"
    SETUP = "setup"
    OUTPUTS_MISSING = "outputs_missing"
    CANCELED = "canceled"


class Outcome(Struct, frozen=True):
    """The reported outcome of an attempt."""

    status: JobStatus
    return_code: int
    failure_class: FailureClass | None = None
    """None for success."""
    reason: str = ""
    """Why it did not succeed, as part of a sentence; empty if only the output of the command says it."""


class StopCodes(Struct, frozen=True):
    """Return codes that a workflow can choose for jobs that a runner stopped."""

    out_of_memory: int = OOM_EXIT_CODE
    """For a job that exceeded its memory."""
    out_of_time: int = TIMEOUT_EXIT_CODE
    """For a job that was stopped because its time, or that of its node, was over."""


_STOPPED: Mapping[StopReason, tuple[JobStatus, FailureClass]] = MappingProxyType(
    {
        StopReason.WORKFLOW_CANCELED: (JobStatus.TERMINATED, FailureClass.CANCELED),
        StopReason.RUNNER_STOPS: (JobStatus.TERMINATED, FailureClass.NODE),
        StopReason.NODE_TIME_OVER: (JobStatus.TERMINATED, FailureClass.WALLTIME),
        StopReason.JOB_TIME_OVER: (JobStatus.TERMINATED, FailureClass.WALLTIME),
        StopReason.OVER_MEMORY: (JobStatus.FAILED, FailureClass.OOM),
        StopReason.STEP_CANCELED: (JobStatus.TERMINATED, FailureClass.CANCELED),
    }
)


_WORDS: Mapping[StopReason, str] = MappingProxyType(
    {
        StopReason.WORKFLOW_CANCELED: "its workflow was canceled",
        StopReason.RUNNER_STOPS: "its runner was stopped while it ran",
        StopReason.NODE_TIME_OVER: "it was stopped because the time of its node was over",
        StopReason.JOB_TIME_OVER: AT_TIME_LIMIT,
        StopReason.OVER_MEMORY: OUT_OF_MEMORY,
        StopReason.STEP_CANCELED: "its step was canceled in the batch system",
    }
)
_EXPLAINED = frozenset({StopReason.OVER_MEMORY, StopReason.STEP_CANCELED})
"""The reasons of which the shell may know more."""

_ASKED = frozenset({StopReason.RUNNER_STOPS, StopReason.NODE_TIME_OVER, StopReason.JOB_TIME_OVER})
"""The reasons for which a job is asked to end before it is killed, and could have gone on."""

_DEFAULT_CODES = StopCodes()


def settle(
    exit_code: int,
    stop_reason: StopReason | None,
    *,
    unwritten_files: Sequence[Path] = (),
    was_launched: bool = True,
    saves_work: bool = True,
    codes: StopCodes = _DEFAULT_CODES,
    note: str = "",
) -> Outcome:
    """Judge an attempt.

    `exit_code` is 128 and the number for a signal. `stop_reason` is why this runner stopped the job, if it did.
    `unwritten_files` are output files that are missing or out of date. `was_launched` is false if its command could not
    be started. `note` is what the shell knows about a failure.

    Many programs end with 0 when they are asked to stop, with half of their work done. Exit code 0 after that counts as
    success only if the job `saves_work` at this signal. A job that was stopped because the workflow was canceled stays
    canceled: its work was not wanted any more.
    """
    if not was_launched:
        return Outcome(JobStatus.FAILED, COULD_NOT_START, FailureClass.SETUP, note)
    if exit_code == 0 and stop_reason in _ASKED and not saves_work:
        exit_code = INTERRUPTED
    if exit_code == 0 and stop_reason is not StopReason.WORKFLOW_CANCELED:
        if unwritten_files:
            return Outcome(JobStatus.FAILED, MISSING_OUTPUT, FailureClass.OUTPUTS_MISSING, note)
        return Outcome(JobStatus.COMPLETED, 0)
    if stop_reason is not None:
        status, failure_class = _STOPPED[stop_reason]
        of_class = {FailureClass.WALLTIME: codes.out_of_time, FailureClass.OOM: codes.out_of_memory}
        reason = note if note and stop_reason in _EXPLAINED else _WORDS[stop_reason]
        return Outcome(status, of_class.get(failure_class, exit_code), failure_class, reason)
    reason = note or reason_of_exit(exit_code, codes.out_of_memory)
    return Outcome(JobStatus.FAILED, exit_code, FailureClass.APP, reason)
