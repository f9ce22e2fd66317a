"""The attempt number of a chained job, which a node may have used without a report, is not used again."""

from typing import Any

import pytest

CLAIM = {"limit": 1, "most_following": 5}


@pytest.fixture
async def handed_out(api: Any) -> tuple[int, int, int, int]:
    """A workflow, its two jobs, and a node that claimed the first and was handed the second."""
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (second,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, lease_seconds=60)
    answer = await exchange(api, workflow_id, node_id, claim=CLAIM)
    assert [(each["job"]["id"], each["job"]["attempt_id"]) for each in answer["following"]] == [(second, 1)]
    return workflow_id, first, second, node_id


async def exchange(api: Any, workflow_id: int, node_id: int, **members: Any) -> Any:
    body = {"compute_node_id": node_id, "run_id": 0, **members}
    answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
    assert await api.broken_promises() == []
    return answer


def completed(make_result: Any, workflow_id: int, job_id: int, node_id: int) -> list[dict[str, Any]]:
    result = make_result(workflow_id, job_id, node_id)
    return [{"job_id": job_id, "run_id": 0, "status": result["status"], "result": result}]


def attempts(jobs: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(job["id"], job["attempt_id"]) for job in jobs]


async def test_a_node_that_does_not_report_the_start_leaves_the_next_attempt(
    api: Any, make_result: Any, handed_out: tuple[int, int, int, int]
) -> None:
    workflow_id, first, second, node_id = handed_out
    ended = completed(make_result, workflow_id, first, node_id)
    answer = await exchange(api, workflow_id, node_id, completions=ended)
    assert answer["errors"] == []
    other_id = await api.node(workflow_id)
    answer = await exchange(api, workflow_id, other_id, claim=CLAIM)
    assert attempts(answer["jobs"]) == [(second, 2)]
    follows = {"job_id": second, "attempt_id": 1, "after_job_id": first}
    (error,) = (await exchange(api, workflow_id, node_id, started=[follows]))["errors"]
    assert "was claimed by compute node" in error["message"]


async def test_a_node_that_returns_the_job_leaves_the_attempt(
    api: Any, make_result: Any, handed_out: tuple[int, int, int, int]
) -> None:
    workflow_id, first, second, node_id = handed_out
    ended = completed(make_result, workflow_id, first, node_id)
    returned = [{"job_id": second, "attempt_id": 1}]
    await exchange(api, workflow_id, node_id, completions=ended, returned=returned)
    answer = await exchange(api, workflow_id, await api.node(workflow_id), claim=CLAIM)
    assert attempts(answer["jobs"]) == [(second, 1)]


async def test_a_refused_attempt_is_not_handed_out_again_to_the_same_node(
    api: Any, handed_out: tuple[int, int, int, int]
) -> None:
    workflow_id, first, second, node_id = handed_out
    await exchange(api, workflow_id, node_id, started=[{"job_id": first, "attempt_id": 1}])
    tails = {"limit": 1, "most_following": 5, "tails": [first]}
    answer = await exchange(api, workflow_id, node_id, claim=tails)
    assert attempts([each["job"] for each in answer["following"]]) == [(second, 1)], "the same node still has it"
    follows = {"job_id": second, "attempt_id": 1, "after_job_id": first}
    answer = await exchange(api, workflow_id, node_id, started=[follows])
    assert [error["job_id"] for error in answer["errors"]] == [second]
    answer = await exchange(api, workflow_id, node_id, claim=tails)
    assert attempts([each["job"] for each in answer["following"]]) == [(second, 2)]


async def test_another_node_is_handed_the_next_attempt(api: Any, handed_out: tuple[int, int, int, int]) -> None:
    workflow_id, first, second, node_id = handed_out
    await api.ok("POST", f"/compute_nodes/{node_id}/give_up")
    answer = await exchange(api, workflow_id, await api.node(workflow_id), claim=CLAIM)
    assert attempts(answer["jobs"]) == [(first, 2)]
    assert attempts([each["job"] for each in answer["following"]]) == [(second, 2)]


async def test_the_next_run_begins_with_a_number_that_the_run_before_may_have_used(
    api: Any, handed_out: tuple[int, int, int, int]
) -> None:
    workflow_id, _, second, _ = handed_out
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status", params={"force": "true"})
    await api.initialize(workflow_id)
    assert (await api.ok("GET", f"/jobs/{second}"))["attempt_id"] == 1
