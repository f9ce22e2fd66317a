"""Create, list and claim actions of a workflow."""

from typing import Annotated, Any

from msgspec import Raw

from torc_server.api.answers import MessageResponse
from torc_server.api.generic import view_for
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, Parameter
from torc_server.engine import actions
from torc_server.engine.ids import ActionId, NodeId
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.generation import Generation
from torc_server.resources.json_fields import AnyJson, Many, Part
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.resources.workflow_action import WORKFLOW_ACTION, WorkflowActionModel, require_scheduler
from torc_server.store.transaction import Transaction

TAG = "workflow_actions"
ACTIONS = Many(Part(WorkflowActionModel), "The actions, oldest first.", required=True)


class ClaimActionRequest(TypedBody, kw_only=True, frozen=True):
    """The compute node that claims an action."""

    compute_node_id: Annotated[NodeId | None, Integer("The compute node that runs the action.")] = None
    reports_end: Annotated[
        bool,
        Boolean(
            "Whether the node calls `complete_action` at the end. If its lease expires before, another node can claim "
            "the action. Without it, or for a node without a lease, the action counts as carried out.",
            default=False,
            extension=True,
        ),
    ] = False


class CompleteActionRequest(TypedBody, kw_only=True, frozen=True):
    """The compute node that carried out an action."""

    compute_node_id: Annotated[NodeId, Integer("The compute node that claimed the action.", required=True)]


class CompleteActionResponse(Record):
    """An action that was carried out."""

    action_id = Integer("The action.", required=True)


class ClaimActionResponse(Record):
    """A claimed action, which the caller must run."""

    action_id = Integer("The action.", required=True)
    success = Boolean("Always true. A caller that is too late gets an error.", nullable=False, default=False)


@of_workflow(
    "create_workflow_action",
    "POST",
    "actions",
    tag=TAG,
    answer=WorkflowActionModel,
    body=WorkflowActionModel,
    errors=(422,),
)
def create_workflow_action(tx: Transaction, call: Call) -> Raw:
    """Create an action of a workflow.

    Jobs that are ready or that ran count for `on_jobs_ready` at once. Other earlier events do not count for its
    trigger. The initialization of the jobs counts their current statuses.
    """
    body = {**call.body, "workflow_id": call.path["id"]}
    (action_id,) = records.create(tx, WORKFLOW_ACTION, [body], call.now)
    return records.one(tx, WORKFLOW_ACTION, action_id, view_for(call))


@of_workflow("get_workflow_actions", "GET", "actions", tag=TAG, answer=ACTIONS)
def get_workflow_actions(tx: Transaction, call: Call) -> Raw:
    """List the actions of a workflow."""
    return records.many(tx, WORKFLOW_ACTION, actions.action_ids(tx, call.workflow_id), view_for(call))


@of_workflow(
    "get_pending_actions",
    "GET",
    "actions/pending",
    tag=TAG,
    answer=ACTIONS,
    query=(Parameter("trigger_type", Many(Text(required=True), "Only actions with this trigger. Can be repeated.")),),
)
def get_pending_actions(tx: Transaction, call: Call) -> Raw:
    """List the actions whose trigger has occurred and that can be claimed."""
    ids = actions.pending_action_ids(tx, call.workflow_id, call.query.get("trigger_type"))
    return records.many(tx, WORKFLOW_ACTION, ids, view_for(call))


@of_workflow(
    "claim_action",
    "POST",
    "actions/{action_id}/claim",
    tag=TAG,
    path_fields={"action_id": Integer("The action.", required=True)},
    answer=ClaimActionResponse,
    body=record_of(ClaimActionRequest),
    errors=(409, 422),
)
def claim_action(tx: Transaction, call: Call) -> dict[str, Any]:
    """Claim an action in order to run it.

    Every worker can claim a persistent action. Any other action is claimed once.
    """
    action_id = ActionId(call.path["action_id"])
    body: ClaimActionRequest = call.body
    actions.claim_action(
        tx, call.workflow_id, action_id, body.compute_node_id, now=call.now, reports_end=body.reports_end
    )
    if call.generation is Generation.V100:
        # COMPAT 1.0: its Rust client takes `claimed` and `success` for one member, and refuses both together.
        return {"action_id": action_id, "claimed": True}
    # COMPAT 0.12: its clients read `claimed`. Remove it when no client of 0.12 is left.
    return {"action_id": action_id, "success": True, "claimed": True}


@of_workflow(
    "complete_action",
    "POST",
    "actions/{action_id}/complete",
    tag=TAG,
    path_fields={"action_id": Integer("The action.", required=True)},
    answer=CompleteActionResponse,
    body=record_of(CompleteActionRequest),
    errors=(409,),
    extension=True,
)
def complete_action(tx: Transaction, call: Call) -> dict[str, Any]:
    """Report the end of an action that was claimed with `reports_end`, with any outcome.

    A repeated report changes nothing and gets the same answer.
    """
    action_id = ActionId(call.path["action_id"])
    body: CompleteActionRequest = call.body
    actions.complete_action(tx, call.workflow_id, action_id, body.compute_node_id)
    return {"action_id": action_id}


@of_workflow(
    "update_workflow_action",
    "PUT",
    "actions/{action_id}",
    tag=TAG,
    path_fields={"action_id": Integer("The action.", required=True)},
    answer=WorkflowActionModel,
    body=AnyJson("Members of `action_config`: a JSON object.", required=True),
    errors=(422,),
    extension=True,
)
def update_workflow_action(tx: Transaction, call: Call) -> Raw:
    """Merge members into the configuration of an action, also of one that was carried out.

    The operation of Torc 1.0. `PUT /workflow_actions/{id}` changes an action as other records are changed.
    """
    action_id = ActionId(call.path["action_id"])
    config = actions.merge_config(tx, call.workflow_id, action_id, call.body)
    require_scheduler(tx, call.workflow_id, config)
    return records.one(tx, WORKFLOW_ACTION, action_id, view_for(call))


@of_workflow(
    "delete_workflow_action",
    "DELETE",
    "actions/{action_id}",
    tag=TAG,
    path_fields={"action_id": Integer("The action.", required=True)},
    answer=MessageResponse,
    extension=True,
)
def delete_workflow_action(tx: Transaction, call: Call) -> dict[str, Any]:
    """Delete an action, also one that was carried out.

    The operation of Torc 1.0. `DELETE /workflow_actions/{id}` refuses an action that was carried out.
    """
    action_id = ActionId(call.path["action_id"])
    actions.delete_action(tx, call.workflow_id, action_id)
    return {"message": f"Deleted action {action_id}"}


ACTION_OPERATIONS = (
    create_workflow_action,
    get_workflow_actions,
    get_pending_actions,
    claim_action,
    complete_action,
    update_workflow_action,
    delete_workflow_action,
)
