"""What will be done to selected jobs, in sentences. Pure: the records are read elsewhere."""

from collections import Counter
from collections.abc import Sequence

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.edge.terminal_text import inert, inert_line
from torc_client.job_statuses import ACTIVE
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_client.tui.actions.proposal import Proposal, ProposalField, jobs_text, named, run_text, whole_number
from torc_client.workflow_operations.files import FileCheck
from torc_client.workflow_operations.reset_jobs import JobReset

MOST_TO_STOP = 1_000
"""Each of them takes a request."""

_WAITING = (JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY, JobStatus.PENDING_FAILED)
_OTHERS_SHOWN = 5


def title_of(jobs: Sequence[JobModel]) -> str:
    """Return the jobs in words: one by its name, several by their number."""
    return f"job {jobs[0].id} ({inert_line(jobs[0].name)})" if len(jobs) == 1 else jobs_text(len(jobs))


def by_status(jobs: Sequence[JobModel]) -> str:
    """Return how many jobs have which status."""
    numbers = Counter(_status(job).value for job in jobs)
    return ", ".join(f"{number:,} {status}" for status, number in numbers.most_common())


def stoppable(jobs: Sequence[JobModel], *, only_running: bool) -> list[JobModel]:
    """Return the jobs that can be stopped: those that run, and without `only_running` those that wait."""
    statuses = ACTIVE if only_running else (*ACTIVE, *_WAITING)
    return [job for job in jobs if _status(job) in statuses]


def stop(jobs: Sequence[JobModel], *, only_running: bool) -> Proposal:
    """End jobs that run and, without `only_running`, keep jobs that wait from starting."""
    chosen = stoppable(jobs, only_running=only_running)
    running = stoppable(jobs, only_running=True)
    lines = [f"{title_of(chosen)}: {by_status(chosen)}."] if chosen else []
    if running:
        lines.append(f"Running: {jobs_text(len(running))}. The runner ends the processes now.")
    if waiting := len(chosen) - len(running):
        lines.append(f"Waiting: {jobs_text(waiting)}. They do not start.")
    lines.append("They count as failed. Jobs that depend on them are canceled, unless they run after failures too.")
    if len(chosen) < len(jobs):
        lines.append(f"Not changed: {jobs_text(len(jobs) - len(chosen))} of the selection.")
    refusal = ""
    if not chosen:
        refusal = "No selected job runs." if only_running else "No selected job runs or waits."
    elif len(chosen) > MOST_TO_STOP:
        refusal = f"Select at most {MOST_TO_STOP:,} jobs, or cancel the workflow."
    verb = "Terminate" if only_running else "Cancel jobs"
    return Proposal(f"{verb}: {title_of(chosen or jobs)}", tuple(lines), verb, is_dangerous=True, refusal=refusal)


def rerun(jobs: Sequence[JobModel], plan: Sequence[JobReset], check: FileCheck, *, num_active: int) -> Proposal:
    """Make jobs ready again, with the jobs that depend on them. `num_active` jobs of the workflow run."""
    active = _active_in(plan)
    lines = [*_who(jobs, plan), *_losses(plan)]
    if num_active:
        lines.append(f"Runners are at work ({run_text(num_active)} now): they start these as soon as they can.")
    else:
        lines.append("A new run begins. The next runner starts them: x here, s on Slurm.")
    if missing := check.missing_input_files:
        lines.append(f"{len(missing)} input files missing: {named([inert_line(path) for path in missing])}.")
    forced = bool(active or missing)
    return Proposal(
        f"Retry {title_of(jobs)}", tuple(lines), "Retry by force" if forced else "Retry", is_dangerous=forced
    )


def reset(jobs: Sequence[JobModel], plan: Sequence[JobReset]) -> Proposal:
    """Make jobs uninitialized, with the jobs that depend on them."""
    active = _active_in(plan)
    lines = [*_who(jobs, plan), *_losses(plan), "They become uninitialized: the next runner that starts runs them."]
    verb = "Reset by force" if active else "Reset"
    return Proposal(f"Reset {title_of(jobs)}", tuple(lines), verb, is_dangerous=bool(active))


def _who(jobs: Sequence[JobModel], plan: Sequence[JobReset]) -> list[str]:
    chosen = {job.id for job in jobs}
    others = [each for each in plan if each.job_id not in chosen]
    lines = [f"{title_of(jobs)}: {by_status(jobs)}."]
    if others:
        names = named([inert_line(each.name) for each in others], most=_OTHERS_SHOWN)
        lines.append(f"Also what depends on them: {jobs_text(len(others))} ({names}).")
    return lines


def _losses(plan: Sequence[JobReset]) -> list[str]:
    lines = []
    if completed := [each for each in plan if each.status == JobStatus.COMPLETED]:
        names = named([inert_line(each.name) for each in completed])
        lines.append(f"Completed, and run again: {jobs_text(len(completed))} ({names}). Results are kept.")
    if active := _active_in(plan):
        lines.append(f"Running now: {jobs_text(active)}. Their attempts are ended.")
    return lines


def _active_in(plan: Sequence[JobReset]) -> int:
    return sum(each.status in ACTIVE for each in plan)


def priority(jobs: Sequence[JobModel]) -> Proposal:
    """Change when ready jobs start."""
    present = {job.priority or 0 for job in jobs}
    value = str(present.pop()) if len(present) == 1 else ""
    field = ProposalField("priority", "Priority", value, "a whole number", whole_number)
    lines = (f"{title_of(jobs)}: {by_status(jobs)}.", "Ready jobs with a higher priority start first.")
    refusal = "" if len(jobs) <= MOST_TO_STOP else f"Select at most {MOST_TO_STOP:,} jobs."
    return Proposal(f"Priority of {title_of(jobs)}", lines, "Save", fields=(field,), needs_value=True, refusal=refusal)


def command(jobs: Sequence[JobModel], plan: Sequence[JobReset]) -> Proposal:
    """Change what a job runs. `plan` has the jobs that become ready again with it; none before its first run."""
    job = jobs[0]
    field = ProposalField("command", "Command", job.command, "a command of bash")
    lines = [*_who(jobs, plan), *_losses(plan)]
    if plan:
        lines.append("A new run begins. The next runner starts them: x here, s on Slurm.")
    refusal = "Select one job." if len(jobs) > 1 else ""
    if not refusal and inert(job.command) != job.command:
        refusal = "The command has several lines or control characters. Use torc jobs update --command."
    elif not refusal and _status(job) in ACTIVE:
        refusal = "The job runs. Cancel it first, or wait until it ends."
    return Proposal(
        f"Command of {title_of(jobs)}", tuple(lines), "Save", fields=(field,), needs_value=True, refusal=refusal
    )


def requirements(jobs: Sequence[JobModel], present: Sequence[tuple[str, str, str]]) -> Proposal:
    """Give jobs requirements of their own. `present` has memory, run time and CPUs of the requirements they have."""
    memory, runtime, cpus = zip(*present, strict=True) if present else ((), (), ())
    fields = (
        ProposalField("memory", "Memory", _same(memory), "8g", memory_bytes),
        ProposalField("runtime", "Run time", _same(runtime), "PT30M", duration_seconds),
        ProposalField("cpus", "CPUs", _same(cpus), "2", lambda text: whole_number(text, 1)),
    )
    lines = [
        f"{title_of(jobs)}: {by_status(jobs)}.",
        "They get requirements of their own with these values. Other jobs with the same requirements keep them.",
    ]
    if active := len(stoppable(jobs, only_running=True)):
        lines.append(f"Running now: {jobs_text(active)}. They keep what they have until they run again.")
    if len(present) > 1:
        lines.append(f"They have {len(present)} different requirements. Each keeps the values that are left empty.")
    return Proposal(
        f"Requirements of {title_of(jobs)}", tuple(lines), "Save", fields=fields, needs_value=True,
        refusal="" if present else "The jobs have no resource requirements.",
    )  # fmt: skip


def _same(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""


def _status(job: JobModel) -> JobStatus:
    return job.status or JobStatus.UNINITIALIZED
