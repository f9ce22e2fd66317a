"""`torc workflows spec`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, Text
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.portable import exporting
from torc_client.portable.as_spec import spec_of
from torc_client.spec.formats import Format, format_of
from torc_client.spec.writing import write
from torc_client.text import count


@command(short_help="Write a workflow as a spec file.")
@workflow_argument
@click.option("-o", "--output", metavar="FILE", help="Output file; overwritten if it exists.  [default: stdout]")
@click.option("--to", metavar="FORMAT", help="Format: yaml, json, json5 or kdl.  [default: from FILE, else yaml]")
async def spec(app: App, workflow_id: int | None, output: str | None, to: str | None) -> Text | Message:
    """Write a workflow as a spec file, to change it and create another one.

    Each job is written by itself, also where the original spec described many jobs by parameters. The spec has no
    results and no statuses of jobs; for a copy with them see `torc workflows export`.
    """
    known = {each.value: each for each in Format}
    if to is not None and to not in known:
        raise TorcError(f"There is no format {to!r}.", f"Choose one of {', '.join(known)}.")
    wanted = known[to] if to is not None else format_of(output or "") or Format.YAML
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        document = spec_of(await exporting.export(client, workflow_id))
    text = write(document, wanted)
    if output is None or output == "-":
        return Text(text.rstrip("\n"), document)
    try:
        write_text(Path(output), text)
    except OSError as error:
        raise TorcError(f"Cannot write {output}: {error.strerror}.", "Choose another file with -o.") from error
    facts = {"workflow_id": workflow_id, "file": output, "job_count": len(document["jobs"])}
    return Message(f"Wrote workflow {workflow_id} with {count('job', len(document['jobs']))} to {output}.", facts)
