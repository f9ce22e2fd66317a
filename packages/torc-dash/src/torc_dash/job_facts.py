"""What the page of a job says in few words: facts, times, used and required resources, and its attempts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, ResultModel
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.log_files.attempt_sources import JobHistory, LoggedAttempt
from torc_client.log_files.job_attempts import UNDERWAY
from torc_client.overview.result_reasons import known_reason
from torc_client.recovery.diagnosis import codes_of
from torc_client.text import duration, parse_timestamp, size
from torc_dash import addresses

# The sign of a status in the title of the window.
_SIGNS = {
    JobStatus.COMPLETED: "✓",
    JobStatus.CANCELED: "\N{EN DASH}",
    JobStatus.DISABLED: "\N{EN DASH}",
    **dict.fromkeys(UNSUCCESSFUL, "✗"),
    **dict.fromkeys(UNDERWAY, "▶"),
}


@dataclass(frozen=True)
class JobFact:
    """A caption and a value; `href` links to more, `detail` explains it. The value of `moment` is a time."""

    caption: str
    value: str
    detail: str = ""
    href: str | None = None
    moment: str = ""


@dataclass(frozen=True)
class AttemptRow:
    """An attempt and its result."""

    run_id: int
    attempt_id: int
    status: str
    chosen: bool
    started: str
    ended: str
    took: str
    code: str
    meaning: str
    memory: str
    cpu: str
    log_href: str
    href: str


def title_of(history: JobHistory) -> str:
    """Return the title of the window: a sign of the status, the name, and the status."""
    status = history.job.status or JobStatus.UNINITIALIZED
    sign = _SIGNS.get(status, "")
    return f"{sign} {history.job.name} · {status.value.replace('_', ' ')}".strip()


def start_of(history: JobHistory, attempt: LoggedAttempt) -> datetime | None:
    """Return when an attempt started, as far as it is recorded."""
    if attempt is history.attempts[0] and history.job.start_time:
        return parse_timestamp(history.job.start_time)
    if attempt.result is None:
        return None
    ended = parse_timestamp(attempt.result.completion_time)
    return None if ended is None else ended - timedelta(minutes=attempt.result.exec_time_minutes)


def facts_of(
    history: JobHistory, node: ComputeNodeModel | None, ready_at: datetime | None, requirements: str
) -> tuple[JobFact, ...]:
    """Return the facts about the chosen attempt and the job. `ready_at` is when it could have started."""
    job, attempt = history.job, history.chosen
    facts = _of_attempt(history, attempt, ready_at) if attempt is not None else []
    nodes = addresses.nodes(job.workflow_id)
    if node is not None:
        facts.append(JobFact("Host", node.hostname, f"compute node {node.id}", nodes))
        scheduler = node.scheduler if isinstance(node.scheduler, dict) else {}
        if scheduler.get("slurm_job_id"):
            facts.append(JobFact("Slurm job", str(scheduler["slurm_job_id"]), href=f"{nodes}#allocations-title"))
    facts.append(JobFact("Priority", str(job.priority or 0)))
    if requirements:
        facts.append(JobFact("Requirements", requirements, href=addresses.table(job.workflow_id, "requirements")))
    labels = job.labels or ([job.label] if job.label else [])
    if labels:
        facts.append(JobFact("Labels", ", ".join(labels)))
    if job.failure_handler_id is not None:
        href = addresses.table(job.workflow_id, "failure-handlers")
        facts.append(JobFact("Failure handler", str(job.failure_handler_id), href=href))
    if job.origin:
        facts.append(JobFact("Created by", job.origin))
    return tuple(facts)


def _of_attempt(history: JobHistory, attempt: LoggedAttempt, ready_at: datetime | None) -> list[JobFact]:
    result, facts = attempt.result, list[JobFact]()
    started = start_of(history, attempt)
    if result is not None:
        facts.append(JobFact("Exit code", str(result.return_code), meaning_of(history, result)))
        facts.append(JobFact("Run time", duration(result.exec_time_minutes * 60)))
    if started is not None:
        if ready_at is not None and ready_at <= started:
            facts.append(JobFact("Waited", duration((started - ready_at).total_seconds()), "ready until started"))
        facts.append(JobFact("Started", "", moment=started.isoformat()))
    if result is not None and result.completion_time:
        facts.append(JobFact("Ended", "", moment=result.completion_time))
    return facts


def meaning_of(history: JobHistory, result: ResultModel) -> str:
    """Return what a result says besides its return code; empty if only the program knows."""
    return known_reason(result, codes_of(history.workflow))


def attempt_row(history: JobHistory, one: LoggedAttempt) -> AttemptRow:
    """Return the row of an attempt."""
    result, job_id = one.result, history.job.id or 0
    started = start_of(history, one)
    return AttemptRow(
        run_id=one.run_id,
        attempt_id=one.attempt_id,
        status=one.status.value,
        chosen=one is history.chosen,
        started="" if started is None else started.isoformat(),
        ended=result.completion_time if result else "",
        took=duration(result.exec_time_minutes * 60) if result else "",
        code=str(result.return_code) if result else "",
        meaning=meaning_of(history, result) if result else "",
        memory=size(result.peak_memory_bytes) if result and result.peak_memory_bytes else "",
        cpu=f"{result.peak_cpu_percent:.0f} %" if result and result.peak_cpu_percent else "",
        log_href=addresses.log(job_id, run=one.run_id, attempt=one.attempt_id),
        href=addresses.job(job_id, run=one.run_id, attempt=one.attempt_id),
    )


def latest(moments: Iterable[str | None]) -> datetime | None:
    """Return the latest of some timestamps; None if one of them is unknown, or there are none."""
    known = [parse_timestamp(one) if one else None for one in moments]
    found = [one for one in known if one is not None]
    return max(found) if found and len(found) == len(known) else None
