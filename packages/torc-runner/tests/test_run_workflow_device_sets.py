"""Workflow runs that assign GPUs and CPUs, with real processes and a fake server."""

import logging
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from support import needs
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.testing import FakeServer
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

MEET = "touch here_$TORC_JOB_ID; until test $(ls here_* | wc -l) = {}; do sleep 0.01; done; echo $CUDA_VISIBLE_DEVICES"


@pytest.fixture
async def run(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[list[str]]]:
    """Return a function that runs the workflow of the fake server and returns what the jobs printed."""
    monkeypatch.chdir(tmp_path)

    async def run_it(**settings):
        chosen = Settings(**{"output_dir": tmp_path / "out", "num_cpus": 2, "memory_gb": 4, **settings})
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
        return [path.read_text().strip() for path in sorted((tmp_path / "out/job_stdio").glob("*.o"))]

    return run_it


def requirements(**members):
    return {"id": 5, "name": "some", "workflow_id": 1, "num_cpus": 1, "memory": "1m", **members}


async def test_jobs_that_run_together_see_different_gpus(serve, server, run, tmp_path):
    serve(*[{"command": MEET.format(2)}] * 2)
    server.answer("get_resource_requirements", requirements(num_gpus=1))
    assert sorted(await run(num_gpus=2)) == ["0", "1"]
    (log,) = (tmp_path / "out").glob("job_runner_*")
    assert "num_gpus=2 gpu_ids=0,1 " in log.read_text()
    (registered,) = server.calls_of("create_compute_node")
    assert registered.body["num_gpus"] == 2


async def test_gpus_are_free_after_the_end_of_a_job(serve, server, run):
    serve(*[{"command": "echo $CUDA_VISIBLE_DEVICES"}] * 4)
    server.answer("get_resource_requirements", requirements(num_gpus=2))
    assert await run(num_gpus=2) == ["0,1"] * 4


async def test_jobs_share_gpus(serve, server, run):
    serve(*[{"command": MEET.format(4)}] * 4)
    server.answer("get_resource_requirements", requirements(num_gpus=1))
    assert sorted(await run(num_cpus=4, num_gpus=2, jobs_per_gpu=2)) == ["0", "0", "1", "1"]
    (registered,) = server.calls_of("create_compute_node")
    assert registered.body["num_gpus"] == 4


async def test_only_gpus_that_the_runner_may_use_are_assigned(serve, server, run, monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "6,GPU-77")
    (tmp_path / "proc/driver/nvidia/gpus").mkdir(parents=True)
    for number in range(8):
        (tmp_path / f"proc/driver/nvidia/gpus/{number}").mkdir()
    monkeypatch.setattr("torc_runner.detect.gpus._PROC", tmp_path / "proc")
    serve({"command": "echo $CUDA_VISIBLE_DEVICES"})
    server.answer("get_resource_requirements", requirements(num_gpus=2))
    assert await run() == ["6,GPU-77"]


async def test_gpus_that_nvml_lists_are_assigned(serve, server, run, monkeypatch, tmp_path):
    """The module is fake: the test needs no GPU."""
    nvml = SimpleNamespace(
        NVMLError=RuntimeError, nvmlInit=bool, nvmlShutdown=bool, nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=int, nvmlDeviceGetMigMode=lambda _: (0, 0),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    monkeypatch.setattr("torc_runner.detect.gpus._PROC", tmp_path / "proc")
    serve(*[{"command": MEET.format(2)}] * 2)
    server.answer("get_resource_requirements", requirements(num_gpus=1))
    assert sorted(await run()) == ["0", "1"]


async def test_with_max_parallel_jobs_jobs_see_all_gpus(serve, run, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    serve({"command": "echo $CUDA_VISIBLE_DEVICES"})
    assert await run(num_gpus=2, max_parallel_jobs=1) == ["0,1"]


@needs.ability("two CPUs", is_there=len(os.sched_getaffinity(0)) >= 2)
@pytest.mark.parametrize("settings", [{"cpu_affinity_cpus_per_job": 0}, {"cpu_affinity_cpus_per_job": 1}])
async def test_jobs_that_run_together_are_bound_to_different_cpus(serve, run, settings):
    command = MEET.format(2).replace("echo $CUDA_VISIBLE_DEVICES", "grep Cpus_allowed_list /proc/self/status")
    serve(*[{"command": command}] * 2)
    first, second = sorted(os.sched_getaffinity(0))[:2]
    printed = await run(**settings)
    assert sorted(int(line.split()[1]) for line in printed) == [first, second]


async def test_options_that_cannot_bind_jobs_are_refused_before_the_registration(serve, server, run, told):
    serve({})
    with told.raised(TorcError):
        await run(num_cpus=4096, cpu_affinity_cpus_per_job=0)
    assert not server.calls_of("create_compute_node")
