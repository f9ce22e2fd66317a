"""The files and user data of a job: what the records say, and whether the files exist now on this machine."""

import asyncio
import contextlib
import json
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from torc_client.api.records import FileModel, JobModel, UserDataModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert
from torc_client.text import size

MOST_RECORDS = 20
_LOOK_SECONDS = 0.5
_SHOWN_CHARACTERS = 2_000
_NOT_ON_DISK = ("/proc", "/sys", "/dev")
# A disk that does not answer holds these threads, and no other ones.
DISK: web.AppKey[ThreadPoolExecutor] = web.AppKey("disk", ThreadPoolExecutor)


@dataclass(frozen=True)
class JobFile:
    """A file or user data of a job. `moment` is when it was changed last, `state` whether it exists now."""

    name: str
    value: str
    state: str
    is_missing: bool = False
    moment: float | None = None
    is_data: bool = False


@dataclass(frozen=True)
class JobFiles:
    """What a job reads and writes, and how many records of each are left out."""

    inputs: tuple[JobFile, ...]
    outputs: tuple[JobFile, ...]
    inputs_left: int
    outputs_left: int


def set_up(app: web.Application) -> None:
    """Keep threads for looking at files."""
    app[DISK] = ThreadPoolExecutor(max_workers=4, thread_name_prefix="torc-dash-disk")

    async def end(app: web.Application) -> None:
        app[DISK].shutdown(wait=False, cancel_futures=True)

    app.on_cleanup.append(end)


async def read_files(client: TorcClient, disk: ThreadPoolExecutor, job: JobModel, workflow: WorkflowModel) -> JobFiles:
    """Read the first files and user data of a job, and look whether the files exist."""
    (files_in, files_out), (data_in, data_out) = await asyncio.gather(_files(client, job), _user_data(client, job))
    folder = workflow.submission_directory
    looked = await _look(disk, folder, [*files_in, *files_out])
    ids_in, ids_out = len(job.input_file_ids or ()), len(job.output_file_ids or ())
    more_in, more_out = len(job.input_user_data_ids or ()), len(job.output_user_data_ids or ())
    inputs = (*looked[: len(files_in)], *map(_data, data_in))
    outputs = (*looked[len(files_in) :], *map(_data, data_out))
    return JobFiles(inputs, outputs, ids_in + more_in - len(inputs), ids_out + more_out - len(outputs))


async def _files(client: TorcClient, job: JobModel) -> tuple[list[FileModel], list[FileModel]]:
    wanted = _first(job.input_file_ids), _first(job.output_file_ids)
    ids = list(dict.fromkeys([*wanted[0], *wanted[1]]))
    if not ids:
        return [], []
    words = f"id={','.join(map(str, ids))}"
    found = await client.files.list_files(workflow_id=job.workflow_id, filter=words, limit=len(ids))
    known = {one.id: one for one in found.items}
    return [known[one] for one in wanted[0] if one in known], [known[one] for one in wanted[1] if one in known]


async def _user_data(client: TorcClient, job: JobModel) -> tuple[list[UserDataModel], list[UserDataModel]]:
    wanted = _first(job.input_user_data_ids), _first(job.output_user_data_ids)
    ids = list(dict.fromkeys([*wanted[0], *wanted[1]]))
    if not ids:
        return [], []
    words = f"id={','.join(map(str, ids))}"
    found = await client.user_data.list_user_data(workflow_id=job.workflow_id, filter=words, limit=len(ids))
    known = {one.id: one for one in found.items}
    return [known[one] for one in wanted[0] if one in known], [known[one] for one in wanted[1] if one in known]


def _first(ids: list[int] | None) -> list[int]:
    return (ids or [])[:MOST_RECORDS]


def _data(one: UserDataModel) -> JobFile:
    text = "" if one.data is None else inert(json.dumps(one.data, ensure_ascii=False))
    more = len(text) - _SHOWN_CHARACTERS
    shown = text if more <= 0 else f"{text[:_SHOWN_CHARACTERS]}… {more:,} more characters"
    return JobFile(one.name, shown, "user data" if text else "user data, not set", is_data=True)


async def _look(disk: ThreadPoolExecutor, folder: str | None, files: Sequence[FileModel]) -> list[JobFile]:
    """Look at files, but not longer than a page may take."""
    if not files:
        return []
    looking = asyncio.get_running_loop().run_in_executor(disk, _looked_at, folder, list(files))
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(looking, _LOOK_SECONDS)
    return [JobFile(one.name, one.path, "the disk does not answer", moment=one.st_mtime) for one in files]


def _looked_at(folder: str | None, files: Sequence[FileModel]) -> list[JobFile]:
    is_here = bool(folder) and Path(folder or "").is_absolute() and Path(folder or "").is_dir()
    return [_looked_at_one(folder if is_here else None, one) for one in files]


def _looked_at_one(folder: str | None, one: FileModel) -> JobFile:
    """Look at a file of the workflow's directory. Without one on this machine, only absolute paths are known."""
    if folder is None and not one.path.startswith("/"):
        return JobFile(one.name, one.path, "its directory is not on this machine", moment=one.st_mtime)
    path = Path(os.path.normpath(Path(folder or "/") / one.path))
    if "\0" in one.path or any(path.is_relative_to(root) for root in _NOT_ON_DISK):
        return JobFile(one.name, one.path, "not a path of a file", moment=one.st_mtime)
    try:
        found = path.stat()
    except FileNotFoundError:
        state = "missing" if folder is not None else "not on this machine"
        return JobFile(one.name, one.path, state, is_missing=folder is not None, moment=one.st_mtime)
    except OSError as error:
        return JobFile(one.name, one.path, f"not readable: {error.strerror}", moment=one.st_mtime)
    if stat.S_ISDIR(found.st_mode):
        return JobFile(one.name, one.path, "a directory", moment=found.st_mtime)
    state = f"exists, {size(found.st_size)}" if stat.S_ISREG(found.st_mode) else "exists, not a regular file"
    return JobFile(one.name, one.path, state, moment=found.st_mtime)
