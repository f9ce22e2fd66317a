"""Initializing in the background: status 202 immediately, then the task has the result."""

import asyncio
from typing import Any

import pytest

from torc_server.api.document import build
from torc_server.engine.lifecycle import tasks


async def queue(api: Any, workflow_id: int, **query: Any) -> Any:
    reply = await api.call("POST", f"/workflows/{workflow_id}/initialize_jobs", params={"async": "true", **query})
    assert reply.status == 202, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    return reply.json


async def ended(api: Any, workflow_id: int) -> None:
    answer = await api.ok("GET", f"/workflows/{workflow_id}/active_task", params={"wait_seconds": 30})
    assert answer == {"task": None}


async def test_initializing_in_the_background(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    task = await queue(api, workflow_id)
    assert set(task) == {"id", "workflow_id", "operation", "status", "created_at_ms"}
    assert (task["workflow_id"], task["operation"], task["status"]) == (workflow_id, "initialize_jobs", "queued")
    await ended(api, workflow_id)
    done = await api.ok("GET", f"/tasks/{task['id']}")
    assert {**task, "status": "succeeded"}.items() <= done.items()
    assert task["created_at_ms"] <= done["started_at_ms"] <= done["finished_at_ms"]
    assert "error" not in done
    assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "ready"
    assert await api.ok("GET", f"/workflows/{workflow_id}/active_task") == {"task": None}


async def test_a_claim_waits_for_jobs_that_a_task_makes_ready(api: Any, parked: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    waiting = asyncio.create_task(api.claim(workflow_id, 1, "?wait_seconds=60"))
    await parked(api, 1)
    await queue(api, workflow_id)
    assert [job["id"] for job in (await waiting)["jobs"]] == [job_id]


async def test_arguments_reach_the_task(api: Any) -> None:
    workflow_id = await api.workflow()
    first, _ = await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    await queue(api, workflow_id, only_uninitialized="true")
    await ended(api, workflow_id)
    assert (await api.ok("GET", f"/jobs/{first}"))["status"] == "pending"


async def test_operations_refused_while_a_task_is_unfinished(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_next = tasks.begin_next
    gate = asyncio.Event()
    monkeypatch.setattr(tasks, "begin_next", lambda tx, *, now: begin_next(tx, now=now) if gate.is_set() else None)
    workflow_id, other = await api.workflow(), await api.workflow()
    await api.jobs(workflow_id, 1)
    task = await queue(api, workflow_id)
    active = await api.ok("GET", f"/workflows/{workflow_id}/active_task")
    assert active == {"task": task}
    sentence = (
        f"Workflow {workflow_id} has an unfinished task: initialize_jobs, task {task['id']}, is queued;"
        f" wait until GET /tasks/{task['id']} reports that it has finished"
    )
    assert await queue(api, workflow_id) == task
    assert await queue(api, workflow_id, only_uninitialized="false") == task
    existing = {"existing_task_id": task["id"], "existing_operation": "initialize_jobs"}
    reply = await api.call(
        "POST", f"/workflows/{workflow_id}/initialize_jobs", params={"async": "true", "only_uninitialized": "true"}
    )
    assert (reply.status, reply.json["error"].items() >= existing.items()) == (409, True)
    assert "an unfinished task with different parameters: " in reply.message
    for path, query in (
        ("initialize_jobs", {}),
        ("reset_job_status", {}),
        ("process_changed_job_inputs", {}),
        ("reset_status", {}),
    ):
        reply = await api.call("POST", f"/workflows/{workflow_id}/{path}", params=query)
        error = {"error": "Conflict", "message": sentence, **existing}
        assert (reply.status, reply.json) == (409, {"error": error}), path
    # Other workflows, and operations that do not conflict with the task, are not locked.
    await api.initialize(other)
    await api.ok("POST", f"/workflows/{workflow_id}/process_changed_job_inputs", params={"dry_run": "true"})
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    waiting = asyncio.create_task(ended(api, workflow_id))
    gate.set()
    await queue(api, other)
    await waiting
    assert (await api.ok("GET", f"/tasks/{task['id']}"))["status"] == "succeeded"
    await api.initialize(workflow_id)


async def test_a_failed_task_has_the_reason(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise tasks.Conflict("Somebody else has it")

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    for work, why in (
        (refuse, "Somebody else has it"),
        (break_down, "Unexpected error of the server; see its log"),
    ):
        monkeypatch.setitem(tasks.WORK, "initialize_jobs", work)
        workflow_id = await api.workflow()
        (job_id,) = await api.jobs(workflow_id, 1)
        task = await queue(api, workflow_id)
        await ended(api, workflow_id)
        done = await api.ok("GET", f"/tasks/{task['id']}")
        assert (done["status"], done["error"]) == ("failed", why)
        assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "uninitialized"
    monkeypatch.undo()
    await queue(api, workflow_id)
    await ended(api, workflow_id)
    assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "ready"


async def test_many_tasks_at_once(api: Any) -> None:
    workflow_ids = [await api.workflow() for _ in range(20)]
    for workflow_id in workflow_ids:
        await api.jobs(workflow_id, 2)
    await asyncio.gather(*(queue(api, workflow_id) for workflow_id in workflow_ids))
    await asyncio.gather(*(ended(api, workflow_id) for workflow_id in workflow_ids))
    for workflow_id in workflow_ids:
        assert len((await api.claim(workflow_id))["jobs"]) == 2


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/tasks/77", "There is no task 77"),
        ("/workflows/77/active_task", "There is no workflow 77"),
    ],
)
async def test_missing_records(api: Any, path: str, says: str) -> None:
    reply = await api.call("GET", path)
    assert (reply.status, reply.message) == (404, says)


async def test_initializing_a_missing_workflow(api: Any) -> None:
    reply = await api.call("POST", "/workflows/77/initialize_jobs", params={"async": "true"})
    assert (reply.status, reply.message) == (404, "There is no workflow 77")
    reply = await api.call("POST", "/workflows/77/initialize_jobs", params={"async": "perhaps"})
    assert reply.status == 400
    assert "query parameter async is invalid: must be true or false" in reply.message


def test_the_document_declares_the_task() -> None:
    answers = build()["paths"]["/workflows/{id}/initialize_jobs"]["post"]["responses"]
    assert answers["202"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TaskModel"}
    assert answers["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/MessageResponse"}


async def test_a_deleted_workflow_takes_its_tasks_along(api: Any) -> None:
    workflow_id = await api.workflow()
    task = await queue(api, workflow_id)
    await ended(api, workflow_id)
    await api.ok("DELETE", f"/workflows/{workflow_id}")
    assert (await api.call("GET", f"/tasks/{task['id']}")).status == 404
