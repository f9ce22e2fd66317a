"""`torc workflows import`."""

import sys
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.portable import importing, reading


@command("import", short_help="Create a workflow from an exported one.")
@click.argument("file", shell_complete=files)
@click.option("--name", help="Call it so, instead of what it was called.")
@click.option("--skip-results", is_flag=True, help="Leave out results that are in the file.")
@click.option("--skip-events", is_flag=True, help="Leave out events that are in the file.")
async def import_workflow(app: App, file: str, name: str | None, skip_results: bool, skip_events: bool) -> Message:
    """Create a workflow from a FILE that `torc workflows export` wrote (- reads stdin): all of it or nothing.

    It is yours, everything in it has new ids, and its jobs have yet to run.
    """
    source, text = _text(file)
    document = reading.read(source, text)
    async with app.client() as client:
        workflow_id = await importing.create_from(
            client, document, name=name, results=not skip_results, events=not skip_events
        )
    facts = {
        "workflow_id": workflow_id,
        "name": name or document["workflow"]["name"],
        "job_count": len(document["jobs"]),
    }
    return Message(
        f"Imported {source} as workflow {workflow_id} with {facts['job_count']} jobs. Run it: torc run {workflow_id}",
        facts,
    )


def _text(file: str) -> tuple[str, bytes]:
    if file == "-":
        return "standard input", sys.stdin.buffer.read()
    try:
        return file, Path(file).read_bytes()
    except OSError as error:
        raise TorcError(f"{file} cannot be read: {error.strerror}.", "Give a file that was exported, or -.") from error
