"""Which jobs have to run again since something has changed, and why."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import FileModel, JobModel
from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_client.workflow_operations.file_times import changed_at, is_unchanged
from torc_client.workflow_operations.reset_jobs import Reset

# What never came to an end of its own runs again without any change.
_BROKEN_OFF = {
    JobStatus.UNINITIALIZED: "was not begun since it was added or reset",
    JobStatus.CANCELED: "was canceled",
    JobStatus.TERMINATED: "was terminated",
    JobStatus.PENDING_FAILED: "waits for a decision about its failure",
    JobStatus.PENDING: "was claimed, and its end is not known",
    JobStatus.RUNNING: "was running, and its end is not known",
}
# These will run anyway, or never.
_NOT_AGAIN = (JobStatus.READY, JobStatus.BLOCKED, JobStatus.DISABLED)
_LASTING_FAILURES = (JobStatus.FAILED, JobStatus.DISABLED)


@dataclass(frozen=True, slots=True)
class RunAgain:
    """What runs again, upwards by id. `roots` are the jobs with a reason of their own; others wait for one of them."""

    jobs: Sequence[Reset]
    roots: Sequence[int]


async def plan_run_again(client: TorcClient, workflow_id: int) -> RunAgain:
    """Find out which jobs of a workflow run again, and the first reason found for each. Raises NotFoundError."""
    listing = iterate(client.jobs.list_jobs, workflow_id=workflow_id, include_relationships=True)
    jobs = {job.id: job async for job in listing if job.id is not None}
    files = [file async for file in iterate(client.files.list_files, workflow_id=workflow_id)]
    waiting: dict[int, set[int]] = defaultdict(set)
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id):
        waiting[each.depends_on_job_id].add(each.job_id)
    changed = await client.workflows.process_changed_job_inputs(workflow_id, dry_run=True)
    reasons = _of_files(jobs, files)
    for job in jobs.values():
        if job.name in changed.reinitialized_jobs:
            reasons.setdefault(job.id or 0, "its command, its dependencies or its data changed")
    return decide(jobs, waiting, reasons)


def decide(jobs: Mapping[int, JobModel], waiting: Mapping[int, Iterable[int]], reasons: Mapping[int, str]) -> RunAgain:
    """Add to what changed what was broken off, and all that waits for any of it.

    What was canceled because a job before it failed stays so: that job does not run again either.
    """
    roots = {one: why for one, why in reasons.items() if _status(jobs[one]) not in _NOT_AGAIN}
    again = _closure(roots, waiting)
    lost = _behind_failures(jobs, waiting, again)
    roots |= {
        one: _BROKEN_OFF[_status(job)]
        for one, job in jobs.items()
        if _status(job) in _BROKEN_OFF and one not in roots and one not in again and one not in lost
    }
    why = {**{one: f"waits for job {before}" for one, before in _closure(roots, waiting).items()}, **roots}
    shown = [
        Reset(one, jobs[one].name, _status(jobs[one]).value, why[one])
        for one in sorted(why)
        if one in jobs and _status(jobs[one]) not in _NOT_AGAIN
    ]
    return RunAgain(shown, sorted(roots))


def _closure(roots: Iterable[int], waiting: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Return all that waits for the roots, however far behind them, each with a job that it waits for."""
    found: dict[int, int] = {one: one for one in roots}
    ahead = deque(found)
    while ahead:
        before = ahead.popleft()
        for behind in waiting.get(before, ()):
            if behind not in found:
                found[behind] = before
                ahead.append(behind)
    return found


def _behind_failures(
    jobs: Mapping[int, JobModel], waiting: Mapping[int, Iterable[int]], again: Mapping[int, int]
) -> set[int]:
    failed = [one for one, job in jobs.items() if _status(job) in _LASTING_FAILURES and one not in again]
    return set(_closure(failed, waiting))


def _of_files(jobs: Mapping[int, JobModel], files: Iterable[FileModel]) -> dict[int, str]:
    """Say of completed jobs which of their files changed, vanished or came. Only what was seen to exist can change."""
    readers, writers = _by_file(jobs, lambda job: job.input_file_ids), _by_file(jobs, lambda job: job.output_file_ids)
    reasons: dict[int, str] = {}
    for file in files:
        seen = changed_at(file)
        made_by = writers.get(file.id or 0, [])
        if made_by and seen is None:
            _tell(reasons, jobs, made_by, f"its output {file.path} is missing")
        elif not is_unchanged(file, seen) and not (made_by and file.st_mtime is None):
            what = "is gone" if seen is None else "is new" if file.st_mtime is None else "changed"
            _tell(reasons, jobs, readers.get(file.id or 0, []), f"its input {file.path} {what}")
    return reasons


def _tell(reasons: dict[int, str], jobs: Mapping[int, JobModel], ids: Iterable[int], why: str) -> None:
    for one in ids:
        if _status(jobs[one]) is JobStatus.COMPLETED:
            reasons.setdefault(one, why)


def _by_file(
    jobs: Mapping[int, JobModel], files_of: Callable[[JobModel], Iterable[int] | None]
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for one, job in jobs.items():
        for file_id in files_of(job) or ():
            found[file_id].append(one)
    return found


def _status(job: JobModel) -> JobStatus:
    return job.status or JobStatus.UNINITIALIZED
