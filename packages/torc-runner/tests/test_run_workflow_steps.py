"""Workflow runs whose jobs are steps of an allocation, with real processes, a fake batch system and a fake server."""

import asyncio
import dataclasses
import logging
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fake_steps import FakeSteps
from fake_workflow import FakeWorkflow, Json
from torc_client.batch.steps import StepEnd, StepEnding, StepRules, StepUsage
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.testing import FakeServer
from torc_runner import execution_mode
from torc_runner import run_workflow as run_workflow_module
from torc_runner.detect.nodes import RunnerNodes
from torc_runner.machine.capacity import Resources
from torc_runner.node_setup import NodeSetup
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

FIRST = "wf1_j1_r3_a1"
Run = Callable[..., Coroutine[Any, Any, dict[int, Json]]]


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSteps:
    folder = tmp_path / "steps"
    folder.mkdir()
    steps = FakeSteps(folder)
    monkeypatch.setattr(execution_mode, "own_steps", lambda _: steps)
    monkeypatch.setenv("OPTION_OF_THE_ALLOCATION", "1")
    return steps


@pytest.fixture
def fake(serve: Callable[..., FakeWorkflow], server: FakeServer) -> Callable[..., FakeWorkflow]:
    """Return a function that serves a workflow of these commands."""

    def make(*commands: str, requirements: Json | None = None, **config: Any) -> FakeWorkflow:
        fake = serve(*[{"command": command} for command in commands])
        fake.workflow["execution_config"] = {"mode": "slurm", **config}
        small = {"id": 5, "name": "small", "workflow_id": 1, "num_cpus": 2, "memory": "100m", "num_gpus": 0}
        server.answer("get_resource_requirements", small | (requirements or {}))
        server.answer("create_slurm_stats", lambda call: {**call.body, "id": 4})
        return fake

    return make


@pytest.fixture
def run(server: FakeServer, tmp_path: Path) -> Run:
    """Return a function that runs the workflow and returns the reported ends by job."""

    async def run_it(**settings: Any) -> dict[int, Json]:
        chosen = Settings(output_dir=tmp_path / "out", **{"num_cpus": 4, "memory_gb": 4, **settings})
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
        calls = server.calls_of("report_and_claim")
        return {each["job_id"]: each for call in calls for each in call.body["completions"]}

    return run_it


def output(tmp_path: Path, job: int = 1) -> tuple[str, str]:
    files = [tmp_path / f"out/job_stdio/job_wf1_j{job}_r3_a1.{stream}" for stream in "oe"]
    return files[0].read_text(), files[1].read_text()


async def test_a_step_has_the_output_and_the_environment_of_a_job(
    steps: FakeSteps, fake: Any, run: Run, tmp_path: Path
) -> None:
    fake('echo "out $TORC_JOB_NAME,$OPTION_OF_THE_ALLOCATION"; echo err >&2; exit 7')
    ends = await run()
    assert (ends[1]["status"], ends[1]["result"]["return_code"]) == ("failed", 7)
    assert output(tmp_path) == ("out job1,\n", "err\n")
    assert steps.judged == [(7, "step: a message of the batch system\n", "err\n")]


async def test_a_step_is_limited_to_the_requirements(steps: FakeSteps, fake: Any, run: Run) -> None:
    fake("true", enable_cpu_bind=True, srun_termination_signal="TERM@60", srun_mpi="pmix", srun_tasks_per_node=3)
    await run()
    request = steps.requests[FIRST]
    assert (request.num_cpus, request.memory_bytes, request.num_gpus, request.num_nodes) == (2, 100 << 20, 0, 1)
    assert request.time_left_seconds is None
    assert steps.rules == StepRules(bind_cpus=True, termination_signal="TERM@60", mpi="pmix", tasks_per_node=3)


@pytest.mark.parametrize(
    ("requirements", "limits"),
    [({}, (2, 100 << 20)), ({"name": "default", "num_cpus": 1, "memory": "1m"}, (0, 0))],
    ids=["chosen", "default"],
)
async def test_limits_do_not_depend_on_how_jobs_are_claimed(
    steps: FakeSteps, fake: Any, run: Run, requirements: Json, limits: tuple[int, int]
) -> None:
    fake("true", requirements=requirements)
    await run(max_parallel_jobs=1)
    request = steps.requests[FIRST]
    assert (request.num_cpus, request.memory_bytes) == limits


@pytest.fixture
def two_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the runner two nodes. The second one is smaller."""
    nodes = RunnerNodes((Resources(8, 4 << 30), Resources(4, 4 << 30)), ("n1", "n2"))

    def set_up(*words: Any, **more: Any) -> NodeSetup:
        setup = real(*words, **more)
        assert setup.steps is not None
        steps = dataclasses.replace(setup.steps, node_names=nodes.names)
        return msgspec.structs.replace(setup, nodes=nodes, steps=steps)

    real = run_workflow_module._set_up
    monkeypatch.setattr(run_workflow_module, "_set_up", set_up)


@pytest.mark.usefixtures("two_nodes")
@pytest.mark.parametrize(
    ("needed", "names"),
    [
        ((1, {}), ["n2"]),
        ((2, {}), ["n1", "n2"]),
        ((1, {"max_parallel_jobs": 1}), ["n1"]),
        ((2, {"max_parallel_jobs": 1}), []),
    ],
)
async def test_a_step_has_the_nodes_on_which_the_runner_placed_its_job(
    steps: FakeSteps, fake: Any, run: Run, needed: tuple[int, Json], names: list[str]
) -> None:
    """Of idle nodes, a job gets the smallest that it fits; with a limit of jobs, that with the fewest jobs."""
    num_nodes, settings = needed
    fake("true", requirements={"num_nodes": num_nodes})
    ends = await run(**settings)
    assert ends[1]["status"] == "completed"
    assert list(steps.requests[FIRST].nodes) == names


async def test_steps_end_before_the_time_of_the_node(steps: FakeSteps, fake: Any, run: Run) -> None:
    fake("true", sigkill_headroom_seconds=60)
    await run(time_limit_seconds=600)
    left_seconds = steps.requests[FIRST].time_left_seconds
    assert left_seconds is not None
    assert 480 < left_seconds <= 540


async def test_streams_of_one_file_keep_their_order(steps: FakeSteps, fake: Any, run: Run, tmp_path: Path) -> None:
    fake("for n in 1 2 3; do echo out $n; echo err $n >&2; done", stdio={"mode": "combined"})
    await run()
    (file,) = (tmp_path / "out/job_stdio").iterdir()
    assert file.read_text().split("\n")[:6] == ["out 1", "err 1", "out 2", "err 2", "out 3", "err 3"]


async def test_output_can_be_limited(steps: FakeSteps, fake: Any, run: Run, tmp_path: Path) -> None:
    fake("head -c 3000000 /dev/zero; echo end >&2", stdio={"max_mb": 1})
    ends = await run()
    assert ends[1]["status"] == "completed"
    stdout, stderr = output(tmp_path)
    assert (len(stdout.partition("\n")[0]), stderr) == (1 << 20, "end\n")


async def test_statistics_follow_the_results(steps: FakeSteps, fake: Any, run: Run, server: FakeServer) -> None:
    fake("true", "true")
    used = StepUsage(max_rss_bytes=5, ave_cpu_seconds=1.5, nodes="n1")
    steps.usages[FIRST] = used
    ends = await run()
    assert "peak_memory_bytes" not in ends[1]["result"]
    stored = {call.body["job_id"]: call.body for call in server.calls_of("create_slurm_stats")}
    assert stored[1] == {
        "workflow_id": 1, "job_id": 1, "run_id": 3, "attempt_id": 1, "slurm_job_id": "66", "max_rss_bytes": 5,
        "ave_cpu_seconds": 1.5, "node_list": "n1",
    }  # fmt: skip
    assert set(stored) == {1, 2}
    names = [call.operation for call in server.calls]
    assert names.index("create_slurm_stats") > names.index("report_and_claim")


async def test_without_accounting_it_is_asked_once(steps: FakeSteps, fake: Any, run: Run, server: FakeServer) -> None:
    fake("true", "true", "true")
    steps.has_accounting = False
    ends = await run(max_parallel_jobs=1)
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert len(steps.questions) == 1
    assert server.calls_of("create_slurm_stats") == []


REASONS = {
    StepEnding.OUT_OF_MEMORY: "this job was ended: it took 1.0 GiB of memory",
    StepEnding.OUT_OF_TIME: "it was stopped because the time of its node was over",
    StepEnding.CANCELED: "its step was canceled in the batch system",
    StepEnding.NODE_TAKEN: "its runner was stopped while it ran",
    StepEnding.KILLED: "it exceeded a limit",
    StepEnding.REFUSED: "the command could not be started: No CPUs of this kind",
}


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (StepEnd(StepEnding.OUT_OF_MEMORY, peak_memory_bytes=1 << 30), ("failed", 137, "oom")),
        (StepEnd(StepEnding.OUT_OF_TIME), ("terminated", 152, "walltime")),
        (StepEnd(StepEnding.CANCELED), ("terminated", 5, "canceled")),
        (StepEnd(StepEnding.NODE_TAKEN), ("terminated", 5, "node")),
        (StepEnd(StepEnding.KILLED, "it exceeded a limit"), ("terminated", 137, "canceled")),
        (StepEnd(StepEnding.REFUSED, "No CPUs of this kind"), ("failed", 127, "setup")),
    ],
    ids=lambda value: value.ending.name if isinstance(value, StepEnd) else "",
)
async def test_ends_that_the_batch_system_explains(
    steps: FakeSteps, fake: Any, run: Run, end: StepEnd, expected: tuple[str, int, str]
) -> None:
    fake("exit 0" if end.ending is StepEnding.KILLED else "exit 5")
    steps.ends[FIRST] = [end]
    ended = (await run())[1]
    assert (ended["status"], ended["result"]["return_code"], ended["failure_class"]) == expected
    assert ended["result"].get("peak_memory_bytes") == end.peak_memory_bytes
    assert ended["result"]["reason"].startswith(REASONS[end.ending])


async def test_a_refusal_is_in_the_stderr_of_the_job(steps: FakeSteps, fake: Any, run: Run, tmp_path: Path) -> None:
    fake("exit 1")
    steps.ends[FIRST] = [StepEnd(StepEnding.REFUSED, "No CPUs of this kind")]
    await run()
    assert output(tmp_path)[1] == "torc-runner could not start the command: No CPUs of this kind\n"
    assert steps.questions == []


async def test_a_job_whose_step_cannot_start_now_is_returned_and_runs_later(
    steps: FakeSteps, fake: Any, run: Run, server: FakeServer
) -> None:
    fake("true")
    steps.ends[FIRST] = [StepEnd(StepEnding.NOT_STARTED, "the controller is busy")]
    ends = await run()
    assert ends[1]["status"] == "completed"
    returned = [each["job_id"] for call in server.calls_of("report_and_claim") for each in call.body["returned"]]
    assert returned == [1]


async def test_jobs_of_a_canceled_workflow_get_term_and_then_kill(
    steps: FakeSteps, fake: Any, run: Run, tmp_path: Path
) -> None:
    """TERM goes to the processes of a step through the batch system, KILL by the end of its program."""
    ready = [tmp_path / "ready1", tmp_path / "ready2"]
    for pipe in ready:
        os.mkfifo(pipe)
    workflow = fake(
        f"trap 'echo got TERM; exit 3' TERM; echo > {ready[0]}; while :; do sleep 0.05; done",
        f"trap '' TERM; echo > {ready[1]}; while :; do sleep 0.05; done",
    )
    running = asyncio.create_task(run(kill_grace_seconds=0.5))
    for pipe in ready:
        await asyncio.to_thread(pipe.read_text)
    workflow.cancel()
    await running
    assert steps.signals == [({FIRST, "wf1_j2_r3_a1"}, "TERM")]
    assert output(tmp_path)[0] == "got TERM\n"
    assert sorted(code for code, _, _ in steps.judged) == [3, 137]


async def test_outside_of_an_allocation(
    fake: Any, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told
) -> None:
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    workflow = fake("echo direct")
    with told.raised(TorcError):
        await run()
    workflow.workflow["execution_config"] = {"mode": "auto"}
    await run()
    assert output(tmp_path) == ("direct\n", "")
