"""Output of jobs. The server requests it from runners, passes it on and stores nothing."""

from collections.abc import Mapping
from typing import Any

from torc_server.api.access import through
from torc_server.api.extensions import WAIT_SECONDS
from torc_server.api.of_one import ANY_MAY_FAIL, JOB_ID
from torc_server.api.operation import Call, Parameter, Relay, Relayed, relay_operation
from torc_server.api.output_pieces import PIECE_MOST_BYTES, OutputPieceDelivery
from torc_server.engine.errors import Conflict, NotFound
from torc_server.engine.ids import AttemptId, JobId, NodeId
from torc_server.engine.output import OutputOwner, output_owner
from torc_server.resources.compute_node import COMPUTE_NODE
from torc_server.resources.fields import Boolean, Integer, Number, Record, Text, Word
from torc_server.resources.job import JOB
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.typed_bodies import record_of
from torc_server.store.transaction import Transaction

PIECE_USUAL_BYTES = 128 * 1024
STREAMS = ("stdout", "stderr")
STREAM = Word("The output stream.", component="OutputStream", words=STREAMS, nullable=False, default="stdout")


class JobOutputPiece(Record):
    """A piece of the output of an attempt."""

    job_id = Integer("The job.", required=True)
    run_id = Integer("The run of the workflow.", required=True)
    attempt_id = Integer("The attempt.", required=True)
    stream = Word("The requested stream.", component="OutputStream", words=STREAMS, required=True)
    is_both = Boolean("Whether one file contains both streams.", required=True)
    hostname = Text("The host that has the file.", required=True)
    path = Text("The path of the file.", required=True)
    offset_bytes = Integer("Offset of the piece in the file.", required=True)
    size_bytes = Integer("Size of the file.", required=True)
    content = Text("The piece, as base64.", required=True)
    is_over = Boolean("Whether the attempt has ended and no output follows.", required=True)


class OutputRequest(Record):
    """A request for a piece of output."""

    request_id = Text("The id of the request, which the answer repeats.", required=True)
    job_id = Integer("The job.", required=True)
    attempt_id = Integer("The attempt.", required=True)
    stream = Word("The output stream.", component="OutputStream", words=STREAMS, required=True)
    offset_bytes = Integer("Offset in the file. A negative offset counts from the end.", required=True)
    limit_bytes = Integer("Maximum size of the piece.", required=True)
    wait_seconds = Number("Maximum time to wait for output if there is none.", required=True)


class OutputRequestsResponse(Record):
    """The open requests for output of a node."""

    items = Many(Part(OutputRequest), "The requests.", required=True)


class OutputPieceReceipt(Record):
    """The result of a delivery."""

    was_awaited = Boolean("Whether the request was still open.", required=True)


@relay_operation(
    "get_job_output",
    "GET",
    "/jobs/{id}/output",
    tag="jobs",
    guard=through(JOB),
    path_fields={"id": JOB_ID},
    answer=JobOutputPiece,
    query=(
        Parameter("stream", STREAM),
        Parameter(
            "offset_bytes",
            Integer("Offset in the file. A negative offset counts from the end.", nullable=False, default=0),
        ),
        Parameter(
            "limit_bytes", Integer("Maximum size of the piece.", nullable=False, default=PIECE_USUAL_BYTES, at_least=1)
        ),
        Parameter("attempt_id", Integer("The attempt. The latest if absent.", nullable=False)),
        WAIT_SECONDS,
    ),
    errors=(*ANY_MAY_FAIL, 409),
    extension=True,
    routine=True,
)
def get_job_output(tx: Transaction, call: Call) -> Relayed:
    """Read a piece of the output of a job from the runner that has it.

    The runner must be active. With `wait_seconds`, the runner waits for output if there is none. The server stores no
    output. Status 409: the runner does not answer. Status 404: the runner has no such output.
    """
    query, job_id = call.query, JobId(call.path["id"])
    attempt_id = query.get("attempt_id")
    owner = output_owner(tx, job_id, None if attempt_id is None else AttemptId(attempt_id))
    if not owner.is_active:
        raise Conflict(
            f"The runner of compute node {owner.node_id}, which has the output of job {job_id}, has ended; "
            f"{_where(owner)}"
        )
    what = {
        "job_id": job_id,
        "attempt_id": owner.attempt_id,
        "stream": query["stream"],
        "offset_bytes": query["offset_bytes"],
        "limit_bytes": min(query["limit_bytes"], PIECE_MOST_BYTES),
        "wait_seconds": query.get(WAIT_SECONDS.name, 0.0),
    }

    async def perform(relay: Relay) -> dict[str, Any]:
        piece = await relay.ask(owner.node_id, what, what["wait_seconds"])
        return _answer(owner, what, piece)

    return Relayed(perform)


def _where(owner: OutputOwner) -> str:
    folder = f" in {owner.output_dir}" if owner.output_dir else ""
    return f"read the files on {owner.hostname}{folder}"


def _answer(owner: OutputOwner, what: Mapping[str, Any], piece: OutputPieceDelivery | None) -> dict[str, Any]:
    job = f"job {what['job_id']}"
    there = _where(owner)
    if piece is None:
        raise Conflict(
            f"The runner of compute node {owner.node_id}, which has the output of {job}, does not answer: it is "
            f"dead or too old; {there}"
        )
    if piece.problem == "unreadable" or (piece.content is None and piece.problem is None):
        raise Conflict(f"The runner cannot read the {what['stream']} of {job}: {there}")
    if piece.problem is not None:
        raise NotFound(
            f"The runner has no {what['stream']} of attempt {what['attempt_id']} of {job}: the workflow (stdio) "
            f"discards it, or the attempt ended too long ago; {there}"
        )
    return {
        "job_id": what["job_id"],
        "run_id": piece.run_id or 0,
        "attempt_id": what["attempt_id"],
        "stream": what["stream"],
        "is_both": bool(piece.is_both),
        "hostname": owner.hostname,
        "path": piece.path or "",
        "offset_bytes": piece.offset_bytes or 0,
        "size_bytes": piece.size_bytes or 0,
        "content": piece.content,
        "is_over": bool(piece.is_over),
    }


_NODE_PATH = {"id": Integer("The compute node.", required=True)}


@relay_operation(
    "list_output_requests",
    "GET",
    "/compute_nodes/{id}/output_requests",
    tag="compute_nodes",
    guard=through(COMPUTE_NODE),
    answer=OutputRequestsResponse,
    query=(WAIT_SECONDS,),
    path_fields=_NODE_PATH,
    errors=(400, 403, 404),
    extension=True,
    routine=True,
)
def list_output_requests(tx: Transaction, call: Call) -> Relayed:
    """Return the open requests for output of a node, for its runner. Each request is returned once."""
    del tx
    node_id, seconds = NodeId(call.path["id"]), call.query.get(WAIT_SECONDS.name, 0.0)

    async def perform(relay: Relay) -> dict[str, Any]:
        return {"items": await relay.listen(node_id, seconds)}

    return Relayed(perform)


@relay_operation(
    "deliver_output_piece",
    "POST",
    "/compute_nodes/{id}/output_pieces",
    tag="compute_nodes",
    guard=through(COMPUTE_NODE),
    answer=OutputPieceReceipt,
    body=record_of(OutputPieceDelivery),
    path_fields=_NODE_PATH,
    errors=(400, 403, 404),
    extension=True,
    routine=True,
)
def deliver_output_piece(tx: Transaction, call: Call) -> Relayed:
    """Answer a request for output. The piece is passed to the caller that waits for it, and is not stored."""
    del tx
    piece: OutputPieceDelivery = call.body

    async def perform(relay: Relay) -> dict[str, Any]:
        return {"was_awaited": relay.deliver(NodeId(call.path["id"]), piece)}

    return Relayed(perform)


OUTPUT_OPERATIONS = (get_job_output, list_output_requests, deliver_output_piece)
