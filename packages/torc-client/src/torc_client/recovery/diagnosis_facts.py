"""What a diagnosis found, as members of JSON output. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.utilization import MIN_PERCENT_OVER, over_used, resource_uses, usage_line


class Diagnosis(msgspec.Struct, kw_only=True):
    """Why jobs of a workflow were unsuccessful."""

    workflow_id: int
    failed_jobs: list["FailedJob"]
    total_results: int
    """The results of unsuccessful jobs."""

    over_utilization_count: int
    violations: list[dict[str, str | int]]
    """What these jobs used more than they required, as in the output of `torc workflows check-resources`."""

    resource_violations_count: int
    resource_violations: list["ResourceViolation"]
    """The jobs that lacked memory or time."""


class FailedJob(msgspec.Struct, kw_only=True):
    """An unsuccessful job and the cause."""

    job_id: int
    job_name: str
    status: JobStatus
    cause: Cause
    reason: str
    return_code: int | None
    exec_seconds: float | None
    peak_memory_bytes: int | None


class ResourceViolation(msgspec.Struct, kw_only=True):
    """A job that lacked memory or time, and what it required."""

    job_id: int
    job_name: str
    return_code: int | None
    exec_time_minutes: float | None
    configured_memory: str | None
    configured_runtime: str | None
    configured_cpus: int | None
    peak_memory_bytes: int | None
    likely_oom: bool
    oom_reason: str | None
    likely_timeout: bool
    timeout_reason: str | None


def diagnosis_of(workflow_id: int, findings: Sequence[Finding]) -> Diagnosis:
    """Return the findings about a workflow's unsuccessful jobs."""
    uses = over_used(resource_uses(each.outcome for each in findings), MIN_PERCENT_OVER)
    lacking = [_violation(each) for each in findings if each.cause in {Cause.OUT_OF_MEMORY, Cause.TIMEOUT}]
    return Diagnosis(
        workflow_id=workflow_id,
        failed_jobs=[_failed_job(finding) for finding in findings],
        total_results=sum(each.outcome.result is not None for each in findings),
        over_utilization_count=len(uses),
        violations=[usage_line(each) for each in uses],
        resource_violations_count=len(lacking),
        resource_violations=lacking,
    )


def _failed_job(finding: Finding) -> FailedJob:
    outcome = finding.outcome
    members: dict[str, Any] = {
        "return_code": outcome.return_code,
        "exec_seconds": None if outcome.seconds is None else round(outcome.seconds, 3),
        "peak_memory_bytes": outcome.peak_memory_bytes,
    }
    return FailedJob(
        job_id=outcome.job_id,
        job_name=outcome.job_name,
        status=outcome.status,
        cause=finding.cause,
        reason=finding.reason,
        **members,
    )


def _violation(finding: Finding) -> ResourceViolation:
    outcome = finding.outcome
    needs = outcome.required.record
    lacked_memory = finding.cause is Cause.OUT_OF_MEMORY
    return ResourceViolation(
        job_id=outcome.job_id,
        job_name=outcome.job_name,
        return_code=outcome.return_code,
        exec_time_minutes=None if outcome.result is None else outcome.result.exec_time_minutes,
        configured_memory=needs.memory,
        configured_runtime=needs.runtime,
        configured_cpus=needs.num_cpus,
        peak_memory_bytes=outcome.peak_memory_bytes,
        likely_oom=lacked_memory,
        oom_reason=finding.reason if lacked_memory else None,
        likely_timeout=not lacked_memory,
        timeout_reason=None if lacked_memory else finding.reason,
    )
