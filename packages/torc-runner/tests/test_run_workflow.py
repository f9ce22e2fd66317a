"""Workflow runs with real processes, against a fake server."""

import asyncio
import logging
import os
import re
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

import fake_workflow
from support.run_scenarios import RUN_SCENARIOS
from torc_client.client import TorcClient
from torc_client.errors import ApiError
from torc_client.retrying import RetryPolicy
from torc_client.testing import BREAK_OFF, FakeServer, Refusal
from torc_runner.console.summary import Summary
from torc_runner.machine.instructions import ExitReason
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings


@pytest.fixture
async def run(server: FakeServer, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Summary]]]:
    """Return a function that runs the workflow of the fake server."""
    async with TorcClient(server.url, retry_policy=RetryPolicy(seconds=0.1, first_pause_seconds=0.01)) as client:

        async def run_it(**settings):
            chosen = Settings(**{"output_dir": tmp_path / "out", "num_cpus": 4, "memory_gb": 4, **settings})
            return await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)

        yield run_it


def reported(server, member):
    """Return all reports of one kind, a member of the request, in order."""
    return [each for call in server.calls_of("report_and_claim") for each in call.body[member]]


def log_of(tmp_path):
    (path,) = (tmp_path / "out").glob("job_runner_*_wf1_r3.log")
    return path.read_text()


@pytest.mark.parametrize("settings", [{}, {"max_parallel_jobs": 3}], ids=["by resources", "by count"])
async def test_jobs_are_run_and_reported_until_the_workflow_is_complete(serve, server, run, tmp_path, settings):
    fake = serve(*[{"command": f"echo {number}"} for number in range(20)])
    summary = await run(**settings)
    assert (summary.exit_reason, summary.exit_code) == (ExitReason.COMPLETE, 0)
    assert {number: result["return_code"] for number, result in fake.results.items()} == dict.fromkeys(range(1, 21), 0)
    assert len(reported(server, "completions")) == 20
    assert (tmp_path / "out/job_stdio/job_wf1_j7_r3_a1.o").read_text() == "6\n"
    assert log_of(tmp_path).count("Job started workflow_id=1 job_id=7 run_id=3 attempt_id=1 compute_node_id=9 ") == 1
    assert log_of(tmp_path).count("Job completed ") == 20
    (signed_off,) = server.calls_of("update_compute_node")
    (registered,) = server.calls_of("create_compute_node")
    assert signed_off.body["start_time"] == registered.body["start_time"]
    assert signed_off.body["is_active"] is False
    assert signed_off.body["duration_seconds"] >= 0


@pytest.mark.parametrize("scenario", RUN_SCENARIOS.values(), ids=RUN_SCENARIOS)
async def test_a_run_ends_as_against_a_real_server(serve, run, scenario):
    fake = serve(*scenario.jobs)
    fake.workflow |= scenario.workflow
    assert (await run()).exit_code == scenario.exit_code
    results = [fake.results[number] for number in fake.jobs]
    assert [(each["status"], each["return_code"]) for each in results] == list(scenario.ends)


async def test_the_environment_identifies_workflow_job_and_run(serve, server, run, tmp_path):
    fake = serve({"command": "env", "env": {"COLOR": "red"}, "name": 'it\'s\n"é"'})
    fake.workflow["env"] = {"COLOR": "blue", "SHAPE": "round"}
    await run()
    text = (tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.o").read_text()
    for line in ("COLOR=red", "SHAPE=round", "TORC_RUN_ID=3", "TORC_JOB_ID=1", f"TORC_OUTPUT_DIR={tmp_path / 'out'}"):
        assert f"{line}\n" in text
    assert 'TORC_JOB_NAME=it\'s\n"é"\n' in text
    assert f"TORC_API_URL={server.url}\n" in text


async def test_a_failing_job_is_reported_and_changes_the_exit_code(serve, run):
    fake = serve({"command": "exit 7"}, {})
    summary = await run()
    assert (fake.results[1]["status"], fake.results[1]["return_code"]) == ("failed", 7)
    assert summary.exit_code == 3


async def test_a_command_that_cannot_start_is_a_failed_job(serve, run, tmp_path):
    fake = serve({"env": {"BAD": "nul\0inside"}}, {})
    summary = await run()
    assert (fake.results[1]["status"], fake.results[1]["return_code"]) == ("failed", 127)
    assert "cannot be passed on" in (tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.e").read_text()
    assert "Job not launched" in log_of(tmp_path)
    assert summary.counts == {"completed": 1, "failed": 1}


@pytest.mark.parametrize("is_older_server", [False, True])
async def test_declared_outputs_must_exist_and_their_times_are_reported(serve, server, run, tmp_path, is_older_server):
    paths = {1: tmp_path / "made", 2: tmp_path / "missing"}
    files = {number: {"id": number, "workflow_id": 1, "name": "f", "path": str(path)} for number, path in paths.items()}
    jobs = [{"command": f"touch {paths[1]}", "output_file_ids": [1]}, {"output_file_ids": [2]}]
    if not is_older_server:
        for number, job in enumerate(jobs, start=1):
            job["output_files"] = [{"id": number, "path": str(paths[number])}]
    fake = serve(*jobs)
    server.answer("list_files", lambda call: fake_workflow.page([files[call.query["produced_by_job_id"]]]))
    await run()
    assert [fake.results[number]["return_code"] for number in (1, 2)] == [0, 1]
    assert fake.results[2]["status"] == "failed"
    completions = {each["job_id"]: each for each in reported(server, "completions")}
    assert completions[1]["output_files"] == [{"id": 1, "st_mtime": paths[1].stat().st_mtime}]
    assert not completions[2].get("output_files")
    assert f"missing_files={paths[2]}\n" in log_of(tmp_path)
    # Lines about starts and ends are collected, but the order of all lines is kept.
    logged = re.findall(r" (?:INFO|WARNING) (.*?) workflow_id=1 job_id=2 ", log_of(tmp_path))
    assert logged == ["Job started", "Job output missing", "Job completed"]


async def test_calls_are_repeated_until_the_server_is_back(serve, server, run):
    fake = serve(*[{} for _ in range(6)])
    for operation, answer in (
        ("claim_jobs_based_on_resources", fake.claim),
        ("report_and_claim", fake.exchange),
    ):
        server.script(operation, [BREAK_OFF, Refusal(503, "stopping"), BREAK_OFF, answer])
    summary = await run()
    assert summary.exit_code == 0
    keys = [call.query["claim_key"] for call in server.calls_of("claim_jobs_based_on_resources")[:4]]
    assert len(set(keys)) == 1, "a repeated claim has the key of the first"


async def test_jobs_continue_during_a_restart_of_the_server(serve, server, run, tmp_path):
    fake = serve({"command": f"until [ -e {tmp_path}/go ]; do sleep 0.01; done"}, {})
    running = asyncio.create_task(run())
    await fake.completed.wait()
    await server.stop()
    (tmp_path / "go").touch()
    await server.start()
    assert (await running).exit_code == 0
    assert fake.results[1]["return_code"] == 0


async def test_a_refused_report_is_logged(serve, run, tmp_path, monkeypatch):
    fake = serve({}, {})
    complete = fake.complete

    def refuse_the_first(completion):
        if completion["job_id"] == 1:
            fake.refuse(1, "job is canceled")
            fake.end(1, "canceled")
        else:
            complete(completion)

    monkeypatch.setattr(fake, "complete", refuse_the_first)
    assert (await run()).exit_reason is ExitReason.COMPLETE
    assert "Job report refused workflow_id=1 job_id=1 " in log_of(tmp_path)


async def test_a_report_that_is_refused_after_a_cancellation_is_not_logged(serve, run, tmp_path, monkeypatch):
    fake = serve({"command": "echo; exec sleep 600"})
    monkeypatch.setattr(fake, "complete", lambda completion: fake.refuse(completion["job_id"], "job is canceled"))
    running = asyncio.create_task(run())
    await lines_in(tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.o")
    fake.end(1, "canceled")
    fake.cancel()
    assert (await running).exit_reason is ExitReason.CANCELED
    assert "Job report refused" not in log_of(tmp_path)


async def test_a_cancellation_ends_running_jobs(serve, server, run, tmp_path):
    fake = serve({"command": "sleep 600"}, {"command": "trap '' TERM; echo; while :; do sleep 600; done"})
    running = asyncio.create_task(run(kill_grace_seconds=0.2))
    await lines_in(tmp_path / "out/job_stdio/job_wf1_j2_r3_a1.o")
    fake.cancel()
    summary = await running
    assert (summary.exit_reason, summary.exit_code) == (ExitReason.CANCELED, 3)
    assert [(fake.results[number]["status"], fake.results[number]["return_code"]) for number in (1, 2)] == [
        ("terminated", 143),
        ("terminated", 137),
    ]


async def test_a_signal_terminates_jobs_and_reports_them(serve, server, run, tmp_path):
    fake = serve({"command": "echo; exec sleep 600"}, *[{} for _ in range(3)])
    running = asyncio.create_task(run(num_cpus=1))
    await lines_in(tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.o")
    os.kill(os.getpid(), signal.SIGTERM)
    summary = await running
    assert (summary.exit_reason, summary.exit_code) == (ExitReason.STOPPED, 4)
    assert (fake.results[1]["status"], fake.results[1]["return_code"]) == ("terminated", 143)
    assert [each["job_id"] for each in reported(server, "started")] == [1]
    assert server.calls_of("update_compute_node")[0].body["is_active"] is False


async def test_a_second_signal_does_not_wait_for_the_grace(serve, run, tmp_path):
    fake = serve({"command": "trap '' TERM; echo; while :; do sleep 600; done"}, {})
    running = asyncio.create_task(run(num_cpus=1, kill_grace_seconds=3600))
    await lines_in(tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.o")
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0)  # so that two signals are received
    os.kill(os.getpid(), signal.SIGINT)
    assert (await running).exit_code == 4
    assert fake.results[1]["return_code"] == 137


async def test_the_jobs_of_an_abandoned_claim_are_returned(serve, server, run, tmp_path):
    fake = serve({"command": "echo; exec sleep 600"}, {})
    fake.ready = deque([1])

    async def hold(call):
        if call.query["claim_key"].endswith("-2"):
            fake.claimed[call.query["claim_key"]] = [2]  # the answer is lost on the way
            fake.jobs[2]["status"] = "pending"
            await fake.over.wait()
        return await fake.claim(call)

    server.answer("claim_jobs_based_on_resources", hold)
    running = asyncio.create_task(run())
    await server.received("claim_jobs_based_on_resources", 2)
    os.kill(os.getpid(), signal.SIGTERM)
    assert (await running).exit_code == 4
    assert reported(server, "returned") == [{"job_id": 2, "attempt_id": 1}]
    assert fake.jobs[2]["status"] == "ready"


async def test_an_idle_runner_logs_the_jobs_that_cannot_fit_and_leaves(serve, server, run, tmp_path):
    fake = serve({"name": "huge", "resource_requirements_id": 6})
    fake.ready.clear()
    fake.workflow["compute_node_wait_for_new_jobs_seconds"] = 1
    server.answer("claim_jobs_based_on_resources", {"jobs": []})
    server.answer(
        "explain_workflow", fake_workflow.explanation(fake_workflow.explained_kind(6, ("num_cpus", 64.0, 4.0)))
    )
    summary = await run()
    assert (summary.exit_reason, summary.exit_code) == (ExitReason.IDLE, 4)
    assert log_of(tmp_path).count('job_name=huge reason="needs 64 CPUs, this node has 4"') == 1


async def test_a_refusal_of_the_server_ends_the_runner_with_the_error(serve, server, run, told):
    serve({}, {})
    server.answer("claim_jobs_based_on_resources", Refusal(405, "not here"))
    with told.raised(ApiError):
        await run()
    assert server.calls_of("update_compute_node")[0].body["is_active"] is False


async def lines_in(path):
    """Wait for the first line that a job prints."""
    while not path.exists() or not path.stat().st_size:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def stdio_of(tmp_path, job_id, attempt_id=1):
    """Return the contents of the files of an attempt, by suffix."""
    stem = f"job_wf1_j{job_id}_r3_a{attempt_id}."
    return {
        path.name.removeprefix(stem): path.read_text()
        for path in sorted((tmp_path / "out/job_stdio").glob("*"))
        if path.name.startswith(stem)
    }


@pytest.mark.parametrize(
    ("stdio", "left"),
    [
        ({"mode": "separate"}, {"o": "out\n", "e": "err\n"}),
        ({"mode": "combined"}, {"log": "out\nerr\n"}),
        ({"mode": "no_stdout"}, {"e": "err\n"}),
        ({"mode": "no_stderr"}, {"o": "out\n"}),
        ({"mode": "none"}, {}),
        ({"delete_on_success": True}, {}),
    ],
    ids=str,
)
async def test_output_is_kept_as_the_workflow_configures_it(serve, run, tmp_path, stdio, left):
    fake = serve({"command": "echo out; echo err >&2"})
    fake.workflow["execution_config"] = {"stdio": stdio}
    assert (await run()).exit_code == 0
    assert stdio_of(tmp_path, 1) == left


async def test_a_job_may_override_the_configuration_of_output(serve, run, tmp_path):
    fake = serve({"command": "echo 1"}, {"command": "echo 2; exit 3"}, {"command": "echo 3; exit 3"})
    fake.workflow["execution_config"] = {
        "stdio": {"mode": "none"},
        "job_stdio_overrides": {"job1": {"delete_on_success": True}, "job2": {"delete_on_success": True}},
    }
    await run()
    assert [stdio_of(tmp_path, number) for number in (1, 2, 3)] == [{}, {"o": "2\n", "e": ""}, {}]


HANDLER = '[{"exit_codes": [3], "max_retries": 3, "recovery_script": "echo $TORC_RETURN_CODE $TORC_JOB_NAME >> %s"}]'


async def test_a_failure_is_retried_after_its_recovery_script(serve, server, run, tmp_path):
    serve({"command": "echo $TORC_ATTEMPT_ID; exit 3", "failure_handler_id": 4})
    rules = HANDLER % (tmp_path / "recovered")
    server.answer("get_failure_handler", {"id": 4, "workflow_id": 1, "name": "again", "rules": rules})
    await run()
    (completion,) = reported(server, "completions")
    assert (completion["status"], completion["max_attempts"], completion["failure_class"]) == ("failed", 3, "app")
    assert (tmp_path / "recovered").read_text() == "3 job1\n"


async def test_a_recovery_script_that_fails_leaves_the_job_failed(serve, server, run, tmp_path):
    serve({"command": "exit 3", "failure_handler_id": 4})
    rules = '[{"match_all_exit_codes": true, "recovery_script": "echo in vain; exit 7"}]'
    server.answer("get_failure_handler", {"id": 4, "workflow_id": 1, "name": "again", "rules": rules})
    await run()
    (completion,) = reported(server, "completions")
    assert (completion["status"], completion.get("max_attempts")) == ("failed", None)
    assert stdio_of(tmp_path, 1)["recovery.o"] == "in vain\n"
    assert "it ended with 7" in log_of(tmp_path)


async def test_invalid_rules_are_logged_and_ignored(serve, server, run, tmp_path):
    fake = serve({"command": "exit 3", "failure_handler_id": 4})
    fake.workflow |= {"use_pending_failed": True, "compute_node_wait_for_new_jobs_seconds": 1}
    server.answer("get_failure_handler", {"id": 4, "workflow_id": 1, "name": "again", "rules": "what?"})
    await run()
    assert reported(server, "completions")[0]["status"] == "pending_failed"
    assert "Failure handler not understood failure_handler_id=4" in log_of(tmp_path)


def action(number, trigger, *commands, **members):
    return {
        "id": number,
        "workflow_id": 1,
        "trigger_type": trigger,
        "action_type": "run_commands",
        "action_config": {"commands": list(commands)},
        **members,
    }


def actions_of(server, *actions):
    """Let the server have due actions. Return the list of the ids that are claimed."""
    claimed = []

    def claim(call):
        claimed.append(call.path["action_id"])
        return {"action_id": call.path["action_id"], "success": True}

    server.answer(
        "get_pending_actions",
        lambda call: [each for each in actions if each["trigger_type"] in call.query["trigger_type"]],
    )
    server.answer("claim_action", claim)
    server.answer("complete_action", lambda call: {"action_id": call.path["action_id"]})
    return claimed


async def test_actions_are_carried_out_before_the_first_job_and_after_the_last(
    serve, server, run, tmp_path, monkeypatch
):
    serve({"command": "ls out; echo job >> out/order"})
    actions = (
        action(1, "on_worker_complete", "echo last >> order"),
        action(
            2, "on_worker_start", "echo first >> order", "echo $TORC_WORKFLOW_ID > wf; exit 4", "echo never >> order"
        ),
    )
    claimed = actions_of(server, *actions)
    monkeypatch.chdir(tmp_path)
    assert (await run()).exit_code == 0
    assert claimed == [2, 1]
    assert (tmp_path / "out/order").read_text().split() == ["first", "job", "last"]
    assert (tmp_path / "out/wf").read_text() == "1\n"
    assert "Action failed workflow_id=1 action_id=2" in log_of(tmp_path)


async def test_an_action_that_another_runner_claimed_is_not_executed(serve, server, run, tmp_path):
    serve({})
    actions_of(server, action(1, "on_workflow_start", "touch ran"), action(2, "on_workflow_start", action_type="magic"))
    server.answer("claim_action", Refusal(409, "Action 1 is already claimed"))
    assert (await run()).exit_code == 0
    assert not (tmp_path / "out/ran").exists()
    assert "Action left to others workflow_id=1 action_id=2" in log_of(tmp_path)


async def test_a_job_with_no_time_left_is_never_started(serve, server, run):
    fake = serve({"command": "true"})
    fake.workflow["compute_node_wait_for_new_jobs_seconds"] = 0
    server.answer(
        "get_resource_requirements",
        {"id": 5, "name": "long", "workflow_id": 1, "num_cpus": 1, "memory": "1m", "runtime": "PT10M"},
    )
    summary = await run(time_limit_seconds=120)
    assert summary.exit_reason is ExitReason.IDLE
    assert reported(server, "started") == []
    assert [each["job_id"] for each in reported(server, "returned")][:1] == [1]
