"""Temporary files that were deleted: the jobs that write them run again only for a job that reads them."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import FileModel, JobModel, RestartJobsRequest
from torc_client.client import TorcClient
from torc_client.defaults import MAX_LIMIT
from torc_client.job_statuses import ACTIVE, count_in, has_runners
from torc_client.paging import iterate
from torc_client.plain_contract.capabilities import MissingCapabilityError
from torc_client.text import count
from torc_client.workflow_operations.file_times import HERE, modified_at
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_inputs

_NAMES_SHOWN = 5
_WAITING = frozenset({JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY})


def writers_to_rerun(
    jobs: Mapping[int, JobModel],
    running: Iterable[int],
    absent: Mapping[int, FileModel],
    writers: Mapping[int, Sequence[int]],
) -> dict[int, str]:
    """Return the completed jobs that write what the `running` jobs read and is `absent`, each with the reason.

    So they do if what a writer itself reads is absent.
    """
    reasons: dict[int, str] = {}
    waiting = list(running)
    seen = set(waiting)
    while waiting:
        reader = waiting.pop()
        for file_id in jobs[reader].input_file_ids or ():
            if file_id not in absent:
                continue
            for writer in writers.get(file_id, ()):
                if writer not in seen and jobs[writer].status is JobStatus.COMPLETED:
                    seen.add(writer)
                    waiting.append(writer)
                    reasons[writer] = f"job {reader} needs its output {absent[file_id].path}, which is temporary"
    return reasons


def absent_temp_files(files: Iterable[FileModel], times: Mapping[int, float | None]) -> dict[int, FileModel]:
    """Return the temporary files that do not exist, by id. `times` are the modification times of files that do."""
    return {id_of(file): file for file in files if file.temp and times[id_of(file)] is None}


def writers_for(
    jobs: Mapping[int, JobModel],
    dependents: Mapping[int, Iterable[int]],
    absent: Mapping[int, FileModel],
    chosen: Iterable[int],
) -> dict[int, str]:
    """Return the completed jobs that have to run again with the `chosen` ones, each with the reason.

    All jobs that depend on one of them or on a chosen one run again too, and may need further files.
    """
    writers: dict[int, list[int]] = defaultdict(list)
    for job_id, job in jobs.items():
        for file_id in job.output_file_ids or ():
            writers[file_id].append(job_id)
    running = _with_dependents((job_id for job_id in chosen if job_id in jobs), jobs, dependents)
    reasons: dict[int, str] = {}
    while found := writers_to_rerun(jobs, running, absent, writers):
        reasons |= found
        running = _with_dependents({*running, *found}, jobs, dependents)
    return reasons


def _with_dependents(
    first: Iterable[int], jobs: Mapping[int, JobModel], dependents: Mapping[int, Iterable[int]]
) -> set[int]:
    """Return the jobs and all that run again after them. A disabled job does not run, nor does what waits for it."""
    found = set(first)
    queue = deque(found)
    while queue:
        for dependent in dependents.get(queue.popleft(), ()):
            if dependent not in found and dependent in jobs and jobs[dependent].status is not JobStatus.DISABLED:
                found.add(dependent)
                queue.append(dependent)
    return found


async def find_writers(
    client: TorcClient, workflow_id: int, chosen: Collection[int], folder: Path = HERE
) -> dict[int, str]:
    """Return the completed jobs that have to run again so that the `chosen` jobs can, each with the reason.

    They write temporary files that do not exist. Relative paths start at `folder`. The jobs of a workflow are only read
    if it has such files.
    """
    absent = await _absent(client, workflow_id, folder) if chosen else {}
    if not absent:
        return {}
    found = writers_for(*await _graph(client, workflow_id), absent, chosen)
    return {job_id: reason for job_id, reason in found.items() if job_id not in chosen}


async def rerun_writers(
    client: TorcClient, workflow_id: int, needed: frozenset[int] | None = None, folder: Path = HERE
) -> dict[int, str]:
    """Make the completed jobs ready again that write deleted temporary files for jobs which have not run.

    With `needed`, for these jobs only, also for disabled ones. Returns the jobs, each with the reason. While runners
    work, nothing is changed: the files may exist on their machines. Raises InputFilesMissingError, before anything is
    changed.
    """
    status = await client.workflows.get_workflow_status(workflow_id)
    counts = status.jobs_by_status
    if has_runners(status) or count_in(counts, ACTIVE) or status.is_canceled or not counts.completed:
        return {}
    absent = await _absent(client, workflow_id, folder)
    if not absent:
        return {}
    jobs, dependents = await _graph(client, workflow_id)
    able = _WAITING if needed is None else {*_WAITING, JobStatus.DISABLED}
    chosen = [job_id for job_id, job in jobs.items() if job.status in able and (needed is None or job_id in needed)]
    writers = writers_for(jobs, dependents, absent, chosen)
    if writers:
        require_inputs(await check_files(client, workflow_id, writers.keys()), is_rerun=True, can_force=False)
        request = RestartJobsRequest(
            scope=JobScope.LISTED, job_ids=sorted(writers), begins_run=False, known_run_id=status.run_id
        )
        await client.workflows.restart_jobs(workflow_id, request)
    return writers


async def depend_on_runners(client: TorcClient, workflow_id: int, folder: Path = HERE) -> bool:
    """Whether temporary files were deleted, and runners seem to work: if these are dead, the writers may run again."""
    status = await client.workflows.get_workflow_status(workflow_id)
    is_held = has_runners(status) or count_in(status.jobs_by_status, ACTIVE) > 0
    return is_held and bool(await _absent(client, workflow_id, folder))


async def _absent(client: TorcClient, workflow_id: int, folder: Path) -> dict[int, FileModel]:
    found = iterate(client.files.list_files, workflow_id=workflow_id, filter="temp=true")
    try:
        files = [file async for file in found]
    except MissingCapabilityError:  # a server of Torc 1.0 has no temporary files
        return {}
    return absent_temp_files(files, {id_of(file): modified_at(file, folder) for file in files})


async def _graph(client: TorcClient, workflow_id: int) -> tuple[dict[int, JobModel], dict[int, list[int]]]:
    """Return the jobs, and the direct dependents of each."""
    listing = iterate(client.jobs.list_jobs, workflow_id=workflow_id, include_relationships=True)
    jobs = {id_of(job): job async for job in listing}
    dependents: dict[int, list[int]] = defaultdict(list)
    # The server computes the whole list again for each page.
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id, page_size=MAX_LIMIT):
        dependents[each.depends_on_job_id].append(each.job_id)
    return jobs, dependents


def writers_sentence(writers: Collection[int]) -> str:
    """Name the jobs that run again for deleted temporary files. Empty if there are none."""
    if not writers:
        return ""
    ids = ", ".join(map(str, sorted(writers)[:_NAMES_SHOWN])) + (", ..." if len(writers) > _NAMES_SHOWN else "")
    return (
        f"{count('completed job', len(writers))} will run again to write deleted temporary files: {ids}. "
        f"Jobs that depend on {'it' if len(writers) == 1 else 'them'} run again, too."
    )
