"""Run chosen jobs of a workflow and the jobs that they need. The others are disabled until a run includes them.

An event of the workflow has the ids of the jobs that were left out, so that a later run does not include jobs that a
user disabled. It is written before they are disabled: after an interruption in between, the next run includes them.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from torc_client.answers import id_of, run_id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import DisableJobsRequest, EventModel, JobModel, RestartJobsRequest, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.graph.names import group_of
from torc_client.job_statuses import has_runners
from torc_client.paging import iterate
from torc_client.text import count
from torc_client.workflow_operations.initialize import initialize
from torc_client.workflow_operations.temp_files import rerun_writers

_CATEGORY: Final = "partial_run"
_CAN_BE_LEFT_OUT: Final = (JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY)
_MOST_AT_ONCE: Final = 10_000
"""Jobs that one call disables, so that the server's other callers do not wait long."""
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class PartialRun:
    """The jobs that a run needs for its targets, and the number of those that it leaves out."""

    targets: tuple[str, ...]
    needed: frozenset[int]
    num_left_out: int
    writers: frozenset[int] = frozenset()
    """Completed jobs that run again because temporary files were deleted that the jobs need."""


def matching(names: Mapping[int, str], target: str) -> set[int]:
    """Return the ids of the jobs of a target: a name, a group such as `fit_#`, a pattern or an id. Raises TorcError."""
    for is_match in (
        lambda _, name: name == target,
        lambda _, name: group_of(name) == target,
        lambda job_id, _: str(job_id) == target,
        lambda _, name: fnmatchcase(name, target),
    ):
        if found := {job_id for job_id, name in names.items() if is_match(job_id, name)}:
            return found
    close = difflib.get_close_matches(target, set(names.values()), n=1)
    raise TorcError(
        f"No job has the name {target!r}.", f"Did you mean {close[0]!r}?" if close else _names_of(names.values())
    )


def _names_of(names: Collection[str]) -> str:
    """List the first groups and names of jobs, and say what else a target can be."""
    sizes = Counter(group_of(name) for name in names)
    targets = list(dict.fromkeys(group if sizes[group := group_of(name)] > 1 else name for name in names))
    more = f" and {len(targets) - _MOST_NAMED:,} more" if len(targets) > _MOST_NAMED else ""
    shown = f"The jobs are: {', '.join(map(repr, targets[:_MOST_NAMED]))}{more}. " if targets else ""
    return f"{shown}A target is a name, a group such as 'fit_#', or a pattern: 'fit_*'."


def needed_jobs(jobs: Sequence[JobModel], targets: Iterable[str]) -> frozenset[int]:
    """Return the ids of the target jobs and of all jobs before them. Raises TorcError for an unknown target.

    A job comes before another one that depends on it, or that reads a file or user data that it writes.
    """
    names = {id_of(job): job.name for job in jobs}
    file_writers: dict[int, list[int]] = {}
    data_writers: dict[int, list[int]] = {}
    for job in jobs:
        for file_id in job.output_file_ids or ():
            file_writers.setdefault(file_id, []).append(id_of(job))
        for data_id in job.output_user_data_ids or ():
            data_writers.setdefault(data_id, []).append(id_of(job))
    by_id = {id_of(job): job for job in jobs}
    needed: set[int] = set()
    waiting = [job_id for target in targets for job_id in matching(names, target)]
    while waiting:
        job_id = waiting.pop()
        if job_id in needed:
            continue
        needed.add(job_id)
        job = by_id[job_id]
        waiting += [parent for parent in job.depends_on_job_ids or () if parent in by_id]
        waiting += [one for file_id in job.input_file_ids or () for one in file_writers.get(file_id, ())]
        waiting += [one for data_id in job.input_user_data_ids or () for one in data_writers.get(data_id, ())]
    return frozenset(needed)


async def find_needed(client: TorcClient, workflow_id: int, targets: Sequence[str]) -> dict[int, JobModel]:
    """Return the target jobs of a workflow, and all jobs before them, by id. Raises TorcError."""
    jobs = [job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, include_relationships=True)]
    needed = needed_jobs(jobs, targets)
    return {id_of(job): job for job in jobs if job.id in needed}


async def leave_out_others(
    client: TorcClient, workflow_id: int, targets: Sequence[str], needed: Mapping[int, JobModel]
) -> PartialRun:
    """Disable the jobs that are not needed and can still start; include needed ones that were left out before.

    A workflow that never ran is initialized first, because an initialization includes disabled jobs. Completed jobs
    run again if they write temporary files that needed jobs read and that were deleted.

    Raises TorcError, and changes nothing, if runners are at work whose jobs would be disabled, if a needed job was
    disabled by a user, and if inputs of needed jobs are missing.
    """
    status = await client.workflows.get_workflow_status(workflow_id)
    if (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized:
        _require_no_runners(status, status.total_jobs - len(needed))
        await initialize(client, workflow_id, only_if_uninitialized=True, readers=needed.values())
        status = await client.workflows.get_workflow_status(workflow_id)
    before = await _left_out_before(client, workflow_id)
    disabled = {id_of(job): job.name for job in await _with_status(client, workflow_id, JobStatus.DISABLED)}
    by_user = [f"{name} ({job_id})" for job_id, name in disabled.items() if job_id in needed and job_id not in before]
    if by_user:
        raise TorcError(
            f"The target needs disabled jobs: {', '.join(by_user[:_MOST_NAMED])}.",
            "Make them ready first: torc jobs reset-status ID",
        )
    writers = await rerun_writers(client, workflow_id, frozenset(needed))
    can_start = [job for one in _CAN_BE_LEFT_OUT for job in await _with_status(client, workflow_id, one)]
    others = sorted(id_of(job) for job in can_start if id_of(job) not in needed)
    _require_no_runners(status, len(others))
    kept_out = [job_id for job_id in disabled if job_id in before and job_id not in needed]
    included = [job_id for job_id in disabled if job_id in needed]
    if others or included:
        await _note(client, workflow_id, [*kept_out, *others])
        run_id = await _include(client, workflow_id, included) or run_id_of(status)
        for first in range(0, len(others), _MOST_AT_ONCE):
            request = DisableJobsRequest(job_ids=others[first : first + _MOST_AT_ONCE], known_run_id=run_id)
            await client.workflows.disable_jobs(workflow_id, request)
    return PartialRun(tuple(targets), frozenset(needed), len(others) + len(kept_out), frozenset(writers))


def _require_no_runners(status: WorkflowStatusResponse, num_others: int) -> None:
    """Raise TorcError if runners are at work that could run the jobs to disable."""
    if num_others and has_runners(status):
        raise TorcError(
            f"Runners or allocations work for workflow {status.workflow_id}, and --target would disable "
            f"{count('job', num_others)} that they can run.",
            "Wait until they have ended, or run without --target.",
        )


async def include_all(client: TorcClient, workflow_id: int) -> int:
    """Include the jobs that earlier runs left out, and return their number. A canceled workflow is not changed."""
    status = await client.workflows.get_workflow_status(workflow_id)
    left_out = [] if status.is_canceled else await list_left_out(client, status)
    await _include(client, workflow_id, left_out)
    return len(left_out)


async def list_left_out(client: TorcClient, status: WorkflowStatusResponse) -> list[int]:
    """Return the ids of the jobs of a workflow that are disabled because a run left them out."""
    if not status.jobs_by_status.disabled:
        return []
    number = status.workflow_id
    before = await _left_out_before(client, number)
    found = iterate(client.jobs.list_jobs, workflow_id=number, status=JobStatus.DISABLED) if before else None
    return [] if found is None else [id_of(job) async for job in found if id_of(job) in before]


async def count_left_out(client: TorcClient, status: WorkflowStatusResponse) -> int:
    """Return the number of jobs of a workflow that are disabled because a run left them out."""
    num_disabled = status.jobs_by_status.disabled
    if num_disabled and len(await _left_out_before(client, status.workflow_id)) == num_disabled:
        # A list of all of them would take seconds for a hundred thousand jobs.
        return num_disabled
    return len(await list_left_out(client, status))


def left_out_sentence(workflow_id: int, num_left_out: int) -> str:
    """Describe the jobs that a run left out, and the command that runs them."""
    jobs = f"{count('disabled job', num_left_out)} {'was' if num_left_out == 1 else 'were'}"
    return f"{jobs} left out by `torc run --target`; torc run {workflow_id} runs all jobs."


async def _with_status(client: TorcClient, workflow_id: int, status: JobStatus) -> list[JobModel]:
    return [job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=status)]


async def _left_out_before(client: TorcClient, workflow_id: int) -> frozenset[int]:
    """Return the jobs that the latest partial run left out."""
    page = await client.events.list_events(workflow_id=workflow_id, category=_CATEGORY, limit=1, reverse_sort=True)
    return frozenset(page.items[0].data.get("left_out_job_ids", ())) if page.items else frozenset()


async def _note(client: TorcClient, workflow_id: int, left_out: Collection[int]) -> None:
    data = {"category": _CATEGORY, "left_out_job_ids": sorted(left_out)}
    await client.events.create_event(EventModel(workflow_id=workflow_id, data=data, timestamp=0))


async def _include(client: TorcClient, workflow_id: int, job_ids: Sequence[int]) -> int | None:
    """Make disabled jobs ready, in a run that begins. Returns its number, or None without jobs."""
    if not job_ids:
        return None
    request = RestartJobsRequest(scope=JobScope.LISTED, job_ids=list(job_ids))
    return (await client.workflows.restart_jobs(workflow_id, request)).run_id
