"""The command that runs a workflow, for messages: on this machine, or in allocations of a batch system."""

from torc_client.batch.submission import DUE_TRIGGERS, nodes_config
from torc_client.client import TorcClient
from torc_client.errors import TorcError


async def run_command(client: TorcClient, workflow_id: int) -> str:
    """Return `torc submit` if an action of the workflow requests allocations when it starts, else `torc run`.

    If the actions cannot be read, it is `torc run`: a message must not fail.
    """
    try:
        actions = await client.workflow_actions.get_workflow_actions(workflow_id)
    except TorcError:
        actions = []
    requests = any(each.trigger_type in DUE_TRIGGERS and nodes_config(each) is not None for each in actions)
    return f"torc {'submit' if requests else 'run'} {workflow_id}"
