"""Workflow runs with memory limits, with real processes and a fake server."""

import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fake_workflow import FakeWorkflow, Json
from torc_client.client import TorcClient
from torc_client.testing import FakeServer
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

HOG = f"{sys.executable} -c 'import time; held = bytearray(200_000_000); print(len(held), flush=True); time.sleep(600)'"
"""Uses 200 MB for a long time."""

MEASURED = {"enabled": True, "sample_interval_seconds": 60}

MODEST = f"{sys.executable} -c 'import sys; held = bytearray(20_000_000)'"


@pytest.fixture
async def run(
    serve: Callable[..., FakeWorkflow], server: FakeServer, tmp_path: Path
) -> Callable[..., Awaitable[dict[int, Json]]]:
    """Return a function that runs these commands and returns the reported ends by job."""

    async def run_it(*commands, memory="100m", name="some", execution_config=None, **settings):
        fake = serve(*[{"command": command} for command in commands])
        fake.workflow["execution_config"] = execution_config or {}
        fake.workflow["resource_monitor_config"] = MEASURED
        server.answer("get_resource_requirements", {"id": 5, "name": name, "workflow_id": 1, "memory": memory})
        chosen = Settings(output_dir=tmp_path / "out", num_cpus=4, memory_gb=4, **settings)
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
        calls = server.calls_of("report_and_claim")
        return {each["job_id"]: each for call in calls for each in call.body["completions"]}

    return run_it


async def test_a_job_over_its_memory_is_killed_and_the_others_continue(run, tmp_path):
    ends = await run(f"trap '' TERM; {HOG}; true", MODEST)
    assert (ends[2]["status"], ends[1]["status"], ends[1]["failure_class"]) == ("completed", "failed", "oom")
    result = ends[1]["result"]
    assert result["return_code"] == 137
    # It may be killed while its memory still grows.
    assert 100 << 20 < result["peak_memory_bytes"] < 400_000_000
    stderr = (tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.e").read_text()
    assert "torc-runner: this job was ended: it took " in stderr
    assert "MiB of memory; its limit is 100.0 MiB: raise the memory of its resource requirements" in stderr
    (log,) = (tmp_path / "out").glob("job_runner_*")
    assert result["reason"] in stderr
    assert result["reason"].startswith("this job was ended: it took ")
    assert "Job out of memory workflow_id=1 job_id=1 " in log.read_text()


async def test_the_end_of_a_job_below_the_lowest_limit_names_what_it_requires(run, tmp_path):
    await run(f"{HOG}; true", memory="60m")
    stderr = (tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.e").read_text()
    assert "; it requires 60.0 MiB, and no job below 64.0 MiB is killed: raise the memory" in stderr


async def test_the_memory_of_all_processes_of_a_job_counts(run):
    small = HOG.replace("200_000_000", "60_000_000")
    ends = await run(f"{small} & setsid {small} & wait")
    assert ends[1]["failure_class"] == "oom"


async def test_memory_that_processes_share_counts_once(run):
    shared = (
        "import os, time; held = bytearray(60_000_000); "
        "[os.fork() or (time.sleep(2.5), os._exit(0)) for _ in range(4)]; [os.wait() for _ in range(4)]"
    )
    ends = await run(f"{sys.executable} -c '{shared}'")
    assert ends[1]["status"] == "completed"


async def test_a_workflow_chooses_the_return_code(run):
    ends = await run(HOG, execution_config={"oom_exit_code": 99})
    assert ends[1]["result"]["return_code"] == 99


BRIEF = HOG.replace("600", "2.5")


@pytest.mark.parametrize(
    ("wishes", "settings"),
    [
        ({"execution_config": {"limit_resources": False}}, {}),
        ({"memory": "1m", "name": "default"}, {}),
        ({}, {"max_parallel_jobs": 2}),
    ],
    ids=["workflow without limits", "default requirements", "max_parallel_jobs"],
)
async def test_jobs_without_a_memory_limit(run, wishes, settings):
    ends = await run(BRIEF, **wishes, **settings)
    assert ends[1]["status"] == "completed"


async def test_a_shell_fits_into_the_lowest_limit(run):
    ends = await run("sleep 1.5; true", memory="1k")
    assert ends[1]["status"] == "completed"


async def test_a_small_job_does_not_have_the_memory_of_the_runner(run):
    ends = await run("true", "exit 5", "sleep 0.3")
    peaks = [end["result"].get("peak_memory_bytes") for end in ends.values()]
    assert len(peaks) == 3
    assert all(peak is None or 0 < peak < 15_000_000 for peak in peaks)  # a control group knows it


async def test_a_large_job_that_ends_before_the_first_sample_has_its_peak(run):
    ends = await run(
        f"{sys.executable} -c 'held = bytes([1]) * (600 << 20)'", execution_config={"limit_resources": False}
    )
    assert 600 << 20 < ends[1]["result"]["peak_memory_bytes"] < 900 << 20
