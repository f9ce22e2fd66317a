"""Workflows as objects, against the fake server."""

import asyncio

import pytest

from torc_client import AsyncTorc, JobModel, JobStatus, RunnerNotInstalledError, ServerUnreachableError, local_runner
from torc_client.retrying import RetryPolicy
from torc_client.spec import SpecError

EMPTY_PAGE = {"items": [], "offset": 0, "max_limit": 10_000, "count": 0, "total_count": 0, "has_more": False}


@pytest.fixture
async def torc(fake_server):
    async with AsyncTorc(fake_server.url) as torc:
        yield torc


async def test_a_spec_as_dict(torc, fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("create_jobs", {"jobs": [make.job(1)]})
    fake_server.answer("get_workflow", make.workflow(7))
    workflow = await torc.create({"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]})
    assert (workflow.id, (await workflow.record()).name) == (7, "sweep")
    assert fake_server.calls_of("create_jobs")[0].body["jobs"][0]["command"] == "echo hello"


async def test_a_spec_in_a_file(torc, fake_server, make, tmp_path):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("create_jobs", {"jobs": [make.job(1)]})
    (tmp_path / "greet.yaml").write_text("name: greet\njobs: [{name: hello, command: echo hello}]\n")
    assert (await torc.create(tmp_path / "greet.yaml")).id == 7


async def test_mistakes_in_a_spec_are_reported_before_anything_is_created(torc, fake_server):
    with pytest.raises(SpecError, match="jobs"):
        await torc.create({"name": "greet", "jobs": [{"name": "hello"}]})
    assert fake_server.calls == []


async def test_jobs_added_while_it_runs_are_numbered_on_and_made_ready(torc, fake_server, make):
    fake_server.answer("get_workflow_status", make.status(total_jobs=2))
    fake_server.answer("create_jobs", {"jobs": [make.job(3), make.job(4)]})
    fake_server.answer("initialize_jobs", {"message": "done"})
    added = await torc.workflow(7).add_jobs(["echo 3", JobModel(workflow_id=0, name="mine", command="echo 4")])
    assert [job.id for job in added] == [3, 4]
    sent = fake_server.calls_of("create_jobs")[0].body["jobs"]
    assert [(job["workflow_id"], job["name"]) for job in sent] == [(7, "job3"), (7, "mine")]
    assert fake_server.calls_of("initialize_jobs")[0].query["only_uninitialized"] is True


async def test_results_of_a_status(torc, fake_server, make):
    page = {**EMPTY_PAGE, "items": [make.result(1)], "count": 1, "total_count": 1}
    fake_server.answer("list_results", page)
    assert [result.job_id for result in await torc.workflow(7).results(JobStatus.FAILED)] == [1]
    assert fake_server.calls_of("list_results")[0].query == {"workflow_id": 7, "status": "failed", "offset": 0}


async def test_without_a_runner_the_error_has_a_remedy(torc, fake_server, monkeypatch):
    monkeypatch.setattr(local_runner, "_RUNNER", "torc_runner_that_nobody_has")
    with pytest.raises(RunnerNotInstalledError) as refused:
        await torc.workflow(7).run()
    assert "--find-links dist torc-runner" in refused.value.hint
    assert fake_server.calls == []


async def test_an_outage_is_waited_for(fake_server, monkeypatch):
    monkeypatch.setattr("torc_client.scripting.torc._ASK_EVERY_SECONDS", 0.01)
    async with AsyncTorc(fake_server.url, retry_policy=RetryPolicy(seconds=0)) as torc:
        await fake_server.stop()
        with pytest.raises(ServerUnreachableError):
            await torc.wait_for_server(timeout_seconds=0)
        waiting = asyncio.create_task(torc.wait_for_server())
        await asyncio.sleep(0)
        await fake_server.start()
        await waiting
    assert len(fake_server.calls_of("ping")) == 1
