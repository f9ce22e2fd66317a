"""Restarts of jobs: all of it or nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from torc_server.live.long_operations import Steps

TINY = Steps(huge_jobs=1, rows=1, alone_jobs=0)


@pytest.fixture(params=[None, TINY], ids=["at once", "in steps"])
async def server(serve: Any, request: Any) -> AsyncIterator[Any]:
    """A server that restarts jobs in one transaction, and one that takes every workflow for a huge one."""
    async with serve(**({} if request.param is None else {"steps": request.param})) as api:
        yield api
        assert await api.broken_promises() == []


async def ended(api: Any) -> tuple[int, list[int], int]:
    """A workflow whose first job failed, whose second was canceled for it, and whose third completed."""
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (second,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    (third,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.finish(workflow_id, first, node_id, "failed", 1)
    await api.finish(workflow_id, third, node_id)
    return workflow_id, [first, second, third], node_id


async def restart(api: Any, workflow_id: int, **members: Any) -> Any:
    return await api.ok("POST", f"/workflows/{workflow_id}/restart_jobs", members)


async def refused(api: Any, workflow_id: int, **members: Any) -> Any:
    """Send a restart that must be refused and change nothing."""
    before = api.dump()
    reply = await api.call("POST", f"/workflows/{workflow_id}/restart_jobs", members)
    assert reply.status in {404, 409, 422}, reply.text
    changed = set(api.dump()) ^ set(before)
    # Ids for the rows of a long operation remain reserved.
    assert not [line for line in changed if "sqlite_sequence" not in line]
    return reply.status, reply.message


async def statuses(api: Any, job_ids: list[int]) -> list[str]:
    return [(await api.ok("GET", f"/jobs/{job_id}"))["status"] for job_id in job_ids]


async def test_listed_jobs_restart_with_their_dependents(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    answer = await restart(server, workflow_id, scope="listed", job_ids=jobs[:1])
    assert answer == {"run_id": 1, "updated_count": 1, "cancellation_lifted": False}
    assert await statuses(server, jobs) == ["ready", "blocked", "completed"]


@pytest.mark.parametrize(
    ("scope", "count", "expected"),
    [("unsuccessful", 2, ["ready", "blocked", "completed"]), ("all", 3, ["ready", "blocked", "ready"])],
)
async def test_a_scope_selects_jobs(server: Any, scope: str, count: int, expected: list[str]) -> None:
    workflow_id, jobs, _ = await ended(server)
    assert (await restart(server, workflow_id, scope=scope))["updated_count"] == count
    assert await statuses(server, jobs) == expected


async def test_jobs_can_be_reset_in_the_current_run(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    answer = await restart(server, workflow_id, scope="listed", job_ids=jobs, begins_run=False, initializes=False)
    assert answer == {"run_id": 0, "updated_count": 3, "cancellation_lifted": False}
    assert await statuses(server, jobs) == ["uninitialized"] * 3


async def test_running_jobs_refuse_a_restart(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    (running,) = await server.jobs(workflow_id, 1)
    await server.ok("POST", f"/workflows/{workflow_id}/initialize_jobs", params={"only_uninitialized": "true"})
    await server.claim(workflow_id)
    status, message = await refused(server, workflow_id, scope="listed", job_ids=jobs[:1])
    assert (status, "pending or running" in message) == (422, True)
    only_reset = {"scope": "listed", "begins_run": False, "initializes": False}
    status, message = await refused(server, workflow_id, job_ids=[jobs[0], running], **only_reset)
    expected = "1 of the jobs, or of those that depend on them, are pending or running: 'job0'"
    assert (status, expected in message) == (422, True)
    await restart(server, workflow_id, job_ids=[jobs[0]], **only_reset)
    assert await statuses(server, [jobs[0], running]) == ["uninitialized", "pending"]
    await restart(server, workflow_id, job_ids=[running], force=True, **only_reset)
    assert await statuses(server, [running]) == ["uninitialized"]


async def test_a_running_dependent_refuses_a_restart_in_the_same_run(server: Any) -> None:
    workflow_id = await server.workflow()
    (first,) = await server.jobs(workflow_id, 1)
    (middle,) = await server.jobs(workflow_id, 1, depends_on_job_ids=[first])
    (running,) = await server.jobs(workflow_id, 1, depends_on_job_ids=[middle])
    await server.initialize(workflow_id)
    node_id = await server.node(workflow_id)
    for job_id in (first, middle):
        await server.finish(workflow_id, job_id, node_id)
    await server.claim(workflow_id, 1)
    await server.ok("PUT", f"/jobs/{running}/start_job/0/{node_id}")
    request = {"scope": "listed", "job_ids": [first], "begins_run": False}
    status, message = await refused(server, workflow_id, **request)
    assert (status, "pending or running" in message) == (422, True)
    assert (await restart(server, workflow_id, force=True, **request))["updated_count"] == 1
    assert await statuses(server, [first, middle, running]) == ["ready", "blocked", "blocked"]
    assert (await server.ok("GET", f"/jobs/{running}"))["attempt_id"] == 2


async def test_a_second_restart_of_the_same_run_is_refused(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    request = {"scope": "unsuccessful", "known_run_id": 0}
    await restart(server, workflow_id, **request)
    status, message = await refused(server, workflow_id, **request)
    assert (status, "is in run 1, not 0" in message) == (409, True)
    assert await statuses(server, jobs) == ["ready", "blocked", "completed"]


async def test_requirements_are_corrected_with_the_restart(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    default = (await server.ok("GET", f"/jobs/{jobs[0]}"))["resource_requirements_id"]
    body = {"workflow_id": workflow_id, "name": "small", "memory": "1g", "runtime": "PT1H"}
    small = await server.ok("POST", "/resource_requirements", body)
    corrections = [
        {"resource_requirements_id": small["id"], "memory": "2g"},
        {"resource_requirements_id": default, "runtime": "PT2M", "job_ids": jobs[:2]},
    ]
    await restart(server, workflow_id, scope="unsuccessful", corrections=corrections)
    changed = await server.ok("GET", f"/resource_requirements/{small['id']}")
    assert (changed["memory"], changed["runtime"]) == ("2g", "PT1H")
    used = [(await server.ok("GET", f"/jobs/{job_id}"))["resource_requirements_id"] for job_id in jobs]
    assert (used[0] == used[1] != default, used[2]) == (True, default)
    copy = await server.ok("GET", f"/resource_requirements/{used[0]}")
    assert (copy["name"], copy["memory"], copy["runtime"]) == (f"corrected_{jobs[0]}", "1m", "PT2M")
    assert await statuses(server, jobs) == ["ready", "blocked", "completed"]


async def test_a_restart_with_one_invalid_part_changes_nothing(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    foreign_workflow = await server.workflow()
    (foreign,) = await server.jobs(foreign_workflow, 1)
    own = (await server.ok("GET", f"/jobs/{jobs[0]}"))["resource_requirements_id"]
    others = (await server.ok("GET", f"/jobs/{foreign}"))["resource_requirements_id"]
    good = {"resource_requirements_id": own, "memory": "3g"}
    status, message = await refused(server, workflow_id, scope="listed", job_ids=[jobs[0], foreign], corrections=[good])
    assert (status, message) == (404, f"Workflow {workflow_id} has no job {foreign}")
    for bad in (
        {"resource_requirements_id": others, "memory": "3g"},
        {"resource_requirements_id": own, "num_cpus": -1},
        {"resource_requirements_id": own, "memory": "3g", "job_ids": [foreign]},
    ):
        await refused(server, workflow_id, scope="unsuccessful", corrections=[good, bad])
    copies = [{"resource_requirements_id": own, "job_ids": [jobs[0]]}] * 33
    status, message = await refused(server, workflow_id, scope="unsuccessful", corrections=copies)
    assert (status, "At most 32 corrections" in message) == (422, True)
    await server.ok("POST", f"/workflows/{workflow_id}/archive", {"is_archived": True})
    assert (await refused(server, workflow_id, scope="all", corrections=[good]))[0] == 422


async def test_requirements_are_corrected_all_or_none(server: Any) -> None:
    workflow_id, jobs, _ = await ended(server)
    own = (await server.ok("GET", f"/jobs/{jobs[0]}"))["resource_requirements_id"]
    path = f"/workflows/{workflow_id}/correct_resource_requirements"
    good, bad = {"resource_requirements_id": own, "memory": "3g"}, {"resource_requirements_id": 99, "memory": "3g"}
    assert (await server.call("POST", path, {"corrections": [good, bad]})).status == 404
    assert (await server.ok("GET", f"/resource_requirements/{own}"))["memory"] == "1m"
    await server.ok("POST", path, {"corrections": [good]})
    assert (await server.ok("GET", f"/resource_requirements/{own}"))["memory"] == "3g"


async def test_the_initialization_can_run_in_the_background(api: Any) -> None:
    workflow_id, jobs, _ = await ended(api)
    body = {"scope": "listed", "job_ids": jobs[:1]}
    reply = await api.call("POST", f"/workflows/{workflow_id}/restart_jobs?async=true", body)
    assert (reply.status, reply.json["operation"]) == (202, "initialize_jobs")
    path = f"/workflows/{workflow_id}/active_task"
    assert await api.ok("GET", path, params={"wait_seconds": "30"}) == {"task": None}
    assert await statuses(api, jobs) == ["ready", "blocked", "completed"]
