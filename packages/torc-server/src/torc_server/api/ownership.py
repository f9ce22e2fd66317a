"""Workflows and their owners: the creator owns a workflow, and system administrators can change the owner."""

from msgspec import Raw

from torc_server.api.access import authenticated, workflow_in_path
from torc_server.api.generic import ID, view_for
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.access import groups
from torc_server.engine.access.permissions import require_authenticated, require_handing_over
from torc_server.engine.ids import WorkflowId
from torc_server.resources import records
from torc_server.resources.generation import Generation
from torc_server.resources.workflow import WORKFLOW, WorkflowModel
from torc_server.store.transaction import Transaction


@operation(
    "create_workflow",
    "POST",
    "/workflows",
    tag="workflows",
    effect=Effect.WRITE,
    guard=authenticated,
    answer=WorkflowModel,
    body=WorkflowModel,
    errors=(400, 403, 422),
)
def create_workflow(tx: Transaction, call: Call) -> Raw:
    """Create a workflow that the access groups in `access_groups` can use.

    If the server enforces access, or if the caller sent a valid password, the workflow belongs to the caller, and
    `user` is ignored. The server can be started with keep-workflow-user: then a password alone does not change `user`.
    """
    owner = _owner(call)
    (workflow_id,) = records.create(tx, WORKFLOW, [{**call.body, **owner}], call.now)
    groups.link_by_names(tx, WorkflowId(workflow_id), call.body.get("access_groups", ()), now=call.now)
    return records.one(tx, WORKFLOW, workflow_id, view_for(call, relations=True))


def _owner(call: Call) -> dict[str, str]:
    if call.enforce_access:
        return {"user": require_authenticated(call.caller)}
    return {"user": call.identity.name} if call.identity.is_owner else {}


@operation(
    "update_workflow",
    "PUT",
    "/workflows/{id}",
    tag="workflows",
    effect=Effect.WRITE,
    guard=workflow_in_path,
    answer=WorkflowModel,
    body=WorkflowModel,
    path_fields=ID,
    errors=(400, 403, 404, 422),
)
def update_workflow(tx: Transaction, call: Call) -> Raw:
    """Change a workflow. If the server enforces access, only system administrators can change `user`.

    Absent and null members keep their value, unless their description says otherwise. `submission_directory` and
    `dynamic_jobs` cannot be changed, and the access groups are changed by operations of their own.
    """
    workflow_id = call.workflow_id
    require_handing_over(tx, call.caller, workflow_id, to=call.body["user"])
    body = call.body
    # COMPAT 0.12, 0.35: their programs send the whole workflow, also access groups that were changed since. Remove it
    # when none of them is left.
    if call.generation in {Generation.V012, Generation.V035}:
        body = {name: value for name, value in body.items() if name != "access_groups"}
    records.update(tx, WORKFLOW, workflow_id, body)
    return records.one(tx, WORKFLOW, workflow_id, view_for(call, relations=True))


OWNERSHIP = (create_workflow, update_workflow)
