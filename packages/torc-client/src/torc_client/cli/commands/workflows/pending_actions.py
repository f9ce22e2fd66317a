"""`torc workflows update-action` and `delete-action`: actions that were not executed."""

from typing import Any

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.record_changes import delete_command
from torc_client.cli.framework.results import Record
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import described

_AT_LEAST_ONE = click.IntRange(min=1)


@command("update-action", short_help="Change an action that was not executed.")
@click.argument("action_id", type=int)
@click.option("-n", "--num-allocations", type=_AT_LEAST_ONE, help="Number of allocations to request.")
@click.option("--max-parallel-jobs", type=_AT_LEAST_ONE, help="Maximum number of parallel jobs of each runner.")
@click.option(
    "--start-one-worker-per-node/--no-start-one-worker-per-node",
    default=None,
    help="Whether to start a runner on each node of an allocation.",
)
@click.option("--scheduler-id", type=int, help="Id of the scheduler.")
@click.option("--scheduler-type", help="Type of the scheduler: local or slurm.")
@click.option(
    "-c",
    "--command",
    "commands",
    multiple=True,
    help="Command for run_commands. (Repeatable.)",
)
@click.option("--config", type=JsonText(), metavar="JSON", help="Changes as a JSON object; null removes a field.")
@click.option("--persistent/--no-persistent", default=None, help="Whether each runner executes the action.")
async def update_action(
    app: App, action_id: int, commands: tuple[str, ...], config: Any, persistent: bool | None, **members: Any
) -> Record:
    """Change an action that was not executed. Other fields keep their values.

    `torc workflows list-actions` shows the ids.
    """
    if config is not None and not isinstance(config, dict):
        raise click.UsageError('--config must be an object: {"num_allocations": 2}.')
    changes = {**(config or {}), **{name: value for name, value in members.items() if value is not None}}
    if commands:
        changes["commands"] = list(commands)
    if not changes and persistent is None:
        raise click.UsageError("Nothing to change: `torc workflows update-action --help` lists the options.")
    async with app.client() as client:
        action = await client.workflow_actions.get_workflow_action(action_id)
        action.action_config = changes
        action.persistent = action.persistent if persistent is None else persistent
        return Record(await client.workflow_actions.update_workflow_action(action_id, action), f"Action {action_id}")


_WORDS = ResourceSpec(
    tag="workflow_actions",
    singular="action",
    plural="actions",
    list_operation="get_workflow_actions",
    get_operation="get_workflow_action",
    columns=(),
)
delete_action = delete_command(_WORDS, described()["delete_workflow_action"])
delete_action.name = "delete-action"
delete_action.help = "Delete actions that were not executed, by their ids."
