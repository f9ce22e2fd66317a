"""`torc workflows update-action` and `delete-action`: actions that nobody has carried out yet."""

from typing import Any

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.record_changes import delete_command
from torc_client.cli.framework.results import Record
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.document import described

_AT_LEAST_ONE = click.IntRange(min=1)


@command("update-action", short_help="Change what is to be done when a workflow gets somewhere.")
@click.argument("action_id", type=int)
@click.option("-n", "--num-allocations", type=_AT_LEAST_ONE, help="How many allocations are asked for.")
@click.option("--max-parallel-jobs", type=_AT_LEAST_ONE, help="How many jobs at once each of their runners starts.")
@click.option(
    "--start-one-worker-per-node/--no-start-one-worker-per-node",
    default=None,
    help="Whether each node of an allocation has a runner of its own.",
)
@click.option("--scheduler-id", type=int, help="The scheduler that is asked.")
@click.option("--scheduler-type", help="What kind of scheduler that is: local or slurm.")
@click.option("-c", "--command", "commands", multiple=True, help="What is run instead (repeat), for run_commands.")
@click.option("--config", type=JsonText(), metavar="JSON", help="The same as an object; null takes a member out.")
@click.option("--persistent/--no-persistent", default=None, help="Whether every runner does it.")
async def update_action(
    app: App, action_id: int, commands: tuple[str, ...], config: Any, persistent: bool | None, **members: Any
) -> Record:
    """Change an action that nobody has carried out yet. What is not given stays as it is.

    `torc workflows list-actions` shows the ids.
    """
    if config is not None and not isinstance(config, dict):
        raise click.UsageError('--config must be an object: {"num_allocations": 2}.')
    changes = {**(config or {}), **{name: value for name, value in members.items() if value is not None}}
    if commands:
        changes["commands"] = list(commands)
    if not changes and persistent is None:
        raise click.UsageError("Nothing to change: `torc workflows update-action --help` shows what can be given.")
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
delete_action.help = "Delete actions that nobody has carried out yet, by their ids."
