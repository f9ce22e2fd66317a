"""Jobs that take too much memory: the whole loop with real processes, and a service that does as it is told."""

import logging
import sys

import pytest

from torc_client.client import TorcClient
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

HOG = f"{sys.executable} -c 'import time; held = bytearray(200_000_000); print(len(held), flush=True); time.sleep(600)'"
"""Takes 200 MB and stays."""

MODEST = f"{sys.executable} -c 'import sys; held = bytearray(20_000_000)'"


@pytest.fixture
async def run(serve, server, tmp_path):
    """Visit the fake service's workflow; give what was told of how its jobs ended."""

    async def visit_it(*commands, memory="100m", name="some", execution_config=None, **settings):
        fake = serve(*[{"command": command} for command in commands])
        fake.workflow["execution_config"] = execution_config or {}
        server.answer("get_resource_requirements", {"id": 5, "name": name, "workflow_id": 1, "memory": memory})
        chosen = Settings(output_dir=tmp_path / "out", num_cpus=4, memory_gb=4, **settings)
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
        calls = server.calls_of("report_and_claim")
        return {each["job_id"]: each for call in calls for each in call.body["completions"]}

    return visit_it


async def test_a_job_over_its_memory_is_killed_and_the_others_go_on(run, tmp_path):
    told = await run(f"trap '' TERM; {HOG}; true", MODEST)
    assert (told[2]["status"], told[1]["status"], told[1]["failure_class"]) == ("completed", "failed", "oom")
    result = told[1]["result"]
    assert result["return_code"] == 137
    # It may have been caught while it was still growing.
    assert 100 << 20 < result["peak_memory_bytes"] < 400_000_000
    stderr = (tmp_path / "out/job_stdio/job_wf1_j1_r3_a1.e").read_text()
    assert "torc-runner: this job was ended: it took 0." in stderr
    assert "GiB of memory; its limit is 0.0977 GiB: raise the memory of its resource requirements" in stderr
    (log,) = (tmp_path / "out").glob("job_runner_*")
    assert "Job out of memory workflow_id=1 job_id=1 " in log.read_text()


async def test_memory_is_that_of_all_that_a_job_started(run):
    small = HOG.replace("200_000_000", "60_000_000")
    told = await run(f"{small} & setsid {small} & wait")
    assert told[1]["failure_class"] == "oom"


async def test_memory_that_processes_share_counts_once(run):
    shared = (
        "import os, time; held = bytearray(60_000_000); "
        "[os.fork() or (time.sleep(2.5), os._exit(0)) for _ in range(4)]; [os.wait() for _ in range(4)]"
    )
    told = await run(f"{sys.executable} -c '{shared}'")
    assert told[1]["status"] == "completed"


async def test_a_workflow_chooses_the_return_code(run):
    told = await run(HOG, execution_config={"oom_exit_code": 99})
    assert told[1]["result"]["return_code"] == 99


BRIEF = HOG.replace("600", "2.5")


@pytest.mark.parametrize(
    ("wishes", "settings"),
    [
        ({"execution_config": {"limit_resources": False}}, {}),
        ({"memory": "1m", "name": "default"}, {}),
        ({}, {"max_parallel_jobs": 2}),
    ],
    ids=["the workflow sets no limits", "nobody said what the job needs", "jobs are counted"],
)
async def test_jobs_that_are_held_to_nothing(run, wishes, settings):
    told = await run(BRIEF, **wishes, **settings)
    assert told[1]["status"] == "completed"


async def test_a_shell_fits_into_the_smallest_limit(run):
    told = await run("sleep 1.5; true", memory="1k")
    assert told[1]["status"] == "completed"
