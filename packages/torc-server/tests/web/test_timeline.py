"""What ran when: lanes of hosts and of groups, and how busy the nodes were."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from torc_server.engine.timeline import history, timeline

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


async def timeline_of(api: Any, workflow_id: int, query: str = "") -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/timeline{query}")


async def ran(api: Any, workflow_id: int, node_id: int, job_id: int, when: tuple[float, float], **members: Any) -> int:
    start, end = when
    body = {
        "workflow_id": workflow_id, "job_id": job_id, "run_id": 0, "compute_node_id": node_id, "return_code": 0,
        "exec_time_minutes": (end - start) / 60, "completion_time": at(end), "status": "completed",
    }  # fmt: skip
    return int((await api.ok("POST", "/results", {**body, **members}))["id"])


async def stopped_node(api: Any, workflow_id: int, host: str, start: float, seconds: float, **members: Any) -> int:
    members = {"is_active": False, "num_cpus": 4, **members}
    return int(await api.node(workflow_id, hostname=host, start_time=at(start), duration_seconds=seconds, **members))


def drawn(lane: Any) -> list[tuple[float, float, int, Any]]:
    return [(one["start_seconds"], one["end_seconds"], one["row"], one.get("job_name")) for one in lane["rectangles"]]


async def test_each_host_has_a_lane_with_the_attempts_that_ran_there(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 4)
    far = await stopped_node(api, workflow_id, "n10", 0, 100)
    near = await stopped_node(api, workflow_id, "n9", 0, 50)
    await ran(api, workflow_id, near, jobs[0], (0, 10))
    await ran(api, workflow_id, near, jobs[1], (5, 20), status="failed", return_code=1)
    await ran(api, workflow_id, near, jobs[2], (10, 15))
    await ran(api, workflow_id, far, jobs[3], (40, 100), status="terminated", return_code=143)
    found = await timeline_of(api, workflow_id)
    assert [lane["key"] for lane in found["lanes"]] == ["n9", "n10"]
    assert [drawn(lane) for lane in found["lanes"]] == [
        [(0, 10, 0, "job0"), (5, 20, 1, "job1"), (10, 15, 0, "job2")],
        [(40, 100, 0, "job3")],
    ]
    assert [lane["num_rows"] for lane in found["lanes"]] == [2, 1]
    assert found["lanes"][0]["counts"] == [
        {"status": "completed", "num_attempts": 2}, {"status": "failed", "num_attempts": 1},
    ]  # fmt: skip
    assert found["lanes"][0]["active"] == [{"start_seconds": 0, "end_seconds": 50}]
    (last,) = found["lanes"][1]["rectangles"]
    assert (last["job_id"], last["attempt_id"], last["counts"]) == (
        jobs[3], 1, [{"status": "terminated", "num_attempts": 1}],
    )  # fmt: skip
    assert (found["start_time"], found["end_time"]) == ("2026-01-01T00:00:00.000Z", "2026-01-01T00:01:40.000Z")
    assert (found["num_attempts"], found["left_out_attempts"], found["total_lanes"]) == (4, 0, 2)


async def test_each_group_has_a_lane_also_if_none_of_its_jobs_has_run(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    body = {"workflow_id": workflow_id, "name": "last", "command": "true"}
    await api.ok("POST", "/jobs", body)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    await ran(api, workflow_id, node, jobs[0], (0, 10))
    found = await timeline_of(api, workflow_id, "?lanes=groups")
    assert [(lane["key"], drawn(lane)) for lane in found["lanes"]] == [("job#", [(0, 10, 0, "job0")]), ("last", [])]


async def test_the_share_of_busy_cpus_is_that_of_the_jobs_that_run(api: Any) -> None:
    workflow_id = await api.workflow()
    needs = {"workflow_id": workflow_id, "name": "n", "num_cpus": 2, "memory": "1g", "runtime": "PT1M"}
    needs_id = (await api.ok("POST", "/resource_requirements", needs))["id"]
    jobs = await api.jobs(workflow_id, 2, resource_requirements_id=needs_id)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    await ran(api, workflow_id, node, jobs[0], (0, 100))
    await ran(api, workflow_id, node, jobs[1], (25, 75))
    found = await timeline_of(api, workflow_id, "?bins=4")
    assert (found["running"], found["busy_cpus"], found["node_cpus"]) == ([1, 2, 2, 1], [2, 4, 4, 2], [4, 4, 4, 4])
    assert (found["busy_cpu_seconds"], found["node_cpu_seconds"], found["bin_seconds"]) == (300, 400, 25)
    # What the jobs require is that of now.
    await api.ok("PUT", f"/resource_requirements/{needs_id}", {**needs, "num_cpus": 1})
    assert (await timeline_of(api, workflow_id, "?bins=4"))["busy_cpus"] == [1, 2, 2, 1]


async def test_jobs_run_until_now_and_then_to_their_end(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    node = await api.node(workflow_id, is_active=True)
    await api.claim(workflow_id, 2, num_cpus=2)
    await api.ok("PUT", f"/jobs/{jobs[0]}/start_job/0/{node}")
    found = await timeline_of(api, workflow_id, "?lanes=groups")
    assert found["run_end_time"] == found["end_time"]
    (one,) = found["lanes"][0]["rectangles"]
    assert (one["job_name"], one["counts"]) == ("job0", [{"status": "running", "num_attempts": 1}])
    assert found["counts"] == [{"status": "running", "num_attempts": 1}]
    await api.finish(workflow_id, jobs[0], node)
    found = await timeline_of(api, workflow_id, "?lanes=groups")
    assert found["counts"] == [{"status": "completed", "num_attempts": 1}]
    # Another run shows no jobs that run now.
    await api.ok("PUT", f"/jobs/{jobs[1]}/start_job/0/{node}")
    assert (await timeline_of(api, workflow_id, "?run_id=1"))["num_attempts"] == 0
    assert (await timeline_of(api, workflow_id, "?run_id=0"))["num_attempts"] == 2


async def test_each_attempt_of_a_job_is_one_of_its_own(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    await ran(api, workflow_id, node, job_id, (0, 10), status="failed", return_code=1)
    await ran(api, workflow_id, node, job_id, (12, 20), attempt_id=2)
    await ran(api, workflow_id, node, job_id, (30, 40), attempt_id=1, run_id=1)
    (lane,) = (await timeline_of(api, workflow_id))["lanes"]
    assert [(one["job_id"], one["attempt_id"]) for one in lane["rectangles"]] == [(job_id, 1), (job_id, 2)]
    assert (await timeline_of(api, workflow_id, "?run_id=1"))["num_attempts"] == 1


async def test_changed_and_deleted_results_are_read_again(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    result_id = await ran(api, workflow_id, node, jobs[0], (0, 10))
    assert (await timeline_of(api, workflow_id))["counts"] == [{"status": "completed", "num_attempts": 1}]
    await ran(api, workflow_id, node, jobs[1], (20, 30))
    assert (await timeline_of(api, workflow_id))["counts"] == [{"status": "completed", "num_attempts": 2}]
    stored = await api.ok("GET", f"/results/{result_id}")
    await api.ok("PUT", f"/results/{result_id}", {**stored, "status": "failed", "return_code": 1})
    assert (await timeline_of(api, workflow_id))["counts"] == [
        {"status": "completed", "num_attempts": 1}, {"status": "failed", "num_attempts": 1},
    ]  # fmt: skip
    await api.ok("DELETE", f"/results/{result_id}")
    assert (await timeline_of(api, workflow_id))["counts"] == [{"status": "completed", "num_attempts": 1}]


async def test_a_window_shows_what_ran_in_it(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 3)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    for number, job_id in enumerate(jobs):
        await ran(api, workflow_id, node, job_id, (20 * number, 20 * number + 15))
    found = await timeline_of(api, workflow_id, "?start=2026-01-01T01:00:25%2B01:00&end=2026-01-01T00:00:38Z")
    assert [drawn(lane) for lane in found["lanes"]] == [[(-5, 10, 0, "job1")]]
    assert found["lanes"][0]["job_seconds"] == 10
    assert found["start_time"] == "2026-01-01T00:00:25.000Z"
    assert (found["run_start_time"], found["run_end_time"]) == ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:55.000Z")


async def test_many_attempts_at_once_are_drawn_by_bins(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_ROWS", 2)
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 4)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    for job_id in jobs[:3]:
        await ran(api, workflow_id, node, job_id, (0, 10))
    await ran(api, workflow_id, node, jobs[3], (12, 40))
    ((first, second, *_),) = [each["rectangles"] for each in (await timeline_of(api, workflow_id))["lanes"]]
    assert first["counts"] == [{"status": "completed", "num_attempts": 3}]
    assert (first["start_seconds"], first["end_seconds"], first["job_seconds"], "job_id" in first) == (0, 10, 30, False)
    assert (second["start_seconds"], second["end_seconds"], second["job_name"]) == (12, 40, "job3")


async def test_lanes_come_in_pages(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 3)
    for number, job_id in enumerate(jobs):
        node = await stopped_node(api, workflow_id, f"n{number}", 0, 10)
        await ran(api, workflow_id, node, job_id, (0, 10))
    found = await timeline_of(api, workflow_id, "?limit=1&offset=1")
    assert ([lane["key"] for lane in found["lanes"]], found["total_lanes"]) == (["n1"], 3)
    assert found["counts"] == [{"status": "completed", "num_attempts": 3}]


async def test_attempts_without_a_readable_time_are_counted(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    node = await stopped_node(api, workflow_id, "n", 0, 10)
    await ran(api, workflow_id, node, jobs[0], (0, 10), completion_time="yesterday")
    await ran(api, workflow_id, node, jobs[1], (0, 10))
    found = await timeline_of(api, workflow_id)
    assert (found["num_attempts"], found["left_out_attempts"]) == (2, 1)
    assert found["counts"] == [{"status": "completed", "num_attempts": 1}]


async def test_a_lost_node_was_active_until_its_last_attempt_ended(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node = await api.node(workflow_id, hostname="n", start_time=at(0), is_active=False)
    await ran(api, workflow_id, node, job_id, (5, 25))
    assert (await timeline_of(api, workflow_id, f"?start={at(0)[:-6]}Z"))["lanes"][0]["active"] == [
        {"start_seconds": 0, "end_seconds": 25}
    ]


async def test_nothing_has_run(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2)
    found = await timeline_of(api, workflow_id)
    assert (found["lanes"], found["counts"], found["num_attempts"], found["running"]) == ([], [], 0, [])
    assert "start_time" not in found
    assert "run_start_time" not in found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?start=soon", "start"),
        ("?end=2026-01-01", "end"),
        ("?start=0001-01-01T00:00:00Z", "start"),
        ("?start=2026-01-01T00:00:00Z&end=2026-01-01T00:00:00Z", "end"),
    ],
)
async def test_a_time_that_cannot_be_drawn_is_refused(api: Any, query: str, field: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("GET", f"/workflows/{workflow_id}/timeline{query}")
    assert (reply.status, reply.json["error"]["field"]) == (422, field)


async def test_only_so_many_attempts_are_read(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ATTEMPTS", 2)
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 3)
    node = await stopped_node(api, workflow_id, "n", 0, 100)
    for number, job_id in enumerate(jobs):
        await ran(api, workflow_id, node, job_id, (20 * number, 20 * number + 15))
    assert (await timeline_of(api, workflow_id))["counts"] == [{"status": "completed", "num_attempts": 2}]
