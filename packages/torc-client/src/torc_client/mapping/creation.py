"""Create the workflow of a mapped function: a job for each item, or for several items, ready to run."""

import asyncio
import os
import pickle
from collections.abc import Callable, Iterable
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
from torc_client.code_loading import require_no_code_loading
from torc_client.errors import ForbiddenError, TorcError, UnauthorizedError
from torc_client.mapping.exchange import PICKLED, CallRequest, FileExchange
from torc_client.mapping.request import MapRequest, checked_request
from torc_client.mapping.user_data_pairs import create_user_data_pairs
from torc_client.retrying import RetryPolicy
from torc_client.transport import Transport
from torc_client.workflow_operations.create import create_ready


async def create_calls(
    client: TorcClient,
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    name: str | None,
    requirements: ResourceRequirementsModel | None,
    directory: str | os.PathLike[str] | None,
    python: str | os.PathLike[str] | None,
    chunksize: int,
) -> int:
    """Create the workflow with all its records, or nothing, and return its id.

    Raises FunctionNotImportableError, TypeError and TorcError, for example if an item can neither be JSON nor pickled.
    """
    require_no_code_loading()
    mapped = checked_request(function, items, name=name, python=python, chunksize=chunksize, is_json=directory is None)

    async def jobs(workflow_id: int) -> list[JobModel]:
        if directory is None:
            await _require_access(client, workflow_id)
            return await _with_user_data(client, workflow_id, mapped)
        return await _with_files(client, workflow_id, mapped, Path(directory))

    return await create_ready(client, mapped.prefix, jobs, requirements=requirements)


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
    inputs = [(job_name, {**mapped.reference, "items": items}) for job_name, _, items in mapped.chunks()]
    pairs = await create_user_data_pairs(client, workflow_id, inputs)
    jobs = []
    for (job_name, _), pair in zip(inputs, pairs, strict=True):
        job = mapped.job(workflow_id, job_name)
        job.input_user_data_ids, job.output_user_data_ids = [pair.input_id], [pair.output_id]
        jobs.append(job)
    return jobs


async def _with_files(client: TorcClient, workflow_id: int, mapped: MapRequest, directory: Path) -> list[JobModel]:
    paths = await asyncio.to_thread(_write_calls, mapped, directory / f"workflow_{workflow_id}")
    names = [f"{kind}_{job_name}" for job_name, _, _ in mapped.chunks() for kind in ("input", "output")]
    files = [
        FileModel(workflow_id=workflow_id, name=name, path=str(path)) for name, path in zip(names, paths, strict=True)
    ]
    ids: list[int] = []
    for some in batches(files, lambda file: len(file.name) + len(file.path), name=lambda file: file.name):
        answer = await client.files.create_files(FilesModel(files=some))
        ids += [id_of(file) for file in answer.files or []]
    jobs = []
    for position, (job_name, _, _) in enumerate(mapped.chunks()):
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
    for job_name, stem, items in mapped.chunks():
        read, written = (folder / f"{kind}_{stem}{PICKLED}" for kind in ("input", "output"))
        exchange = FileExchange(read, written, mapped.reference)
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
