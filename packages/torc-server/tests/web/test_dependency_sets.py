"""Jobs of one bulk call that depend on each other by sets."""

from typing import Any

import pytest


def job(workflow_id: int, name: str, *sets: int, **members: Any) -> dict[str, Any]:
    waiting = {"waits_for_sets": list(sets)} if sets else {}
    return {"workflow_id": workflow_id, "name": name, "command": "true", **waiting, **members}


async def created(api: Any, jobs: list[dict[str, Any]], *sets: dict[str, list[int]]) -> list[int]:
    answer = await api.ok("POST", "/bulk_jobs", {"jobs": jobs, "dependency_sets": list(sets)})
    assert not any({"depends_on_job_ids", "waits_for_sets"} & set(each) for each in answer["jobs"])
    return [each["id"] for each in answer["jobs"]]


async def parents(api: Any, job_id: int) -> list[int]:
    return list((await api.ok("GET", f"/jobs/{job_id}"))["depends_on_job_ids"])


async def test_a_chain_in_one_call(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = [job(workflow_id, "j0"), *(job(workflow_id, f"j{n}", n - 1) for n in range(1, 50))]
    ids = await created(api, jobs, *({"positions": [n]} for n in range(49)))
    assert await parents(api, ids[0]) == []
    assert [await parents(api, job_id) for job_id in ids[1:]] == [[parent] for parent in ids[:-1]]
    await api.initialize(workflow_id)
    assert [each["id"] for each in (await api.claim(workflow_id, 50))["jobs"]] == ids[:1]
    await api.finish(workflow_id, ids[0], await api.node(workflow_id))
    assert [each["id"] for each in (await api.claim(workflow_id, 50))["jobs"]] == ids[1:2]


async def test_all_to_all_is_two_rows_a_job_and_one_set(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = [*(job(workflow_id, f"a{n}") for n in range(30)), *(job(workflow_id, f"b{n}", 0) for n in range(30))]
    ids = await created(api, jobs, {"positions": list(range(30))})
    dump = api.dump()
    assert len([line for line in dump if line.startswith('INSERT INTO "dependency_set" ')]) == 1
    assert len([line for line in dump if "dependency_set_member" in line and line.startswith("INSERT")]) == 30
    assert await parents(api, ids[-1]) == ids[:30]


async def test_sets_contain_old_and_new_jobs_and_jobs_have_many_sets(api: Any) -> None:
    workflow_id = await api.workflow()
    old = await api.jobs(workflow_id, 2)
    jobs = [
        job(workflow_id, "first"),
        job(workflow_id, "both", 0, 1, 1, depends_on_job_ids=old[:1]),
        # Listed before its dependencies.
        job(workflow_id, "early", 2),
        job(workflow_id, "late"),
        job(workflow_id, "free", 3),
    ]
    sets = ({"job_ids": old}, {"positions": [0, 0]}, {"positions": [3], "job_ids": old[1:]}, {}, {"positions": [1]})
    ids = await created(api, jobs, *sets)
    assert await parents(api, ids[1]) == [*old, ids[0]]
    assert await parents(api, ids[2]) == [old[1], ids[3]]
    assert await parents(api, ids[4]) == []
    # No job depends on the fifth set, so it is not stored.
    assert len([line for line in api.dump() if line.startswith('INSERT INTO "dependency_set" ')]) == 4


@pytest.mark.parametrize(
    ("sets", "waits_for", "field", "told"),
    [
        ([{"positions": [0]}], [[], [1]], "waits_for_sets", "waits for dependency set 1, but the call has 1 sets"),
        ([], [[], [0]], "waits_for_sets", "waits for dependency set 0, but the call has 0 sets"),
        ([{"positions": [2]}], [[], [0]], "dependency_sets", "position 2, but the call has 2 jobs"),
        ([{"job_ids": [999]}], [[], [0]], "depends_on_job_ids", "does not have: 999"),
        ([{"positions": [1]}], [[], [0]], "waits_for_sets", "wait for each other: j1 waits for j1"),
        (
            [{"positions": [0]}, {"positions": [1]}],
            [[1], [0]],
            "waits_for_sets",
            "wait for each other: j",
        ),
    ],
)
async def test_invalid_sets_create_nothing(
    api: Any, sets: list[Any], waits_for: list[list[int]], field: str, told: str
) -> None:
    workflow_id = await api.workflow()
    before = api.dump()
    jobs = [job(workflow_id, f"j{position}", *numbers) for position, numbers in enumerate(waits_for)]
    reply = await api.call("POST", "/bulk_jobs", {"jobs": jobs, "dependency_sets": sets})
    assert (reply.status, reply.json["error"]["field"]) == (422, field)
    assert told in reply.message
    assert api.dump() == before


async def test_a_long_cycle_is_shown_in_part(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = [job(workflow_id, f"j{n}", (n - 1) % 40) for n in range(40)]
    reply = await api.call(
        "POST", "/bulk_jobs", {"jobs": jobs, "dependency_sets": [{"positions": [n]} for n in range(40)]}
    )
    assert reply.status == 422
    assert "(30 more)" in reply.message


async def test_negative_positions_and_other_shapes_match_no_model(api: Any) -> None:
    workflow_id = await api.workflow()
    for sets in ([{"positions": [-1]}], [[1]], {"positions": []}):
        reply = await api.call("POST", "/bulk_jobs", {"jobs": [job(workflow_id, "j")], "dependency_sets": sets})
        assert reply.status == 400, reply.text


async def test_jobs_of_other_workflows_are_no_members(api: Any) -> None:
    (stranger,) = await api.jobs(await api.workflow(), 1)
    body = {"jobs": [job(await api.workflow(), "j", 0)], "dependency_sets": [{"job_ids": [stranger]}]}
    reply = await api.call("POST", "/bulk_jobs", body)
    assert (reply.status, reply.json["error"]["field"]) == (422, "depends_on_job_ids")


async def test_a_single_creation_takes_no_sets(api: Any) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", "/jobs", job(workflow_id, "j", 0))
    assert (reply.status, reply.json["error"]["field"]) == (422, "waits_for_sets")
    assert "depends_on_job_ids" in reply.message
