"""`torc workflows create`."""

import click

from torc_client import spec
from torc_client.batch.run_command import run_command
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.progress import bar
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Message, Record
from torc_client.client import current_user
from torc_client.spec.summary import failure, overview, summary
from torc_client.text import count


@command(short_help="Create a workflow from a spec file.")
@click.argument("file", shell_complete=files)
@click.option("--no-resource-monitoring", is_flag=True, help="Do not measure resources, even if the spec requests it.")
@click.option("--skip-checks", is_flag=True, help="Skip checks of schedulers and their nodes.")
@click.option("--dry-run", is_flag=True, help="Show what would be created. Creates nothing and contacts no server.")
async def create(
    app: App, file: str, no_resource_monitoring: bool, skip_checks: bool, dry_run: bool
) -> Message | Record:
    """Create a workflow from a spec FILE (.yaml, .json, .json5, .kdl; - reads stdin).

    The whole spec is checked first, and all problems are reported with their positions. If an error occurs, nothing is
    created.
    `torc run FILE` creates and runs in one step.
    """
    try:
        plan = spec.load(file, skip_checks=skip_checks)
    except spec.SpecError as error:
        if dry_run and app.format == "json":
            return Record(failure(error), failed=True)
        raise
    for line in plan.warning_lines():
        say(line)
    if dry_run:
        return Record(overview(plan) if app.format == "table" else summary(plan), f"{file}: valid")
    if no_resource_monitoring:
        plan.workflow.pop("resource_monitor", None)
    async with app.client() as client:
        with bar(f"Creating {plan.workflow['name']}") as advance:
            workflow_id = await spec.create(
                client, plan, user=current_user(), on_progress=lambda done, total: advance(done, total, "")
            )
        run = await run_command(client, workflow_id) if plan.actions else f"torc run {workflow_id}"
    facts = {"workflow_id": workflow_id, "name": plan.workflow["name"], "job_count": len(plan.jobs)}
    jobs = count("job", len(plan.jobs))
    return Message(f"Created workflow {workflow_id} with {jobs}. Run it: {run}", facts)
