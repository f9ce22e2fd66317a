"""Create many records in few requests, and a workflow with all its records or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from torc_client.api import Subjects
from torc_client.api.records import DependencySet, JobModel, JobsModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.code_loading import require_no_code_loading
from torc_client.errors import TorcError

T = TypeVar("T")

# A request of this size is a few megabytes: large enough to be efficient, small enough not to delay other requests.
RECORDS_PER_REQUEST = 10_000
CHARACTERS_PER_REQUEST = 8_000_000
# Estimates: what a job or file takes in addition to its texts, and what one relation takes.
CHARACTERS_PER_RECORD = 200
CHARACTERS_PER_RELATION = 8


async def create_all_or_nothing(
    client: TorcClient,
    workflow: WorkflowModel,
    fill: Callable[[int], Awaitable[None]],
    *,
    after: Callable[[int], Awaitable[object]] | None = None,
) -> int:
    """Create a workflow, await `fill` with its id to create the records that belong to it, and return the id.

    Until all records exist the workflow is a draft: it is not listed and cannot run, and if this process is killed
    meanwhile, the server deletes it later. Then `after` is awaited with the id. On any error, Ctrl-C included, the
    workflow is deleted and the error is raised. If the deletion fails too, a note on the error names the workflow that
    is left. Raises FunctionNotImportableError in a job that loads the code of a function.
    """
    require_no_code_loading()
    workflow_id = await _create_empty(client, replace(workflow, is_draft=True))
    try:
        await fill(workflow_id)
        await client.workflows.finish_creation(workflow_id)
        if after is not None:
            await after(workflow_id)
    except BaseException as error:
        await _delete(client, workflow_id, error)
        raise
    return workflow_id


async def create_jobs(client: Subjects, jobs: Sequence[JobModel], *, at_once: bool = False) -> list[JobModel]:
    """Create jobs in few requests, and return them with their ids, in order. Raises TorcError.

    With `at_once` there is one request, so that a workflow that exists gets all of the jobs or none.
    """
    created: list[JobModel] = []
    for batch in [list(jobs)] if at_once and jobs else batches(jobs, size_of_job, name=lambda job: job.name):
        created += (await client.jobs.create_jobs(JobsModel(jobs=batch))).jobs or []
    return created


def batches(items: Iterable[T], size: Callable[[T], int], name: Callable[[T], str] | None = None) -> Iterator[list[T]]:
    """Yield the items in order, in as few groups as fit into requests. `size` estimates the characters of one item.

    With `name`, no group has one name twice: the server refuses that, but a workflow can have it.
    """
    batch: list[T] = []
    characters = 0
    names: set[str] = set()
    for item in items:
        of_item = CHARACTERS_PER_RECORD + size(item)
        is_full = len(batch) == RECORDS_PER_REQUEST or characters + of_item > CHARACTERS_PER_REQUEST
        if batch and (is_full or (name is not None and name(item) in names)):
            yield batch
            batch, characters, names = [], 0, set()
        batch.append(item)
        characters += of_item
        if name is not None:
            names.add(name(item))
    if batch:
        yield batch


class RequestDependencySets:
    """The dependency sets of one request: each set of jobs that other jobs depend on is sent once.

    `numbers` are the numbers of the jobs in the request. `job_ids`, indexed by number, has the ids of the jobs that
    exist already.
    """

    def __init__(self, numbers: Sequence[int], job_ids: Sequence[int]) -> None:
        self._position_of = {number: position for position, number in enumerate(numbers)}
        self._job_ids = job_ids
        self._numbers: dict[int, int] = {}
        self._sets: list[tuple[int, ...]] = []

    def number_of(self, parents: tuple[int, ...]) -> int:
        """Return the number of the set with these jobs. Jobs with the same dependencies must share one tuple."""
        if id(parents) not in self._numbers:
            self._numbers[id(parents)] = len(self._sets)
            self._sets.append(parents)
        return self._numbers[id(parents)]

    def models(self) -> list[DependencySet]:
        """Return the sets in the order of their numbers."""
        return [
            DependencySet(
                job_ids=[self._job_ids[parent] for parent in parents if parent not in self._position_of] or None,
                positions=[self._position_of[parent] for parent in parents if parent in self._position_of] or None,
            )
            for parents in self._sets
        ]


def created_id(id: int | None) -> int:
    """Return the id that the server gave a new record. Raises TorcError if it gave none."""
    if id is None:
        raise TorcError("The server created a record without returning its id.")
    return id


async def _create_empty(client: TorcClient, workflow: WorkflowModel) -> int:
    """Create the workflow without its records. After Ctrl-C the id is still awaited, so that it can be deleted."""
    creation = asyncio.ensure_future(client.workflows.create_workflow(workflow))
    try:
        return created_id((await asyncio.shield(creation)).id)
    except asyncio.CancelledError as error:
        try:
            created = await creation
        except TorcError:
            raise error from None
        await _delete(client, created_id(created.id), error)
        raise


async def _delete(client: TorcClient, workflow_id: int, reason: BaseException) -> None:
    """Delete a workflow that was created in part. If that fails, add a note to `reason`, which the caller raises."""
    try:
        await asyncio.shield(asyncio.ensure_future(client.workflows.delete_workflow(workflow_id)))
    except TorcError as error:
        remedy = f"remove it with `torc workflows delete {workflow_id}`"
        note = f"Workflow {workflow_id} was created in part and could not be deleted ({error}); {remedy}"
        reason.add_note(note)
        if isinstance(reason, TorcError):
            reason.hint = note


def size_of_job(job: Any) -> int:
    """Return the estimated characters of a job, which has the members of JobModel."""
    texts = len(job.command) + len(job.invocation_script or "") + len(str(job.env or ""))
    lists = (
        job.depends_on_job_ids,
        job.input_file_ids,
        job.output_file_ids,
        job.input_user_data_ids,
        job.output_user_data_ids,
    )
    return texts + CHARACTERS_PER_RELATION * sum(len(each or ()) for each in lists)
