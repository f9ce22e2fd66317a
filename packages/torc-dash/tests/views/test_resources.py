"""The page of resources: what was required and used, what it proposes, and the samples of nodes."""

import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, listed
from torc_client.api.records import (
    ListComputeNodesResponse,
    QuantilesModel,
    ResourceRequirementsModel,
    ResourceUseResponse,
    UsedResources,
    UseOfGroup,
    UseOfJob,
    UseOfRequirements,
)
from torc_client.resource_metrics.tables import CREATE_TABLES, INSERT_NODE_SAMPLE, metrics_path
from torc_client.testing import FakeServer

GIB = 2**30
HOSTILE = "<img src=x onerror=alert(1)>"
PATH = "/workflows/1/resources"


def quantiles(least: float, median: float, p99: float, most: float) -> QuantilesModel:
    return QuantilesModel(least=least, p25=least, p50=median, p75=median, p90=p99, p99=p99, most=most)


def used(results: int = 100, **members: Any) -> UsedResources:
    counts = {"num_measured": results, "num_unsuccessful": 0, "num_out_of_memory": 0, "num_out_of_time": 0}
    measured = {
        "memory_bytes": quantiles(GIB, 2 * GIB, 3 * GIB, 4 * GIB),
        "cpu_percent": quantiles(50, 95, 100, 110),
        "seconds": quantiles(60, 600, 1200, 1800),
    }
    return UsedResources(num_results=results, **{**counts, **measured, **members})


def job(id: int, **members: Any) -> UseOfJob:
    known = {"job_name": f"sim_{id}", "memory_bytes": id * GIB, "seconds": 60.0 * id, "return_code": 0}
    return UseOfJob(job_id=id, **{**known, **members})


def requirements(id: int = 5, name: str = "big", groups: tuple[str, ...] = ("sim_#",), **members: Any) -> Any:
    record = ResourceRequirementsModel(
        id=id, workflow_id=1, name=name, num_cpus=4, num_gpus=0, num_nodes=1, memory="12g", runtime="PT2H"
    )
    own = members.pop("used", used())
    return UseOfRequirements(
        requirements=record,
        num_jobs=100 * len(groups),
        used=own,
        groups=[UseOfGroup(group=group, num_jobs=100, used=own) for group in groups],
        groups_left_off=0,
        **{"most_memory": [job(4)], "longest": [job(3)], "sample": [job(1), job(2, return_code=1)], **members},
    )


def answer(server: FakeServer, *each: Any) -> None:
    server.answer("get_resource_use", ResourceUseResponse(requirements=list(each), requirements_left_off=0))


@pytest.fixture(autouse=True)
def furnished(fake_server: FakeServer) -> None:
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, []))
    answer(fake_server, requirements())


async def text_of(browser: TestClient, path: str = PATH) -> str:
    found = await browser.get(path)
    assert found.status == 200, await found.text()
    return await found.text()


def value_of(text: str, name: str) -> str:
    found = re.search(rf'<input name="{name}" value="([^"]*)"', text)
    assert found is not None
    return unescape(found[1])


async def test_each_resource_is_compared_in_a_sentence_and_a_drawing(browser: TestClient) -> None:
    text = await text_of(browser)
    assert "12 GiB required, p99 3 GiB: 75 % unused" in text
    assert "4 CPUs required, p99 1 CPU: 75 % unused" in text
    assert "2 h required, p99 20 min: 83 % unused" in text
    assert text.count('<rect class="box"') == 3
    assert text.count('<circle class="point') == 2
    assert 'class="point is-lost"' in text
    assert '<a href="/jobs/4" title="sim_4">' in text


async def test_groups_that_share_a_record_are_named_and_compared(browser: TestClient, fake_server: FakeServer) -> None:
    answer(fake_server, requirements(groups=("prepare", "sim_#")))
    text = await text_of(browser)
    assert "Shared by" in text
    assert "200 jobs of 2 groups: prepare, sim_#" in text
    assert text.count('<rect class="box"') == 9
    assert "filter=group%3Dprepare+requirements%3Dbig" in text


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", ("4916m", "PT36M", "2")),
        ("?quantile=p99&margin=1", ("3g", "PT20M", "1")),
        ("?quantile=nothing&margin=nan", ("4916m", "PT36M", "2")),
        ("?margin=1e999&workflow_id=7", ("4916m", "PT36M", "2")),
    ],
)
async def test_the_proposal_follows_quantile_and_margin(
    browser: TestClient, query: str, amounts: tuple[str, str, str]
) -> None:
    text = await text_of(browser, PATH + query)
    assert tuple(value_of(text, name) for name in ("memory", "runtime", "cpus")) == amounts
    assert 'action="/workflows/1/actions/change-requirements"' in text
    assert '<input type="hidden" name="requirements" value="5">' in text


async def test_failures_that_decide_are_said(browser: TestClient, fake_server: FakeServer) -> None:
    lacking = used(memory_bytes=None, cpu_percent=None, num_unsuccessful=1, num_out_of_memory=1, num_measured=0)
    answer(fake_server, requirements(used=lacking, sample=[], most_memory=[]))
    text = await text_of(browser)
    assert "1 job lacked memory" in text
    assert "Raised, because 1 job lacked memory." in text
    assert value_of(text, "memory") == "14746m"
    assert "memory and CPUs were not measured" in text
    assert value_of(await text_of(browser, f"{PATH}?quantile=p99"), "memory") == "12g"


async def test_nothing_ran_and_nothing_was_measured(browser: TestClient, fake_server: FakeServer) -> None:
    nothing = used(0, memory_bytes=None, cpu_percent=None, seconds=None)
    answer(fake_server, requirements(used=nothing, sample=[], most_memory=[], longest=[]))
    text = await text_of(browser)
    assert "No job has ended" in text
    assert "Fit requirements" not in text
    assert "compute_node: {granularity: time_series}" in text


async def test_the_default_record_has_no_form(browser: TestClient, fake_server: FakeServer) -> None:
    answer(fake_server, requirements(name="default"))
    text = await text_of(browser)
    assert "Fit requirements" not in text
    assert "72 % unused" not in text


async def test_hostile_names_are_text(browser: TestClient, fake_server: FakeServer) -> None:
    rows = [job(1, job_name=HOSTILE), job(2)]
    answer(fake_server, requirements(name=HOSTILE, groups=(HOSTILE, "b"), most_memory=rows, sample=rows))
    text = await text_of(browser)
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def record(folder: Path, samples: list[tuple[Any, ...]]) -> Path:
    """Write samples of host-1 as a runner does, and return the file."""
    path = metrics_path(folder, 1, "host-1", 0)
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(CREATE_TABLES)
        database.executemany(INSERT_NODE_SAMPLE, samples)
    return path


async def when_read(browser: TestClient) -> str:
    """Reload the page, as its script does, until the samples are read."""
    while "are being read" in (text := await text_of(browser)):
        assert "hx-trigger" in text
    return text


def with_node(server: FakeServer, folder: Path) -> None:
    node = compute_node(1, hostname="host-1", output_dir=str(folder), num_cpus=8, peak_cpu_percent=400.0)
    server.answer("list_compute_nodes", listed(ListComputeNodesResponse, [node]))


async def test_nodes_are_drawn_over_time(browser: TestClient, fake_server: FakeServer, tmp_path: Path) -> None:
    record(tmp_path, [(1000 + 10 * n, 100.0 * (n % 5), n * 2**20, 16 * GIB) for n in range(5000)])
    with_node(fake_server, tmp_path)
    text = await when_read(browser)
    assert "CPU of host-1: at most 4 CPUs of 8 CPUs" in text
    lines = re.findall(r'<polyline class="line" points="([^"]*)"', text)
    assert len(lines) == 2
    assert all(100 < len(line.split()) <= 241 for line in lines)


async def test_samples_are_not_read_through_links(browser: TestClient, fake_server: FakeServer, tmp_path: Path) -> None:
    elsewhere = record(tmp_path / "other", [(1, 1.0, 1, 1), (2, 1.0, 1, 1)])
    path = metrics_path(tmp_path / "own", 1, "host-1", 0)
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    with_node(fake_server, tmp_path / "own")
    text = await when_read(browser)
    assert "The samples of host-1 cannot be read" in text
    assert "polyline" not in text


@pytest.mark.parametrize("damage", ["text", "view", "values"])
async def test_a_hostile_file_is_only_a_sentence_or_a_line(
    browser: TestClient, fake_server: FakeServer, tmp_path: Path, damage: str
) -> None:
    path = record(tmp_path, [])
    with closing(sqlite3.connect(path)) as database, database:
        if damage == "values":
            database.executemany(INSERT_NODE_SAMPLE, [("x", "y", "<b>", b"z"), (2, 1e300, -5, float("inf"))])
        elif damage == "view":
            database.execute("DROP TABLE system_resource_samples")
            database.execute("CREATE VIEW system_resource_samples AS SELECT 1")
    if damage == "text":
        path.write_text("not a database, but long enough to be read as one" * 100)
    with_node(fake_server, tmp_path)
    text = await when_read(browser)
    assert ("cannot be read" in text) == (damage == "text")
    assert "<b>" not in text
    assert "inf" not in re.sub(r"<[^>]*>", "", text.replace("information", ""))
