"""Workflow actions: what runners do once something has happened often enough."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine import actions
from torc_server.engine.ids import ActionId, WorkflowId
from torc_server.resources.fields import Boolean, Integer, Record, Text, Timestamp
from torc_server.resources.json_fields import AnyJson, Many
from torc_server.resources.resource import Body, Generic, Names, Resource
from torc_server.store.transaction import Transaction


class WorkflowActionModel(Record):
    """What runners do once something has happened often enough."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow; the path names it.", required=True, fixed=True)
    trigger_type = Text(
        "What is counted: on_workflow_start, on_workflow_complete, on_jobs_ready, on_jobs_complete, on_worker_start or "
        "on_worker_complete.",
        required=True,
        fixed=True,
    )
    action_type = Text("What is done: run_commands or schedule_nodes.", required=True, fixed=True)
    action_config = AnyJson("How it is done, by its type: a JSON object.", required=True, nullable=True)
    job_ids = Many(Integer(), "The jobs that a trigger of jobs counts. Without them it counts none.", fixed=True)
    trigger_count = Integer("How often it happened.", nullable=False, read_only=True, default=0)
    required_triggers = Integer(
        "How often it must happen: once, or for each of the jobs.", nullable=False, read_only=True, default=1
    )
    executed = Boolean("Whether somebody claimed it for good.", nullable=False, read_only=True, default=False)
    executed_at = Timestamp("When it was last claimed.", read_only=True)
    executed_by = Integer("The compute node that claimed it for good.", read_only=True)
    persistent = Boolean("Whether every worker may claim it.", nullable=False, default=False)
    is_recovery = Boolean("Whether it goes when jobs are initialized again.", nullable=False, fixed=True, default=False)


def prepare_new_actions(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Judge them, and say how often their triggers must happen."""
    del now
    for body in bodies:
        actions.require_config(body["action_type"], body.get("action_config"))
        actions.require_jobs(tx, WorkflowId(body["workflow_id"]), body.get("job_ids", ()))
    return [
        {**body, "required_triggers": actions.required_triggers(body["trigger_type"], body.get("job_ids"))}
        for body in bodies
    ]


def follow_jobs_of_new(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Count what happens to their jobs."""
    for action_id, body in zip(ids, bodies, strict=True):
        actions.follow_jobs(tx, ActionId(action_id), body["trigger_type"], body.get("job_ids", ()))


def change_what_is_pending(tx: Transaction, stored: Body, sent: Body) -> Body:
    """Change how an action is done that nobody has done yet; members of its configuration that are left out stay."""
    del tx
    actions.require_open(stored)
    if sent.get("action_config") is None:
        return sent
    return {**sent, "action_config": actions.changed_config(stored, sent["action_config"])}


def require_pending(tx: Transaction, stored: Body) -> None:
    """Delete no action that somebody has carried out."""
    del tx
    actions.require_open(stored)


WORKFLOW_ACTION = Resource(
    table="workflow_action",
    path="workflow_actions",
    names=Names.regular("workflow_action", "workflow_actions"),
    schema=WorkflowActionModel,
    noun="action",
    # Those of the contract, none of which is plain, are in api/actions.py.
    operations=Generic.GET | Generic.UPDATE | Generic.DELETE,
    extension=True,
    prepare_new=prepare_new_actions,
    attach_new=follow_jobs_of_new,
    prepare_change=change_what_is_pending,
    before_delete=require_pending,
)
