"""Claims for several nodes, and the order of claims by what jobs need."""

from typing import Any

import pytest

Nodes = dict[str, Any]


async def requirements(api: Any, workflow_id: int, name: str, **members: Any) -> int:
    body = {"workflow_id": workflow_id, "name": name, **members}
    created: dict[str, Any] = await api.ok("POST", "/resource_requirements", body)
    return int(created["id"])


async def jobs_needing(api: Any, workflow_id: int, **needs: dict[str, Any]) -> None:
    """Create a job of each name; `count` of them if its needs have it, and with their `priority`."""
    for name, members in needs.items():
        count, priority = members.pop("count", 1), members.pop("priority", 0)
        needed = await requirements(api, workflow_id, name, **members)
        for number in range(count):
            body = {"workflow_id": workflow_id, "name": f"{name}{number}" if count > 1 else name, "command": "true"}
            await api.ok("POST", "/jobs", {**body, "resource_requirements_id": needed, "priority": priority})
    await api.initialize(workflow_id)


async def claimed(api: Any, workflow_id: int, way: str, limit: int = 100, **offer: Any) -> list[str]:
    """Return the names of the jobs that a claim gets, by the operation for claims or by the exchange."""
    offer = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1, **offer}
    if way == "claim":
        path = f"/workflows/{workflow_id}/claim_jobs_based_on_resources/{limit}"
        return [job["name"] for job in (await api.ok("POST", path, offer))["jobs"]]
    node_id = await api.node(workflow_id)
    body = {"compute_node_id": node_id, "run_id": 0, "claim": {"limit": limit, "offer": offer}}
    return [job["name"] for job in (await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body))["jobs"]]


WAYS = pytest.mark.parametrize("way", ["claim", "exchange"])


@WAYS
async def test_an_offer_counts_for_each_of_its_nodes(api: Any, way: str) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(api, workflow_id, full={"num_cpus": 4, "count": 4})
    assert await claimed(api, workflow_id, way, num_nodes=3) == ["full0", "full1", "full2"]


@WAYS
@pytest.mark.parametrize("too_large", [{"num_cpus": 5}, {"memory": "9g"}, {"num_gpus": 1}, {"num_nodes": 4}], ids=str)
async def test_no_job_is_larger_than_the_nodes_that_it_needs(api: Any, way: str, too_large: dict[str, Any]) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(api, workflow_id, large=too_large)
    assert await claimed(api, workflow_id, way, num_nodes=3) == []


@WAYS
async def test_a_job_for_several_nodes_has_them_for_itself(api: Any, way: str) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(
        api, workflow_id, wide={"num_nodes": 2, "num_cpus": 1, "priority": 1}, single={"num_cpus": 2, "count": 4}
    )
    assert await claimed(api, workflow_id, way, num_nodes=3) == ["wide", "single0", "single1"]


@WAYS
async def test_a_job_for_several_nodes_gets_what_the_packed_jobs_leave(api: Any, way: str) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(
        api,
        workflow_id,
        first={"num_cpus": 1, "count": 5, "priority": 2},
        wide={"num_nodes": 2, "num_cpus": 4, "count": 2, "priority": 1},
        last={"num_cpus": 3},
    )
    # The five jobs of one CPU occupy two of the five nodes; one pair of the other three is for a wide job.
    assert await claimed(api, workflow_id, way, num_nodes=5) == [*(f"first{n}" for n in range(5)), "wide0", "last"]


@WAYS
async def test_the_largest_jobs_of_a_priority_are_claimed_first(api: Any, way: str) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(
        api,
        workflow_id,
        small={},
        small_too={},
        more_cpus={"num_cpus": 2},
        large={"memory": "2g"},
        long={"runtime": "PT2H"},
        gpu={"num_gpus": 1},
        urgent={"priority": 1},
    )
    offer = {"num_cpus": 16, "num_gpus": 2}
    assert await claimed(api, workflow_id, way, **offer) == [
        *("urgent", "gpu", "long", "large", "more_cpus", "small", "small_too"),
    ]


async def test_jobs_of_equal_needs_are_claimed_by_age_whatever_their_requirements_are_called(api: Any) -> None:
    workflow_id = await api.workflow()
    alike = [await requirements(api, workflow_id, name, num_cpus=1) for name in ("one", "two")]
    for number in range(6):
        body = {"workflow_id": workflow_id, "name": f"job{number}", "command": "true"}
        await api.ok("POST", "/jobs", {**body, "resource_requirements_id": alike[(number + 1) % 2]})
    await api.initialize(workflow_id)
    assert await claimed(api, workflow_id, "claim", limit=3) == ["job0", "job1", "job2"]


async def test_the_order_follows_changed_requirements(api: Any) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(api, workflow_id, a={}, b={"num_cpus": 2}, c={})
    listed = (await api.ok("GET", "/resource_requirements", params={"workflow_id": workflow_id}))["items"]
    needed = {each["name"]: each for each in listed}
    (job, *_) = (await api.ok("GET", "/jobs", params={"workflow_id": workflow_id}))["items"]
    default = needed["default"]
    changes = {
        f"/resource_requirements/{needed['c']['id']}": needed["c"] | {"num_cpus": 3},
        f"/jobs/{job['id']}": job | {"resource_requirements_id": default["id"]},
        f"/resource_requirements/{default['id']}": default | {"num_cpus": 4, "runtime": "PT1H"},
    }
    for path, body in changes.items():
        await api.ok("PUT", path, body)
    assert await claimed(api, workflow_id, "claim", num_cpus=3, num_nodes=2) == ["c", "b"]
    assert await claimed(api, workflow_id, "claim", limit=1) == ["a"]


async def test_the_largest_of_many_different_jobs_is_claimed_first(api: Any) -> None:
    workflow_id = await api.workflow()
    count = 600  # more kinds of jobs than one claim compares at once
    made = [await requirements(api, workflow_id, f"r{n}", memory=f"{n + 1}m") for n in range(count)]
    jobs = [
        {"workflow_id": workflow_id, "name": f"job{n}", "command": "true", "resource_requirements_id": each}
        for n, each in enumerate(made)
    ]
    await api.ok("POST", "/bulk_jobs", {"jobs": jobs})
    await api.initialize(workflow_id)
    assert await claimed(api, workflow_id, "claim", limit=2) == [f"job{count - 1}", f"job{count - 2}"]


async def test_the_sort_method_none_claims_by_age(api: Any) -> None:
    workflow_id = await api.workflow()
    await jobs_needing(api, workflow_id, small={}, large={"num_cpus": 2})
    path = f"/workflows/{workflow_id}/claim_jobs_based_on_resources/1?sort_method=none"
    offer = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
    assert [job["name"] for job in (await api.ok("POST", path, offer))["jobs"]] == ["small"]
