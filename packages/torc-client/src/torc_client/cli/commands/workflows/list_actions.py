"""`torc workflows list-actions`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torc_client.api.records import WorkflowActionModel
from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing
from torc_client.text import timestamp


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its progress and its status."""

    id: int | None
    workflow_id: int
    trigger_type: str
    action_type: str
    trigger_count: int
    required_triggers: int
    progress: str
    status: str
    executed: bool
    executed_at: str | None
    executed_by: int | None
    is_recovery: bool
    persistent: bool
    job_ids: list[int]
    action_config: Any


def _ids(ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, ids[:5]))
    return f"{shown}, ... ({len(ids)})" if len(ids) > 5 else shown


_COLUMNS = (
    Column("ID", "id", right=True),
    Column("Trigger", "trigger_type"),
    Column("Action", "action_type"),
    Column("Progress", "progress", right=True),
    Column("Status", "status"),
    Column("Executed at", "executed_at", timestamp, whole=True),
    Column("Jobs", "job_ids", _ids),
)


@command("list-actions", short_help="List the actions of a workflow.")
@workflow_argument
async def list_actions(app: App, workflow_id: int | None) -> Listing:
    """List the actions of a workflow with their statuses: pending, ready or executed.

    Progress is the number of times that the trigger occurred, and the number that the action requires.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        items = [_action(record) for record in await client.workflow_actions.get_workflow_actions(workflow_id)]
    hint = "Actions are declared in the spec file."
    return Listing(items, _COLUMNS, "action", "actions", title, hint, shape=shapes.ACTIONS)


def _action(record: WorkflowActionModel) -> Action:
    # The server omits fields that have the defaults of its API document.
    count, required = record.trigger_count or 0, record.required_triggers or 1
    return Action(
        id=record.id,
        workflow_id=record.workflow_id,
        trigger_type=record.trigger_type,
        action_type=record.action_type,
        trigger_count=count,
        required_triggers=required,
        progress=f"{count}/{required}",
        status="executed" if record.executed else "ready" if count >= required else "pending",
        executed=bool(record.executed),
        executed_at=record.executed_at,
        executed_by=record.executed_by,
        is_recovery=bool(record.is_recovery),
        persistent=bool(record.persistent),
        job_ids=sorted(record.job_ids or []),
        action_config=record.action_config,
    )
