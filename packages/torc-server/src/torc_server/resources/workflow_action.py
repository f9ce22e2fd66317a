"""Workflow actions: commands and allocations that runners start at a trigger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from torc_server.engine import action_rules, actions
from torc_server.engine.ids import ActionId, WorkflowId
from torc_server.resources.fields import Boolean, Integer, Record, Text, Timestamp
from torc_server.resources.json_fields import AnyJson, Many
from torc_server.resources.references import SCHEDULER, require_own
from torc_server.resources.resource import Body, Generic, Names, Resource
from torc_server.store.transaction import Transaction


class WorkflowActionModel(Record):
    """An action that a runner carries out when its trigger has occurred often enough."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow. The id in the path is used, not this one.", required=True, fixed=True)
    trigger_type = Text(
        "Trigger: on_workflow_start, on_workflow_complete, on_jobs_ready, on_jobs_complete, on_worker_start or "
        "on_worker_complete.",
        required=True,
        fixed=True,
    )
    action_type = Text("Type of the action: run_commands or schedule_nodes.", required=True, fixed=True)
    action_config = AnyJson(
        "Configuration of the action, depending on its type: a JSON object.", required=True, nullable=True
    )
    job_ids = Many(
        Integer(), "Ids of the jobs that a trigger of jobs counts. Without ids, it counts no jobs.", fixed=True
    )
    trigger_count = Integer("Number of times that the trigger occurred.", nullable=False, read_only=True, default=0)
    required_triggers = Integer(
        "Number of times that the trigger must occur: once, or once for each job.",
        nullable=False,
        read_only=True,
        default=1,
    )
    executed = Boolean(
        "Whether a compute node claimed the action and no other can.", nullable=False, read_only=True, default=False
    )
    executed_at = Timestamp("Time of the last claim.", read_only=True)
    executed_by = Integer("Id of the compute node that claimed the action.", read_only=True)
    persistent = Boolean("Whether every worker can claim the action.", nullable=False, default=False)
    is_recovery = Boolean(
        "Whether the action is deleted when jobs are initialized again.", nullable=False, fixed=True, default=False
    )


def prepare_new_actions(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Validate new actions and add the number of times that their triggers must occur."""
    del now
    for body in bodies:
        action_rules.require_config(body["action_type"], body.get("action_config"))
        require_scheduler(tx, body["workflow_id"], body.get("action_config"))
    return [
        {**body, "required_triggers": action_rules.required_triggers(body["trigger_type"], body.get("job_ids"))}
        for body in bodies
    ]


def count_from_now_of_new(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Register the jobs whose changes the triggers of new actions count."""
    for action_id, body in zip(ids, bodies, strict=True):
        actions.count_from_now(tx, ActionId(action_id), body["trigger_type"], body.get("job_ids", ()))


def change_what_is_pending(tx: Transaction, stored: Body, sent: Body) -> Body:
    """Change an action that was not carried out. Absent members of its configuration keep their value."""
    action_rules.require_open(stored)
    if sent.get("action_config") is None:
        return sent
    config = action_rules.changed_config(stored, sent["action_config"])
    require_scheduler(tx, stored["workflow_id"], config)
    return {**sent, "action_config": config}


def require_scheduler(tx: Transaction, workflow_id: int, config: Any) -> None:
    """Raise RuleBroken if the allocations of an action are of a scheduler of another workflow."""
    scheduler_id = config.get("scheduler_id") if isinstance(config, dict) else None
    if type(scheduler_id) is int:
        named = "action_config.scheduler_id"
        require_own(tx, WorkflowId(workflow_id), SCHEDULER, [scheduler_id], member=named)


def require_pending(tx: Transaction, stored: Body) -> None:
    """Raise an error if the action was carried out."""
    del tx
    action_rules.require_open(stored)


WORKFLOW_ACTION = Resource(
    table="workflow_action",
    path="workflow_actions",
    names=Names.regular("action", "workflow_actions"),
    schema=WorkflowActionModel,
    noun="action",
    # The other operations are not generic and are in api/actions.py.
    operations=Generic.GET | Generic.UPDATE | Generic.DELETE,
    extension=True,
    prepare_new=prepare_new_actions,
    attach_new=count_from_now_of_new,
    prepare_change=change_what_is_pending,
    before_delete=require_pending,
)
