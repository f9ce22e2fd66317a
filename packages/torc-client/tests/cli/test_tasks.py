"""torc tasks."""

import pytest

TASK = {"id": 4, "workflow_id": 7, "operation": "initialize_jobs", "created_at_ms": 1}


def task(status: str, **members):
    return TASK | {"status": status} | members


@pytest.fixture
def server(fake_server):
    fake_server.answer("get_active_task_for_workflow", {"task": task("running")})
    return fake_server


async def test_waiting_asks_again_until_the_task_has_ended(torc, server):
    server.script("get_task", [task("queued"), task("running"), task("succeeded")])
    ended = await torc("-f", "json", "tasks", "wait", "4", "--poll-fallback-interval", "20")
    assert (ended.code, ended.json["status"]) == (0, "succeeded")
    waits = server.calls_of("get_active_task_for_workflow")
    assert [call.query["wait_seconds"] for call in waits] == [20, 20]


async def test_a_failed_task_is_shown_with_exit_code_1(torc, server):
    server.answer("get_task", task("failed", error="No room."))
    ended = await torc("tasks", "wait", "4")
    assert ended.code == 1
    assert "No room." in ended.out


async def test_one_that_takes_too_long(torc, server):
    server.answer("get_task", task("running"))
    ended = await torc("tasks", "wait", "4", "--timeout", "0.05")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


async def test_looking_at_one(torc, server):
    server.answer("get_task", task("running"))
    assert (await torc("-f", "json", "tasks", "get", "4")).json == task("running")
