# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on workflow actions."""

from typing import Any

from torc_client.api.records import (
    ClaimActionRequest,
    ClaimActionResponse,
    CompleteActionRequest,
    CompleteActionResponse,
    MessageResponse,
    WorkflowActionModel,
)
from torc_client.operation import Operation, Operations

_CLAIM_ACTION = Operation("claim_action", "POST", "/workflows/{id}/actions/{action_id}/claim", ClaimActionResponse)
_COMPLETE_ACTION = Operation(
    "complete_action", "POST", "/workflows/{id}/actions/{action_id}/complete", CompleteActionResponse
)
_CREATE_WORKFLOW_ACTION = Operation("create_workflow_action", "POST", "/workflows/{id}/actions", WorkflowActionModel)
_DELETE_ACTION = Operation("delete_action", "DELETE", "/workflow_actions/{id}", WorkflowActionModel)
_DELETE_WORKFLOW_ACTION = Operation(
    "delete_workflow_action", "DELETE", "/workflows/{id}/actions/{action_id}", MessageResponse
)
_GET_ACTION = Operation("get_action", "GET", "/workflow_actions/{id}", WorkflowActionModel)
_GET_PENDING_ACTIONS = Operation(
    "get_pending_actions", "GET", "/workflows/{id}/actions/pending", list[WorkflowActionModel]
)
_GET_WORKFLOW_ACTIONS = Operation("get_workflow_actions", "GET", "/workflows/{id}/actions", list[WorkflowActionModel])
_UPDATE_ACTION = Operation("update_action", "PUT", "/workflow_actions/{id}", WorkflowActionModel)
_UPDATE_WORKFLOW_ACTION = Operation(
    "update_workflow_action", "PUT", "/workflows/{id}/actions/{action_id}", WorkflowActionModel
)


class WorkflowActions(Operations):
    """Operations on workflow actions."""

    async def claim_action(self, id: int, action_id: int, body: ClaimActionRequest) -> ClaimActionResponse:
        """Claim an action in order to run it.

        Every worker can claim a persistent action. Any other action is claimed once.

        `id`: The workflow.
        `action_id`: The action.
        """
        return await self._call(_CLAIM_ACTION, path={"id": id, "action_id": action_id}, body=body)

    async def complete_action(self, id: int, action_id: int, body: CompleteActionRequest) -> CompleteActionResponse:
        """Report the end of an action that was claimed with `reports_end`, with any outcome.

        A repeated report changes nothing and gets the same answer.

        `id`: The workflow.
        `action_id`: The action.
        """
        return await self._call(_COMPLETE_ACTION, path={"id": id, "action_id": action_id}, body=body)

    async def create_workflow_action(self, id: int, body: WorkflowActionModel) -> WorkflowActionModel:
        """Create an action of a workflow.

        Jobs that are ready or that ran count for `on_jobs_ready` at once. Other earlier events do not count for its trigger. The initialization of the jobs counts their current statuses.

        `id`: The workflow.
        """
        return await self._call(_CREATE_WORKFLOW_ACTION, path={"id": id}, body=body)

    async def delete_action(self, id: int) -> WorkflowActionModel:
        """Delete an action, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_ACTION, path={"id": id})

    async def delete_workflow_action(self, id: int, action_id: int) -> MessageResponse:
        """Delete an action, also one that was carried out.

        The operation of Torc 1.0. `DELETE /workflow_actions/{id}` refuses an action that was carried out.

        `id`: The workflow.
        `action_id`: The action.
        """
        return await self._call(_DELETE_WORKFLOW_ACTION, path={"id": id, "action_id": action_id})

    async def get_action(self, id: int) -> WorkflowActionModel:
        """Get an action.

        `id`: The id of the record.
        """
        return await self._call(_GET_ACTION, path={"id": id})

    async def get_pending_actions(self, id: int, *, trigger_type: list[str] | None = None) -> list[WorkflowActionModel]:
        """List the actions whose trigger has occurred and that can be claimed.

        `id`: The workflow.
        `trigger_type`: Only actions with this trigger. Can be repeated.
        """
        return await self._call(_GET_PENDING_ACTIONS, path={"id": id}, query={"trigger_type": trigger_type})

    async def get_workflow_actions(self, id: int) -> list[WorkflowActionModel]:
        """List the actions of a workflow.

        `id`: The workflow.
        """
        return await self._call(_GET_WORKFLOW_ACTIONS, path={"id": id})

    async def update_action(self, id: int, body: WorkflowActionModel) -> WorkflowActionModel:
        """Change an action.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_ACTION, path={"id": id}, body=body)

    async def update_workflow_action(self, id: int, action_id: int, body: Any) -> WorkflowActionModel:
        """Merge members into the configuration of an action, also of one that was carried out.

        The operation of Torc 1.0. `PUT /workflow_actions/{id}` changes an action as other records are changed.

        `id`: The workflow.
        `action_id`: The action.
        """
        return await self._call(_UPDATE_WORKFLOW_ACTION, path={"id": id, "action_id": action_id}, body=body)
