"""Find the jobs that have to run again after a change, and the reasons."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import FileModel, JobModel
from torc_client.client import TorcClient
from torc_client.defaults import MAX_LIMIT
from torc_client.paging import iterate
from torc_client.workflow_operations.file_times import HERE, is_unchanged, modified_at
from torc_client.workflow_operations.reset_jobs import JobReset
from torc_client.workflow_operations.temp_files import absent_temp_files, writers_to_rerun

# A job that has not ended by itself runs again even if nothing has changed.
_INCOMPLETE = {
    JobStatus.UNINITIALIZED: "was not started since it was added or reset",
    JobStatus.CANCELED: "was canceled",
    JobStatus.TERMINATED: "was terminated",
    JobStatus.PENDING_FAILED: "waits for a decision about its failure",
    JobStatus.PENDING: "was claimed, and its end is not known",
    JobStatus.RUNNING: "was running, and its end is not known",
}
# These jobs will run anyway, or never.
_NOT_RERUN = (JobStatus.READY, JobStatus.BLOCKED, JobStatus.DISABLED)
_LASTING_FAILURES = (JobStatus.FAILED, JobStatus.DISABLED)


@dataclass(frozen=True, slots=True)
class RerunPlan:
    """The jobs that run again, sorted by id. `roots` have a reason of their own; the others depend on them."""

    jobs: Sequence[JobReset]
    roots: Sequence[int]
    was_canceled: bool = False
    """Whether the workflow is canceled. To reinitialize it lifts the cancellation."""
    failed_names: Sequence[str] = ()
    """The names of the failed jobs that do not run again."""


async def plan_rerun(client: TorcClient, workflow_id: int, folder: Path = HERE) -> RerunPlan:
    """Find the jobs of a workflow that run again, with the first reason found for each. Raises NotFoundError.

    Relative paths start at `folder`.
    """
    listing = iterate(client.jobs.list_jobs, workflow_id=workflow_id, include_relationships=True)
    jobs = {job.id: job async for job in listing if job.id is not None}
    files = [file async for file in iterate(client.files.list_files, workflow_id=workflow_id)]
    dependents: dict[int, set[int]] = defaultdict(set)
    # The server computes the whole list again for each page.
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id, page_size=MAX_LIMIT):
        dependents[each.depends_on_job_id].add(each.job_id)
    changed = await client.workflows.process_changed_job_inputs(workflow_id, dry_run=True)
    times = {id_of(file): modified_at(file, folder) for file in files}
    reasons = _reasons_from_files(jobs, files, times)
    for job in jobs.values():
        if job.name in changed.reinitialized_jobs:
            reasons.setdefault(id_of(job), "its command, its dependencies or its data changed")
    is_canceled = (await client.workflows.get_workflow_status(workflow_id)).is_canceled
    plan = _with_temp_files(jobs, dependents, reasons, absent_temp_files(files, times))
    chosen = {each.job_id for each in plan.jobs}
    failed = [job.name for job_id, job in jobs.items() if _status(job) is JobStatus.FAILED and job_id not in chosen]
    return replace(plan, was_canceled=is_canceled, failed_names=failed)


def _with_temp_files(
    jobs: Mapping[int, JobModel],
    dependents: Mapping[int, Iterable[int]],
    reasons: Mapping[int, str],
    absent: Mapping[int, FileModel],
) -> RerunPlan:
    """Select the jobs, and those that write temporary files again that these need."""
    plan = select_jobs(jobs, dependents, reasons)
    if not absent:
        return plan
    writers = _by_file(jobs, lambda job: job.output_file_ids)
    will_run = {job_id for job_id, job in jobs.items() if _status(job) in (JobStatus.READY, JobStatus.BLOCKED)}
    # The other dependents of a job that runs again for one of them may need further files.
    while True:
        needed = writers_to_rerun(jobs, will_run | {each.job_id for each in plan.jobs}, absent, writers)
        if needed.keys() <= reasons.keys():  # also if a writer cannot run, because a job before it failed
            return plan
        reasons = {**needed, **reasons}
        plan = select_jobs(jobs, dependents, reasons)


def select_jobs(
    jobs: Mapping[int, JobModel], dependents: Mapping[int, Iterable[int]], reasons: Mapping[int, str]
) -> RerunPlan:
    """Return the changed jobs (`reasons`), the incomplete jobs, and all dependents of either.

    A job that was canceled because a job before it failed is not incomplete: that job does not run again either. No job
    is returned that would be canceled again for this reason, or that waits for a disabled job.
    """
    roots = {job_id: reason for job_id, reason in reasons.items() if _status(jobs[job_id]) not in _NOT_RERUN}
    selected = _with_dependents(roots, dependents)
    excluded = {*roots, *selected, *_behind_failures(jobs, dependents, selected)}
    roots |= {
        job_id: _INCOMPLETE[_status(job)]
        for job_id, job in jobs.items()
        if _status(job) in _INCOMPLETE and job_id not in excluded
    }
    depends = {job_id: f"depends on job {parent}" for job_id, parent in _with_dependents(roots, dependents).items()}
    reason_of = {**depends, **roots}
    shown = [
        JobReset(job_id, jobs[job_id].name, _status(jobs[job_id]).value, reason_of[job_id])
        for job_id in sorted(reason_of.keys() - _behind_failures(jobs, dependents, reason_of))
        if job_id in jobs and _status(jobs[job_id]) not in _NOT_RERUN
    ]
    return RerunPlan(shown, sorted(roots))


def _with_dependents(roots: Iterable[int], dependents: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Return the roots and all their direct and indirect dependents, each with a job that it depends on."""
    found: dict[int, int] = {root: root for root in roots}
    queue = deque(found)
    while queue:
        parent = queue.popleft()
        for dependent in dependents.get(parent, ()):
            if dependent not in found:
                found[dependent] = parent
                queue.append(dependent)
    return found


def _behind_failures(
    jobs: Mapping[int, JobModel], dependents: Mapping[int, Iterable[int]], selected: Collection[int]
) -> set[int]:
    """Return the failed and disabled jobs that are not selected, and the jobs that cannot run because of them."""
    found = {job_id for job_id, job in jobs.items() if _status(job) in _LASTING_FAILURES and job_id not in selected}
    queue = deque(found)
    while queue:
        parent = queue.popleft()
        waits_for_ever = _status(jobs[parent]) is JobStatus.DISABLED
        for dependent in dependents.get(parent, ()):
            if dependent in found or dependent not in jobs:
                continue
            if waits_for_ever or jobs[dependent].cancel_on_blocking_job_failure is not False:
                found.add(dependent)
                queue.append(dependent)
    return found


def _reasons_from_files(
    jobs: Mapping[int, JobModel], files: Iterable[FileModel], times: Mapping[int, float | None]
) -> dict[int, str]:
    """Return the completed jobs whose files have changed, appeared or disappeared, each with the reason.

    Only a file that existed when the run started can change. A temporary file that a job writes may be absent.
    """
    readers, writers = _by_file(jobs, lambda job: job.input_file_ids), _by_file(jobs, lambda job: job.output_file_ids)
    reasons: dict[int, str] = {}
    for file in files:
        modified = times[id_of(file)]
        written_by = writers.get(id_of(file), [])
        if file.temp and written_by and modified is None:
            continue
        if written_by and modified is None:
            _add_reason(reasons, jobs, written_by, f"its output {file.path} is missing")
        elif not is_unchanged(file, modified) and not (written_by and file.st_mtime is None):
            change = "is missing" if modified is None else "is new" if file.st_mtime is None else "changed"
            _add_reason(reasons, jobs, readers.get(id_of(file), []), f"its input {file.path} {change}")
    return reasons


def _add_reason(reasons: dict[int, str], jobs: Mapping[int, JobModel], ids: Iterable[int], reason: str) -> None:
    for job_id in ids:
        if _status(jobs[job_id]) is JobStatus.COMPLETED:
            reasons.setdefault(job_id, reason)


def _by_file(
    jobs: Mapping[int, JobModel], files_of: Callable[[JobModel], Iterable[int] | None]
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for job_id, job in jobs.items():
        for file_id in files_of(job) or ():
            found[file_id].append(job_id)
    return found


def _status(job: JobModel) -> JobStatus:
    return job.status or JobStatus.UNINITIALIZED
