"""`torc workflows execution-plan`."""

import click

from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Written


@command("execution-plan", short_help="Say what happens in which order.")
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
async def execution_plan(app: App, target: str) -> Written:
    """Say what happens in which order: which jobs can run at the start, which once others are complete.

    SPEC is a spec file (- reads stdin), for which no server is asked; ID is a workflow that exists. What follows from
    files and user data counts, too.
    """
    from torc_client import spec  # noqa: PLC0415 - help needs no spec loader
    from torc_client.execution_plan.events import events_of  # noqa: PLC0415
    from torc_client.execution_plan.rendering import record_of, text_of  # noqa: PLC0415
    from torc_client.execution_plan.sources import of_document, of_spec  # noqa: PLC0415
    from torc_client.spec.targets import is_specification, workflow_id  # noqa: PLC0415

    if is_specification(target):
        plan = spec.load(target)
        source, name = "spec_file", str(plan.workflow["name"])
        steps, allocations = of_spec(plan)
    else:
        from torc_client.portable.exporting import export  # noqa: PLC0415 - a spec needs no server

        wanted = workflow_id(target)
        async with app.client() as client:
            document = await export(client, wanted)
        source, name = "database", str(document["workflow"]["name"])
        steps, allocations = of_document(document)
    events = events_of(steps, allocations)
    return Written(text_of(name, steps, events), record_of(source, name, steps, events))
