"""Find the files that a new run would miss, and those that it would overwrite, as seen from this machine."""

from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from torc_client.api.records import FileModel
from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_client.workflow_operations.file_times import HERE


class FileCheck(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The files; `safe` if none is missing and none would be overwritten."""

    workflow_id: int
    safe: bool
    missing_input_files: list[str]
    missing_input_file_count: int
    existing_output_files: list[str]
    existing_output_file_count: int


async def check_files(
    client: TorcClient, workflow_id: int, readers: Collection[int] | None = None, *, folder: Path = HERE
) -> FileCheck:
    """Check the files of a workflow. A relative path starts at `folder`. Raises NotFoundError.

    With `readers`, input files are those of the jobs with these ids, which alone run again.
    """
    files = [file async for file in iterate(client.files.list_files, workflow_id=workflow_id)]
    if not files:
        await client.workflows.get_workflow(workflow_id)  # the list of files is empty for an unknown workflow too
    written: set[int | None] = set()
    read: set[int] = set()
    if files:
        async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, include_relationships=True):
            written.update(job.output_file_ids or ())
            if readers is None or job.id in readers:
                read.update(job.input_file_ids or ())
    inputs = read - written
    missing = _paths(file for file in files if file.id in inputs and not _exists(folder, file))
    existing = _paths(file for file in files if file.id in written and _exists(folder, file))
    return FileCheck(
        workflow_id=workflow_id,
        safe=not missing and not existing,
        missing_input_files=missing,
        missing_input_file_count=len(missing),
        existing_output_files=existing,
        existing_output_file_count=len(existing),
    )


def _exists(folder: Path, file: FileModel) -> bool:
    return (folder / file.path).exists()


def _paths(files: Iterable[FileModel]) -> list[str]:
    return sorted(file.path for file in files)
