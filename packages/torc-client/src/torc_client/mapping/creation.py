"""The workflow of a mapped function: a job for each item, or for some of them together; ready to run."""

import asyncio
import os
import pickle
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from torc_client import credentials
from torc_client.answers import id_of
from torc_client.api import Subjects
from torc_client.api.records import (
    FileModel,
    FilesModel,
    JobModel,
    ResourceRequirementsModel,
    UserDataListModel,
    UserDataModel,
)
from torc_client.bulk_create import batches
from torc_client.client import TorcClient, current_user
from torc_client.errors import ForbiddenError, TorcError, UnauthorizedError
from torc_client.mapping.exchange import Asked, FileExchange, require_json
from torc_client.mapping.function import Reference, name_of, refer, require_main_program
from torc_client.retrying import RetryPolicy
from torc_client.transport import Transport
from torc_client.workflow_operations.create import create_ready


@dataclass(frozen=True, slots=True)
class Mapped:
    """A function with the items that it is called for."""

    reference: Reference
    word: str
    items: Sequence[Any]
    python: str
    calls_per_job: int

    def chunks(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Give the items of each job, and its name."""
        for number, begin in enumerate(range(0, len(self.items), self.calls_per_job), start=1):
            yield f"{self.word}_{number}", self.items[begin : begin + self.calls_per_job]

    def job(self, workflow_id: int, name: str, *words: str) -> JobModel:
        """Make the job of a chunk. The directory that it runs in takes no part in what Python imports."""
        command = shlex.join([self.python, "-P", "-m", "torc_client.mapping", *words])
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
    calls_per_job: int,
) -> int:
    """Create the workflow, all of it or nothing; returns its id.

    Raises FunctionNotImportableError, and TorcError for no items or for such that cannot travel.
    """
    require_main_program()
    mapped = Mapped(refer(function), name_of(function), list(items), python or sys.executable, calls_per_job)
    if not mapped.items:
        raise TorcError(f"There are no items to call {mapped.word} with.", "Give at least one.")
    if calls_per_job < 1:
        raise TorcError(f"A job cannot perform {calls_per_job} calls.", "Let calls_per_job be at least 1.")
    if directory is None:
        for position, item in enumerate(mapped.items):
            require_json(item, f"Item {position}")

    async def jobs(workflow_id: int) -> list[JobModel]:
        if directory is None:
            await _require_access(client, workflow_id)
            return await _with_user_data(client, workflow_id, mapped)
        return await _with_files(client, workflow_id, mapped, Path(directory))

    return await create_ready(client, name or mapped.word, jobs, requirements=requirements)


async def _require_access(client: TorcClient, workflow_id: int) -> None:
    """Ask for the workflow as a job would, which does not have our password. Raises TorcError where that is refused."""
    of_jobs = credentials.find(client.url)
    if client.credentials == of_jobs:
        return
    transport = Transport(client.url, of_jobs, retry_policy=RetryPolicy(), user=current_user())
    try:
        await Subjects(transport).workflows.get_workflow(workflow_id)
    except (UnauthorizedError, ForbiddenError) as error:
        raise TorcError(
            f"Jobs do not have the password for this server and could not fetch their items: {error}",
            "Give map_function a directory that all machines see: through files they need no server.",
        ) from error
    finally:
        await transport.close()


async def _with_user_data(client: TorcClient, workflow_id: int, mapped: Mapped) -> list[JobModel]:
    records = []
    for job_name, items in mapped.chunks():
        data = {**mapped.reference, "items": items}
        records.append(UserDataModel(workflow_id=workflow_id, name=f"input_{job_name}", data=data))
        records.append(UserDataModel(workflow_id=workflow_id, name=f"output_{job_name}", data={}))
    ids: list[int] = []
    for some in batches(records, lambda record: len(msgspec.json.encode(record))):
        answer = await client.user_data.create_user_data_list(UserDataListModel(user_data=some))
        ids += [id_of(record) for record in answer.user_data or []]
    jobs = []
    for (job_name, _), read, written in zip(mapped.chunks(), ids[::2], ids[1::2], strict=True):
        job = mapped.job(workflow_id, job_name)
        job.input_user_data_ids, job.output_user_data_ids = [read], [written]
        jobs.append(job)
    return jobs


async def _with_files(client: TorcClient, workflow_id: int, mapped: Mapped, directory: Path) -> list[JobModel]:
    paths = await asyncio.to_thread(_write_calls, mapped, directory / f"workflow_{workflow_id}")
    files = [FileModel(workflow_id=workflow_id, name=path.stem, path=str(path)) for path in paths]
    ids: list[int] = []
    for some in batches(files, lambda file: len(file.name) + len(file.path)):
        answer = await client.files.create_files(FilesModel(files=some))
        ids += [id_of(file) for file in answer.files or []]
    jobs = []
    for position, (job_name, _) in enumerate(mapped.chunks()):
        read, written = 2 * position, 2 * position + 1
        job = mapped.job(workflow_id, job_name, files[read].path, files[written].path)
        job.input_file_ids, job.output_file_ids = [ids[read]], [ids[written]]
        jobs.append(job)
    return jobs


def _write_calls(mapped: Mapped, place: Path) -> list[Path]:
    """Write a file for each job; returns their paths, and behind each the path for what comes of it."""
    place = place.absolute()
    place.mkdir(parents=True, exist_ok=True)
    paths = []
    for job_name, items in mapped.chunks():
        read, written = (place / f"{kind}_{job_name}.pickle" for kind in ("input", "output"))
        exchange = FileExchange(read, written)
        try:
            packed = [exchange.pack(item) for item in items]
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise TorcError(f"An item of {job_name} cannot be pickled: {error}") from error
        exchange.ask(Asked(mapped.reference, packed))
        paths += [read, written]
    return paths
