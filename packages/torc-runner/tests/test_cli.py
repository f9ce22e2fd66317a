"""The command line of a runner, with real processes and signals: output and exit codes."""

import asyncio
import json
import os
import platform
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from torc_client.errors import TorcError
from torc_client.testing import FakeServer
from torc_runner.cli import exec_command, run_command


@pytest.fixture
def start(server: FakeServer, tmp_path: Path) -> Callable[..., Awaitable[Process]]:
    """Start `torc-runner` in an empty folder."""

    async def start_runner(*arguments, **variables):
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "torc_runner", "--url", server.url, "--num-cpus", "2", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, **variables},
        )

    return start_runner


async def end_of(process):
    stdout, stderr = await process.communicate()
    return process.returncode, stdout.decode(), stderr.decode()


async def test_results_are_on_stdout_and_log_lines_on_stderr(serve, start, tmp_path):
    serve({"name": "first"}, {"name": "wi\x1b[31mld\n", "command": "exit 3"})
    code, stdout, stderr = await end_of(await start("1"))
    assert code == 3
    assert "first" in stdout
    assert "1 completed, 1 failed" in stdout
    assert "\x1b" not in stdout + stderr
    assert stderr.count("Job completed") == 2
    assert (tmp_path / "torc_output/job_stdio/job_wf1_j1_r3_a1.o").exists()


async def test_failed_jobs_are_no_error_on_request(serve, start):
    serve({"command": "exit 3"})
    code, stdout, _ = await end_of(await start("1", "-f", "json", "--exit-zero"))
    assert (code, json.loads(stdout)["exit_code"]) == (0, 3)


async def test_json_is_one_object(serve, start):
    serve({"name": "first"}, {"command": "exit 3"})
    code, stdout, _ = await end_of(await start("1", "-f", "json"))
    answer = json.loads(stdout)
    assert code == answer["exit_code"] == 3
    assert answer["jobs_by_status"] == {"completed": 1, "failed": 1}
    assert [(line["name"], line["return_code"]) for line in answer["results"]] == [("first", 0), ("job2", 3)]


async def test_csv_is_refused_before_anything_runs(serve, start, told):
    fake = serve({"name": "first"})
    code, stdout, stderr = await end_of(await start("1", "-f", "csv"))
    assert (code, stdout) == (1, "")
    told(stderr)
    assert not fake.results


async def test_a_spec_is_created_and_run(serve, server, start, tmp_path):
    fake = serve({"command": "echo hello"})
    server.answer("create_workflow", lambda call: {**call.body, "id": 1})
    server.answer("finish_creation", lambda _: {"name": "w", "user": "u", "id": 1})
    server.answer("create_jobs", lambda call: {"jobs": [fake.jobs[1] for _ in call.body["jobs"]]})
    (tmp_path / "spec.yaml").write_text("name: wf\njobs:\n- name: a\n  command: echo hello\n")
    code, stdout, stderr = await end_of(await start("spec.yaml"))
    assert code == 0, stdout + stderr
    assert stderr.startswith("Created workflow 1 with 1 job.\n")
    assert (tmp_path / "torc_output/job_stdio/job_wf1_j1_r3_a1.o").read_text() == "hello\n"


async def test_an_invalid_spec_creates_nothing(server, start, tmp_path):
    (tmp_path / "spec.yaml").write_text("name: wf\njobs:\n- name: a\n  comand: echo hello\n")
    code, _, stderr = await end_of(await start("spec.yaml"))
    assert code == 1
    assert "comand" in stderr
    assert server.calls == []


async def test_success_is_zero(serve, start):
    serve({}, {}, {})
    code, _, _ = await end_of(await start("1", "--max-parallel-jobs", "2", "-p", "0.5", "-o", "elsewhere"))
    assert code == 0


async def test_a_time_limit_that_is_too_short_for_any_job_is_the_reason_in_the_results_and_the_log(serve, start):
    serve({})
    code, stdout, stderr = await end_of(await start("1", "--time-limit", "PT30S"))
    assert code == 4
    assert "1 ready. No time was left to start a job. By default, the runner stops its jobs 90 s before" in stdout
    assert 'reason="its time was over before it started a job"' in stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupt_ends_the_jobs_and_reports_them(serve, server, start, number, tmp_path):
    fake = serve({"command": "echo $$; sleep 600; true"}, {"command": "sleep 600"}, {})
    process = await start("1")
    written = tmp_path / "torc_output/job_stdio/job_wf1_j1_r3_a1.o"
    while not written.exists() or not written.read_text():  # noqa: ASYNC110  only the file shows it
        await asyncio.sleep(0.01)
    await server.received("report_and_claim")  # both have started
    process.send_signal(number)
    code, stdout, stderr = await end_of(process)
    assert code == 4
    assert "continues it" in stdout
    assert "Traceback" not in stderr
    assert {result["status"] for result in fake.results.values()} <= {"terminated"}
    assert fake.results[1]["return_code"] == 143
    assert fake.jobs[3]["status"] == "ready"


async def test_usr1_is_forwarded_to_the_jobs_and_no_more_jobs_start(serve, server, start, tmp_path):
    script = "trap 'echo saved; exit 0' USR1; echo begun; while :; do sleep 0.01; done"
    fake = serve({"command": script}, {"command": "sleep 600"})
    fake.workflow["execution_config"] = {"termination_signal": "SIGUSR1"}
    process = await start("1", "--max-parallel-jobs", "1")
    written = tmp_path / "torc_output/job_stdio/job_wf1_j1_r3_a1.o"
    while not written.exists() or not written.read_text():  # noqa: ASYNC110  only the file shows it
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGUSR1)
    code, stdout, stderr = await end_of(process)
    assert (code, "Traceback" in stderr) == (4, False), stderr
    assert "The time of this node was over" in stdout
    assert written.read_text() == "begun\nsaved\n"
    assert fake.results[1]["status"] == "completed"
    assert fake.jobs[2]["status"] == "ready"


async def test_other_signals_end_neither_the_runner_nor_its_jobs(serve, start, tmp_path):
    fake = serve({"command": "echo begun; while [ ! -e go ]; do sleep 0.01; done"})
    process = await start("1")
    written = tmp_path / "torc_output/job_stdio/job_wf1_j1_r3_a1.o"
    while not written.exists() or not written.read_text():  # noqa: ASYNC110  only the file shows it
        await asyncio.sleep(0.01)
    for number in (signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGPIPE):
        process.send_signal(number)
    (tmp_path / "go").touch()
    code, _, stderr = await end_of(process)
    assert code == 0, stderr
    assert "SIGUSR2 was ignored" in stderr
    assert fake.results[1]["status"] == "completed"


async def test_the_end_of_the_allocation_is_the_end_of_the_runner(serve, server, start):
    serve({})
    end = int(time.time()) + 3600
    code, _, stderr = await end_of(await start("1", SLURM_JOB_END_TIME=str(end)))
    assert code == 0, stderr
    (node,) = server.calls_of("create_compute_node")
    left_seconds = int(node.body["time_limit"].removeprefix("PT").removesuffix("S"))
    assert end - time.time() - 1 <= left_seconds <= 3600
    assert abs(datetime.fromisoformat(node.body["end_time"]).timestamp() - end) <= 1


async def test_a_node_without_an_end_says_so(serve, server, start):
    serve({})
    assert (await end_of(await start("1", "--claim-backoff-max-secs", "300")))[0] == 0
    (node,) = server.calls_of("create_compute_node")
    assert node.body.get("end_time") is None


@pytest.mark.parametrize(
    "case",
    [
        (["1", "--strict-lease"], "1.0.0", "end the lease of a runner, as --strict-lease requires"),
        (["spec.yaml", "--lease-seconds", "60"], "1.0.0", "keep leases, as --lease-seconds requires"),
        (["spec.yaml"], "0.12.0", "complete several jobs in one call, as servers since 0.35 can"),
    ],
)
async def test_a_server_of_the_original_is_refused_for_what_it_lacks(serve, server, start, tmp_path, case):
    words, version, what = case
    serve({})
    api_version = {"1.0.0": "0.23.0", "0.12.0": "0.12.0"}[version]
    server.answer("get_version", {"version": f"{version} (abc)", "api_version": api_version, "git_hash": "abc"})
    (tmp_path / "spec.yaml").write_text('name: w\njobs: [{name: a, command: "true"}]\n')
    code, stdout, stderr = await end_of(await start(*words))
    assert (code, stdout) == (1, "")
    assert f"is a torc-server {version} of the original Torc, which cannot {what}." in stderr
    assert {call.operation for call in server.calls} <= {"get_version", "ping"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nothing"], 1, "neither a file"),
        (["--num-cpus", "0", "1"], 2, "num cpus"),
        ([], 2, "missing argument spec"),
    ],
)
async def test_invalid_arguments_are_explained(start, arguments, code, sentence, told):
    actual, stdout, stderr = await end_of(await start(*arguments))
    assert (actual, stdout) == (code, "")
    told(stderr, sentence)
    assert "Traceback" not in stderr


async def test_a_log_that_cannot_be_written_is_explained(serve, start, tmp_path):
    serve({})
    (tmp_path / "taken").write_text("a file")
    code, _, stderr = await end_of(await start("1", "-o", "taken/below"))
    assert code == 1
    assert "--output-dir" in stderr


async def test_help_lists_the_exit_codes(start):
    code, stdout, _ = await end_of(await start("--help"))
    assert code == 0
    assert "3  finished, with failed or canceled jobs" in stdout


@pytest.mark.parametrize("command", [run_command, exec_command])
def test_outside_linux_a_run_is_refused_before_any_call(command, monkeypatch, told):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    result = CliRunner().invoke(command, ["--", "1"])
    assert isinstance(result.exception, TorcError)
    told(result.exception.message)


def test_help_and_dry_runs_work_outside_linux(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert CliRunner().invoke(run_command, ["--help"]).exit_code == 0
    assert '"command": "true"' in CliRunner().invoke(exec_command, ["--dry-run", "--", "true"]).output
