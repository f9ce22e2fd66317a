"""Paging, sorting and filtering."""

from typing import Any

import pytest


@pytest.fixture
async def workflow_id(api: Any) -> int:
    number = int(await api.workflow())
    files = [{"workflow_id": number, "name": f"f{n % 3}", "path": f"p{n}", "st_mtime": 10.0 - n} for n in range(10)]
    for file in files:
        await api.ok("POST", "/files", file)
    return number


async def paths(api: Any, workflow_id: int, **query: Any) -> tuple[list[str], dict[str, Any]]:
    page = await api.ok("GET", "/files", params={"workflow_id": workflow_id, **query})
    assert page["count"] == len(page["items"])
    return [each["path"] for each in page.pop("items")], page


async def test_pages(api: Any, workflow_id: int) -> None:
    everything, page = await paths(api, workflow_id)
    assert everything == [f"p{n}" for n in range(10)]
    assert page == {"offset": 0, "max_limit": 100_000, "count": 10, "total_count": 10, "has_more": False}
    part, page = await paths(api, workflow_id, offset=3, limit=4)
    assert part == ["p3", "p4", "p5", "p6"]
    assert page == {"offset": 3, "max_limit": 100_000, "count": 4, "total_count": 10, "has_more": True}
    for offset, limit, expected, has_more in [
        (6, 4, ["p6", "p7", "p8", "p9"], False),
        (0, 0, [], True),
        (99, 5, [], False),
        (-5, 2, ["p0", "p1"], True),
        (0, -1, [], True),
        (8, 2**62, ["p8", "p9"], False),
    ]:
        part, page = await paths(api, workflow_id, offset=offset, limit=limit)
        assert (part, page["has_more"], page["total_count"]) == (expected, has_more, 10)


async def test_sorting(api: Any, workflow_id: int) -> None:
    assert (await paths(api, workflow_id, sort_by="st_mtime"))[0] == [f"p{n}" for n in reversed(range(10))]
    assert (await paths(api, workflow_id, reverse_sort="true"))[0] == [f"p{n}" for n in reversed(range(10))]
    by_name, _ = await paths(api, workflow_id, sort_by="name")
    assert by_name == ["p0", "p3", "p6", "p9", "p1", "p4", "p7", "p2", "p5", "p8"]
    assert (await paths(api, workflow_id, sort_by="name", reverse_sort="True"))[0] == by_name[::-1]


async def test_results_are_sorted_by_the_names_of_their_jobs(api: Any, workflow_id: int, make_result: Any) -> None:
    node_id = await api.node(workflow_id)
    for name in ("b", "a", "c"):
        body = {"workflow_id": workflow_id, "name": name, "command": "true"}
        job_id = (await api.ok("POST", "/jobs", body))["id"]
        await api.ok("POST", "/results", make_result(workflow_id, job_id, node_id))
    query = {"workflow_id": workflow_id, "sort_by": "job_name"}
    for reverse, expected in (("false", "abc"), ("true", "cba")):
        page = await api.ok("GET", "/results", params={**query, "reverse_sort": reverse})
        assert "".join(each["job_name"] for each in page["items"]) == expected


async def test_filters(api: Any, workflow_id: int) -> None:
    assert (await paths(api, workflow_id, name="f1"))[0] == ["p1", "p4", "p7"]
    assert (await paths(api, workflow_id, name="f1", path="p4"))[0] == ["p4"]
    assert (await paths(api, workflow_id, name="F1"))[0] == ["p1", "p4", "p7"]
    assert (await paths(api, workflow_id, name="F11"))[0] == []
    part, page = await paths(api, workflow_id, name="f1", limit=1)
    assert (part, page["total_count"]) == (["p1"], 3)


async def test_filters_of_workflows(api: Any) -> None:
    first = await api.workflow(name="one", user="ann", description="The First")
    second = await api.workflow(name="two", user="bob")
    await api.ok("PUT", f"/workflows/{second}/status", {"run_id": 0, "is_canceled": False, "is_archived": True})

    async def ids(**query: str) -> list[int]:
        return [each["id"] for each in (await api.ok("GET", "/workflows", params=query))["items"]]

    assert await ids() == [first, second]
    assert await ids(name="one") == [first]
    assert await ids(user="bob") == [second]
    assert await ids(description="first") == [first]
    assert await ids(is_archived="true") == [second]
    assert await ids(is_archived="false") == [first]


async def test_filters_of_nodes_and_requirements(api: Any) -> None:
    workflow_id = await api.workflow()
    first = await api.node(workflow_id, hostname="a", scheduler={"scheduler_id": 5})
    second = await api.node(workflow_id, hostname="b", is_active=False)
    for query, expected in [
        ({"hostname": "a"}, [first]),
        ({"is_active": "true"}, [first]),
        ({"is_active": "false"}, [second]),
        ({"scheduled_compute_node_id": "5"}, [first]),
    ]:
        page = await api.ok("GET", "/compute_nodes", params={"workflow_id": workflow_id, **query})
        assert ([each["id"] for each in page["items"]], page["total_count"]) == (expected, len(expected))
    record = await api.ok(
        "POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r", "runtime": "PT1H", "memory": "2g"}
    )
    (job_id,) = await api.jobs(workflow_id, 1, resource_requirements_id=record["id"])
    for query in ({"job_id": job_id}, {"runtime": 3600}, {"memory": "2g"}, {"name": "r"}):
        page = await api.ok("GET", "/resource_requirements", params={"workflow_id": workflow_id, **query})
        assert page["items"] == [record]
