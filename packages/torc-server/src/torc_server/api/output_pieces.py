"""The body with which a runner answers a request for output."""

from typing import Annotated

from torc_server.resources.fields import Boolean, Integer, Text, Word
from torc_server.resources.typed_bodies import TypedBody

PIECE_MOST_BYTES = 512 * 1024
# Base64 has four characters for three bytes.
CONTENT_LONGEST = PIECE_MOST_BYTES // 3 * 4 + 4
PROBLEMS = ("unknown", "not_kept", "unreadable")


class OutputPieceDelivery(TypedBody, kw_only=True, frozen=True):
    """A piece of output, or why there is none."""

    request_id: Annotated[str, Text("The id of the output request.", required=True, longest=64)]
    problem: Annotated[str | None, Word("Why there is no output.", component="OutputProblem", words=PROBLEMS)] = None
    run_id: Annotated[int | None, Integer("The run of the workflow.")] = None
    is_both: Annotated[bool | None, Boolean("Whether one file has both streams.")] = None
    path: Annotated[str | None, Text("The file.", longest=4096)] = None
    offset_bytes: Annotated[int | None, Integer("Offset of the piece in the file.")] = None
    size_bytes: Annotated[int | None, Integer("Size of the file.")] = None
    content: Annotated[str | None, Text("The piece, as base64.", longest=CONTENT_LONGEST)] = None
    is_over: Annotated[bool | None, Boolean("Whether the attempt has ended and no output follows.")] = None
