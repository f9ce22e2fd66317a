"""`torc logs bundle`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.results import Done

_folder = click.Path(file_okay=False, path_type=Path)


@command(short_help="Pack the logs of a workflow into one file.")
@workflow_argument
@click.option(
    "-o", "--output-dir", type=_folder, default="torc_output", show_default=True, help="The runners' output folder."
)
@click.option("--bundle-dir", type=_folder, default=".", show_default=True, help="Where the bundle is written.")
async def bundle(app: App, workflow_id: int | None, output_dir: Path, bundle_dir: Path) -> Done:
    """Pack what runners left of a workflow into wfID.tar.gz: output of jobs, logs, samples, and what the server knows.

    Look through it before you send it to somebody: jobs may have printed what is not for everybody.
    """
    import asyncio  # noqa: PLC0415 - help needs none of it
    from datetime import UTC, datetime  # noqa: PLC0415

    import msgspec  # noqa: PLC0415

    from torc_client.cli.framework.picker import pick  # noqa: PLC0415
    from torc_client.cli.framework.vocabulary import bytes_in_words  # noqa: PLC0415
    from torc_client.log_files.bundle import bundle as pack  # noqa: PLC0415
    from torc_client.version import __version__  # noqa: PLC0415

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
    told = {"workflow_id": workflow_id, "bundle": str(made.path), "files": made.files, "size_bytes": made.size_bytes}
    return Done(f"Packed {made.files} files into {made.path} ({bytes_in_words(made.size_bytes)}).", told)
