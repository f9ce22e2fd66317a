"""Scheduled compute nodes: allocations that were requested from a scheduler."""

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError

from torc_server.engine import events
from torc_server.resources.fields import Integer, Line, Record, Text, Timestamp
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, equal
from torc_server.store.transaction import Transaction

LONGEST_WORD = 64


class NumberAsText(Text):
    """A number that clients send as text. A text that is not a number means 0."""

    def kept(self, value: Any) -> Any:
        """Convert the text to a number."""
        try:
            return Integer().from_text(value)
        except ValidationError:
            return 0


class ScheduledComputeNodesModel(Record):
    """An allocation that was requested from a scheduler."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    scheduler_id = Integer(
        "Id of the allocation in the scheduler, such as the Slurm job id. 0 while it is submitted.", required=True
    )
    scheduler_config_id = Integer("Id of the scheduler configuration.", required=True)
    scheduler_type = Line("Type of the scheduler, such as `slurm`.", required=True, longest=LONGEST_WORD)
    status = Line(
        "Status of the allocation: submitting, pending, active, complete, canceled or failed.",
        required=True,
        longest=LONGEST_WORD,
    )
    submission_id = Integer("Id of the submission that requested the allocation.", read_only=True, extension=True)
    task = Integer("Number of the allocation in its job array, beginning with 1.", extension=True)
    folder = Text("Folder of the output of the allocation: an absolute path.", extension=True)
    reason = Text(
        "Why the batch system lets the allocation wait, or why it ended. An empty text removes it.",
        null="emptied",
        extension=True,
    )
    starts_at = Timestamp(
        "When the batch system expects the allocation to start, RFC 3339. An empty text removes it.",
        null="emptied",
        extension=True,
    )


def emit_allocations(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Store and emit the requests for allocations."""
    for record_id, body in zip(ids, bodies, strict=True):
        events.announce_scheduler_node_created(tx, record_id, body)


SCHEDULED_COMPUTE_NODE = Resource(
    table="scheduled_compute_node",
    path="scheduled_compute_nodes",
    names=Names.regular("scheduled_compute_node", "scheduled_compute_nodes"),
    schema=ScheduledComputeNodesModel,
    noun="scheduled compute node",
    operations=Generic.PLAIN,
    filters=(
        Filter(
            "scheduler_id",
            NumberAsText("Only the allocation with this id in the scheduler."),
            "scheduler_id = :scheduler_id",
        ),
        Filter(
            "scheduler_config_id",
            NumberAsText("Only allocations of this scheduler configuration."),
            "scheduler_config_id = :scheduler_config_id",
        ),
        equal("status", Text("Only allocations with this status.")),
        Filter(
            "submission_id",
            Integer("Only allocations of this submission."),
            "submission_id = :submission_id",
            extension=True,
        ),
    ),
    attach_new=emit_allocations,
)
