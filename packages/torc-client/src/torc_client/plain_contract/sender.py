"""Sends calls to a server that has the contract alone. Calls that it lacks are performed by those that it has."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from torc_client.action_triggers import WORKFLOW_TRIGGERS
from torc_client.answers import run_id_of
from torc_client.api import Subjects
from torc_client.api.records import (
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    ClaimWish,
    CompleteActionResponse,
    CreateJobsResponse,
    GiveUpResponse,
    HeartbeatResponse,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    VersionResponse,
    WorkflowModel,
    WorkflowStatusModel,
)
from torc_client.errors import UnexpectedResponseError
from torc_client.operation import Answer, Operation, Sender
from torc_client.plain_contract import reports, runs
from torc_client.plain_contract.capabilities import MissingCapabilityError, missing_for, sent_parameters
from torc_client.plain_contract.claims import Claim, Claims
from torc_client.plain_contract.records import answered, sent

_Perform = Callable[["PlainContract", Mapping[str, Any], Mapping[str, Any], Any], Awaitable[Any]]

_WORKFLOW_ANSWERS = frozenset({"cancel_workflow", "reset_workflow_status"})
"""The operations that answer the workflow, not the status record of 0.12."""

ADDED_MEMBERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"get_workflow_status": {"runtime_blocked_ready_jobs": 0}}
)
"""The members that answers must have, and that servers before 1.0 do not answer."""


class PlainContract:
    """Sends calls over another sender, to a server without the extensions of this project."""

    def __init__(self, sender: Sender, url: str, server: VersionResponse) -> None:
        self._translated = _Translated(sender)
        self._url = url
        self._server = server
        self.contract = Subjects(self._translated)
        self.claims = Claims(self.contract)

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform the operation. Raises MissingCapabilityError if the server cannot, or another TorcError."""
        for what in missing_for(self._server, operation.id, query, body):
            raise MissingCapabilityError(self._url, self._server, what)
        perform = EMULATIONS.get(operation.id)
        if perform is None:
            return await self._translated.send(operation, path, query, body)
        answer: Answer = await perform(self, path, query, body)
        return answer


class _Translated:
    """Sends calls that the server has, with the members and parameters that it knows."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        query, body = sent_parameters(operation.id, query), sent(body)
        if operation.id in _WORKFLOW_ANSWERS:
            workflow = await self._sender.send(_with_answer(operation, WorkflowModel), path, query, body)
            answer: Answer = _status_record(workflow)
        elif operation.id in ADDED_MEMBERS:
            members = await self._sender.send(_with_answer(operation, dict[str, Any]), path, query, body)
            try:
                answer = msgspec.convert({**ADDED_MEMBERS[operation.id], **members}, operation.answer)
            except msgspec.ValidationError as error:
                raise UnexpectedResponseError(f"The answer to {operation.id} cannot be decoded: {error}.") from error
        else:
            answer = answered(await self._sender.send(operation, path, query, body))
        return answer


def _with_answer(operation: Operation[Any], answer: type[Answer]) -> Operation[Answer]:
    return Operation(operation.id, operation.method, operation.path, answer)


def _status_record(workflow: WorkflowModel) -> Any:
    return WorkflowStatusModel(
        id=workflow.id,
        is_archived=workflow.is_archived,
        is_canceled=bool(workflow.is_canceled),
        run_id=run_id_of(workflow),
    )


async def _claim_next(plain: PlainContract, path: Mapping[str, Any], query: Mapping[str, Any], _: Any) -> Any:
    limit, labels = query.get("limit"), query.get("labels")
    if "claim_key" not in query:
        return await plain.contract.workflows.claim_next_jobs(path["id"], limit=limit, labels=labels)
    claim = _claim_of(path["id"], query, limit=limit or 1, labels=labels, offer=None)
    return ClaimNextJobsResponse(jobs=await plain.claims.claim(claim))


async def _claim_by_resources(
    plain: PlainContract, path: Mapping[str, Any], query: Mapping[str, Any], body: Any
) -> Any:
    if "claim_key" not in query:
        return await plain.contract.workflows.claim_jobs_based_on_resources(path["id"], path["limit"], body)
    claim = _claim_of(path["id"], query, limit=path["limit"], labels=None, offer=body)
    return ClaimJobsBasedOnResources(jobs=await plain.claims.claim(claim))


def _claim_of(workflow_id: int, query: Mapping[str, Any], **more: Any) -> Claim:
    return Claim(
        workflow_id=workflow_id,
        run_id=query["run_id"],
        compute_node_id=query["compute_node_id"],
        key=query["claim_key"],
        **more,
    )


async def _complete_action(_plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    """Report nothing: the server takes the claim of an action for its end."""
    return CompleteActionResponse(action_id=path["action_id"])


async def _create_jobs(plain: PlainContract, _path: Mapping[str, Any], _query: Mapping[str, Any], body: Any) -> Any:
    return CreateJobsResponse(jobs=await runs.create_jobs(plain.contract, body))


async def _disable_jobs(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], body: Any) -> Any:
    return await runs.disable_jobs(plain.contract, path["id"], body)


async def _finish_creation(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    """Read the workflow: the server has no drafts."""
    return await plain.contract.workflows.get_workflow(path["id"])


async def _give_up(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    return GiveUpResponse(compute_node_id=path["id"], job_count=await reports.give_up(plain.contract, path["id"]))


async def _heartbeat(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    """Read the node: it has no lease, but it may have been deleted."""
    await plain.contract.compute_nodes.get_compute_node(path["id"])
    return HeartbeatResponse(compute_node_id=path["id"])


async def _initialize(plain: PlainContract, path: Mapping[str, Any], query: Mapping[str, Any], _: Any) -> Any:
    clear = query.get("clear_ephemeral_user_data")
    if query.get("only_uninitialized"):
        return await runs.initialize_added(plain.contract, path["id"], clear_ephemeral=clear)
    return await plain.contract.workflows.initialize_jobs(path["id"], clear_ephemeral_user_data=clear)


async def _is_complete(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    return await runs.is_complete(plain.contract, path["id"])


async def _report_and_claim(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], body: Any) -> Any:
    request: ReportAndClaimRequest = body
    workflow_id = path["id"]
    errors = await reports.report(plain.contract, workflow_id, request)
    state = await runs.is_complete(plain.contract, workflow_id)
    is_over = state.is_canceled or state.run_id not in {None, request.run_id}
    jobs = [] if request.claim is None or is_over else await plain.claims.claim(_wished(workflow_id, request))
    pending = await plain.contract.workflow_actions.get_pending_actions(
        workflow_id, trigger_type=list(WORKFLOW_TRIGGERS)
    )
    return ReportAndClaimResponse(
        errors=errors,
        jobs=jobs,
        is_complete=state.is_complete,
        is_canceled=state.is_canceled,
        has_pending_actions=bool(pending) or None,
        run_id=state.run_id,
    )


def _wished(workflow_id: int, request: ReportAndClaimRequest) -> Claim:
    wish = request.claim or ClaimWish(limit=0)
    return Claim(
        workflow_id=workflow_id,
        run_id=request.run_id,
        compute_node_id=request.compute_node_id,
        key=wish.claim_key or "",
        limit=wish.limit,
        labels=",".join(wish.labels) if wish.labels else None,
        offer=wish.offer,
    )


async def _restart_jobs(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], body: Any) -> Any:
    return await runs.restart_jobs(plain.contract, path["id"], body)


async def _start_run(plain: PlainContract, path: Mapping[str, Any], query: Mapping[str, Any], body: Any) -> Any:
    return await runs.start_run(
        plain.contract,
        path["id"],
        body,
        only_if_uninitialized=bool(query.get("only_if_uninitialized")),
        force=bool(query.get("force")),
    )


async def _status(plain: PlainContract, path: Mapping[str, Any], _query: Mapping[str, Any], _: Any) -> Any:
    return await runs.status_of(plain.contract, path["id"])


EMULATIONS: Mapping[str, _Perform] = MappingProxyType(
    {
        "claim_jobs_based_on_resources": _claim_by_resources,
        "claim_next_jobs": _claim_next,
        "complete_action": _complete_action,
        "create_jobs": _create_jobs,
        "disable_jobs": _disable_jobs,
        "finish_creation": _finish_creation,
        "get_workflow_status": _status,
        "give_up_compute_node": _give_up,
        "heartbeat_compute_node": _heartbeat,
        "initialize_jobs": _initialize,
        "is_workflow_complete": _is_complete,
        "report_and_claim": _report_and_claim,
        "restart_jobs": _restart_jobs,
        "start_run": _start_run,
    }
)
"""The operations that are performed by calls of the contract."""
