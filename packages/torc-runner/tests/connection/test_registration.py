"""The registration of a node whose first answer was lost."""

import pytest

from torc_client.api.records import ComputeNodeModel
from torc_client.client import TorcClient
from torc_client.errors import ServerUnreachableError
from torc_client.testing import BREAK_OFF
from torc_runner.connection.registration import Registration

RECORD = ComputeNodeModel(
    workflow_id=7,
    hostname="host",
    pid=1,
    start_time="2026-01-01T12:00:00Z",
    num_cpus=1,
    memory_gb=1.0,
    num_gpus=0,
    num_nodes=1,
    is_active=True,
    compute_node_type="local",
    host_identity='{"runner_id": "mine"}',
)


def node(number: int, identity: str) -> dict[str, object]:
    return {
        "id": number,
        "workflow_id": 7,
        "hostname": "host",
        "pid": 1,
        "start_time": "2026-01-01T12:00:00Z",
        "num_cpus": 1,
        "memory_gb": 1.0,
        "num_gpus": 0,
        "num_nodes": 1,
        "is_active": True,
        "compute_node_type": "local",
        "host_identity": identity,
    }


async def test_a_node_whose_registration_was_not_answered_is_signed_off(server):
    mine, other = node(4, '{"runner_id": "mine"}'), node(5, '{"runner_id": "other"}')
    server.script("create_compute_node", [BREAK_OFF, {**mine, "id": 6}])
    page = {"items": [mine, other], "count": 2, "total_count": 2, "offset": 0, "max_limit": 1000, "has_more": False}
    server.answer("list_compute_nodes", page)
    server.answer("give_up_compute_node", {"compute_node_id": 4, "job_count": 0})
    async with TorcClient(server.url) as client:
        registration = Registration(client, RECORD)
        with pytest.raises(ServerUnreachableError):
            await registration.register()
        assert await registration.register() == 6
    assert [call.path for call in server.calls_of("give_up_compute_node")] == [{"id": 4}]
