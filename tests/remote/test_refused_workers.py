"""Workers that the server does not accept have failed, and the reason is that of the server."""

import asyncio

import pytest

from support.remote_hosts import REMOTE_HOSTS, RemoteHosts
from support.remote_workflow import RemoteWorkflow
from torc_client.remote.address import parse_worker
from torc_client.remote.agent.condition import Condition, WorkerFacts
from torc_client.remote.agent.operations import StatusRequest
from torc_client.remote.agent.start import StartRequest, StartResult
from torc_client.remote.calling import RemoteAgents

pytestmark = REMOTE_HOSTS


@pytest.fixture
def is_protected() -> bool:
    return True


def test_a_worker_without_credentials_is_refused(
    workflow: RemoteWorkflow, hosts: RemoteHosts, monkeypatch: pytest.MonkeyPatch
):
    host = hosts[0]
    workflow.create(["true"], hosts=[host])
    monkeypatch.setenv("PATH", hosts.path)
    agents, worker = RemoteAgents("db", workflow.id), parse_worker(host.destination)

    async def start(token: str | None) -> tuple[StartResult, WorkerFacts]:
        request = agents.request(StartRequest, worker, url=workflow.url, output_dir="out", token=token)
        result = await agents.result(worker, request, StartResult, seconds=60)
        return result, await agents.result(worker, agents.request(StatusRequest, worker), WorkerFacts)

    for token, reason in ((None, "The server refused ada"), ("torc_1_" + "x" * 43, "Token ")):
        result, facts = asyncio.run(start(token))
        assert (result.is_started, result.reason) == (False, "it ended with exit code 1")
        assert any(line.startswith("Error: ") and reason in line for line in result.lines), result.lines
        assert (facts.condition, facts.exit_code, facts.lines) == (Condition.DIED, 1, result.lines)
    assert workflow.nodes() == []
    # The token is removed with the worker.
    assert not [*(host.home / ".local/state/torc").rglob("token")]
