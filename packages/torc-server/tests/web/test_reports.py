"""Reports on a workflow: ids, links, missing files and data, ready and running jobs."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from torc_server.api.document import build
from torc_server.resources import lists
from torc_server.resources.lists import Selection
from torc_server.resources.placements import RUNNING_JOBS, SLURM_JOB_CORRELATIONS
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.resources.relationships import (
    JOB_DEPENDENCIES,
    JOB_FILE_RELATIONSHIPS,
    JOB_USER_DATA_RELATIONSHIPS,
)

OF_WORKFLOW = [
    path.removeprefix("/workflows/{id}/")
    for path, methods in build()["paths"].items()
    if path.startswith("/workflows/{id}/") and "get" in methods
]
PAGED = [
    "job_dependencies",
    "job_file_relationships",
    "job_user_data_relationships",
    "running_jobs",
    "slurm_job_correlations",
]
REPORTS = [
    JOB_DEPENDENCIES,
    JOB_FILE_RELATIONSHIPS,
    JOB_USER_DATA_RELATIONSHIPS,
    RUNNING_JOBS,
    SLURM_JOB_CORRELATIONS,
]


async def record(api: Any, where: str, workflow_id: int, name: str, **members: Any) -> int:
    return int((await api.ok("POST", where, {"workflow_id": workflow_id, "name": name, **members}))["id"])


async def job(api: Any, workflow_id: int, name: str, **members: Any) -> int:
    return await record(api, "/jobs", workflow_id, name, command="true", **members)


async def report(api: Any, workflow_id: int, what: str, **query: Any) -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/{what}", params=query)


@pytest.mark.parametrize("what", OF_WORKFLOW)
async def test_reports_on_a_missing_workflow(api: Any, what: str) -> None:
    reply = await api.call("GET", f"/workflows/77/{what}")
    assert (reply.status, reply.json) == (404, {"error": {"error": "NotFound", "message": "There is no workflow 77"}})


@pytest.mark.parametrize("what", PAGED)
async def test_reports_on_an_empty_workflow(api: Any, what: str) -> None:
    page = await report(api, await api.workflow(), what)
    assert page == {
        "items": [],
        "offset": 0,
        "max_limit": 100_000,
        "count": 0,
        "total_count": 0,
        "has_more": False,
    }


async def test_counts_and_requirements_of_an_empty_workflow(api: Any) -> None:
    workflow_id = await api.workflow()
    assert await report(api, workflow_id, "job_ids") == {"job_ids": [], "count": 0}
    assert await report(api, workflow_id, "missing_user_data") == {"user_data": []}
    assert await report(api, workflow_id, "required_existing_files") == {"files": []}
    assert await report(api, workflow_id, "ready_job_requirements") == {
        "num_jobs": 0,
        "num_cpus": 0,
        "num_gpus": 0,
        "memory_gb": 0.0,
        "max_num_nodes": 0,
        "max_runtime": "PT0S",
    }


async def test_job_ids_are_ascending_and_of_the_workflow(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    first = await api.jobs(workflow_id, 2)
    await api.jobs(other, 2)
    second = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    assert await report(api, workflow_id, "job_ids") == {"job_ids": [*first, *second], "count": 3}


async def test_dependencies_are_pairs_each_once(api: Any) -> None:
    workflow_id = await api.workflow()
    file = await record(api, "/files", workflow_id, "f", path="f")
    first = await job(api, workflow_id, "first", output_file_ids=[file])
    second = await job(api, workflow_id, "second")
    # Depends on `first` twice: explicitly, and by the file once jobs are initialized.
    last = await job(api, workflow_id, "last", depends_on_job_ids=[second, first], input_file_ids=[file])
    reader = await job(api, workflow_id, "reader", input_file_ids=[file])
    pairs = [(last, first), (last, second)]
    assert await _pairs(api, workflow_id) == pairs
    await api.initialize(workflow_id)
    pairs.append((reader, first))
    assert await _pairs(api, workflow_id) == pairs
    page = await report(api, workflow_id, "job_dependencies", limit=1)
    assert page["items"] == [
        {
            "job_id": last,
            "job_name": "last",
            "depends_on_job_id": first,
            "depends_on_job_name": "first",
            "workflow_id": workflow_id,
        }
    ]
    assert (page["count"], page["total_count"], page["has_more"]) == (1, 3, True)
    pages = [(await report(api, workflow_id, "job_dependencies", limit=1, offset=n))["items"][0] for n in range(3)]
    assert [(each["job_id"], each["depends_on_job_id"]) for each in pages] == pairs


async def _pairs(api: Any, workflow_id: int) -> list[tuple[int, int]]:
    page = await report(api, workflow_id, "job_dependencies")
    assert page["count"] == page["total_count"] == len(page["items"])
    return [(each["job_id"], each["depends_on_job_id"]) for each in page["items"]]


async def test_lists_are_sorted_and_paged(api: Any) -> None:
    workflow_id = await api.workflow()
    parents = [await job(api, workflow_id, name) for name in ("b", "c", "a")]
    await job(api, workflow_id, "child", depends_on_job_ids=parents)

    async def names(**query: Any) -> list[str]:
        page = await report(api, workflow_id, "job_dependencies", **query)
        assert page["total_count"] == 3
        return [each["depends_on_job_name"] for each in page["items"]]

    assert await names() == ["b", "c", "a"]
    assert await names(sort_by="depends_on_job_name") == ["a", "b", "c"]
    assert await names(sort_by="depends_on_job_name", reverse_sort="true") == ["c", "b", "a"]
    assert await names(reverse_sort="true") == ["a", "c", "b"]
    assert await names(limit=0) == []
    assert await names(limit=-1) == []
    assert await names(offset=2) == ["a"]
    assert await names(offset=-5, limit=1) == ["b"]
    page = await report(api, workflow_id, "job_dependencies", limit=1_000_000)
    assert (page["max_limit"], page["has_more"]) == (100_000, False)


@pytest.mark.parametrize("what", PAGED[:3])
@pytest.mark.parametrize("key", ["nothing", "job_id; DROP TABLE job", "rowid"])
async def test_invalid_sort_keys(api: Any, what: str, key: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("GET", f"/workflows/{workflow_id}/{what}", params={"sort_by": key})
    assert (reply.status, reply.json["error"]["field"], reply.json["error"]["value"]) == (422, "sort_by", key)
    assert f"sort_by of {what} is {key!r}; it must be one of " in reply.message


@pytest.mark.parametrize("what", PAGED)
async def test_invalid_paging(api: Any, what: str) -> None:
    workflow_id = await api.workflow()
    for name in ("offset", "limit"):
        reply = await api.call("GET", f"/workflows/{workflow_id}/{what}", params={name: "some"})
        assert reply.status == 400
        assert f"query parameter {name} is invalid: must be a whole number" in reply.message


@pytest.mark.parametrize("each", REPORTS, ids=lambda each: each.path)
def test_every_member_is_a_key_to_sort_by(tx: Any, each: ReadOnlyList) -> None:
    for name in each.members:
        for reverse in (False, True):
            selection = Selection((), {"workflow_id": 1}, sort_by=name, reverse=reverse)
            assert bytes(lists.report_page(tx, each, selection)["items"]) == b"[]"


@pytest.mark.parametrize(
    ("what", "thing", "extra", "members"),
    [
        ("job_file_relationships", "file", {"path": "p"}, "file_ids"),
        ("job_user_data_relationships", "user_data", {}, "user_data_ids"),
    ],
)
async def test_links_through_files_and_user_data(api: Any, what: str, thing: str, extra: Any, members: str) -> None:
    workflow_id = await api.workflow()
    path = "/files" if thing == "file" else "/user_data"
    supplied, between, final, _ = [
        await record(api, path, workflow_id, name, **extra) for name in ("supplied", "between", "final", "lonely")
    ]
    reads, writes = f"input_{members}", f"output_{members}"
    one = await job(api, workflow_id, "one", **{reads: [supplied], writes: [between]})
    two = await job(api, workflow_id, "two", **{reads: [between], writes: [final]})
    three = await job(api, workflow_id, "three", **{reads: [between]})
    page = await report(api, workflow_id, what)
    shown = {f"{thing}_path": "p"} if thing == "file" else {}

    def row(thing_id: int, name: str, producer: Any, consumer: Any) -> dict[str, Any]:
        made = {"producer_job_id": producer[0], "producer_job_name": producer[1]} if producer else {}
        read = {"consumer_job_id": consumer[0], "consumer_job_name": consumer[1]} if consumer else {}
        return {f"{thing}_id": thing_id, f"{thing}_name": name, **shown, **made, **read, "workflow_id": workflow_id}

    assert page["items"] == [
        row(supplied, "supplied", None, (one, "one")),
        row(between, "between", (one, "one"), (two, "two")),
        row(between, "between", (one, "one"), (three, "three")),
        row(final, "final", (two, "two"), None),
    ]
    assert (page["count"], page["total_count"], page["has_more"]) == (4, 4, False)
    page = await report(api, workflow_id, what, sort_by="consumer_job_id", reverse_sort="true", limit=1)
    assert (page["items"][0]["consumer_job_name"], page["has_more"]) == ("three", True)


async def test_files_that_should_exist(api: Any) -> None:
    workflow_id = await api.workflow()
    supplied, made, unread = [
        await record(api, "/files", workflow_id, name, path=name) for name in ("supplied", "made", "unread")
    ]
    await record(api, "/files", workflow_id, "lonely", path="lonely")
    maker = await job(api, workflow_id, "maker", input_file_ids=[supplied], output_file_ids=[made])
    reader = await job(api, workflow_id, "reader", input_file_ids=[made], output_file_ids=[unread])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    assert await report(api, workflow_id, "required_existing_files") == {"files": [supplied]}
    await api.finish(workflow_id, maker, node_id)
    assert await report(api, workflow_id, "required_existing_files") == {"files": [supplied, made]}
    await api.finish(workflow_id, reader, node_id, status="failed", code=1)
    assert await report(api, workflow_id, "required_existing_files") == {"files": [supplied, made]}


async def test_missing_user_data(api: Any) -> None:
    workflow_id = await api.workflow()
    missing, made = [await record(api, "/user_data", workflow_id, name) for name in ("missing", "made")]
    given = await record(api, "/user_data", workflow_id, "given", data={"a": 1})
    await record(api, "/user_data", workflow_id, "lonely")
    maker = await job(api, workflow_id, "maker", input_user_data_ids=[missing, given], output_user_data_ids=[made])
    await api.initialize(workflow_id)
    assert await report(api, workflow_id, "missing_user_data") == {"user_data": [missing]}
    await api.finish(workflow_id, maker, await api.node(workflow_id))
    assert await report(api, workflow_id, "missing_user_data") == {"user_data": [missing, made]}
    await api.ok("PUT", f"/user_data/{made}", {"workflow_id": workflow_id, "name": "made", "data": 5})
    assert await report(api, workflow_id, "missing_user_data") == {"user_data": [missing]}


async def test_sum_of_the_requirements_of_ready_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    small, large = [
        await record(api, "/resource_requirements", workflow_id, name, **needs)
        for name, needs in (
            ("small", {"num_cpus": 1, "memory": "512m", "num_gpus": 0, "num_nodes": 1, "runtime": "PT10M"}),
            ("large", {"num_cpus": 8, "memory": "4g", "num_gpus": 2, "num_nodes": 3, "runtime": "P1DT1H"}),
        )
    ]
    await api.jobs(workflow_id, 3, resource_requirements_id=small)
    (bound,) = await api.jobs(workflow_id, 1, resource_requirements_id=large, scheduler_id=5)
    await api.jobs(workflow_id, 1, resource_requirements_id=large, depends_on_job_ids=[bound])
    await api.initialize(workflow_id)
    large_needs = {
        "num_jobs": 1,
        "num_cpus": 8,
        "num_gpus": 2,
        "memory_gb": 4.0,
        "max_num_nodes": 3,
        "max_runtime": "P1DT1H",
    }
    assert await report(api, workflow_id, "ready_job_requirements") == {
        **large_needs,
        "num_jobs": 4,
        "num_cpus": 11,
        "memory_gb": 5.5,
    }
    assert await report(api, workflow_id, "ready_job_requirements", scheduler_config_id=5) == large_needs
    assert (await report(api, workflow_id, "ready_job_requirements", scheduler_config_id=6))["num_jobs"] == 0
    reply = await api.call("GET", f"/workflows/{workflow_id}/ready_job_requirements?scheduler_config_id=x")
    assert reply.status == 400
    assert "scheduler_config_id" in reply.message


async def test_sums_beyond_64_bits_stay_numbers_that_clients_can_read(api: Any) -> None:
    workflow_id = await api.workflow()
    huge = await record(api, "/resource_requirements", workflow_id, "huge", num_cpus=2**63 - 1)
    await api.jobs(workflow_id, 3, resource_requirements_id=huge)
    await api.initialize(workflow_id)
    assert (await report(api, workflow_id, "ready_job_requirements"))["num_cpus"] == 2**63 - 1


async def test_where_jobs_run_and_ran(api: Any) -> None:
    workflow_id = await api.workflow()
    first, second, third, _ = await api.jobs(workflow_id, 4)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    allocation = _allocate(api, workflow_id, slurm_id=4711)
    local = await api.node(workflow_id, hostname="here")
    known = await api.node(
        workflow_id,
        hostname="there",
        compute_node_type="slurm",
        scheduler={"scheduler_id": allocation, "type": "slurm", "slurm_job_id": 1},
    )
    alone = await api.node(
        workflow_id, hostname="away", compute_node_type="slurm", scheduler={"type": "slurm", "slurm_job_id": 12}
    )
    for job_id, node_id in ((first, local), (second, known), (third, alone)):
        await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    page = await report(api, workflow_id, "running_jobs")
    started = [each.pop("start_time") for each in page["items"]]
    assert all(started)
    assert page["items"] == [
        {"job_id": first, "job_name": "job0", "compute_node_name": "here", "scheduler_type": "local"},
        {
            "job_id": second,
            "job_name": "job1",
            "compute_node_name": "there",
            "scheduler_type": "slurm",
            "scheduler_job_id": "4711",
        },
        {
            "job_id": third,
            "job_name": "job2",
            "compute_node_name": "away",
            "scheduler_type": "slurm",
            "scheduler_job_id": "12",
        },
    ]
    assert (page["count"], page["total_count"], page["has_more"]) == (3, 3, False)
    page = await report(api, workflow_id, "running_jobs", offset=1, limit=1)
    assert ([each["job_id"] for each in page["items"]], page["total_count"], page["has_more"]) == ([second], 3, True)
    assert (await report(api, workflow_id, "slurm_job_correlations"))["items"] == []
    for job_id, node_id in ((first, local), (second, known), (third, alone)):
        await api.finish(workflow_id, job_id, node_id)
    assert (await report(api, workflow_id, "running_jobs"))["items"] == []
    page = await report(api, workflow_id, "slurm_job_correlations")
    assert page["items"] == [
        {"job_id": second, "job_name": "job1", "slurm_job_id": "4711"},
        {"job_id": third, "job_name": "job2", "slurm_job_id": "12"},
    ]
    assert (page["total_count"], page["has_more"]) == (2, False)
    page = await report(api, workflow_id, "slurm_job_correlations", limit=1)
    assert (page["count"], page["total_count"], page["has_more"]) == (1, 2, True)


def _allocate(api: Any, workflow_id: int, *, slurm_id: int) -> int:
    """Store an allocation by SQL: the test is about reports, not about operations on allocations."""
    with closing(sqlite3.connect(api.path)) as connection, connection:
        row_id = connection.execute(
            "INSERT INTO scheduled_compute_node (workflow_id, scheduler_id, scheduler_config_id, scheduler_type,"
            " status) VALUES (?, ?, 1, 'slurm', 'active')",
            (workflow_id, slurm_id),
        ).lastrowid
    assert row_id is not None
    return row_id


async def test_a_job_on_an_unregistered_node_is_listed_as_running(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{job_id}/start_job/0/999")
    (row,) = (await report(api, workflow_id, "running_jobs"))["items"]
    assert (row["compute_node_name"], row["scheduler_type"]) == ("unknown", "unknown")


async def test_archived_workflows_are_hidden_and_remain_usable(api: Any) -> None:
    workflow_id = await api.workflow(metadata={"a": 1})
    (job_id,) = await api.jobs(workflow_id, 1)
    archived = await api.ok("POST", f"/workflows/{workflow_id}/archive", {"is_archived": True})
    assert (archived["id"], archived["is_archived"], archived["metadata"]) == (workflow_id, True, {"a": 1})
    # COMPAT 0.12: JSON members are text for those clients.
    old = {"User-Agent": "OpenAPI-Generator/0.7.0/python"}
    again = await api.ok("POST", f"/workflows/{workflow_id}/archive", {"is_archived": True}, headers=old)
    assert json.loads(again["metadata"]) == {"a": 1}
    listed = await api.ok("GET", "/workflows", params={"is_archived": "true"})
    assert [each["id"] for each in listed["items"]] == [workflow_id]
    refused = await api.call("POST", f"/workflows/{workflow_id}/reset_status", params={"force": "true"})
    assert refused.status == 422
    assert "Cannot reset archived" in refused.message
    await api.initialize(workflow_id)
    await api.finish(workflow_id, job_id, await api.node(workflow_id))
    back = await api.ok("POST", f"/workflows/{workflow_id}/archive", {"is_archived": False})
    assert back["is_archived"] is False
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status")


@pytest.mark.parametrize(
    ("body", "says"),
    [(None, "needs a JSON body"), ({}, "is_archived"), ({"is_archived": "yes"}, "is_archived"), (b"{", "JSON")],
)
async def test_invalid_archive_requests(api: Any, body: Any, says: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", f"/workflows/{workflow_id}/archive", body)
    assert reply.status == 400
    assert says in reply.message


async def test_archiving_a_missing_workflow(api: Any) -> None:
    reply = await api.call("POST", "/workflows/77/archive", {"is_archived": True})
    assert (reply.status, reply.message) == (404, "There is no workflow 77")
