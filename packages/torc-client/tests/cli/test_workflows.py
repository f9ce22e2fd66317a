"""torc workflows ..., and the choice of a workflow."""

import json
import os
import pwd
from unittest.mock import patch

import msgspec
import pytest

import cli_wording
from batch_fakes import page
from torc_client.api.enums import JobStatus
from torc_client.cli.framework.output import ask
from torc_client.testing import Refusal

OWN = {"user": "ada", "is_archived": False}
EMPTY = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status())
    fake_server.answer("delete_workflow", make.workflow(7))
    fake_server.answer("is_workflow_uninitialized", {"is_uninitialized": False})
    fake_server.answer("list_files", EMPTY)
    fake_server.answer("start_run", {"is_started": True, "run_id": 2})
    fake_server.answer("list_jobs", EMPTY)
    fake_server.answer("restart_jobs", {"run_id": 2, "updated_count": 2})
    return fake_server


def changes(server) -> list[str]:
    reads = ("get_", "list_", "is_")
    return [call.operation for call in server.calls if not call.operation.startswith(reads)]


@pytest.mark.parametrize(
    ("flags", "query"),
    [
        ([], OWN),
        (["--all-users"], {"is_archived": False}),
        (["-a"], {"is_archived": False}),
        (["-g", "lab"], {"is_archived": False, "access_group": "lab"}),
        (["--include-archived"], {"user": "ada"}),
        (["--archived-only"], {"user": "ada", "is_archived": True}),
    ],
)
async def test_which_workflows_are_listed(torc, server, make, flags, query):
    server.answer("list_workflows", make.workflows(make.workflow(7)))
    ended = await torc("-f", "json", "workflows", "list", *flags)
    assert [item["id"] for item in ended.json["items"]] == [7]
    asked = server.calls_of("list_workflows")[0].query
    assert {k: v for k, v in asked.items() if k not in {"offset", "with_progress"}} == query


def progress_of(state, total, **counts):
    by_status = dict.fromkeys([each.value for each in JobStatus], 0) | counts
    return {"state": state, "total_jobs": total, "jobs_by_status": by_status, "active_compute_nodes": 0}


async def test_a_list_shows_the_state_and_the_failed_jobs(torc, server, make):
    counts = {"completed": 9, "failed": 40, "terminated": 11, "canceled": 1}
    failed = msgspec.to_builtins(make.workflow(7)) | {"progress": progress_of("failed", 61, **counts)}
    running = msgspec.to_builtins(make.workflow(8)) | {"progress": progress_of("running", 2000, completed=1000)}
    page = {"items": [failed, running], "offset": 0, "max_limit": 10, "count": 2, "total_count": 2, "has_more": False}
    server.answer("list_workflows", page)
    ended = await torc("workflows", "list", "--columns", "id,state,failed_jobs,completed_jobs")
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ended.out.splitlines() if line[0] == "│"]
    assert cells[1:] == [["7", "failed", "51", "9 of 61"], ["8", "running", "-", "1,000 of 2,000"]]
    assert server.calls_of("list_workflows")[0].query["with_progress"] is True
    csv = (await torc("-f", "csv", "workflows", "list")).out
    assert {"State", "Canceled"} <= set(csv.splitlines()[0].split(","))


async def test_a_server_of_1_0_is_not_asked_for_states(torc, server, make):
    server.answer("get_version", {"version": "1.0.0", "api_version": "1.0.0"})
    server.answer("list_workflows", make.workflows(make.workflow(7)))
    ended = await torc("workflows", "list")
    assert (ended.code, "State" in ended.out) == (0, False)
    assert "with_progress" not in server.calls_of("list_workflows")[0].query


@pytest.mark.parametrize(
    ("variables", "whose"),
    [
        ({"TORC_USERNAME": "ada", "USER": "bob"}, "ada"),
        ({"TORC_USERNAME": "", "USER": "bob"}, "bob"),
        ({"TORC_USERNAME": "", "USER": ""}, pwd.getpwuid(os.getuid()).pw_name),
    ],
)
async def test_an_empty_list_names_the_user_whose_workflows_it_shows(torc, server, make, variables, whose):
    server.answer("list_workflows", make.workflows())
    with patch.dict(os.environ, {"LOGNAME": "another", **variables}):
        ended = await torc("workflows", "list")
    assert whose in ended.out
    (call,) = server.calls_of("list_workflows")
    assert (call.query["user"], call.headers["X-Torc-Client-User"]) == (whose, whose)
    (await torc("workflows", "list", "-g", "lab")).printed("none of a group")


async def test_the_only_workflow_is_chosen_by_itself(torc, server, make):
    server.answer("list_workflows", make.workflows(make.workflow(7)))
    assert (await torc("-f", "json", "workflows", "get")).json["id"] == 7


async def test_without_workflows_there_is_nothing_to_choose(torc, server, make):
    server.answer("list_workflows", make.workflows())
    ended = await torc("workflows", "get")
    assert ended.code == 1
    ended.told()


async def test_status(torc, server):
    assert (await torc("-f", "json", "workflows", "status", "7")).json["jobs_by_status"]["completed"] == 2
    assert "jobs: completed" in (await torc("workflows", "status", "7")).out


async def test_status_begins_with_the_conclusion_and_why_jobs_failed(torc, server, make):
    counts = make.counts(completed=9, failed=12, canceled=1)
    server.answer("get_workflow_status", make.status(total_jobs=22, jobs_by_status=counts))
    server.answer("get_workflow_actions", [])
    failed = [make.job(number, status=JobStatus.FAILED) for number in range(1, 11)]
    server.answer("list_jobs", make.jobs(failed))
    codes = {1: 139, 2: 152, 3: 137}
    results = [make.result(n, return_code=codes.get(n, 3), status=JobStatus.FAILED) for n in range(1, 11)]
    server.answer("list_results", page(*results))
    server.answer("get_job", Refusal(404, "The logs cannot be read."))
    ended = await torc("workflows", "status", "7")
    lines = ended.out.splitlines()
    assert lines[0] == "Workflow 7 (sweep): finished, 9 of 22 jobs completed, 12 failed, 1 canceled."
    assert lines[1] == "  job1 (job 1) failed: ended by SIGSEGV: it accessed invalid memory (exit code 139)"
    assert lines[2] == "  job2 (job 2) failed: it was stopped at its time limit (exit code 152)"
    assert "its memory ran out" in lines[3]
    assert lines[4] == "  job4 (job 4) failed, and likewise jobs 5, 6, 7, 8, 9 and 10: exit code 3"
    assert lines[5:8] == [
        "  and 2 more: torc results list 7 --failed",
        "  and 1 more canceled: torc jobs list 7 --status canceled",
        "Next: torc run 7 --retry-failed",
    ]
    assert "active" not in ended.out


async def test_after_a_stop_the_next_command_also_runs_the_terminated_jobs_again(torc, server, make):
    counts = make.counts(completed=1, terminated=2, ready=1)
    server.answer("get_workflow_status", make.status(total_jobs=4, jobs_by_status=counts, is_complete=False))
    server.answer("get_workflow_actions", [])
    server.answer("list_jobs", make.jobs([]))
    server.answer("list_results", page())
    server.answer("list_scheduled_compute_nodes", EMPTY)
    assert "Next: torc run 7 --retry-failed" in (await torc("workflows", "status", "7")).out.splitlines()


async def test_jobs_that_fit_no_earlier_node_have_the_reason_before_the_next_command(torc, server, make):
    server.answer("get_workflow_status", make.status(jobs_by_status=make.counts(ready=2), is_complete=False))
    server.answer("get_workflow_actions", [])
    server.answer("list_jobs", make.jobs([]))
    server.answer("list_scheduled_compute_nodes", EMPTY)
    shortfalls = "2 jobs need 64 CPUs"
    reason = {"code": "no_active_nodes", "count": 2, "jobs": [], "message": "Any. Text", "shortfalls": shortfalls}
    answer = {
        "workflow_id": 7, "active_compute_nodes": 0, "is_claimable": False, "reasons": [reason], "ready": [],
        "jobs_by_status": make.counts(ready=2),
    }  # fmt: skip
    server.answer("explain_workflow", answer)
    lines = (await torc("workflows", "status", "7")).out.splitlines()
    assert "2 jobs need 64 CPUs." in lines
    assert [line.endswith(": torc run 7") for line in lines if line.startswith("Next")] == [True]
    assert "Next: torc run 7" not in lines


async def test_a_finished_workflow_is_not_canceled(torc, server, make):
    finished = {"total_jobs": 2, "jobs_by_status": make.counts(completed=2), "is_complete": True}
    server.answer("get_workflow_status", make.status(**finished))
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["status"], ended.json["canceled_slurm_jobs"]) == (0, "success", [])
    assert changes(server) == []
    # A runner that stays for later jobs leaves if its workflow is canceled.
    server.answer("get_workflow_status", make.status(**finished, active_compute_nodes=1))
    server.answer("cancel_workflow", {"run_id": 1, "is_canceled": True})
    server.answer("list_scheduled_compute_nodes", EMPTY)
    assert (await torc("cancel", "7")).code == 0
    assert changes(server) == ["cancel_workflow"]


async def test_cancel(torc, server, make):
    server.answer("get_workflow_status", make.status(jobs_by_status=make.counts(ready=2), is_complete=False))
    server.answer("cancel_workflow", {"run_id": 1, "is_canceled": True})
    server.answer("list_scheduled_compute_nodes", EMPTY)
    ended = await torc("-f", "json", "workflows", "cancel", "7")
    assert ended.json == {
        "workflow_id": 7, "canceled_slurm_jobs": [], "errors": None, "status": "success",
        "message": "Canceled workflow 7.",
    }  # fmt: skip


@pytest.mark.parametrize("flag", ["--no-prompts", "--force"])
async def test_delete_without_asking(torc, server, flag):
    ended = await torc("workflows", "delete", "7", "7", flag)
    assert (ended.code, ended.out) == (0, cli_wording.DELETED)
    assert changes(server) == ["delete_workflow"]


async def test_several_deleted_workflows_are_named(torc, server):
    ended = await torc("workflows", "delete", "7", "8", "9", "--force")
    ended.printed()
    ended = await torc("-f", "json", "workflows", "delete", "7", "--force")
    assert [workflow["name"] for workflow in ended.json] == ["sweep"]


async def test_a_deletion_names_the_jobs_that_it_ends(torc, server, make):
    counts = make.status().jobs_by_status
    counts.running = 1
    server.answer("get_workflow_status", make.status(jobs_by_status=counts))
    server.answer("list_jobs", make.jobs([make.job(3)]))
    ended = await torc("workflows", "delete", "7", "--force")
    ended.printed("one")
    ended = await torc("workflows", "delete", "7", "8", "--force")
    ended.printed("several")
    (deleted,) = (await torc("-f", "json", "workflows", "delete", "7", "--force")).json
    assert deleted["running_jobs"] == ["job3"]


async def test_delete_asks_and_takes_no_for_an_answer(torc, server, monkeypatch):
    questions = []
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", questions.append)
    ended = await torc("workflows", "delete", "7")
    assert (ended.code, ended.out) == (0, cli_wording.NOTHING_DELETED)
    assert questions == ["Delete workflow 7 (sweep, 2 jobs)?"]
    assert changes(server) == []


async def test_json_confirms_a_deletion_only_on_the_command_line(torc, server, monkeypatch):
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    monkeypatch.setenv("TORC_CLIENT__FORMAT", "json")
    ended = await torc("workflows", "delete", "7")
    assert ended.code == 1
    assert json.loads(ended.err)["hint"] == cli_wording.SKIP_CONFIRMATION
    assert changes(server) == []
    ended = await torc("-f", "json", "workflows", "delete", "7")
    assert (ended.code, changes(server)) == (0, ["delete_workflow"])


async def test_delete_of_another_users_workflow_is_refused(torc, server, make):
    server.script("get_workflow_status", [make.status(), make.status(workflow_user="grace")])
    ended = await torc("workflows", "delete", "7", "8", "--force")
    assert ended.code == 1
    ended.told()
    assert changes(server) == []


async def test_initialize_asks_before_it_begins_again(torc, server, monkeypatch):
    server.answer("list_missing_user_data", {"user_data": []})
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    ended = await torc("workflows", "initialize", "7")
    assert ended.code == 1
    ended = await torc("-f", "json", "workflows", "initialize", "7")
    assert (ended.code, "--no-prompts" in json.loads(ended.err)["hint"]) == (1, True)
    assert changes(server) == []
    ended = await torc("workflows", "initialize", "7", "--no-prompts")
    assert (ended.code, ended.out) == (0, cli_wording.INITIALIZED)
    assert changes(server) == ["start_run"]


async def test_initialize_warns_of_what_jobs_write_over(torc, server, make, tmp_path):
    server.answer("list_missing_user_data", {"user_data": []})
    paths = [tmp_path / name for name in ("a", "b", "not there")]
    for path in paths[:2]:
        path.touch()
    files = [{"id": n, "workflow_id": 7, "name": path.name, "path": str(path)} for n, path in enumerate(paths)]
    server.answer("list_files", EMPTY | {"items": files, "count": 3, "total_count": 3})
    server.answer("list_jobs", make.jobs([make.job(1, output_file_ids=[0, 1, 2])]))
    server.answer("update_file", lambda call: call.body)
    ended = await torc("workflows", "initialize", "7", "--no-prompts")
    assert (ended.code, ended.out) == (0, cli_wording.INITIALIZED)
    ended.told()
    assert f"{paths[0]}, {paths[1]}." in ended.err


async def test_initialize_dry_run_changes_nothing(torc, server):
    ended = await torc("-f", "json", "workflows", "initialize", "7", "--dry-run")
    assert ended.json["safe"] is True
    assert ended.json["missing_input_file_count"] == 0
    assert changes(server) == []


async def test_initialize_dry_run_of_missing_files(torc, server):
    server.answer("get_workflow", Refusal(404, "There is no workflow 8"))
    ended = await torc("init", "8", "--dry-run")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


async def test_reset_status(torc, server):
    ended = await torc(
        "-f", "json", "workflows", "reset-status", "7", "--failed-only", "--reinitialize", "--no-prompts"
    )
    assert ended.json["operations"] == {"workflow_reset": True, "job_reset": True, "reinitialize": True}
    assert (ended.json["failed_only"], ended.json["messages"]) == (True, [ended.json["message"]])
    assert ended.json["updated_count"] == 2
    assert changes(server) == ["restart_jobs"]
    (call,) = server.calls_of("restart_jobs")
    assert (call.body["scope"], call.body["initializes"]) == ("unsuccessful", True)
