"""Find out from their results why jobs were unsuccessful. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowModel
from torc_client.defaults import OOM_EXIT_CODE, TIMEOUT_EXIT_CODE
from torc_client.edge.lacked_resources import NODE_DIED, KillCodes, Lack, Limits, lack_of
from torc_client.limit_words import limit
from torc_client.recovery.amounts import memory_text
from torc_client.recovery.outcomes import JobOutcome
from torc_client.text import duration

MISSING_OUTPUT: Final = 1
"""The return code of jobs that ended with 0 and did not write their output files."""


class Cause(StrEnum):
    """Why a job was unsuccessful."""

    OUT_OF_MEMORY = "oom"
    TIMEOUT = "timeout"
    STOPPED = "stopped"
    """Its runner, its node or the workflow was stopped; the job itself did not fail."""
    NODE_FAILURE = "node_failure"
    """Its runner or its node died."""
    UNKNOWN = "unknown"


def codes_of(workflow: WorkflowModel) -> KillCodes:
    """Return the codes of a workflow: its own, or the defaults."""
    config = workflow.execution_config
    memory = config.oom_exit_code if config else None
    time = config.timeout_exit_code if config else None
    return KillCodes(OOM_EXIT_CODE if memory is None else memory, TIMEOUT_EXIT_CODE if time is None else time)


_DEFAULT_CODES: Final = KillCodes(OOM_EXIT_CODE, TIMEOUT_EXIT_CODE)


@dataclass(frozen=True, slots=True)
class Finding:
    """An unsuccessful job and the cause."""

    outcome: JobOutcome
    cause: Cause
    reason: str


def diagnose(outcomes: Iterable[JobOutcome], codes: KillCodes = _DEFAULT_CODES) -> list[Finding]:
    """Return the cause for each unsuccessful job."""
    return [_finding(outcome, codes) for outcome in outcomes]


def _finding(outcome: JobOutcome, codes: KillCodes) -> Finding:
    if outcome.result is None:
        return Finding(outcome, Cause.STOPPED, "it has no result: it was stopped before it ended")
    if outcome.return_code == NODE_DIED:
        return Finding(outcome, Cause.NODE_FAILURE, "its runner or its node died while it ran")
    is_terminated = outcome.status is JobStatus.TERMINATED
    lack = lack_of(
        outcome.result.return_code,
        Limits(outcome.required.memory_bytes, outcome.required.runtime_seconds),
        codes,
        peak_bytes=outcome.peak_memory_bytes,
        seconds=outcome.seconds or 0.0,
        is_terminated=is_terminated,
    )
    if lack is not None:
        return Finding(outcome, Cause.OUT_OF_MEMORY if lack.is_of_memory else Cause.TIMEOUT, _reason(outcome, lack))
    if is_terminated:
        return Finding(outcome, Cause.STOPPED, outcome.result.reason or "its runner was stopped while it ran")
    if outcome.result.reason:
        return Finding(outcome, Cause.UNKNOWN, outcome.result.reason)
    # Runners report the same code for missing output files. Those of 1.0 report no reason that distinguishes the two.
    missing = (
        ", or its output files are missing"
        if outcome.return_code == MISSING_OUTPUT and outcome.may_lack_outputs
        else ""
    )
    return Finding(outcome, Cause.UNKNOWN, f"its command returned {outcome.return_code}{missing}")


def _reason(outcome: JobOutcome, lack: Lack) -> str:
    record = outcome.required.record
    match lack:
        case Lack.MEMORY_BY_USE:
            return f"it used {memory_text(outcome.peak_memory_bytes or 0)} of memory and required {record.memory}"
        case Lack.MEMORY_BY_CODE:
            return f"it was killed ({outcome.return_code}) long before the end of its run time"
        case Lack.TIME_BY_CODE:
            return f"it was stopped after {duration(outcome.seconds or 0.0)}, at the end of its run time"
        case Lack.TIME_BY_USE:
            return f"it ran for {duration(outcome.seconds or 0.0)} and required {limit(record.runtime)}"
