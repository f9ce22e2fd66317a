"""The log lines about jobs that can never run on this node."""

import logging
from collections.abc import Awaitable, Callable

import pytest

import fake_workflow
import runner_builders as build
from fake_workflow import Json
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_client.testing import FakeServer, Refusal
from torc_runner.connection.unschedulable import MAX_NAMED, UnschedulableJobs
from torc_runner.unfit_jobs import UnfitJobs


@pytest.fixture
def kind() -> Callable[..., Json]:
    """Return the builder of a group of similar ready jobs. A shortfall is (quantity, needed, offered)."""
    return fake_workflow.explained_kind


def job(number, requirements):
    return {
        "id": number, "name": f"j{number}", "workflow_id": 1, "command": "true", "status": "ready",
        "resource_requirements_id": requirements,
    }  # fmt: skip


@pytest.fixture
def explain(server: FakeServer, caplog: pytest.LogCaptureFixture) -> Callable[..., Awaitable[list[str]]]:
    """Return a function that explains these kinds `times` times and returns the log lines."""

    async def explain(*kinds, jobs, times=1, time_left_seconds=None, **settings):
        server.answer("explain_workflow", fake_workflow.explanation(*kinds))
        server.answer("list_jobs", fake_workflow.page(jobs))
        async with TorcClient(server.url) as client:
            unschedulable = UnschedulableJobs(client, 1, build.resources(2, memory_gb=4), **settings)
            with caplog.at_level(logging.WARNING, "torc_runner"):
                for _ in range(times):
                    await unschedulable.explain(time_left_seconds)
        return [record.getMessage() for record in caplog.records]

    return explain


async def test_each_job_is_logged_once_with_all_shortfalls(kind, explain, server):
    too_large = kind(7, ("num_cpus", 8.0, 2.0), ("memory_gb", 16.0, 3.5405883789), ("num_gpus", 1.0, 0.0), num_jobs=2)
    jobs = [job(1, 7), job(2, 6), job(3, 7)]
    reason = (
        '"needs 8 CPUs, this node has 2; needs 16 GiB of memory, this node has 3.541 GiB; needs 1 GPU, this node has 0"'
    )
    assert await explain(too_large, kind(6), jobs=jobs, times=2) == [
        f"Job cannot run here job_id=1 job_name=j1 reason={reason}",
        f"Job cannot run here job_id=3 job_name=j3 reason={reason}",
    ]
    asked = server.calls_of("explain_workflow")[0].query
    assert {name: float(value) for name, value in asked.items()} == {
        "num_cpus": 2, "memory_gb": 4, "num_gpus": 0, "num_nodes": 1
    }  # fmt: skip
    assert len(server.calls_of("list_jobs")) == 1


async def test_the_jobs_that_were_found_last_are_kept(kind, explain):
    found = [UnfitJobs("earlier", 1, "")]
    await explain(kind(7, ("num_cpus", 8.0, 2.0), num_jobs=2), kind(6), jobs=[job(1, 7)], times=2, found=found)
    assert [(each.num_jobs, each.reason) for each in found] == [(2, "needs 8 CPUs, this node has 2")]
    await explain(kind(6), jobs=[], found=found)
    assert found == []


async def test_a_job_with_another_label_is_logged_with_the_label(kind, explain):
    jobs = [{**job(1, 7), "labels": ["big disk", "x"]}, {**job(2, 7), "labels": ["x"]}, job(3, 7)]
    both = kind(7, labels=["big disk", "x"], lacks_label=True, fits=False)
    lines = await explain(both, kind(7, labels=["x"]), kind(7, lacks_label=True, fits=False), jobs=jobs)
    required = "requires a runner that was started with --label 'big disk,x'"
    other = "has no labels: it requires a runner without --label, or with --also-unlabeled"
    assert lines == [
        f'Job cannot run here job_id=1 job_name=j1 reason="{required}"',
        f'Job cannot run here job_id=3 job_name=j3 reason="{other}"',
    ]


async def test_only_other_labels_are_logged_if_jobs_of_any_size_are_claimed(kind, explain, told):
    jobs = [{**job(1, 7), "labels": ["gpu"]}, job(2, 6)]
    other = kind(7, ("num_cpus", 8.0, 2.0), labels=["gpu"], lacks_label=True)
    (line,) = await explain(other, kind(6, ("num_cpus", 8.0, 2.0)), jobs=jobs, by_resources=False)
    told(line)


async def test_a_job_with_a_too_long_runtime_is_logged(kind, explain, server, told):
    too_long = kind(7, ("time_limit_seconds", 7200.0, 3600.0))
    (line,) = await explain(too_long, jobs=[job(1, 7)], time_left_seconds=3600.5)
    told(line)
    assert server.calls_of("explain_workflow")[0].query["time_limit"] == "PT3600S"


async def test_only_the_first_jobs_are_logged_by_name(kind, explain):
    too_large = kind(7, ("num_cpus", 8.0, 2.0), num_jobs=5000)
    lines = await explain(too_large, jobs=[job(number, 7) for number in range(1, 1001)])
    assert len(lines) == MAX_NAMED + 1
    assert lines[-1] == f"More jobs cannot run here workflow_id=1 num_jobs={5000 - MAX_NAMED}"


async def test_nothing_is_logged_or_listed_if_all_jobs_fit(kind, explain, server):
    assert await explain(kind(7), kind(8, fits=False), jobs=[]) == []
    assert not server.calls_of("list_jobs")


async def test_an_older_server_that_cannot_explain_is_no_error(server):
    server.answer("explain_workflow", Refusal(404, "no such operation"))
    server.answer("get_workflow", {"id": 1, "name": "w", "user": "u"})
    async with TorcClient(server.url) as client:
        await UnschedulableJobs(client, 1, build.resources(2)).explain(None)


async def test_a_deleted_workflow_is_an_error(server):
    server.answer("explain_workflow", Refusal(404, "no workflow 1"))
    server.answer("get_workflow", Refusal(404, "no workflow 1"))
    async with TorcClient(server.url) as client:
        with pytest.raises(NotFoundError):
            await UnschedulableJobs(client, 1, build.resources(2)).explain(None)
