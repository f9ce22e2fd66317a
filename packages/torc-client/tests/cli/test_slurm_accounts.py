"""torc slurm sacct, usage and parse-logs."""

from pathlib import Path

import pytest

import cli_wording
from client_builders import job, jobs, result, workflow
from torc_client.api.records import (
    ComputeNodeModel,
    ListComputeNodesResponse,
    ListResultsResponse,
    ListScheduledComputeNodesResponse,
    ScheduledComputeNodesModel,
)

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}


def page(kind, *items):
    return kind(items=list(items), count=len(items), total_count=len(items), **PAGE)


@pytest.fixture
def server(fake_server, nobodys_environment, monkeypatch):
    def allocations(*ids: int) -> None:
        nodes = [
            ScheduledComputeNodesModel(
                id=number, workflow_id=7, scheduler_config_id=1, scheduler_id=request, scheduler_type="slurm",
                status="active",
            )
            for number, request in enumerate(ids, 1)
        ]  # fmt: skip
        fake_server.answer("list_scheduled_compute_nodes", page(ListScheduledComputeNodesResponse, *nodes))

    fake_server.answer("get_workflow", workflow(7))
    monkeypatch.setenv("PATH", str(nobodys_environment))
    allocations(54, 53, 53)
    fake_server.allocations = allocations
    return fake_server


def program(folder: Path, text: str) -> None:
    path = folder / "sacct"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("command", ["sacct", "usage"])
async def test_without_accounting_one_sentence_says_so(torc, server, nobodys_environment, command):
    program(nobodys_environment, "echo 'Slurm accounting storage is disabled' >&2; exit 1")
    ended = await torc("slurm", command, "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (None, "no sacct"),
        ("echo 'sacct: error: slurm_persist_conn_open: failed' >&2; exit 1", "words of sacct"),
    ],
)
async def test_a_failure_of_sacct_is_reported_with_its_words(torc, server, nobodys_environment, text, error):
    if text:
        program(nobodys_environment, text)
    ended = await torc("slurm", "sacct", "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told(error)


async def test_all_allocations_are_one_question(torc, server, nobodys_environment):
    program(
        nobodys_environment, f'echo "$*" >> {nobodys_environment}/asked; echo "53_1|RUNNING|0:0|7300||00:01|2|n[1-2]|x"'
    )
    usage = (await torc("-f", "json", "slurm", "usage", "7")).json
    assert (nobodys_environment / "asked").read_text().count("\n") == 1
    assert "--jobs=53,54" in (nobodys_environment / "asked").read_text()
    assert (usage["total_slurm_jobs"], usage["total_nodes"]) == (3, 2)
    assert (usage["total_node_time_seconds"], usage["total_node_time"]) == (14_600, "4h 3m")
    assert (usage["total_cpu_time_seconds"], usage["total_cpu_time"]) == (1, "1s")
    assert usage["errors"] == ["Slurm's accounting here does not have 1 allocation of it: 54."]
    table = await torc("slurm", "usage", "7")
    assert "4h 3m" in table.out


async def test_a_workflow_without_allocations_needs_no_slurm(torc, server):
    server.allocations()
    ended = await torc("-f", "json", "slurm", "sacct", "7")
    assert (ended.code, ended.json["summary"], ended.json["total_slurm_jobs"]) == (0, [], 0)
    assert (await torc("-f", "json", "slurm", "usage", "7")).json["total_node_time"] == "0s"
    assert "torc submit 7" not in (await torc("slurm", "sacct", "7")).out


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "out"
    (folder / "job_stdio").mkdir(parents=True)
    (folder / "slurm_output_wf7_sl54.e").write_text(
        "slurmstepd: error: Detected 1 oom_kill event in StepId=54.batch.\n"
        "slurmstepd: error: *** JOB 54 ON n2 CANCELLED AT 2026-01-01T00:00:00 ***\n"
    )
    (folder / "job_stdio" / "job_wf7_j5_r1_a1.e").write_text("job_id=99\nsrun: error: n1: task 0: Killed\n")
    (folder / "job_stdio" / "job_wf77_j1_r1_a1.e").write_text("Segmentation fault\n")
    (folder / "job_runner_slurm_wf7_sl54_n0_pid7.log").write_text("Job out of memory\n")
    return folder


def ran(server):
    server.answer("list_jobs", jobs([job(4, name="solve"), job(5, name="merge")]))
    node = ComputeNodeModel(
        id=1, workflow_id=7, hostname="n2", pid=1, start_time="2026-01-01T00:00:00Z", num_cpus=4, memory_gb=2,
        num_gpus=0, num_nodes=1, is_active=False, compute_node_type="slurm",
        scheduler={"type": "slurm", "slurm_job_id": 54},
    )  # fmt: skip
    server.answer("list_compute_nodes", page(ListComputeNodesResponse, node))
    server.answer("list_results", page(ListResultsResponse, result(4), result(5)))


async def test_issues_name_the_allocation_the_jobs_and_the_node(torc, server, output):
    ran(server)
    ended = await torc("-f", "json", "slurm", "parse-logs", str(output), "-w", "7")
    assert {name: value for name, value in ended.json.items() if name != "issues"} == {
        "workflow_id": 7, "output_dir": str(output), "slurm_jobs_count": 3, "files_scanned": 2, "total_issues": 3,
        "errors": 2, "warnings": 1,
    }  # fmt: skip
    both = [{"job_id": 4, "job_name": "solve"}, {"job_id": 5, "job_name": "merge"}]
    step, memory, canceled = ended.json["issues"]
    assert (step["file"], step["line_number"]) == ("job_stdio/job_wf7_j5_r1_a1.e", 2)
    assert (step["slurm_job_id"], step["node"], step["affected_jobs"]) == (None, "n1", both[1:])
    assert (memory["slurm_job_id"], memory["severity"], memory["affected_jobs"]) == ("54", "error", both)
    assert memory["pattern_description"] == "The system killed a process because memory ran out"
    assert (canceled["severity"], canceled["node"]) == ("warning", "n2")
    ended = await torc("slurm", "parse-logs", str(output), "-w", "7", "--errors-only")
    assert "CANCELLED" not in ended.out
    assert "2 files of 3 allocations read: 2 errors, 0 warnings." in ended.out


async def test_the_workflow_is_the_one_whose_files_are_there(torc, server, output):
    ended = await torc("slurm", "parse-logs", str(output))
    assert (ended.code, ended.out) == (1, "")
    assert cli_wording.LOGS_OF_OTHERS in ended.err
    (output / "job_stdio" / "job_wf77_j1_r1_a1.e").unlink()
    server.allocations()
    ended = await torc("-f", "json", "slurm", "parse-logs", str(output))
    assert (ended.code, ended.json["workflow_id"], ended.json["files_scanned"]) == (0, 7, 0)
    ended = await torc("slurm", "parse-logs", str(output / "job_stdio" / "none"))
    assert ended.code == 1
    ended.told()


async def test_the_lines_of_a_long_file_are_counted(torc, server, output):
    ran(server)
    (output / "job_stdio" / "job_wf7_j5_r1_a1.e").write_text("MemoryError\n" * 1500)
    ended = (await torc("-f", "json", "slurm", "parse-logs", str(output), "-w", "7")).json
    assert (ended["errors"], len(ended["issues"])) == (1501, 1002)
