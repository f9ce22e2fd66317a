"""What jobs print, asked of their runners through the server, which hands it on and keeps nothing."""

from collections.abc import Mapping
from typing import Any

from torc_server.api.access import through
from torc_server.api.extensions import WAIT_SECONDS
from torc_server.api.of_one import ANY_MAY_FAIL, JOB_ID
from torc_server.api.operation import Call, Parameter, Relay, Relayed, relay_operation
from torc_server.api.output_pieces import CONTENT_LONGEST, PIECE_MOST_BYTES, OutputPieceDelivery
from torc_server.engine.errors import Conflict, NotFound, RuleBroken
from torc_server.engine.ids import AttemptId, JobId, NodeId
from torc_server.engine.output import Holder, holder_of
from torc_server.resources.compute_node import COMPUTE_NODE
from torc_server.resources.fields import Boolean, Integer, Number, Record, Text, Word
from torc_server.resources.job import JOB
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.typed_bodies import record_of
from torc_server.store.transaction import Transaction

PIECE_USUAL_BYTES = 128 * 1024
STREAMS = ("stdout", "stderr")
STREAM = Word("Which stream.", component="OutputStream", words=STREAMS, nullable=False, default="stdout")


class JobOutputPiece(Record):
    """A piece of what an attempt of a job printed."""

    job_id = Integer("The job.", required=True)
    run_id = Integer("The run of the workflow.", required=True)
    attempt_id = Integer("Which attempt.", required=True)
    stream = Word("What was asked for.", component="OutputStream", words=STREAMS, required=True)
    is_both = Boolean("Whether one file has both streams.", required=True)
    hostname = Text("The host on which its runner keeps it.", required=True)
    path = Text("The file there.", required=True)
    offset_bytes = Integer("Where in the file the piece begins.", required=True)
    size_bytes = Integer("How long the file is.", required=True)
    content = Text("The piece, as base64.", required=True)
    is_over = Boolean("Whether the attempt has ended and nothing follows the piece.", required=True)


class OutputRequest(Record):
    """A piece of output that somebody wants to read."""

    request_id = Text("What the answer has to name.", required=True)
    job_id = Integer("The job.", required=True)
    attempt_id = Integer("Which attempt.", required=True)
    stream = Word("Which stream.", component="OutputStream", words=STREAMS, required=True)
    offset_bytes = Integer("Where to begin; from the end where negative.", required=True)
    limit_bytes = Integer("How much at most.", required=True)
    wait_seconds = Number("How long to wait for more where there is none.", required=True)


class OutputRequestsResponse(Record):
    """What is to be read, perhaps nothing."""

    items = Many(Part(OutputRequest), "The pieces that are wanted.", required=True)


class OutputPieceReceipt(Record):
    """What became of a piece."""

    was_awaited = Boolean("Whether somebody still waited for it.", required=True)


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
        Parameter("offset_bytes", Integer("Where to begin; from the end where negative.", nullable=False, default=0)),
        Parameter("limit_bytes", Integer("How much at most.", nullable=False, default=PIECE_USUAL_BYTES, at_least=1)),
        Parameter("attempt_id", Integer("Which attempt; the latest when absent.", nullable=False)),
        WAIT_SECONDS,
    ),
    errors=(*ANY_MAY_FAIL, 409),
    extension=True,
    routine=True,
)
def get_job_output(tx: Transaction, call: Call) -> Relayed:
    """Read a piece of what a job printed, or prints, from the runner that has it.

    Only a runner that is alive can be asked. With `wait_seconds`, it waits for more where there is none. The server
    keeps nothing of it. 409: nobody answers for the node; 404: the runner kept no such output.
    """
    query, job_id = call.query, JobId(call.path["id"])
    attempt_id = query.get("attempt_id")
    holder = holder_of(tx, job_id, None if attempt_id is None else AttemptId(attempt_id))
    what = {
        "job_id": job_id,
        "attempt_id": holder.attempt_id,
        "stream": query["stream"],
        "offset_bytes": query["offset_bytes"],
        "limit_bytes": min(query["limit_bytes"], PIECE_MOST_BYTES),
        "wait_seconds": query.get(WAIT_SECONDS.name, 0.0),
    }

    async def perform(relay: Relay) -> dict[str, Any]:
        piece = await relay.ask(holder.node_id, what, what["wait_seconds"])
        return _answer(holder, what, piece)

    return Relayed(perform)


def _answer(holder: Holder, what: Mapping[str, Any], piece: OutputPieceDelivery | None) -> dict[str, Any]:
    job = f"job {what['job_id']}"
    folder = f" in {holder.output_dir}" if holder.output_dir else ""
    there = f"read the files on {holder.hostname}{folder}"
    if piece is None:
        raise Conflict(
            f"No runner answers for compute node {holder.node_id}, which has the output of {job}: it has ended, or is "
            f"too old to be asked; {there}"
        )
    if piece.problem == "unreadable" or (piece.content is None and piece.problem is None):
        raise Conflict(f"The runner cannot read the {what['stream']} of {job}: {there}")
    if piece.problem is not None:
        raise NotFound(
            f"The runner has no {what['stream']} of attempt {what['attempt_id']} of {job}: its workflow may say that "
            f"it is not kept (stdio), or it was too long ago; {there}"
        )
    return {
        "job_id": what["job_id"],
        "run_id": piece.run_id or 0,
        "attempt_id": what["attempt_id"],
        "stream": what["stream"],
        "is_both": bool(piece.is_both),
        "hostname": holder.hostname,
        "path": piece.path or "",
        "offset_bytes": piece.offset_bytes or 0,
        "size_bytes": piece.size_bytes or 0,
        "content": piece.content,
        "is_over": bool(piece.is_over),
    }


_NODE_PATH = {"id": Integer("The node.", required=True)}


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
    """Tell a runner which output of its jobs somebody wants to read; each question is given once."""
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
    errors=(400, 403, 404, 422),
    extension=True,
    routine=True,
)
def deliver_output_piece(tx: Transaction, call: Call) -> Relayed:
    """Answer a question for output. It is handed to who asked, and not kept."""
    del tx
    piece: OutputPieceDelivery = call.body
    if piece.content is not None and len(piece.content) > CONTENT_LONGEST:
        raise RuleBroken(f"A piece of output has at most {PIECE_MOST_BYTES} bytes", field="content")

    async def perform(relay: Relay) -> dict[str, Any]:
        return {"was_awaited": relay.deliver(NodeId(call.path["id"]), piece)}

    return Relayed(perform)


OUTPUT_OPERATIONS = (get_job_output, list_output_requests, deliver_output_piece)
