"""Operations on huge workflows: the steps have the same result as one transaction. Here two jobs are huge."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from torc_server.engine import workflow_locks
from torc_server.live.long_operations import Steps
from torc_server.store.changes import Change

TINY = Steps(huge_jobs=1, rows=1, alone_jobs=0)


@pytest.fixture
async def tiny(serve: Any) -> AsyncIterator[Any]:
    async with serve(steps=TINY) as api:
        yield api
        assert await api.broken_promises() == []


async def built(api: Any) -> tuple[int, list[int]]:
    """Create a workflow with two jobs, a third that depends on both, and a fourth that reads a file of the third."""
    workflow_id = await api.workflow()
    file = await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "f"})
    first, second = await api.jobs(workflow_id, 2)
    body = {"workflow_id": workflow_id, "name": "c", "command": "true"}
    third = await api.ok(
        "POST", "/jobs", {**body, "depends_on_job_ids": [first, second], "output_file_ids": [file["id"]]}
    )
    fourth = await api.ok("POST", "/jobs", {**body, "name": "d", "input_file_ids": [file["id"]]})
    return workflow_id, [first, second, third["id"], fourth["id"]]


async def statuses(api: Any, workflow_id: int) -> list[str]:
    answer = await api.ok("GET", "/jobs", params={"workflow_id": workflow_id})
    return [job["status"] for job in answer["items"]]


async def test_initialize_cancel_reset_and_delete_in_steps(tiny: Any) -> None:
    workflow_id, jobs = await built(tiny)
    other, _ = await built(tiny)
    await tiny.initialize(workflow_id)
    assert await statuses(tiny, workflow_id) == ["ready", "ready", "blocked", "blocked"]
    assert await statuses(tiny, other) == ["uninitialized"] * 4
    fourth = await tiny.ok("GET", f"/jobs/{jobs[3]}", params={"include_relationships": "true"})
    assert fourth["depends_on_job_ids"] == [jobs[2]]
    changed = await tiny.ok("POST", f"/workflows/{workflow_id}/process_changed_job_inputs")
    assert changed["reinitialized_jobs"] == []
    await tiny.initialize(workflow_id)
    assert len((await tiny.claim(workflow_id, 1))["jobs"]) == 1
    status = await tiny.ok("PUT", f"/workflows/{workflow_id}/cancel")
    assert status["is_canceled"] is True
    assert sorted(await statuses(tiny, workflow_id)) == ["blocked", "blocked", "canceled", "ready"]
    assert (await tiny.claim(workflow_id))["jobs"] == []
    reset = await tiny.ok("POST", f"/workflows/{workflow_id}/reset_job_status")
    assert reset["updated_count"] == 4
    assert await statuses(tiny, workflow_id) == ["uninitialized"] * 4
    events = await tiny.ok("GET", "/events", params={"workflow_id": workflow_id})
    assert [event["data"]["category"] for event in events["items"]] == [
        "user_action",
        "workflow_canceled",
        "user_action",
    ]
    deleted = await tiny.ok("DELETE", f"/workflows/{workflow_id}")
    assert deleted["id"] == workflow_id
    for path in (f"/workflows/{workflow_id}", f"/jobs/{jobs[0]}"):
        assert (await tiny.call("GET", path)).status == 404
    assert len(await statuses(tiny, other)) == 4


async def test_long_operations_on_several_workflows_at_once(tiny: Any) -> None:
    ids = [(await built(tiny))[0] for _ in range(4)]
    one = [tiny.initialize(ids[0]), tiny.initialize(ids[0]), tiny.claim(ids[0])]
    await asyncio.gather(*one, *(tiny.initialize(each) for each in ids[1:]))
    await asyncio.gather(*(tiny.ok("DELETE", f"/workflows/{each}") for each in ids[1:]))
    listed = await tiny.ok("GET", "/workflows")
    assert [each["id"] for each in listed["items"]] == ids[:1]


class Gate:
    """Stops long operations before each step while it is closed."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    def close(self) -> None:
        self.reached.clear()
        self.open.clear()

    async def __call__(self) -> None:
        self.reached.set()
        await self.open.wait()


async def test_a_long_operation_delays_only_writers_of_its_workflow_and_hides_a_deletion(serve: Any) -> None:
    gate = Gate()
    async with serve(steps=replace(TINY, before_step=gate)) as api:
        await check_access_between_steps(api, gate)
        assert await api.broken_promises() == []


async def check_access_between_steps(tiny: Any, gate: Gate) -> None:
    workflow_id, jobs = await built(tiny)
    other, _ = await built(tiny)
    await tiny.initialize(other)
    gate.close()
    initializing = asyncio.create_task(tiny.initialize(workflow_id))
    await gate.reached.wait()
    claiming = asyncio.create_task(tiny.claim(workflow_id, 1))
    assert await statuses(tiny, workflow_id) == ["uninitialized"] * 4
    assert len((await tiny.claim(other, 1))["jobs"]) == 1
    assert not claiming.done()
    gate.open.set()
    await initializing
    assert [job["id"] for job in (await claiming)["jobs"]] == jobs[:1]
    gate.close()
    deleting = asyncio.create_task(tiny.ok("DELETE", f"/workflows/{workflow_id}"))
    await gate.reached.wait()
    for method, path in (
        ("GET", f"/workflows/{workflow_id}"),
        ("GET", f"/jobs/{jobs[0]}"),
        ("GET", f"/jobs?workflow_id={workflow_id}"),
        ("POST", f"/workflows/{workflow_id}/initialize_jobs"),
        ("DELETE", f"/workflows/{workflow_id}"),
    ):
        reply = await tiny.call(method, path)
        assert (reply.status, reply.message) == (404, f"There is no workflow {workflow_id}"), path
    assert [each["id"] for each in (await tiny.ok("GET", "/workflows"))["items"]] == [other]
    gate.open.set()
    assert (await deleting)["id"] == workflow_id


async def test_an_operation_that_fails_before_its_commit_changes_nothing(
    tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id, _ = await built(tiny)

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(workflow_locks, "commit", break_down)
    before = tiny.dump()
    reply = await tiny.call("POST", f"/workflows/{workflow_id}/initialize_jobs")
    assert reply.status == 500
    assert [line for line in tiny.dump() if "sqlite_sequence" not in line] == [
        line for line in before if "sqlite_sequence" not in line
    ]
    monkeypatch.undo()
    await tiny.initialize(workflow_id)
    assert await statuses(tiny, workflow_id) == ["ready", "ready", "blocked", "blocked"]


@pytest.mark.parametrize("steps_done", range(8))
async def test_the_next_server_applies_a_committed_log(
    serve: Any, monkeypatch: pytest.MonkeyPatch, steps_done: int
) -> None:
    apply, done = Change.apply, 0

    def stop(self: Change, tx: Any) -> None:
        nonlocal done
        if done == steps_done:
            raise ZeroDivisionError
        done += 1
        apply(self, tx)

    async with serve(steps=TINY) as api:
        workflow_id, _ = await built(api)
        monkeypatch.setattr(Change, "apply", stop)
        reply = await api.call("POST", f"/workflows/{workflow_id}/initialize_jobs")
        assert reply.status in (200, 500)
    monkeypatch.undo()
    async with serve(steps=TINY) as api:
        assert await statuses(api, workflow_id) == ["ready", "ready", "blocked", "blocked"]
        assert await api.broken_promises() == []
        assert len((await api.claim(workflow_id))["jobs"]) == 2


async def test_a_task_runs_in_steps(tiny: Any) -> None:
    workflow_id, _ = await built(tiny)
    reply = await tiny.call("POST", f"/workflows/{workflow_id}/initialize_jobs", params={"async": "true"})
    assert reply.status == 202
    assert await tiny.ok("GET", f"/workflows/{workflow_id}/active_task", params={"wait_seconds": 30}) == {"task": None}
    assert (await tiny.ok("GET", f"/tasks/{reply.json['id']}"))["status"] == "succeeded"
    assert await statuses(tiny, workflow_id) == ["ready", "ready", "blocked", "blocked"]


async def test_one_transaction_is_enough_while_no_other_workflow_is_active(serve: Any) -> None:
    steps = 0

    async def count() -> None:
        nonlocal steps
        steps += 1

    async with serve(steps=Steps(huge_jobs=1, rows=1, before_step=count)) as api:
        workflow_id, _ = await built(api)
        await api.node(workflow_id)
        await api.initialize(workflow_id)
        assert steps == 0
        await api.node(await api.workflow())
        await api.initialize(workflow_id)
        assert steps > 0
