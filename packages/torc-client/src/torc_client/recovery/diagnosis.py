"""Why jobs did not succeed, as far as their results tell: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowModel
from torc_client.recovery.amounts import duration_text, memory_text
from torc_client.recovery.outcomes import JobEnd

_KILLED: Final = -9
_MEMORY_TIME_SHARE: Final = 0.8
"""A job that was killed after a larger share of its time was perhaps killed for that."""
_OVER_TIME_SHARE: Final = 0.9


class Cause(StrEnum):
    """Why a job did not succeed."""

    OUT_OF_MEMORY = "oom"
    TIMEOUT = "timeout"
    STOPPED = "stopped"
    """Its runner, its node or the workflow was stopped: nothing is known against the job itself."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Codes:
    """The return codes by which a workflow's runners tell why they ended a job."""

    out_of_memory: int = 137
    out_of_time: int = 152


def codes_of(workflow: WorkflowModel) -> Codes:
    """Tell which codes a workflow chose."""
    config = workflow.execution_config
    memory = config.oom_exit_code if config else None
    time = config.timeout_exit_code if config else None
    usual = Codes()
    return Codes(usual.out_of_memory if memory is None else memory, usual.out_of_time if time is None else time)


_DEFAULT_CODES = Codes()


@dataclass(frozen=True, slots=True)
class Finding:
    """A job that did not succeed, and why."""

    end: JobEnd
    cause: Cause
    reason: str


def diagnose(ends: Iterable[JobEnd], codes: Codes = _DEFAULT_CODES) -> list[Finding]:
    """Judge the ends of jobs that did not succeed."""
    return [_judge(end, codes) for end in ends]


def _judge(end: JobEnd, codes: Codes) -> Finding:
    if end.result is None:
        return Finding(end, Cause.STOPPED, "it has no result: it was stopped before it ended")
    why = _memory(end, codes)
    if why:
        return Finding(end, Cause.OUT_OF_MEMORY, why)
    why = _time(end, codes)
    if why:
        return Finding(end, Cause.TIMEOUT, why)
    if end.status is JobStatus.TERMINATED:
        return Finding(end, Cause.STOPPED, "its runner was stopped while it ran")
    return Finding(end, Cause.UNKNOWN, f"its command ended with {end.return_code}")


def _memory(end: JobEnd, codes: Codes) -> str:
    """Say why a job lacked memory; nothing if it did not."""
    limit, peak = end.required.memory_bytes, end.peak_memory_bytes
    if limit is not None and peak is not None and peak > limit:
        return f"it held {memory_text(peak)} of memory and required {end.required.record.memory}"
    if end.return_code not in {codes.out_of_memory, 137, _KILLED} or end.status is JobStatus.TERMINATED:
        return ""
    runtime, seconds = end.required.runtime_seconds, end.seconds or 0.0
    if runtime is not None and seconds >= _MEMORY_TIME_SHARE * runtime:
        return ""
    return "" if limit is None and peak is None else f"it was killed ({end.return_code}), long before its time was over"


def _time(end: JobEnd, codes: Codes) -> str:
    """Say why a job lacked time; nothing if it did not."""
    runtime, seconds = end.required.runtime_seconds, end.seconds or 0.0
    if end.return_code == codes.out_of_time:
        return f"it was stopped after {duration_text(seconds)}, since its time was over"
    if runtime is not None and seconds > _OVER_TIME_SHARE * runtime:
        return f"it ran for {duration_text(seconds)} and required {end.required.record.runtime}"
    return ""
