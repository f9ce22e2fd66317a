"""torc workflows new, update and list-actions."""

import pytest


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7, description="old"))
    return fake_server


async def test_an_empty_workflow(torc, server):
    server.answer("create_workflow", lambda call: call.body | {"id": 8})
    ended = await torc("-f", "json", "workflows", "new", "-n", "sweep", "-d", "all of it")
    assert ended.json["workflow_id"] == 8
    body = server.calls_of("create_workflow")[0].body
    assert body == {"name": "sweep", "user": "ada", "description": "all of it"}


async def test_changing_what_is_said_of_one(torc, server, make):
    server.answer("update_workflow", lambda call: call.body | {"id": 7})
    flags = ["--owner-user", "grace", "--project", "p", "--metadata", '{"a": 1}']
    ended = await torc("-f", "json", "workflows", "update", "7", *flags)
    assert ended.code == 0
    body = server.calls_of("update_workflow")[0].body
    assert body == {"name": "sweep", "user": "grace", "project": "p", "metadata": {"a": 1}}
    assert (await torc("workflows", "update", "7")).code == 2
    assert (await torc("workflows", "update", "7", "--metadata", "3")).code == 2


async def test_actions_tell_how_far_they_are(torc, server):
    action = {
        "workflow_id": 7, "trigger_type": "on_jobs_complete", "action_type": "run_commands", "action_config": {},
        "job_ids": [1, 2, 3, 4, 5, 6], "required_triggers": 6,
    }  # fmt: skip
    server.answer("get_workflow_actions", [
        action | {"id": 1, "trigger_count": 2},
        action | {"id": 2, "trigger_count": 6},
        action | {"id": 3, "trigger_count": 6, "executed": True, "executed_at": "2026-01-01T00:00:00Z"},
    ])  # fmt: skip
    items = (await torc("-f", "json", "workflows", "list-actions", "7")).json["items"]
    assert [(item["id"], item["progress"], item["status"]) for item in items] == [
        (1, "2/6", "pending"), (2, "6/6", "ready"), (3, "6/6", "executed"),
    ]  # fmt: skip
    assert "1, 2, 3, 4, 5, ... (6)" in (await torc("workflows", "list-actions", "7")).out
    server.answer("get_workflow_actions", [])
    assert "A spec file gives" in (await torc("workflows", "list-actions", "7")).err
