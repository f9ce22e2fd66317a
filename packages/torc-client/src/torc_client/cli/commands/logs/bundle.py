"""`torc logs bundle`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.log_files.bundle import bundle as pack
from torc_client.option_types import UserPath
from torc_client.text import count, size
from torc_client.version import __version__

_folder = UserPath(file_okay=False, path_type=Path)


@command(short_help="Pack the logs of a workflow into one file.")
@workflow_argument
@click.option(
    "-o", "--output-dir", type=_folder, default="torc_output", show_default=True, help="Output folder of the runners."
)
@click.option("--bundle-dir", type=_folder, default=".", show_default=True, help="Folder for the bundle.")
async def bundle(app: App, workflow_id: int | None, output_dir: Path, bundle_dir: Path) -> Message:
    """Pack the files of a workflow into wfID.tar.gz: output of jobs, logs, resource samples, and the workflow's status.

    Check the contents before you share the bundle: the output of jobs may contain confidential data.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        status = await client.workflows.get_workflow_status(workflow_id)
        server = await client.system.get_version()
    facts = {
        "workflow_id": workflow_id,
        "workflow_name": status.workflow_name,
        "created_at": datetime.now(UTC).isoformat(),
        "client_version": __version__,
        "server_version": server.version,
        "status": msgspec.to_builtins(status),
    }
    made = await asyncio.to_thread(pack, output_dir, workflow_id, bundle_dir, facts)
    report = {"workflow_id": workflow_id, "bundle": str(made.path), "files": made.files, "size_bytes": made.size_bytes}
    return Message(f"Packed {count('file', made.files)} into {made.path} ({size(made.size_bytes)}).", report)
