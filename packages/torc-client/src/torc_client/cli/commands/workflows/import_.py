"""`torc workflows import`."""

import sys
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.portable import importing, reading
from torc_client.text import count


@command("import", short_help="Create a workflow from an exported file.")
@click.argument("file", shell_complete=files)
@click.option("--name", help="Name of the new workflow.  [default: the name in FILE]")
@click.option("--skip-results", is_flag=True, help="Do not import results.")
@click.option("--skip-events", is_flag=True, help="Do not import events.")
async def import_workflow(app: App, file: str, name: str | None, skip_results: bool, skip_events: bool) -> Message:
    """Create a workflow from a FILE that `torc workflows export` wrote (- reads stdin), also one of Torc 1.0.

    You own the new workflow, its records have new ids, and none of its jobs has run. If an error occurs, nothing is
    created. FILE can be of Torc 1.0.
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
    jobs = count("job", len(document["jobs"]))
    return Message(
        f"Imported {source} as workflow {workflow_id} with {jobs}. Run it: torc run {workflow_id}",
        facts,
    )


def _text(file: str) -> tuple[str, bytes]:
    if file == "-":
        return "standard input", sys.stdin.buffer.read()
    try:
        return file, Path(file).read_bytes()
    except OSError as error:
        raise TorcError(f"Cannot read {file}: {error.strerror}.", "Use an exported file, or - for stdin.") from error
