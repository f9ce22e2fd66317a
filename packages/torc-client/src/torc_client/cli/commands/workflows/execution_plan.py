"""`torc workflows execution-plan`."""

import click

from torc_client import spec
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Text
from torc_client.execution_plan.events import events_of
from torc_client.execution_plan.rendering import record_of, text_of
from torc_client.execution_plan.sources import of_document, of_spec
from torc_client.portable.exporting import export
from torc_client.spec.targets import is_specification, workflow_id


@command("execution-plan", short_help="Show the order of jobs and actions.")
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
async def execution_plan(app: App, target: str) -> Text:
    """Show the order in which jobs and actions run: at the start, and after the end of other jobs.

    SPEC is a spec file (- reads stdin); no server is contacted. ID is the id of a workflow. Dependencies through files
    and user data are included.
    """
    if is_specification(target):
        plan = spec.load(target)
        wanted = None
        source, name = "spec_file", str(plan.workflow["name"])
        steps, allocations = of_spec(plan)
    else:
        wanted = workflow_id(target)
        async with app.client() as client:
            document = await export(client, wanted)
        source, name = "database", str(document["workflow"]["name"])
        steps, allocations = of_document(document)
    events = events_of(steps, allocations)
    return Text(
        text_of(name, steps, events), record_of(source, name, steps, events, workflow_id=wanted), is_message=True
    )
