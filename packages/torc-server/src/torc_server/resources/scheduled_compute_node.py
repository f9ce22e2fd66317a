"""Scheduled compute nodes: allocations that were asked for."""

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError

from torc_server.engine import events
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, equal
from torc_server.store.transaction import Transaction


class NumberAsText(Text):
    """A number that clients write as a text; a text that is none counts as 0."""

    def kept(self, value: Any) -> Any:
        """Read the number."""
        try:
            return Integer().from_text(value)
        except ValidationError:
            return 0


class ScheduledComputeNodesModel(Record):
    """An allocation that was asked for."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it is for.", required=True, fixed=True)
    scheduler_id = Integer("The scheduler's own id for it, such as Slurm's job id.", required=True)
    scheduler_config_id = Integer("The scheduler configuration that it was asked for with.", required=True)
    scheduler_type = Text("The kind of scheduler, such as slurm.", required=True)
    status = Text("How it stands: pending, active or complete.", required=True)


def announce_allocations(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Tell that nodes were asked for."""
    for record_id, body in zip(ids, bodies, strict=True):
        events.scheduler_node_created(tx, record_id, body)


SCHEDULED_COMPUTE_NODE = Resource(
    table="scheduled_compute_node",
    path="scheduled_compute_nodes",
    names=Names.regular("scheduled_compute_node", "scheduled_compute_nodes"),
    schema=ScheduledComputeNodesModel,
    noun="scheduled compute node",
    operations=Generic.PLAIN,
    filters=(
        Filter("scheduler_id", NumberAsText("Only the one with this id."), "scheduler_id = :scheduler_id"),
        Filter(
            "scheduler_config_id",
            NumberAsText("Only those of this configuration."),
            "scheduler_config_id = :scheduler_config_id",
        ),
        equal("status", Text("Only those that stand like this.")),
    ),
    attach_new=announce_allocations,
)
