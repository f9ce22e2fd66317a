"""`torc ro-crate add-dataset`."""

from pathlib import Path
from typing import Any

import click

from torc_client.api.records import RoCrateEntityModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.ro_crate.digests import Digest, HashMode, digest


@command("add-dataset", short_help="Describe a file or a folder, with its checksum.")
@workflow_argument
@click.option("--name", required=True, help="What people call it.")
@click.option("--path", required=True, type=click.Path(path_type=Path), help="The file or the folder.")
@click.option(
    "--hash-mode",
    type=click.Choice(["manifest", "content", "none"]),
    default="manifest",
    show_default=True,
    help="What its checksum counts: names and sizes, names and contents, or no checksum.",
)
@click.option("--description", help="What it is.")
@click.option("--encoding-format", metavar="TYPE", help="Its media type, such as text/csv.")
@click.option("-t", "--threads", type=click.IntRange(min=1), help="Files that are read at once  [default: one a CPU]")
@click.option("--metadata", type=JsonText(), metavar="JSON", help="What else to say of it: an object of JSON-LD.")
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
) -> Message:
    """Describe a file or a folder in the workflow's RO-Crate, with its size and its checksum.

    Adding the same path again replaces what was said of it.
    """
    if metadata is not None and not isinstance(metadata, dict):
        raise click.UsageError("--metadata must be an object: {...}.")
    mode = HashMode(hash_mode)
    found, is_folder = _looked_at(path, mode, threads)
    said = {
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
        workflow_id = await pick(client, workflow_id)
        entity = RoCrateEntityModel(
            workflow_id=workflow_id,
            entity_id=entity_id,
            entity_type="Dataset" if is_folder else "File",
            metadata=said,
        )
        subject = client.ro_crate_entities
        before = (await subject.list_ro_crate_entities(workflow_id, entity_id=entity_id, limit=1)).items
        if before and before[0].id is not None:
            made = await subject.update_ro_crate_entity(before[0].id, entity)
        else:
            made = await subject.create_ro_crate_entity(entity)
    facts = {"workflow_id": workflow_id, "ro_crate_entity_id": made.id, "entity_id": entity_id, "sha256": found.sha256}
    size = f"{found.size_bytes} bytes in {found.file_count} files" if is_folder else f"{found.size_bytes} bytes"
    return Message(f"Workflow {workflow_id} describes {entity_id} ({size}).", facts)


def _looked_at(path: Path, mode: HashMode, threads: int | None) -> tuple[Digest, bool]:
    try:
        return digest(path, mode, threads), path.is_dir()
    except OSError as error:
        raise TorcError(f"{error.filename or path} cannot be read: {error.strerror}.") from error
