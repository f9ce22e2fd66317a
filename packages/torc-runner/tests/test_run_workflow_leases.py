"""Workflow runs with a lost lease or a dead runner, with real processes and a fake server."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

import fake_workflow
from support import needs
from torc_client.api.enums import JobStatus
from torc_client.api.records import ExchangedCompletion, ResultModel
from torc_client.client import TorcClient
from torc_client.host_identity import this_host
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head, Kept, encode
from torc_client.retrying import RetryPolicy
from torc_client.testing import FakeServer
from torc_client.testing.fake_server import Refusal
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings


@pytest.fixture
async def run(server: FakeServer, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Return a function that runs the workflow of the fake server and returns the log."""
    async with TorcClient(server.url, retry_policy=RetryPolicy(seconds=0.1, first_pause_seconds=0.01)) as client:

        async def run_it(**settings):
            chosen = Settings(**{"output_dir": tmp_path / "out", "num_cpus": 4, "memory_gb": 4, **settings})
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
            (path,) = (tmp_path / "out").glob("job_runner_*_wf1_r3.log")
            return path.read_text()

        yield run_it


async def test_a_node_registers_its_lease_and_identity(serve, server, run):
    serve({})
    await run(lease_seconds=77.0)
    (call,) = server.calls_of("create_compute_node")
    assert call.body["lease_seconds"] == 77.0
    assert json.loads(call.body["host_identity"])["pid"] == this_host().pid


async def test_after_a_lost_lease_the_runner_registers_a_new_node(serve, server, run):
    claims = iter([Refusal(409, "Compute node 9 was given up")])
    heartbeats = iter([Refusal(409, "Compute node 9 was given up")])
    fake = serve({}, {})

    async def claim(call):
        return next(claims, None) or await fake.claim(call)

    server.answer("claim_jobs_based_on_resources", claim)
    server.answer("heartbeat_compute_node", lambda _: next(heartbeats, {"compute_node_id": 9, "lease_seconds": 300}))
    log = await run()
    assert "Lease lost" in log
    assert len(server.calls_of("create_compute_node")) == 2
    assert len(server.calls_of("give_up_compute_node")) == 1
    assert sorted(fake.results) == [1, 2]


async def test_ends_are_reported_after_a_lost_lease(serve, server, run):
    """The server judges each end by its attempt."""
    fake = serve({})
    exchanges = []

    async def exchange(call):
        is_first_end = call.body["completions"] and not any(each["completions"] for each in exchanges)
        exchanges.append(call.body)
        return Refusal(409, "Compute node 9 was given up") if is_first_end else await fake.exchange(call)

    heartbeats = iter([Refusal(409, "Compute node 9 was given up")])
    server.answer("report_and_claim", exchange)
    server.answer("heartbeat_compute_node", lambda _: next(heartbeats, {"compute_node_id": 9, "lease_seconds": 300}))
    log = await run()
    assert "Lease lost" in log
    refused, repeated = [each for each in exchanges if each["completions"]][:2]
    assert repeated["completions"] == refused["completions"]
    assert repeated.get("claim") is None
    assert list(fake.results) == [1]


async def test_results_in_a_journal_are_sent_before_the_first_claim(serve, server, run, tmp_path):
    serve({})
    path = journal_path(tmp_path / "out", 1, 3, "host_1")
    path.parent.mkdir(parents=True)
    result = ResultModel(
        workflow_id=1, job_id=77, run_id=3, attempt_id=1, compute_node_id=5, return_code=0,
        exec_time_minutes=1.0, completion_time="2026-01-01T00:00:00Z", status=JobStatus.COMPLETED,
    )  # fmt: skip
    kept = Kept(ExchangedCompletion(job_id=77, run_id=3, status=JobStatus.COMPLETED, result=result))
    head = Head(workflow_id=1, run_id=3, compute_node_id=5, api_url="http://x", runner="host 1")
    path.write_bytes(encode(head) + encode(kept))
    server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    server.answer("is_workflow_complete", {"is_canceled": False, "is_complete": True})
    log = await run()
    first = server.calls_of("report_and_claim")[0]
    assert (first.body["compute_node_id"], [each["job_id"] for each in first.body["completions"]]) == (5, [77])
    assert "Journal sent" in log
    assert not path.exists()


async def test_the_jobs_of_a_dead_runner_on_this_host_are_released(serve, server, run):
    serve({})
    identity = this_host().identity
    if not identity:
        needs.skip_without("a host identity")
    node = {
        "id": 4, "workflow_id": 1, "hostname": this_host().name, "pid": 1, "start_time": "2026-01-01T00:00:00Z",
        "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local",
        "host_identity": json.dumps({**json.loads(identity), "boot": "before"}),
    }  # fmt: skip
    server.answer("list_compute_nodes", fake_workflow.page([node, {**node, "id": 5, "host_identity": identity}]))
    server.answer("give_up_compute_node", {"compute_node_id": 4, "job_count": 3})
    log = await run()
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [4]
    assert "Dead runner found on this host" in log
