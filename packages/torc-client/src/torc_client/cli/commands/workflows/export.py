"""`torc workflows export`."""

import os
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, RawText
from torc_client.errors import TorcError
from torc_client.portable import exporting


@command(short_help="Write a workflow to a file that can be imported.")
@workflow_argument
@click.option("-o", "--output", metavar="FILE", help="Where to write it, in place of what is there. [default: stdout]")
@click.option("--include-results", is_flag=True, help="How jobs ended, in all runs, and on which nodes.")
@click.option("--include-events", is_flag=True, help="What happened to the workflow.")
async def export(
    app: App, workflow_id: int | None, output: str | None, include_results: bool, include_events: bool
) -> RawText | Message:
    """Write a workflow as JSON, with all that `torc workflows import` needs to create it again, here or elsewhere.

    How jobs stand is not part of it: imported, all of them have yet to run. Contents of files are not, either.
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
    return Message(f"Exported workflow {workflow_id} with {len(document['jobs'])} jobs to {output}.", facts)


def _write(path: Path, text: str) -> None:
    """Write all of it or leave what was there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise TorcError(f"{path} cannot be written: {error.strerror}.", "Choose another place with -o.") from error
