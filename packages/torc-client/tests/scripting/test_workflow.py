"""Workflows as objects, against the fake server."""

import asyncio

import pytest

from torc_client import (
    AsyncTorc,
    JobModel,
    JobsFailedError,
    JobStatus,
    RunnerNotInstalledError,
    ServerUnreachableError,
    WaitTimeoutError,
    WorkflowStatusResponse,
    local_runner,
)
from torc_client.api.records import JobStatusCounts
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
    workflow = await torc.create_workflow({"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]})
    assert (workflow.id, (await workflow.record()).name) == (7, "sweep")
    assert fake_server.calls_of("create_jobs")[0].body["jobs"][0]["command"] == "echo hello"


async def test_a_spec_in_a_file(torc, fake_server, make, tmp_path):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("create_jobs", {"jobs": [make.job(1)]})
    (tmp_path / "greet.yaml").write_text("name: greet\njobs: [{name: hello, command: echo hello}]\n")
    assert (await torc.create_workflow(tmp_path / "greet.yaml")).id == 7


async def test_mistakes_in_a_spec_are_reported_before_anything_is_created(torc, fake_server):
    with pytest.raises(SpecError, match="jobs"):
        await torc.create_workflow({"name": "greet", "jobs": [{"name": "hello"}]})
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


async def test_waiting_returns_the_status(torc, fake_server, make):
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    fake_server.answer("get_workflow_status", make.status())
    end = await torc.workflow(7).wait()
    assert (type(end), end.jobs_by_status.completed) == (WorkflowStatusResponse, 2)


def counts(**numbers):
    return JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | numbers)


@pytest.mark.parametrize(
    ("nodes", "hint"), [(0, "No runner works on it. Start one: `workflow.run()`"), (1, "It continues: wait again.")]
)
async def test_a_wait_that_is_too_short_says_for_what_and_what_the_jobs_do(torc, fake_server, make, nodes, hint):
    async def hold(_):
        await asyncio.Event().wait()

    fake_server.answer("is_workflow_complete", hold)
    now = {"total_jobs": 3, "is_complete": False, "jobs_by_status": counts(completed=2, running=1)}
    fake_server.answer("get_workflow_status", make.status(**now, active_compute_nodes=nodes))
    with pytest.raises(TimeoutError) as ended:
        await torc.workflow(7).wait(timeout_seconds=0.05)
    assert isinstance(ended.value, WaitTimeoutError)
    assert ended.value.message == ("Workflow 7 (sweep) has not ended within 0.05 s: of 3 jobs, 1 running, 2 completed.")
    assert ended.value.hint.startswith(hint)
    assert ended.value.status.jobs_by_status.completed == 2


async def test_a_wait_for_a_server_that_became_silent_ends_too(torc, fake_server, monkeypatch):
    monkeypatch.setattr("torc_client.scripting.workflow._LAST_LOOK_SECONDS", 0.05)

    async def hold(_):
        await asyncio.Event().wait()

    fake_server.answer("is_workflow_complete", hold)
    fake_server.answer("get_workflow_status", hold)
    with pytest.raises(WaitTimeoutError, match=r"Workflow 7 has not ended within 0\.05 s, as far as known") as ended:
        await torc.workflow(7).wait(0.05)
    assert ended.value.status is None


async def test_a_checked_wait_names_the_jobs_that_did_not_complete(torc, fake_server, make):
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    now = {"total_jobs": 10, "jobs_by_status": counts(completed=1, failed=6, terminated=1, canceled=2)}
    fake_server.answer("get_workflow_status", make.status(**now))
    ended = [
        make.result(1, job_name="good"),
        make.result(2, job_name="late", status=JobStatus.TERMINATED, return_code=143),
        *(
            make.result(number, job_name=f"bad{number}", status=JobStatus.FAILED, return_code=3)
            for number in range(3, 9)
        ),
    ]
    fake_server.answer("list_results", {**EMPTY_PAGE, "items": ended, "count": 8, "total_count": 8})
    with pytest.raises(JobsFailedError) as failed:
        await torc.workflow(7).wait(check=True)
    assert failed.value.message == (
        "Workflow 7 (sweep): 1 of 10 jobs completed; failed: late (terminated, return code 143), bad3 (return code 3), "
        "bad4 (return code 3), bad5 (return code 3), bad6 (return code 3), and 2 more; 2 canceled."
    )
    assert [result.job_id for result in failed.value.results] == list(range(2, 9))


async def test_a_checked_wait_accepts_success(torc, fake_server, make):
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    fake_server.answer("get_workflow_status", make.status())
    assert (await torc.workflow(7).wait(check=True)).is_complete


async def test_results_of_a_status(torc, fake_server, make):
    page = {**EMPTY_PAGE, "items": [make.result(1)], "count": 1, "total_count": 1}
    fake_server.answer("list_results", page)
    assert [result.job_id for result in await torc.workflow(7).job_results(JobStatus.FAILED)] == [1]
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
