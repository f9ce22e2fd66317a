"""`torc ro-crate export`."""

import json
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, RawText
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.ro_crate.crate import crate
from torc_client.text import count


@command(short_help="Print or write ro-crate-metadata.json.")
@workflow_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Output file, such as ro-crate-metadata.json.  [default: stdout]",
)
async def export(app: App, workflow_id: int | None, output: str | None) -> Message | RawText:
    """Print the description of a workflow's data as an RO-Crate 1.1, or write it to a file.

    Keep the file under the name ro-crate-metadata.json beside the data.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        workflow = await client.workflows.get_workflow(workflow_id)
        found = iterate(client.ro_crate_entities.list_ro_crate_entities, id=workflow_id)
        entities = [entity async for entity in found]
    text = json.dumps(crate(workflow, entities), indent=2, ensure_ascii=False)
    if output is None or output == "-":
        return RawText(text)
    try:
        write_text(Path(output), text + "\n")
    except OSError as error:
        raise TorcError(f"Cannot write {output}: {error.strerror}.") from error
    facts = {"workflow_id": workflow_id, "path": output, "entity_count": len(entities)}
    return Message(
        f"Wrote {output} with {count('entity', len(entities), 'entities')} of workflow {workflow_id}.", facts
    )
