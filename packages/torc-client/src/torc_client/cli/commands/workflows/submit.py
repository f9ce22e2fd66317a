"""`torc submit`: the checks before nodes are requested."""

import click

from torc_client import spec
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.spec.targets import is_specification, workflow_id

_REQUESTS_NODES = "schedule_nodes"


@command(short_help="Check whether a workflow can be submitted to Slurm.")
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
@click.option("--skip-checks", is_flag=True, help="Skip checks of schedulers and their nodes.")
async def submit(app: App, target: str, skip_checks: bool) -> Message:
    """Check whether a workflow can be submitted to Slurm: it needs an action that schedules nodes.

    SPEC is a spec file (- reads stdin); no server is contacted. ID is the id of a workflow. This version cannot submit
    to Slurm: it creates nothing, and the exit code is always 1.
    """
    if is_specification(target):
        plan = spec.load(target, skip_checks=skip_checks)
        kinds = {action.record["action_type"] for action in plan.actions}
    else:
        async with app.client() as client:
            actions = await client.workflow_actions.get_workflow_actions(workflow_id(target))
        kinds = {action.action_type for action in actions}
    if _REQUESTS_NODES not in kinds:
        what = target if is_specification(target) else f"Workflow {workflow_id(target)}"
        raise TorcError(
            f"{what} has no action that schedules nodes, so there is nothing to submit.",
            f"Run it on this machine with `torc run {target}`, or add an action with trigger_type: on_workflow_start, "
            f"action_type: {_REQUESTS_NODES}, scheduler_type: slurm and the name of a scheduler.",
        )
    raise TorcError(
        "This version cannot submit to Slurm yet; nothing was created.",
        f"Run it on this machine with `torc run {target}`, also inside an allocation.",
    )
