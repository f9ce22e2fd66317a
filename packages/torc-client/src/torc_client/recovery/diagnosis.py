"""Find out from their results why jobs were unsuccessful. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowModel
from torc_client.defaults import OOM_EXIT_CODE, TIMEOUT_EXIT_CODE
from torc_client.recovery.amounts import duration_text, memory_text
from torc_client.recovery.outcomes import JobOutcome

_KILLED: Final = -9
_ORPHANED: Final = -128
_KILLED_BY_SHELL: Final = 137
_MISSING_OUTPUT: Final = 1
_MEMORY_TIME_SHARE: Final = 0.8
"""A job that was killed after a larger share of its run time may have been killed for that."""
_OVER_TIME_SHARE: Final = 0.9


class Cause(StrEnum):
    """Why a job was unsuccessful."""

    OUT_OF_MEMORY = "oom"
    TIMEOUT = "timeout"
    STOPPED = "stopped"
    """Its runner, its node or the workflow was stopped; the job itself did not fail."""
    NODE_FAILURE = "node_failure"
    """Its runner or its node died."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Codes:
    """The return codes that a workflow's runners report for jobs that they killed."""

    out_of_memory: int = OOM_EXIT_CODE
    out_of_time: int = TIMEOUT_EXIT_CODE


def codes_of(workflow: WorkflowModel) -> Codes:
    """Return the codes of a workflow: its own, or the defaults."""
    config = workflow.execution_config
    memory = config.oom_exit_code if config else None
    time = config.timeout_exit_code if config else None
    defaults = Codes()
    return Codes(defaults.out_of_memory if memory is None else memory, defaults.out_of_time if time is None else time)


_DEFAULT_CODES = Codes()


@dataclass(frozen=True, slots=True)
class Finding:
    """An unsuccessful job and the cause."""

    outcome: JobOutcome
    cause: Cause
    reason: str


def diagnose(outcomes: Iterable[JobOutcome], codes: Codes = _DEFAULT_CODES) -> list[Finding]:
    """Return the cause for each unsuccessful job."""
    return [_finding(outcome, codes) for outcome in outcomes]


def _finding(outcome: JobOutcome, codes: Codes) -> Finding:
    if outcome.result is None:
        return Finding(outcome, Cause.STOPPED, "it has no result: it was stopped before it ended")
    if outcome.return_code == _ORPHANED:
        return Finding(outcome, Cause.NODE_FAILURE, "its runner or its node died while it ran")
    reason = _lack_of_memory(outcome, codes)
    if reason:
        return Finding(outcome, Cause.OUT_OF_MEMORY, reason)
    reason = _lack_of_time(outcome, codes)
    if reason:
        return Finding(outcome, Cause.TIMEOUT, reason)
    if outcome.status is JobStatus.TERMINATED:
        return Finding(outcome, Cause.STOPPED, "its runner was stopped while it ran")
    # Runners report the same code for missing output files, and a result does not distinguish the two.
    missing = ", or its output files are missing" if outcome.return_code == _MISSING_OUTPUT else ""
    return Finding(outcome, Cause.UNKNOWN, f"its command returned {outcome.return_code}{missing}")


def _lack_of_memory(outcome: JobOutcome, codes: Codes) -> str:
    """Return the reason why a job lacked memory; empty if it did not."""
    limit, peak = outcome.required.memory_bytes, outcome.peak_memory_bytes
    if limit is not None and peak is not None and peak > limit:
        return f"it used {memory_text(peak)} of memory and required {outcome.required.record.memory}"
    killed = outcome.return_code in {codes.out_of_memory, _KILLED_BY_SHELL, _KILLED}
    if not killed or outcome.status is JobStatus.TERMINATED:
        return ""
    runtime, seconds = outcome.required.runtime_seconds, outcome.seconds or 0.0
    if runtime is not None and seconds >= _MEMORY_TIME_SHARE * runtime:
        return ""
    if limit is None and peak is None:
        return ""
    return f"it was killed ({outcome.return_code}) long before the end of its run time"


def _lack_of_time(outcome: JobOutcome, codes: Codes) -> str:
    """Return the reason why a job lacked time; empty if it did not."""
    runtime, seconds = outcome.required.runtime_seconds, outcome.seconds or 0.0
    if outcome.return_code == codes.out_of_time:
        return f"it was stopped after {duration_text(seconds)}, at the end of its run time"
    if runtime is not None and seconds > _OVER_TIME_SHARE * runtime:
        return f"it ran for {duration_text(seconds)} and required {outcome.required.record.runtime}"
    return ""
