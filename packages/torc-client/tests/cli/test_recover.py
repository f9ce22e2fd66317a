"""torc recover, torc watch and torc workflows sync-status: refusals, questions and output."""

import pytest

import cli_wording
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts
from torc_client.cli.framework.output import ask
from torc_client.testing import Refusal

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
SMALL = {"id": 3, "workflow_id": 7, "name": "small", "memory": "100m", "runtime": "PT10M", "num_cpus": 1}
USUAL = {"id": 2, "workflow_id": 7, "name": "default", "memory": "1m", "runtime": "P0DT1M", "num_cpus": 1}


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


def counts(**members):
    return JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | members)


@pytest.fixture
def server(fake_server, make):
    """Three jobs failed: one lacked memory, one time, one is broken."""
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=1, jobs_by_status=counts(failed=3)))
    fake_server.answer("list_resource_requirements", page(SMALL, USUAL))
    fake_server.answer("list_scheduled_compute_nodes", page())
    fake_server.answer("list_compute_nodes", page())
    fake_server.answer("get_compute_node", Refusal(404, "No such node"))
    fake_server.answer("get_job_output", Refusal(404, "No output"))
    fake_server.answer("get_job", lambda call: make.job(call.path["id"]))
    fake_server.answer("list_files", page())
    fake_server.answer("list_slurm_schedulers", page())
    fake_server.answer("list_remote_workers", [])
    fake_server.answer("create_event", {"id": 1, "workflow_id": 7, "data": {}, "timestamp": 0})
    fake_server.answer("restart_jobs", {"run_id": 2, "updated_count": 3})
    failed(fake_server, make, {1: 137, 2: 152, 3: 5})
    return fake_server


def failed(server, make, codes, requirements_id=3, **members):
    """Answer with jobs that failed with these return codes."""

    def of_status(records):
        return lambda call: records if call.query.get("status") == "failed" else page()

    jobs = [make.job(each, status=JobStatus.FAILED, resource_requirements_id=requirements_id) for each in codes]
    results = [make.result(each, return_code=code, status=JobStatus.FAILED, **members) for each, code in codes.items()]
    server.answer("list_jobs", of_status(make.jobs(jobs)))
    server.answer("list_results", of_status(page(*results)))


def changes(server):
    reads = ("get_", "list_", "is_")
    return [call.operation for call in server.calls if not call.operation.startswith(reads)]


def restart(server):
    """Return the body of the only restart."""
    (call,) = server.calls_of("restart_jobs")
    return call.body


async def test_a_dry_run_changes_nothing(torc, server):
    ended = await torc("recover", "7", "--dry-run")
    ended.printed()
    assert changes(server) == []
    diagnosis = (await torc("-f", "json", "recover", "7", "--dry-run")).json["diagnosis"]
    assert (diagnosis["total_results"], diagnosis["resource_violations_count"]) == (3, 2)
    assert diagnosis["over_utilization_count"] == len(diagnosis["violations"])
    memory, time = diagnosis["resource_violations"]
    assert (memory["job_id"], memory["likely_oom"], memory["configured_memory"]) == (1, True, "100m")
    assert (time["job_id"], time["likely_timeout"], time["timeout_reason"] is None) == (2, True, False)


async def test_requirements_and_the_new_run_with_the_chosen_jobs_are_one_request(torc, server):
    ended = await torc("-f", "json", "recover", "7", "--memory-multiplier", "3", "--runtime-multiplier", "2")
    assert ended.json["result"]["jobs_to_retry"] == [1, 2]
    assert changes(server) == ["restart_jobs", "create_event"]
    body = restart(server)
    assert (body["scope"], body["job_ids"], body["known_run_id"]) == ("listed", [1, 2], 1)
    (change,) = body["corrections"]
    assert (change["resource_requirements_id"], change["memory"], change["runtime"]) == (3, "300m", "PT20M")


async def test_the_next_command_is_the_last_line(torc, server):
    ended = await torc("recover", "7", "--no-prompts")
    assert ended.out.splitlines()[-1] == "Next: torc run 7"


async def test_every_job_can_be_retried(torc, server):
    ended = await torc("-f", "json", "recover", "7", "--retry-unknown")
    assert ended.json["result"]["unknown_retried"] == 1
    assert restart(server)["scope"] == "unsuccessful"


async def test_jobs_with_default_requirements_get_a_record_of_their_own(torc, server, make):
    failed(server, make, {4: 137, 5: 137}, requirements_id=2, peak_memory_bytes=200 * 2**20)
    ended = await torc("-f", "json", "recover", "7")
    assert ended.code == 0
    (change,) = restart(server)["corrections"]
    assert (change["resource_requirements_id"], change["memory"], change["job_ids"]) == (2, "300m", [4, 5])


async def test_missing_input_files_are_refused_without_force(torc, server, make, tmp_path):
    file = {"id": 1, "workflow_id": 7, "name": "gone", "path": str(tmp_path / "gone")}
    server.answer("list_files", page(file))
    failed(server, make, {1: 137})
    reader = make.job(1, status=JobStatus.FAILED, resource_requirements_id=3, input_file_ids=[1])
    server.answer(
        "list_jobs", lambda call: make.jobs([reader]) if call.query.get("status") in {"failed", None} else page()
    )
    ended = await torc("recover", "7")
    assert ended.code == 1
    ended.told()
    assert f"{tmp_path / 'gone'}." in ended.err
    planned = await torc("recover", "7", "--dry-run")
    assert f"{tmp_path / 'gone'}." in planned.out + planned.err
    assert str(tmp_path) not in (await torc("recover", "7", "--dry-run", "--force")).out
    assert changes(server) == []
    assert (await torc("recover", "7", "--force")).code == 0
    assert restart(server)["scope"] == "unsuccessful"


async def test_a_second_recovery_changes_nothing(torc, server):
    server.answer("restart_jobs", Refusal(409, "Workflow 7 is in run 2, not 1"))
    server.answer("get_workflow", lambda _: {"id": 7, "name": "w", "user": "u", "run_id": 2})
    ended = await torc("recover", "7")
    assert ended.code == 1
    ended.told()


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({"is_complete": False, "jobs_by_status": counts(ready=1), "total_jobs": 1}, "without a runner"),
        (
            {"is_complete": False, "jobs_by_status": counts(running=1), "total_jobs": 1, "active_compute_nodes": 1},
            "with a runner",
        ),
        ({"active_compute_nodes": 2}, "active runners"),
        ({"pending_scheduled_nodes": 1}, "allocations"),
    ],
)
async def test_a_workflow_that_is_not_over_is_refused(torc, server, make, members, state):
    server.answer("get_workflow_status", make.status(run_id=1, **members))
    ended = await torc("recover", "7")
    assert ended.code == 1
    ended.told(state)
    assert changes(server) == []


async def test_without_slurm_the_allocations_stay_as_they_are(torc, server, make, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    allocation = {
        "id": 20, "workflow_id": 7, "scheduler_id": 900, "scheduler_config_id": 1, "scheduler_type": "slurm",
        "status": "pending",
    }  # fmt: skip
    server.answer("list_scheduled_compute_nodes", page(allocation))
    server.answer("get_workflow_status", make.status(run_id=1, pending_scheduled_nodes=1))
    ended = await torc("recover", "7")
    assert ended.code == 1
    ended.told()
    ended = await torc("-f", "json", "workflows", "sync-status", "7")
    assert ended.code == 1
    assert "squeue was not found" in ended.json["not_checked"][0]
    assert changes(server) == []


async def test_a_person_is_asked_about_each_kind_of_failure(torc, server, monkeypatch):
    asked = []

    def answer(question):
        asked.append(question)
        return "memory" not in question

    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", answer)
    ended = await torc("recover", "7")
    assert ended.code == 0
    assert [question.split(")")[0] for question in asked] == [
        "1 job lacked memory (job1", "1 job lacked time (job2", "1 job failed for an unknown cause (job3",
    ]  # fmt: skip
    assert restart(server)["job_ids"] == [2, 3]
    await torc("recover", "7", "--no-prompts")
    assert len(asked) == 3


async def test_a_canceled_workflow_continues_where_it_was_stopped(torc, server, make):
    server.answer("get_workflow_status", make.status(run_id=1, is_canceled=True, jobs_by_status=counts(canceled=2)))
    jobs = [
        make.job(1, status=JobStatus.CANCELED, resource_requirements_id=3),
        make.job(2, status=JobStatus.CANCELED, resource_requirements_id=3, depends_on_job_ids=[1]),
    ]
    of_status = {"canceled": make.jobs(jobs)}
    server.answer("list_jobs", lambda call: of_status.get(call.query["status"], page()))
    server.answer("list_results", page())
    ended = await torc("-f", "json", "recover", "7")
    assert ended.json["result"]["jobs_to_retry"] == [1]
    server.answer("list_jobs", page())
    ended = await torc("recover", "7")
    assert "jobs that were not started can run now" in ended.out
    assert len(server.calls_of("restart_jobs")) == 2


async def test_a_watch_shows_the_progress_and_ends_with_the_workflow(torc, server, make, tmp_path):
    going = make.status(is_complete=False, active_compute_nodes=1, jobs_by_status=counts(completed=1, running=1))
    over = make.status(jobs_by_status=counts(completed=2))
    server.script("get_workflow_status", [going, going, over])
    server.answer("is_workflow_complete", {"is_complete": False, "is_canceled": False})
    ended = await torc("watch", "7", "-p", "0.1", "-o", str(tmp_path), "--show-job-counts")
    assert ended.code == 0
    assert ended.err.splitlines() == [
        "1 of 2 jobs have ended; 1 running (1 completed, 1 running)",
        "2 of 2 jobs have ended (2 completed)",
        cli_wording.ALL_SUCCEEDED,
    ]
    (log,) = tmp_path.glob("watch_*_wf7.log")
    assert len(log.read_text().splitlines()) == 3


async def test_a_canceled_workflow_is_not_taken_up_again_by_a_watch(torc, server, make, tmp_path):
    server.answer("get_workflow_status", make.status(is_canceled=True, jobs_by_status=counts(canceled=2)))
    ended = await torc("watch", "7", "--recover", "-o", str(tmp_path))
    assert ended.code == 1
    ended.told()
    assert changes(server) == []


async def test_a_watch_recovers_only_after_the_runners_have_left(torc, server, make, tmp_path):
    lost = counts(failed=3)
    here = make.status(run_id=1, active_compute_nodes=1, jobs_by_status=lost)
    gone = make.status(run_id=1, jobs_by_status=lost)
    won = make.status(run_id=2, jobs_by_status=counts(completed=3))
    server.script("get_workflow_status", [here, here, here, gone, gone, gone, won])
    ended = await torc("watch", "7", "--recover", "-p", "0.1", "-o", str(tmp_path))
    assert ended.code == 0
    assert "memory 100m -> 150m, run time" in ended.err


async def test_a_watch_continues_with_the_run_that_another_command_started(torc, server, make, tmp_path):
    lost, won = make.status(run_id=1, jobs_by_status=counts(failed=3)), counts(completed=3)
    server.script("get_workflow_status", [lost, lost, lost, lost, lost, make.status(run_id=2, jobs_by_status=won)])
    server.answer("restart_jobs", Refusal(409, "Workflow 7 is in run 2, not 1"))
    server.answer("get_workflow", lambda _: {"id": 7, "name": "w", "user": "u", "run_id": 2})
    ended = await torc("watch", "7", "--recover", "-p", "0.1", "-o", str(tmp_path))
    assert ended.code == 0
    ended.told()
    assert cli_wording.ALL_SUCCEEDED in ended.err


async def test_runners_that_do_not_leave_end_the_watch(torc, server, make, tmp_path):
    server.answer("get_workflow_status", make.status(active_compute_nodes=1, jobs_by_status=counts(failed=3)))
    ended = await torc("watch", "7", "--recover", "-p", "0.1", "--stalled-timeout", "0.1", "-o", str(tmp_path))
    assert ended.code == 1
    ended.told()
    assert changes(server) == []


async def test_asking_slurm_for_nodes_is_refused(torc, server):
    ended = await torc("watch", "7", "--auto-schedule")
    assert ended.code == 1
    assert "torc run 7" in ended.err


async def test_a_persistent_watch_waits_for_runners_without_limit(torc, server, make, tmp_path):
    idle = make.status(is_complete=False, active_compute_nodes=0, jobs_by_status=counts(ready=1))
    server.script("get_workflow_status", [idle] * 4 + [make.status(jobs_by_status=counts(completed=1))])
    server.answer("is_workflow_complete", {"is_complete": False, "is_canceled": False})
    ended = await torc("watch", "7", "-p", "0.1", "--stalled-timeout", "0.1", "--persistent", "-o", str(tmp_path))
    assert (ended.code, cli_wording.ALL_SUCCEEDED in ended.err) == (0, True)


@pytest.mark.parametrize("command", ["watch", "recover"])
async def test_options_without_effect_are_accepted_with_a_warning(torc, server, make, tmp_path, command):
    server.answer("get_workflow_status", make.status(jobs_by_status=counts(completed=1)))
    words = {"--partition": ["short"], "--walltime": ["01:00:00"], "--ai-recovery": [], "--ai-agent": ["claude"]}
    flags = [word for flag, values in words.items() for word in (flag, *values)]
    ended = await torc(command, "7", "-o", str(tmp_path), *flags)
    assert ended.code == 0
    assert [flag for flag in words if flag in ended.err] == list(words)
    ended.told(command)
    plain = await torc(command, "7", "-o", str(tmp_path))
    assert not [flag for flag in words if flag in plain.err]


async def test_a_log_that_cannot_be_written_is_an_error(torc, server, tmp_path):
    (tmp_path / "file").touch()
    ended = await torc("watch", "7", "-o", str(tmp_path / "file" / "below"))
    assert ended.code == 1
    assert "--output-dir" in ended.err


async def test_at_a_terminal_a_bar_shows_the_progress(torc, server, make, tmp_path, monkeypatch):
    going = make.status(is_complete=False, active_compute_nodes=1, jobs_by_status=counts(completed=1, running=1))
    server.script("get_workflow_status", [going, make.status(jobs_by_status=counts(completed=2))])
    server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    monkeypatch.setattr("torc_client.cli.framework.output.progress.is_seen", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    ended = await torc("watch", "7", "-p", "0.1", "-o", str(tmp_path))
    assert ended.code == 0
    assert "2/2" in ended.err
    assert cli_wording.ALL_SUCCEEDED in ended.err
    assert "jobs have ended" not in ended.err
    (log,) = tmp_path.glob("watch_*_wf7.log")
    assert "2 of 2 jobs have ended" in log.read_text()
