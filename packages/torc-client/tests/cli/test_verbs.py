"""Top-level commands for common operations, which do the same as the older spellings."""

import pytest

import cli_wording
from torc_client.testing import Accepted

PAIRS = [
    (["status", "7"], ["workflows", "status", "7"]),
    (["cancel", "7"], ["workflows", "cancel", "7"]),
    (["delete", "7", "--force"], ["workflows", "delete", "7", "--no-prompts"]),
    (["init", "7", "--no-prompts"], ["workflows", "initialize", "7", "--no-prompts"]),
    (["reinit", "7"], ["workflows", "reinitialize", "7"]),
    (["reinit", "7", "--dry-run"], ["workflows", "reinit", "7", "--dry-run"]),
    (["init", "7", "--dry-run"], ["workflows", "init", "7", "--dry-run"]),
]

EMPTY = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}


@pytest.fixture
def server(fake_server, make):
    for operation, answer in {
        "get_workflow": make.workflow(7),
        "get_workflow_status": make.status(),
        "delete_workflow": make.workflow(7),
        "cancel_workflow": {"run_id": 1, "is_canceled": True},
        "is_workflow_uninitialized": {"is_uninitialized": True},
        "is_workflow_complete": {"is_complete": False, "is_canceled": False},
        "list_scheduled_compute_nodes": EMPTY,
        "list_files": EMPTY,
        "list_jobs": EMPTY,
        "list_job_dependencies": EMPTY,
        "process_changed_job_inputs": {"reinitialized_jobs": []},
        "list_missing_user_data": {"user_data": []},
        "start_run": {"is_started": True, "run_id": 2},
        "restart_jobs": {"run_id": 2, "updated_count": 2},
        "archive_workflow": make.workflow(7),
    }.items():
        fake_server.answer(operation, answer)
    return fake_server


@pytest.mark.parametrize(("short", "long"), PAIRS, ids=" ".join)
async def test_short_and_long_are_the_same(torc, server, short, long):
    first = await torc("-f", "json", *short)
    asked = [(call.operation, call.query) for call in server.calls]
    server.calls.clear()
    second = await torc("-f", "json", *long)
    assert (first.code, first.json) == (0, second.json)
    assert [(call.operation, call.query) for call in server.calls] == asked


async def test_reinitialization_without_inputs_changes_nothing(torc, server, make, tmp_path):
    gone = str(tmp_path / "gone")
    server.answer(
        "list_files",
        {**EMPTY, "items": [{"id": 1, "workflow_id": 7, "name": "gone", "path": gone}], "count": 1, "total_count": 1},
    )
    server.answer("list_jobs", make.jobs([make.job(1, status="uninitialized", input_file_ids=[1])]))
    ended = await torc("reinit", "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert gone in ended.err
    assert not server.calls_of("restart_jobs")
    assert (await torc("reinit", "7", "--async", "--wait-timeout", "1")).code == 2


async def test_a_start_that_fails_in_the_background_is_an_error(torc, server, make):
    task = {"id": 4, "workflow_id": 7, "operation": "initialize_jobs", "created_at_ms": 1}
    server.answer("list_jobs", make.jobs([make.job(1, status="uninitialized")]))
    server.answer("restart_jobs", Accepted({**task, "status": "queued"}))
    server.answer("get_task", {**task, "status": "failed", "error": "The disk is full"})
    ended = await torc("reinit", "7", "--wait-timeout", "5")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert "torc tasks get 4" in ended.err


async def test_workflows_are_archived_and_taken_out(torc, server):
    ended = await torc("-f", "json", "workflows", "archive", "true", "7", "8", "7")
    assert ended.json["updated_workflows"] == [7, 8]
    assert [(call.path, call.body) for call in server.calls_of("archive_workflow")] == [
        ({"id": 7}, {"is_archived": True}),
        ({"id": 8}, {"is_archived": True}),
    ]
    (await torc("workflows", "archive", "false", "7")).printed("restored")
    (await torc("workflows", "archive", "true", "6", "7")).printed("archived")
    assert (await torc("workflows", "archive", "maybe", "7")).code == 2


async def test_is_complete_has_exit_code_0_in_both_cases(torc, server):
    ended = await torc("-f", "json", "workflows", "is-complete", "7")
    assert (ended.code, ended.json["is_complete"], ended.json["is_canceled"]) == (0, False, False)


@pytest.mark.parametrize("words", [["submit"], ["workflows", "submit"]], ids=" ".join)
async def test_what_schedules_no_nodes_is_not_submitted(torc, server, tmp_path, words):
    spec = tmp_path / "plain.yaml"
    spec.write_text("name: plain\njobs: [{name: one, command: echo}]\n")
    ended = await torc(*words, str(spec))
    assert (ended.code, ended.out, server.calls) == (1, "", [])
    ended.told()
    assert f"torc run {spec}" in ended.err


async def test_a_workflow_is_looked_at_before_it_is_submitted(torc, server):
    server.answer("get_workflow_actions", [])
    ended = await torc("submit", "7")
    assert ended.code == 1
    ended.told()
    assert "torc run 7" in ended.err


TASK = {"id": 4, "workflow_id": 7, "operation": "restart_jobs", "created_at_ms": 1}


@pytest.mark.parametrize("words", [["init"], ["workflows", "init"], ["workflows", "initialize"]])
async def test_an_initialization_in_the_background_prints_its_task(torc, server, words):
    server.answer("restart_jobs", Accepted({**TASK, "status": "queued"}))
    ended = await torc("-f", "json", *words, "7", "--async", "--no-prompts")
    assert ended.code == 0
    assert {name: ended.json[name] for name in ("workflow_id", "task_id", "task_operation", "task_status")} == {
        "workflow_id": 7, "task_id": 4, "task_operation": "restart_jobs", "task_status": "queued",
    }  # fmt: skip
    (sent,) = (call.body for call in server.calls_of("restart_jobs"))
    assert (sent["scope"], sent["begins_run"], sent["initializes"]) == ("all", True, True)
    assert not server.calls_of("start_run")
    assert (await torc(*words, "7", "--async", "--wait-timeout", "1")).code == 2


async def test_an_initialization_that_takes_too_long_goes_on_at_the_server(torc, server):
    server.answer("restart_jobs", Accepted({**TASK, "status": "running"}))
    server.answer("get_task", {**TASK, "status": "running"})
    server.answer("get_active_task_for_workflow", {"task": {**TASK, "status": "running"}})
    ended = await torc("init", "7", "--wait-timeout", "0.2")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


async def test_the_end_of_an_initialization_is_awaited(torc, server):
    server.answer("restart_jobs", Accepted({**TASK, "status": "running"}))
    server.answer("get_task", {**TASK, "status": "succeeded"})
    assert (await torc("init", "7", "--wait-timeout", "20")).out == cli_wording.INITIALIZED


async def test_canceling_takes_the_option_of_1_0(torc, server, make):
    server.answer("get_workflow_status", make.status(jobs_by_status=make.counts(ready=2), is_complete=False))
    assert (await torc("cancel", "7", "--no-prompts")).code == 0
    assert len(server.calls_of("cancel_workflow")) == 1
