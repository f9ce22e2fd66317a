"""Record a submission before the batch system is called, and store its answer."""

import secrets
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Raw

from torc_server.api.access import through
from torc_server.api.generic import operations_of, view_for
from torc_server.api.of_one import ANY_MAY_FAIL, of_workflow
from torc_server.api.operation import Answer, Call, Effect, Operation, operation
from torc_server.api.tokens import issue_for
from torc_server.engine import submissions
from torc_server.engine.access.tokens import note_end_of_allocations
from torc_server.engine.ids import ActionId, SubmissionId
from torc_server.engine.submissions import MOST_ALLOCATIONS, RequestedAllocations
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Text, Timestamp
from torc_server.resources.references import REFERENCES, require_own
from torc_server.resources.scheduled_compute_node import SCHEDULED_COMPUTE_NODE
from torc_server.resources.submission import SUBMISSION, SubmissionModel
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

TAG = "submissions"
SUBMISSION_ID = {"id": Integer("The submission.", required=True)}
LONGEST_FOLDER = 4096
LONGEST_REASON = 10_000
LONGEST_NAME = 256


class SubmissionRequest(TypedBody, kw_only=True, frozen=True):
    """The allocations that a client is going to request from a batch system."""

    scheduler_config_id: Annotated[int, Integer("Id of the scheduler configuration.", required=True)]
    num_allocations: Annotated[int, Integer(f"Number of allocations, at most {MOST_ALLOCATIONS}.", required=True)]
    folder: Annotated[str, Text("Folder of the output: an absolute path.", required=True, longest=LONGEST_FOLDER)]
    scheduler_type: Annotated[str, Text("Type of the scheduler, such as `slurm`.", nullable=False, default="slurm")] = (
        "slurm"
    )
    cluster: Annotated[
        str | None,
        Text("Name of the cluster, so that it is not taken for one with the same ids.", longest=LONGEST_NAME),
    ] = None
    action_id: Annotated[int | None, Integer("The action that requests the allocations. It is claimed.")] = None
    token_lifetime_seconds: Annotated[
        int | None, Integer("Time until the token of the submission expires. Default: 90 days.", at_least=1)
    ] = None


class CreatedSubmissionModel(SubmissionModel):
    """A new submission, and the token for its runners."""

    token = Text(
        "The token of the submission. No other answer has it. Null if the server has no authentication.",
        nullable=True,
        required=True,
    )
    token_expires_at = Timestamp("Time at which the token expires.", nullable=True, required=True)


class AcceptSubmissionRequest(TypedBody, kw_only=True, frozen=True):
    """The id that the batch system gave to a submission."""

    scheduler_id: Annotated[int, Integer("Id in the batch system, such as the Slurm job id.", required=True)]
    is_array: Annotated[
        bool,
        Boolean("Whether this is the id of a job array, of which each allocation is a task.", required=True),
    ]


class RejectSubmissionRequest(TypedBody, kw_only=True, frozen=True):
    """Why the batch system refused a submission."""

    reason: Annotated[str, Text("The words of the batch system.", required=True, longest=LONGEST_REASON)]


@of_workflow(
    "create_submission",
    "POST",
    "submissions",
    tag=TAG,
    answer=CreatedSubmissionModel,
    body=record_of(SubmissionRequest),
    errors=(409, 422),
    extension=True,
)
def create_submission(tx: Transaction, call: Call) -> dict[str, Any]:
    """Record a submission before the batch system is called.

    In one step: claims the action, if there is one (409 if it is claimed or not pending), records the submission and
    its allocations as scheduled compute nodes with the status `submitting`, and issues a token for the runners.
    """
    body: SubmissionRequest = call.body
    for member, value in (("scheduler_config_id", body.scheduler_config_id), ("action_id", body.action_id)):
        reference = REFERENCES.get(f"SubmissionRequest.{member}") or REFERENCES[member]
        require_own(tx, call.workflow_id, reference, [] if value is None else [value], member=member)
    submission_id = submissions.record_submission(
        tx,
        call.workflow_id,
        RequestedAllocations(
            body.scheduler_config_id, body.scheduler_type, body.num_allocations, body.folder, body.cluster
        ),
        mark=f"torc-{secrets.token_hex(8)}",
        action_id=None if body.action_id is None else ActionId(body.action_id),
        now=call.now,
    )
    issued = issue_for(call, tx, body.token_lifetime_seconds, submission_id=submission_id)
    stored = records.one(tx, SUBMISSION, submission_id, view_for(call))
    return {
        **msgspec.json.decode(stored),
        "token": None if issued is None else issued.text,
        "token_expires_at": None if issued is None else issued.expires_at,
    }


@operation(
    "accept_submission",
    "POST",
    "/submissions/{id}/accept",
    tag=TAG,
    effect=Effect.WRITE,
    guard=through(SUBMISSION),
    answer=SubmissionModel,
    body=record_of(AcceptSubmissionRequest),
    path_fields=SUBMISSION_ID,
    errors=(*ANY_MAY_FAIL, 409, 422),
    extension=True,
)
def accept_submission(tx: Transaction, call: Call) -> Raw:
    """Store the id that the batch system gave to a submission.

    Its allocations become pending. In a job array each is a task, numbered from 1. A repeated call changes nothing.
    """
    submission_id = SubmissionId(call.path["id"])
    body: AcceptSubmissionRequest = call.body
    submissions.accept(tx, submission_id, body.scheduler_id, is_array=body.is_array)
    return records.one(tx, SUBMISSION, submission_id, view_for(call))


@operation(
    "reject_submission",
    "POST",
    "/submissions/{id}/reject",
    tag=TAG,
    effect=Effect.WRITE,
    guard=through(SUBMISSION),
    answer=SubmissionModel,
    body=record_of(RejectSubmissionRequest),
    path_fields=SUBMISSION_ID,
    errors=(*ANY_MAY_FAIL, 409, 422),
    extension=True,
)
def reject_submission(tx: Transaction, call: Call) -> Raw:
    """Undo a submission that the batch system refused, and store the reason as an event.

    Its allocations and its token are deleted, and its action can be claimed again. A repeated call changes nothing; an
    accepted submission is not rejected (409).
    """
    submission_id = SubmissionId(call.path["id"])
    body: RejectSubmissionRequest = call.body
    submissions.reject(tx, submission_id, body.reason, user=call.identity.name, now=call.now)
    return records.one(tx, SUBMISSION, submission_id, view_for(call))


def _with_end(generic: Operation) -> Operation:
    """Also note when the last allocation of a submission ends: its token ends soon after.

    A token may only change the state of an allocation.
    """

    def run(tx: Transaction, call: Call) -> Answer:
        if call.identity.token is not None:
            submissions.require_same_allocation(tx, call.path["id"], call.body)
        answer = generic.run(tx, call)
        note_end_of_allocations(tx, call.path["id"], now=call.now)
        return answer

    return replace(generic, run=run)


update_scheduled_compute_node = _with_end(
    next(each for each in operations_of(SCHEDULED_COMPUTE_NODE) if each.id == "update_scheduled_compute_node")
)
SUBMISSION_OPERATIONS = (create_submission, accept_submission, reject_submission, update_scheduled_compute_node)
