"""Create the workflow of a mapped function: a job for each item, or for several items, ready to run."""

import asyncio
import os
import pickle
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client import credentials
from torc_client.answers import id_of
from torc_client.api import Subjects
from torc_client.api.records import (
    FileModel,
    FilesModel,
    JobModel,
    ResourceRequirementsModel,
)
from torc_client.bulk_create import batches
from torc_client.client import TorcClient, current_user
from torc_client.errors import ForbiddenError, TorcError, UnauthorizedError
from torc_client.mapping.exchange import CallRequest, FileExchange, require_json
from torc_client.mapping.function import Reference, name_of, refer, require_main_program
from torc_client.mapping.user_data_pairs import create_user_data_pairs
from torc_client.retrying import RetryPolicy
from torc_client.transport import Transport
from torc_client.workflow_operations.create import create_ready


@dataclass(frozen=True, slots=True)
class MapRequest:
    """A function with the items that it is called for. `short_name` is the prefix of the names of jobs."""

    reference: Reference
    short_name: str
    items: Sequence[Any]
    python: str
    chunksize: int

    def chunks(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield the name and the items of each job."""
        for number, begin in enumerate(range(0, len(self.items), self.chunksize), start=1):
            yield f"{self.short_name}_{number}", self.items[begin : begin + self.chunksize]

    def job(self, workflow_id: int, name: str, *arguments: str) -> JobModel:
        """Return the job of a chunk. Python does not import modules from the directory in which the job runs."""
        command = shlex.join([self.python, "-P", "-m", "torc_client.mapping", *arguments])
        return JobModel(workflow_id=workflow_id, name=name, command=command)


async def create_calls(
    client: TorcClient,
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    name: str | None,
    requirements: ResourceRequirementsModel | None,
    directory: str | os.PathLike[str] | None,
    python: str | None,
    chunksize: int,
) -> int:
    """Create the workflow with all its records, or nothing, and return its id.

    Raises FunctionNotImportableError, and TorcError if there are no items or an item can neither be JSON nor pickled.
    """
    require_main_program()
    mapped = MapRequest(refer(function), name_of(function), list(items), python or sys.executable, chunksize)
    if not mapped.items:
        raise TorcError(f"There are no items to call {mapped.short_name} with.", "Pass at least one item.")
    if chunksize < 1:
        raise TorcError(f"chunksize is {chunksize}, which is less than 1.", "Use at least 1.")
    if directory is None:
        for position, item in enumerate(mapped.items):
            require_json(item, f"Item {position}")

    async def jobs(workflow_id: int) -> list[JobModel]:
        if directory is None:
            await _require_access(client, workflow_id)
            return await _with_user_data(client, workflow_id, mapped)
        return await _with_files(client, workflow_id, mapped, Path(directory))

    return await create_ready(client, name or mapped.short_name, jobs, requirements=requirements)


async def _require_access(client: TorcClient, workflow_id: int) -> None:
    """Request the workflow like a job, without the password of this client. Raises TorcError if that is refused."""
    of_jobs = credentials.find(client.url)
    if client.credentials == of_jobs:
        return
    transport = Transport(client.url, of_jobs, retry_policy=RetryPolicy(), user=current_user())
    try:
        await Subjects(transport).workflows.get_workflow(workflow_id)
    except (UnauthorizedError, ForbiddenError) as error:
        raise TorcError(
            f"Jobs do not have the password for this server and could not fetch their items: {error}",
            "Pass `directory` to `map`, a directory that all machines see: with files jobs need no server.",
        ) from error
    finally:
        await transport.close()


async def _with_user_data(client: TorcClient, workflow_id: int, mapped: MapRequest) -> list[JobModel]:
    inputs = [(job_name, {**mapped.reference, "items": items}) for job_name, items in mapped.chunks()]
    pairs = await create_user_data_pairs(client, workflow_id, inputs)
    jobs = []
    for (job_name, _), pair in zip(inputs, pairs, strict=True):
        job = mapped.job(workflow_id, job_name)
        job.input_user_data_ids, job.output_user_data_ids = [pair.input_id], [pair.output_id]
        jobs.append(job)
    return jobs


async def _with_files(client: TorcClient, workflow_id: int, mapped: MapRequest, directory: Path) -> list[JobModel]:
    paths = await asyncio.to_thread(_write_calls, mapped, directory / f"workflow_{workflow_id}")
    files = [FileModel(workflow_id=workflow_id, name=path.stem, path=str(path)) for path in paths]
    ids: list[int] = []
    for some in batches(files, lambda file: len(file.name) + len(file.path), name=lambda file: file.name):
        answer = await client.files.create_files(FilesModel(files=some))
        ids += [id_of(file) for file in answer.files or []]
    jobs = []
    for position, (job_name, _) in enumerate(mapped.chunks()):
        read, written = 2 * position, 2 * position + 1
        job = mapped.job(workflow_id, job_name, files[read].path, files[written].path)
        job.input_file_ids, job.output_file_ids = [ids[read]], [ids[written]]
        jobs.append(job)
    return jobs


def _write_calls(mapped: MapRequest, folder: Path) -> list[Path]:
    """Write a file for each job. Returns the path of each file, followed by the path for its results."""
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error
    paths = []
    for job_name, items in mapped.chunks():
        read, written = (folder / f"{kind}_{job_name}.pickle" for kind in ("input", "output"))
        exchange = FileExchange(read, written)
        try:
            packed = [exchange.pack(item) for item in items]
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise TorcError(f"An item of {job_name} cannot be pickled: {error}") from error
        try:
            exchange.request(CallRequest(mapped.reference, packed))
        except OSError as error:
            raise _not_writable(read, error) from error
        paths += [read, written]
    return paths


def _not_writable(path: Path, error: OSError) -> TorcError:
    return TorcError(f"{path} cannot be written: {error.strerror}.", "Pass another `directory` to `map`.")
