"""What failed in a workflow, how fast it runs, and when it will probably end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from torc_server.engine.status import failures


async def failures_of(api: Any, workflow_id: int) -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/failures")


async def throughput_of(api: Any, workflow_id: int) -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/throughput")


async def running(api: Any, count: int, **members: Any) -> tuple[int, list[int], int]:
    """Return a workflow, its jobs, which a node has claimed and started, and the node."""
    workflow_id = await api.workflow(**members)
    jobs = await api.jobs(workflow_id, count)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.claim(workflow_id, count, num_cpus=count)
    for job_id in jobs:
        await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    return workflow_id, jobs, node_id


async def end(
    api: Any,
    workflow_id: int,
    job_id: int,
    node_id: int,
    *,
    code: int = 0,
    time: str | None = None,
    minutes: float = 0.5,
) -> None:
    status = "failed" if code else "completed"
    body = {
        "workflow_id": workflow_id, "job_id": job_id, "run_id": 0, "compute_node_id": node_id, "return_code": code,
        "exec_time_minutes": minutes, "completion_time": time or "2026-01-01T00:01:00Z", "status": status,
    }  # fmt: skip
    await api.ok("POST", f"/jobs/{job_id}/complete_job/{status}/0", body)


def seconds_ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


async def test_failed_jobs_are_clustered_by_group_and_return_code(api: Any) -> None:
    workflow_id, jobs, node_id = await running(api, 8)
    for job_id, code in zip(jobs, [1, 1, 1, 137, 152, 139, -9, 0], strict=True):
        await end(api, workflow_id, job_id, node_id, code=code)
    found = await failures_of(api, workflow_id)
    assert [(each["kind"], each["return_code"], each["num_jobs"]) for each in found["clusters"]] == [
        ("exit_code", 1, 3), ("signal", -9, 1), ("out_of_memory", 137, 1), ("signal", 139, 1), ("time_limit", 152, 1),
    ]  # fmt: skip
    assert (found["total_jobs"], found["clusters_left_off"]) == (7, 0)
    first = found["clusters"][0]
    assert (first["group"], first["status"], first["newest_completion_time"]) == (
        "job#", "failed", "2026-01-01T00:01:00Z",
    )  # fmt: skip
    assert first["examples"] == [{"job_id": jobs[n], "job_name": f"job{n}"} for n in range(3)]


async def test_the_return_codes_that_a_workflow_chose_decide_the_kind(api: Any) -> None:
    chosen = {"oom_exit_code": 50, "timeout_exit_code": 51}
    workflow_id, jobs, node_id = await running(api, 3, execution_config=chosen)
    for job_id, code in zip(jobs, [50, 51, 137], strict=True):
        await end(api, workflow_id, job_id, node_id, code=code)
    kinds = {each["return_code"]: each["kind"] for each in (await failures_of(api, workflow_id))["clusters"]}
    assert kinds == {50: "out_of_memory", 51: "time_limit", 137: "signal"}


async def test_clusters_and_examples_are_bounded(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "MOST_CLUSTERS", 1)
    monkeypatch.setattr(failures, "MOST_EXAMPLES", 2)
    workflow_id, jobs, node_id = await running(api, 4)
    for job_id, code in zip(jobs, [2, 1, 1, 1], strict=True):
        await end(api, workflow_id, job_id, node_id, code=code)
    found = await failures_of(api, workflow_id)
    assert [each["return_code"] for each in found["clusters"]] == [1]
    assert len(found["clusters"][0]["examples"]) == 2
    assert (found["total_jobs"], found["clusters_left_off"]) == (4, 1)


async def test_nothing_failed_and_nothing_ended(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2)
    assert await failures_of(api, workflow_id) == {"total_jobs": 0, "clusters": [], "clusters_left_off": 0}
    assert await throughput_of(api, workflow_id) == {"bin_seconds": 1, "ended": [], "jobs_left": 2}


async def test_the_end_is_estimated_by_the_rate_of_the_last_minutes(api: Any) -> None:
    workflow_id, jobs, node_id = await running(api, 9)
    for job_id, ago in zip(jobs, [100, 80, 60, 40, 20, 0], strict=False):
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(ago))
    found = await throughput_of(api, workflow_id)
    assert (sum(found["ended"]), found["jobs_left"]) == (6, 3)
    assert len(found["ended"]) <= 60
    assert found["seconds_left"] == pytest.approx(60 * 3 / found["ended_per_minute"], rel=0.01)
    assert 0 < found["ended_per_minute"] <= 3.7


async def test_jobs_that_end_in_waves_last_as_long_as_they_run(api: Any) -> None:
    """Four jobs of half an hour ended at once, and four more run: the rate is four in half an hour."""
    workflow_id, jobs, node_id = await running(api, 8)
    for job_id in jobs[:4]:
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(1), minutes=30)
    found = (await throughput_of(api, workflow_id))["seconds_left"]
    assert found == pytest.approx(1800, rel=0.01)
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert status["seconds_left"] == pytest.approx(found, rel=0.01)
    (listed,) = (await api.ok("GET", "/workflows", params={"with_progress": "true"}))["items"]
    assert listed["progress"]["seconds_left"] == pytest.approx(found, rel=0.01)
    for job_id in jobs[4:]:
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(0), minutes=30)
    assert "seconds_left" not in await api.ok("GET", f"/workflows/{workflow_id}/status")


async def test_what_ended_long_ago_says_nothing_about_the_end(api: Any) -> None:
    workflow_id, jobs, node_id = await running(api, 5)
    for job_id, ago in zip(jobs, [90_000, 50_000, 20_000, 10], strict=False):
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(ago))
    found = await throughput_of(api, workflow_id)
    assert sum(found["ended"]) == 4
    assert len(found["ended"]) <= 60
    assert "seconds_left" not in found
    assert found["jobs_left"] == 1


@pytest.mark.parametrize(
    ("form", "last"),
    [
        ("{}Z", "10:01:29Z"),
        ("{}.25+00:00", "10:01:29.5+00:00"),
        ("{}", "10:01:29"),
        ("{}Z", "13:01:29+03:00"),
    ],
)
async def test_attempts_are_counted_whatever_the_form_of_their_times(api: Any, form: str, last: str) -> None:
    workflow_id, jobs, node_id = await running(api, 4)
    for job_id, time in zip(jobs, ["10:00:00", "10:00:30", "10:00:59"], strict=False):
        await end(api, workflow_id, job_id, node_id, time=form.format(f"2026-01-01T{time}"))
    await end(api, workflow_id, jobs[3], node_id, time=f"2026-01-01T{last}")
    found = await throughput_of(api, workflow_id)
    assert (found["start_time"], found["bin_seconds"]) == ("2026-01-01T10:00:00.000Z", 2)
    assert {at: ended for at, ended in enumerate(found["ended"]) if ended} == {0: 1, 15: 1, 29: 1, 44: 1}


@pytest.mark.parametrize("form", ["{}Z", "{}"])
async def test_times_of_a_long_run_are_counted_in_whole_minutes(api: Any, form: str) -> None:
    workflow_id, jobs, node_id = await running(api, 3)
    for job_id, time in zip(jobs, ["01T10:00:40", "01T10:05:10", "02T10:00:20"], strict=True):
        await end(api, workflow_id, job_id, node_id, time=form.format(f"2026-01-{time}"))
    found = await throughput_of(api, workflow_id)
    assert (found["start_time"], found["bin_seconds"]) == ("2026-01-01T10:00:00.000Z", 1500)
    assert (sum(found["ended"]), found["ended"][0], found["ended"][-1]) == (3, 2, 1)


async def test_the_list_of_workflows_has_the_time_to_the_end(api: Any) -> None:
    workflow_id, jobs, node_id = await running(api, 9)
    for job_id, ago in zip(jobs, [100, 80, 60, 40, 20, 0], strict=False):
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(ago))
    await api.workflow(name="idle")
    found, idle = (await api.ok("GET", "/workflows", params={"with_progress": "true"}))["items"]
    expected = (await throughput_of(api, workflow_id))["seconds_left"]
    assert found["progress"]["seconds_left"] == pytest.approx(expected, rel=0.2)
    assert idle["progress"]["seconds_left"] is None


async def test_the_time_to_the_end_is_unknown_with_times_of_another_form(api: Any) -> None:
    workflow_id, jobs, node_id = await running(api, 9)
    for job_id, ago in zip(jobs, [100, 80, 60, 40], strict=False):
        await end(api, workflow_id, job_id, node_id, time=seconds_ago(ago).replace("T", " "))
    (found,) = (await api.ok("GET", "/workflows", params={"with_progress": "true"}))["items"]
    assert found["progress"]["seconds_left"] is None
    assert "seconds_left" not in await api.ok("GET", f"/workflows/{workflow_id}/status")
