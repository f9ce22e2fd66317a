"""Commands of jobs that make decisions."""

import pytest

import cli_wording
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts
from torc_client.cli.framework.output import ask
from torc_client.defaults import MAX_LIMIT
from torc_client.testing import Refusal

RUNNING = Refusal(422, "1 of the jobs, or of those that depend on them, are pending or running: 'a'")
PAGE = {"offset": 0, "max_limit": 10, "has_more": False}


def page(*items):
    return PAGE | {"items": list(items), "count": len(items), "total_count": len(items)}


def dependency(job_id: int, on: int) -> dict[str, object]:
    names = {"job_name": f"job{job_id}", "depends_on_job_name": f"job{on}"}
    return {"workflow_id": 7, "job_id": job_id, "depends_on_job_id": on, **names}


@pytest.fixture
def server(fake_server, make):
    """1 <- 2 <- 3, and 4 alone; 1 failed, so that 2 and 3 were canceled."""
    jobs = [
        make.job(1, status=JobStatus.FAILED),
        make.job(2, status=JobStatus.CANCELED),
        make.job(3, status=JobStatus.CANCELED),
        make.job(4, status=JobStatus.COMPLETED),
    ]

    def with_status(call):
        return make.jobs([job for job in jobs if call.query.get("status", job.status) == job.status])

    fake_server.answer("get_workflow", make.workflow(7, run_id=5))
    fake_server.answer("list_jobs", with_status)
    fake_server.answer("get_job", lambda call: jobs[call.path["id"] - 1])
    fake_server.answer("list_job_dependencies", page(dependency(2, 1), dependency(3, 2)))
    fake_server.answer("list_files", page())
    fake_server.answer("restart_jobs", {"run_id": 6, "updated_count": 1})
    fake_server.answer("get_workflow_status", make.status(active_compute_nodes=0))
    fake_server.answer("get_workflow_actions", [])
    return fake_server


def reset_ids(server) -> list[int]:
    return [job_id for call in server.calls_of("restart_jobs") for job_id in call.body["job_ids"]]


async def test_a_reset_includes_all_dependents(torc, server):
    ended = await torc("-f", "json", "jobs", "reset-status", "1", "--no-prompts")
    assert ended.json["job_ids"] == [1, 2, 3]
    assert ended.json["reinitialized"] is False
    assert reset_ids(server) == [1, 2, 3]
    (call,) = server.calls_of("restart_jobs")
    assert (call.body["begins_run"], call.body["initializes"]) == (False, False)


async def test_dependencies_are_read_in_the_largest_pages(torc, server):
    await torc("jobs", "reset-status", "1", "--dry-run")
    assert [call.query["limit"] for call in server.calls_of("list_job_dependencies")] == [MAX_LIMIT]


async def test_a_dry_run_prints_reasons_and_changes_nothing(torc, server):
    ended = await torc("-f", "json", "jobs", "reset-status", "--workflow-id", "7", "-s", "failed", "--dry-run")
    answer = ended.json
    assert (answer["workflow_id"], answer["dry_run"], answer["reinit_requested"]) == (7, True, False)
    assert answer["jobs"] + answer["downstream_jobs"] == answer["items"]
    assert {item["status"] for item in answer["jobs"]} == {"failed"}
    assert [(item["job_id"], item["reason"]) for item in ended.json["items"]] == [
        (1, "failed"), (2, "depends on job 1"), (3, "depends on job 2"),
    ]  # fmt: skip
    assert reset_ids(server) == []


async def test_by_return_code_and_status_both_must_hold(torc, server, make):
    results = [make.result(1, job_id=1, return_code=137), make.result(4, job_id=4, return_code=137)]
    server.answer("list_results", page(*results))
    arguments = ["jobs", "reset-status", "--workflow-id", "7", "--return-code", "137", "--dry-run"]
    listed = (await torc("-f", "json", *arguments)).json["items"]
    assert [item["job_id"] for item in listed] == [1, 2, 3, 4]
    listed = (await torc("-f", "json", *arguments, "--status", "completed,canceled")).json["items"]
    assert [(item["job_id"], item["reason"]) for item in listed] == [(4, "completed, return code 137")]


@pytest.mark.parametrize("job", ["4", "2"])
async def test_a_reset_names_the_command_that_makes_jobs_ready(torc, server, job):
    ended = await torc("jobs", "reset-status", job, "--no-prompts")
    ended.printed(job)
    assert ended.out.endswith(cli_wording.READY)


@pytest.mark.parametrize("num_running", [0, 1])
async def test_a_reset_beside_active_runners_names_a_command_that_works_then(torc, server, make, num_running):
    counts = make.status().jobs_by_status
    counts.running, counts.pending = num_running, 0
    server.answer("get_workflow_status", make.status(active_compute_nodes=1, jobs_by_status=counts))
    ended = await torc("jobs", "reset-status", "4", "--no-prompts")
    ended.printed(str(num_running))
    assert "torc jobs reset-status --workflow-id 7 --status uninitialized --reinit." in ended.out
    assert ended.out.endswith(cli_wording.READY) is bool(num_running)


async def test_reinit_makes_them_ready_at_once(torc, server):
    ended = await torc("jobs", "reset-status", "4", "--reinit", "--force")
    assert ended.out == cli_wording.JOB_RESET
    (call,) = server.calls_of("restart_jobs")
    assert (call.body["job_ids"], call.body["force"]) == ([4], True)
    assert (call.body["begins_run"], call.body["initializes"]) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ([], 2, "nothing selected"),
        (["1", "--status", "failed"], 2, "ids and status"),
        (["--status", "broken", "--workflow-id", "7"], 2, "no such status"),
        (["--status", "terminated", "--workflow-id", "7"], 1, "no job matches"),
        (["1", "--filter", "host~n1"], 2, "ids and filter"),
        (["1", "--workflow-id", "7"], 2, "ids and workflow"),
    ],
)
async def test_what_cannot_be_reset(torc, server, arguments, code, error):
    ended = await torc("jobs", "reset-status", *arguments, "--no-prompts")
    assert (ended.code, ended.out) == (code, "")
    ended.told(error)
    assert reset_ids(server) == []


async def test_a_reset_of_completed_jobs_is_a_warning(torc, server):
    ended = await torc("jobs", "reset-status", "4", "--reinitialize", "--force")
    assert ended.out == cli_wording.JOB_RESET
    ended.told()
    assert (await torc("jobs", "reset-status", "1", "--force")).err == ""


async def test_jobs_at_work_are_reset_only_by_force(torc, server):
    server.answer("restart_jobs", lambda call: {"run_id": 5, "updated_count": 1} if call.body.get("force") else RUNNING)
    ended = await torc("jobs", "reset-status", "1", "--no-prompts")
    assert ended.code == 1
    ended.told()
    assert (await torc("jobs", "reset-status", "1", "--force")).code == 0


async def test_reset_asks_and_takes_no_for_an_answer(torc, server, monkeypatch):
    questions = []
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", questions.append)
    (await torc("jobs", "reset-status", "1")).printed()
    assert questions == ["Reset 3 jobs of workflow 7 (sweep)? (--dry-run lists them)"]
    assert reset_ids(server) == []


async def test_a_job_for_each_line_of_a_file(torc, server, make, tmp_path):
    server.answer("list_resource_requirements", page())
    server.answer("create_resource_requirements", lambda call: call.body | {"id": 9})
    server.answer("create_jobs", lambda call: {"jobs": call.body["jobs"]})
    server.answer("list_jobs", make.jobs([make.job(1)], total=2))
    path = tmp_path / "commands.txt"
    path.write_text("# sweep\n\n  echo a\necho '# b'\n")
    ended = await torc("-f", "json", "jobs", "create-from-file", "7", str(path), "--cpus-per-job", "2")
    assert ended.json["jobs_created"] == 2
    assert ended.json["message"] == "Created 2 jobs in workflow 7: job3 to job4."
    (call,) = server.calls_of("create_jobs")
    assert [(job["name"], job["command"]) for job in call.body["jobs"]] == [("job3", "echo a"), ("job4", "echo '# b'")]
    assert {job["resource_requirements_id"] for job in call.body["jobs"]} == {9}
    (needs,) = server.calls_of("create_resource_requirements")
    assert (needs.body["num_cpus"], needs.body["memory"], needs.body["runtime"]) == (2, "1m", "P0DT1M")


async def test_a_file_without_commands_is_refused(torc, server, tmp_path):
    (tmp_path / "empty.txt").write_text("# nothing\n")
    ended = await torc("jobs", "create-from-file", "7", str(tmp_path / "empty.txt"))
    assert ended.code == 1
    ended.told()
    assert server.calls == []


async def test_what_runs_now(torc, server):
    running = {
        "job_id": 1, "job_name": "a", "compute_node_name": "n1", "scheduler_type": "local",
        "start_time": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    server.answer("get_running_jobs", page(running))
    assert "n1" in (await torc("jobs", "running", "7")).out
    assert (await torc("-f", "json", "jobs", "running", "7")).json["items"][0]["job_name"] == "a"
    server.answer("get_running_jobs", page())
    assert "torc run 7" in (await torc("jobs", "running", "7")).err


@pytest.mark.parametrize(("name", "sharers"), [("small", [9]), ("default", [])])
async def test_another_runtime_is_a_copy_of_what_other_jobs_need_too(torc, server, make, name, sharers):
    needs = {"id": 9, "workflow_id": 7, "name": name, "memory": "1g", "num_cpus": 1, "runtime": "PT1M"}
    jobs = [make.job(1, resource_requirements_id=9), *(make.job(2, resource_requirements_id=one) for one in sharers)]
    server.answer("get_job", jobs[0])
    server.answer("list_jobs", make.jobs(jobs))
    server.answer("get_resource_requirements", needs)
    server.answer("list_resource_requirements", page())
    server.answer("create_resource_requirements", lambda call: call.body | {"id": 10})
    server.answer("update_job", lambda call: call.body)
    ended = await torc("-f", "json", "jobs", "update", "1", "--runtime", "PT2H", "--priority", "3")
    assert (ended.json["resource_requirements_id"], ended.json["priority"]) == (10, 3)
    made = server.calls_of("create_resource_requirements")[0].body
    assert (made["memory"], made["runtime"]) == ("1g", "PT2H")
    assert (await torc("jobs", "update", "1")).code == 2


async def test_another_runtime_changes_what_only_this_job_needs(torc, server, make):
    needs = {"id": 9, "workflow_id": 7, "name": "small", "memory": "1g", "num_cpus": 1, "runtime": "PT1M"}
    jobs = [make.job(1, resource_requirements_id=9), make.job(2, resource_requirements_id=8)]
    server.answer("get_job", jobs[0])
    server.answer("list_jobs", make.jobs(jobs))
    server.answer("get_resource_requirements", needs)
    server.answer("update_resource_requirements", lambda call: call.body)
    server.answer("update_job", lambda call: call.body)
    ended = await torc("-f", "json", "jobs", "update", "1", "--runtime", "PT2H")
    assert (ended.code, ended.json["resource_requirements_id"]) == (0, 9)
    (call,) = server.calls_of("update_resource_requirements")
    assert (call.path["id"], call.body["name"], call.body["runtime"]) == (9, "small", "PT2H")


async def test_what_each_job_needs_and_what_handles_its_failures(torc, server, make):
    needs = {"id": 9, "workflow_id": 7, "name": "small", "memory": "1g", "num_cpus": 1, "runtime": "PT1M"}
    jobs = [make.job(1, resource_requirements_id=9, failure_handler_id=4), make.job(2)]
    server.answer("list_jobs", make.jobs(jobs))
    server.answer("get_job", lambda call: jobs[call.path["id"] - 1])
    server.answer("list_resource_requirements", page(needs))
    server.answer("list_failure_handlers", page({"id": 4, "workflow_id": 7, "name": "again", "rules": "[]"}))
    listed = (await torc("-f", "json", "jobs", "list-resource-requirements", "7")).json
    assert [(item["job_id"], item["name"], item["memory"]) for item in listed] == [(1, "small", "1g")]
    listed = (await torc("-f", "json", "jobs", "list-failure-handlers", "7", "-j", "1")).json["items"]
    assert [(item["job_name"], item["name"]) for item in listed] == [("job1", "again")]


async def test_which_jobs_wait_for_which(torc, server):
    assert "Total: 2 dependencies" in (await torc("job-dependencies", "job-job", "7")).out
    connection = {"workflow_id": 7, "file_id": 4, "file_name": "in", "file_path": "in.csv", "producer_job_id": 1}
    server.answer("list_job_file_relationships", page(connection))
    assert "in.csv" in (await torc("job-dependencies", "job-file", "7")).out
    server.answer("list_job_user_data_relationships", page())
    assert (await torc("job-dependencies", "job-user-data", "7", "-l", "5")).code == 0


async def test_the_jobs_of_an_allocation(torc, server, make):
    allocation = {"id": 2, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_id": 99}
    server.answer("get_scheduled_compute_node", allocation | {"scheduler_type": "slurm", "status": "active"})
    node = {
        "id": 3, "workflow_id": 7, "hostname": "n", "pid": 1, "compute_node_type": "slurm", "num_cpus": 1,
        "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "start_time": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    server.answer("list_compute_nodes", page(node))
    server.answer("list_results", page(make.result(1, job_id=1, compute_node_id=3), make.result(2, job_id=2)))
    listed = (await torc("-f", "json", "scheduled-compute-nodes", "list-jobs", "2")).json["items"]
    assert [item["id"] for item in listed] == [1]


async def test_jobs_of_a_workflow_that_requests_allocations_run_after_torc_submit(torc, server):
    (await torc("jobs", "reset-status", "1", "--force")).printed("torc run")
    action = {
        "id": 1, "workflow_id": 7, "trigger_type": "on_workflow_start", "action_type": "schedule_nodes",
        "action_config": {"scheduler_id": 3, "scheduler_type": "slurm", "num_allocations": 1},
    }  # fmt: skip
    server.answer("get_workflow_actions", [action])
    (await torc("jobs", "reset-status", "1", "--force")).printed("torc submit")
    for group in ("results", "compute-nodes"):
        server.answer(f"list_{group.replace('-', '_')}", page())
        (await torc(group, "list", "7")).told(group)


async def test_several_jobs_get_requirements_of_their_own(torc, server, make):
    jobs = [
        make.job(1, resource_requirements_id=9),
        make.job(2, resource_requirements_id=8),
        make.job(3, resource_requirements_id=9),
    ]
    server.answer("list_jobs", make.jobs(jobs))
    server.answer("get_job", jobs[0])
    server.answer("update_job", lambda call: call.body)
    server.answer("correct_resource_requirements", {"message": "done"})
    ended = await torc("-f", "json", "jobs", "update", "1", "2", "3", "--memory", "8g", "--priority", "5")
    assert (ended.code, ended.json["updated_count"]) == (0, 3)
    (call,) = server.calls_of("correct_resource_requirements")
    found = {each["resource_requirements_id"]: (each["memory"], each["job_ids"]) for each in call.body["corrections"]}
    assert found == {9: ("8g", [1, 3]), 8: ("8g", [2])}
    assert [call.body["priority"] for call in server.calls_of("update_job")] == [5, 5, 5]
    ended = await torc("jobs", "update", "--workflow-id", "7", "--filter", "group=job#", "--runtime", "PT1H")
    assert "Changed 3 jobs of workflow 7." in ended.out
    assert server.calls_of("list_jobs")[-1].query["filter"] == "group=job#"


@pytest.mark.parametrize(
    "words",
    [("1", "2"), ("1", "2", "--name", "x"), ("--filter", "a"), ("1", "--filter", "a", "--workflow-id", "7"), ()],
)
async def test_a_selection_of_jobs_to_change_must_be_clear(torc, server, words):
    assert (await torc("jobs", "update", *words)).code == 2


async def test_a_job_of_another_workflow_is_not_changed(torc, server, make):
    server.answer("list_jobs", make.jobs([make.job(1)]))
    server.answer("get_job", make.job(1))
    ended = await torc("jobs", "update", "1", "2", "--priority", "5")
    assert ended.code == 1
    ended.told()
    assert not server.calls_of("update_job")


async def test_a_reset_for_a_change_is_refused_while_jobs_run(torc, server, make):
    server.answer("get_job", make.job(1, status="failed"))
    none = dict.fromkeys(JobStatusCounts.__struct_fields__, 0)
    counts = JobStatusCounts(**{**none, "failed": 1, "running": 2})
    server.answer("get_workflow_status", make.status(jobs_by_status=counts))
    ended = await torc("jobs", "update", "1", "--command", "true", "--reset")
    assert ended.code == 1
    ended.told()
    assert not {"restart_jobs", "update_job"} & {call.operation for call in server.calls}
