"""`torc submit`: what is checked before nodes are asked for."""

import click

from torc_client import spec
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.spec.targets import is_specification, workflow_id

_ASKS_FOR_NODES = "schedule_nodes"


@command(short_help="Check whether a workflow could be given to Slurm.")
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
@click.option("--skip-checks", is_flag=True, help="Leave out checks of schedulers and their nodes.")
async def submit(app: App, target: str, skip_checks: bool) -> Message:
    """Check whether a workflow could be given to Slurm: it needs an action that schedules nodes.

    SPEC is a spec file (- reads stdin), for which no server is asked; ID is a workflow that exists. This version asks
    Slurm for nothing: whatever the checks find, nothing is created, and the exit code is 1.
    """
    if is_specification(target):
        plan = spec.load(target, skip_checks=skip_checks)
        kinds = {action.record["action_type"] for action in plan.actions}
    else:
        async with app.client() as client:
            actions = await client.workflow_actions.get_workflow_actions(workflow_id(target))
        kinds = {action.action_type for action in actions}
    if _ASKS_FOR_NODES not in kinds:
        raise TorcError(
            f"{target} has no action that schedules nodes, so there is nothing to submit.",
            f"Run it on this machine with `torc run {target}`, or add an action with trigger_type: on_workflow_start, "
            f"action_type: {_ASKS_FOR_NODES}, scheduler_type: slurm and the name of a scheduler.",
        )
    raise TorcError(
        "This version cannot submit to Slurm yet; nothing was created.",
        f"Run it on this machine with `torc run {target}`, also within an allocation that you have.",
    )
