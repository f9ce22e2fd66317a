"""`torc workflows export`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, RawText
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.portable import exporting
from torc_client.text import count


@command(short_help="Export a workflow to JSON.")
@workflow_argument
@click.option("-o", "--output", metavar="FILE", help="Output file; overwritten if it exists.  [default: stdout]")
@click.option("--include-results", is_flag=True, help="Include results of all runs and their compute nodes.")
@click.option("--include-events", is_flag=True, help="Include the events of the workflow.")
async def export(
    app: App, workflow_id: int | None, output: str | None, include_results: bool, include_events: bool
) -> RawText | Message:
    """Export a workflow to JSON, for `torc workflows import` on this server or another.

    The export does not contain statuses of jobs or contents of files. No job of the imported workflow has run.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        document = await exporting.export(
            client, workflow_id, include_results=include_results, include_events=include_events
        )
    text = exporting.text_of(document)
    if output is None or output == "-":
        return RawText(text)
    _write(Path(output), text + "\n")
    facts = {"workflow_id": workflow_id, "file": output, "job_count": len(document["jobs"])}
    return Message(f"Exported workflow {workflow_id} with {count('job', len(document['jobs']))} to {output}.", facts)


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole, or leave it unchanged. Raises TorcError."""
    try:
        write_text(path, text)
    except OSError as error:
        raise TorcError(f"Cannot write {path}: {error.strerror}.", "Choose another file with -o.") from error
