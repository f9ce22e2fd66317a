"""`torc ro-crate add-dataset`."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from torc_client.api.records import JobModel, RoCrateEntityModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.option_types import UserPath
from torc_client.ro_crate.digests import Digest, HashMode, digest
from torc_client.ro_crate.job_runs import action_with_result, entity_id_of, generated_by
from torc_client.text import count


@command("add-dataset", short_help="Describe a file or folder with its checksum.")
@workflow_argument
@click.option("--name", required=True, help="Name of the dataset.")
@click.option("--path", required=True, type=UserPath(path_type=Path), help="Path of the file or folder.")
@click.option(
    "--hash-mode",
    type=click.Choice(["manifest", "content", "none"]),
    default="manifest",
    show_default=True,
    help="Checksum of names and sizes, of names and contents, or none.",
)
@click.option("--description", help="Description of the dataset.")
@click.option("--encoding-format", metavar="TYPE", help="Media type, for example text/csv.")
@click.option("-t", "--threads", type=click.IntRange(min=1), help="Files read in parallel.  [default: number of CPUs]")
@click.option(
    "--metadata", type=JsonText(), metavar="JSON", help="Further properties, as a JSON-LD object; - reads stdin."
)
@click.option("-j", "--job-id", "job_ids", type=int, multiple=True, help="Job that made the dataset. (Repeatable.)")
async def add_dataset(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    name: str,
    path: Path,
    hash_mode: str,
    description: str | None,
    encoding_format: str | None,
    threads: int | None,
    metadata: Any,
    job_ids: tuple[int, ...],
) -> Message:
    """Describe a file or a folder in the workflow's RO-Crate, with its size and its checksum.

    If the path is already described, its description is replaced. The current attempt of each --job-id becomes an
    action that made the dataset.
    """
    if metadata is not None and not isinstance(metadata, dict):
        raise click.UsageError("--metadata must be an object: {...}.")
    mode = HashMode(hash_mode)
    found, is_folder = _digest(path, mode, threads)
    properties = {
        "name": name,
        **({"description": description} if description else {}),
        **({"encodingFormat": encoding_format} if encoding_format else {}),
        "contentSize": str(found.size_bytes),
        **({"sha256": found.sha256, "hashMode": mode.value} if found.sha256 else {}),
        **({"fileCount": found.file_count} if is_folder else {}),
        **(metadata or {}),
    }
    entity_id = f"{path.as_posix().rstrip('/')}/" if is_folder else path.as_posix()
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        jobs = [await _job(client, workflow_id, job_id) for job_id in dict.fromkeys(job_ids)]
        kind = "Dataset" if is_folder else "File"
        made = await _describe(client, workflow_id, entity_id, kind, lambda _: {**properties, **generated_by(jobs)})
        for job in jobs:
            action = partial(action_with_result, job, entity_id)
            await _describe(client, workflow_id, entity_id_of(job), "CreateAction", action)
    facts = {"workflow_id": workflow_id, "ro_crate_entity_id": made.id, "entity_id": entity_id, "sha256": found.sha256}
    size = (
        f"{count('byte', found.size_bytes)} in {count('file', found.file_count)}"
        if is_folder
        else count("byte", found.size_bytes)
    )
    return Message(f"Workflow {workflow_id} describes {entity_id} ({size}).", facts, record=made)


async def _job(client: TorcClient, workflow_id: int, job_id: int) -> JobModel:
    """Return a job. Raises TorcError if it belongs to another workflow."""
    job = await client.jobs.get_job(job_id)
    if job.workflow_id != workflow_id:
        raise TorcError(
            f"Job {job_id} belongs to workflow {job.workflow_id}, not to workflow {workflow_id}; nothing was changed.",
            f"`torc jobs list {workflow_id}` shows the jobs of the workflow.",
        )
    return job


async def _describe(
    client: TorcClient,
    workflow_id: int,
    entity_id: str,
    entity_type: str,
    metadata: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> RoCrateEntityModel:
    """Create an entity, or replace it. `metadata` returns its metadata, given the present ones."""
    subject = client.ro_crate_entities
    found = (await subject.list_ro_crate_entities(workflow_id, entity_id=entity_id, limit=1)).items
    before = found[0] if found else None
    entity = RoCrateEntityModel(
        workflow_id=workflow_id,
        entity_id=entity_id,
        entity_type=entity_type,
        metadata=metadata(before.metadata if before is not None else {}),
    )
    if before is not None and before.id is not None:
        return await subject.update_ro_crate_entity(before.id, entity)
    return await subject.create_ro_crate_entity(entity)


def _digest(path: Path, mode: HashMode, threads: int | None) -> tuple[Digest, bool]:
    try:
        return digest(path, mode, threads), path.is_dir()
    except OSError as error:
        raise TorcError(f"Cannot read {error.filename or path}: {error.strerror}.") from error
