"""Allocations that a runner requests for due actions, from a batch system that runs nothing."""

import asyncio

import pytest

import runner_builders as build
from torc_client.api.records import WorkflowActionModel
from torc_client.batch import systems
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submit_options import SubmitOptions
from torc_client.client import TorcClient
from torc_client.testing import Refusal
from torc_client.testing.fake_batch_system import TYPE, FakeBatchSystem
from torc_client.testing.fake_submissions import FakeSubmissions
from torc_runner.handlers.batch_requests import BatchRequests

WORKFLOW = {"id": 1, "name": "sweep", "user": "ada", "run_id": 1}


def action(action_id=4, **config):
    values = {"scheduler_type": TYPE, "scheduler_id": 5, **config}
    return WorkflowActionModel(
        id=action_id, workflow_id=1, trigger_type="on_jobs_ready", action_type="schedule_nodes", action_config=values
    )


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(systems, "_SUPPORTED", dict(systems._SUPPORTED))
    fake = FakeBatchSystem({5: BatchScheduler(5, 1, TYPE, "main")})
    systems.register(TYPE, fake.support)
    return fake


@pytest.fixture
def records(server):
    server.answer("get_workflow", WORKFLOW)
    return FakeSubmissions(server, 1)


@pytest.fixture
async def client(server):
    async with TorcClient(server.url) as client:
        yield client


@pytest.fixture
def make(client, tmp_path):
    """Return a function that makes the requests of a runner that pauses for this time."""

    def requests(pause_seconds=0.001):
        options = SubmitOptions(output_folder=tmp_path / "out", runner_program="/opt/runner")
        return BatchRequests(
            client, build.context(output_dir=tmp_path / "out"), options, first_pause_seconds=pause_seconds
        )

    return requests


async def finished(requests):
    await asyncio.gather(*requests._requests.values())


async def test_an_action_is_carried_out_once_into_the_folder_of_the_runner(records, fake, make, tmp_path):
    requests = make()
    assert requests.begin(action(num_allocations=3))
    assert requests.begin(action(num_allocations=3))
    await finished(requests)
    (record,) = records.by_id.values()
    assert (record["status"], record["action_id"], record["num_allocations"]) == ("accepted", 4, 3)
    assert record["folder"] == str(tmp_path / "out")
    assert not requests.begin(action(scheduler_type="local"))


async def test_a_refused_request_is_repeated_after_a_pause(records, fake, make):
    fake.refusal = "too many jobs"
    refused = []

    def accept_the_third(script):
        refused.append(script)
        fake.refusal = "too many jobs" if len(refused) < 3 else ""

    fake.on_submit = accept_the_third
    requests = make()
    requests.begin(action())
    await finished(requests)
    assert records.statuses() == ["rejected", "rejected", "accepted"]


async def test_a_request_without_an_answer_is_found_and_not_repeated(records, fake, make):
    fake.silences = 1
    requests = make()
    requests.begin(action())
    await finished(requests)
    assert (records.statuses(), len(fake.marks)) == (["accepted"], 1)


async def test_a_lost_request_is_repeated(records, fake, make):
    fake.silences, fake.loses = 1, True
    requests = make()
    requests.begin(action())
    await finished(requests)
    assert (records.statuses(), list(fake.marks)) == (["rejected", "accepted"], ["mark-2"])


async def test_a_runner_that_leaves_does_not_wait_for_the_next_try(records, fake, make):
    fake.refusal = "too many jobs"
    requests = make(pause_seconds=3600)
    requests.begin(action())
    await requests.ended()
    assert records.statuses() == ["rejected"]


async def test_an_action_that_another_runner_took_is_left_to_it(server, records, fake, make):
    server.answer("create_submission", Refusal(409, "already claimed"))
    requests = make()
    requests.begin(action())
    await finished(requests)
    assert fake.marks == {}


async def test_a_request_that_the_server_refuses_is_not_repeated(server, records, fake, make, caplog):
    server.answer("create_submission", Refusal(422, "num_allocations is 2000; use a number from 1 to 1000"))
    requests = make()
    requests.begin(action(num_allocations=2000))
    await finished(requests)
    assert fake.marks == {}
    assert "Allocations not requested workflow_id=1 action_id=4" in caplog.text
    assert "next_try_seconds=none" in caplog.text
