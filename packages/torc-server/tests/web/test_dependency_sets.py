"""Dependencies of new jobs, named once as sets: on jobs that are there, and on jobs of the same call."""

from typing import Any

import pytest


def bodies(workflow_id: int, *waits: list[int] | None) -> list[dict[str, Any]]:
    """New jobs named a, b, c and so on, each with the sets that it waits for."""
    return [
        {"workflow_id": workflow_id, "name": chr(ord("a") + number), "command": "true"}
        | ({} if sets is None else {"waits_for_sets": sets})
        for number, sets in enumerate(waits)
    ]


async def create(api: Any, jobs: list[dict[str, Any]], sets: list[dict[str, Any]]) -> list[int]:
    answer = await api.ok("POST", "/bulk_jobs", {"jobs": jobs, "dependency_sets": sets})
    assert await api.broken_promises() == []
    return [job["id"] for job in answer["jobs"]]


async def parents(api: Any, job_id: int) -> list[int]:
    return list((await api.ok("GET", f"/jobs/{job_id}")).get("depends_on_job_ids", []))


async def test_a_chain_is_one_call(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = bodies(workflow_id, None, [0], [1], [2])
    first, *rest = await create(api, jobs, [{"positions": [number]} for number in range(3)])
    assert [await parents(api, job_id) for job_id in rest] == [[first], [rest[0]], [rest[1]]]
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    for job_id in (first, *rest):
        (claimed,) = (await api.claim(workflow_id))["jobs"]
        assert claimed["id"] == job_id
        await api.finish(workflow_id, job_id, node_id)


async def test_old_and_new_jobs_in_one_set_and_several_sets_for_one_job(api: Any) -> None:
    workflow_id = await api.workflow()
    old = await api.jobs(workflow_id, 2)
    sets = [{"job_ids": old, "positions": [0]}, {"positions": [1]}]
    a, b, c, d = await create(api, bodies(workflow_id, None, None, [0], [0, 1]), sets)
    assert await parents(api, c) == [*old, a]
    assert await parents(api, d) == [*old, a, b]


async def test_all_to_all_is_stored_once(api: Any) -> None:
    workflow_id = await api.workflow()
    layer = range(50)
    jobs = bodies(workflow_id, *([None] * 50), *([[0]] * 50))
    ids = await create(api, jobs, [{"positions": list(layer)}])
    assert await parents(api, ids[-1]) == ids[:50]
    assert sum("INTO \"dependency_set_member\"" in line for line in api.dump()) == 50
    assert sum("INTO \"job_dependency_set\"" in line for line in api.dump()) == 50


async def test_an_empty_set_is_nothing_to_wait_for(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await create(api, bodies(workflow_id, [0]), [{}])
    await api.initialize(workflow_id)
    assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "ready"


@pytest.mark.parametrize(
    ("waits", "sets", "words"),
    [
        ([[0]], [], "waits_for_sets has 0, but the call has 0 dependency_sets, counted from 0"),
        ([[1]], [{}], "waits_for_sets has 1, but the call has 1 dependency_sets"),
        ([[0]], [{"positions": [1]}], "positions has 1, but the call has 1 jobs"),
        ([[0]], [{"positions": [-1]}], "positions has -1"),
        ([[0]], [{"job_ids": [999]}], "names jobs that workflow 1 does not have: 999"),
        ([[0]], [{"positions": [0]}], "wait for each other for ever: 'a' waits for 'a'"),
        ([[0], [1], None], [{"positions": [1]}, {"positions": [0, 2]}], "'a' waits for 'b' waits for 'a'"),
    ],
)
async def test_what_points_nowhere_or_in_a_ring_is_refused_whole(
    api: Any, waits: list[list[int] | None], sets: list[dict[str, Any]], words: str
) -> None:
    workflow_id = await api.workflow()
    before = api.dump()
    reply = await api.call("POST", "/bulk_jobs", {"jobs": bodies(workflow_id, *waits), "dependency_sets": sets})
    assert reply.status == 422, reply.text
    assert words in reply.message
    assert api.dump() == before


async def test_jobs_of_another_workflow_cannot_be_waited_for(api: Any) -> None:
    (stranger,) = await api.jobs(await api.workflow(), 1)
    workflow_id = await api.workflow()
    body = {"jobs": bodies(workflow_id, [0]), "dependency_sets": [{"job_ids": [stranger]}]}
    reply = await api.call("POST", "/bulk_jobs", body)
    assert (reply.status, f"does not have: {stranger}" in reply.message) == (422, True)


async def test_a_single_job_has_no_sets_to_wait_for(api: Any) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", "/jobs", bodies(workflow_id, [0])[0])
    assert (reply.status, "bulk" in reply.message) == (422, True)
