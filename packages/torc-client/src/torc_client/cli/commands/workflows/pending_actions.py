"""`torc workflows update-action` and `delete-action`: actions that were not executed."""

from typing import Any

import click

from torc_client.api.records import WorkflowActionModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.options import no_prompts_needed
from torc_client.cli.framework.results import Message, Record
from torc_client.cli.framework.switches import Switch
from torc_client.client import TorcClient
from torc_client.errors import TorcError

_AT_LEAST_ONE = click.IntRange(min=1)
_MOST_IDS = 2
_ids = click.argument("ids", metavar="[WORKFLOW_ID] ACTION_ID", type=int, nargs=-1, required=True)


@command("update-action", short_help="Change an action that was not executed.")
@_ids
@click.option("-n", "--num-allocations", type=_AT_LEAST_ONE, help="Number of allocations to request.")
@click.option("--max-parallel-jobs", type=_AT_LEAST_ONE, help="Maximum number of parallel jobs of each runner.")
@click.option("--scheduler-id", type=int, help="Id of the scheduler.")
@click.option("--scheduler-type", help="Type of the scheduler: local or slurm.")
@click.option(
    "-c",
    "--command",
    "commands",
    multiple=True,
    help="Command for run_commands. (Repeatable.)",
)
@click.option(
    "--config",
    "--json",
    "config",
    type=JsonText(),
    metavar="JSON",
    help="Changes as a JSON object; null removes a field. Other options override its fields.",
)
async def update_action(
    app: App,
    ids: tuple[int, ...],
    commands: tuple[str, ...],
    config: Any,
    persistent: bool | None,
    **members: Any,
) -> Record:
    """Change an action that was not executed. Other fields keep their values.

    `torc workflows list-actions` shows the ids. An action of another workflow than WORKFLOW_ID is refused.
    """
    if config is not None and not isinstance(config, dict):
        raise click.UsageError('--config must be an object: {"num_allocations": 2}.')
    changes = {**(config or {}), **{name: value for name, value in members.items() if value is not None}}
    if commands:
        changes["commands"] = list(commands)
    if not changes and persistent is None:
        raise click.UsageError("Nothing to change: `torc workflows update-action --help` lists the options.")
    workflow_id, action_id = _named(ids)
    async with app.client() as client:
        action = await _action(client, workflow_id, action_id)
        action.action_config = changes
        action.persistent = action.persistent if persistent is None else persistent
        return Record(await client.workflow_actions.update_action(action_id, action), f"Action {action_id}")


update_action.params += [
    Switch("--start-one-worker-per-node", help="Whether to start a runner on each node of an allocation."),
    Switch("--persistent", help="Whether each runner executes the action."),
]


@command("delete-action", short_help="Delete an action that was not executed.")
@_ids
@no_prompts_needed
async def delete_action(app: App, ids: tuple[int, ...]) -> Message:
    """Delete an action that was not executed.

    `torc workflows list-actions` shows the ids. An action of another workflow than WORKFLOW_ID is refused.
    """
    workflow_id, action_id = _named(ids)
    async with app.client() as client:
        action = await _action(client, workflow_id, action_id)
        await client.workflow_actions.delete_action(action_id)
    facts = {"action_id": action_id, "action_ids": [action_id]}
    message = f"Deleted action {action_id} of workflow {action.workflow_id}."
    return Message(message, facts, record=action, records=[action])


def _named(ids: tuple[int, ...]) -> tuple[int | None, int]:
    """Return the workflow, if it was given, and the action. Raises UsageError."""
    if len(ids) > _MOST_IDS:
        raise click.UsageError("Too many ids: name one action, after its workflow or alone.")
    return (ids[0] if len(ids) == _MOST_IDS else None), ids[-1]


async def _action(client: TorcClient, workflow_id: int | None, action_id: int) -> WorkflowActionModel:
    """Return an action. Raises TorcError if it belongs to another workflow."""
    action = await client.workflow_actions.get_action(action_id)
    if workflow_id is not None and action.workflow_id != workflow_id:
        raise TorcError(
            f"Action {action_id} belongs to workflow {action.workflow_id}, not to workflow {workflow_id}; nothing was"
            " changed.",
            f"`torc workflows list-actions {workflow_id}` shows the actions of the workflow.",
        )
    return action
