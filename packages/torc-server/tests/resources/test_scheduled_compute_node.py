"""New allocations are events of the workflow."""

from torc_server.engine.signals import Announcement, Severity
from torc_server.resources import records
from torc_server.resources.scheduled_compute_node import SCHEDULED_COMPUTE_NODE


def test_each_new_allocation_is_emitted(world):
    node = {"scheduler_id": 5, "scheduler_config_id": 2, "scheduler_type": "slurm", "status": "pending"}
    bodies = [{**node, "workflow_id": world.workflow_id}, {**node, "workflow_id": world.workflow_id, "scheduler_id": 6}]
    ids = records.create(world.tx, SCHEDULED_COMPUTE_NODE, bodies, world.clock.now)
    assert world.announced() == [
        Announcement(
            world.workflow_id,
            "scheduler_node_created",
            Severity.INFO,
            {**node, "category": "scheduler", "scheduled_compute_node_id": node_id, "scheduler_id": number},
        )
        for node_id, number in zip(ids, (5, 6), strict=True)
    ]
