"""Reports about jobs: resource use, output files, and the reasons why no job runs."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.testing import Refusal

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


@pytest.fixture
def server(fake_server, make):
    small = {"id": 3, "workflow_id": 7, "name": "small", "memory": "100m", "runtime": "PT1M", "num_cpus": 1}
    usual = {"id": 2, "workflow_id": 7, "name": "default", "memory": "1m", "runtime": "P0DT1M", "num_cpus": 1}
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=2))
    fake_server.answer("list_resource_requirements", page(usual, small))
    jobs = [
        make.job(1, resource_requirements_id=3, status=JobStatus.COMPLETED),
        make.job(2, resource_requirements_id=3, status=JobStatus.FAILED),
        make.job(3, resource_requirements_id=2, status=JobStatus.COMPLETED),
        make.job(4, resource_requirements_id=3, status=JobStatus.READY),
    ]
    fake_server.answer("list_jobs", make.jobs(jobs))
    fake_server.answer("get_job", Refusal(404, "The logs cannot be read."))
    results = [
        make.result(1, run_id=2, peak_memory_bytes=150 * 2**20, peak_cpu_percent=90.0, job_name="job1"),
        make.result(2, run_id=2, peak_memory_bytes=300 * 2**20, status=JobStatus.FAILED, return_code=137),
        make.result(3, run_id=2, peak_memory_bytes=500 * 2**20, exec_time_minutes=9.0),
    ]
    fake_server.answer("list_results", page(*results))
    return fake_server


@pytest.mark.parametrize("words", [("workflows", "check-resources"), ("reports", "check-resource-utilization")])
async def test_jobs_that_used_more_than_they_required_are_listed(torc, server, words):
    ended = await torc("-f", "json", *words, "7")
    assert ended.code == 0
    assert ended.json == {
        "workflow_id": 7,
        "run_id": 2,
        "total_results": 2,
        "over_utilization_count": 1,
        "violations": [
            {
                "job_id": 1, "job_name": "job1", "resource_type": "Memory", "specified": "100m", "peak_used": "150m",
                "over_utilization": "+50.0%",
            }
        ],
    }  # fmt: skip


async def test_failed_jobs_count_on_request_and_everything_can_be_shown(torc, server):
    ended = await torc("-f", "json", "workflows", "check-resources", "7", "--include-failed")
    assert [line["job_id"] for line in ended.json["violations"]] == [2, 1]
    ended = await torc("-f", "csv", "workflows", "check-resources", "7", "--all")
    assert [line.split(",")[2] for line in ended.out.splitlines()[1:]] == ["Memory", "CPU", "Runtime"]
    assert "'-10.0%" in ended.out
    report = (await torc("-f", "json", "workflows", "check-resources", "7", "--all")).json
    assert [line["resource_type"] for line in report["violations"]] == ["Memory"]
    assert [line["resource_type"] for line in report["within_limits"]] == ["CPU", "Runtime"]


async def test_the_summary_has_numbers_and_a_hint(torc, server):
    ended = await torc("workflows", "check-resources", "7", "--min-over-utilization", "60")
    assert "Above the requirements: 0 of 3 measured quantities." in ended.out
    ended = await torc("workflows", "check-resources", "7")
    assert "torc workflows correct-resources" in ended.out
    assert "+50.0%" in ended.out


async def test_without_measurements_the_option_for_failed_jobs_is_named(torc, server):
    server.answer("list_results", page())
    ended = await torc("workflows", "check-resources", "7")
    ended.printed("that succeeded")
    ended = await torc("workflows", "check-resources", "7", "--include-failed")
    ended.printed("with failed ones")


async def test_exceeded_requirements_can_be_raised_at_once(torc, server):
    server.answer("correct_resource_requirements", {"message": "done"})
    ended = await torc("-f", "json", "workflows", "check-resources", "7", "--correct")
    assert [each["new_memory"] for each in ended.json["adjustments"]] == ["180m"]
    (call,) = server.calls_of("correct_resource_requirements")
    assert [change["memory"] for change in call.body["corrections"]] == ["180m"]


async def test_results_name_the_files_of_their_output(torc, server, tmp_path, monkeypatch):
    node = {
        "id": 1, "workflow_id": 7, "hostname": "here", "pid": 1, "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0,
        "num_nodes": 1, "start_time": "", "compute_node_type": "local",
    }  # fmt: skip
    server.answer("list_compute_nodes", page(node))
    stdio = tmp_path / "job_stdio"
    stdio.mkdir()
    (stdio / "job_wf7_j1_r2_a1.o").touch()
    (stdio / "job_wf7_j2_r2_a1.log").touch()
    (tmp_path / "job_runner_here_wf7_r2.log").touch()
    monkeypatch.chdir(tmp_path)
    for words in (("-f", "json", "reports", "results"), ("results", "list", "--include-logs")):
        ended = await torc(*words, "7", "-o", ".")
        report = ended.json
        assert (report["workflow_id"], report["workflow_name"], report["workflow_user"]) == (7, "sweep", "ada")
        assert (report["all_runs"], report["total_results"], report["output_dir"]) == (False, 3, str(tmp_path))
        first, second, _ = report["items"]
        assert (first["job_stdout"], first["job_stderr"]) == (
            "job_stdio/job_wf7_j1_r2_a1.o",
            "job_stdio/job_wf7_j1_r2_a1.e",
        )
        assert (first["job_runner_log"], first["compute_node_type"]) == ("job_runner_here_wf7_r2.log", "local")
        assert "job_stdio/job_wf7_j1_r2_a1.e," in ended.err
        assert first["stdout"] == str(stdio / "job_wf7_j1_r2_a1.o")
        assert first["missing_files"] == ["stderr"]
        assert second["stdout"] == second["stderr"] == str(stdio / "job_wf7_j2_r2_a1.log")
        assert second["missing_files"] == []
    ended = await torc("reports", "results", "7", "-j", "3", "-o", str(tmp_path))
    assert [item["missing_files"] for item in ended.json["items"]] == [["stdout", "stderr"]]


async def test_the_log_of_a_runner_in_an_allocation_has_the_ids_of_the_allocation(torc, server, tmp_path):
    node = {
        "id": 1, "workflow_id": 7, "hostname": "n1", "pid": 4, "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0,
        "num_nodes": 1, "start_time": "", "compute_node_type": "slurm",
        "scheduler": {"type": "slurm", "slurm_job_id": 66, "slurm_node_id": "0", "slurm_task_pid": 4481},
    }  # fmt: skip
    server.answer("list_compute_nodes", page(node))
    ended = await torc("-f", "json", "reports", "results", "7", "-o", str(tmp_path))
    log = tmp_path / "job_runner_slurm_wf7_sl66_n0_pid4481.log"
    assert ended.json["items"][0]["runner_log"] == str(log)


async def test_results_without_logs_are_the_same_as_the_list(torc, server):
    ended = await torc("-f", "json", "results", "list", "7", "--failed")
    assert [item["job_id"] for item in ended.json["items"]] == [2]
    assert "stdout" not in ended.json["items"][0]


async def test_the_reasons_why_no_job_runs_are_sentences(torc, server, make):
    counts = make.status().jobs_by_status
    answer = {
        "workflow_id": 7, "active_compute_nodes": 0, "is_claimable": False, "jobs_by_status": counts, "ready": [],
        "reasons": [
            {"code": "no_active_nodes", "count": 1, "message": "1 job is ready: start a runner",
             "jobs": [{"job_id": 4, "job_name": "train"}]},
            {"code": "blocked", "count": 1, "message": "1 job waits for others",
             "jobs": [{"job_id": 5, "job_name": "end"}]},
        ],
    }  # fmt: skip
    server.answer("list_scheduled_compute_nodes", page())
    going_on = {"is_complete": False, "jobs_by_status": make.counts(ready=1, blocked=1)}
    server.answer("get_workflow_status", make.status(**going_on))
    server.answer("explain_workflow", answer)
    ended = await torc("workflows", "diagnose", "7")
    assert ended.out.startswith(
        "Workflow 7 (sweep): waiting for a runner, 0 of 2 jobs completed.\nNo job can start now: "
    )
    assert "Active compute nodes: 0." in ended.out
    assert "Ready jobs: train" in ended.out
    assert "Blocked jobs: end" in ended.out
    # Each reason is shown once.
    assert [ended.out.count(reason["message"]) for reason in answer["reasons"]] == [1, 1]
    assert "--label" not in ended.err
    server.answer("get_workflow_status", make.status(unserved_ready_labels={"gpu": 1}, **going_on))
    ended = await torc("workflows", "diagnose", "7")
    ended.told()
    server.answer("list_compute_nodes", page())
    ended = await torc("-f", "json", "workflows", "explain", "7", "--num-cpus", "4", "--time-limit", "PT4H")
    assert ended.json["reasons"][0]["count"] == 1
    assert server.calls_of("explain_workflow")[-1].query == {"num_cpus": 4, "time_limit": "PT4H"}


async def test_a_job_that_fits_a_full_node_cannot_start_now(torc, server, make):
    server.answer("list_scheduled_compute_nodes", page())
    status = make.status(is_complete=False, total_jobs=6, jobs_by_status=make.counts(ready=3, running=2, pending=1))
    server.answer("get_workflow_status", status)
    message = "3 jobs are ready and fit a node, but the active nodes are full; they wait until running jobs end"
    answer = {
        "workflow_id": 7, "active_compute_nodes": 1, "is_claimable": True, "jobs_by_status": status.jobs_by_status,
        "ready": [], "reasons": [{"code": "claimable", "count": 3, "message": message, "jobs": []}],
    }  # fmt: skip
    server.answer("explain_workflow", answer)
    ended = await torc("workflows", "diagnose", "7")
    assert ended.out.startswith("Workflow 7 (sweep): running, 0 of 6 jobs completed, 2 running, 1 pending.\n")
    assert f"{message}. Active compute nodes: 1." in " ".join(ended.out.split())
    assert "│" not in ended.out
    assert "can start now" not in ended.out
    ended = await torc("workflows", "diagnose", "7", "--num-cpus", "4")
    assert "A job can start now on such a node." in ended.out


async def test_the_summary_is_the_status(torc, server):
    ended = await torc("-f", "json", "reports", "summary", "7")
    assert ended.json["jobs_by_status"]["completed"] == 2
