"""Compute nodes, allocations and the cluster: what the server and what Slurm report, side by side."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, listed
from torc_client.api.records import (
    ListComputeNodesResponse,
    ListScheduledComputeNodesResponse,
    ListSlurmSchedulersResponse,
    NodeLoadModel,
    RemoteWorkerModel,
    ScheduledComputeNodesModel,
    SlurmSchedulerModel,
)
from torc_client.testing import FakeServer

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def furnished(fake_server: FakeServer) -> None:
    """Let the workflow have no nodes, allocations and schedulers."""
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, []))
    fake_server.answer("list_scheduled_compute_nodes", listed(ListScheduledComputeNodesResponse, []))
    fake_server.answer("list_slurm_schedulers", listed(ListSlurmSchedulersResponse, []))
    fake_server.answer("list_node_loads", [])
    fake_server.answer("list_remote_workers", [])


def slurm(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> None:
    """Put commands of Slurm into PATH that print a text, and hide those of the machine."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    for name in ("squeue", "sinfo", "sacct", "scontrol", "sbatch"):
        (folder / f"{name}.out").write_text(texts.get(name, ""))
        (folder / name).write_text(f"#!/bin/sh\ncat {folder}/{name}.out\n")
        (folder / name).chmod(0o755)


async def text_of(browser: TestClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def until(browser: TestClient, path: str, wanted: str) -> str:
    """Reload a page, as its script does, until Slurm has answered."""
    while wanted not in (text := await text_of(browser, path)):
        assert "hx-trigger" in text, text
    return text


def allocation(id: int, scheduler_id: int, status: str, **members: object) -> ScheduledComputeNodesModel:
    return ScheduledComputeNodesModel(
        id=id, workflow_id=1, scheduler_config_id=1, scheduler_id=scheduler_id, scheduler_type="slurm", status=status,
        **members,  # type: ignore[arg-type]
    )  # fmt: skip


async def test_a_workflow_without_nodes_says_how_to_start_some(browser: TestClient):
    text = await text_of(browser, "/workflows/1/nodes")
    for words in (
        "No compute node is active",
        "torc run 1",
        "torc submit 1",
        "torc remote run 1",
        "torc slurm generate",
    ):
        assert words in text


async def test_a_node_shows_its_load_and_when_it_was_heard(browser: TestClient, fake_server: FakeServer):
    nodes = [
        compute_node(1, hostname=HOSTILE, num_cpus=36, memory_gb=96.0, lease_seconds=300.0),
        compute_node(2, hostname="quiet", lease_seconds=300.0),
    ]
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, nodes, total=300))
    load = {"num_gpus": 0, "num_jobs": 7, "num_cpus": 14, "memory_gb": 21.5}
    fake_server.answer(
        "list_node_loads",
        [
            NodeLoadModel(compute_node_id=1, silent_seconds=3.0, **load),
            NodeLoadModel(compute_node_id=2, silent_seconds=200.0, **load),
        ],
    )
    fake_server.answer("list_remote_workers", [RemoteWorkerModel(workflow_id=1, worker=f"ada@{HOSTILE}")])
    text = await text_of(browser, "/workflows/1/nodes")
    for words in (
        "14 of 36",
        "21.5 of 96",
        "3 s ago",
        ", lost after",
        "The last 2 compute nodes of 300.",
        "300 stopped",
    ):
        assert words in text, words
    assert HOSTILE not in text
    assert "&lt;img src=x" in text


async def test_slurm_is_asked_about_open_allocations_only(
    browser: TestClient, fake_server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    slurm(
        tmp_path / "bin", monkeypatch,
        squeue="4512|N/A|PENDING|JobHeldUser|N/A|\n",
    )  # fmt: skip
    open_one = allocation(5, 4512, "pending", reason="Priority", folder=str(tmp_path))
    ended = allocation(4, 4400, "failed", reason="TIMEOUT", folder=str(tmp_path))
    (tmp_path / "slurm_output_wf1_sl4400.e").write_text("begin\nslurmstepd: error: out of time \x1b[31m\n")
    fake_server.answer(
        "list_scheduled_compute_nodes",
        lambda call: listed(
            ListScheduledComputeNodesResponse, [ended] if "!=" in call.query.get("filter", "") else [open_one]
        ),
    )
    scheduler = SlurmSchedulerModel(id=1, workflow_id=1, name="long", account="acct", nodes=1, walltime="04:00:00")
    fake_server.answer("list_slurm_schedulers", listed(ListSlurmSchedulersResponse, [scheduler]))
    text = await until(browser, "/workflows/1/nodes", "As Slurm reported")
    for words in (
        "4512",
        "JobHeldUser. Release it with `scontrol release 4512`",
        "4400",
        "TIMEOUT",
        "acct",
        "04:00:00",
    ):
        assert words in text, words
    assert "slurmstepd: error: out of time" in text
    assert "\x1b" not in text


async def test_the_cluster_shows_partitions_and_the_own_queue(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    slurm(
        tmp_path / "bin",
        monkeypatch,
        squeue="77|short|RUNNING|n1|2026-11-30T13:00:00|59:10|1|<b>bold</b>\n",
        sinfo="short|36|96000|4:00:00|(null)|8\n",
        scontrol="PartitionName=short State=UP MaxNodes=UNLIMITED MinNodes=0 OverSubscribe=NO Default=YES\n",
    )
    text = await until(browser, "/cluster", "Your jobs in the queue")
    for words in ("short", "36", "4:00:00", "77", "running", "&lt;b&gt;bold", "59:10"):
        assert words in text, words


async def test_without_slurm_the_cluster_says_so(browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    text = await until(browser, "/cluster", "Slurm is not installed")
    assert "login node" in text
    assert "Your jobs in the queue" not in text


@pytest.mark.parametrize(("path", "part"), [("/workflows/1/nodes", "nodes"), ("/cluster", "cluster")])
async def test_the_part_of_an_open_page_is_rendered_alone(
    browser: TestClient, fake_server: FakeServer, path: str, part: str
):
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, [compute_node()]))
    answer = await browser.get(path, headers={"X-Torc-Parts": part})
    text = await answer.text()
    assert text.strip().startswith(f'<div id="{part}"')
    assert "<html" not in text
