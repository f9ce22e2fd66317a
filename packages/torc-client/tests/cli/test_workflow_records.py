"""torc workflows new, update, list-actions, update-action and delete-action."""

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


async def test_changing_the_description_of_a_workflow(torc, server, make):
    server.answer("update_workflow", lambda call: call.body | {"id": 7})
    flags = ["--owner-user", "grace", "--project", "p", "--metadata", '{"a": 1}']
    ended = await torc("-f", "json", "workflows", "update", "7", *flags)
    assert ended.code == 0
    body = server.calls_of("update_workflow")[0].body
    assert body == {"name": "sweep", "user": "grace", "project": "p", "metadata": {"a": 1}}
    assert (await torc("workflows", "update", "7")).code == 2
    assert (await torc("workflows", "update", "7", "--metadata", "3")).code == 2


async def test_actions_are_listed_with_their_progress(torc, server):
    action = {
        "workflow_id": 7, "trigger_type": "on_jobs_complete", "action_type": "run_commands", "action_config": {},
        "job_ids": [6, 1, 10, 2, 3, 4], "required_triggers": 6,
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
    assert "1, 2, 3, 4, 6, ... (6)" in (await torc("workflows", "list-actions", "7")).out
    server.answer("get_workflow_actions", [])
    (await torc("workflows", "list-actions", "7")).told("no actions")


async def test_groups_of_jobs_are_listed_with_what_they_wait_for(torc, server):
    counts = dict.fromkeys(
        ("uninitialized", "blocked", "ready", "pending", "running", "completed", "failed", "canceled", "terminated",
         "disabled", "pending_failed"), 0,
    )  # fmt: skip
    rest = {"merged_groups": 0, "resource_requirements_ids": [4], "lowest_priority": 0, "highest_priority": 0}
    server.answer("list_job_groups", {
        "groups": [
            rest | {"key": key, "label": key, "first_job_id": first, "total_jobs": total,
                    "jobs_by_status": counts | {"completed": total - 1, "failed": 1}}
            for key, first, total in (("prepare", 1, 1), ("simulate_#", 2, 3))
        ],
        "edges": [
            {"source": "prepare", "target": "simulate_#", "kind": kind, "pairs": 3} for kind in ("file", "user_data")
        ],
        "edges_left_off": 2,
    })  # fmt: skip
    shown = await torc("workflows", "groups", "7")
    assert "2 completed, 1 failed" in shown.out
    assert "2 edges" in shown.err
    items = (await torc("-f", "json", "workflows", "groups", "7")).json["items"]
    assert [(item["key"], item["total_jobs"], item["jobs_by_status"], item["waits_for"]) for item in items] == [
        ("prepare", 1, {"failed": 1}, []), ("simulate_#", 3, {"completed": 2, "failed": 1}, ["prepare"]),
    ]  # fmt: skip


@pytest.fixture
def pending(server):
    action = {
        "id": 3, "workflow_id": 7, "trigger_type": "on_workflow_start", "action_type": "schedule_nodes",
        "action_config": {"num_allocations": 1, "scheduler_id": 2}, "persistent": False,
    }  # fmt: skip
    server.answer("get_action", action)
    server.answer("delete_action", action)
    server.answer("update_action", lambda call: action | call.body)
    return server


async def test_a_pending_action_is_changed_in_part(torc, pending):
    flags = ["--num-allocations", "4", "--no-start-one-worker-per-node", "--config", '{"scheduler_id": null}']
    ended = await torc("-f", "json", "workflows", "update-action", "3", *flags, "--persistent")
    assert ended.code == 0
    (sent,) = pending.calls_of("update_action")
    config = {"num_allocations": 4, "start_one_worker_per_node": False, "scheduler_id": None}
    assert (sent.body["action_config"], sent.body["persistent"]) == (config, True)
    assert ended.json["action_config"] == config


async def test_the_options_of_an_action_may_have_the_form_of_1_0(torc, pending):
    flags = ["--json", '{"num_allocations": 9, "partition": "p"}', "-n", "4", "--start-one-worker-per-node", "true"]
    ended = await torc("-f", "json", "workflows", "update-action", "7", "3", *flags, "--persistent=false")
    assert ended.code == 0, ended.err
    (sent,) = pending.calls_of("update_action")
    config = {"num_allocations": 4, "partition": "p", "start_one_worker_per_node": True}
    assert (sent.path["id"], sent.body["action_config"], sent.body["persistent"]) == (3, config, False)


async def test_the_commands_of_an_action_can_be_replaced(torc, pending):
    await torc("workflows", "update-action", "3", "-c", "echo a", "-c", "echo b")
    assert pending.calls_of("update_action")[0].body["action_config"] == {"commands": ["echo a", "echo b"]}


@pytest.mark.parametrize("flags", [[], ["--config", "3"], ["--num-allocations", "0"]])
async def test_a_change_of_nothing_is_a_mistake(torc, pending, flags):
    assert (await torc("workflows", "update-action", "3", *flags)).code == 2
    assert not pending.calls_of("update_action")


@pytest.mark.parametrize("ids", [["3"], ["7", "3"]])
async def test_one_action_is_deleted(torc, pending, ids):
    ended = await torc("-f", "json", "workflows", "delete-action", "--no-prompts", *ids)
    assert ended.code == 0
    assert (ended.json["workflow_id"], ended.json["action_id"], ended.json["action_ids"]) == (7, 3, [3])
    assert [call.path["id"] for call in pending.calls_of("delete_action")] == [3]


@pytest.mark.parametrize("words", [["delete-action"], ["update-action", "-n", "2"]])
@pytest.mark.parametrize(("ids", "code"), [(["179", "3"], 1), (["7", "3", "4"], 2), ([], 2)])
async def test_ids_that_do_not_name_one_action_of_the_workflow_change_nothing(torc, pending, words, ids, code):
    ended = await torc("workflows", *words, *ids)
    assert ended.code == code
    assert not pending.calls_of("delete_action")
    assert not pending.calls_of("update_action")
    if code == 1:
        ended.told(words[0])
